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
	Resolve Verb = "resolve" // find out what an earlier run left open, then go on
	Move    Verb = "move"    // the post has a new id; nothing is sent
	Wait    Verb = "wait"    // not now
	Ask     Verb = "ask"     // a person must decide
	Skip    Verb = "skip"    // not at all, as things are
)

// Acts reports whether carrying out v does something.
func (v Verb) Acts() bool {
	return v == Publish || v == Edit || v == Remove || v == Resolve || v == Move
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
	Wish    *Wish          `json:"-"`
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

// Call is what a step calls.
type Call string

// The calls. After a find that finds, the publish of the same part is left out.
const (
	CallFind    Call = "find"
	CallPublish Call = "publish"
	CallEdit    Call = "edit"
	CallRemove  Call = "remove"
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
	Retracted bool
	// Variant is rendered when the action is carried out.
	Variant func() platform.Variant
}

// Input is all that a plan depends on.
type Input struct {
	Brand      string
	Review     string
	Wishes     []Wish
	Ledger     *ledger.Ledger
	Now        time.Time
	Freeze     *Freeze
	MaxActions int
	Channels   []*platform.Channel
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
	m := maker{Input: in}
	m.vanished()
	for i := range in.Wishes {
		if a, ok := m.decide(&in.Wishes[i]); ok {
			p.Actions = append(p.Actions, a)
		}
	}
	p.Actions = append(p.Actions, m.gone()...)
	slices.SortFunc(p.Actions, order)
	p.Refused = p.TooMany(in.MaxActions)
	return p
}

// TooMany is why a plan publishes more than a limit allows, or nothing. A
// limit of 0 is DefaultMaxActions.
func (p *Plan) TooMany(limit int) string {
	limit = cmp.Or(limit, DefaultMaxActions)
	if n := p.Count(Publish); n > limit {
		return fmt.Sprintf("this would publish %d posts, more than limits.max_actions (%d); if that is meant, raise the limit in imprimatur.yaml", n, limit)
	}
	return ""
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
