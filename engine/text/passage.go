package text

import (
	"slices"
	"strings"
	"unicode"
)

// A Passage is a paragraph, list entry or table row with gaps.
type Passage struct {
	At   int   // byte offset in the Markdown, of the first gap or near it
	Gaps []Gap // with their places in the Markdown; where that is not sure, At is -1
}

// Passages finds the gaps of a Doc, in order, with their places in the
// Markdown that parser made it from. Code and addresses hold none. To fill
// those whose place is sure changes nothing but spaces: no mark comes to mean
// something else.
func (f French) Passages(parser *Parser, doc Doc, markdown string) []Passage {
	p := passages{f: f, src: markdown}
	for _, part := range doc.Parts {
		p.blocks(part.Blocks)
	}
	harmless := func() bool {
		var all []Gap
		for _, passage := range p.found {
			all = append(all, passage.Gaps...)
		}
		mended, _ := parser.Parse([]byte(Fill(markdown, all)))
		return alike(doc, mended)
	}
	doubt := func(of func(Gap) bool) {
		for _, passage := range p.found {
			for i, g := range passage.Gaps {
				if of(g) {
					passage.Gaps[i].At, passage.Gaps[i].End = -1, -1
				}
			}
		}
	}
	if len(p.found) > 0 && !harmless() {
		if doubt(func(g Gap) bool { return g.apart }); !harmless() {
			doubt(func(Gap) bool { return true })
		}
	}
	return p.found
}

type passages struct {
	f     French
	src   string
	found []Passage
	text  []byte // of the spans at hand
}

func (p *passages) blocks(bs []Block) {
	for _, b := range bs {
		switch b.Kind {
		case Code:
		case Row:
			from := len(p.found)
			p.blocks(b.Blocks)
			p.found = append(p.found[:from], join(p.found[from:])...)
		default:
			p.found = append(p.found, join(p.paragraph(b))...)
			p.blocks(b.Blocks)
		}
	}
}

// join makes one passage of several, so that a line of the file has one.
func join(ps []Passage) []Passage {
	if len(ps) < 2 {
		return ps
	}
	slices.SortStableFunc(ps, func(a, b Passage) int { return a.At - b.At })
	one := Passage{At: ps[0].At}
	for _, p := range ps {
		one.Gaps = append(one.Gaps, p.Gaps...)
	}
	return []Passage{one}
}

// paragraph finds the gaps of a block's words, and of its pictures'
// descriptions, which are texts of their own.
func (p *passages) paragraph(b Block) []Passage {
	if !slices.ContainsFunc(b.Spans, func(s Span) bool { return strings.ContainsAny(s.Text, ";:!?«»") }) {
		return nil
	}
	var found []Passage
	p.text = p.text[:0]
	for _, s := range b.Spans {
		p.text = append(p.text, shown(s)...)
		if s.Role == Image {
			if gaps := p.f.Gaps(s.Text); len(gaps) > 0 {
				words := Span{Text: s.Text, At: s.At + len("![")}
				found = append(found, p.passage(gaps, b, []Span{words}))
			}
		}
	}
	if gaps := p.f.Gaps(string(p.text)); len(gaps) > 0 {
		found = append(found, p.passage(gaps, b, b.Spans))
	}
	return found
}

// shown is a span as a reader's eye takes it.
func shown(s Span) string {
	switch {
	case s.Role == Break:
		return "\n"
	case s.Role != Words || s.Style&Mono != 0:
		return string(object)
	}
	return s.Text
}

// passage gives gaps of the text of some spans their places in the Markdown.
func (p *passages) passage(gaps []Gap, b Block, spans []Span) Passage {
	m := p.places(spans)
	one := Passage{At: -1}
	for _, g := range gaps {
		g = m.place(g)
		if one.At < 0 {
			one.At = g.At
		}
		one.Gaps = append(one.Gaps, g)
	}
	if one.At < 0 {
		one.At = b.At
	}
	return one
}

// places says where in the Markdown each byte of a text begins and ends; -1
// where nothing of it is there.
type places struct{ from, to []int }

func (p *passages) places(spans []Span) places {
	var m places
	for _, s := range spans {
		start := len(m.from)
		text := shown(s)
		at := s.At
		for len(m.from) < start+len(text) && text == s.Text && at < len(p.src) {
			out, n := piece(p.src[at:])
			if !strings.HasPrefix(text[len(m.from)-start:], out) {
				break
			}
			for range len(out) {
				m.from, m.to = append(m.from, at), append(m.to, at+n)
			}
			at += n
		}
		if len(m.from) < start+len(text) { // not written as it is shown
			m.from, m.to = m.from[:start], m.to[:start]
			for range len(text) {
				m.from, m.to = append(m.from, -1), append(m.to, -1)
			}
		}
	}
	return m
}

// place gives a gap its place in the Markdown, where the space stands, or will
// stand, right beside its sign.
func (m places) place(g Gap) Gap {
	sign, word := g.End, g.At-1 // the bytes on both sides of the space
	if g.Sign == "«" {
		sign, word = word, sign
	}
	at, end := -1, -1
	switch whole := m.from[sign] >= 0; {
	case whole && g.At < g.End && m.together(g.At, g.End):
		if from, to := m.from[g.At], m.to[g.End-1]; from == m.to[sign] || to == m.from[sign] {
			at, end = from, to
		}
	case whole && g.At == g.End && g.Sign == "«":
		at, end = m.to[sign], m.to[sign]
	case whole && g.At == g.End:
		at, end = m.from[sign], m.from[sign]
	}
	g.At, g.End, g.apart = at, end, at == end && m.to[min(sign, word)] != m.from[max(sign, word)]
	return g
}

// together reports whether the bytes from i to j stand side by side.
func (m places) together(i, j int) bool {
	for ; i < j; i++ {
		if m.from[i] < 0 || i+1 < j && m.to[i] != m.from[i+1] && m.from[i] != m.from[i+1] {
			return false
		}
	}
	return true
}

// alike reports whether two Docs differ in nothing but their spaces.
func alike(a, b Doc) bool {
	return slices.EqualFunc(a.Parts, b.Parts, func(a, b Part) bool { return alikeBlocks(a.Blocks, b.Blocks) })
}

func alikeBlocks(a, b []Block) bool {
	return slices.EqualFunc(a, b, func(a, b Block) bool {
		return a.Kind == b.Kind && a.Level == b.Level && a.Tight == b.Tight && a.Lang == b.Lang && a.Align == b.Align &&
			alikeBlocks(a.Blocks, b.Blocks) && slices.EqualFunc(a.Spans, b.Spans, func(a, b Span) bool {
			return a.Style == b.Style && a.Role == b.Role && a.Link == b.Link && bare(a.Text) == bare(b.Text)
		})
	})
}

// bare is a text without its spaces.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
