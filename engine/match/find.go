package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A finder looks at one text at a time.
type finder struct {
	*Set
	scanner
	edges  []edge
	path   []edge
	text   []sound
	hits   []Hit
	wanted []int32 // regexes whose literal was seen
	starts []start // where those that are tied may match
	view   []byte  // what regexes see beside the raw text
	drift  spots
	disguise
}

// An edge is a word of a term that was found: a way from one piece to another.
type edge struct {
	start, end  int32 // in the raw text
	first, last int32 // pieces; last is the one behind
	word        int32
	view        View
	joined      bool // a whole phrase may be meant
	free        bool // letters that stand alone, so that no word goes on
	short       bool // too short to say something by itself
}

func (f *finder) find(dst []Hit, text string) []Hit {
	f.hits = dst
	f.edges, f.wanted, f.starts = f.edges[:0], f.wanted[:0], f.starts[:0]
	f.scan(text)
	f.exact()
	if f.evasive {
		f.unmask()
	}
	f.search()
	f.follow()
	f.expressions()
	dst, f.hits = f.hits, nil
	f.scanner.text = ""
	return dst
}

// exact finds the words that stand there as they are.
func (f *finder) exact() {
	if len(f.words.slots) == 0 {
		return
	}
	n := len(f.fold)
	f.fold = append(f.fold, 0, 0, 0, 0, 0, 0, 0, 0)
	for i := range f.pieces {
		p := &f.pieces[i]
		word := f.words.lookup(f.fold[p.from:], int(p.to-p.from))
		if word < 0 {
			continue
		}
		view := Plain
		if p.marked {
			view = Folded
		}
		f.edges = append(f.edges, edge{p.start, p.end, int32(i), int32(i) + 1, word, view, p.tagged || p.letters >= 8, false, false})
	}
	f.fold = f.fold[:n]
}

// search runs the automaton over the folded view.
func (f *finder) search() {
	if len(f.needs) == 0 {
		return
	}
	f.auto.scan(f.fold, func(pattern int32, end int) {
		need := f.needs[pattern]
		if need.kind == needStart {
			if f.inWord(end - need.length) {
				return
			}
			at := f.spots.start(end - need.length)
			f.starts = append(f.starts, start{int32(need.index), int32(at)})
			return
		}
		switch need.kind {
		case needGlob:
			f.glob(&f.globs[need.index], end)
		case needSign:
			f.sign(&f.marks[need.index], end)
		case needRegex:
			if i := int32(need.index); !slices.Contains(f.wanted, i) {
				f.wanted = append(f.wanted, i)
			}
		}
	})
}

// pieceAt is the piece that byte i of the folded view is in, or -1.
func (f *finder) pieceAt(i int) int {
	n, in := slices.BinarySearchFunc(f.pieces, int32(i), func(p piece, i int32) int {
		switch {
		case p.to <= i:
			return -1
		case p.from > i:
			return 1
		}
		return 0
	})
	if !in {
		return -1
	}
	return n
}

// glob takes a word that has the literal of a glob.
func (f *finder) glob(g *glob, end int) {
	if from := end - len(g.literal); g.begins && from > 0 && isName(f.fold[from-1]) || g.ends && end < len(f.fold) && isName(f.fold[end]) {
		return
	}
	i := f.pieceAt(end - 1)
	if i < 0 || !globbed(g.pattern, f.word(i)) {
		return
	}
	p := f.pieces[i]
	view := Plain
	if p.marked {
		view = Folded
	}
	f.edges = append(f.edges, edge{p.start, p.end, int32(i), int32(i) + 1, g.word, view, false, false, false})
}

// sign takes a term that is not words.
func (f *finder) sign(g *sign, end int) {
	from := end - len(g.text)
	if g.left && f.inWord(from) || g.right && f.inWord(end) {
		return
	}
	start, stop := f.spots.start(from), f.spots.end(end, f.scanner.text)
	if stop <= start {
		return
	}
	raw := f.scanner.text[start:stop]
	view := Folded
	if strings.EqualFold(raw, g.raw[0]) {
		view = Plain
	}
	switch {
	case g.fold == FoldNone && (view != Plain || g.cased && raw != g.raw[0]):
	case g.cased && foldCase(raw) != g.cases[0]:
	default:
		f.hits = append(f.hits, Hit{Term: g.index, Start: start, End: stop, View: view})
	}
}

// inWord reports whether a word goes on over byte i of the folded view.
func (f *finder) inWord(i int) bool {
	if i == 0 || i == len(f.fold) {
		return false
	}
	before, _ := utf8.DecodeLastRune(f.fold[:i])
	after, _ := utf8.DecodeRune(f.fold[i:])
	return wordly(before) && wordly(after)
}

// wordly reports whether r is a letter or a digit, of a script with spaces
// between words.
func wordly(r rune) bool {
	k := kind(r)
	return k == letter || k == digit || k == mark
}

