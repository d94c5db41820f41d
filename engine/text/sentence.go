package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// between is how good a place to cut the gap between two words is. It looks
// at the unit before and the word after, no further: what comes later must
// not move a cut.
func (l *leaf) between(end, next int) rank {
	before, after := strings.Trim(l.text[l.from:end], picture+" "), l.text[next:]
	if i := strings.IndexFunc(after, unicode.IsSpace); i >= 0 {
		after = after[:i]
	}
	begins := l.closed(l.span(next)) || !goesOn(after)
	last, _ := utf8.DecodeLastRuneInString(before)
	line := strings.ContainsRune(l.text[end:next], '\n')
	short := abbreviated(before, after)
	ended := !short && ends(before)
	if closingEmoji(before) || closes(before) {
		ended = ended || l.ended
	}
	l.ended = ended
	switch {
	case line && begins:
		return sentence
	case (closingEmoji(after) || closes(after)) && !line: // it belongs to what it follows
		return tight
	case ended && begins:
		return sentence
	case closingEmoji(before) && begins, strings.ContainsRune(",;:)", last), dash(after), after[0] == '(':
		return clause
	case short || together(before, after):
		return tight
	}
	return word
}

// ends reports whether a sentence can end with s: a terminator of UAX #29, or
// an ellipsis, and the quotes, brackets and emoji that close behind it.
func ends(s string) bool {
	s = strings.TrimRightFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi, unicode.So, unicode.Sk, unicode.Mn) || strings.ContainsRune("\"'*_\u200d", r)
	})
	r, _ := utf8.DecodeLastRuneInString(s)
	switch {
	case s == "" || unicode.IsLetter(r) || unicode.IsDigit(r):
		return false
	case r < utf8.RuneSelf:
		return r == '.' || r == '!' || r == '?'
	case r == '…':
		return true
	}
	it := sentences.FromString(string(r) + " A")
	return it.Next() && len(it.Value()) < len(string(r)+" A")
}

// goesOn reports whether a word goes on with a sentence: its first letter is a
// small one.
func goesOn(s string) bool {
	for _, r := range s {
		switch {
		case r == '@' || r == '#' || unicode.IsDigit(r):
			return false
		case unicode.IsLetter(r):
			return unicode.IsLower(r)
		}
	}
	return false
}

// abbreviated reports whether the full stop at the end of a word is that of an
// abbreviation. "etc." is none: a capital letter after it begins a sentence.
func abbreviated(s, after string) bool {
	digit, _ := utf8.DecodeRuneInString(after)
	if !strings.HasSuffix(s, ".") && !unicode.IsDigit(digit) {
		return false
	}
	if i := strings.LastIndexFunc(s, unicode.IsSpace); i >= 0 {
		_, n := utf8.DecodeRuneInString(s[i:])
		s = s[i+n:]
	}
	s = strings.TrimLeftFunc(s, unicode.IsPunct)
	if i := strings.LastIndexAny(s, "'’"); i >= 0 { // d'env.
		s = strings.TrimPrefix(s[i:], "’")
		s = strings.TrimPrefix(s, "'")
	}
	s, dot := strings.CutSuffix(s, ".")
	switch {
	case s == "":
		return false
	case unicode.IsDigit(digit) && numbered(s):
		return true
	case !dot:
		return false
	case initials(s):
		return true
	}
	switch s {
	case "M", "MM", "Mr", "Mrs", "Ms", "Mme", "Mmes", "Mlle", "Mlles", "Mgr", "Me", "Mes", "Dr", "Drs", "Pr", "Prof", "St", "Ste", "Sr", "Jr",
		"Gen", "Gov", "Hon", "Rev", "Sen", "Rep", "Capt", "Col", "Lt", "Sgt", "Maj", "Cdt", "Gal",
		"cf", "Cf", "ex", "Ex", "env", "approx", "vs", "av", "apr", "al", "viz", "dir", "coll", "bd", "Bd", "ave", "tél", "Tél", "tel", "Tel":
		return true
	}
	return false
}

// numbered reports whether a word announces a number.
func numbered(s string) bool {
	switch strings.ToLower(s) {
	case "no", "nos", "n°", "nº", "nr", "№", "§", "art", "p", "pp", "fig", "chap", "ch", "vol", "t", "éd", "ed", "sec", "eq",
		"jan", "janv", "feb", "fév", "févr", "mar", "apr", "avr", "jun", "jul", "juil", "aug", "sep", "sept", "oct", "nov", "dec", "déc":
		return true
	}
	return false
}

// initials reports whether s, without its last full stop, is made of letters
// with full stops between them: J, J.-P, e.g, c.-à-d, p.ex.
func initials(s string) bool {
	for piece := range strings.SplitSeq(s, ".") {
		piece = strings.TrimPrefix(piece, "-")
		if !strings.Contains(s, ".") && utf8.RuneCountInString(piece) > 1 || utf8.RuneCountInString(piece) > 3 {
			return false
		}
		for _, r := range piece {
			if !unicode.IsLetter(r) && r != '-' {
				return false
			}
		}
	}
	return true
}

// closes reports whether a word is no word but what closes one, as French has
// it with a space before: », !, :, %.
func closes(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLetter(r) && (strings.ContainsRune("!?;:%‰€°…", r) || unicode.In(r, unicode.Pe, unicode.Pf))
}

// together reports whether two words read as one: a number and its unit, or
// what opens and what it opens.
func together(a, b string) bool {
	first, _ := utf8.DecodeRuneInString(b)
	last, _ := utf8.DecodeLastRuneInString(a)
	switch {
	case unicode.IsDigit(last):
		return unicode.IsDigit(first) || measure(strings.TrimRight(b, ".,;:!?)"))
	case unicode.IsLetter(last):
		return a == "h" && unicode.IsDigit(first)
	}
	return unicode.In(last, unicode.Ps, unicode.Pi) || dash(a) || pointer(last) || a == "¿" || a == "¡"
}

// measure reports whether s is what a number counts.
func measure(s string) bool {
	switch s {
	case "h", "min", "s", "ms", "j", "am", "pm", "a.m", "p.m", "AM", "PM",
		"m", "km", "cm", "mm", "g", "kg", "mg", "t", "l", "L", "dl", "cl", "ml", "mL", "ha", "m²", "m³", "km²", "km/h",
		"W", "kW", "MW", "kWh", "V", "A", "Hz", "kHz", "MHz", "GHz", "px", "pt", "dpi",
		"o", "ko", "Mo", "Go", "To", "B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "bits", "bytes",
		"EUR", "USD", "GBP", "CHF", "CAD", "euros", "$", "£", "k€", "M€", "Md€":
		return true
	}
	return false
}

func dash(s string) bool { return s == "–" || s == "—" || s == "-" }

// closingEmoji reports whether a word is an emoji that closes what it follows.
func closingEmoji(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if r < 0x2600 || !unicode.Is(unicode.So, r) || pointer(r) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// pointer reports whether r points at what follows it.
func pointer(r rune) bool { return strings.ContainsRune("👉➡▶►→•✅☑✔", r) }
