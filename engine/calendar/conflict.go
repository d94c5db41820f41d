package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// coming is how many weeks ahead the calendar is held to what it promises.
const coming = 4

// finder gathers conflicts. One that a post has on several channels is one.
type finder struct {
	c     *Calendar
	in    Input
	q     *Queue
	found []finding
	index map[string]int
}

type finding struct {
	schema.Problem
	channels []string
}

// onThem stands in a text for the channels that it is about.
const onThem = "{on}"

// Conflicts says where what is to come does not go together: posts with each
// other, with the calendar, and the calendar's promises with the posts. What
// has passed is nobody's to mend.
func (c *Calendar) Conflicts(in Input, q *Queue) []schema.Problem {
	f := finder{c: c, in: in, q: q, index: map[string]int{}}
	f.refer()
	f.left()
	f.neighbours()
	f.posts()
	if !in.Now.IsZero() {
		f.events()
		f.weeks()
		f.least()
		f.doubts()
	}
	ps := make([]schema.Problem, len(f.found))
	for i, x := range f.found {
		slices.Sort(x.channels)
		ps[i] = x.Problem
		ps[i].Text = strings.ReplaceAll(x.Text, onThem, and(slices.Compact(x.channels)))
	}
	return ps
}

func and(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

func (f *finder) add(at schema.Pos, check, channel, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	key := at.String() + check + text
	i, known := f.index[key]
	if !known {
		i = len(f.found)
		f.index[key] = i
		f.found = append(f.found, finding{Problem: schema.Problem{Pos: at, Check: check, Severity: schema.Warning, Text: text}})
	}
	f.found[i].channels = append(f.found[i].channels, channel)
}

// left reports who found no slot: for want of one, which is an error, or
// because others have them.
func (f *finder) left() {
	for _, l := range f.q.Left {
		check := "calendar/no-room"
		if l.None {
			check = "calendar/no-slot"
		}
		f.add(l.Post.Source.At(l.Key), check, l.Channel, "%s", l.Text)
		if l.None {
			f.found[len(f.found)-1].Severity = schema.Error
		}
	}
}

// ahead reports whether a post is still to go out.
func (f *finder) ahead(p *Placed) bool {
	return p.Why != Out && !p.At.Before(f.in.Now)
}

// neighbours looks at each post beside those before it on its channel.
func (f *finder) neighbours() {
	type seen struct {
		last  *Placed
		links map[string]*Placed
		line  *line
		dark  []Span
		slots map[int64]bool
	}
	if len(f.c.Slots)+len(f.c.blackouts)+len(f.c.quotas)+len(f.c.spacings) == 0 {
		return
	}
	tally := newTally(f.c)
	by := map[string]*seen{}
	from, to := f.span()
	for i := range f.q.Placed {
		p := &f.q.Placed[i]
		s := by[p.Channel]
		if s == nil {
			s = &seen{links: map[string]*Placed{}, line: &line{c: f.c, name: p.Channel, zone: f.c.w.ChannelZone(p.Channel)}, slots: map[int64]bool{}}
			s.dark = f.c.Blackouts(p.Channel, from, to)
			for _, t := range f.c.Turns(p.Channel, from, to) {
				s.slots[t.At.Unix()] = true
			}
			by[p.Channel] = s
		}
		g := going{p.On.Post, p.Channel, p.Post.Front.Pillar, p.At}
		if f.ahead(p) {
			where := p.Post.Source.At("publish_at")
			between, apart := s.line.spacing(p.At)
			switch before := s.last; {
			case before == nil:
			case before.At.Equal(p.At) && s.slots[p.At.Unix()]:
				f.add(where, "calendar/same-slot", p.Channel, "%s takes the same slot on %s; give one of them another time, or let one wait for a slot", before.On.Post, onThem)
			case between > 0 && p.At.Sub(before.At) < between:
				f.add(where, "calendar/too-close", p.Channel, "%s goes out on %s %s before, and the calendar keeps posts %s apart; move one", before.On.Post, onThem, span(p.At.Sub(before.At)), span(between))
			}
			if link := p.Post.Front.Link; link != "" && apart > 0 && s.links[link] != nil && p.At.Sub(s.links[link].At) < apart {
				f.add(where, "calendar/same-link", p.Channel, "%s has the same link on %s %s before, and the calendar keeps it %s apart; move one", s.links[link].On.Post, onThem, span(p.At.Sub(s.links[link].At)), span(apart))
			}
			if d, dark := during(s.dark, p.At); dark && !p.Post.Urgent {
				f.add(where, "calendar/in-blackout", p.Channel, "nothing goes out on %s until %s (%s), and it will wait; write another time", onThem, d.To.In(s.line.zone).Format("2006-01-02 15:04"), d.Reason)
			}
			if q, until, _ := tally.over(g); q != nil && !p.Post.Urgent {
				f.add(where, "calendar/over-quota", p.Channel, "%s, and there are more on %s before this one; it will wait until %s, so write another time", q.words(), onThem, until.In(s.line.zone).Format("2006-01-02"))
			}
		}
		tally.add(g)
		s.last = p
		if link := p.Post.Front.Link; link != "" {
			s.links[link] = p
		}
	}
}

// span is from the first to the last moment that any post has.
func (f *finder) span() (from, to time.Time) {
	if n := len(f.q.Placed); n > 0 {
		from, to = later(f.q.Placed[0].At, f.in.Now).Add(-time.Second), f.q.Placed[n-1].At.Add(time.Second)
	}
	if most := from.Add(far); to.After(most) {
		to = most
	}
	return from, to
}

// span is a length of time as people say it.
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d/time.Hour))
	default:
		return fmt.Sprintf("%d minutes", int(d/time.Minute))
	}
}

