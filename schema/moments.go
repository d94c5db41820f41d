package schema

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is a day as the author wrote it, or a moment of one. The first moment
// and the last of a whole day differ.
type Date struct {
	Time
	Whole bool // only the day was written
}

// When says when a post goes out: at a time, or in a slot of the calendar.
type When struct {
	Time
	Next bool   // in the next free slot
	Slot string // of that id, or of that pillar; "" where any will do
}

// IsZero reports whether nothing was written.
func (w When) IsZero() bool { return !w.Next && w.Time.IsZero() }

// Clock is a time of day, as 15:04.
type Clock string

// Hours is a stretch of a day or over midnight, as 22:00-07:00.
type Hours string

// YearDay is a day of every year, as 12-25.
type YearDay string

// Offset is how long before or after something: -7d, -1d 18:00, +2h.
type Offset string

const (
	clockOnly    = `([01]?[0-9]|2[0-3]):[0-5][0-9]`
	dayOnly      = `[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`
	clockPattern = `^` + clockOnly + `$`
	hoursPattern = `^` + clockOnly + ` ?- ?` + clockOnly + `$`
	datePattern  = `^` + dayOnly + `([ T]` + clockOnly + `(:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?$`
	whenPattern  = `^(next-slot(:? +[^\s]{1,100})?|` + dayOnly + `[ T]` + clockOnly + `(:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)$`

	yearDayPattern = `^((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$`
	offsetPattern  = `^[+-]([0-9]{1,3}d( ` + clockOnly + `)?|[0-9]{1,4}h|[0-9]{1,5}m)$`
)

var (
	clockForm   = regexp.MustCompile(clockPattern)
	hoursForm   = regexp.MustCompile(hoursPattern)
	yearDayForm = regexp.MustCompile(yearDayPattern)
	offsetForm  = regexp.MustCompile(offsetPattern)
	nextForm    = regexp.MustCompile(`^next-slot(:? +([^\s]{1,100}))?$`)
)

// ParseDate reads a day, or a time, as it may stand in a file.
func ParseDate(s string) (Date, error) {
	if dayForm.MatchString(s) {
		day, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return Date{}, errors.New("a day that no calendar has; correct it")
		}
		if year := day.Year(); year >= 1000 && year < 3000 {
			return Date{Time{Wall: day}, true}, nil
		}
	}
	t, err := ParseTime(s)
	if err != nil && !timeForm.MatchString(s) {
		err = errors.New("not a day; write one like 2027-01-04, with a time if you like: 2027-01-04 08:30")
	}
	return Date{Time: t}, err
}

// ParseWhen reads a time, or next-slot with or without a name.
func ParseWhen(s string) (When, error) {
	if m := nextForm.FindStringSubmatch(s); m != nil {
		return When{Next: true, Slot: m[2]}, nil
	}
	if strings.HasPrefix(s, "next") {
		return When{}, errors.New("not a time; write next-slot, or next-slot with one name behind it")
	}
	t, err := ParseTime(s)
	return When{Time: t}, err
}

func parseClock(s string) (Clock, error) {
	if !clockForm.MatchString(s) {
		return "", errors.New("not a time of day; write one like \"08:30\"")
	}
	return fullClock(s), nil
}

// fullClock has two digits for the hour.
func fullClock(s string) Clock {
	if len(s) == len("8:30") {
		s = "0" + s
	}
	return Clock(s)
}

// Of is the clock's hour and minute.
func (c Clock) Of() (hour, minute int) {
	h, m, _ := strings.Cut(string(c), ":")
	hour, _ = strconv.Atoi(h)
	minute, _ = strconv.Atoi(m)
	return hour, minute
}

func parseHours(s string) (Hours, error) {
	if !hoursForm.MatchString(s) {
		return "", errors.New("not a stretch of hours; write one like \"22:00-07:00\"")
	}
	from, to, _ := strings.Cut(strings.ReplaceAll(s, " ", ""), "-")
	return Hours(fullClock(from) + "-" + fullClock(to)), nil
}

// Of is where the hours begin and end.
func (h Hours) Of() (from, to Clock) {
	a, b, _ := strings.Cut(string(h), "-")
	return Clock(a), Clock(b)
}

func parseYearDay(s string) (YearDay, error) {
	if !yearDayForm.MatchString(s) {
		return "", errors.New("not a day of the year; write month and day, as in \"12-25\"")
	}
	return YearDay(s), nil
}

// Of is the month and the day.
func (d YearDay) Of() (time.Month, int) {
	a, b, _ := strings.Cut(string(d), "-")
	month, _ := strconv.Atoi(a)
	day, _ := strconv.Atoi(b)
	return time.Month(month), day
}

func parseOffset(s string) (Offset, error) {
	if !offsetForm.MatchString(s) {
		return "", errors.New("not before or after; write one like -7d, -1d 18:00 or +2h")
	}
	return Offset(s), nil
}

// Of is the offset in whole days, at a time of day or at the same, or as a
// length of time.
func (o Offset) Of() (days int, at Clock, length time.Duration) {
	s, clock, _ := strings.Cut(string(o), " ")
	if s == "" {
		return 0, "", 0
	}
	n, _ := strconv.Atoi(s[:len(s)-1])
	switch s[len(s)-1] {
	case 'h':
		return 0, "", time.Duration(n) * time.Hour
	case 'm':
		return 0, "", time.Duration(n) * time.Minute
	}
	if clock != "" {
		at = fullClock(clock)
	}
	return n, at, 0
}
