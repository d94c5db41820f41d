package report

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/tend"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Tended tells what a look at the channels found, and what was done.
func (t *Text) Tended(channels []*tend.Channel, cases []*tend.Case, loud []string, acted bool) {
	for _, what := range loud {
		t.printf("%s: %s\n", t.paint(red, "attention"), Clean(what))
	}
	for _, c := range channels {
		more := ""
		if c.More {
			more = ", and there is more for the next run"
		}
		t.printf("%s: %s%s\n", t.paint(bold, Clean(c.Channel)), Many(c.Items, "new item"), more)
		if c.Trouble != "" {
			t.printf("  %s: %s\n", t.paint(red, "cannot be read"), Clean(c.Trouble))
		}
	}
	t.Cases(cases, acted)
}

// Cases tells of items, one by one.
func (t *Text) Cases(cases []*tend.Case, acted bool) {
	var rows [][]cell
	todo := 0
	for _, c := range cases {
		name := c.URL
		if c.Private {
			name = "a private message"
		}
		if name == "" {
			name = c.Item
		}
		who := c.Rule
		if who == "" {
			who = c.By
		}
		rows = append(rows, []cell{{string(c.Action), actionColors[c.Action]}, {Clean(c.Channel), ""}, {Clean(name), ""}, {Clean(who), ""}, {Clean(strings.Join(c.Shown, " ")), faint}})
		note := func(name, what, color string) {
			rows = append(rows, []cell{{"", ""}, {"", ""}, {"  " + name + ": " + Clean(what), color}})
		}
		for _, s := range c.Steps {
			if s.State == "" {
				todo++
			}
			note(verbs[s.Op], became(s, acted), deedColors[s.State])
		}
		if c.Why != "" {
			note("why", c.Why, yellow)
		}
		if len(c.Shadow) > 0 {
			note("in shadow", strings.Join(c.Shadow, ", "), faint)
		}
		if len(c.Labels) > 0 {
			note("labels", strings.Join(c.Labels, ", "), faint)
		}
		if len(c.Notify) > 0 {
			note("for", strings.Join(c.Notify, ", "), faint)
		}
	}
	if len(rows) > 0 {
		t.printf("\n")
		t.table(rows)
	}
	switch {
	case todo > 0 && !acted:
		t.printf("\n%s to do. Nothing was done; `--yes` does it.\n", Many(todo, "thing"))
	case len(cases) == 0:
		t.printf("Nothing to do.\n")
	}
}

// verbs are what is done, to people.
var verbs = map[string]string{
	schema.OpReply: "answer", schema.OpAsk: "ask a person", schema.OpUndo: "take back", schema.OpLabel: "label", schema.OpMute: "mute the author",
	schema.OpReport: "report", schema.OpHide: "hide", schema.OpDelete: "delete",
}

var deedColors = map[string]string{
	schema.DeedDone: green, schema.DeedFailed: red, schema.DeedRefused: yellow, schema.DeedUnknown: red, schema.DeedLost: yellow,
}

// became is what became of a step.
func became(s *tend.Step, acted bool) string {
	what := map[string]string{
		schema.DeedDone: "done", schema.DeedFailed: "not done; the next run tries again", schema.DeedRefused: "cannot be done",
		schema.DeedUnknown: "may be done; the next run finds out", schema.DeedLost: "may be done or not, and is not tried again",
	}[s.State]
	if what == "" && acted {
		what = "waits"
	} else if what == "" {
		what = "to do"
	}
	if s.Why != "" {
		what += fmt.Sprintf(" (%s)", s.Why)
	}
	if s.URL != "" {
		what += " " + s.URL
	}
	return what
}
