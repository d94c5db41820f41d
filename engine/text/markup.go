package text

// A Markup writes a part the way one kind of platform wants to receive it.
type Markup interface {
	// Name is a word for people: "plain text", "HTML".
	Name() string
	// Carries reports whether what f stands for survives. Text that does not
	// is a problem of the author's, never a silent loss.
	Carries(f Feature) bool
	// Write is pure: the same part and names give the same bytes.
	Write(p Part, n Names) Text
}

// Feature is something in a Doc that not every markup carries.
type Feature string

// The features. Everything else degrades to what a person would type.
const (
	Tables        Feature = "a table"
	Strikethrough Feature = "struck-out text"
	Anchors       Feature = "a link behind other words" // else its address is written out
)

// Features are what of this kind a part uses, with where it first does.
func (p Part) Features() map[Feature]int {
	var at map[Feature]int
	note := func(f Feature, i int) {
		if _, seen := at[f]; !seen {
			if at == nil {
				at = map[Feature]int{}
			}
			at[f] = i
		}
	}
	p.Walk(func(b Block) {
		if b.Kind == Table {
			note(Tables, b.At)
		}
		for _, s := range b.Spans {
			if s.Style&Strike != 0 {
				note(Strikethrough, s.At)
			}
		}
	})
	return at
}

// Names answers for what a Doc only refers to.
type Names struct {
	Person func(name string) Handle          // nil: names stand as they are
	Image  func(file string) (Picture, bool) // nil or false: pictures are not in the text
}

// Handle is how a person is called on a platform. With an empty Handle the
// person has no account there, and Name is written.
type Handle struct {
	Name   string
	Handle string // without @; on Slack and Discord a member's id, on LinkedIn a URN, or nobody is mentioned
	URL    string // of the person's page, where the platform is the web itself
}

// Picture is an image that stands in the text.
type Picture struct {
	Src           string
	Alt           string
	Width, Height int // in pixels
}

// Text is a written part: the bytes, and what some of them are.
type Text struct {
	String string
	Facets []Facet // in order, never overlapping
}

// A Facet gives bytes Start to End of a text a meaning.
type Facet struct {
	Start int       `json:"start"`
	End   int       `json:"end"`
	Kind  FacetKind `json:"kind"`
	Value string    `json:"value"` // the address, the handle, the tag without its sign
}

// FacetKind is what a facet means.
type FacetKind string

// The kinds of facet.
const (
	FacetLink    FacetKind = "link"
	FacetMention FacetKind = "mention"
	FacetTag     FacetKind = "tag"
	FacetCashtag FacetKind = "cashtag" // of a share, as in $ACME; only X knows it
)
