package check

import (
	"slices"
	"strings"
	"testing"
)

// What is taken for a mention stands where it is said to, and a capital is all
// that a tag is told to change.
func FuzzWords(f *testing.F) {
	f.Add("Merci @ana@m.example, a@b.c et @bob.", "galettedesrois", "la galette des rois")
	f.Add("@", "fêtedelépiphanie", "La fête de l'E\u0301piphanie")
	f.Add("(@_x-", "\u0301日本語tag", "日本語 tag")
	f.Fuzz(func(t *testing.T, s, tag, said string) {
		if word, at := mention(s); word != "" && (!strings.HasPrefix(s[at:], word) || word[0] != '@' || len(word) == 1) {
			t.Errorf("%q at %d of %q", word, at, s)
		}
		var ps phrases
		for _, w := range strings.Fields(said) {
			ps = append(ps, letters(w))
		}
		if camel := ps.camel(tag, letters(tag)); camel != "" && !slices.Equal(letters(camel), letters(tag)) {
			t.Errorf("%q became %q", tag, camel)
		}
	})
}
