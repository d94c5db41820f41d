package moderate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A mark is what a rule finds in a manuscript.
type mark struct {
	start, end int
	what       string // that is wrong
	advice     string // what to do, where the rule says nothing of it
	instead    string // what to write in its place, or ""
}

// maxMarks is the most marks of one rule in one manuscript.
const maxMarks = 50

// A reading is a manuscript under one rule.
type reading struct {
	*manuscript
	*look
	in pieces
}

// piece is the piece of the rule's that bytes i to j are in, or nil.
func (r *reading) piece(i, j int) *piece {
	n, _ := slices.BinarySearchFunc(r.pieces, i, func(p piece, i int) int {
		if p.end < i {
			return -1
		}
		if p.start > i {
			return 1
		}
		return 0
	})
	if n == len(r.pieces) || r.pieces[n].start > i || r.pieces[n].end < j || r.pieces[n].of&r.in == 0 {
		return nil
	}
	return &r.pieces[n]
}

// quote is a stretch of a manuscript as a message shows it.
func (r *reading) quote(i, j int) string { return quoted(r.manuscript.text[i:j]) }

func quoted(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 40
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return "“" + s + "”"
}

// A kind is what a rule looks for.
type kind interface {
	marks(r *reading) []mark
}

// sought is any of some terms, expressions and links.
type sought struct {
	found
	links *links
}

// hits are the places of what is sought, in order, of two in one place the
// longer.
func (s *sought) hits(r *reading) [][2]int {
	var all [][2]int
	for i, g := range s.groups {
		if s.langs[i] != nil && r.look.lang != Und && !speaks(s.langs[i], r.look.lang) {
			continue
		}
		for _, h := range r.groups[g] {
			hit := &r.hits[h]
			if r.piece(hit.Start, hit.End) != nil && !r.spared(&r.finder.groups[g], hit) {
				all = append(all, [2]int{hit.Start, hit.End})
			}
		}
	}
	if s.links != nil {
		for _, l := range r.manuscript.links {
			if (len(s.links.domains) == 0 || under(l.host, s.links.domains)) && !under(l.host, s.links.except) {
				all = append(all, [2]int{l.at, l.end})
			}
		}
	}
	return longest(all)
}

// longest puts places in order and drops those inside of others.
func longest(all [][2]int) [][2]int {
	if len(all) < 2 {
		return all
	}
	slices.SortFunc(all, func(a, b [2]int) int {
		if a[0] != b[0] {
			return a[0] - b[0]
		}
		return b[1] - a[1]
	})
	out := all[:1]
	for _, a := range all[1:] {
		if a[1] > out[len(out)-1][1] {
			out = append(out, a)
		}
	}
	return out
}

type existence struct{ sought }

func (k existence) marks(r *reading) []mark {
	var ms []mark
	for _, h := range k.hits(r) {
		if h[0] == h[1] { // the page that the post is about
			ms = append(ms, mark{h[0], h[1], "the post leads to an address that should not be there", "take it out", ""})
			continue
		}
		ms = append(ms, mark{h[0], h[1], r.quote(h[0], h[1]) + " is not how we write", "write something else", ""})
	}
	return ms
}

// A substitution has a group for each word that it swaps.
type substitution struct {
	found
	instead []string
}

func (k substitution) marks(r *reading) []mark {
	var ms []mark
	for i, g := range k.groups {
		for _, h := range r.groups[g] {
			hit := &r.hits[h]
			was := r.manuscript.text[hit.Start:hit.End]
			if now := likewise(was, k.instead[i]); now != was && r.piece(hit.Start, hit.End) != nil {
				ms = append(ms, mark{hit.Start, hit.End, quoted(was) + " should be " + quoted(now), "write it so", now})
			}
		}
	}
	slices.SortFunc(ms, func(a, b mark) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	end := -1
	return slices.DeleteFunc(ms, func(m mark) bool {
		if m.end <= end {
			return true
		}
		end = m.end
		return false
	})
}

// likewise gives a word the capitals of the one it is for: all, or the first.
// A word with capitals of its own keeps them.
func likewise(was, now string) string {
	if strings.ContainsFunc(now, unicode.IsUpper) {
		return now
	}
	first, _ := utf8.DecodeRuneInString(was)
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, was)
	switch {
	case utf8.RuneCountInString(letters) > 1 && strings.ToUpper(letters) == letters && strings.ToLower(letters) != letters:
		return strings.ToUpper(now)
	case unicode.IsUpper(first):
		r, n := utf8.DecodeRuneInString(now)
		return string(unicode.ToUpper(r)) + now[n:]
	}
	return now
}

