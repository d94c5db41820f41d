// Package platformtest holds every connector to the same promises.
//
// A connector's own test is one line:
//
//	func TestConformance(t *testing.T) { platformtest.Run(t, Platform) }
//
// That of a platform which is only described, so far, is another:
//
//	func TestDescribed(t *testing.T) { platformtest.Described(t, Platform) }
//
// The suite publishes to the connector's stand-in and believes only its
// timeline. What a platform offers it learns from the Platform value alone.
package platformtest

import (
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// Run holds p to every promise, each a subtest of its own. What p does not
// offer is skipped.
func Run(t *testing.T, p *platform.Platform) {
	s := suite{p}
	if !t.Run("Describes", s.describes) {
		return // the rest would stumble over what is missing
	}
	t.Run("Publishes", s.publishes)
	t.Run("Shares", s.shares)
	t.Run("Carries", s.carries)
	t.Run("Fits", s.fits)
	t.Run("Threads", s.threads)
	t.Run("Media", s.media)
	t.Run("Repeats", s.repeats)
	t.Run("Finds", s.finds)
	t.Run("Edits", s.edits)
	t.Run("Removes", s.removes)
	t.Run("Looks", s.looks)
	t.Run("Locates", s.locates)
	t.Run("Reads", s.reads)
	t.Run("ReadsMany", s.readsMany)
	t.Run("Moderates", s.moderates)
	t.Run("Answers", s.answers)
	t.Run("Limits", s.limits)
	t.Run("Cancels", s.cancels)
	t.Run("Fails", s.fails)
}

// Described holds a platform without a connector to what such a one promises:
// every limit has a source, every field is sound.
func Described(t *testing.T, p *platform.Platform) { suite{p}.handed(t) }

// suite is the promises: each method is one.
type suite struct{ p *platform.Platform }

// offers skips the test unless the platform has the ability.
func (s suite) offers(t *testing.T, op platform.Op) {
	t.Helper()
	if !s.p.Can(op) {
		t.Skipf("%s does not offer %s", s.p.Name, op)
	}
}
