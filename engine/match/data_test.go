package match

import (
	"bufio"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// data opens a file of the moderation data, or skips.
func data(t *testing.T, name ...string) *os.File {
	t.Helper()
	folder := os.Getenv("IMPRIMATUR_TESTDATA")
	if folder == "" {
		t.Skip("IMPRIMATUR_TESTDATA names no folder with the moderation data")
	}
	f, err := os.Open(filepath.Join(append([]string{folder, "moderation"}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func lines(t *testing.T, f *os.File) []string {
	t.Helper()
	var all []string
	for in := bufio.NewScanner(f); in.Scan(); {
		if s := strings.TrimSpace(in.Text()); s != "" && s[0] != '%' {
			all = append(all, s)
		}
	}
	return all
}

// HateCheck's spellings are of cases that it has plainly too. What they hide is
// to be found whatever word it is, so that all words of those cases are terms;
// false alarms are counted with those words that benign cases seldom have, and a
// list of insults.
func TestHateCheck(t *testing.T) {
	rows, err := csv.NewReader(data(t, "hatecheck", "test_suite_cases.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[strings.TrimPrefix(name, "\ufeff")] = i
	}
	get := func(row []string, name string) string { return row[col[name]] }
	rows = rows[1:]
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' })
	}
	benign, hateful := map[string]int{}, map[string]int{}
	for _, row := range rows {
		to := hateful
		if get(row, "label_gold") == "non-hateful" {
			to = benign
		}
		if strings.HasPrefix(get(row, "functionality"), "spell_") {
			continue
		}
		for _, w := range slices.Compact(slices.Sorted(slices.Values(words(get(row, "test_case"))))) {
			to[w]++
		}
	}
	var list, every []string
	for w, n := range hateful {
		if len(w) >= 3 {
			every = append(every, w)
			if n > 3*benign[w] {
				list = append(list, w)
			}
		}
	}
	list = append(list, lines(t, data(t, "ldnoobw", "en"))...)
	slices.Sort(list)
	list = slices.Compact(list)
	of := func(list []string, fold Fold) *Set {
		var terms []Term
		for _, w := range list {
			terms = append(terms, Term{Text: w, Fold: fold})
		}
		return mustNew(t, terms)
	}
	plain, evasive := of(list, FoldNone), of(list, FoldEvasion)
	plainly, found := of(every, FoldNone), of(every, FoldEvasion)
	cases := map[string]string{}
	for _, row := range rows {
		cases[get(row, "case_id")] = get(row, "test_case")
	}
	// hidden counts the cases of which the spelling hides a listed word of the
	// base, and in how many all such words are found again.
	type count struct{ all, any, plain, hidden, found int }
	counts := map[string]*count{}
	falseAlarms := [2]int{}
	for _, row := range rows {
		text := get(row, "test_case")
		if get(row, "label_gold") == "non-hateful" {
			if len(plain.Find(nil, text)) > 0 {
				falseAlarms[0]++
			}
			if len(evasive.Find(nil, text)) > 0 {
				falseAlarms[1]++
			}
		}
		c := counts[get(row, "functionality")]
		if c == nil {
			c = &count{}
			counts[get(row, "functionality")] = c
		}
		base, ok := cases[get(row, "ref_case_id")]
		if !ok || !strings.HasPrefix(get(row, "functionality"), "spell_") {
			continue
		}
		c.all++
		if name := get(row, "functionality"); name == "spell_leet_h" && len(base) != len(text) ||
			name == "spell_space_add_h" && !strings.EqualFold(strings.ReplaceAll(base, " ", ""), strings.ReplaceAll(text, " ", "")) {
			continue // more than the spelling is other than in the base
		}
		terms := func(s *Set, text string) map[int]int {
			m := map[int]int{}
			for _, h := range s.Find(nil, text) {
				m[h.Term]++
			}
			return m
		}
		before, now, after := terms(plainly, base), terms(plainly, text), terms(found, text)
		if len(evasive.Find(nil, text)) > 0 {
			c.any++
		}
		if len(plain.Find(nil, text)) > 0 {
			c.plain++
		}
		for term, n := range before {
			if now[term] < n {
				c.hidden++
				if after[term] >= n {
					c.found++
				}
			}
		}
	}
	for _, name := range []string{"spell_leet_h", "spell_space_add_h", "spell_space_del_h", "spell_char_swap_h", "spell_char_del_h"} {
		c := counts[name]
		t.Logf("%-18s %d cases: hit %.1f %% plain, %.1f %% evasive; of %d hidden words %.1f %% found", name, c.all,
			100*float64(c.plain)/float64(c.all), 100*float64(c.any)/float64(c.all), c.hidden, 100*float64(c.found)/float64(max(1, c.hidden)))
	}
	t.Logf("%d terms; false alarms on benign cases: %d plain, %d evasive", len(list), falseAlarms[0], falseAlarms[1])
	if c := counts["spell_leet_h"]; c.all < 100 || c.found*100 < c.hidden*99 {
		t.Errorf("leet: %+v", c)
	}
	if c := counts["spell_space_add_h"]; c.all < 100 || c.found*100 < c.hidden*68 {
		t.Errorf("spaces: %+v", c)
	}
	if falseAlarms[1] > falseAlarms[0] {
		t.Errorf("%d false alarms, %d by plain matching", falseAlarms[1], falseAlarms[0])
	}
}

// The table is what Unicode's file says.
func TestConfusables(t *testing.T) {
	want := map[rune]string{}
	for _, line := range lines(t, data(t, "unicode-confusables", "confusables.txt")) {
		line = strings.TrimPrefix(line, "\ufeff")
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Split(line, ";")
		if len(fields) < 3 {
			continue
		}
		text := func(field string) string {
			var s string
			for _, hex := range strings.Fields(field) {
				n, err := strconv.ParseUint(hex, 16, 32)
				if err != nil {
					t.Fatal(err)
				}
				s += string(rune(n))
			}
			return s
		}
		from, to := []rune(text(fields[0])), bare(text(fields[1]))
		if len(from) != 1 || from[0] < utf8.RuneSelf || strings.Trim(to, "abcdefghijklmnopqrstuvwxyz") != "" || to == "" {
			continue
		}
		if strings.ContainsFunc(bare(string(from)), func(r rune) bool { return r >= utf8.RuneSelf }) { // else NFKD says it
			want[from[0]] = to
		}
	}
	for _, c := range confusables {
		if want[c.from] != c.to {
			t.Errorf("%q: %q, which the file has as %q", c.from, c.to, want[c.from])
		}
	}
	if len(want) != len(confusables) || len(want) < 500 {
		t.Errorf("the file has %d, the table %d", len(want), len(confusables))
	}
}

// bare is s by NFKD in lower case, without marks.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}
