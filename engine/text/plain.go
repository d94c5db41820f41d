package text

import (
	"slices"
	"strconv"
	"strings"
)

// Plain writes words only, as a person would type them: lists with dots and
// numbers, quotes with >, and the address of a link behind its words.
type Plain struct{}

func (Plain) Name() string         { return "plain text" }
func (Plain) Carries(Feature) bool { return false }

func (Plain) Write(p Part, n Names) Text {
	w := plain{names: n}
	w.Grow(size(p.Blocks))
	w.blocks(p.Blocks, "", "\n\n")
	return Text{String: w.String()}
}

// Rich writes what Plain writes, with links, mentions and tags as facets
// instead of addresses in the text.
type Rich struct{}

func (Rich) Name() string         { return "plain text with links" }
func (Rich) Carries(Feature) bool { return false }

func (Rich) Write(p Part, n Names) Text {
	w := plain{names: n, rich: true}
	w.Grow(size(p.Blocks))
	w.blocks(p.Blocks, "", "\n\n")
	return Text{w.String(), w.facets}
}

// size is about how many bytes the blocks will take.
func size(bs []Block) int {
	n := 0
	for i := range bs {
		for j := range bs[i].Spans {
			n += len(bs[i].Spans[j].Text) + 1
		}
		n += 4 + size(bs[i].Blocks)
	}
	return n
}

type plain struct {
	strings.Builder
	names  Names
	rich   bool
	facets []Facet
}

// blocks writes bs with gap between them; every line after the first begins
// with indent.
func (w *plain) blocks(bs []Block, indent, gap string) {
	first := true
	for _, b := range bs {
		if empty(b) {
			continue
		}
		if !first {
			w.gap(gap, indent)
		}
		first = false
		w.block(b, indent)
	}
}

// gap ends a line, or a line and an empty one.
func (w *plain) gap(gap, indent string) {
	if gap == "\n\n" {
		w.WriteString("\n" + strings.TrimRight(indent, " "))
	}
	w.WriteString("\n" + indent)
}

// empty reports whether a block writes nothing here: a paragraph of pictures,
// or a rule.
func empty(b Block) bool {
	if b.Kind != Paragraph {
		return b.Kind == Rule
	}
	for _, s := range b.Spans {
		if s.Role != Image && s.Role != Break && strings.TrimSpace(s.Text) != "" {
			return false
		}
	}
	return true
}

func (w *plain) block(b Block, indent string) {
	switch b.Kind {
	case Code:
		for i, s := range b.Spans {
			if i > 0 {
				w.WriteString("\n" + indent)
			}
			w.WriteString(s.Text)
		}
	case Quote:
		w.WriteString("> ")
		w.blocks(b.Blocks, indent+"> ", "\n\n")
	case Bullets, Numbers, Table, Row:
		gap := "\n\n"
		if b.Tight || b.Kind == Table {
			gap = "\n"
		}
		for i, item := range b.Blocks {
			if i > 0 {
				w.gap(gap, indent)
			}
			mark := ""
			switch b.Kind {
			case Bullets:
				mark = "• "
			case Numbers:
				mark = strconv.Itoa(b.Level+i) + ". "
			}
			w.WriteString(mark)
			inside := "\n\n"
			if b.Tight {
				inside = "\n"
			}
			w.blocks(item.Blocks, indent+strings.Repeat(" ", len([]rune(mark))), inside)
		}
	default:
		w.spans(trim(b.Spans), indent)
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

func (w *plain) spans(spans []Span, indent string) {
	for i := 0; i < len(spans); {
		s := spans[i]
		if s.Link == "" || s.Role == URL {
			w.span(s, indent)
			i++
			continue
		}
		start := w.Len() // a link may hold several styles
		end := i
		for end < len(spans) && spans[end].Link == s.Link && spans[end].Role != URL {
			w.span(spans[end], indent)
			end++
		}
		i = end
		label := w.String()[start:]
		switch {
		case w.rich && !strings.HasPrefix(s.Link, "mailto:"):
			w.facet(start, FacetLink, s.Link)
		case !sameAddress(label, s.Link):
			w.WriteString(" (" + strings.TrimPrefix(s.Link, "mailto:") + ")")
		}
	}
}

func sameAddress(label, link string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if label == strings.TrimPrefix(link, scheme) {
			return strings.HasPrefix(link, "mailto:")
		}
	}
	return label == link
}

func (w *plain) span(s Span, indent string) {
	start := w.Len()
	switch s.Role {
	case Break:
		w.WriteString("\n" + indent)
	case Person:
		h := w.names.handle(s.Text)
		if h.Handle == "" {
			w.WriteString(h.Name)
			return
		}
		w.WriteString("@" + h.Handle)
		if w.rich {
			w.facet(start, FacetMention, h.Handle)
		}
	case URL:
		w.WriteString(s.Text)
		if w.rich {
			w.facet(start, FacetLink, s.Link)
		}
	default:
		w.WriteString(s.Text)
		if w.rich && s.Link == "" && s.Style&Mono == 0 {
			w.facets = appendTags(w.facets, w.String(), start)
		}
	}
}

func (w *plain) facet(start int, kind FacetKind, value string) {
	if start < w.Len() {
		w.facets = append(w.facets, Facet{start, w.Len(), kind, value})
	}
}

func (n Names) handle(name string) Handle {
	if n.Person == nil {
		return Handle{Name: name}
	}
	return n.Person(name)
}
