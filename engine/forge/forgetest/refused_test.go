package forgetest

import (
	"errors"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// Authors judge no work of their own, and no review begins as dismissed.
func TestReviewsThatAreRefused(t *testing.T) {
	r := New(t, nil)
	p := r.pulls[r.Open("ana", "galette", Files{"a.md": "a"})]
	for _, says := range []forge.ReviewState{forge.Approved, forge.ChangesRequested} {
		if _, err := r.review(p, "Ana", says); !errors.Is(err, errOwn) {
			t.Errorf("%s by the author: %v", says, err)
		}
	}
	if _, err := r.review(p, "ana", forge.Commented); err != nil {
		t.Errorf("a comment by the author: %v", err)
	}
	if _, err := r.review(p, "bob", forge.Dismissed); err == nil {
		t.Error("a review began as dismissed")
	}
	if len(p.reviews) != 1 {
		t.Errorf("%d reviews were kept", len(p.reviews))
	}
}
