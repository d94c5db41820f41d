package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A class is what a character is to a scanner.
type class uint8

const (
	other  class = iota // what parts words for good
	letter              // and digits of other scripts
	alone               // a letter of a script without spaces between words
	digit               // 0 to 9
	mark                // belongs to the character before
	hidden              // as good as not there
	space               // also a line's end
	apostrophe
	hyphen
	quote  // stands around words of a phrase
	joint  // may stand between the pieces of a word
	weak   // may mean a letter, or be punctuation
	strong // means a letter, where letters are
)

// ascii is the class of a character of ASCII.
func ascii(c byte) class { return class(classes[c&0x7f] - 'A') }

// classes are those of ASCII, as letters from A for other on.
const classes = "" +
	"AAAAAAAAAGGGGGAAAAAAAAAAAAAAAAAA" +
	"GLJLMAAHLALLKIKKDDDDDDDDDDKKLKAA" +
	"MBBBBBBBBBBBBBBBBBBBBBBBBBBAAALJ" +
	"JBBBBBBBBBBBBBBBBBBBBBBBBBBALAJA"

// fold appends r as the folded view has it, or else, if cased, with its case
// kept; and says what it is. A mark that is dropped is a mark all the same.
func fold(to []byte, r rune, cased bool) ([]byte, class) {
	if r < utf8.RuneSelf {
		if !cased && r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(to, byte(r)), ascii(byte(r))
	}
	if i := int(r) - 0xc0; i >= 0 && i < len(latin) && latin[i] != '.' && !cased {
		return append(to, latin[i]), letter
	}
	if c := odd(r); c != other {
		switch c {
		case hidden:
			return to, hidden
		case apostrophe:
			return append(to, '\''), c
		case hyphen:
			return append(to, '-'), c
		}
		return utf8.AppendRune(to, r), c
	}
	switch r {
	case 'œ', 'Œ':
		return appendCase(to, "oe", cased && r == 'Œ'), letter
	case 'æ', 'Æ':
		return appendCase(to, "ae", cased && r == 'Æ'), letter
	case 'ß', 'ẞ':
		return appendCase(to, "ss", cased && r == 'ẞ'), letter
	case 'й', 'Й': // a letter, not an accent
		if !cased {
			r = 'й'
		}
		return utf8.AppendRune(to, r), letter
	}
	if r >= 0x1f150 && r <= 0x1f169 || r >= 0x1f170 && r <= 0x1f189 { // white letters on black
		r = 'A' + (r-0x1f150)%32
		return fold(to, r, cased)
	}
	if unicode.Is(unicode.Hangul, r) {
		return utf8.AppendRune(to, r), letter
	}
	from := len(to)
	var buf [utf8.UTFMax]byte
	whole := norm.NFKD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	if whole == nil {
		whole = buf[:utf8.RuneLen(r)]
	}
	is := mark
	for len(whole) > 0 {
		r, n := utf8.DecodeRune(whole)
		whole = whole[n:]
		c := kind(r)
		if c == mark {
			if keeps(r) {
				to = utf8.AppendRune(to, r)
			}
			continue
		}
		if c == hidden {
			continue
		}
		if is == mark {
			is = c
		}
		if !cased {
			if r = unicode.ToLower(r); r == 'ς' {
				r = 'σ'
			}
		}
		to = utf8.AppendRune(to, r)
	}
	if is == mark && len(to) == from && !unicode.IsMark(r) {
		return to, hidden
	}
	return to, is
}

func appendCase(to []byte, s string, upper bool) []byte {
	if upper {
		s = strings.ToUpper(s)
	}
	return append(to, s...)
}

// odd is the class of a character that is not what Unicode's categories say,
// or other.
func odd(r rune) class {
	switch r {
	case '’', '‘', 'ʼ', '＇', '′', 'ʻ':
		return apostrophe
	case '‐', '‑', '‒', '－':
		return hyphen
	case '«', '»', '“', '”', '„', '‟', '″', '‚', '‹', '›', '™', '℠':
		return quote
	case '·', '•', '‧', '・', '●', '…':
		return joint
	case '€', '£', '¢', '§', '°', '¡', '¥', '©', '®', '█', '■':
		return strong
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800', '\u17b4', '\u17b5':
		return hidden
	}
	return other
}

// kind is the class of a character that is decomposed.
func kind(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		return ascii(byte(r))
	case unicode.Is(unicode.Cf, r):
		return hidden
	case unicode.IsMark(r):
		return mark
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return alone
		}
		return letter
	case unicode.IsSpace(r):
		return space
	}
	return other
}

// keeps reports whether a mark makes another letter rather than an accent: the
// vowel signs of India, kana's voicing.
func keeps(r rune) bool {
	switch {
	case r >= 0x300 && r <= 0x36f || r >= 0xfe00 && r <= 0xfe0f || unicode.Is(unicode.Me, r):
		return false
	case unicode.Is(unicode.Mc, r):
		return true
	}
	var buf [utf8.UTFMax]byte
	switch ccc := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).CCC(); ccc {
	case 0, 7, 8, 9:
		return r < 0xe0100 // selects a shape
	default:
		return ccc >= 84 && ccc < 200 // of Telugu, Thai, Lao, Tibetan
	}
}
