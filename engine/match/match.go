// Package match finds terms and expressions in untrusted text, through every
// disguise it knows, and says where in the raw text they stand.
//
// # Views
//
// A text is looked at in several ways. A view is added, never put in place of
// another: what the plain text says is found whatever the others make of it.
//
//   - plain: as it was written, but for case.
//   - folded: NFKD, without marks and invisible characters; œ is oe, æ is ae, ß
//     is ss.
//   - confusable: a word with letters of other alphabets is read as Latin, where
//     the whole of it can be. A word without one Latin letter is so read only if
//     the text has no other word of that alphabet that cannot.
//   - leet: a word that has letters, and digits or signs that stand for letters
//     (c0nn@rd), at least as many letters as digits.
//   - joined: letters that stand alone, three or more (c o n, c.o.n), with or
//     without a word of one letter before or behind ("a c o n"); and the pieces of a
//     word that only signs part (con.nard), from five letters on; and a phrase
//     that is written as one word, from eight on or behind a #.
//   - squeezed: a letter that stands three times or more may be meant once or
//     twice, each by itself (asshoooole).
//   - masked: * # @ • █ ■ among letters, not more of them than letters, stand for
//     one letter each (f*ck); # and @ only in words of four.
//
// Disguises add up: "c 0 n n @ r d" is joined and leet. A hit says the last of
// the list that it needs. Regexes and what is not a word see plain and folded.
//
// # Accents
//
// Accents make words: bite is not bité, gueule is not gueulé. Where text and
// term differ in accents only, they are the same word if the text's accents are
// none that French has in that place (cönnard, mérde), if the text is in
// capitals, in a phrase, or if the word has six letters or more and the
// difference is not that of a last e (batard, bâtard). In every view beyond
// folded, accents do not count. A short word that people also write without its
// accents (pede, encule) so wants a term of its own.
//
// # Words
//
// A word is a run of letters and digits. Han and Hiragana, Thai and its
// neighbours, which put no space between words, match anywhere.
//
// After a French elision (l' d' qu' j' …, ’ too) a new word begins: "l'arbre",
// "d'enculé". Not where pronoun and verb are one (j'ai, t'as, n'ont, l'a), so that
// AI is not in "j'ai" but is in "l'AI". After 's a word ends (bitch's). Any other
// apostrophe between letters joins: aujourd'hui, don't, p'tit.
//
// A hyphen between letters joins: cul is not in "cul-de-sac", a phrase may be
// in its hyphened form. It parts before -là, -ci and pronouns (con-là, suce-moi),
// and with FoldEvasion words of seven letters and more are found in a compound
// (connard-de-merde). A phrase goes over spaces, hyphens, apostrophes and
// quotation marks, in the evasive views over . / _ | + = , without a space too.
//
// No term is found inside web and e-mail addresses and @names, unless it looks
// like one itself or has other characters than letters. "@ss" may be read as
// leet.
package match

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// As is how a term stands in a word.
type As string

// The ways to stand. A term of several words is a phrase whatever it is called;
// Prefix then is of its last word, Suffix of its first.
const (
	Word     As = "word"
	Prefix   As = "prefix"
	Suffix   As = "suffix"
	Phrase   As = "phrase"
	Wildcard As = "wildcard" // * any letters within a word, none too; ? one
)

// Fold is which views a term is looked for in.
type Fold string

// The folds, each with the views of the one before.
const (
	FoldNone     Fold = "none"     // plain, byte for byte but for case
	FoldStandard Fold = "standard" // plain and folded
	FoldEvasion  Fold = "evasion"  // all
)

// Term is something to find. No As is Word, no Fold is FoldStandard.
type Term struct {
	Text string
	As   As
	Fold Fold
	Case bool // case counts: plain and folded only
}

// Regex is an RE2 expression; it sees the raw text and its folded view, whose
// case is kept. \w and \s are Unicode's. \b is too, where an expression begins
// or ends with it and a word character stands inside; elsewhere it is an error,
// as is \B.
type Regex struct {
	Expr string
	Slow bool // it may do without a literal of three bytes, and so runs on every text
}

// Hit is one place where a term or a regex was found.
type Hit struct {
	Term       int // the index of the term or the regex
	Regex      bool
	Start, End int // bytes of the raw text; whole words, but for regexes and what is not a word
	View       View
}

// Set is what to find. It may be used by many at once.
type Set struct {
	words   words
	marks   []sign // terms that are not words
	globs   []glob
	regexes []compiled
	slow    []int // regexes without a literal
	auto    automaton
	needs   []need // of each pattern of the automaton
	evasive bool
	spare   sync.Pool
}

// A need says what a pattern of the automaton was put there for.
type need struct {
	kind   needKind
	index  int
	length int
}

type needKind uint8

const (
	needGlob needKind = iota
	needSign
	needRegex
	needStart // of a regex, where a word begins
)

// New makes a set. An error names the index of what is wrong, and why.
func New(terms []Term, regexes []Regex) (*Set, error) {
	s := &Set{words: newWords()}
	b := builder{Set: s}
	for i, t := range terms {
		if err := b.term(i, t); err != nil {
			return nil, fmt.Errorf("term %d, %q: %w", i, t.Text, err)
		}
	}
	for i, r := range regexes {
		if err := b.regex(i, r); err != nil {
			return nil, fmt.Errorf("regex %d, %q: %w", i, r.Expr, err)
		}
	}
	s.words.seal()
	s.auto = newAutomaton(b.patterns)
	s.spare.New = func() any { return &finder{Set: s} }
	return s, nil
}

// Find appends all hits in all views to dst, sorted by place, each term and span
// once, in the view that is least of a disguise.
func (s *Set) Find(dst []Hit, text string) []Hit {
	f := s.spare.Get().(*finder)
	defer s.spare.Put(f)
	from := len(dst)
	dst = f.find(dst, text)
	found := dst[from:]
	if len(found) < 2 {
		return dst
	}
	slices.SortFunc(found, func(a, b Hit) int {
		if c := order(a, b); c != 0 {
			return c
		}
		return cmp.Compare(a.View, b.View)
	})
	found = slices.CompactFunc(found, func(a, b Hit) bool { return order(a, b) == 0 })
	return dst[:from+len(found)]
}

// order is by place; terms stand before regexes.
func order(a, b Hit) int {
	if a.Regex != b.Regex && a.Start == b.Start && a.End == b.End {
		if a.Regex {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Term, b.Term))
}
