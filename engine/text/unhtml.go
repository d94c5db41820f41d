package text

import (
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// FromHTML is what a reader of the HTML sees, with its links as facets. What
// stood apart on the page stays apart: a word never runs into the next one's
// paragraph. Pictures are the words that stand for them. It takes any bytes.
func FromHTML(s string) Text {
	p := unhtml{}
	s = strings.ToValidUTF8(s, "\uFFFD")
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			i = len(s)
		}
		p.words(html.UnescapeString(s[:i]))
		s = s[i:]
		if s == "" {
			break
		}
		tag, rest, ok := cutTag(s)
		switch {
		case ok:
			s = p.tag(tag, rest)
		case rest == "": // a tag without an end: all that is left is words
			p.words(html.UnescapeString(s))
			s = ""
		default:
			p.words("<")
			s = s[1:]
		}
	}
	p.leave()
	return Text{p.b.String(), p.links}
}

// unhtml is a reading in progress.
type unhtml struct {
	b     strings.Builder
	gap   gap // before the next word
	pre   int // how many <pre> it is in
	links []Facet
	open  bool // the last of links has no end yet
	begun bool // and its first word was read

	endless bool // a script has no end: what follows is read as words
}

// gap is how far apart words stand.
type gap uint8

const (
	joined gap = iota
	blank
	line
	paragraph
)

var gaps = [...]string{"", " ", "\n", "\n\n"}

func (p *unhtml) words(s string) {
	for i, r := range s {
		if p.pre == 0 && strings.ContainsRune(" \t\n\f\r", r) {
			p.gap = max(p.gap, blank)
			continue
		}
		if p.b.Len() > 0 {
			p.b.WriteString(gaps[p.gap])
		}
		p.gap = joined
		if p.open && !p.begun {
			p.links[len(p.links)-1].Start, p.begun = p.b.Len(), true
		}
		p.b.WriteString(s[i : i+utf8.RuneLen(r)])
	}
}

// leave ends the link that is open.
func (p *unhtml) leave() {
	if !p.open {
		return
	}
	l := &p.links[len(p.links)-1]
	l.End = p.b.Len()
	if !p.begun {
		l.Start = l.End
	}
	p.open = false
}

// through are the elements that words run through.
var through = strings.Fields("a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr")

// tag does what a tag says, and returns what to go on with.
func (p *unhtml) tag(tag, rest string) string {
	if strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "?") {
		return rest
	}
	end := strings.HasPrefix(tag, "/")
	tag = strings.TrimPrefix(tag, "/")
	n := strings.IndexAny(tag, " \t\n\f\r/")
	if n < 0 {
		n = len(tag)
	}
	name, attrs := strings.ToLower(tag[:n]), tag[n:]
	switch name {
	case "script", "style", "template", "iframe", "noscript":
		if end || p.endless {
			break
		}
		if at := foldIndex(rest, "</"+name); at >= 0 {
			return rest[at:]
		}
		p.endless = true
	case "a":
		p.leave()
		if href := attribute(attrs, "href"); !end && href != "" {
			p.links = append(p.links, Facet{Kind: FacetLink, Value: href})
			p.open, p.begun = true, false
		}
	case "img":
		p.words(attribute(attrs, "alt"))
	case "br":
		p.gap = min(max(p.gap, blank)+1, paragraph)
	case "p":
		p.gap = paragraph
	case "pre":
		p.gap = max(p.gap, line)
		if p.pre++; end {
			p.pre = max(p.pre-2, 0)
		}
	case "div", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr",
		"section", "article", "header", "footer", "figure", "figcaption", "details", "summary":
		p.gap = max(p.gap, line)
	default:
		if !slices.Contains(through, name) {
			p.gap = max(p.gap, blank)
		}
	}
	return rest
}

// foldIndex is where s has what, in small letters or large.
func foldIndex(s, what string) int {
	for i := 0; i+len(what) <= len(s); i++ {
		if s[i] == what[0] && strings.EqualFold(s[i:i+len(what)], what) {
			return i
		}
	}
	return -1
}

// cutTag takes the tag off that s may begin with. Where none begins, rest is
// s; where one has no end, rest is empty.
func cutTag(s string) (tag, rest string, ok bool) {
	if strings.HasPrefix(s, "<!--") {
		tag, rest, ok = strings.Cut(s[4:], "-->")
		return "!" + tag, rest, ok
	}
	if len(s) < 2 || !letterOr(s[1], "/!?") || s[1] == '/' && (len(s) < 3 || !letterOr(s[2], "")) {
		return "", s, false
	}
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return s[1:i], s[i+1:], true
		case (c == '"' || c == '\'') && strings.HasSuffix(strings.TrimRight(s[:i], " \t\n\f\r"), "="):
			quote = c
		}
	}
	return "", "", false
}

func letterOr(c byte, others string) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte(others, c) >= 0
}

// attribute is the value of one of a tag's attributes, or "".
func attribute(attrs, name string) string {
	for {
		attrs = strings.TrimLeft(attrs, " \t\n\f\r/")
		n := strings.IndexAny(attrs, " \t\n\f\r/=")
		if n < 0 {
			return ""
		}
		called, after := attrs[:n], strings.TrimLeft(attrs[n:], " \t\n\f\r")
		if !strings.HasPrefix(after, "=") {
			attrs = attrs[max(n, 1):]
			continue
		}
		after = strings.TrimLeft(after[1:], " \t\n\f\r")
		var value string
		switch {
		case after != "" && (after[0] == '"' || after[0] == '\''):
			value, attrs, _ = strings.Cut(after[1:], after[:1])
		default:
			if n = strings.IndexAny(after, " \t\n\f\r"); n < 0 {
				n = len(after)
			}
			value, attrs = after[:n], after[n:]
		}
		if strings.EqualFold(called, name) {
			return html.UnescapeString(value)
		}
	}
}

// Spelled is the text with the address of each link after its words, where
// they do not show it: what leads somewhere is there to be read. Facets that
// do not fit the text are left out.
func (t Text) Spelled() string {
	var b strings.Builder
	from := 0
	for _, f := range t.Facets {
		if f.Kind != FacetLink || f.Start < from || f.End < f.Start || f.End > len(t.String) || !border(t.String, f.End) ||
			strings.Contains(t.String[from:f.End], f.Value) {
			continue
		}
		b.WriteString(t.String[from:f.End])
		if from = f.End; b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("(" + f.Value + ")")
	}
	return b.String() + t.String[from:]
}

func border(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }
