package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A sound is a letter with its accent.
type sound struct {
	base  rune
	mark  rune // the accent, or 0
	marks int  // more than one: not as anybody writes
}

// sounds appends the letters of a word with their accents.
func sounds(to []sound, word string) []sound {
	for i := 0; i < len(word); {
		r, n := utf8.DecodeRuneInString(word[i:])
		switch {
		case r < utf8.RuneSelf:
			to = append(to, sound{base: unicode.ToLower(r)})
		case kind(r) == hidden || odd(r) == hidden:
			if len(to) > 0 && r != '\u00ad' {
				to[len(to)-1].marks = 2
			}
		default:
			whole := norm.NFKD.PropertiesString(word[i:]).Decomposition()
			if whole == nil || unicode.Is(unicode.Hangul, r) {
				whole = []byte(word[i : i+n])
			}
			styled := norm.NFD.PropertiesString(word[i:]).Decomposition() == nil && string(whole) != word[i:i+n]
			for len(whole) > 0 {
				r, n := utf8.DecodeRune(whole)
				whole = whole[n:]
				switch {
				case !unicode.IsMark(r):
					to = append(to, sound{base: unicode.ToLower(r)})
					if styled { // 𝐛
						to[len(to)-1].marks = 2
					}
				case len(to) > 0:
					to[len(to)-1].mark = r
					to[len(to)-1].marks++
				}
			}
		}
		i += n
	}
	return to
}

// sameWord reports whether two words that are the same but for accents mean
// the same: text is as it was written, term what is looked for.
func sameWord(text, term []sound, capitals bool) bool {
	if len(text) != len(term) {
		return true // not written with accents alone
	}
	differ, last := false, false
	for i := range text {
		if text[i].mark != term[i].mark {
			differ = true
			last = last || ending(text[i:])
		}
	}
	switch {
	case !differ || capitals || !french(text):
		return true
	}
	return len(text) >= 6 && !last
}

// ending reports whether a word ends with the letter e that s begins with.
func ending(s []sound) bool {
	for _, l := range s {
		if l.base != 'e' && l.base != 's' {
			return false
		}
	}
	return s[0].base == 'e'
}

// french reports whether accents stand where French spelling has them.
func french(word []sound) bool {
	at := func(i int) rune {
		if i < 0 || i >= len(word) {
			return 0
		}
		return word[i].base
	}
	for i, l := range word {
		if l.marks == 0 {
			continue
		}
		if l.marks > 1 || l.base >= utf8.RuneSelf {
			return false
		}
		after, then := at(i+1), at(i+2)
		ok := false
		switch l.mark {
		case '\u0301':
			ok = l.base == 'e' && syllable(after, then)
		case '\u0300':
			switch l.base {
			case 'e':
				ok = after == 's' && then == 0 || !vowel(after) && syllable(after, then) && then != 0
			case 'a':
				ok = after == 0
			case 'u':
				ok = after == 0 && at(i-1) == 'o'
			}
		case '\u0302':
			ok = vowel(l.base) && after != 0 && (syllable(after, then) || after == 's' && then == 's' || strings.ContainsRune("tsr", after) && (then == 0 || then == 's') || l.base == 'i' && strings.ContainsRune("nt", after))
		case '\u0308':
			ok = strings.ContainsRune("eiuy", l.base) && (vowel(at(i-1)) || vowel(after))
		case '\u0327':
			ok = l.base == 'c' && strings.ContainsRune("aou", after)
		case '\u0303': // Spanish: año
			ok = l.base == 'n' && vowel(at(i-1)) && vowel(after)
		}
		if !ok {
			return false
		}
	}
	return true
}

func vowel(r rune) bool { return r != 0 && strings.ContainsRune("aeiouy", r) }

// syllable reports whether a syllable of French may end before two letters.
func syllable(a, b rune) bool {
	switch {
	case a == 0 || vowel(a) || b == 0 || vowel(b):
		return a != 'x' || b == 0 // é is never written before x, nor before what a doubles
	case a == b:
		return false
	case b == 'l' || b == 'r':
		return strings.ContainsRune("bcdfgkptv", a)
	}
	return strings.ContainsRune("cpstgqmnd", a) && strings.ContainsRune("hnptcsqmvbgkf", b) && !strings.ContainsRune("mn", a)
}
