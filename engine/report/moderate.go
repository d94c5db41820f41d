package report

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
)

// RuleTests tells what came of the rules' own tests, and with coverage which
// rules no test makes match.
func (t *Text) RuleTests(r moderate.Tested, coverage bool) {
	passed := 0
	for _, c := range r.Cases {
		if c.OK {
			passed++
			continue
		}
		says := fmt.Sprintf("%s wants %s here, and this test says %s: %s", c.Rule, c.Got, c.Want, c.Why)
		if c.Got == c.Want {
			says = c.Rule + ": " + c.Why
		}
		t.printf("%s: %s: %s\n", t.paint(bold, Clean(c.Pos.String())), t.paint(red, "failed"), Clean(says))
	}
	for _, l := range r.Lacking {
		what := "one text that it matches and one that it leaves alone"
		if !l.Miss {
			what = "one text that it matches"
		} else if !l.Hit {
			what = "one text that it leaves alone"
		}
		t.printf("%s: %s: %s is in force and needs at least %s; add it under tests\n", t.paint(bold, Clean(l.Pos.String())), t.paint(red, "untested"), Clean(l.Rule), what)
	}
	if coverage {
		for _, s := range r.Silent {
			t.printf("%s: %s: no test makes %s match\n", t.paint(bold, Clean(s.Pos.String())), t.paint(yellow, "silent"), Clean(s.Rule))
		}
	}
	if !r.OK() || coverage && len(r.Silent) > 0 {
		t.printf("\n")
	}
	t.printf("%d of %s passed", passed, Many(len(r.Cases), "test"))
	if n := len(r.Lacking); n > 0 {
		t.printf("; %s not tested both ways", Many(n, "rule"))
	}
	t.printf(".\n")
}

// actionColors are the colours of what is done to items.
var actionColors = map[moderate.Action]string{
	moderate.None: green, moderate.Label: blue, moderate.Mute: blue, moderate.Escalate: yellow, moderate.Hold: yellow, moderate.Hide: red, moderate.Delete: red,
}

// Replay tells what new rules change on recorded items.
func (t *Text) Replay(r moderate.Replayed) {
	t.printf("%s, %d decided otherwise.\n", Many(r.Items, "item"), r.Changed)
	if len(r.Moves) > 0 {
		t.printf("\n")
	}
	var rows [][]cell
	for _, m := range r.Moves {
		color := faint
		if m.From != m.To {
			color = actionColors[m.To]
		}
		rows = append(rows, []cell{{string(m.From) + " -> " + string(m.To), color}, {fmt.Sprint(m.Items), ""}})
	}
	t.table(rows)
	t.samples(r.Moves)
	if len(r.Rules) > 0 {
		t.printf("\n")
		t.table(ruleRows(r))
	}
	if s := scores(r); s != "" {
		t.printf("\n%s\n", s)
	}
	for _, e := range r.Expectations {
		if !e.OK {
			t.printf("%s\n", t.paint(red, Clean(expected(e))))
		}
	}
}

func (t *Text) samples(moves []moderate.Move) {
	var rows [][]cell
	for _, m := range moves {
		for _, s := range m.Samples {
			rows = append(rows, []cell{{"  " + string(m.From) + " -> " + string(m.To), faint}, {Clean(s.ID), ""}, {Clean(whose(s)), ""}, {Clean(strings.Join(s.Shown, " ")), faint}})
		}
	}
	if len(rows) > 0 {
		t.printf("\nFor example:\n")
		t.table(rows)
	}
}

// whose is whose decision an item's was and is.
func whose(s moderate.Sample) string {
	switch {
	case s.Before == s.After:
		return s.After
	case s.Before == "":
		return "now " + s.After
	case s.After == "":
		return "was " + s.Before
	}
	return s.Before + ", now " + s.After
}

func ruleRows(r moderate.Replayed) [][]cell {
	rows := [][]cell{{{"rule", faint}, {"before", faint}, {"now", faint}, {"cannot tell", faint}}}
	if r.Decided > 0 {
		rows[0] = append(rows[0], cell{"people agree", faint})
	}
	for _, c := range r.Rules {
		row := []cell{{Clean(c.Rule), ""}, {fmt.Sprint(c.Before), ""}, {fmt.Sprint(c.After), ""}, {fmt.Sprint(c.Unknown), ""}}
		if r.Decided > 0 {
			row = append(row, cell{agreed(c), ""})
		}
		rows = append(rows, row)
	}
	return rows
}

func agreed(c moderate.RuleCount) string {
	if c.Right+c.Wrong == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d", c.Right, c.Right+c.Wrong)
}

// scores compares the decisions with those of people.
func scores(r moderate.Replayed) string {
	if r.Before == nil || r.After == nil {
		return ""
	}
	return fmt.Sprintf("People decided about %s. Of what the rules act on, they acted on %s, before %s; of what they acted on, the rules find %s, before %s.",
		Many(r.Decided, "item"), percent(r.After.Precision), percent(r.Before.Precision), percent(r.After.Recall), percent(r.Before.Recall))
}

func percent(f *float64) string {
	if f == nil {
		return "nothing"
	}
	return fmt.Sprintf("%.1f %%", 100**f)
}

