package text_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

func TestSentences(t *testing.T) {
	for in, want := range map[string][]string{
		"":                      nil,
		"  \n":                  nil,
		"Un pain":               {"Un pain"},
		"Un pain. Deux pains !": {"Un pain.", "Deux pains !"},
		"M. Dupain, p. 3, dit : « Oui. » Puis il rit.": {"M. Dupain, p. 3, dit : « Oui. »", "Puis il rit."},
		"Quoi ? dit-il. Rien… ou presque.":             {"Quoi ? dit-il.", "Rien… ou presque."},
		"One loaf. 🎉 Two!":                             {"One loaf.", "🎉 Two!"},
		"Une ligne\nUne autre\net sa suite":            {"Une ligne", "Une autre\net sa suite"},
	} {
		var got []string
		for _, s := range text.Sentences(in) {
			got = append(got, in[s[0]:s[1]])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// FuzzProse: what is found in a block's prose is found in the Markdown, just as
// it is read, or not surely; sentences hold all that is no blank, in order.
func FuzzProse(f *testing.F) {
	for _, s := range []string{"Un **pain** et\nun [lien](https://a.example) &amp; `code` \\* ![alt](a.png) @{ana}", "- a\n- b *c*d", "| a | b |\n|---|---|\n| c | d |", "> é\u0301 « oui »\n> non", "M. X. Oui ! 🎉"} {
		f.Add(s)
	}
	parser := text.NewParser()
	f.Fuzz(func(t *testing.T, markdown string) {
		doc, _ := parser.Parse([]byte(markdown))
		for _, part := range doc.Parts {
			part.Walk(func(b text.Block) {
				prose := text.Prose(&b)
				for i := 0; i < len(prose) && i < 60; {
					_, n := utf8.DecodeRuneInString(prose[i:])
					from, to, sure := text.Locate(&b, markdown, i, i+n)
					if sure && markdown[from:to] != prose[i:i+n] || from < 0 || to < from || to > len(markdown) {
						t.Fatalf("%q at %d of %q: %d to %d", prose[i:i+n], i, prose, from, to)
					}
					i += n
				}
				last := 0
				for _, s := range text.Sentences(prose) {
					if s[0] < last || s[1] <= s[0] || s[1] > len(prose) {
						t.Fatalf("%q: %v", prose, s)
					}
					last = s[1]
				}
			})
		}
	})
}
