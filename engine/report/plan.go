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
	plan.Publish: green, plan.Edit: green, plan.Remove: yellow, plan.Resolve: yellow, plan.Move: blue, plan.HandOff: blue,
	plan.Hold: red, plan.Wait: faint, plan.Ask: red, plan.Skip: yellow,
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
		t.printf("%s\n", t.paint(red, "Refused: "+Clean(p.Refused)))
	}
	t.answers(p)
}

// answers are what a person can say of what no run can know.
var answers = []struct {
	answer plan.Answer
	says   string
}{
	{plan.AnswerLive, "--live URL   it is out, and that is its address"},
	{plan.AnswerLost, "--lost       it is not there"},
	{plan.AnswerRetry, "--retry      it is not there: send it, however late"},
}

// answers says how to answer what the plan asks.
func (t *Text) answers(p plan.Plan) {
	command, may := "", map[plan.Answer]bool{}
	for i := range p.Actions {
		a := &p.Actions[i]
		if len(a.Answers) == 0 || a.Verb == plan.Skip {
			continue
		}
		if command == "" {
			command = a.Resolve()
		} else {
			command = "imprimatur resolve POST@CHANNEL"
		}
		for _, answer := range a.Answers {
			may[answer] = true
		}
	}
	if command == "" {
		return
	}
	t.printf("\nTo say what became of it: %s\n", Clean(command))
	for _, a := range answers {
		if may[a.answer] {
			t.printf("  %s\n", a.says)
		}
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
		{plan.Move, "to rename"}, {plan.HandOff, "to hand off"}, {plan.Hold, "held for want of approval"}, {plan.Wait, "waiting"}, {plan.Ask, "for you to decide"}, {plan.Skip, "skipped"},
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
var done = map[plan.Verb]string{plan.Publish: "published", plan.Edit: "edited", plan.Remove: "removed", plan.Move: "renamed", plan.HandOff: "handed off"}

// resolved is what became of an outcome that was open.
var resolved = map[schema.State]string{schema.Live: "published", schema.Failed: "not there", schema.Gone: "removed"}

// Outcome is one row of what was done.
func (t *Text) row(o publish.Outcome) []cell {
	word, color, note := done[o.Action.Verb], green, o.URL
	if o.Action.Verb == plan.Move {
		note = "now " + o.Action.To
	}
	if o.Action.Verb == plan.Resolve {
		word = resolved[o.State]
	}
	if o.Action.Verb == plan.HandOff {
		note = "a person publishes it, from the outbox"
	}
	if o.Err != nil {
		word, color, note = "failed", red, o.Err.Error()+"; "+o.Next
		if o.State == schema.Refused || o.State == schema.Unknown {
			word = string(o.State)
		}
	}
	return []cell{{Clean(o.Action.Channel), ""}, {Clean(o.Action.Post), ""}, {word, color}, {Clean(note), ""}}
}

// few is how many posts that are skipped alike are listed one by one.
const few = 3

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
	same := map[[2]string]int{} // posts that a channel skips for one reason
	for _, a := range p.Actions {
		if a.Verb == plan.Skip {
			same[[2]string{a.Channel, a.Why}]++
		}
	}
	for _, a := range p.Actions {
		if a.Verb == plan.Ask || a.Verb == plan.Hold || a.Verb == plan.Skip || a.Verb == plan.Wait && (!a.Due.After(p.Now) || len(a.Answers) > 0) {
			post, n := Clean(a.Post), same[[2]string{a.Channel, a.Why}]
			switch {
			case a.Verb != plan.Skip || n >= 0 && n <= few:
			case n < 0:
				continue // it was told with the others
			default:
				post, same[[2]string{a.Channel, a.Why}] = Many(n, "post"), -1
			}
			rows = append(rows, []cell{{Clean(a.Channel), ""}, {post, ""}, {string(a.Verb), colors[a.Verb]}, {Clean(a.Why), ""}})
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
	later := slices.DeleteFunc(slices.Clone(p.Actions), func(a plan.Action) bool { return a.Verb != plan.Wait || !a.Due.After(p.Now) || len(a.Answers) > 0 })
	if len(later) > 0 { // actions stand in order of time
		t.printf("; %d more waiting, the next at %s", len(later), When(later[0].Due))
	}
	t.printf(".\n")
	t.answers(p)
}

// Alone says which channels were left alone, and what they lack.
func (t *Text) Alone(channel string, missing []string, posts int) {
	t.printf("%s was left alone (%s): set %s to publish there.\n", t.paint(yellow, Clean(channel)), Many(posts, "post"), strings.Join(missing, " and "))
}
