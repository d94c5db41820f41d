package text

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A sheet takes blocks down as a person types them, one below the other:
// lists with marks and blanks, quotes with >. Its pen knows the look of the
// rest.
type sheet struct {
	out   []byte
	names Names
	pen   pen
	wide  bool // empty lines of a quote keep the blank after >
}

// A pen writes what looks different from one markup to the next.
type pen interface {
	// leaf writes a paragraph, a heading, code or a table. Every line of it
	// after the first begins with indent; after is the block before it.
	leaf(b *Block, indent string, after *Block)
	// quote writes a quote, or says that it is written with >.
	quote(b *Block, indent string) bool
	// mark writes what stands before an item: other is set in a second list
	// right below one of its kind.
	mark(b *Block, nth int, other bool)
	// empty reports whether a block that is not a container writes nothing.
	empty(b *Block) bool
}

// deepest is how far lines are indented, in bytes: a short file can nest
// thousands of quotes, each of which every line of it would repeat.
const deepest = 64

func (w *sheet) begin(p Part, n Names, with pen) {
	w.names, w.pen = n, with
	w.out = make([]byte, 0, size(p.Blocks)*9/8+32)
	w.blocks(p.Blocks, "", false)
}

func (w *sheet) write(s string) { w.out = append(w.out, s...) }

// size is about how many bytes the blocks will take.
func size(bs []Block) int {
	n := 0
	for i := range bs {
		for j := range bs[i].Spans {
			s := &bs[i].Spans[j]
			if n += len(s.Text) + 1; s.Link != "" && s.Role == Words {
				n += len(s.Link) + 4
			}
		}
		n += 4 + size(bs[i].Blocks)
	}
	return n
}

// blocks writes bs with an empty line between them, but for a tight list's.
// Every line after the first begins with indent.
func (w *sheet) blocks(bs []Block, indent string, tight bool) {
	var last *Block
	other := false
	for i := range bs {
		b := &bs[i]
		if w.nothing(b) {
			continue
		}
		if last != nil {
			w.gap(indent, tight)
		}
		other = last != nil && last.Kind == b.Kind && !other
		switch b.Kind {
		case Quote:
			switch {
			case len(indent) > deepest:
				w.blocks(b.Blocks, indent, false)
			case !w.pen.quote(b, indent):
				w.write("> ")
				w.blocks(b.Blocks, indent+"> ", false)
			}
		case Bullets, Numbers:
			w.list(b, indent, other)
		default:
			w.pen.leaf(b, indent, last)
		}
		last = b
	}
}

// nothing reports whether a block writes nothing at all.
func (w *sheet) nothing(b *Block) bool {
	switch b.Kind {
	case Quote, Bullets, Numbers, Item:
		for i := range b.Blocks {
			if !w.nothing(&b.Blocks[i]) {
				return false
			}
		}
		return true
	default:
		return w.pen.empty(b)
	}
}

// gap ends a line, or a line and an empty one.
func (w *sheet) gap(indent string, tight bool) {
	if !tight {
		w.write("\n")
		if prefix := strings.TrimRight(indent, " "); prefix != "" {
			w.write(prefix)
			if w.wide {
				w.write(" ")
			}
		}
	}
	w.write("\n")
	w.write(indent)
}

func (w *sheet) list(b *Block, indent string, other bool) {
	width, inner, nth := 0, "", 0
	for i := range b.Blocks {
		if w.nothing(&b.Blocks[i]) {
			continue // nobody types a mark alone
		}
		if nth > 0 {
			w.gap(indent, b.Tight)
		}
		start := len(w.out)
		w.pen.mark(b, nth, other)
		nth++
		if n := utf8.RuneCount(w.out[start:]); n != width {
			width, inner = n, indent
			if len(indent) <= deepest {
				inner += strings.Repeat(" ", n)
			}
		}
		w.blocks(b.Blocks[i].Blocks, inner, b.Tight)
	}
}

// typed writes the mark that a person types before an item.
func (w *sheet) typed(b *Block, nth int) {
	if b.Kind == Bullets {
		w.write("• ")
		return
	}
	w.out = strconv.AppendInt(w.out, int64(b.Level+nth), 10)
	w.write(". ")
}

// wordless reports whether a block holds no words: a paragraph of pictures, a
// rule, blank code.
func wordless(b *Block) bool {
	switch b.Kind {
	case Rule:
		return true
	case Paragraph, Heading, Code:
		for i := range b.Spans {
			if s := &b.Spans[i]; s.Role != Image && s.Role != Break && strings.TrimSpace(s.Text) != "" {
				return false
			}
		}
		return true
	default:
		return false
	}
}

// trim drops pictures, and the breaks and blanks they leave at the ends.
func trim(spans []Span) []Span {
	kept := spans
	if slices.ContainsFunc(spans, func(s Span) bool { return s.Role == Image }) {
		kept = tidy(slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return s.Role == Image }))
	}
	blank := func(s Span) bool { return s.Role == Break || s.Role == Words && strings.TrimSpace(s.Text) == "" }
	for len(kept) > 0 && blank(kept[0]) {
		kept = kept[1:]
	}
	for len(kept) > 0 && blank(kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// group is how many of the spans are the words of one link, or 1.
func group(spans []Span) int {
	first := &spans[0]
	if first.Link == "" || first.Role != Words {
		return 1
	}
	n := 1
	for n < len(spans) && spans[n].Link == first.Link && spans[n].Role != URL && spans[n].Role != Image {
		n++
	}
	return n
}

// rows writes a table as lines of cells, for want of a better way.
func (w *sheet) rows(b *Block, indent string, cell func(spans []Span, indent string)) {
	for i := range b.Blocks {
		if i > 0 {
			w.gap(indent, true)
		}
		for j, c := range b.Blocks[i].Blocks {
			if j > 0 {
				w.write(" | ")
			}
			cell(trim(c.Spans), indent)
		}
	}
}

// tags appends a facet for every #tag in s, which is about to be written;
// their bytes count from the beginning of s.
func (w *sheet) tags(to []Facet, s string) []Facet {
	had := len(to)
	to = appendTags(to, s, 0)
	if len(to) > had && to[had].Start == 0 && len(w.out) > 0 {
		if before, _ := utf8.DecodeLastRune(w.out); !opensTag(before) {
			to = slices.Delete(to, had, had+1)
		}
	}
	return to
}
