package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/locale"
)

// The ways to show a calendar.
const (
	AgendaView = "agenda" // the days that have something
	WeekView   = "week"   // every day
	MonthView  = "month"  // a grid
)

// Calendar shows an almanac in so many columns. Days and months are in the
// workspace's language.
func (t *Text) Calendar(a *almanac.Almanac, view string, width int) {
	l := locale.Of(a.Lang)
	t.printf("%s, %s. Times in %s.\n", t.paint(bold, Clean(a.Brand)), l.Span(a.From, a.To.AddDate(0, 0, -1)), Clean(a.Zone))
	w := wall{t, a, l, width}
	if view == MonthView {
		w.grids()
	} else {
		w.list(view == WeekView)
	}
	w.foot()
}

// A wall is what a calendar is written on.
type wall struct {
	*Text
	*almanac.Almanac
	locale *locale.Locale
	width  int
}

// A row is one of the agenda, in words.
type agendaRow struct {
	time, state, color string
	name, title        string
	where              []string
	notes              []string
	noteColor          string
}

// list shows day after day, by week.
func (w *wall) list(every bool) {
	weeks := w.Weeks()
	lines := map[*almanac.Item]agendaRow{}
	stateWide, whereWide := 0, 0
	for i := range weeks {
		for d := range weeks[i].Days {
			for n := range weeks[i].Days[d].Items {
				item := &weeks[i].Days[d].Items[n]
				x := w.line(item)
				lines[item] = x
				stateWide, whereWide = max(stateWide, wide(x.state)), max(whereWide, wide(strings.Join(x.where, ", ")))
			}
		}
	}
	whereWide = min(whereWide, max(18, w.width*3/10))
	something := false
	for i := range weeks {
		week := &weeks[i]
		busy := every || len(week.Spans) > 0 || week.Slots > 0 || slices.ContainsFunc(week.Days[:], func(d almanac.Day) bool { return len(d.Items) > 0 })
		if !busy {
			continue
		}
		something = true
		t := week.Monday
		w.printf("\n%s\n", w.paint(bold, w.locale.Span(t, t.AddDate(0, 0, 6))))
		for n := range week.Spans {
			w.span(&week.Spans[n])
		}
		if week.Slots > 0 {
			w.printf("  %s\n", w.paint(yellow, fmt.Sprintf("No post goes out this week, and there is room: %s.", Many(week.Slots, "free slot"))))
		}
		for d := range week.Days {
			day := &week.Days[d]
			if !day.In || len(day.Items) == 0 && !every {
				continue
			}
			name := w.locale.Weekday(day.Date.Weekday()) + " " + w.locale.DayMonth(day.Date)
			if day.Today {
				name = w.paint(bold, name) + w.paint(blue, "  today")
			}
			w.printf("%s\n", name)
			for n := range day.Items {
				w.row(lines[&day.Items[n]], stateWide, whereWide)
			}
		}
	}
	if !something {
		w.printf("\nNothing is planned in these days.\n")
	}
}

// line is an item in words.
func (w *wall) line(i *almanac.Item) agendaRow {
	x := agendaRow{name: Clean(i.Name)}
	if !i.At.IsZero() {
		x.time = i.At.Format("15:04")
	}
	for _, c := range i.Where {
		x.where = append(x.where, Clean(c))
	}
	for _, l := range i.Local {
		x.notes = append(x.notes, fmt.Sprintf("%s on %s, in %s", l.At.Format("15:04"), Clean(l.Channel), l.At.Location()))
	}
	switch i.Kind {
	case almanac.OfPost:
		p := i.Posts[0]
		x.name, x.title = Clean(p.Post), Clean(p.Title)
		x.state, x.color = p.State, stateColors[p.State]
		if p.Queued {
			x.notes = append(x.notes, cmp.Or(strings.TrimSpace("queued "+behind(p.Slot)), "queued"))
		}
		if p.Why != "" && (p.Troubled() || p.State == Handed) {
			x.notes, x.noteColor = append(x.notes, Clean(p.Why)), stateColors[p.State]
		}
	case almanac.OfFree:
		x.state, x.color, x.name = "free", blue, "slot "+x.name
		if i.Passed(w.Now) {
			x.state, x.color = "missed", yellow
		}
		if p := i.Slot.Pillar; p != "" && p != i.Slot.Slot {
			x.name += ", for " + Clean(p)
		}
	case almanac.OfObservance:
		x.state, x.color = "day", faint
		if i.Off {
			x.state, x.color = "holiday", yellow
		}
		if i.Estimate {
			x.name += " (may come to be another day)"
		}
	case almanac.OfEvent:
		x.state, x.color = "event", blue
		if i.Event.Place != "" {
			x.name += ", " + Clean(i.Event.Place)
		}
	case almanac.OfBlackout:
		x.state, x.color = "blackout", red
		x.name += ", until " + i.Blackout.To.In(w.From.Location()).Format("15:04")
	}
	return x
}

