package moderate

import "github.com/imprimatur-ci/imprimatur/engine/match"

// An Explanation is a decision, with what every rule said.
type Explanation struct {
	Decision
	Views []Viewed `json:"views"` // the ways in which the text was read
	Rules []Said   `json:"rules"` // in order of id
}

// Viewed is the text as one view reads it.
type Viewed struct {
	View string `json:"view"`
	Text string `json:"text"`
}

// Said is what one rule said.
type Said struct {
	Rule string `json:"rule"`
	Says string `json:"says"`
	Why  string `json:"why,omitempty"`
}

// What a rule can say of an item.
const (
	SaysMatch   = "matches"
	SaysNo      = "does not match"
	SaysElse    = "is for other items"
	SaysUnknown = "cannot tell"
	SaysOff     = "is off"
)

// Explain decides, and says how it came to that. It shows the text: it is for
// whoever wrote it down, not for a record.
func (r *Rules) Explain(item Item, h History) Explanation {
	e := Explanation{Decision: r.Decide(item, h), Views: views(item.Text), Rules: []Said{}}
	if e.By != ByRules {
		return e
	}
	l := r.look(&item, e.Lang)
	defer r.free(l)
	for _, rule := range r.rules {
		s := Said{Rule: rule.ID, Says: SaysNo}
		v := l.judge(rule)
		switch {
		case rule.Mode == "off":
			s.Says = SaysOff
		case rule.where.test(l) == no:
			s.Says = SaysElse
		case v == unknown:
			s.Says, s.Why = SaysUnknown, "it needs "+l.missing+", which nobody knows here"
		case v == yes:
			s.Says = SaysMatch
		}
		e.Rules = append(e.Rules, s)
	}
	for i, s := range e.Rules {
		for _, m := range e.Matched {
			if m.Rule == s.Rule {
				e.Rules[i].Why = m.comes()
			}
		}
	}
	return e
}

// comes says what came of a rule that matched.
func (m *Matched) comes() string {
	switch m.State {
	case Shadowed:
		return "it is in shadow mode: recorded, and no more"
	case Overridden:
		return m.By + " overrides it"
	case Expired:
		return "its time is over, so it does nothing"
	case Braked:
		return m.Why + ", so a person is asked instead"
	}
	return "it wants " + string(m.Action)
}

// views are the ways in which a text is read.
func views(text string) []Viewed {
	all := []Viewed{{match.Plain.String(), text}}
	for _, v := range match.Views(text) {
		all = append(all, Viewed{v.View.String(), v.Text})
	}
	return all
}
