package observance

import "time"

// easter is Easter Sunday in the Gregorian calendar: the algorithm of J. Meeus,
// Astronomical Algorithms, chapter 8.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	n := h + l - 7*((a+11*h+22*l)/451) + 114
	return date(year, time.Month(n/31), n%31+1)
}

// orthodox is Easter Sunday by the Julian calendar, as a Gregorian date: the
// same chapter.
func orthodox(year int) time.Time {
	d := (19*(year%19) + 15) % 30
	n := d + (2*(year%4)+4*(year%7)-d+34)%7 + 114
	behind := year/100 - year/400 - 2 // days that the Julian calendar is behind
	return date(year, time.Month(n/31), n%31+1+behind)
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