// posts holds each post with a time of its own to its campaign and its event.
func (f *finder) posts() {
	for i := range f.q.Placed {
		p := &f.q.Placed[i]
		if p.Why != Fixed || !f.ahead(p) {
			continue
		}
		front, where := p.Post.Front, p.Post.Source.At("publish_at")
		zone := f.c.zone(p.Post, p.Channel)
		if x := f.c.campaign(front.Campaign); x != nil && (p.At.Before(x.From) || !p.At.Before(x.To)) {
			f.add(where, "calendar/outside-campaign", p.Channel, "its campaign %s is from %s to %s; write a time in it, or change the campaign", x.ID, written(x.Campaign.From), written(x.Campaign.To))
		}
		if x := f.c.event(front.Event); x != nil && !p.At.Before(x.Start) && (len(x.FollowUp) == 0 || p.At.Before(x.End) && !x.Event.End.Whole) {
			f.add(where, "calendar/after-event", p.Channel, "%s, which it announces, begins on %s, before it goes out; write an earlier time, or give the event a follow_up", x.Title, written(x.Event.Start))
		}
		if !front.NotBefore.IsZero() && p.At.Before(Start(front.NotBefore, zone)) || !front.Expires.IsZero() && !p.At.Before(End(front.Expires, zone)) {
			f.add(where, "calendar/dates", p.Channel, "this time is not between not_before and expires, so it would never go out; change one of them")
			f.found[len(f.found)-1].Severity = schema.Error
		}
	}
}

// events reports the lead-ups and follow-ups of the coming weeks that no post
// is there for.
func (f *finder) events() {
	on := map[string]map[time.Time]bool{} // days with a post, by event
	for i := range f.q.Placed {
		p := &f.q.Placed[i]
		if id := p.Post.Front.Event; id != "" {
			if on[id] == nil {
				on[id] = map[time.Time]bool{}
			}
			on[id][dayOf(p.At.In(f.c.w.Zone))] = true
		}
	}
	today := dayOf(f.in.Now.In(f.c.w.Zone))
	for _, x := range f.c.Events {
		look := func(key string, offsets []schema.Offset, around time.Time, what string) {
			for i, o := range offsets {
				day := dayOf(x.offset(o, around, f.c.w.Zone))
				if !day.Before(today) && day.Before(today.AddDate(0, 0, 7*coming)) && !on[x.ID][day] {
					f.add(x.pos(fmt.Sprintf("%s[%d]", key, i)), "calendar/lead-up", "", "no post %s %s on %s; write one with event: %s, or take this out", what, x.Title, day.Format(time.DateOnly), x.ID)
				}
			}
		}
		look("lead_up", x.LeadUp, x.Start, "announces")
		look("follow_up", x.FollowUp, x.last(), "looks back at")
	}
}

// last is the moment that follow-ups count from: on the last day, where that is
// whole.
func (x *Event) last() time.Time {
	if x.Event.End.Whole {
		return x.End.Add(-time.Second)
	}
	return x.End
}

// offset is a moment some way from another.
func (x *Event) offset(o schema.Offset, around time.Time, zone *time.Location) time.Time {
	days, at, length := o.Of()
	t := around.In(zone).Add(length)
	if days == 0 && at == "" {
		return t
	}
	if at == "" {
		at = schema.Clock(t.Format("15:04"))
	}
	return clockOn(dayOf(t).AddDate(0, 0, days), at, zone)
}

// Moments are when posts should announce an event, and look back at it.
func (c *Calendar) Moments(x *Event) (before, after []time.Time) {
	for _, o := range x.LeadUp {
		before = append(before, x.offset(o, x.Start, c.w.Zone))
	}
	for _, o := range x.FollowUp {
		after = append(after, x.offset(o, x.last(), c.w.Zone))
	}
	return before, after
}