// An occurrence counts in scopes.
type occurrence struct {
	of            string // "" where something is sought
	sought        sought
	least, most   int // -1: any
	per           string
	counted, each string // for messages
}

func (k occurrence) marks(r *reading) []mark {
	spots := k.spots(r)
	var ms []mark
	for _, s := range k.scopes(r) {
		from, _ := slices.BinarySearch(spots, s[0])
		to, _ := slices.BinarySearch(spots, s[1]+1)
		n := to - from
		if k.of == "pictures" {
			n = r.pictures
		}
		switch {
		case k.most >= 0 && n > k.most:
			at := s[0]
			if from+k.most < to {
				at = spots[from+k.most]
			}
			ms = append(ms, mark{at, at, fmt.Sprintf("%d %s %s, and %d is the most", n, k.counted, k.each, k.most), "take some out", ""})
		case n < k.least:
			at := s[0]
			if i := slices.IndexFunc(r.pieces, func(p piece) bool { return p.of&r.in != 0 }); i >= 0 && k.per == "post" {
				at = r.pieces[i].start
			}
			ms = append(ms, mark{at, at, fmt.Sprintf("%d %s %s, and %d is the fewest", n, k.counted, k.each, k.least), "add what is missing", ""})
		}
	}
	return ms
}

// scopes are the stretches that something is counted in.
func (k occurrence) scopes(r *reading) [][2]int {
	switch k.per {
	case "sentence":
		return r.sentences()
	case "post":
		return [][2]int{{0, len(r.manuscript.text)}}
	}
	var all [][2]int
	last := -1
	for _, p := range r.pieces {
		switch {
		case p.of != inText:
		case p.part != last:
			all, last = append(all, [2]int{p.start, p.end}), p.part
		default:
			all[len(all)-1][1] = p.end
		}
	}
	return all
}

// sentences are those of the rule's pieces.
func (r *reading) sentences() [][2]int {
	var all [][2]int
	for _, p := range r.pieces {
		if p.of&r.in == 0 {
			continue
		}
		for _, s := range text.Sentences(r.manuscript.text[p.start:p.end]) {
			all = append(all, [2]int{p.start + s[0], p.start + s[1]})
		}
	}
	return all
}

// spots are the places of what is counted, in order.
func (k occurrence) spots(r *reading) []int {
	var all []int
	switch k.of {
	case "":
		for _, h := range k.sought.hits(r) {
			all = append(all, h[0])
		}
		return all
	case "links":
		for _, l := range r.manuscript.links {
			all = append(all, l.at)
		}
		slices.Sort(all)
		return all
	case "mentions":
		all = append(all, r.mentions...)
	}
	for n, p := range r.pieces {
		if p.of&r.in == 0 {
			continue
		}
		s := r.manuscript.text[p.start:p.end]
		switch k.of {
		case "emoji", "characters":
			if k.of == "emoji" && !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2000 }) {
				break // most texts
			}
			i := p.start
			for g := graphemes.FromString(s); g.Next(); i += len(g.Value()) {
				if k.of == "characters" || pictured(g.Value()) {
					all = append(all, i)
				}
			}
		case "hashtags":
			for _, tag := range text.Tags(s) {
				all = append(all, p.start+tag.Start)
			}
		case "mentions":
			for _, at := range mentioned(s) {
				all = append(all, p.start+at)
			}
		case "words", "capitals":
			for _, w := range r.tokens(n) {
				if k.of == "words" || shouted(s[w[0]:w[1]]) {
					all = append(all, p.start+w[0])
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// shouted reports whether a word is in capitals and too long for an
// abbreviation.
func shouted(w string) bool {
	return utf8.RuneCountInString(w) > 6 && strings.ToUpper(w) == w && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsUpper(r) && !unicode.IsMark(r) })
}

// tokens are the words of a piece, in bytes of it.
func (r *reading) tokens(n int) [][2]int {
	if r.words == nil {
		r.words = make([][][2]int, len(r.pieces))
	}
	if r.words[n] == nil {
		r.words[n] = tokens(r.manuscript.text[r.pieces[n].start:r.pieces[n].end])
	}
	return r.words[n]
}

// tokens are the words of a text: what stands between blanks and signs, and
// has a letter or a digit. Apostrophes and hyphens inside belong to it.
func tokens(s string) [][2]int {
	all := make([][2]int, 0, len(s)/5)
	start := -1
	for i, r := range s {
		in := r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
		if !in && r > ' ' {
			in = unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && start >= 0
			if !in && start >= 0 && (r == '\'' || r == '’' || r == '-') {
				next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
				in = unicode.IsLetter(next) || unicode.IsDigit(next)
			}
		}
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			all, start = append(all, [2]int{start, i}), -1
		}
	}
	if start >= 0 {
		all = append(all, [2]int{start, len(s)})
	}
	return all
}

