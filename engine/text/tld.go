package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// topLevel is the length in bytes of the longest top-level domain that s
// begins with, or 0. Nothing that could go on as a name or as a mail address
// may follow it.
func topLevel(s string) int {
	var lower [72]byte // longer than the longest
	b, best := lower[:0], 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf && !alnum(r) || len(b)+utf8.UTFMax > len(lower) {
			break
		}
		b = utf8.AppendRune(b, unicode.ToLower(r))
		i += n
		if hostEnds(s[i:]) && isTopLevel(b) {
			best = i
		}
	}
	if p := punycoded(s); p > best {
		return p
	}
	return best
}

// hostEnds reports whether a top-level domain may end before s.
func hostEnds(s string) bool {
	return s == "" || !alnum(rune(s[0])) && s[0] != '@' && s[0] != '+' && s[0] != '-'
}

func isTopLevel(b []byte) bool {
	i := sort.Search(len(tlds), func(i int) bool { return tlds[i] >= string(b) })
	return i < len(tlds) && tlds[i] == string(b)
}

// punycoded is the length of a top-level domain in its encoded form.
func punycoded(s string) int {
	const prefix = "xn--"
	if len(s) <= len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return 0
	}
	n := span(s, func(r rune) bool { return r == '-' || alnum(r) })
	if n == len(prefix) {
		return 0
	}
	return n
}

func alnum[T byte | rune](r T) bool { return r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' }
