package report

import (
	"strings"
)

// bare is a text without the colours that paint gives.
func bare(s string) string {
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			return s
		}
		end := strings.IndexByte(s[i:], 'm')
		if end < 0 {
			return s
		}
		s = s[:i] + s[i+end+1:]
	}
}

// cut is a text in at most n columns.
func cut(s string, n int) string {
	if wide(s) <= n {
		return s
	}
	best, all := 0, wide(s)
	for i := range s {
		head := wide(s[:i])
		if head >= n {
			break
		}
		if head+wide(s[i:]) == all { // not inside of what is one sign
			best = i
		}
	}
	return strings.TrimRight(s[:best], " ") + "…"
}

// fold is a text in lines of at most n columns; a longer word is cut.
func fold(s string, n int) []string {
	var lines []string
	for _, word := range strings.Fields(s) {
		word = cut(word, n)
		if last := len(lines) - 1; last >= 0 && wide(lines[last])+1+wide(word) <= n {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
