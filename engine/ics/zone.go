package ics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
)

const wall = "20060102T150405" // a clock's reading

// local reports whether a time is written as its zone's clocks show it: where
// the zone has a name by which it can be told, and they show it once.
func local(t time.Time) bool {
	switch t.Location().String() {
	case "", "UTC", "Local":
		return false
	}
	start, end := bounds(t)
	_, now := t.Zone()
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if t.Sub(start) < time.Duration(before-now)*time.Second {
			return false // the second time
		}
	}
	if !end.IsZero() {
		_, after := end.Zone()
		if end.Sub(t) <= time.Duration(now-after)*time.Second {
			return false // the first
		}
	}
	return true
}

// bounds are when clocks were last set before a moment and when they are set
// next. From 2038 on, ZoneBounds takes the first day of a year for such a time,
// and of a leap year the last, behind which it finds no other.
func bounds(t time.Time) (start, end time.Time) {
	set := func(t time.Time) bool {
		was, before := t.Add(-time.Second).Zone()
		is, now := t.Zone()
		return was != is || before != now || t.IsDST() != t.Add(-time.Second).IsDST()
	}
	start, end = t.ZoneBounds()
	for !start.IsZero() && !set(start) {
		start, _ = start.Add(-time.Second).ZoneBounds()
	}
	for at := t; !end.IsZero() && (!end.After(t) || !set(end)); {
		if end.After(at) {
			at = end
		}
		at = at.Add(24 * time.Hour)
		_, end = at.ZoneBounds()
	}
	return start, end
}

// zones are those that times are written in, by name, and the times.
type zones map[string]*span

type span struct{ first, last time.Time }

func (z *zones) add(e *Event) error {
	for _, t := range []time.Time{e.Start, e.End} {
		if t.IsZero() || e.AllDay || !local(t) {
			continue
		}
		name := t.Location().String()
		if *z == nil {
			*z = zones{}
		}
		s := (*z)[name]
		switch {
		case s == nil:
			(*z)[name] = &span{t, t}
		case !same(t, s.first), !same(s.first, t):
			return fmt.Errorf("two zones are called %s", name)
		case t.Before(s.first):
			s.first = t
		case t.After(s.last):
			s.last = t
		}
	}
	return nil
}

// same reports whether the zone of another time shows t as its own does.
func same(t, other time.Time) bool {
	_, is := t.Zone()
	_, would := t.In(other.Location()).Zone()
	return is == would
}

func (z zones) components() []*ical.VTimezone {
	var list []*ical.VTimezone
	for _, name := range slices.Sorted(maps.Keys(z)) {
		out := ical.NewTimezone(name)
		for _, o := range z[name].observances() {
			out.Components = append(out.Components, o.component())
		}
		list = append(list, out)
	}
	return list
}

// An onset is when a zone's clocks are set, or begin to be looked at.
type onset struct {
	at       time.Time
	from, to int // seconds east of UTC
	name     string
	daylight bool
}

// clock is what clocks show as they are set, before they are.
func (o onset) clock() time.Time {
	return o.at.UTC().Add(time.Duration(o.from) * time.Second)
}

// ahead is how many years beyond the last event a zone is told: enough to see
// by which rule it goes, and for clients that move events.
const ahead = 8

// onsets are those from the one before the first event on.
func (s *span) onsets() []onset {
	var list []onset
	end := s.last.AddDate(ahead, 0, 0)
	for t := s.first; ; {
		start, next := bounds(t)
		name, to := t.Zone()
		o := onset{start, to, to, name, t.IsDST()}
		if !start.IsZero() {
			_, o.from = start.Add(-time.Second).Zone()
		}
		if before := s.first.AddDate(-1, 0, 0); len(list) == 0 && start.Year() < 1970 {
			// of what was long before, local mean time and the like, nothing is told
			o.at, o.from = time.Date(min(before.Year(), 1970), 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(to)*time.Second), to
		}
		list = append(list, o)
		if next.IsZero() || next.After(end) {
			return list
		}
		t = next
	}
}

// An observance is a time that clocks are set, and the rule by which they are
// from then on; there may be none. Dates besides are not used: some readers
// take them for all there is.
type observance struct {
	onset
	rule string
}

// observances are the onsets, those in one that go by a rule.
func (s *span) observances() []observance {
	var list []observance
	end := s.last.AddDate(ahead, 0, 0)
	for rest := s.onsets(); len(rest) > 0; {
		var alike, others []onset
		for _, o := range rest {
			if o.from == rest[0].from && o.to == rest[0].to && o.name == rest[0].name && o.daylight == rest[0].daylight {
				alike = append(alike, o)
			} else {
				others = append(others, o)
			}
		}
		rest = others
		for len(alike) > 0 {
			o, n := observance{onset: alike[0]}, 1
			if rule, years := yearly(alike); years > 2 {
				o.rule, n = rule, years
				if last := alike[n-1].at; last.Before(end.AddDate(-1, 0, -7)) {
					o.rule += ";UNTIL=" + last.UTC().Format(wall+"Z")
				}
			}
			list, alike = append(list, o), alike[n:]
		}
	}
	slices.SortStableFunc(list, func(a, b observance) int { return a.at.Compare(b.at) })
	return list
}

// yearly is the rule by which clocks are set at the first onset, and for how
// many years: on a numbered weekday of a month, the last, or one of seven days.
func yearly(list []onset) (rule string, years int) {
	first := list[0].clock()
	number := (first.Day() + 6) / 7
	low, high := first.Day(), first.Day()
	numbered, last, seven := true, true, true
	rule = "FREQ=YEARLY;BYMONTH=" + strconv.Itoa(int(first.Month())) + ";BYDAY="
	weekday := days[first.Weekday()]
	for ; years < len(list); years++ {
		t := list[years].clock()
		if t.Year() != first.Year()+years || t.Month() != first.Month() || t.Weekday() != first.Weekday() || t.Format("150405") != first.Format("150405") {
			break
		}
		isNumbered := numbered && (t.Day()+6)/7 == number
		isLast := last && t.AddDate(0, 0, 7).Month() != t.Month()
		isSeven := seven && max(high, t.Day())-min(low, t.Day()) < 7
		if !isNumbered && !isLast && !isSeven {
			break
		}
		numbered, last, seven = isNumbered, isLast, isSeven
		if seven {
			low, high = min(low, t.Day()), max(high, t.Day())
		}
	}
	switch {
	case last:
		return rule + "-1" + weekday, years
	case numbered:
		return rule + strconv.Itoa(number) + weekday, years
	case high-low < 6: // too few years to tell which seven
		return "", 0
	}
	return rule + weekday + ";BYMONTHDAY=" + strings.Join(seventh(low), ","), years
}

// seventh are the days of a month from one on, to the same weekday's next.
func seventh(low int) []string {
	list := make([]string, 7)
	for i := range list {
		list[i] = strconv.Itoa(low + i)
	}
	return list
}

var days = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (o observance) component() ical.Component {
	var c ical.ComponentBase
	c.AddProperty("DTSTART", o.clock().Format(wall))
	c.AddProperty("TZOFFSETFROM", offset(o.from))
	c.AddProperty("TZOFFSETTO", offset(o.to))
	c.AddProperty("TZNAME", o.name)
	if o.rule != "" {
		c.AddRrule(o.rule)
	}
	if o.daylight {
		return &ical.Daylight{ComponentBase: c}
	}
	return &ical.Standard{ComponentBase: c}
}

// offset is as UTC-OFFSET has it, with seconds where there are any.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}
