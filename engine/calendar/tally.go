package calendar

import (
	"slices"
	"time"
)

// A tally counts what goes out, quota by quota and period by period.
type tally struct {
	c      *Calendar
	counts map[counted]int
	posts  map[once]bool // what a quota without channels has counted
}

type counted struct {
	quota   int
	channel string // "": a quota for all together
	period  int64  // the day that it begins, in days since 1970
}

type once struct {
	counted
	post string
}

func newTally(c *Calendar) *tally {
	return &tally{c, map[counted]int{}, map[once]bool{}}
}

// A going is a post that goes out on a channel.
type going struct {
	post, channel, pillar string
	at                    time.Time
}

// applies reports whether a quota is about a post on a channel at its moment,
// and which count is meant.
func (t *tally) applies(i int, g going) (counted, bool) {
	q := t.c.quotas[i]
	if q.Pillar != "" && q.Pillar != g.pillar {
		return counted{}, false
	}
	at := counted{quota: i}
	zone := t.c.w.Zone
	if len(q.Channels) > 0 {
		if !slices.Contains(q.Channels, g.channel) {
			return counted{}, false
		}
		at.channel, zone = g.channel, t.c.w.ChannelZone(g.channel)
	}
	if !q.bounds.covers(g.at, zone) {
		return counted{}, false
	}
	at.period = dayNumber(periodOf(q.Per, dayOf(g.at.In(zone))))
	return at, true
}

// add counts a post.
func (t *tally) add(g going) {
	for i := range t.c.quotas {
		at, is := t.applies(i, g)
		if !is {
			continue
		}
		if at.channel == "" {
			if t.posts[once{at, g.post}] {
				continue
			}
			t.posts[once{at, g.post}] = true
		}
		t.counts[at]++
	}
}

// over finds a quota that has no room for a post: when its period ends, and
// whether the same is true for every post of the pillar on the channel.
func (t *tally) over(g going) (q *quota, until time.Time, all bool) {
	for i, x := range t.c.quotas {
		if x.AtMost == 0 {
			continue
		}
		at, is := t.applies(i, g)
		if !is || t.counts[at] < x.AtMost || at.channel == "" && t.posts[once{at, g.post}] {
			continue
		}
		if end := t.ends(at); q == nil || end.After(until) {
			q, until, all = x, end, at.channel != ""
		}
	}
	return q, until, all
}

// ends is when the period of a count ends.
func (t *tally) ends(at counted) time.Time {
	zone := t.c.w.Zone
	if at.channel != "" {
		zone = t.c.w.ChannelZone(at.channel)
	}
	return clockOn(nextPeriod(t.c.quotas[at.quota].Per, dayAt(at.period)), "00:00", zone)
}

// periodOf is the first day of the period that a day is in.
func periodOf(per string, day time.Time) time.Time {
	switch per {
	case "week":
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case "month":
		return day.AddDate(0, 0, 1-day.Day())
	default:
		return day
	}
}

func nextPeriod(per string, first time.Time) time.Time {
	switch per {
	case "week":
		return first.AddDate(0, 0, 7)
	case "month":
		return first.AddDate(0, 1, 0)
	default:
		return first.AddDate(0, 0, 1)
	}
}

const daySeconds = 24 * 60 * 60

func dayNumber(day time.Time) int64 { return day.Unix() / daySeconds }

func dayAt(n int64) time.Time { return time.Unix(n*daySeconds, 0).UTC() }
