package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The spaces that never end a line.
const (
	NoBreak = "\u00a0"
	Narrow  = "\u202f"
)

// French is how one kind of French sets its punctuation apart. Either of the
// two spaces that never end a line is right anywhere; what differs is the one
// to write where there is none of them.
//
// France: a narrow one before ; ! ? and a whole one before the colon, which
// belongs as much to what follows (Lexique des règles typographiques en usage
// à l'Imprimerie nationale, "Ponctuation"). Inside guillemets the narrow one,
// as screens are set today.
//
// Québec: a whole one before the colon and inside guillemets; before ; ! ? a
// narrow one or none at all (https://vitrinelinguistique.oqlf.gouv.qc.ca/22039/la-typographie/espacement/espacement-avant-et-apres-les-signes-de-ponctuation-et-les-symboles).
type French struct {
	quotes string // the space inside « »
	tight  bool   // ; ! ? may stand right behind the word
}

// FrenchOf returns the custom of a language, given as a BCP 47 tag. Only
// French has one here, and not that of Switzerland, where no space or any is
// in use.
func FrenchOf(lang string) (French, bool) {
	tag, rest, _ := strings.Cut(strings.ToLower(lang), "-")
	if tag != "fr" {
		return French{}, false
	}
	for part := range strings.SplitSeq(rest, "-") {
		switch part {
		case "ch":
			return French{}, false
		case "ca":
			return French{NoBreak, true}, true
		}
	}
	return French{Narrow, false}, true
}

// A Gap is a place where the space beside a sign is missing, or may end a line.
type Gap struct {
	At, End int    // bytes of the text: the spaces that are there now
	Want    string // what to write in their place
	Sign    string // the sign that wants it
	apart   bool   // marks of Markdown stand between the sign and its word
}

// Gaps finds the gaps of a text, in order. What looks like a sign but is part
// of something else (an address, a time, a ratio, a face, an emoji's :name:, a
// character reference) is passed over; a doubt is no gap.
func (f French) Gaps(s string) []Gap {
	if !strings.ContainsAny(s, ";:!?«»") {
		return nil
	}
	var gaps []Gap
	var prev rune   // the last sign or letter of the line; 0 at its start
	opened := false // prev is « before its words
	for i, blank := 0, 0; i < len(s); {
		if c := s[i]; !opened && c != 'h' && (c|0x20 >= 'a' && c|0x20 <= 'z') { // most of any text
			prev, blank, i = rune(c), i+1, i+1
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case newline(r):
			prev, opened, blank = 0, false, i+n
			i += n
			continue
		case unicode.IsSpace(r):
			i += n
			continue
		}
		before, sound := s[blank:i], whole(s[blank:i])
		if opened {
			if !sound && (r != '»' || before != "") {
				gaps = append(gaps, Gap{At: blank, End: i, Want: f.quotes, Sign: "«"})
			}
			sound, opened = true, false // one space is one gap, whatever stands on its other side
		}
		if token := thing(s[i:], prev, before == ""); token > 0 {
			prev, blank, i = object, i+token, i+token
			continue
		}
		rest := s[i+n:]
		switch r {
		case '«':
			opened = !(before == "" && prev != 0 && worded(prev) && ended(rest))
		case '»':
			turned := (before != "" || prev == 0) && begun(rest) // »so«
			if prev != 0 && !turned && !sound {
				gaps = append(gaps, Gap{At: blank, End: i, Want: f.quotes, Sign: "»"})
			}
		case ';', '!', '?', ':':
			if prev == 0 || sound || !last(r, rest) {
				break
			}
			if before == "" && (f.tight && r != ':' || !follows(prev, r)) {
				break
			}
			want := Narrow
			if r == ':' {
				want = NoBreak
			}
			gaps = append(gaps, Gap{At: blank, End: i, Want: want, Sign: string(r)})
		}
		prev, blank, i = r, i+n, i+n
	}
	return gaps
}

// Fill writes into a text what its gaps want; those without a place are left.
func Fill(s string, gaps []Gap) string {
	gaps = slices.DeleteFunc(slices.Clone(gaps), func(g Gap) bool { return g.At < 0 })
	slices.SortStableFunc(gaps, func(a, b Gap) int { return a.At - b.At })
	var b strings.Builder
	at := 0
	for _, g := range gaps {
		b.WriteString(s[at:g.At] + g.Want)
		at = g.End
	}
	return b.String() + s[at:]
}

// object stands for what is no text of its own: a picture, code, a person.
const object = '\ufffc'

func newline(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// whole reports whether spaces keep a sign on the line.
func whole(spaces string) bool {
	return spaces != "" && strings.Trim(spaces, NoBreak+Narrow+"\u2007") == ""
}

// thing is the length of an address, an emoji's :name: or a character
// reference that s begins with, or 0.
func thing(s string, prev rune, touching bool) int {
	inWord := touching && (unicode.IsLetter(prev) || unicode.IsDigit(prev))
	switch s[0] {
	case 'h':
		if !inWord {
			return Address(s)
		}
	case ':':
		if name := wordLength(s[1:], "_+-"); !inWord && name > 0 && strings.HasPrefix(s[1+name:], ":") {
			return name + 2
		}
	case '&':
		if name := wordLength(s[1:], "#"); name > 0 && strings.HasPrefix(s[1+name:], ";") {
			return name + 2
		}
	}
	return 0
}

// wordLength counts the ASCII letters, digits and other signs that s begins
// with.
func wordLength(s, other string) int {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(other, c) < 0 {
			return i
		}
	}
	return len(s)
}

// last reports whether r, before rest, ends something as punctuation does. The
// colon of 16:9 or :-) does not.
func last(r rune, rest string) bool {
	if ended(rest) {
		after := strings.TrimLeft(rest, " ")
		return r != ':' && r != ';' || !strings.HasPrefix(after, ")") // a face : )
	}
	next, _ := utf8.DecodeRuneInString(rest)
	if r == ':' || r == ';' {
		return strings.ContainsRune("»”", next) || next == object
	}
	return strings.ContainsRune("»”\"')]’,.…!?–—", next) || next == object || unicode.Is(unicode.So, next)
}

// follows reports whether r belongs to what stands right before it.
func follows(prev, r rune) bool {
	return worded(prev) || strings.ContainsRune(`)»”"’'%‰°.…`, prev) || unicode.In(prev, unicode.So, unicode.Sc) ||
		prev >= 0x1f3fb && prev <= 0x1f3ff || // a colour of skin
		prev == ']' && r != ':' // a note's [1]: is no punctuation
}

func worded(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

func ended(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || unicode.IsSpace(r)
}

func begun(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && worded(r)
}
