package match

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A builder makes a set.
type builder struct {
	*Set
	patterns  []string
	scanner   scanner
	wordClass string // what \w is, once it was asked for
	wordRunes []rune // the same, by first and last of each range
}

// A sign is a term that is not words.
type sign struct {
	*want
	text        string // as the folded view has it
	left, right bool   // a word ends there
}

// pattern has the automaton look for text.
func (b *builder) pattern(text string, kind needKind, index int) {
	b.patterns = append(b.patterns, text)
	b.needs = append(b.needs, need{kind, index, len(text)})
}

func (b *builder) term(index int, t Term) error {
	if !utf8.ValidString(t.Text) {
		return errors.New("is not valid UTF-8")
	}
	text := strings.TrimSpace(t.Text)
	switch t.As {
	case "":
		t.As = Word
	case Prefix:
		text = strings.TrimSuffix(text, "*")
	case Suffix:
		text = strings.TrimPrefix(text, "*")
	case Word, Phrase, Wildcard:
	default:
		return fmt.Errorf("as is %q; it must be word, prefix, suffix, phrase or wildcard", t.As)
	}
	switch t.Fold {
	case "":
		t.Fold = FoldStandard
	case FoldNone, FoldStandard, FoldEvasion:
	default:
		return fmt.Errorf("fold is %q; it must be none, standard or evasion", t.Fold)
	}
	s := &b.scanner
	s.keep, s.wild = true, t.As == Wildcard
	s.scan(text)
	if strings.TrimSpace(string(s.fold)) == "" {
		return errors.New("nothing of it can be seen: a term needs a letter, a digit or a sign")
	}
	w := &want{index: index, fold: t.Fold, cased: t.Case}
	if s.bare() {
		return b.sign(w, t.As, text)
	}
	if w.parts = len(s.pieces); w.parts > longest {
		return fmt.Errorf("has %d words; %d is the most", w.parts, longest)
	}
	at := int32(0)
	var numbers []int32
	for i, p := range s.pieces {
		word, raw := string(s.word(i)), text[p.start:p.end]
		pattern := word
		switch {
		case t.As == Prefix && i == w.parts-1:
			pattern += "*"
		case t.As == Suffix && i == 0:
			pattern = "*" + pattern
		}
		isGlob := pattern != word || t.As == Wildcard && strings.ContainsAny(word, "*?")
		if isGlob && literal(pattern) == "" {
			return errors.New("a wildcard needs a letter that it is not for")
		}
		n, added := b.words.add(pattern, isGlob)
		if isGlob && added {
			g := newGlob(pattern, n)
			b.pattern(g.literal, needGlob, len(b.globs))
			b.globs = append(b.globs, g)
		}
		if t.Fold == FoldEvasion {
			b.evasive = true
			if isGlob {
				for g := range b.globs {
					b.globs[g].evasive = b.globs[g].evasive || b.globs[g].word == n
				}
			} else {
				b.words.disguise(n)
			}
		}
		at = b.words.path(at, n)
		numbers = append(numbers, n)
		w.raw = append(w.raw, raw)
		cased := foldCase(raw)
		if isGlob {
			cased = strings.Replace(pattern, word, cased, 1)
		}
		w.cases = append(w.cases, cased)
		if isGlob {
			w.sounds = append(w.sounds, nil)
		} else {
			w.sounds = append(w.sounds, sounds(nil, raw))
		}
	}
	b.words.nodes[at].terms = append(b.words.nodes[at].terms, w)
	if t.Fold == FoldEvasion && w.parts > 1 && !slices.ContainsFunc(s.pieces[1:], func(p piece) bool { return p.before&hasSpace == 0 }) {
		b.oneWord(at, numbers)
	}
	return nil
}

// oneWord lets a phrase be found where it is written as one word.
func (b *builder) oneWord(at int32, numbers []int32) {
	var whole strings.Builder
	for _, n := range numbers {
		if b.words.all[n].glob {
			return
		}
		whole.WriteString(b.words.all[n].text)
	}
	n, _ := b.words.add(whole.String(), false)
	b.words.disguise(n)
	e := &b.words.all[n]
	for _, to := range e.joined {
		if to == at {
			return
		}
	}
	e.joined = append(e.joined, at)
}

// bare reports whether a text has more than words and what may stand between
// them.
func (s *scanner) bare() bool {
	if len(s.pieces) == 0 || s.pieces[0].from > 0 || int(s.pieces[len(s.pieces)-1].to) < len(s.fold) {
		return true
	}
	for _, p := range s.pieces[1:] {
		if p.before&(hasJoint|hasOther|hasQuote|hasLine) != 0 {
			return true
		}
	}
	return false
}

// sign adds a term that is not words: it is found as it stands, where no word
// goes on at an end that is a letter.
func (b *builder) sign(w *want, as As, text string) error {
	if as == Wildcard && strings.ContainsAny(text, "*?") {
		return errors.New("a wildcard is for words; a regex can say this")
	}
	s := &b.scanner
	s.wild = false
	s.scan(text)
	folded := string(s.fold)
	n := len(s.pieces)
	g := sign{want: w, text: folded}
	g.left = as != Suffix && n > 0 && s.pieces[0].from == 0
	g.right = as != Prefix && n > 0 && int(s.pieces[n-1].to) == len(folded)
	w.raw = []string{text}
	w.cases = []string{foldCase(text)}
	b.pattern(folded, needSign, len(b.marks))
	b.marks = append(b.marks, g)
	return nil
}

// foldCase is the folded view of s with its case kept.
func foldCase(s string) string {
	to := make([]byte, 0, len(s))
	for _, r := range s {
		to, _ = fold(to, r, true)
	}
	return string(to)
}
