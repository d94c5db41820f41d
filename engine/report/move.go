package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Suggestion is a time for a post that has none.
type Suggestion struct {
	Post     string    `json:"post"`
	Title    string    `json:"title,omitempty"`
	Channels []string  `json:"channels"`
	At       time.Time `json:"at,omitzero"` // zero: there is none
	Slot     string    `json:"slot,omitempty"`
	Why      string    `json:"why"`
}

// Suggestions proposes times, and says by what.
func (t *Text) Suggestions(all []Suggestion, lang string, width int) {
	l := locale.Of(lang)
	if len(all) == 0 {
		t.printf("Every post has a time, or waits for a slot.\n")
		return
	}
	first := ""
	for i, s := range all {
		if i > 0 {
			t.printf("\n")
		}
		when := t.paint(yellow, "no time")
		if !s.At.IsZero() {
			when = t.paint(green, l.Moment(s.At))
			if first == "" {
				first = fmt.Sprintf("imprimatur calendar move %s \"%s\"", Clean(s.Post), When(s.At))
			}
		}
		title := ""
		if s.Title != "" {
			title = "  " + t.paint(faint, cut(Clean(s.Title), max(10, width-wide(s.Post)-2)))
		}
		t.printf("%s%s\n%s\n", t.paint(bold, Clean(s.Post)), title, strings.TrimRight("  "+when+"  "+Clean(strings.Join(s.Channels, ", ")), " "))
		for _, part := range fold(Clean(s.Why), width-2) {
			t.printf("  %s\n", t.paint(faint, part))
		}
	}
	t.printf("\n")
	for _, part := range fold("This is by the calendar alone: how well a time does is not known here, so it does not count.", width) {
		t.printf("%s\n", part)
	}
	if first != "" {
		t.printf("To take one: %s\n", first)
	}
}

// Moved is what became of a post that was given another time.
type Moved struct {
	Post   string
	File   string
	Was    string // of publish_at, as it was written; "": nothing
	Now    string
	Key    string // that was written
	Times  []MovedOn
	Others []MovedOther
	New    []schema.Problem // that were not there before
	Solved []schema.Problem // that are gone
}

// MovedOther is another post that goes out at another time for it.
type MovedOther struct {
	Post string
	MovedOn
}

// MovedOn is when a post goes out on a channel, before and after.
type MovedOn struct {
	Channel  string
	Was, Now time.Time // zero: not at all
	Stays    bool      // it is out there already
}

// Moved says what changed.
func (t *Text) Moved(m Moved) {
	was := cmp.Or(Clean(m.Was), "nothing")
	t.printf("%s: %s was %s, and is %s.\n", t.paint(bold, Clean(m.File)), m.Key, was, Clean(m.Now))
	var rows [][]cell
	for _, on := range m.Times {
		now, color := cmp.Or(When(on.Now), "no time"), green
		if on.Stays {
			now, color = "it is out there already", yellow
		}
		rows = append(rows, []cell{{"  " + Clean(on.Channel), ""}, {cmp.Or(When(on.Was), "no time"), faint}, {"→", ""}, {now, color}})
	}
	t.table(rows)
	if len(m.Others) > 0 {
		t.printf("\nIn the queue, others make room or move up:\n")
		rows = nil
		for _, o := range m.Others[:min(listed, len(m.Others))] {
			rows = append(rows, []cell{{"  " + Clean(o.Post), ""}, {Clean(o.Channel), ""}, {cmp.Or(When(o.Was), "no time"), faint}, {"→", ""}, {cmp.Or(When(o.Now), "no time"), green}})
		}
		t.table(rows)
	}
	t.printf("\n")
	for _, p := range m.Solved {
		t.problem(p, green, "solved")
	}
	for _, p := range m.New {
		color := red
		if p.Severity == schema.Warning {
			color = yellow
		}
		t.problem(p, color, string(p.Severity))
	}
	if len(m.New) == 0 {
		t.printf("No conflict comes of it.\n")
	}
}
