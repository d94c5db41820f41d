package moderate

import (
	"cmp"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A finder looks once through a text for the words and the regular expressions
// of all rules.
type finder struct {
	set     *match.Set
	groups  []group
	terms   [][]int32 // groups that a term is of
	regexes [][]int32 // groups that a regular expression is of
}

// A group is terms that mean the same to whoever asks for them.
type group struct {
	what  string // for people: the list's name, "words" or "regex"
	allow []int  // groups of what makes its hits harmless
}

// gather collects the terms of rules for a finder.
type gather struct {
	groups  []group
	terms   []match.Term
	regexes []match.Regex
	places  []func() schema.Pos // of terms
	ofTerm  [][]int32
	ofRegex [][]int32
	at      map[match.Term]int
	lists   map[lookup]int // groups of lists by what is asked of them
}

// A lookup is a list as a rule asks for it.
type lookup struct {
	list string
	as   match.As
	fold match.Fold
	cas  bool
}

func (g *gather) group(what string) int {
	g.groups = append(g.groups, group{what: what})
	return len(g.groups) - 1
}

func (g *gather) term(of int, t match.Term, at func() schema.Pos) {
	if schema.NoTerm(t.Text) != "" {
		return // it is a problem already
	}
	if g.at == nil {
		g.at = map[match.Term]int{}
	}
	i, known := g.at[t]
	if !known {
		i = len(g.terms)
		g.at[t] = i
		g.terms, g.ofTerm, g.places = append(g.terms, t), append(g.ofTerm, nil), append(g.places, at)
	}
	if n := len(g.ofTerm[i]); n == 0 || g.ofTerm[i][n-1] != int32(of) { // twice in one list is once
		g.ofTerm[i] = append(g.ofTerm[i], int32(of))
	}
}

func (g *gather) regex(of int, r match.Regex) {
	g.regexes, g.ofRegex = append(g.regexes, r), append(g.ofRegex, []int32{int32(of)})
}

// termOf reads a term as it is written: a * at an end, or inside, says more
// than the rule's as does, and so do blanks.
func termOf(text string, as match.As, fold match.Fold, cas bool) match.Term {
	text = strings.Join(strings.Fields(text), " ")
	bare := strings.Trim(text, "*")
	switch {
	case strings.Contains(bare, "*") || strings.HasPrefix(text, "*") && strings.HasSuffix(text, "*"):
		return match.Term{Text: text, As: match.Wildcard, Fold: fold, Case: cas}
	case strings.HasPrefix(text, "*"):
		return match.Term{Text: bare, As: match.Suffix, Fold: fold, Case: cas}
	case strings.HasSuffix(text, "*"):
		return match.Term{Text: bare, As: match.Prefix, Fold: fold, Case: cas}
	case strings.Contains(text, " ") && as == match.Word:
		as = match.Phrase
	}
	return match.Term{Text: text, As: as, Fold: fold, Case: cas}
}

func asOf(w *schema.Words) match.As     { return cmp.Or(match.As(w.As), match.Word) }
func foldOf(w *schema.Words) match.Fold { return cmp.Or(match.Fold(w.Fold), match.FoldStandard) }

// list is the group of a list as a rule asks for it.
func (g *gather) list(name string, list *list, w *schema.Words) int {
	key := lookup{name, asOf(w), foldOf(w), w.Case}
	if i, known := g.lists[key]; known {
		return i
	}
	i := g.group(name)
	for _, t := range list.terms {
		g.term(i, termOf(t.Text, key.as, key.fold, key.cas), func() schema.Pos { return t.Pos })
	}
	if len(list.Allow) > 0 {
		spares := g.group(name)
		for n, t := range list.Allow {
			g.term(spares, termOf(t, match.Word, key.fold, key.cas), func() schema.Pos { return list.allowAt(n) })
		}
		g.groups[i].allow = []int{spares}
	}
	if g.lists == nil {
		g.lists = map[lookup]int{}
	}
	g.lists[key] = i
	return i
}

// build makes the finder of all that was gathered. Where a term cannot be
// looked for, odd is told.
func (g *gather) build(odd func(at schema.Pos, err error)) finder {
	set, err := match.New(g.terms, g.regexes)
	if err != nil {
		set, _ = match.New(nil, nil)
		for i, t := range g.terms {
			if _, err := match.New([]match.Term{t}, nil); err != nil {
				odd(g.places[i](), err)
			}
		}
	}
	return finder{set, g.groups, g.ofTerm, g.ofRegex}
}

// find looks through a text.
func (f *finder) find(l *look) {
	l.finder = f
	l.hits = f.set.Find(l.hits[:0], l.item.Text)
	if len(l.groups) < len(f.groups) {
		l.groups = make([][]int32, len(f.groups))
	}
	for _, g := range l.full {
		l.groups[g] = l.groups[g][:0]
	}
	l.full = l.full[:0]
	for i, h := range l.hits {
		of := f.terms
		if h.Regex {
			of = f.regexes
		}
		for _, g := range of[h.Term] {
			if len(l.groups[g]) == 0 {
				l.full = append(l.full, int(g))
			}
			l.groups[g] = append(l.groups[g], int32(i))
		}
	}
}
