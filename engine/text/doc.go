// Package text turns Markdown into words that each platform can show, and
// measures them as the platform does. It is the only importer of goldmark.
package text

// A Doc is the text of a post: one part, or a thread of them.
type Doc struct {
	Parts []Part
}

// A Part is what stands between two thematic breaks.
type Part struct {
	Blocks []Block
}

// Kind says what a block is.
type Kind uint8

// The kinds of block.
const (
	Paragraph Kind = iota
	Heading        // Level 1 to 6
	Code           // one span a line
	Quote          // holds blocks
	Bullets        // holds items
	Numbers        // holds items; Level is the first number
	Item           // holds blocks
	Table          // holds rows, the first being the header
	Row            // holds cells
	Cell           // Align as in CSS, or ""
	Rule           // where parts were joined into one
)

// A Block is a paragraph or something that holds others.
type Block struct {
	Kind   Kind
	Level  int
	Tight  bool   // a list without blank lines between its items
	Lang   string // of code
	Align  string // of a cell
	Spans  []Span
	Blocks []Block
	At     int // byte offset in the Markdown
}

// Style is how a span looks.
type Style uint8

// The styles, which may be added up.
const (
	Strong Style = 1 << iota
	Em
	Strike
	Mono
)

// A Span is a run of words in one style.
type Span struct {
	Text  string
	Style Style
	Link  string // the address the words lead to
	Role  Role
	At    int // byte offset in the Markdown
}

// Role is what a span is besides words.
type Role uint8

// The roles of a span.
const (
	Words  Role = iota
	Break       // a line break; Text is empty
	Person      // Text is the name in @{name}
	Image       // Text is the alt text, Link the file
	URL         // a bare address: Text is what was written, Link where it leads
)

// Trouble is something in the Markdown that no platform can carry.
type Trouble struct {
	At    int    // byte offset in the Markdown
	Check string // the check's id
	Text  string // what is wrong, then what to do
}

// Walk calls f with every block of the part, outer before inner.
func (p Part) Walk(f func(Block)) { walk(p.Blocks, f) }

func walk(bs []Block, f func(Block)) {
	for _, b := range bs {
		f(b)
		walk(b.Blocks, f)
	}
}

// Spans calls f with every span of the part, in order.
func (p Part) Spans(f func(Span)) {
	p.Walk(func(b Block) {
		for _, s := range b.Spans {
			f(s)
		}
	})
}

// Joined is the doc as one part, with a rule between what were parts.
func (d Doc) Joined() Doc {
	if len(d.Parts) < 2 {
		return d
	}
	var one Part
	for i, p := range d.Parts {
		if i > 0 {
			one.Blocks = append(one.Blocks, Block{Kind: Rule})
		}
		one.Blocks = append(one.Blocks, p.Blocks...)
	}
	return Doc{[]Part{one}}
}