// expected says which expectation was not met.
func expected(e moderate.Expected) string {
	if e.AtMost != nil && e.Got > *e.AtMost {
		return fmt.Sprintf("%s matches %s; at most %d were expected", e.Rule, Many(e.Got, "item"), *e.AtMost)
	}
	return fmt.Sprintf("%s matches %s; at least %d were expected", e.Rule, Many(e.Got, "item"), *e.AtLeast)
}

// ReplayMarkdown is the same for a comment on a pull request. Nothing that
// others wrote is in it but masked words and ids, and those only as code, so
// that they neither ping nor show pictures.
func ReplayMarkdown(r moderate.Replayed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Moderation rules on %s\n\n", Many(r.Items, "recorded item"))
	for _, e := range r.Expectations {
		if !e.OK {
			fmt.Fprintf(&b, "- ❌ %s\n", brief(expected(e)))
		}
	}
	if !r.OK() {
		b.WriteString("\n")
	}
	if r.Changed == 0 {
		b.WriteString("No decision changes.\n")
	} else {
		fmt.Fprintf(&b, "%d decided otherwise.\n", r.Changed)
	}
	if len(r.Moves) > 0 {
		b.WriteString("\n| before → now | items |\n|---|---:|\n")
	}
	for _, m := range r.Moves {
		name := string(m.From) + " → " + string(m.To)
		if m.From != m.To {
			name = "**" + name + "**"
		}
		fmt.Fprintf(&b, "| %s | %d |\n", name, m.Items)
	}
	if len(r.Rules) > 0 {
		head, line := "| rule | before | now | cannot tell |", "|---|---:|---:|---:|"
		if r.Decided > 0 {
			head, line = head+" people agree |", line+"---:|"
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", head, line)
	}
	for _, c := range r.Rules {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |", brief(c.Rule), c.Before, c.After, c.Unknown)
		if r.Decided > 0 {
			fmt.Fprintf(&b, " %s |", agreed(c))
		}
		b.WriteString("\n")
	}
	if s := scores(r); s != "" {
		fmt.Fprintf(&b, "\n%s\n", s)
	}
	markdownSamples(&b, r.Moves)
	return b.String()
}

func markdownSamples(b *strings.Builder, moves []moderate.Move) {
	begun := false
	for _, m := range moves {
		for _, s := range m.Samples {
			if !begun {
				b.WriteString("\n<details><summary>For example</summary>\n\n| | item | rule | words |\n|---|---|---|---|\n")
				begun = true
			}
			fmt.Fprintf(b, "| %s → %s | %s | %s | %s |\n", m.From, m.To, brief(s.ID), brief(whose(s)), brief(strings.Join(s.Shown, " ")))
		}
	}
	if begun {
		b.WriteString("\n</details>\n")
	}
}

// brief is text that came from anywhere, inert and short enough for a cell.
func brief(s string) string {
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return oneCell(Inert(s))
}

// Explanation tells how rules come to their decision.
func (t *Text) Explanation(e moderate.Explanation) {
	switch {
	case e.By == moderate.ByTeam:
		t.printf("Nothing is done: it is ours, or from somebody we trust, and we do not judge ourselves.\n")
		return
	case e.By == moderate.ByPerson:
		t.printf("%s: a person decided so, and that holds.\n", e.Action)
		return
	case e.Rule == "":
		t.printf("%s. No rule wants anything done.\n", t.paint(green, "Nothing is done"))
	default:
		t.printf("%s: because of the rule %s, on the policy %s.\n", t.paint(actionColors[e.Action], string(e.Action)), t.paint(bold, Clean(e.Rule)), Clean(e.Policy))
	}
	t.printf("\nRead as %s, in %s:\n", language(e.Lang), Many(len(e.Views), "way"))
	var rows [][]cell
	for _, v := range e.Views {
		rows = append(rows, []cell{{"  " + v.View, faint}, {Clean(v.Text), ""}})
	}
	t.table(rows)
	if rows = nil; len(e.Rules) > 0 {
		t.printf("\nWhat the rules say:\n")
	}
	for _, s := range e.Rules {
		note := s.Why
		for _, m := range e.Matched {
			if m.Rule == s.Rule && len(m.Spans) > 0 {
				note = spans(m.Spans) + "; " + note
			}
		}
		rows = append(rows, []cell{{"  " + Clean(s.Rule), bold}, {s.Says, ""}, {Clean(note), faint}})
	}
	t.table(rows)
	if len(e.Allowed) > 0 {
		t.printf("\nFound and harmless, for a list allows it: %s.\n", Clean(spans(e.Allowed)))
	}
	if e.Answer != nil {
		t.printf("\nThe answer %s (%s) would be written.\n", Clean(e.Answer.Template), Clean(e.Answer.Lang))
	}
}

func language(tag string) string {
	if tag == moderate.Und {
		return "a language that cannot be told (und)"
	}
	return tag
}

// spans are what was found, and how.
func spans(all []moderate.Span) string {
	var parts []string
	for _, s := range all {
		p := s.Shown + " by " + s.What
		if s.View != "" && s.View != "plain" {
			p += " (" + s.View + ")"
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, ", ")
}
