package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Standing is how one post stands on one channel.
type Standing struct {
	Post    string    `json:"post"`
	Channel string    `json:"channel"`
	State   string    `json:"state"`        // one of the states below
	Parts   int       `json:"parts"`        // that are up
	Of      int       `json:"of,omitempty"` // how many there are to be
	At      time.Time `json:"at,omitzero"`  // when it came to stand so, or is due
	URL     string    `json:"url,omitempty"`
	Next    plan.Verb `json:"next,omitempty"` // what the plan does about what is written in the ledger
	Why     string    `json:"why,omitempty"`

	Approved []string `json:"approved,omitempty"` // who approved what is up
	Pull     int      `json:"pull,omitempty"`     // in this pull request
}

// The states of what is written in the ledger.
const (
	Live      = "live"      // all of it is up
	Partly    = "partly"    // a thread, some parts of which are up
	Sending   = "sending"   // a run is at it
	Unknown   = "unknown"   // it may be up: the outcome was lost
	Handed    = "handed"    // with a person, who has not said yet what became of it
	Failed    = "failed"    // nothing of it is up, and the next run tries again
	Refused   = "refused"   // nothing of it is up, for the platform does not take it
	Retracted = "retracted" // taken down, as the workspace wants it
	Gone      = "gone"      // not there any more: someone looked
)

// The states of what was never tried, besides
// plan.Ask, plan.Hold and plan.Skip.
const (
	Waiting = "waiting" // its time has not come, or something holds it back
	Due     = "due"     // the next run sends it
)

// Wanted is what the workspace wants of a post on a channel.
type Wanted struct {
	Parts     int // 0: it cannot be told
	Retracted bool
}

// Stand is how a post stands, by its entry in the ledger and by what the plan
// says of it. Either may be nil.
func Stand(e *ledger.Entry, a *plan.Action, w Wanted, now time.Time) Standing {
	if e == nil || len(e.Parts) == 0 {
		return planned(Standing{Post: a.Post, Channel: a.Channel, At: a.Due, Of: w.Parts}, a)
	}
	s := Standing{Post: e.Post, Channel: e.Channel}
	var last, open *schema.Receipt
	missing := false
	for i := range max(len(e.Parts), w.Parts) {
		var p ledger.Part
		if i < len(e.Parts) {
			p = e.Parts[i]
		}
		wanted := i < w.Parts || w.Parts == 0 && !takenDown(p)
		if wanted {
			s.Of++
		}
		switch {
		case p.Live != nil:
			s.Parts++
			s.URL = cmp.Or(s.URL, p.Live.URL)
			if len(p.Live.Approved) > 0 {
				s.Approved, s.Pull = p.Live.Approved, p.Live.Pull
			}
		case wanted:
			missing = true
		}
		if last == nil || p.Last != nil && !p.Last.At.Before(last.At) {
			last = p.Last
		}
		for _, r := range []*schema.Receipt{p.Pending, p.Removing} {
			if r != nil && (open == nil || r.Lease.After(open.Lease)) {
				open = r
			}
		}
	}
	s.At = last.At
	if a != nil {
		s.Next, s.Why = a.Verb, a.Why
	}
	switch {
	case open != nil && open.Lease.After(now):
		s.State = Sending
	case open != nil:
		s.State = Unknown
		if a == nil || !a.Verb.Acts() && a.Verb != plan.Ask && a.Verb != plan.Hold {
			s.Why = open.Why
		}
	case e.Handed():
		s.State = Handed
	case s.Parts > 0 && !missing:
		s.State = Live
	case s.Parts > 0:
		s.State = Partly
		if last.State == schema.Failed || last.State == schema.Refused {
			s.Why = cmp.Or(last.Why, s.Why)
		}
	default:
		return down(s, last, a, w)
	}
	return s
}

// takenDown reports whether a part is not there because a run took it down.
func takenDown(p ledger.Part) bool {
	return p.Live == nil && p.Last != nil && p.Last.State == schema.Gone && p.Last.By == ""
}

// down is how a post stands of which nothing is up.
func down(s Standing, last *schema.Receipt, a *plan.Action, w Wanted) Standing {
	again := a != nil && (a.Verb.Acts() || a.Verb == plan.Wait || a.Verb == plan.Hold)
	switch {
	case last.State == schema.Gone && (w.Retracted || last.By == "" && !again):
		s.State = Retracted
	case again && (last.State == schema.Gone || last.By != ""): // as if it had never been there
		s.Next, s.At = "", cmp.Or(a.Due, s.At)
		return planned(s, a)
	case last.State == schema.Gone || last.By != "":
		s.State = Gone
	default:
		s.State, s.Why = string(last.State), cmp.Or(last.Why, s.Why)
	}
	return s
}

// planned is how a post stands of which only the plan knows.
func planned(s Standing, a *plan.Action) Standing {
	s.State, s.Why = string(a.Verb), a.Why
	if a.Verb.Acts() {
		s.State = Due
	} else if a.Verb == plan.Wait {
		s.State = Waiting
	}
	return s
}

var stateColors = map[string]string{Live: green, Partly: yellow, Sending: blue, Unknown: red, Handed: blue, Failed: red, Refused: red, string(plan.Ask): red, string(plan.Hold): red,
	string(plan.Skip): yellow, Gone: yellow, Retracted: faint, Waiting: faint, Due: green}

// Status lists how posts stand, and how to answer what the plan asks of them.
func (t *Text) Status(ss []Standing, p plan.Plan) {
	var rows [][]cell
	shown := map[[2]string]bool{}
	for _, s := range ss {
		shown[[2]string{s.Post, s.Channel}] = true
		rows = append(rows, []cell{{s.State, stateColors[s.State]}, {When(s.At), ""}, {Clean(s.Post), ""}, {Clean(s.Channel), ""}, {Clean(s.note()), ""}})
	}
	t.table(rows)
	if len(rows) == 0 {
		t.printf("Nothing was published yet, and nothing waits.\n")
	}
	var of plan.Plan
	for _, a := range p.Actions {
		if shown[[2]string{a.Post, a.Channel}] {
			of.Actions = append(of.Actions, a)
		}
	}
	t.answers(of)
}

// note is where a post is, and what there is to say of it.
func (s Standing) note() string {
	var parts []string
	if s.State == Partly {
		parts = append(parts, fmt.Sprintf("%d of %s", s.Parts, Many(s.Of, "part")))
	}
	if s.URL != "" {
		parts = append(parts, s.URL)
	}
	switch {
	case s.Why != "" && s.Next != "" && (s.State == Live || s.State == Partly):
		parts = append(parts, string(s.Next)+": "+s.Why)
	case s.Why != "":
		parts = append(parts, s.Why)
	}
	if len(s.Approved) > 0 {
		parts = append(parts, fmt.Sprintf("approved by %s (#%d)", strings.Join(s.Approved, ", "), s.Pull))
	}
	return strings.Join(parts, "  ")
}