type repetition struct {
	tags   bool
	except []string
}

func (k repetition) marks(r *reading) []mark {
	var ms []mark
	var seen []string
	for n, p := range r.pieces {
		if p.of&r.in == 0 {
			continue
		}
		s := r.manuscript.text[p.start:p.end]
		if k.tags {
			for _, tag := range text.Tags(s) {
				if slices.ContainsFunc(seen, func(other string) bool { return text.SameTag(other, tag.Value) }) {
					ms = append(ms, mark{p.start + tag.Start, p.start + tag.End, "#" + tag.Value + " stands there twice", "take one out", ""})
				}
				seen = append(seen, tag.Value)
			}
			continue
		}
		last := [2]int{-1, -1}
		for _, w := range r.tokens(n) {
			word := s[w[0]:w[1]]
			if last[0] >= 0 && w[1]-w[0] <= 2*(last[1]-last[0]) && strings.TrimSpace(s[last[1]:w[0]]) == "" && strings.EqualFold(s[last[0]:last[1]], word) && strings.ContainsFunc(word, unicode.IsLetter) &&
				!slices.ContainsFunc(k.except, func(e string) bool { return strings.EqualFold(e, word) }) {
				ms = append(ms, mark{p.start + w[0], p.start + w[1], quoted(word) + " stands there twice in a row", "take one out", ""})
			}
			last = w
		}
	}
	return ms
}

// A consistency has a group for each spelling.
type consistency struct {
	found
	either []string
}

func (k consistency) marks(r *reading) []mark {
	first, at := -1, len(r.manuscript.text)
	type spot struct{ spelling, start, end int }
	var spots []spot
	for i, g := range k.groups {
		for _, h := range r.groups[g] {
			hit := &r.hits[h]
			if r.piece(hit.Start, hit.End) == nil {
				continue
			}
			if hit.Start < at {
				first, at = i, hit.Start
			}
			spots = append(spots, spot{i, hit.Start, hit.End})
		}
	}
	var ms []mark
	for _, s := range spots {
		if s.spelling != first {
			ms = append(ms, mark{s.start, s.end, r.quote(s.start, s.end) + " stands beside " + quoted(k.either[first]), "keep to one spelling", ""})
		}
	}
	return ms
}

type conditional struct {
	given, then sought
	within      int
	wanted      string // for messages
}

func (k conditional) marks(r *reading) []mark {
	given := k.given.hits(r)
	if len(given) == 0 {
		return nil
	}
	for _, h := range k.then.hits(r) {
		if k.within == 0 || r.before(h[0]) < k.within {
			return nil
		}
	}
	where := ""
	if k.within > 0 {
		where = fmt.Sprintf(" in the first %d characters", k.within)
	}
	what := "the post leads there"
	if h := given[0]; h[0] < h[1] {
		what = r.quote(h[0], h[1]) + " is there"
	}
	return []mark{{given[0][0], given[0][1], what + " without " + k.wanted + where, "add it", ""}}
}

// before is how many characters of the text stand before byte i, or more than
// anybody asks for where it is in no text.
func (r *reading) before(i int) int {
	n := 0
	for _, p := range r.pieces {
		switch {
		case p.of != inText:
		case p.end < i:
			n += utf8.RuneCountInString(r.manuscript.text[p.start:p.end]) + len("\n\n")
		case p.start <= i:
			return n + utf8.RuneCountInString(r.manuscript.text[p.start:i])
		}
	}
	return math.MaxInt
}
