package observance

import (
	"slices"
	"time"
)

// A Rule says when a day comes: see Parse.
type Rule struct {
	about      bool
	dates      []time.Time // where it is written as dates
	when       *when       // where it is not
	substitute bool        // only where a turn takes it elsewhere
	turns      []turn
	years      years
}

// Estimate reports whether the day may come to be another one: it was written
// with "about".
func (r *Rule) Estimate() bool { return r.about }

// In are the days of a year on which it comes, at midnight UTC and in order.
// There is one for most, none where it does not come, and two where one slips
// over the new year.
func (r *Rule) In(year int) []time.Time {
	var days []time.Time
	for _, d := range r.dates {
		if d.Year() == year && r.years.hold(year) {
			days = append(days, d)
		}
	}
	if r.when != nil {
		for y := year - 1; y <= year+1; y++ { // 1 January may be kept on the day before
			if d, ok := r.of(y); ok && d.Year() == year {
				days = append(days, d)
			}
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	return days
}

// of is the day that stands for a year.
func (r *Rule) of(year int) (time.Time, bool) {
	d, ok := r.when.in(year)
	if !ok || !r.years.hold(year) {
		return d, false
	}
	for _, t := range r.turns {
		if t.takes(d, year) {
			return t.to.from(d, year)
		}
	}
	return d, !r.substitute
}

// years are those in which a rule holds; none of it set: always.
type years struct {
	since, until int
	every, from  int // every so many years from one on
	except       []int
}

func (y years) hold(year int) bool {
	switch {
	case y.since != 0 && year < y.since, y.until != 0 && year > y.until:
		return false
	case y.every != 0 && (year < y.from || (year-y.from)%y.every != 0):
		return false
	}
	return !slices.Contains(y.except, year)
}

// A turn takes a day elsewhere when it falls on one of some weekdays, or on
// another day.
type turn struct {
	weekdays []time.Weekday
	when     *when
	to       target
}

func (t turn) takes(d time.Time, year int) bool {
	if t.when == nil {
		return slices.Contains(t.weekdays, d.Weekday())
	}
	other, ok := t.when.in(year)
	return ok && other.Equal(d)
}

// A target is a day, or the weekday nearest to the one it is turned from.
type target struct {
	weekday time.Weekday
	when    *when
}

func (t target) from(d time.Time, year int) (time.Time, bool) {
	if t.when != nil {
		return t.when.in(year)
	}
	ahead := until(d, t.weekday)
	if ahead > 3 {
		ahead -= 7
	}
	return d.AddDate(0, 0, ahead), true
}

// until are the days from d to the next such weekday, from 0 to 6.
func until(d time.Time, w time.Weekday) int {
	return (int(w-d.Weekday()) + 7) % 7
}

// A when is one day of a year.
type when struct {
	kind    kind
	month   time.Month
	day     int
	weekday time.Weekday
	number  int   // of a weekday in its month; 0: the last
	other   *when // that a weekday is beside
	before  bool  // it, not after
	on      bool  // or the other itself
	offset  int   // days
}

type kind int

const (
	fixed   kind = iota // month and day
	nth                 // weekday of a month
	western             // Easter
	eastern             // Orthodox Easter
	beside              // a weekday after or before another day
)

func (w *when) in(year int) (time.Time, bool) {
	var d time.Time
	switch w.kind {
	case fixed:
		d = date(year, w.month, w.day)
		if d.Month() != w.month { // 29 February
			return d, false
		}
	case nth:
		if w.number == 0 {
			d = date(year, w.month+1, 0)
			d = d.AddDate(0, 0, -(int(d.Weekday()-w.weekday)+7)%7)
			break
		}
		d = date(year, w.month, 1)
		d = d.AddDate(0, 0, until(d, w.weekday)+7*(w.number-1))
		if d.Month() != w.month { // there is no fifth
			return d, false
		}
	case western:
		d = easter(year)
	case eastern:
		d = orthodox(year)
	case beside:
		other, ok := w.other.in(year)
		if !ok {
			return d, false
		}
		ahead := until(other, w.weekday)
		switch {
		case ahead == 0 && w.on:
		case w.before:
			ahead -= 7
		case ahead == 0:
			ahead = 7
		}
		d = other.AddDate(0, 0, ahead)
	}
	return d.AddDate(0, 0, w.offset), true
}
