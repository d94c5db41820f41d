package match

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A trick writes a word so that plain matching misses it, or "" where it
// cannot.
type trick struct {
	name string
	do   func(word string) string
}

// swap replaces letters: all that it can, or the first only.
func swap(with map[rune]string, all bool) func(string) string {
	return func(word string) string {
		var b strings.Builder
		n := 0
		for _, r := range word {
			if to, ok := with[r]; ok && (all || n == 0) {
				b.WriteString(to)
				n++
			} else {
				b.WriteRune(r)
			}
		}
		if n == 0 {
			return ""
		}
		return b.String()
	}
}

// between puts a sign between the letters of each word, and gap between words.
func between(sign, gap string) func(string) string {
	return func(word string) string {
		fields := strings.Fields(word)
		for i, f := range fields {
			if fields[i] = strings.Join(strings.Split(f, ""), sign); strings.Contains(f, "-") {
				return ""
			}
		}
		return strings.Join(fields, gap)
	}
}

// each rewrites every letter.
func each(f func(r rune) string) func(string) string {
	return func(word string) string {
		var b strings.Builder
		for _, r := range word {
			if unicode.IsLetter(r) {
				b.WriteString(f(r))
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
}

// block moves the letters of ASCII to where Unicode has them again.
func block(small, capital rune) func(string) string {
	return each(func(r rune) string {
		switch r = []rune(bare(string(r)))[0]; {
		case r >= 'a' && r <= 'z':
			return string(small + r - 'a')
		case r >= 'A' && r <= 'Z':
			return string(capital + r - 'A')
		}
		return string(r)
	})
}

// nth does something to a letter in the middle of the longest word.
func nth(f func(before, letter, after string) string) func(string) string {
	return func(word string) string {
		fields := strings.Fields(word)
		long := 0
		for i := range fields {
			if len(fields[i]) > len(fields[long]) {
				long = i
			}
		}
		r := []rune(fields[long])
		i := len(r) / 2
		fields[long] = f(string(r[:i]), string(r[i]), string(r[i+1:]))
		return strings.Join(fields, " ")
	}
}

var (
	leets = map[rune]string{'o': "0", 'e': "3", 'é': "3", 'è': "3", 'ê': "3", 'a': "4", 'à': "4", 'â': "4", 'i': "1", 's': "5", 't': "7", 'l': "1"}
	shown = map[rune]string{'a': "@", 'à': "@", 'â': "@", 's': "$", 'i': "!", 'e': "€", 'é': "€", 'l': "|", 'o': "°", 'c': "¢"}
	alike = map[rune]string{'a': "а", 'c': "с", 'e': "е", 'i': "і", 'o': "о", 'p': "р", 's': "ѕ", 'x': "х", 'y': "у", 'n': "ո", 'u': "υ"}
	greek = map[rune]string{'a': "α", 'o': "ο", 'i': "ι", 'u': "υ", 'p': "ρ", 'n': "η", 't': "τ"}
	odds  = map[rune]string{'a': "ä", 'o': "ö", 'n': "ñ̃", 'i': "í", 'u': "ú", 'c': "ć"}
)

var tricks = []trick{
	{"capitals", strings.ToUpper},
	{"NFD", norm.NFD.String},
	{"leet", swap(leets, false)},
	{"signs", swap(shown, false)},
	{"Cyrillic", swap(alike, true)},
	{"one Cyrillic", swap(alike, false)},
	{"Greek", swap(greek, true)},
	{"accents", swap(odds, true)},
	{"spaces", between(" ", "  ")},
	{"wide spaces", between("  ", "    ")},
	{"dots", between(".", " ")},
	{"hyphens", between("-", " ")},
	{"underscores", between("_", " ")},
	{"stars", between("*", " ")},
	{"bars", between("|", " ")},
	{"zero width", between("\u200b", " ")},
	{"soft hyphens", between("\u00ad", " ")},
	{"joiners", between("\u200d", " ")},
	{"strokes", between("\u0336", " ")},
	{"full width", block('ａ', 'Ａ')},
	{"bold", block('𝐚', '𝐀')},
	{"script", block('𝓪', '𝓐')},
	{"circled", block('ⓐ', 'Ⓐ')},
	{"small capitals", each(func(r rune) string {
		if r = []rune(bare(string(r)))[0]; r < 'a' || r > 'z' {
			return string(r)
		}
		return string([]rune(small)[r-'a'])
	})},
	{"leet and dots", func(w string) string {
		return between(".", " ")(swap(map[rune]string{'o': "0", 'a': "@", 'e': "3"}, true)(w))
	}},
	{"on black", each(func(r rune) string { return block('🅐', '🅐')(strings.ToUpper(string(r))) })},
	{"repeats", nth(func(a, b, c string) string { return a + b + b + b + b + c })},
	{"all repeats", each(func(r rune) string { return strings.Repeat(string(r), 3) })},
	{"dot", nth(func(a, b, c string) string { return a + "." + b + c })},
	{"mark", nth(func(a, b, c string) string { return a + b + "\u0334" + c })},
	{"leet and spaces", func(w string) string {
		return between(" ", "   ")(swap(map[rune]string{'o': "0", 'e': "3", 'a': "@", 'i': "1"}, false)(w))
	}},
	{"leet and repeats", func(w string) string {
		if w = swap(map[rune]string{'o': "0", 'e': "3", 'a': "@"}, false)(w); w == "" {
			return ""
		}
		return strings.Replace(w, "n", "nnn", 1) + "!!!"
	}},
	{"Cyrillic and dots", func(w string) string { return between(".", " ")(swap(alike, true)(w)) }},
}

// Every disguise of every term is found, and the hit is the disguised word and
// nothing else.
func TestFrenchDisguises(t *testing.T) {
	words := list(t, "insultes.txt")
	s := mustNew(t, evasive(words))
	tried, missed := 0, 0
	for i, word := range words {
		for _, trick := range tricks {
			said := trick.do(word)
			if said == "" || said == word {
				continue
			}
			if trick.name == "dot" && len([]rune(word)) < 5 {
				continue // from five letters on
			}
			for _, frame := range []string{"%s", "quel %s", "Non mais %s, quoi", "espèce de «%s» !", "l’%s\n", "😀 %s 😀"} {
				text := fmt.Sprintf(frame, said)
				start := strings.Index(text, said)
				end := start + len(said)
				for len(strings.TrimRight(text[start:end], "!")) < end-start {
					end--
				}
				tried++
				ok := false
				for _, h := range s.Find(nil, text) {
					ok = ok || h.Term == i && h.Start == start && h.End == end
				}
				if !ok {
					missed++
					t.Errorf("%s: %q is not found in %q: %s", trick.name, word, text, found(s, text))
				}
			}
			if missed > 60 {
				t.Fatal("and more")
			}
		}
	}
	t.Logf("%d disguised words, %d missed", tried, missed)
}

// What is no disguise is no hit.
func TestInnocent(t *testing.T) {
	s := mustNew(t, evasive(append(list(t, "insultes.txt"), list(t, "terms.txt")...)))
	for _, text := range list(t, "innocent.txt") {
		if got := found(s, text); got != "" {
			t.Errorf("%q: %s", text, got)
		}
	}
}
