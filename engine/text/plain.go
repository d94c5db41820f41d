package text

import "strings"

// Plain writes words only, as a person would type them: lists with dots and
// numbers, quotes with >, and the address of a link behind its words.
type Plain struct{}

func (Plain) Name() string         { return "plain text" }
func (Plain) Carries(Feature) bool { return false }

func (Plain) Write(p Part, n Names) Text {
	w := plain{}
	w.begin(p, n, &w)
	return Text{String: string(w.out)}
}

// Rich writes what Plain writes, with links, mentions and tags as facets
// instead of addresses in the text.
type Rich struct{}

func (Rich) Name() string           { return "plain text with links" }
func (Rich) Carries(f Feature) bool { return f == Anchors }

func (Rich) Write(p Part, n Names) Text {
	w := plain{rich: true}
	w.begin(p, n, &w)
	return Text{string(w.out), w.facets}
}

type plain struct {
	sheet
	rich   bool
	facets []Facet
}

func (w *plain) quote(*Block, string) bool          { return false }
func (w *plain) mark(b *Block, nth int, other bool) { w.typed(b, nth) }
func (w *plain) empty(b *Block) bool                { return wordless(b) }

func (w *plain) leaf(b *Block, indent string, _ *Block) {
	switch b.Kind {
	case Code:
		for i := range b.Spans {
			if i > 0 {
				w.gap(indent, true)
			}
			w.write(b.Spans[i].Text)
		}
	case Table:
		w.rows(b, indent, w.spans)
	default:
		w.spans(trim(b.Spans), indent)
	}
}

func (w *plain) spans(spans []Span, indent string) {
	for len(spans) > 0 {
		n := group(spans)
		start := len(w.out)
		for i := range n {
			w.span(&spans[i], indent)
		}
		s := &spans[0]
		spans = spans[n:]
		if s.Link == "" || s.Role == URL {
			continue
		}
		switch {
		case w.rich && !strings.HasPrefix(s.Link, "mailto:"):
			w.facet(start, FacetLink, s.Link)
		case !sameAddress(w.out[start:], s.Link):
			w.write(" (")
			w.write(strings.TrimPrefix(s.Link, "mailto:"))
			w.write(")")
		}
	}
}

// sameAddress reports whether the words of a link are its address, so that it
// needs not be said twice.
func sameAddress(label []byte, link string) bool {
	return string(label) == strings.TrimPrefix(link, "mailto:")
}

func (w *plain) span(s *Span, indent string) {
	start := len(w.out)
	switch s.Role {
	case Break:
		w.gap(indent, true)
	case Person:
		h := w.names.handle(s.Text)
		if h.Handle == "" {
			w.write(h.Name)
			return
		}
		w.write("@")
		w.write(h.Handle)
		if w.rich && s.Link == "" {
			w.facet(start, FacetMention, h.Handle)
		}
	case URL:
		w.write(s.Text)
		if w.rich {
			w.facet(start, FacetLink, s.Link)
		}
	default:
		if w.rich && s.Link == "" && s.Style&Mono == 0 {
			had := len(w.facets)
			w.facets = w.tags(w.facets, s.Text)
			for i := had; i < len(w.facets); i++ {
				w.facets[i].Start += start
				w.facets[i].End += start
			}
		}
		w.write(s.Text)
	}
}

func (w *plain) facet(start int, kind FacetKind, value string) {
	if start < len(w.out) {
		w.facets = append(w.facets, Facet{start, len(w.out), kind, value})
	}
}

func (n Names) handle(name string) Handle {
	if n.Person == nil {
		return Handle{Name: name}
	}
	return n.Person(name)
}
