// Package moderate decides what to do about what other people write: rules and
// an item give a decision, whatever their order. SEMANTICS.md is what rules
// mean, line by line. The package is pure: it reads no file, no network and no
// clock, and it acts on nothing.
package moderate

import (
	"slices"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// An Action is what to do about an item.
type Action string

// The actions, mildest first. Allow stands outside: a rule that allows takes
// others out.
const (
	None     Action = "none"
	Label    Action = "label"
	Mute     Action = "mute"
	Escalate Action = "escalate" // a person decides
	Hold     Action = "hold"
	Hide     Action = "hide"
	Delete   Action = "delete"
	Allow    Action = "allow"
)

// Actions lists the actions that an item can get, mildest first.
var Actions = []Action{None, Label, Mute, Escalate, Hold, Hide, Delete}

// Harsher reports whether a does more to an item than b.
func (a Action) Harsher(b Action) bool { return slices.Index(Actions, a) > slices.Index(Actions, b) }

// An Item is something another person wrote, with what is known of where and
// by whom. What nobody knows is nil or empty.
type Item struct {
	platform.Item
	Platform   string `json:"platform,omitempty"`
	Channel    string `json:"channel,omitempty"`
	Trusted    bool   `json:"trusted,omitempty"`     // we trust the author; that is ours to know
	SeenBefore *bool  `json:"seen_before,omitempty"` // whether the author wrote to us before
	Decided    Action `json:"decided,omitempty"`     // what a person decided about it
}

// Who decided.
const (
	ByRules  = "rules"
	ByPerson = "person" // once and for all
	ByTeam   = "team"   // it is ours, or from somebody we trust: nothing is judged
)

// A Decision is what is to be done about one item, and why.
type Decision struct {
	Action  Action    `json:"action"`
	By      string    `json:"by"`
	Rule    string    `json:"rule,omitempty"`   // whose action it is
	Policy  string    `json:"policy,omitempty"` // that the rule stands on
	Lang    string    `json:"lang"`             // und where nobody knows
	Matched []Matched `json:"matched"`          // every rule that matched, in order of id
	Unknown []Unknown `json:"unknown"`          // every rule that could not tell, in order of id
	Allowed []Span    `json:"allowed"`          // what lists found and allow
	Labels  []string  `json:"labels,omitempty"`
	Notify  []string  `json:"notify,omitempty"` // people of people.yaml
	Answer  *Answer   `json:"answer,omitempty"` // of the rule whose action it is
}

// A State is what comes of a rule that matched.
type State string

// The states of a rule that matched.
const (
	Acts       State = "acts"
	Shadowed   State = "shadow"     // recorded, and no more
	Overridden State = "overridden" // by another rule
	Expired    State = "expired"    // its time is over
	Braked     State = "braked"     // beyond its limits: it escalates at most
)

// Matched is a rule that matched.
type Matched struct {
	Rule   string `json:"rule"`
	State  State  `json:"state"`
	Action Action `json:"action"`        // as the rule says
	By     string `json:"by,omitempty"`  // the rule that overrides it
	Why    string `json:"why,omitempty"` // it is braked
	Spans  []Span `json:"spans"`         // what in the text made it match
}

// A Span is a piece of the raw text, in bytes.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Shown string `json:"shown"` // masked: its first and last letter
	What  string `json:"what"`  // the list, or what kind of condition
	View  string `json:"view,omitempty"`
}

// Unknown is a rule that was skipped, and the first thing it needed to know.
type Unknown struct {
	Rule  string `json:"rule"`
	Field string `json:"field"`
}

// Und is the language of a text that nobody knows the language of.
const Und = "und"

// A Rules is the rules of a workspace, ready to decide. It is never written
// after Compile, and may be used by many goroutines.
type Rules struct {
	rules        []*rule // in order of id
	finder       finder
	templates    map[string]map[string]schema.Template
	policy       map[string]string // headings by anchor
	team         map[author]bool
	expectations []schema.Expectation // in order of their rules
	looks        sync.Pool            // memory for what is found
}

// An author is somebody on a platform.
type author struct{ platform, handle string }

// rule is one rule as it is evaluated.
type rule struct {
	schema.Rule
	file    string
	at      schema.Pos
	source  schema.Source
	path    string // in its source
	where   where
	match   condition
	expires time.Time
	out     []int // of rules: those that override it
}

// IDs lists the rules, in order.
func (r *Rules) IDs() []string {
	ids := make([]string, len(r.rules))
	for i, rule := range r.rules {
		ids[i] = rule.ID
	}
	return ids
}

// Expired are problems of rules whose time is over: they do nothing any more.
func (r *Rules) Expired(now time.Time) []schema.Problem {
	var ps []schema.Problem
	for _, rule := range r.rules {
		if rule.over(now) {
			ps = append(ps, expired(rule.source, rule.path, rule.ID, rule.expires))
		}
	}
	return ps
}

func expired(source schema.Source, path, id string, at time.Time) schema.Problem {
	return schema.Problem{Pos: source.At(path + ".expires"), Check: "moderation/expired", Severity: schema.Warning,
		Text: "the rule " + id + " did its last day on " + at.Format("2006-01-02") + " and does nothing any more; give it more time, or take it out"}
}

func (r *rule) over(now time.Time) bool { return !r.expires.IsZero() && !now.Before(r.expires) }