// follow finds the terms that the words make up.
func (f *finder) follow() {
	if len(f.edges) == 0 {
		return
	}
	slices.SortFunc(f.edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last), cmp.Compare(a.word, b.word),
			cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), shorter(a, b), cmp.Compare(a.view, b.view))
	})
	for i, e := range f.edges {
		if i > 0 && same(f.edges[i-1], e) {
			continue
		}
		entry := &f.words.all[e.word]
		f.path = append(f.path[:0], e)
		if entry.root != 0 {
			f.walk(entry.root, i)
		}
		if e.joined {
			for _, n := range entry.joined {
				f.reach(n, true)
			}
		}
	}
}

// shorter puts behind what is too short.
func shorter(a, b edge) int {
	switch {
	case a.short == b.short:
		return 0
	case b.short:
		return -1
	}
	return 1
}

func same(a, b edge) bool {
	a.view = b.view
	a.joined, a.free, a.short = b.joined, b.free, b.short
	return a == b
}

// walk goes on from a node that the path led to; i is its last edge.
func (f *finder) walk(at int32, i int) {
	n := &f.words.nodes[at]
	if len(n.terms) > 0 {
		f.reach(at, false)
	}
	if !n.more {
		return
	}
	e := f.edges[i]
	if int(e.last) >= len(f.pieces) {
		return
	}
	for j := max(i, 0) + 1; j < len(f.edges) && f.edges[j].first <= e.last; j++ {
		next := f.edges[j]
		if next.first != e.last || next.start < e.end {
			continue
		}
		to, ok := f.words.paths[uint64(at)<<32|uint64(next.word)]
		if !ok {
			continue
		}
		f.path = append(f.path, next)
		f.walk(to, j)
		f.path = f.path[:len(f.path)-1]
	}
}

// glued reports whether piece i goes on the word before it.
func (f *finder) glued(i int32) bool {
	return i > 0 && int(i) < len(f.pieces) && f.pieces[i].gap >= hyphened
}

// whole is how many letters a word has at least that is found in a compound.
const whole = 7

// reach takes the terms of a node that the path led to.
func (f *finder) reach(at int32, joined bool) {
	first, last := f.path[0], f.path[len(f.path)-1]
	left, right := !first.free && f.glued(first.first), !last.free && f.glued(last.last)
	if first.short && len(f.path) == 1 {
		return
	}
	view, worst := Plain, soft
	for i, e := range f.path {
		view = max(view, e.view)
		if i > 0 && int(e.first) < len(f.pieces) {
			if g := f.pieces[e.first].gap; g == hard {
				return
			} else if g == signed {
				worst = signed
			}
		}
	}
	for _, w := range f.words.nodes[at].terms {
		if w.fold != FoldEvasion && (view > Folded || worst == signed) {
			continue
		}
		if left || right {
			if w.fold != FoldEvasion || w.parts > 1 || f.tight(first.first, left) || f.tight(last.last, right) ||
				len(w.sounds[0]) < whole {
				continue
			}
		}
		if v, ok := f.agree(w, view, joined); ok {
			f.hits = append(f.hits, Hit{Term: w.index, Start: int(first.start), End: int(last.end), View: v})
		}
	}
}

// tight reports whether piece i is one with that before it by an apostrophe.
func (f *finder) tight(i int32, glued bool) bool { return glued && f.pieces[i].gap == elided }

// agree reports whether the path says w as it is to be said: in case and
// accents; and in which view.
func (f *finder) agree(w *want, view View, joined bool) (View, bool) {
	if joined {
		view = max(view, Joined)
	}
	if view > Folded {
		return view, !w.cased && w.fold == FoldEvasion
	}
	for i, e := range f.path {
		raw := f.scanner.text[e.start:e.end]
		p := &f.pieces[e.first]
		if w.sounds[i] == nil { // a glob
			if w.fold == FoldNone && p.marked || w.cased && !globbed(w.cases[i], []byte(foldCase(raw))) {
				return view, false
			}
			continue
		}
		exact := strings.EqualFold(raw, w.raw[i])
		switch {
		case w.fold == FoldNone && (!exact || w.cased && raw != w.raw[i]):
			return view, false
		case w.cased && foldCase(raw) != w.cases[i]:
			return view, false
		case exact:
			continue
		}
		view = Folded
		if w.parts > 1 {
			continue
		}
		f.text = sounds(f.text[:0], raw)
		if !sameWord(f.text, w.sounds[i], !p.marked && p.capital && strings.ToUpper(raw) == raw) {
			return view, false
		}
	}
	if view == Folded && f.plainly(w) {
		view = Plain
	}
	return view, true
}

// plainly reports whether all words stand there as the term has them.
func (f *finder) plainly(w *want) bool {
	for i, e := range f.path {
		if raw := f.scanner.text[e.start:e.end]; w.sounds[i] == nil || !strings.EqualFold(raw, w.raw[i]) {
			return false
		}
	}
	return true
}
