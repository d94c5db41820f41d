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

// A Tamperer is a Standin on which a test does what a person does by hand, in
// the platform's own app. That of a platform with Look is one.
type Tamperer interface {
	// Tamper makes the post with an id say something else, or takes it down
	// where text is empty. There is such a post.
	Tamper(id, text string)
}

// A Crowd is a Standin on which a test does what other people do. That of a
// platform with Read is one.
type Crowd interface {
	// Say puts up what someone writes, in answer to the post on or, where that
	// is empty, to mention the account. It returns the item's id.
	Say(handle, text, on string) (id string)
	// Reword edits an item.
	Reword(id, text string)
	// Done are the acts in force.
	Done() []Done
}

// Done is one act in force.
type Done struct {
	Act Act
	To  string // an item's id; the author's for ActMute
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
