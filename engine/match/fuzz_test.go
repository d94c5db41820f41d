package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// say is a hit without the index of its term.
func say(h Hit, terms []Term, regexes []Regex) string {
	what := ""
	if h.Regex {
		what = regexes[h.Term].Expr
	} else {
		what = fmt.Sprintf("%+v", terms[h.Term])
	}
	return fmt.Sprintf("%d-%d %s %s", h.Start, h.End, h.View, what)
}

// Whatever the text and the terms are: hits are in order, once each, from
// character to character; the order of the terms is no matter, nor what is
// looked for beside them; what one view finds another does not lose.
func FuzzFind(f *testing.F) {
	for _, word := range []string{"con", "fils de pute", "c*n?rd", "s&m", "傻逼", "l'âne", "ｃｏｎ", "🖕", "a.b", "й"} {
		for _, text := range []string{"", "quel c0n, c.o.n, c o n n @ r d", "l’âne e\u0301\u0302 \u200b傻逼", "\xff\xc3con\xf0\x9f", "f i l s  d e  p u t e", "@ss a@b.fr http://x/y", "ﷺ ﬁls ǅ İı ẞ ㎏", "й\u0306и\u0306 сон сor", "coooooon*** (c(o(n"} {
			f.Add(text, word, "pute")
		}
	}
	f.Fuzz(checkFind)
}

func checkFind(t *testing.T, text, a, b string) {
	if len(text) > 2000 || len(a) > 200 || len(b) > 200 {
		return
	}
	var terms []Term
	for _, word := range []string{a, b} {
		for _, as := range []As{Word, Prefix, Suffix, Phrase, Wildcard} {
			for _, fold := range []Fold{FoldNone, FoldStandard, FoldEvasion} {
				for _, cased := range []bool{false, true} {
					term := Term{word, as, fold, cased}
					if _, err := New([]Term{term}, nil); err == nil {
						terms = append(terms, term)
					}
				}
			}
		}
	}
	regexes := []Regex{{Expr: `(?i)\bpute(s|rie)?\b`}, {Expr: `\S+\s`, Slow: true}, {Expr: `é`, Slow: true}}
	s := mustNew(t, terms, regexes...)
	hits := s.Find(nil, text)
	var said []string
	for i, h := range hits {
		if h.Start < 0 || h.Start >= h.End || h.End > len(text) {
			t.Fatalf("%+v in %q", h, text)
		}
		if utf8.ValidString(text) && (!utf8.RuneStart(text[h.Start]) || h.End < len(text) && !utf8.RuneStart(text[h.End])) {
			t.Errorf("%+v cuts a character of %q", h, text)
		}
		if i > 0 && (order(hits[i-1], h) >= 0) {
			t.Errorf("%+v before %+v", hits[i-1], h)
		}
		said = append(said, say(h, terms, regexes))
	}
	slices.Sort(said)
	turned := slices.Clone(terms)
	slices.Reverse(turned)
	var again []string
	for _, h := range mustNew(t, turned, regexes...).Find(nil, text) {
		again = append(again, say(h, turned, regexes))
	}
	slices.Sort(again)
	if !slices.Equal(said, again) {
		t.Errorf("the order of the terms changes what is found in %q:\n%s\n\n%s", text, strings.Join(said, "\n"), strings.Join(again, "\n"))
	}
	var alone []string
	for i, term := range terms {
		if one := []Term{term}; i%5 == len(text)%5 {
			for _, h := range mustNew(t, one).Find(nil, text) {
				alone = append(alone, say(h, one, nil))
			}
		}
	}
	slices.Sort(alone)
	said = said[:0]
	for _, h := range hits {
		if !h.Regex && h.Term%5 == len(text)%5 {
			said = append(said, say(h, terms, regexes))
		}
	}
	slices.Sort(said)
	if !slices.Equal(said, alone) {
		t.Errorf("terms find other things alone in %q:\n%s\n\n%s", text, strings.Join(said, "\n"), strings.Join(alone, "\n"))
	}
	wider := map[string]bool{}
	for i, h := range hits {
		if !h.Regex && !terms[h.Term].Case {
			wider[fmt.Sprint(hits[i].Start, hits[i].End, terms[h.Term].Text, terms[h.Term].As, terms[h.Term].Fold)] = true
		}
	}
	for _, h := range hits {
		if !h.Regex && terms[h.Term].Fold != FoldEvasion && !terms[h.Term].Case && !wider[fmt.Sprint(h.Start, h.End, terms[h.Term].Text, terms[h.Term].As, FoldEvasion)] {
			t.Errorf("a wider fold loses %+v of %+v in %q", h, terms[h.Term], text)
		}
	}
	Views(text)
}

// A regex or an expression that nobody thought of: an error or a set, no panic.
func FuzzNew(f *testing.F) {
	for _, expr := range []string{`\bfoo\b`, `(?i)[\w-]+bar`, `\Q\b\E`, `[]a]foo`, `a|foo`, `(?s:foo.)`, `\pLfoo`, `foo{2,3}\b`, `[[:alpha:]]foo`, `(foo|bar)+$`, `f[o0]{2}`} {
		f.Add(expr, "foo bar foobar f00 été")
	}
	f.Fuzz(checkRegex)
}

func checkRegex(t *testing.T, expr, text string) {
	if len(expr) > 60 || len(text) > 500 {
		return
	}
	quick, err := New(nil, []Regex{{Expr: expr}})
	if err != nil {
		return
	}
	slow, err := New(nil, []Regex{{Expr: expr, Slow: true}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := quick.Find(nil, text), slow.Find(nil, text); !slices.Equal(a, b) {
		t.Errorf("%s in %q: with its literal %v, without %v", expr, text, a, b)
	}
}
