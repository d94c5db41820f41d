package platform

import (
	"net/http"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A Standin plays a platform's server on loopback, as its documentation
// describes it: rehearsals publish to it, and the conformance suite tests
// against it. It is safe for concurrent use.
type Standin interface {
	http.Handler
	// Settings are those of a channel that points at the stand-in, which
	// listens at base. Every secret among them contains Marker.
	Settings(base string) map[string]string
	// Timeline is what a reader sees now, oldest first.
	Timeline() []Shown
}

// Marker is in every secret of a stand-in, so that a leak of one can be seen.
const Marker = "s3cret"

// Shown is one part as a reader of the platform sees it.
type Shown struct {
	ID         string
	URL        string
	Text       string
	Facets     []text.Facet
	Title      string
	Summary    string
	Lang       string
	Tags       []string
	Link       string // of a card
	Media      []ShownMedia
	Poll       *Poll
	Warning    string
	Visibility string // "" is public
	ReplyTo    string // ID of the part it answers
	At         time.Time
}

// ShownMedia is one picture as a reader sees it.
type ShownMedia struct {
	Alt  string
	Type string
	Data []byte
}
