package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var colors = map[plan.Verb]string{
	plan.Publish: green, plan.Edit: green, plan.Remove: yellow, plan.Resolve: yellow, plan.Move: blue,
	plan.Wait: faint, plan.Ask: red, plan.Skip: yellow,
}

// When is a moment as a table shows it.
func When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// Plan lists what would be done now and what comes later.
func (t *Text) Plan(brand string, p plan.Plan) {
	t.printf("%s, %s. Approvals asked for: %s.\n\n", t.paint(bold, Clean(brand)), p.Now.Format("2006-01-02 15:04 MST"), p.Review)
	var rows [][]cell
	for _, a := range p.Actions {
		rows = append(rows, []cell{{string(a.Verb), colors[a.Verb]}, {When(a.Due), ""}, {Clean(a.Post), ""}, {Clean(a.Channel), ""}, {Clean(a.Why), faint}})
	}
	t.table(rows)
	if len(rows) > 0 {
		t.printf("\n")
	}
	t.printf("%s\n", Summary(p))
	if p.Refused != "" {
		t.printf("%s\n", t.paint(red, "Refused: "+p.Refused))
	}
}

// Summary is a plan in one sentence.
func Summary(p plan.Plan) string {
	var parts []string
	for _, v := range []struct {
		verb plan.Verb
		says string
	}{
		{plan.Publish, "to publish"}, {plan.Edit, "to edit"}, {plan.Remove, "to remove"}, {plan.Resolve, "to resolve"},
		{plan.Move, "to rename"}, {plan.Wait, "waiting"}, {plan.Ask, "for you to decide"}, {plan.Skip, "skipped"},
	} {
		if n := p.Count(v.verb); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.says))
		}
	}
	if !p.Acts() {
		parts = append([]string{"nothing to do now"}, parts...)
	}
	s := strings.Join(parts, ", ") + "."
	return strings.ToUpper(s[:1]) + s[1:]
}

// done is what became of an action, in a word.
var done = map[plan.Verb]string{plan.Publish: "published", plan.Edit: "edited", plan.Remove: "removed", plan.Resolve: "published", plan.Move: "renamed"}

// Outcome is one row of what was done.
func (t *Text) row(o publish.Outcome) []cell {
	word, color, note := done[o.Action.Verb], green, o.URL
	if o.Action.Verb == plan.Move {
		note = "now " + o.Action.To
	}
	if o.Err != nil {
		word, color, note = "failed", red, o.Err.Error()
		switch o.State {
		case schema.Refused:
			word = "refused"
		case schema.Unknown:
			word, note = "unknown", "it may be live; the next run finds out ("+note+")"
		}
	}
	return []cell{{Clean(o.Action.Channel), ""}, {Clean(o.Action.Post), ""}, {word, color}, {Clean(note), ""}}
}

// Published tells what was done for each channel, in one table: the outcomes,
// then what waits for a person or has problems.
func (t *Text) Published(p plan.Plan, outs []publish.Outcome) {
	var rows [][]cell
	ok := 0
	for _, o := range outs {
		rows = append(rows, t.row(o))
		if o.OK() {
			ok++
		}
	}
	for _, a := range p.Actions {
		if a.Verb == plan.Ask || a.Verb == plan.Skip || a.Verb == plan.Wait && !a.Due.After(p.Now) {
			rows = append(rows, []cell{{Clean(a.Channel), ""}, {Clean(a.Post), ""}, {string(a.Verb), colors[a.Verb]}, {Clean(a.Why), ""}})
		}
	}
	t.table(rows)
	if len(rows) > 0 {
		t.printf("\n")
	}
	if len(outs) > 0 {
		t.printf("%d of %s done", ok, Many(len(outs), "action"))
	} else {
		t.printf("Nothing to do now")
	}
	later := slices.DeleteFunc(slices.Clone(p.Actions), func(a plan.Action) bool { return a.Verb != plan.Wait || !a.Due.After(p.Now) })
	if len(later) > 0 { // actions stand in order of time
		t.printf("; %d more waiting, the next at %s", len(later), When(later[0].Due))
	}
	t.printf(".\n")
}

// Alone says which channels were left alone, and what they lack.
func (t *Text) Alone(channel string, missing []string, posts int) {
	t.printf("%s was left alone (%s): set %s to publish there.\n", t.paint(yellow, Clean(channel)), Many(posts, "post"), strings.Join(missing, " and "))
}
