package match

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// words are the words of all terms, by what they look like, and the terms as
// paths of words.
type words struct {
	all   []entry
	byKey map[string]int32 // while terms are added
	paths map[uint64]int32 // node and word → node
	nodes []node           // the first is where terms begin

	filter []uint64 // of hashes: a bit that is not set says no
	slots  []slot

	likes map[uint32][]int32 // evasive words by their likeness
	masks map[mask][]int32   // the same, by first letter and length
}

// An entry is a word of a term.
type entry struct {
	text   string // as the folded view has it; "" of a glob
	runes  []rune
	root   int32 // the node of the terms that begin with it, or 0
	glob   bool
	joined []int32 // nodes of phrases that are this word when they are written as one
}

// A node is where a term may end.
type node struct {
	terms []*want
	more  bool // words follow
}

// A want is a term.
type want struct {
	index  int
	fold   Fold
	cased  bool
	raw    []string  // of each word, as the term has it
	cases  []string  // the same, folded but for case
	sounds [][]sound // of each word
	parts  int
}

type slot struct {
	hash uint32
	word int32 // and one more: 0 is none
}

type mask struct {
	first  rune
	length int
}

func newWords() words {
	return words{
		byKey: map[string]int32{}, paths: map[uint64]int32{}, nodes: make([]node, 1),
		likes: map[uint32][]int32{}, masks: map[mask][]int32{},
	}
}

// add is the number of a word.
func (w *words) add(text string, glob bool) (int32, bool) {
	key := text
	if glob {
		key = "\x00" + text
	}
	if n, ok := w.byKey[key]; ok {
		return n, false
	}
	n := int32(len(w.all))
	w.byKey[key] = n
	e := entry{text: text, glob: glob}
	if !glob {
		e.runes = []rune(text)
	}
	w.all = append(w.all, e)
	return n, true
}

// path is the node behind a word.
func (w *words) path(from, word int32) int32 {
	key := uint64(from)<<32 | uint64(word)
	to, ok := w.paths[key]
	if !ok {
		to = int32(len(w.nodes))
		w.nodes = append(w.nodes, node{})
		w.nodes[from].more = true
		w.paths[key] = to
		if from == 0 {
			w.all[word].root = to
		}
	}
	return to
}

// disguise lets a word be found in disguise.
func (w *words) disguise(word int32) {
	e := &w.all[word]
	if len(e.runes) > longest {
		return
	}
	like := likenessOf(e.runes)
	for _, other := range w.likes[like] {
		if other == word {
			return
		}
	}
	w.likes[like] = append(w.likes[like], word)
	if len(e.runes) > 2 {
		m := mask{e.runes[0], len(e.runes)}
		w.masks[m] = append(w.masks[m], word)
	}
}

// seal makes the table for looking up.
func (w *words) seal() {
	n := 0
	for _, e := range w.all {
		if !e.glob {
			n++
		}
	}
	w.byKey = nil
	if n == 0 {
		return
	}
	w.filter = make([]uint64, max(16, 1<<bits.Len(uint(n*16-1))/64))
	w.slots = make([]slot, 1<<bits.Len(uint(n*2-1)))
	for i, e := range w.all {
		if e.glob {
			continue
		}
		h := hash(append([]byte(e.text), make([]byte, 8)...), len(e.text))
		w.filter[h>>6&uint32(len(w.filter)-1)] |= 1 << (h & 63)
		at := h & uint32(len(w.slots)-1)
		for w.slots[at].word != 0 {
			at = (at + 1) & uint32(len(w.slots)-1)
		}
		w.slots[at] = slot{h, int32(i) + 1}
	}
}

// lookup is the word that b begins with, n bytes long, or -1; eight bytes more
// can be read.
func (w *words) lookup(b []byte, n int) int32 {
	h := hash(b, n)
	if len(w.filter) == 0 || w.filter[h>>6&uint32(len(w.filter)-1)]>>(h&63)&1 == 0 {
		return -1
	}
	for at := h & uint32(len(w.slots)-1); ; at = (at + 1) & uint32(len(w.slots)-1) {
		switch s := w.slots[at]; {
		case s.word == 0:
			return -1
		case s.hash == h && w.all[s.word-1].text == string(b[:n]):
			return s.word - 1
		}
	}
}

// hash is of the first n bytes of b, after which eight more can be read.
func hash(b []byte, n int) uint32 {
	const k = 0x9e3779b97f4a7c15
	h := uint64(n) * k
	for ; n > 8; n -= 8 {
		h = (h ^ binary.LittleEndian.Uint64(b)) * k
		h ^= h >> 32
		b = b[8:]
	}
	h = (h ^ binary.LittleEndian.Uint64(b)<<(64-8*uint(n))) * k
	h = (h ^ h>>29) * k
	return uint32(h >> 32)
}

// longest is how many letters a word in disguise has at most.
const longest = 63

// like is the letter that stands for all that a sign may mean as well as r.
func like(r rune) rune {
	switch r {
	case 'l':
		return 'i'
	case 'b', 'q':
		return 'g'
	}
	return r
}

// likenessOf is the same for all words that may look alike in disguise.
func likenessOf(word []rune) uint32 {
	h := newLikeness()
	for _, r := range word {
		h.add(like(r))
	}
	return h.sum
}

// A likeness is a hash in which letters that follow each other count once.
type likeness struct {
	sum  uint32
	last rune
}

func newLikeness() likeness { return likeness{2166136261, utf8.MaxRune + 1} }

func (h *likeness) add(r rune) {
	if r != h.last {
		h.sum = (h.sum ^ uint32(r)) * 16777619
		h.last = r
	}
}
