package report

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
)

// ChangeKind is what a change of the workspace does to a post on a channel.
type ChangeKind string

// The kinds of change.
const (
	ChangeNew       ChangeKind = "new"
	ChangeText      ChangeKind = "changed" // what readers see
	ChangeTime      ChangeKind = "moved"   // only when it goes out
	ChangeRetracted ChangeKind = "retracted"
	ChangeGone      ChangeKind = "gone" // no post sends it there any more
)

// Change is one post on one channel that a change of the workspace touches.
type Change struct {
	Kind    ChangeKind `json:"kind"`
	Post    string     `json:"post"`
	File    string     `json:"file"`
	Channel string     `json:"channel"`
	Due     time.Time  `json:"due,omitzero"` // zero for a draft
	Was     time.Time  `json:"was,omitzero"` // when it was to go out before
	View    *View      `json:"view,omitempty"`
	Verb    plan.Verb  `json:"verb,omitempty"` // what a publish would do once it is merged
	Why     string     `json:"why,omitempty"`
}
