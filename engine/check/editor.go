package check

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// notAlt says why an alternative text tells nothing of the picture in file, or
// "". An empty one is an answer: the picture is only decoration.
func notAlt(alt, file string) string {
	alt = strings.TrimSpace(alt)
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	words := strings.ToLower(strings.Trim(alt, "0123456789 .:#()-_–"))
	switch {
	case strings.IndexFunc(alt, unicode.IsSpace) < 0 && slices.Contains(endings, strings.ToLower(path.Ext(alt))),
		strings.EqualFold(alt, name) && strings.ContainsAny(name, "_0123456789"): // else it may be a word
		return "the alternative text " + alt + " is the name of a file; say what the picture shows"
	case words != "" && slices.Contains(picture, words):
		return "the alternative text says only that there is a picture; say what it shows"
	}
	return ""
}

var (
	endings = strings.Fields(".jpg .jpeg .png .gif .webp .heic .avif .tif .tiff .bmp .svg")
	// picture is that word, as people type it for want of a better one.
	picture = strings.Fields("image images img picture photo photos photograph photographie pic screenshot illustration bild foto imagen imagem immagine")
)

// titles checks the titles as words.
func (c *Checker) titles(r *report) {
	look := func(title, key string) {
		c.words(r, title, func(int) schema.Pos { return r.post.Source.At(key) })
	}
	look(r.post.Front.Title, "title")
	for _, name := range slices.Sorted(maps.Keys(r.post.Front.Variants)) {
		look(r.post.Front.Variants[name].Title, "variants."+name+".title")
	}
}

// style checks how a text reads.
func (c *Checker) style(r *report, doc text.Doc, pos func(int) schema.Pos) {
	for _, part := range doc.Parts {
		part.Walk(func(b text.Block) {
			if b.Kind == text.Code {
				return
			}
			if !quiet(b.Spans) {
				words, at := prose(b.Spans)
				c.words(r, words, func(i int) schema.Pos { return pos(at(i)) })
			}
			for _, s := range b.Spans {
				if s.Role != text.URL {
					continue
				}
				if n := utf8.RuneCountInString(s.Text); n > longAddress {
					r.add(pos(s.At), schema.Warning, "link/long",
						fmt.Sprintf("this bare address is %d characters long, which is tiring to read and to hear; write [words](address), or find a shorter one", n))
				}
			}
		})
	}
}

// longAddress is the most characters of an address that is shown.
const longAddress = 60

// quiet reports whether there are too few bytes of capitals, or of letters that
// may be, to look any closer; most of what people write is.
func quiet(spans []text.Span) bool {
	n := 0
	for _, s := range spans {
		for i := range len(s.Text) {
			if b := s.Text[i]; b >= utf8.RuneSelf || 'A' <= b && b <= 'Z' {
				n++
			}
		}
	}
	return n < 8
}

// prose is what people read of some spans, in one piece, and where in the
// Markdown each byte of it is.
func prose(spans []text.Span) (words string, at func(int) int) {
	if len(spans) == 1 && spans[0].Role == text.Words && spans[0].Style&text.Mono == 0 {
		return spans[0].Text, func(i int) int { return spans[0].At + i }
	}
	var b strings.Builder
	ends := make([]int, len(spans))
	for i, s := range spans {
		if s.Role == text.Words && s.Style&text.Mono == 0 {
			b.WriteString(s.Text)
		} else {
			b.WriteByte(' ')
		}
		ends[i] = b.Len()
	}
	return b.String(), func(i int) int {
		n, _ := slices.BinarySearch(ends, i+1)
		begin := 0
		if n > 0 {
			begin = ends[n-1]
		}
		return spans[n].At + i - begin
	}
}

func (c *Checker) words(r *report, s string, pos func(int) schema.Pos) {
	if i := shouting(s); i >= 0 {
		r.add(pos(i), schema.Warning, "text/shouting", "so many words in capitals read as shouting; write them in small letters, and **strong** where it matters")
	}
	if i := fancy(s); i >= 0 {
		r.add(pos(i), schema.Warning, "text/fancy-letters", "these are signs for formulas, not letters, and screen readers do not read them as words; type plain letters")
	}
}

// shouting is where a row of words in capitals begins, or -1: four words, of
// which two are too long for abbreviations, or six of any length. A comma ends
// a row, so that a list of abbreviations is none. Letters without capitals,
// as in most scripts, never shout.
func shouting(s string) int {
	start, words, long := 0, 0, 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !inWord(r) {
			if strings.ContainsRune(",;:/|•·()[]", r) {
				words, long = 0, 0
			}
			i += n
			continue
		}
		begin, letters, upper, name := i, 0, 0, false
		for ; i < len(s) && inWord(r); r, n = utf8.DecodeRuneInString(s[i:]) {
			switch {
			case unicode.IsUpper(r):
				letters, upper = letters+1, upper+1
			case unicode.IsLetter(r):
				letters++
			case r != '\'' && r != '’' && !unicode.IsMark(r):
				name = true // #TAG, MAX_SIZE, 24H
			}
			i += n
		}
		switch {
		case name || letters < 2: // says nothing of the row
		case upper < letters:
			words, long = 0, 0
		default:
			if words++; words == 1 {
				start = begin
			}
			if letters >= 5 {
				long++
			}
			if words >= 4 && long >= 2 || words >= 6 {
				return start
			}
		}
	}
	return -1
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("'’_#@", r)
}

// fancy is where letters begin that only look like a bold, slanted or round
// alphabet, or -1. One or two may stand for a quantity.
// The block is that of https://www.unicode.org/charts/PDF/U1D400.pdf
// (checked 2026-11-22).
func fancy(s string) int {
	start, row := 0, 0
	for i, r := range s {
		if r < 0x1d400 || r > 0x1d7ff {
			row = 0
			continue
		}
		if row++; row == 1 {
			start = i
		}
		if row == 3 {
			return start
		}
	}
	return -1
}

// links checks where the post leads.
func (c *Checker) links(r *report) {
	for to, at := range Links(r.post, c.Parser) {
		if strings.HasPrefix(to, "http://") {
			r.add(at(), schema.Warning, "link/http", "what goes over http:// can be read and changed on its way; write https:// if the page is there too")
		}
	}
}

// Links are the web addresses that a post leads to on any channel, each with
// its place; one that stands there twice comes twice.
func Links(p *workspace.Post, parser *text.Parser) iter.Seq2[string, func() schema.Pos] {
	return func(yield func(string, func() schema.Pos) bool) {
		more := true
		add := func(to string, at func() schema.Pos) {
			if more && (strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://")) {
				more = yield(to, at)
			}
		}
		spans := func(doc text.Doc, pos func(int) schema.Pos) {
			last := ""
			for _, part := range doc.Parts {
				part.Spans(func(s text.Span) {
					if s.Role != text.Image && s.Link != last { // one link may have words in several styles
						add(s.Link, func() schema.Pos { return pos(s.At) })
					}
					last = s.Link
				})
			}
		}
		in := func(key string) func() schema.Pos { return func() schema.Pos { return p.Source.At(key) } }
		add(p.Front.Link, in("link"))
		doc, _ := p.Doc(parser)
		spans(doc, p.Pos)
		for _, name := range slices.Sorted(maps.Keys(p.Front.Variants)) {
			v := p.Front.Variants[name]
			add(v.Link, in("variants."+name+".link"))
			if v.Text != "" {
				doc, _ := p.Text(parser, v.Text)
				spans(doc, func(int) schema.Pos { return p.Source.At("variants." + name + ".text") })
			}
		}
	}
}
