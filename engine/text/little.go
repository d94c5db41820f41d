package text

import "strings"

// LittleText writes the little text of LinkedIn's posts. Each of its reserved
// characters is escaped with a backslash wherever it stands, in addresses too:
// one that is not cuts the post short, and the answer is still 201. See
// https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
// (checked 2026-11-22). A person whose handle is a URN is mentioned; any other
// is a name, since LinkedIn knows no @handles.
type LittleText struct{}

func (LittleText) Name() string         { return "LinkedIn little text" }
func (LittleText) Carries(Feature) bool { return false }

func (LittleText) Write(p Part, n Names) Text {
	w := little{}
	w.begin(p, n, &w)
	return Text{String: string(w.out)}
}

// reserved are the characters that little text keeps for itself.
var reserved = bytesIn(`\|{}@[]()<>#*_~`)

type little struct {
	sheet
	found []Facet
}

func (w *little) mark(b *Block, nth int, _ bool) { w.typed(b, nth) }
func (w *little) empty(b *Block) bool            { return wordless(b) }

func (w *little) quote(b *Block, indent string) bool {
	w.write(`\> `)
	w.blocks(b.Blocks, indent+`\> `, false)
	return true
}

func (w *little) leaf(b *Block, indent string, _ *Block) {
	switch b.Kind {
	case Code:
		for i := range b.Spans {
			if i > 0 {
				w.gap(indent, true)
			}
			w.escape(b.Spans[i].Text)
		}
	case Table:
		for i := range b.Blocks {
			if i > 0 {
				w.gap(indent, true)
			}
			for j, c := range b.Blocks[i].Blocks {
				if j > 0 {
					w.write(` \| `)
				}
				w.spans(trim(c.Spans), indent)
			}
		}
	default:
		w.spans(trim(b.Spans), indent)
	}
}

func (w *little) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		if !reserved[s[i]] {
			continue
		}
		w.write(s[from:i])
		w.write(`\`)
		from = i
	}
	w.write(s[from:])
}

func (w *little) spans(spans []Span, indent string) {
	for len(spans) > 0 {
		n := group(spans)
		for i := range n {
			w.span(&spans[i], indent)
		}
		if s := &spans[0]; s.Link != "" && s.Role != URL && (n > 1 || s.Text != strings.TrimPrefix(s.Link, "mailto:")) {
			w.write(` \(`)
			w.escape(strings.TrimPrefix(s.Link, "mailto:"))
			w.write(`\)`)
		}
		spans = spans[n:]
	}
}

func (w *little) span(s *Span, indent string) {
	switch {
	case s.Role == Break:
		w.gap(indent, true)
	case s.Role == Person:
		w.person(w.names.handle(s.Text))
	case s.Link != "" || s.Style&Mono != 0:
		w.escape(s.Text)
	default:
		w.words(s.Text)
	}
}

// words writes text with its hashtags as LinkedIn's own template.
func (w *little) words(s string) {
	w.found = w.tags(w.found[:0], s)
	at := 0
	for _, f := range w.found {
		w.escape(s[at:f.Start])
		w.write(`{hashtag|\#|`)
		w.escape(f.Value)
		w.write(`}`)
		at = f.End
	}
	w.escape(s[at:])
}

func (w *little) person(h Handle) {
	kind, id, ok := strings.Cut(strings.TrimPrefix(h.Handle, "urn:li:"), ":")
	if !ok || kind != "person" && kind != "organization" || !token(id) {
		w.escape(h.Name)
		return
	}
	w.write("@[")
	w.escape(h.Name)
	w.write("](urn:li:" + kind + ":" + id + ")")
}

// token reports whether s is made of ASCII letters, digits, - and _ only, as
// the ids of accounts are.
func token(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return s != ""
}