func behind(slot string) string {
	if slot == "" {
		return ""
	}
	return "for " + Clean(slot)
}

// row writes a line, and below it what does not fit or is to be noted.
func (w *wall) row(x agendaRow, stateWide, whereWide int) {
	const margin = "  "
	left := len(margin) + 5 + 2 + stateWide + 2
	room := max(12, w.width-left)
	where := fold(strings.Join(x.where, ", "), whereWide)
	name := room
	if len(where) > 0 {
		name = max(12, room-whereWide-2)
	}
	names := fold(x.name, name)
	if x.title != "" && len(names) == 1 {
		if rest := name - wide(names[0]) - 2; rest >= 10 {
			names[0] += "  " + w.paint(faint, cut(x.title, rest))
		}
	}
	for i := range max(len(names), len(where)) {
		time, state := "", ""
		if i == 0 {
			time, state = x.time, x.state
		}
		s := margin + pad(time, 5) + "  " + pad(w.paint(x.color, state), stateWide) + "  "
		n, on := "", ""
		if i < len(names) {
			n = names[i]
		}
		if i < len(where) {
			on = where[i]
		}
		if on != "" {
			n = pad(n, name) + "  " + on
		}
		w.printf("%s\n", strings.TrimRight(s+n, " "))
	}
	for _, note := range x.notes {
		for _, part := range fold(note, room) {
			w.printf("%s%s\n", strings.Repeat(" ", left), w.paint(cmp.Or(x.noteColor, faint), part))
		}
	}
}

// span says what lasts for days.
func (w *wall) span(s *almanac.Span) {
	color, about := blue, ""
	switch {
	case s.Kind == almanac.OfBlackout:
		color = red
		if len(s.Where) > 0 {
			about = " (" + Clean(strings.Join(s.Where, ", ")) + ")"
		}
	case s.Campaign != nil:
		about = ", " + counted(s.Campaign)
	}
	text := fmt.Sprintf("%s, %s%s", Clean(s.Name), w.locale.Span(s.First, s.Last), about)
	for i, part := range fold(text, w.width-12) {
		kind := ""
		if i == 0 {
			kind = string(s.Kind)
		}
		w.printf("  %s%s\n", w.paint(color, kind)+strings.Repeat(" ", 10-len(kind)), part)
	}
}

// counted is how many posts a campaign has.
func counted(c *almanac.Campaign) string {
	if c.Goal > 0 {
		return fmt.Sprintf("%d of %s", c.Posts, Many(c.Goal, "post"))
	}
	return Many(c.Posts, "post")
}

// fewDrafts is how many drafts are named.
const fewDrafts = 8

// foot says what is true of all days, and what is on none.
func (w *wall) foot() {
	w.printf("\n")
	say := func(color, format string, args ...any) {
		for _, part := range fold(fmt.Sprintf(format, args...), w.width) {
			w.printf("%s\n", w.paint(color, part))
		}
	}
	for _, q := range w.Quiet() {
		where := "all channels"
		if len(q.Where) > 0 {
			where = Clean(strings.Join(q.Where, ", "))
		}
		say(faint, "Nothing goes out from %s to %s on %s: %s.", q.From, q.To, where, Clean(q.Reason))
	}
	if len(w.Drafts) > 0 {
		var ids []string
		for _, d := range w.Drafts[:min(fewDrafts, len(w.Drafts))] {
			ids = append(ids, Clean(d.Post))
		}
		more := ""
		if n := len(w.Drafts) - fewDrafts; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		say("", "Without a time: %s%s.", strings.Join(ids, ", "), more)
	}
	if n := len(w.Conflicts); n > 0 {
		say(yellow, "%s with the calendar; `imprimatur check` says which.", Many(n, "conflict"))
	}
	posts := map[string]bool{}
	for i := range w.Posts {
		posts[w.Posts[i].Post] = true
	}
	missed := 0
	for i := range w.Free {
		if w.Free[i].At.Before(w.Now) {
			missed++
		}
	}
	said := Many(len(posts), "post") + ", " + Many(len(w.Free)-missed, "free slot")
	if missed > 0 {
		said += fmt.Sprintf(", %d that nobody took", missed)
	}
	say("", "%s.", said)
}
