package platform

import (
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Price is what a platform's API takes for a post, in thousandths of a US
// dollar. The zero value: nothing.
type Price struct {
	Post    int    // a part without an address
	Linked  int    // a part with one, in place of Post
	Alt     int    // the alternative text of one picture
	Source  string // address of the platform's word for it
	Checked string // the day it was read, 2006-01-02
}

// Of is what a part costs.
func (p Price) Of(part *Part) int {
	cost := p.Post
	if part.Link != "" || slices.ContainsFunc(text.Entities(part.Text), func(f text.Facet) bool { return f.Kind == text.FacetLink }) {
		cost = p.Linked
	}
	for _, m := range part.Media {
		if m.Alt != "" {
			cost += p.Alt
		}
	}
	return cost
}
