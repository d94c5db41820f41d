package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/locale"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Markdown writes reports as GitHub reads them, one block after the other.
// What came from files and servers is inert in it.
type Markdown struct {
	Blocks []string
}

// listed is how many entries of one list are shown.
const listed = 100

func (m *Markdown) block(format string, args ...any) {
	m.Blocks = append(m.Blocks, fmt.Sprintf(format, args...))
}

// list is one block of at most listed entries.
func (m *Markdown) list(entries []string, noun string) {
	if len(entries) == 0 {
		return
	}
	shown := slices.Clone(entries[:min(listed, len(entries))])
	if n := len(entries) - len(shown); n > 0 {
		shown = append(shown, "and "+Many(n, noun)+" more")
	}
	m.block("- %s", strings.Join(shown, "\n- "))
}

// Plan tells what would be done now, and what comes later.
func (m *Markdown) Plan(brand string, p plan.Plan) {
	m.block("### %s", Inert(brand))
	m.block("%s As of %s. Approvals asked for: %s.", Summary(p), p.Now.Format("2006-01-02 15:04 MST"), Inert(p.Review))
	m.refused(p)
	var now, later []string
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Verb == plan.Wait {
			later = append(later, action(a))
		} else {
			now = append(now, action(a))
		}
	}
	m.list(now, "action")
	m.fold(later, "post")
	m.answers(p)
}

// Published tells what was done, what waits for a person, and what was left
// alone: the environment variables that a channel lacks.
func (m *Markdown) Published(brand string, p plan.Plan, outs []publish.Outcome, alone map[string][]string) {
	m.block("### %s", Inert(brand))
	var rows []string
	ok := 0
	for i := range outs {
		o := &outs[i]
		row := (&Text{}).row(*o)
		entry := fmt.Sprintf("**%s** %s on %s", row[2].text, Inert(o.Action.Post), Inert(o.Action.Channel))
		if note := Inert(row[3].text); note != "" {
			entry += ": " + note
		}
		rows = append(rows, entry)
		if o.OK() {
			ok++
		}
	}
	if len(outs) > 0 {
		m.block("%d of %s done.", ok, Many(len(outs), "action"))
	} else {
		m.block("Nothing to do now.")
	}
	m.refused(p)
	m.list(rows, "action")
	var person, later []string
	for i := range p.Actions {
		switch a := &p.Actions[i]; a.Verb {
		case plan.Ask, plan.Hold, plan.Skip:
			person = append(person, action(a))
		case plan.Wait:
			later = append(later, action(a))
		}
	}
	m.list(person, "post")
	var left []string
	for _, channel := range slices.Sorted(maps.Keys(alone)) {
		left = append(left, fmt.Sprintf("%s was left alone: set %s to publish there", Inert(channel), Inert(strings.Join(alone[channel], " and "))))
	}
	m.list(left, "channel")
	m.fold(later, "post")
	m.answers(p)
}

// Problems tells what is wrong with a workspace.
func (m *Markdown) Problems(brand string, ps []schema.Problem) {
	m.block("### %s", Inert(brand))
	var entries []string
	errors := 0
	for _, p := range ps {
		if p.Severity == schema.Error {
			errors++
		}
		entries = append(entries, fmt.Sprintf("**%s** %s: %s", p.Severity, Inert(p.Pos.String()), Inert(p.Text)))
	}
	if len(ps) == 0 {
		m.block("No problems.")
		return
	}
	m.block("%s, %s.", Many(errors, "error"), Many(len(ps)-errors, "warning"))
	m.list(entries, "problem")
}

func action(a *plan.Action) string {
	s := fmt.Sprintf("**%s** %s on %s", a.Verb, Inert(a.Post), Inert(a.Channel))
	if when := When(a.Due); when != "" {
		s += ", " + when
	}
	if why := Inert(a.Why); why != "" {
		s += ": " + why
	}
	return s
}

func (m *Markdown) refused(p plan.Plan) {
	if p.Refused != "" {
		m.block("**Refused:** %s", Inert(p.Refused))
	}
}

// fold lists what is not for now, closed.
func (m *Markdown) fold(entries []string, noun string) {
	if len(entries) == 0 {
		return
	}
	var inside Markdown
	inside.list(entries, noun)
	m.block("<details><summary>%s waiting</summary>\n\n%s\n\n</details>", Many(len(entries), noun), inside.Blocks[0])
}

// answers says how to answer what the plan asks.
func (m *Markdown) answers(p plan.Plan) {
	var b strings.Builder
	(&Text{W: &b}).answers(p)
	if s := strings.TrimSpace(b.String()); s != "" {
		m.Blocks = append(m.Blocks, Fence(s))
	}
}

// Calendar tells of an almanac, week by week.
func (m *Markdown) Calendar(a *almanac.Almanac) {
	l := locale.Of(a.Lang)
	w := wall{&Text{}, a, l, 0}
	m.block("### %s", Inert(a.Brand))
	m.block("%s. Times in %s.", Inert(l.Span(a.From, a.To.AddDate(0, 0, -1))), Inert(a.Zone))
	weeks := a.Weeks()
	for i := range weeks {
		week := &weeks[i]
		var rows []string
		for _, s := range week.Spans {
			about := ""
			if s.Campaign != nil {
				about = ", " + counted(s.Campaign)
			}
			rows = append(rows, fmt.Sprintf("| | %s | %s%s | %s |", s.Kind, oneCell(Inert(s.Name)+", "+l.Span(s.First, s.Last)), about, oneCell(inertList(s.Where))))
		}
		for d := range week.Days {
			day := &week.Days[d]
			name := l.ShortWeekday(day.Date.Weekday()) + "\u00a0" + l.Number(day.Date)
			for n := range day.Items {
				x := w.line(&day.Items[n])
				what := Inert(x.name)
				if x.title != "" {
					what += ", " + Inert(x.title)
				}
				for _, note := range x.notes {
					what += "<br>" + Inert(note)
				}
				rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", strings.TrimSpace(name+" "+x.time), x.state, oneCell(what), oneCell(inertList(x.where))))
				name = ""
			}
		}
		if len(rows) == 0 {
			continue
		}
		m.block("#### %s", Inert(l.Span(week.Monday, week.Monday.AddDate(0, 0, 6))))
		if week.Slots > 0 {
			m.block("No post goes out this week, and there is room: %s.", Many(week.Slots, "free slot"))
		}
		m.block("| When | | What | Where |\n|---|---|---|---|\n%s", strings.Join(rows, "\n"))
	}
	var drafts []string
	for _, d := range a.Drafts {
		s := Inert(d.Post)
		if d.Why != "" {
			s += ": " + Inert(d.Why)
		}
		drafts = append(drafts, s)
	}
	if len(drafts) > 0 {
		m.block("Without a time:")
		m.list(drafts, "post")
	}
	var conflicts []string
	for _, c := range a.Conflicts {
		conflicts = append(conflicts, Inert(c.Pos.String())+": "+Inert(c.Text))
	}
	if len(conflicts) > 0 {
		m.block("Conflicts:")
		m.list(conflicts, "conflict")
	}
}
