// Package plan decides what to do now. It is pure: the same wishes, ledger and
// time give the same plan, byte for byte.
package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Verb is what an action does.
type Verb string

// The verbs.
const (
	Publish Verb = "publish"
	Edit    Verb = "edit"
	Remove  Verb = "remove"
	Resolve Verb = "resolve"  // find out what an earlier run left open, then go on
	Move    Verb = "move"     // the post has a new id; nothing is sent
	HandOff Verb = "hand-off" // a person publishes it, from the outbox
	Hold    Verb = "hold"     // not without an approval
	Wait    Verb = "wait"     // not now
	Ask     Verb = "ask"      // a person must decide
	Skip    Verb = "skip"     // not at all, as things are
)

// Acts reports whether carrying out v does something.
func (v Verb) Acts() bool {
	return v == Publish || v == Edit || v == Remove || v == Resolve || v == Move || v == HandOff
}

// Action is what to do about one post on one channel, with the reason.
type Action struct {
	Verb    Verb           `json:"verb"`
	Post    string         `json:"post"`
	Channel string         `json:"channel"`
	Due     time.Time      `json:"due,omitzero"`
	Why     string         `json:"why"`
	To      string         `json:"to,omitempty"` // of a move
	Steps   []Step         `json:"steps,omitempty"`
	Live    []platform.Ref `json:"live,omitempty"` // of each part that is up, by number; an empty one is not
	Part    int            `json:"part,omitempty"` // that a question is about; 0: all that is open
	Answers []Answer       `json:"answers,omitempty"`

	Approved []string `json:"approved,omitempty"` // who approved it as it stands
	Pull     int      `json:"pull,omitempty"`     // in this pull request
	Urgent   bool     `json:"urgent,omitempty"`   // it takes the fast lane
	Freeze   string   `json:"freeze,omitempty"`   // the freeze it goes through, being urgent

	Wish *Wish `json:"-"`

	takes   bool // nothing of it is to stay
	unasked bool // nobody knows yet who approved it
	hand    bool // it is, or goes, into a person's hands
	first   bool // nothing of it was up or tried before
	repost  bool // what is up is taken down and published anew
	retry   bool // a person wants it
}

// Step is one call to a platform.
type Step struct {
	Do     Call         `json:"do"`
	Part   int          `json:"part"` // from 1
	Key    string       `json:"key,omitempty"`
	Digest string       `json:"digest,omitempty"`
	First  time.Time    `json:"first,omitzero"` // when this key was first tried, if it was
	Ref    platform.Ref `json:"ref,omitzero"`   // of what is edited or removed
}

// First reports whether nothing of the post was on the channel, or tried
// there, before.
func (a *Action) First() bool { return a.first }

// InHand reports whether a person publishes, changes or removes the post: from
// now on, or since an earlier run.
func (a *Action) InHand() bool { return a.hand }

// Removes reports whether nothing of the post is to stay.
func (a *Action) Removes() bool { return a.takes }

// Call is what a step calls.
type Call string

// The calls. After a find that finds, the publish of the same part is left out.
const (
	CallFind    Call = "find"
	CallPublish Call = "publish"
	CallEdit    Call = "edit"
	CallRemove  Call = "remove"
	CallHand    Call = "hand-off"  // a person publishes it, or makes it what it is now
	CallTake    Call = "take-down" // a person removes it
)

// Plan is what to do at one moment.
type Plan struct {
	Now     time.Time `json:"now"`
	Review  string    `json:"review"`            // who must have approved
	Refused string    `json:"refused,omitempty"` // why nothing of it may be carried out
	Actions []Action  `json:"actions"`
}

// Wish is what the workspace wants of one post on one channel.
type Wish struct {
	Post      string
	Channel   *platform.Channel
	Due       time.Time // zero for a draft
	Late      schema.Late
	Digests   []string
	Trouble   string // why it must not be published, or ""
	Barred    string // why it waits although it is due: a blackout; or ""
	Never     string // why it does not go out if it has not yet: it expired; or ""
	Retracted bool
	Urgent    bool      // no freeze, no limit and no queue of late posts holds it back
	Embargo   time.Time // nothing of it is sent before, whatever else is said; zero: none
	Approval  *Approval // nil: nobody asked
	// Variant is rendered when the action is carried out.
	Variant func() platform.Variant
}

// Input is all that a plan depends on.
type Input struct {
	Brand      string
	Review     string
	Reviewed   bool // what is sent needs an approval
	Wishes     []Wish
	Ledger     *ledger.Ledger
	Now        time.Time
	Ahead      time.Duration // what falls due within it counts as due: the run waits for the moment
	Freeze     *Freeze
	Unbound    bool // a rehearsal: however late, however many
	MaxActions int
	PerDay     int // most posts a channel publishes in a day of Now's zone; 0: no limit
	// Room begins to count for one plan. What it returns says why a post that
	// would go out is one too many, or "", asked about one after the other. Nil:
	// there is room.
	Room     func() func(post, channel string) string
	Channels []*platform.Channel
}

// Freeze holds everything back.
type Freeze struct {
	Reason string
	Until  time.Time // zero: until the file is removed
}

// Default brakes.
const (
	DefaultMaxActions = 25
	defaultLate       = 24 * time.Hour
)

// Make compares what is wished with what is live.
func Make(in Input) Plan {
	p := Plan{Now: in.Now, Review: in.Review, Actions: make([]Action, 0, len(in.Wishes))}
	m := maker{Input: in, room: func(string, string) string { return "" }}
	if in.Room != nil {
		m.room = in.Room()
	}
	m.survey()
	for i := range in.Wishes {
		w := &in.Wishes[i]
		if !w.Due.IsZero() && w.Embargo.After(w.Due) {
			w.Due = w.Embargo
		}
		if a, ok := m.decide(w); ok {
			p.Actions = append(p.Actions, a)
		}
	}
	p.Actions = append(p.Actions, m.gone()...)
	slices.SortFunc(p.Actions, order)
	m.approve(p.Actions)
	m.brake(p.Actions)
	p.Refused = p.TooMany(in.MaxActions)
	return p
}

// TooMany is why a plan publishes or changes more than a limit allows, or
// nothing: one setting can change every post there is. A limit of 0 is
// DefaultMaxActions.
func (p *Plan) TooMany(limit int) string {
	limit = cmp.Or(limit, DefaultMaxActions)
	fresh, changed := p.Count(Publish), p.Count(Edit)
	if fresh+changed <= limit {
		return ""
	}
	what := fmt.Sprintf("publish %d posts", fresh)
	if changed > 0 {
		what = fmt.Sprintf("publish %d posts and change %d that are out", fresh, changed)
	}
	return fmt.Sprintf("this would %s, more than limits.max_actions (%d); if that is meant, raise the limit in imprimatur.yaml", what, limit)
}

// order is by time, then post, then channel.
func order(a, b Action) int {
	if c := a.Due.Compare(b.Due); c != 0 {
		return c
	}
	if c := strings.Compare(a.Post, b.Post); c != 0 {
		return c
	}
	return strings.Compare(a.Channel, b.Channel)
}

// Count is how many actions have one of the verbs.
func (p *Plan) Count(verbs ...Verb) int {
	n := 0
	for _, a := range p.Actions {
		if slices.Contains(verbs, a.Verb) {
			n++
		}
	}
	return n
}

// Acts reports whether carrying out the plan does anything.
func (p *Plan) Acts() bool {
	return slices.ContainsFunc(p.Actions, func(a Action) bool { return a.Verb.Acts() })
}
