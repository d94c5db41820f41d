package match

import (
	"strings"
	"unicode/utf8"
)

// A glob is a word with * (any letters, none too) and ? (one).
type glob struct {
	pattern      string
	literal      string // its longest run of letters
	begins, ends bool   // the literal does so too
	word         int32
	evasive      bool
}

func newGlob(pattern string, word int32) glob {
	l := literal(pattern)
	return glob{pattern: pattern, literal: l, begins: strings.HasPrefix(pattern, l), ends: strings.HasSuffix(pattern, l), word: word}
}

// literal is the longest run of letters of a glob.
func literal(pattern string) string {
	best, from := "", 0
	for i := 0; i <= len(pattern); i++ {
		if i == len(pattern) || pattern[i] == '*' || pattern[i] == '?' {
			if i-from > len(best) {
				best = pattern[from:i]
			}
			from = i + 1
		}
	}
	return best
}

// globbed reports whether word is what a pattern says.
func globbed(pattern string, word []byte) bool {
	p, w, star, again := 0, 0, -1, 0
	for w < len(word) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, w
			p++
			continue
		case p < len(pattern) && pattern[p] == '?':
			_, n := utf8.DecodeRune(word[w:])
			p, w = p+1, w+n
			continue
		case p < len(pattern) && pattern[p] == word[w]:
			p, w = p+1, w+1
			continue
		case star < 0:
			return false
		}
		again++
		p, w = star+1, again
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
