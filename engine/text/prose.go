package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prose is what a block's own spans say, as a reader has it: a line break is
// one, and U+FFFC stands for what is no words, as a picture, an address, code
// or a person.
func Prose(b *Block) string {
	if len(b.Spans) == 1 {
		return SpanProse(&b.Spans[0])
	}
	var t strings.Builder
	for i := range b.Spans {
		t.WriteString(SpanProse(&b.Spans[i]))
	}
	return t.String()
}

// SpanProse is one span's share of its block's prose.
func SpanProse(s *Span) string { return shown(*s) }

// Locate finds where in the Markdown bytes start to end of a block's prose are
// written. It is sure where they stand there just as they are read; else start
// is the place of the nearest span, and end is no more than that.
func Locate(b *Block, markdown string, start, end int) (from, to int, sure bool) {
	p := passages{src: markdown}
	m := p.places(b.Spans)
	if start < end && end <= len(m.from) && m.together(start, end) && m.to[end-1]-m.from[start] == end-start {
		return m.from[start], m.to[end-1], true
	}
	if start < len(m.from) && m.from[start] >= 0 {
		return m.from[start], m.from[start], false
	}
	at, seen := b.At, 0
	for _, s := range b.Spans {
		if seen > start {
			break
		}
		at, seen = s.At, seen+len(shown(s))
	}
	return at, at, false
}

// Sentences cuts prose into its sentences: each is a start and an end, in
// bytes, without the blanks around it.
func Sentences(s string) [][2]int {
	var all [][2]int
	begin := pastSpace(s, 0)
	for at := begin; at < len(s); {
		end := at
		for end < len(s) && !parts(s[end:]) {
			end++
		}
		next := pastSpace(s, end)
		if next < len(s) && alnum(rune(s[end-1])) && strings.IndexByte(s[end:next], '\n') < 0 { // most words
			at = next
			continue
		}
		before, after := s[at:end], s[next:]
		if i := strings.IndexFunc(after, unicode.IsSpace); i >= 0 {
			after = after[:i]
		}
		broken := strings.ContainsRune(s[end:next], '\n') && !goesOn(after)
		if next == len(s) || broken || ends(s[begin:end]) && !abbreviated(before, after) && !goesOn(after) && !closes(after) {
			all = append(all, [2]int{begin, end})
			begin = next
		}
		at = next
	}
	return all
}

// parts reports whether s begins with a blank.
func parts(s string) bool {
	if c := s[0]; c < utf8.RuneSelf {
		return c <= ' ' && unicode.IsSpace(rune(c))
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

// pastSpace is where the blanks end that begin at i.
func pastSpace(s string, i int) int {
	for i < len(s) && parts(s[i:]) {
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	return i
}
