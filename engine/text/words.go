package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// A leaf is the words of a paragraph, with what must be known to cut them.
type leaf struct {
	*finder
	spans []Span
	text  string // of all spans
	edges []int  // where each span begins in text, and where the last ends
	from  int    // where the unit begins that is being made
	ended bool   // a sentence ended, but for what closes it
}

// spans makes the units of a paragraph.
func (f *finder) spans(b *Block) {
	l := leaf{finder: f, spans: b.Spans, edges: make([]int, 0, len(b.Spans)+1)}
	var t strings.Builder
	t.Grow(size([]Block{*b}))
	for _, s := range b.Spans {
		l.edges = append(l.edges, t.Len())
		switch s.Role {
		case Break:
			t.WriteByte('\n')
		case Image:
			t.WriteString(picture)
		case Person:
			t.WriteString("@" + s.Text)
		default:
			t.WriteString(s.Text)
		}
	}
	l.text, l.edges = t.String(), append(l.edges, t.Len())
	if noWords(l.text) {
		f.hidden(unit{})
		return
	}
	l.find()
}

// picture stands for a picture.
const picture = "\ufffc"

// noWords reports whether s has no words, but may have pictures.
func noWords(s string) bool { return strings.TrimSpace(strings.ReplaceAll(s, picture, "")) == "" }

// find goes through the text, word by word.
func (l *leaf) find() {
	_, start := l.blank(0)
	for l.from = start; start < len(l.text); {
		end := l.word(start)
		gap, next := l.blank(end)
		if next == len(l.text) {
			break
		}
		if gap != fixed && l.open(end, next) && parted(l.text[lastRune(l.text, next):]) {
			l.cut(end, next, l.between(end, next))
		}
		start = next
	}
	l.unit(len(l.text))
}

// The kinds of gap between words.
const (
	none = iota
	loose
	fixed // a no-break space is part of it
)

// blank is the white space that begins at i, and where it ends.
func (l *leaf) blank(i int) (gap, end int) {
	for i < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		if gap = max(gap, loose); solid(r) {
			gap = fixed
		}
		i += n
	}
	return gap, i
}

// solid reports whether r is a space that no line ends at.
func solid(r rune) bool { return r == '\u00a0' || r == '\u202f' || r == '\u2007' }

// word is where the word that begins at start ends. Scripts that write their
// words without spaces are cut within.
func (l *leaf) word(start int) int {
	var before rune
	named := false // inside a tag or a mention
	for i := start; i < len(l.text); {
		r, n := utf8.DecodeRuneInString(l.text[i:])
		if unicode.IsSpace(r) {
			return i
		}
		switch {
		case strings.ContainsRune("#＃@＠", r):
			named = true
		case named && !TagRune(r) && r != '.' && r != '-':
			named = false
		}
		if (before >= 0x2e80 || r >= 0x2e80) && i > start && !named && ideographs(before, r) && l.open(i, i) && parted(l.text[lastRune(l.text, i):]) {
			to := tight
			switch {
			case strings.ContainsRune("。．！？", before):
				to = sentence
			case strings.ContainsRune("、，；：", before):
				to = clause
			}
			l.cut(i, i, to)
		}
		before = r
		i += n
	}
	return len(l.text)
}

// ideographs reports whether a line may end between two characters that
// stand side by side: as much of https://www.unicode.org/reports/tr14/ as
// Chinese and Japanese need.
func ideographs(a, b rune) bool {
	wide := func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff0f || r >= 0xff1a && r <= 0xff20
	}
	switch {
	case !wide(a) || !wide(b):
		return false
	case unicode.Is(unicode.Katakana, a) && unicode.Is(unicode.Katakana, b):
		return false
	case unicode.In(a, unicode.Ps, unicode.Pi): // an opening bracket
		return false
	case unicode.In(b, unicode.Pe, unicode.Pf) || strings.ContainsRune("、。，．！？：；・…‥々〻ー゛゜ヽヾゝゞ〜ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ", b):
		return false
	}
	return true
}

// parted reports whether the first two characters of s are two.
func parted(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	if n == len(s) || s[n] < utf8.RuneSelf {
		return true
	}
	it := graphemes.FromString(s)
	return it.Next() && len(it.Value()) == n
}

// lastRune is where the character before i begins.
func lastRune(s string, i int) int {
	_, n := utf8.DecodeLastRuneInString(s[:i])
	return i - n
}

// span is the one that byte i of the text is in.
func (l *leaf) span(i int) int { return sort.SearchInts(l.edges, i+1) - 1 }

// open reports whether a cut that leaves out bytes end to next of the text is
// outside of what must stay whole.
func (l *leaf) open(end, next int) bool {
	if left, right := l.span(end-1), l.span(next); left == right {
		return !l.closed(left)
	}
	for i := l.span(end); i < len(l.spans) && l.edges[i] < next; i++ {
		if l.closed(i) && l.spans[i].Text != "" {
			return false
		}
	}
	return true
}

func (l *leaf) closed(span int) bool {
	s := l.spans[span]
	return s.Role != Words && s.Role != Break || s.Style&Mono != 0
}

// labelled reports whether a cut is between the words of a link.
func (l *leaf) labelled(end, next int) bool {
	left, right := l.span(end-1), l.span(next)
	for i := left; i <= right; i++ {
		if s := l.spans[i]; s.Link == "" || s.Role == URL || s.Role == Image || s.Link != l.spans[left].Link {
			return false
		}
	}
	return true
}

// cut ends a unit at end and begins one at next.
func (l *leaf) cut(end, next int, r rank) {
	if noWords(l.text[l.from:end]) || strings.HasPrefix(l.text[next:], picture) {
		return // a picture stays with the words before it, or with the first words
	}
	if l.labelled(end, next) {
		r = label
	}
	l.unit(end)
	l.next, l.from = r, next
}

func (l *leaf) unit(end int) {
	left, right := l.span(l.from), l.span(end-1)
	l.add(unit{
		start: spot{left, l.from - l.edges[left]},
		end:   spot{right, end - l.edges[right]},
		words: countWords(l.text[l.from:end]),
	})
}

// countWords counts what stands between spaces and has a letter or a digit.
func countWords(s string) int {
	n, in := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			in = false
		case !in && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			in = true
			n++
		}
	}
	return n
}
