package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Turn is one time that a slot comes.
type Turn struct {
	Slot  *Slot
	At    time.Time
	Doubt Doubt // of its time: clocks skip it or show it twice
}

// margin is more than any two zones are apart.
const margin = 2

// turns lists the times that a slot comes in a zone, from a moment on and
// before another. Each of its days has one, whatever clocks do; a day that a
// zone leaves out has none.
func (s *Slot) turns(zone *time.Location, from, to time.Time) []Turn {
	hour, minute := s.At.Of()
	first, last := s.bounds.days()
	begin, end := dayOf(from.UTC()).AddDate(0, 0, -margin), dayOf(to.UTC()).AddDate(0, 0, margin)
	if last.Before(end) {
		end = last
	}
	var all []Turn
	for _, day := range s.rule.days(first, begin, end) {
		if s.except[day] {
			continue
		}
		wall := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
		at, doubt := Moment(schema.Time{Wall: wall}, zone)
		if doubt == Skipped && dayOf(at).After(day) && !exists(day, zone) {
			continue
		}
		if !at.Before(from) && at.Before(to) {
			all = append(all, Turn{s, at, doubt})
		}
	}
	return all
}

// exists reports whether a zone has a day at all: some crossed the date line.
func exists(day time.Time, zone *time.Location) bool {
	at, _ := Moment(schema.Time{Wall: day.Add(12 * time.Hour)}, zone)
	return dayOf(at).Equal(day)
}

// Turns lists the times that all slots of a channel come, from a moment on and
// before another, in order.
func (c *Calendar) Turns(channel string, from, to time.Time) []Turn {
	var all []Turn
	for _, s := range c.Slots {
		if slices.Contains(s.Channels, channel) {
			all = append(all, s.turns(c.w.SlotZone(s.Slot, channel), from, to)...)
		}
	}
	slices.SortFunc(all, func(a, b Turn) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Slot.ID, b.Slot.ID)) })
	return all
}
