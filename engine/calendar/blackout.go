package calendar

import (
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Span is a stretch of time, its end not included.
type Span struct {
	From, To time.Time
	Reason   string
}

// Blackouts lists when nothing goes out on a channel, as far as it meets the
// time from one moment to another. Spans that meet are one, with the reason of
// the longest.
func (c *Calendar) Blackouts(channel string, from, to time.Time) []Span {
	zone := c.w.ChannelZone(channel)
	var all []Span
	for _, b := range c.blackouts {
		if len(b.Channels) == 0 || slices.Contains(b.Channels, channel) {
			all = b.spans(all, zone, from, to)
		}
	}
	slices.SortStableFunc(all, func(a, b Span) int { return a.From.Compare(b.From) })
	joined := all[:0]
	longest := time.Duration(0)
	for _, s := range all {
		length := s.To.Sub(s.From)
		if n := len(joined); n > 0 && !s.From.After(joined[n-1].To) {
			last := &joined[n-1]
			if last.To = later(last.To, s.To); length > longest {
				last.Reason, longest = s.Reason, length
			}
			continue
		}
		joined, longest = append(joined, s), length
	}
	return joined
}

// spans appends those of one blackout.
func (b *blackout) spans(all []Span, zone *time.Location, from, to time.Time) []Span {
	add := func(s Span) {
		if s.From.Before(to) && s.To.After(from) && s.From.Before(s.To) {
			all = append(all, s)
		}
	}
	if !b.again {
		add(Span{Start(b.From, zone), End(b.To, zone), b.Reason})
		return all
	}
	first, last := b.bounds.days()
	begin, end := dayOf(from.UTC()).AddDate(0, 0, -margin), dayOf(to.UTC()).AddDate(0, 0, margin)
	if last.Before(end) {
		end = last
	}
	var days []time.Time
	if b.Observance != "" {
		if first.After(begin) {
			begin = first
		}
		days = holidays(b.Observance, begin, end)
	} else {
		days = b.rule.days(first, begin, end)
	}
	for _, day := range days {
		s := Span{Reason: b.Reason}
		s.From, s.To = b.hours(day, zone)
		if !b.bounds.from.IsZero() {
			s.From = later(s.From, Start(b.bounds.from, zone))
		}
		if !b.bounds.to.IsZero() {
			s.To = earlier(s.To, End(b.bounds.to, zone))
		}
		add(s)
	}
	return all
}

// hours are when a blackout begins and ends that has a day.
func (b *blackout) hours(day time.Time, zone *time.Location) (from, to time.Time) {
	begin, end := b.Between.Of()
	if b.Between == "" {
		begin, end = "00:00", "00:00"
	}
	next := day
	if end <= begin {
		next = day.AddDate(0, 0, 1)
	}
	return clockOn(day, begin, zone), clockOn(next, end, zone)
}

// clockOn is a time of a day in a zone.
func clockOn(day time.Time, clock schema.Clock, zone *time.Location) time.Time {
	hour, minute := clock.Of()
	t, _ := Moment(schema.Time{Wall: day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)}, zone)
	return t
}

// during finds the span that a moment is in, among some in order that do not
// meet.
func during(spans []Span, t time.Time) (Span, bool) {
	i, _ := slices.BinarySearchFunc(spans, t, func(s Span, t time.Time) int {
		if s.To.After(t) {
			return 1
		}
		return -1
	})
	if i < len(spans) && !spans[i].From.After(t) {
		return spans[i], true
	}
	return Span{}, false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
