package all

import (
	"slices"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/platformtest"
)

// Every platform is what it must be: those with a connector are held to it by
// their own tests.
func TestDescribed(t *testing.T) {
	for _, p := range Platforms() {
		if p.Open == nil {
			t.Run(p.Name, func(t *testing.T) { platformtest.Described(t, p) })
		}
	}
}

// Those with a connector come first, and no name comes twice.
func TestOrder(t *testing.T) {
	set := Platforms()
	if !slices.IsSortedFunc(set, func(a, b *platform.Platform) int {
		rank := map[bool]int{true: 1}
		return rank[a.Open == nil] - rank[b.Open == nil]
	}) {
		t.Errorf("a platform without a connector comes before one with: %v", set.Names())
	}
	for i, name := range set.Names() {
		if slices.Contains(set.Names()[:i], name) {
			t.Errorf("%s is there twice", name)
		}
	}
}
