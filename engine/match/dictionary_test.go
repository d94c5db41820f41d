package match

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// list is the lines of a file of testdata, without comments.
func list(tb testing.TB, name string) []string {
	tb.Helper()
	src, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(src)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

func evasive(words []string) []Term {
	var terms []Term
	for _, w := range words {
		terms = append(terms, Term{Text: w, Fold: FoldEvasion})
	}
	return terms
}

// No word of a dictionary is hit but those that are terms, in whatever case,
// and what belongs to them.
func TestDictionary(t *testing.T) {
	words := list(t, "terms.txt")
	s := mustNew(t, evasive(words))
	listed := map[string]bool{}
	for _, w := range words {
		listed[strings.ToLower(w)] = true
	}
	read := 0
	for _, file := range []string{"french", "british-english"} {
		src, err := os.ReadFile("/usr/share/dict/" + file)
		if err != nil {
			t.Log("skipped: Debian's wfrench and wbritish are not both installed")
			continue
		}
		hits := 0
		for word := range strings.Lines(string(src)) {
			word = strings.TrimSpace(word)
			read++
			if !utf8.ValidString(word) || listed[strings.ToLower(strings.TrimSuffix(word, "'s"))] {
				continue
			}
			text := word + "\n«" + word + "», l'" + word + " !"
			for _, h := range s.Find(nil, text) {
				hits++
				t.Errorf("%s: %q in %q is hit by %q in the view %s", file, text[h.Start:h.End], text, words[h.Term], h.View)
			}
			if hits > 40 {
				t.Fatal("and more")
			}
		}
		t.Logf("%s: %d hits", file, hits)
	}
	if read == 0 {
		t.Skip("no dictionary in /usr/share/dict: Debian has them as wfrench and wbritish")
	}
}
