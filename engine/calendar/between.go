package calendar

import (
	"slices"
	"strings"
	"time"
)

// A View is all that there is between two moments.
type View struct {
	Placed      []Placed // what goes out, or did, in order
	Free        []Free   // slots that nobody has, blackouts left out
	Blackouts   []Dark
	Observances []Observance
	Events      []*Event
	Campaigns   []*Campaign
}

// A Free slot of a channel.
type Free struct {
	Turn
	Channel string
}

// Dark is a blackout on a channel.
type Dark struct {
	Span
	Channel string
}

// Between is what a queue and the calendar have from one moment on and before
// another, each list in order of time. A slot of the past that nobody took is
// free too: it is a gap.
func (c *Calendar) Between(q *Queue, from, to time.Time) View {
	var v View
	taken := map[string]map[int64]bool{}
	for _, p := range q.Placed {
		if p.At.Before(from) || !p.At.Before(to) {
			continue
		}
		v.Placed = append(v.Placed, p)
		if taken[p.Channel] == nil {
			taken[p.Channel] = map[int64]bool{}
		}
		taken[p.Channel][p.At.Unix()] = true
	}
	for _, channel := range c.channels() {
		dark := c.Blackouts(channel, from, to)
		for _, s := range dark {
			v.Blackouts = append(v.Blackouts, Dark{s, channel})
		}
		for _, t := range c.Turns(channel, from, to) {
			if _, is := during(dark, t.At); !is && !taken[channel][t.At.Unix()] {
				v.Free = append(v.Free, Free{t, channel})
			}
		}
	}
	slices.SortStableFunc(v.Blackouts, func(a, b Dark) int { return a.From.Compare(b.From) })
	slices.SortStableFunc(v.Free, func(a, b Free) int { return a.At.Compare(b.At) })
	v.Observances = c.Observances(dayOf(from.In(c.w.Zone)), dayOf(to.In(c.w.Zone).Add(-time.Nanosecond)))
	for _, x := range c.Events {
		if x.Start.Before(to) && !x.End.Before(from) {
			v.Events = append(v.Events, x)
		}
	}
	slices.SortStableFunc(v.Events, func(a, b *Event) int { return a.Start.Compare(b.Start) })
	for _, x := range c.Campaigns {
		if x.From.Before(to) && x.To.After(from) {
			v.Campaigns = append(v.Campaigns, x)
		}
	}
	slices.SortStableFunc(v.Campaigns, func(a, b *Campaign) int { return a.From.Compare(b.From) })
	return v
}

// channels are those of the workspace, in order.
func (c *Calendar) channels() []string {
	var all []string
	for name := range c.w.Config.Channels {
		all = append(all, name)
	}
	slices.SortFunc(all, strings.Compare)
	return all
}
