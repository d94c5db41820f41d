package render_test

import (
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/mastodon"
	"github.com/imprimatur-ci/imprimatur/engine/render"
)

// Mastodon counts a content warning with the text: as it stands, while an
// address in the text is the server's 23.
func TestMeasureWarning(t *testing.T) {
	for _, tt := range []struct {
		warning, text string
		want          int
	}{
		{"", "abc https://example.org/a-long-address-of-a-page", 27},
		{"spoil 👩‍👩‍👧", "abc", 10},
		{"https://example.org/a-long-address-of-a-page", "abc", 47},
		{"@ana@photo.example", "@ana@photo.example", 22},
	} {
		got := render.Measure(&platform.Part{Text: tt.text, Warning: tt.warning}, &mastodon.Platform.Profile)
		if got[0].Length != tt.want {
			t.Errorf("%q with %q has %d, want %d", tt.text, tt.warning, got[0].Length, tt.want)
		}
	}
}
