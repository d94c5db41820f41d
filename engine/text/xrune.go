package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The classes of characters that X's library reads text by; see
// https://github.com/twitter/twitter-text/tree/30e2430/js/src/regexp
// (checked 2026-11-22).

// An asciiSet holds characters below U+0080.
type asciiSet [2]uint64

func asciiOf(chars string) (s asciiSet) {
	for _, c := range []byte(chars) {
		s[c>>6&1] |= 1 << (c & 63)
	}
	return s
}

func (s *asciiSet) has(r rune) bool { return s[r>>6&1]>>(r&63)&1 != 0 }

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

var (
	notInDomain = asciiOf("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$ \t\n\v\f\r")
	inPath      = asciiOf(letters + "0123456789!*';:=+,.$/%#[]-_~@|&")
	endsPath    = asciiOf(letters + "0123456789+-=_#/")
	inQuery     = asciiOf(letters + "0123456789!?*'@();:&=+$/%#[]-_.,~|")
	endsQuery   = asciiOf(letters + "0123456789-_&=#/")
	punctuation = asciiOf("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$")
	notBeforeAt = asciiOf(letters + "0123456789_!#$%&*@")
	notBeforeRT = asciiOf(letters + "0123456789_+~.-")
	notBeforeX  = asciiOf(letters + "0123456789@$#") // an address
)

// xSpace reports whether r is a blank to X.
func xSpace(r rune) bool { return unicode.IsSpace(r) || r == '\u180e' }

// direction reports whether r only says which way the text runs.
func direction(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r == '\u061c' || r == '\u200e' || r == '\u200f' || r >= '\u2066' && r <= '\u2069'
}

// refused reports whether X takes no text with r in it.
func refused(r rune) bool { return r == '\ufffe' || r == '\ufeff' || r == '\uffff' }

// domainRune reports whether r may stand at the ends of a label.
func domainRune(r rune) bool {
	if r < utf8.RuneSelf {
		return !notInDomain.has(r)
	}
	return !xSpace(r) && !direction(r) && !refused(r)
}

// labelRune reports whether r may stand inside a label.
func labelRune(r rune) bool { return r == '-' || r == '_' || domainRune(r) }

// latin reports whether r is a letter with an accent or the accent itself.
func latin(r rune) bool {
	switch {
	case r < 0xc0:
		return false
	case r <= 0x24f:
		return r != 0xd7 && r != 0xf7
	case r >= 0x300 && r <= 0x36f, r >= 0x1e00 && r <= 0x1eff:
		return true
	case r <= 0x2bb:
		return strings.ContainsRune("ɓɔɖɗəɛɣɨɯɲʉʋʻ", r)
	}
	return false
}

// asciiDomainRune reports whether r may stand in a name without a scheme.
func asciiDomainRune(r rune) bool { return r == '-' || alnum(r) || latin(r) }

func pathRune(r rune) bool {
	if r < utf8.RuneSelf {
		return inPath.has(r)
	}
	return r == '\u2013' || cyrillic(r) || latin(r)
}

func pathEndRune(r rune) bool {
	if r < utf8.RuneSelf {
		return endsPath.has(r)
	}
	return cyrillic(r) || latin(r)
}

func queryRune(r rune) bool { return r < utf8.RuneSelf && inQuery.has(r) }

func queryEndRune(r rune) bool { return r < utf8.RuneSelf && endsQuery.has(r) }

func cyrillic(r rune) bool { return r >= 0x400 && r <= 0x4ff }

// beforeAddress reports whether an address may follow r.
func beforeAddress(r rune) bool {
	if r < utf8.RuneSelf {
		return !notBeforeX.has(r)
	}
	return r != '＠' && r != '＃' && !refused(r)
}

// hashtagLetter and hashtagRune are what a hashtag needs one of, and what it
// is made of.
func hashtagLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

func hashtagRune(r rune) bool {
	return hashtagLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7", r)
}
