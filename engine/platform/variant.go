package platform

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A Variant is a post as it will appear on one channel, final to the byte: one
// part, or a thread of them.
type Variant struct {
	Post    string   `json:"post"`
	Channel string   `json:"channel"`
	Parts   []Part   `json:"parts"`
	Digests []string `json:"digests"` // of Parts, one by one
}

// A Part is what one call to Publish puts up.
type Part struct {
	Post       string       `json:"-"` // the post's id: it names a page, and is not content
	Due        time.Time    `json:"-"` // when the post was meant to appear; not content either
	Text       string       `json:"text"`
	Facets     []text.Facet `json:"facets,omitempty"`
	Title      string       `json:"title,omitempty"`
	Summary    string       `json:"summary,omitempty"`
	Lang       string       `json:"lang,omitempty"` // BCP 47
	Tags       []string     `json:"tags,omitempty"` // without #
	Link       string       `json:"link,omitempty"` // the page to show a card of
	Media      []Media      `json:"media,omitempty"`
	Poll       *Poll        `json:"poll,omitempty"`
	Warning    string       `json:"warning,omitempty"`
	Visibility string       `json:"visibility,omitempty"` // "", unlisted, private or Direct
}

// Direct is the Visibility of an answer to a Private item: only those it
// mentions see it.
const Direct = "direct"

// Media is one picture of a part.
type Media struct {
	File   string     `json:"file"` // in the workspace
	Digest string     `json:"digest"`
	Type   string     `json:"type"`
	Width  int        `json:"width"` // in pixels, as it is shown
	Height int        `json:"height"`
	Alt    string     `json:"alt"`
	Focus  [2]float64 `json:"focus,omitzero"` // -1 to 1, the middle being 0 0

	// Open reads the picture: turned upright, without metadata, and small
	// enough for the platform. Its type may differ from Type.
	Open func() (Picture, error) `json:"-"`
}

// Picture is the bytes of a Media.
type Picture struct {
	Data          []byte
	Type          string // MIME
	Width, Height int    // in pixels
}

// Poll is a question with fixed answers.
type Poll struct {
	Options  []string      `json:"options"`
	Open     time.Duration `json:"open"`
	Multiple bool          `json:"multiple,omitempty"`
}

// Digest names the content of a part: two parts with the same digest look the
// same to every reader.
func (p *Part) Digest() string {
	h := make(digest, 0, 512+len(p.Text))
	h.text(p.Text)
	h.number(len(p.Facets))
	for _, f := range p.Facets {
		h.number(f.Start)
		h.number(f.End)
		h.text(string(f.Kind))
		h.text(f.Value)
	}
	for _, s := range []string{p.Title, p.Summary, p.Lang, p.Link, p.Warning, p.Visibility} {
		h.text(s)
	}
	h.number(len(p.Tags))
	for _, s := range p.Tags {
		h.text(s)
	}
	h.number(len(p.Media))
	for _, m := range p.Media {
		h.text(m.Digest)
		h.text(m.Alt)
		for _, f := range m.Focus {
			h.number(int(math.Float64bits(f)))
		}
	}
	if p.Poll != nil {
		h.number(len(p.Poll.Options))
		for _, s := range p.Poll.Options {
			h.text(s)
		}
		h.number(int(p.Poll.Open))
		if p.Poll.Multiple {
			h.number(1)
		}
	}
	sum := sha256.Sum256(h)
	out := hex.AppendEncode(append(h[:0], "sha256:"...), sum[:])
	return string(out)
}

// digest gathers values with their lengths, so that no two lists of them run
// together.
type digest []byte

func (d *digest) number(n int) { *d = binary.BigEndian.AppendUint64(*d, uint64(n)) }

func (d *digest) text(s string) {
	d.number(len(s))
	*d = append(*d, s...)
}
