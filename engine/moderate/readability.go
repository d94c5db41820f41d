package moderate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A readability bounds how hard a text is to read; 0: it does not.
type readability struct{ ease, perSentence int }

// enough is how many words a text has at least whose ease is judged: the
// formulas were made on samples of a hundred, and say nothing of a few.
const enough = 30

func (k readability) marks(r *reading) []mark {
	var ms []mark
	words, sounds, sentences := 0, 0, 0
	judged := k.ease > 0 && speaks([]string{"en", "fr"}, r.look.lang)
	for n, p := range r.pieces {
		if p.of&r.in == 0 {
			continue
		}
		s, rest := r.manuscript.text[p.start:p.end], r.tokens(n)
		for _, sentence := range text.Sentences(s) {
			n := 0
			for len(rest) > 0 && rest[0][0] < sentence[1] {
				w := rest[0]
				rest = rest[1:]
				if w[0] > 0 && (s[w[0]-1] == '#' || s[w[0]-1] == '@') {
					continue
				}
				if n++; judged {
					sounds += syllables(s[w[0]:w[1]], r.look.lang)
				}
			}
			if words += n; n > 0 {
				sentences++
			}
			if k.perSentence > 0 && n > k.perSentence {
				at := p.start + sentence[0]
				ms = append(ms, mark{at, at, fmt.Sprintf("this sentence has %d words, and %d is the most", n, k.perSentence), "make two of it", ""})
			}
		}
	}
	if !judged || words < enough {
		return ms
	}
	whose := "Flesch"
	perSentence, perWord := float64(words)/float64(sentences), float64(sounds)/float64(words)
	ease := Flesch(perSentence, perWord)
	if speaks([]string{"fr"}, r.look.lang) {
		ease, whose = KandelMoles(perSentence, perWord), "Kandel and Moles"
	}
	if ease < float64(k.ease) {
		at := slices.IndexFunc(r.pieces, func(p piece) bool { return p.of&r.in != 0 })
		start := r.pieces[at].start
		ms = append(ms, mark{start, start, fmt.Sprintf("the reading ease of this text is %.0f by %s, and %d is the least", max(0, ease), whose, k.ease), "write shorter sentences and words", ""})
	}
	return ms
}

// Flesch is the reading ease of an English text with so many words a sentence
// and syllables a word: 206.835 - 1.015 words - 84.6 syllables
// (R. Flesch, A new readability yardstick, Journal of Applied Psychology 32,
// 1948, https://doi.org/10.1037/h0057532).
func Flesch(words, syllables float64) float64 { return 206.835 - 1.015*words - 84.6*syllables }

// KandelMoles is the same of a French text, whose words have more syllables:
// 207 - 1.015 words - 73.6 syllables (L. Kandel and A. Moles, Application de
// l'indice de Flesch à la langue française, Cahiers d'études de
// radio-télévision 19, 1958).
func KandelMoles(words, syllables float64) float64 { return 207 - 1.015*words - 73.6*syllables }

// syllables are how many syllables a word has, about: its rows of vowels, but
// for a last e that is mute. A number, and an abbreviation, is taken for one.
func syllables(word, lang string) int {
	word = strings.ToLower(word)
	french := speaks([]string{"fr"}, lang)
	n, inside := 0, false
	last := ' '
	for _, r := range word {
		switch {
		case !vowel(r):
			inside = false
		case !inside, french && (last == 'é' || r > 'z' && strings.ContainsRune("äëïöü", r)): // thé-âtre, na-ïf
			n, inside = n+1, true
		}
		last = r
	}
	switch {
	case french:
		if before, mute := strings.CutSuffix(strings.TrimSuffix(word, "s"), "e"); mute && !vowels(before) {
			n--
		}
	case strings.HasSuffix(word, "es") && !sibilant(strings.TrimSuffix(word, "es")), strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded"):
		if !vowels(word[:len(word)-2]) {
			n--
		}
	case strings.HasSuffix(word, "e"):
		before := strings.TrimSuffix(word, "e")
		if !vowels(before) && !(strings.HasSuffix(before, "l") && !vowels(strings.TrimSuffix(before, "l"))) { // ta-ble
			n--
		}
	}
	if !strings.ContainsFunc(word, unicode.IsLetter) {
		return 1
	}
	return max(1, n)
}

// vowels reports whether s ends with one.
func vowels(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return vowel(r)
}

func vowel(r rune) bool {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return r > 'z' && strings.ContainsRune("àâäáéèêëîïíôöóûùüúœæ", r)
}

// sibilant reports whether the e of -es is heard behind s: boxes, wishes.
func sibilant(s string) bool {
	return slices.ContainsFunc([]string{"s", "x", "z", "ch", "sh", "c", "g"}, func(end string) bool { return strings.HasSuffix(s, end) })
}
