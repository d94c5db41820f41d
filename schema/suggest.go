package schema

import (
	"strconv"
	"strings"
)

// Nearest returns the known word that word is most likely a slip of, or "".
func Nearest(word string, known []string) string {
	if len(word) > 100 {
		return ""
	}
	best, at := "", 1+max(1, len(word)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	return best
}

// distance is the number of single edits, a swap of neighbours counting as
// one, that turn a into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			swap := 1
			if x[i-1] == y[j-1] {
				swap = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+swap)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// didYouMean ends a sentence about an unknown word: with the nearest known
// one, or with all of them.
func didYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 {
		return "there is none yet"
	}
	return "known here: " + strings.Join(known, ", ")
}

// NotKnown says that a word of some kind is not known, and what to write.
func NotKnown(kind, word string, known []string) string {
	return "unknown " + kind + " " + strconv.Quote(brief(word)) + "; " + didYouMean(word, known)
}
