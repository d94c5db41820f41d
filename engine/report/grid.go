package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
)

// sign is what stands for a state in a grid, where there is no room for it.
func sign(i *almanac.Item, now time.Time) (sign, color string) {
	switch i.Kind {
	case almanac.OfPost:
		state := i.Posts[0].State
		switch {
		case state == Live:
			return "✓", green
		case state == Waiting, state == Due, state == Sending:
			return "·", ""
		case state == Retracted:
			return "×", faint
		case state == Handed:
			return "→", blue
		}
		return "!", cmp.Or(stateColors[state], red)
	case almanac.OfFree:
		if i.Passed(now) {
			return "∅", yellow
		}
		return "○", blue
	case almanac.OfEvent:
		return "◆", blue
	case almanac.OfBlackout:
		return "■", red
	}
	if i.Off {
		return "★", yellow
	}
	return "☆", faint
}

// grids shows months as calendars on a wall do.
func (w *wall) grids() {
	cell := max(7, (w.width-6)/7)
	weeks := w.Weeks()
	month := time.Month(0)
	for i := range weeks {
		week := &weeks[i]
		first := slices.IndexFunc(week.Days[:], func(d almanac.Day) bool { return d.In })
		if m := week.Days[max(0, first)].Date; m.Month() != month {
			month = m.Month()
			w.printf("\n%s\n", w.paint(bold, w.locale.MonthYear(m)))
			var names []string
			for _, d := range week.Days {
				names = append(names, pad(cut(w.locale.ShortWeekday(d.Date.Weekday()), cell), cell))
			}
			w.printf("%s\n", strings.TrimRight(strings.Join(names, " "), " "))
		}
		w.printf("%s\n", w.paint(faint, strings.Repeat(strings.Repeat("─", cell)+"┼", 6)+strings.Repeat("─", cell)))
		w.grid(week, cell)
	}
	w.printf("\n%s\n", w.paint(faint, strings.Join(fold("✓ live  · waiting  → with a person  ! to look at  ○ free slot  ∅ missed slot  ◆ event  ★ public holiday  ☆ day  ■ blackout", w.width), "\n")))
}

// pad fills a text up to n columns; what colours it takes none.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-wide(bare(s)))) }

// grid is one week of it.
func (w *wall) grid(week *almanac.Week, cell int) {
	var columns [7][]string
	tall := 0
	for i := range week.Days {
		columns[i] = w.cell(&week.Days[i], cell)
		tall = max(tall, len(columns[i]))
	}
	for n := range tall {
		var parts []string
		for i := range columns {
			s := ""
			if n < len(columns[i]) {
				s = columns[i][n]
			}
			parts = append(parts, pad(s, cell))
		}
		w.printf("%s\n", strings.TrimRight(strings.Join(parts, w.paint(faint, "│")), " "))
		if n == 0 {
			for s := range week.Spans {
				w.bar(&week.Spans[s], week, cell)
			}
		}
	}
	if week.Slots > 0 {
		w.printf("%s\n", w.paint(yellow, cut(fmt.Sprintf("no post this week, and %s", Many(week.Slots, "free slot")), w.width)))
	}
}

// cell is a day of it: its number, then two lines for what has a time.
func (w *wall) cell(d *almanac.Day, cell int) []string {
	number := w.locale.Number(d.Date)
	if d.Date.Day() == 1 {
		number += " " + w.locale.ShortMonth(d.Date.Month())
	}
	switch {
	case !d.In:
		return []string{w.paint(faint, cut(number, cell))}
	case d.Today:
		number = w.paint(bold, cut("["+number+"]", cell))
	default:
		number = cut(number, cell)
	}
	lines := []string{number}
	for n := range d.Items {
		i := &d.Items[n]
		mark, color := sign(i, w.Now)
		name := Clean(i.Name)
		if i.At.IsZero() {
			lines = append(lines, w.paint(color, cut(mark+" "+name, cell)))
			continue
		}
		head := i.At.Format("15:04") + " " + mark
		if rest := cell - wide(head) - 1; len(i.Where) > 0 && rest >= 3 {
			head += " " + cut(Clean(strings.Join(i.Where, ", ")), rest)
		}
		lines = append(lines, w.paint(color, head), cut(name, cell))
	}
	return lines
}

// bar shows over which days something lasts.
func (w *wall) bar(s *almanac.Span, week *almanac.Week, cell int) {
	at := func(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }
	from, to, left, right := 0, 6, "╴", "╶"
	if !s.First.Before(week.Monday) {
		from, left = at(s.First), "["
	}
	if s.Last.Before(week.Monday.AddDate(0, 0, 7)) {
		to, right = at(s.Last), "]"
	}
	fill, color := "═", blue
	if s.Kind == almanac.OfBlackout {
		fill, color = "░", red
	}
	long := (to-from+1)*(cell+1) - 1
	name := cut(Clean(s.Name), max(1, long-4))
	text := left + name + " " + strings.Repeat(fill, max(0, long-3-wide(name))) + right
	w.printf("%s%s\n", strings.Repeat(" ", from*(cell+1)), w.paint(color, text))
}
