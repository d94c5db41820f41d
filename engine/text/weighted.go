package text

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// weighted counts as X does: each address is the reserve, each
// emoji two, and each other character of the text in NFC one or two.
func weighted(s string, reserve int) int {
	s = norm.NFC.String(s) // the same string where it is that already
	x := xlinks{s: s, rules: &xRules}
	link, more := x.next()
	n := 0
	for i := 0; i < len(s); {
		switch {
		case more && i == link.start:
			n += reserve
			i = link.end
			link, more = x.next()
			continue
		case s[i] < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf):
			n++
			i++
			continue
		}
		if size := emojiSequence(s[i:]); size > 0 {
			n += 2
			i += size
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += weight(r)
		i += size
	}
	return n
}

// weight is what one character counts on X.
func weight(r rune) int {
	if r <= 0x10ff || r >= 0x2000 && r <= 0x200d || r >= 0x2010 && r <= 0x201f || r >= 0x2032 && r <= 0x2037 {
		return 1
	}
	return 2
}
