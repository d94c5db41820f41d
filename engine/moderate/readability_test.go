package moderate

import "testing"

func TestSyllables(t *testing.T) {
	for lang, words := range map[string]map[string]int{
		"fr":    {"galette": 2, "boulangerie": 4, "théâtre": 2, "naïf": 2, "pain": 1, "beurres": 1, "le": 1, "été": 2, "2027": 1, "l'heure": 1},
		"en-GB": {"table": 2, "baked": 1, "wanted": 2, "boxes": 2, "makes": 1, "bread": 1, "bakery": 3, "the": 1, "NHS": 1, "idea": 2},
	} {
		for word, want := range words {
			if got := syllables(word, lang); got != want {
				t.Errorf("%s %s has %d syllables, not %d", lang, word, got, want)
			}
		}
	}
}
