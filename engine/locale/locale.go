// Package locale owns how dates, lengths of time and numbers are said in the
// languages that pages speak.
package locale

import (
	"fmt"
	"strings"
	"time"
)

// A Locale is how one language says them.
type Locale struct {
	Lang string // ISO 639

	days, short   [7]string    // from Sunday
	months, brief [12]string   // from January
	first         string       // behind the first of a month
	dot           string       // behind any other day
	of            string       // between day, month and year
	spans         [3][2]string // days, hours, minutes: one, many
	from, to      string       // around the two ends of a span of days
	none          bool         // 0 takes the form of 1
}

// Of is the locale of a BCP 47 tag: of its language, or English.
func Of(tag string) *Locale {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for i := range locales {
		if locales[i].Lang == primary {
			return &locales[i]
		}
	}
	return &locales[0]
}

// Weekday is the name of a day of the week.
func (l *Locale) Weekday(d time.Weekday) string { return l.days[d] }

// ShortWeekday is its name in a few letters.
func (l *Locale) ShortWeekday(d time.Weekday) string { return l.short[d] }

// Month is the name of a month.
func (l *Locale) Month(m time.Month) string { return l.months[m-1] }

// ShortMonth is its name in a few letters.
func (l *Locale) ShortMonth(m time.Month) string { return l.brief[m-1] }

// MonthYear is January 2027.
func (l *Locale) MonthYear(t time.Time) string {
	return l.months[t.Month()-1] + l.of + t.Format("2006")
}

// Number is the day of a month: 4, or 1er in French.
func (l *Locale) Number(t time.Time) string {
	if t.Day() == 1 && l.first != "" {
		return "1" + l.first
	}
	return t.Format("2") + l.dot
}

// DayMonth is 4 January.
func (l *Locale) DayMonth(t time.Time) string {
	return l.Number(t) + l.of + l.months[t.Month()-1]
}

// Date is 4 January 2027.
func (l *Locale) Date(t time.Time) string { return l.DayMonth(t) + l.of + t.Format("2006") }

// Day is Monday 4 January 2027.
func (l *Locale) Day(t time.Time) string { return l.days[t.Weekday()] + " " + l.Date(t) }

// Moment is Monday 4 January 2027, 08:30.
func (l *Locale) Moment(t time.Time) string { return l.Day(t) + t.Format(", 15:04") }

// Span is the days from a to b, without saying twice what both share.
func (l *Locale) Span(a, b time.Time) string {
	if SameDay(a, b) {
		return l.Day(a)
	}
	from := l.Date(a)
	switch {
	case a.Year() == b.Year() && a.Month() == b.Month():
		from = l.Number(a)
	case a.Year() == b.Year():
		from = l.DayMonth(a)
	}
	return l.from + from + l.to + l.Date(b)
}

// Length is a length of time in its two largest units.
func (l *Locale) Length(d time.Duration) string {
	var said []string
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if n := int(d / unit); n > 0 {
			said = append(said, l.Many(n, l.spans[i]))
			d -= time.Duration(n) * unit
		}
	}
	return strings.Join(said[:min(2, len(said))], " ")
}

// Many is a number with its noun: one of two forms, for one and for many. A %d
// in the form takes the number.
func (l *Locale) Many(n int, forms [2]string) string {
	form := forms[1]
	if n == 1 || n == 0 && l.none {
		form = forms[0]
	}
	if !strings.Contains(form, "%d") {
		return form
	}
	return fmt.Sprintf(form, n)
}

// SameDay reports whether two moments show the same date.
func SameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}