// weeks reports the coming weeks that have slots and no post at all in them.
func (f *finder) weeks() {
	if len(f.c.Slots) == 0 {
		return
	}
	zone := f.c.w.Zone
	monday := periodOf("week", dayOf(f.in.Now.In(zone)))
	taken := map[time.Time]bool{}
	for i := range f.q.Placed {
		taken[periodOf("week", dayOf(f.q.Placed[i].At.In(zone)))] = true
	}
	for n := range coming {
		week := monday.AddDate(0, 0, 7*n)
		if taken[week] {
			continue
		}
		from, to := later(clockOn(week, "00:00", zone), f.in.Now), clockOn(week.AddDate(0, 0, 7), "00:00", zone)
		times := map[string]int{}
		var first *Slot
		for _, channel := range f.channels() {
			dark := f.c.Blackouts(channel, from, to)
			for _, t := range f.c.Turns(channel, from, to) {
				if _, is := during(dark, t.At); is {
					continue
				}
				times[channel]++
				if first == nil {
					first = t.Slot
				}
			}
		}
		if first == nil {
			continue
		}
		most := 0
		for _, n := range times {
			most = max(most, n)
		}
		slots := "1 slot"
		if most > 1 {
			slots = fmt.Sprintf("%d slots", most)
		}
		f.add(first.pos("id"), "calendar/empty-week", "", "no post goes out in the week of %s, which has %s; write one with publish_at: next-slot", week.Format(time.DateOnly), slots)
	}
}

// channels are those that have slots, in order.
func (f *finder) channels() []string {
	var all []string
	for _, s := range f.c.Slots {
		all = append(all, s.Channels...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// least reports the coming periods, whole ones, with fewer posts than the
// calendar promises.
func (f *finder) least() {
	tally := newTally(f.c)
	for i := range f.q.Placed {
		p := &f.q.Placed[i]
		tally.add(going{p.On.Post, p.Channel, p.Post.Front.Pillar, p.At})
	}
	for i, q := range f.c.quotas {
		if q.AtLeast == 0 {
			continue
		}
		channels := q.Channels
		if len(channels) == 0 {
			channels = []string{""}
		}
		for _, channel := range channels {
			zone := f.c.w.Zone
			if channel != "" {
				zone = f.c.w.ChannelZone(channel)
			}
			end := f.in.Now.AddDate(0, 0, 7*coming)
			first := periodOf(q.Per, dayOf(f.in.Now.In(zone)))
			for day := nextPeriod(q.Per, first); clockOn(day, "00:00", zone).Before(end); day = nextPeriod(q.Per, day) {
				after := nextPeriod(q.Per, day)
				if !q.bounds.covers(clockOn(day, "00:00", zone), zone) || !q.bounds.covers(clockOn(after, "00:00", zone).Add(-time.Second), zone) {
					continue
				}
				if n := tally.counts[counted{i, channel, dayNumber(day)}]; n < q.AtLeast {
					f.add(q.pos("at_least"), "calendar/too-few", channel, "%s, and %d%s for the %s of %s; write more, or ask for less", q.asks(), n, planned(n, channel), q.Per, day.Format(time.DateOnly))
				}
			}
		}
	}
}

func planned(n int, channel string) string {
	is := " are planned"
	if n == 1 {
		is = " is planned"
	}
	if channel != "" {
		is += " on " + onThem
	}
	return is
}

// asks are what a quota wants at least.
func (q *quota) asks() string {
	what := "posts"
	if q.AtLeast == 1 {
		what = "post"
	}
	if q.Pillar != "" {
		what += " of " + q.Pillar
	}
	return fmt.Sprintf("the calendar wants %d %s a %s", q.AtLeast, what, q.Per)
}

// doubts reports the times of slots in the coming year that clocks skip or
// show twice.
func (f *finder) doubts() {
	for _, s := range f.c.Slots {
		for _, channel := range s.Channels {
			zone := f.c.w.SlotZone(s.Slot, channel)
			for _, t := range s.turns(zone, f.in.Now, f.in.Now.Add(near)) {
				switch day := t.At.In(zone); t.Doubt {
				case Skipped:
					f.add(s.pos("at"), "time/skipped", channel, "clocks jump over this time on %s in %s, and %s will be taken; better write another", day.Format(time.DateOnly), zone, day.Format("15:04"))
				case Twice:
					f.add(s.pos("at"), "time/twice", channel, "clocks show this time twice on %s in %s, and the first is taken; better write another", day.Format(time.DateOnly), zone)
				}
			}
		}
	}
}
