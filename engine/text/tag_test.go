package text

import (
	"slices"
	"testing"
)

// A tag is said in any case and however its accents are written.
func TestSameTag(t *testing.T) {
	said := Tags("La #Galette (#épiphanie), rois#rois")
	for tag, want := range map[string]bool{"galette": true, "Épiphanie": true, "e\u0301piphanie": true, "epiphanie": false, "roi": false, "rois": false} {
		if got := slices.ContainsFunc(said, func(f Facet) bool { return SameTag(f.Value, tag) }); got != want {
			t.Errorf("%s: %v, want %v", tag, got, want)
		}
	}
}
