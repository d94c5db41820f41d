package match

import (
	"strings"
	"unicode/utf8"
)

// spelled looks for letters that stand alone, from byte i on, and says where
// they end.
func (f *finder) spelled(i int) int32 {
	text := f.scanner.text
	f.units = f.units[:0]
	wide := uint8(0)
	end := i
	for i < len(text) && len(f.units) < longest {
		n := len(f.units)
		var size int
		f.units, size = f.read(f.units, i)
		if len(f.units) != n+1 || f.units[n].kind == unitBreak {
			f.units = f.units[:n]
			break
		}
		i += size
		for i < len(text) { // marks, and what is not seen
			if text[i] < utf8.RuneSelf {
				break
			}
			var more []unit
			if more, size = f.read(f.units, i); len(more) != len(f.units) {
				break
			}
			f.units = more
			i += size
		}
		f.units[n].wide = wide
		next, spaces := f.between(i, f.units[n].kind == unitSign)
		if next == i && i < len(text) {
			if f.wordAt(i) {
				f.units = f.units[:n]
			} else {
				end = i
			}
			break
		}
		end = i
		i, wide = next, spaces
	}
	if len(f.units) >= 3 {
		f.free = true
		f.segments()
		f.free = false
	}
	return int32(end)
}

// signBefore is where a sign stands that is the letter before the one at byte i,
// or else i.
func (f *finder) signBefore(i int) int {
	text := f.scanner.text
	if i < 2 || text[i-1] != ' ' && text[i-1] != '.' && text[i-1] != '-' && text[i-1] != '_' {
		return i
	}
	r, n := utf8.DecodeLastRuneInString(text[:i-1])
	at := i - 1 - n
	if ascii2(r) != strong && (r < utf8.RuneSelf || leet(r) == 0) {
		return i
	}
	if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && (wordly(before) || isDigit(byte(before))) {
		return i
	}
	return at
}

// wordAt reports whether a letter or a digit stands at byte i.
func (f *finder) wordAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(f.scanner.text[i:])
	return wordly(r)
}

// between is what stands between two letters that stand alone, from byte i on:
// where it ends, and how many spaces it has. Behind a sign that means a letter
// it has no other sign.
func (f *finder) between(i int, sign bool) (end int, spaces uint8) {
	text := f.scanner.text
	from := i
	for i < len(text) && i-from < 4 {
		r, n := utf8.DecodeRuneInString(text[i:])
		is := ascii2(r)
		if r >= utf8.RuneSelf {
			var buf [64]byte
			_, is = fold(buf[:0], r, false)
		}
		switch {
		case is == space:
			spaces++
		case strings.ContainsRune(",;:", r) && i+n < len(text) && text[i+n] == ' ':
			return from, 0
		case is == joint, is == hyphen, is == apostrophe, is == quote:
		case is == weak && !sign && i == from && i+n < len(text) && f.wordAt(i+n): // c*o*n
		default:
			return i, spaces
		}
		i += n
	}
	return i, spaces
}

// segments looks at letters that stand alone: at all of them, and at what wider
// gaps make of them.
func (f *finder) segments() {
	units := f.units
	least, most := units[1].wide, units[1].wide
	for _, u := range units[1:] {
		least, most = min(least, u.wide), max(most, u.wide)
	}
	f.segment(units)
	if least == most {
		return
	}
	short := 3
	if len(units) >= 5 {
		short = 2
	}
	from := 0
	for i := 1; i <= len(units); i++ {
		if i == len(units) || units[i].wide > least {
			if i-from >= short {
				f.consider(units[from:i], short)
				f.segment(units[from:i])
			}
			from = i
		}
	}
}

// apostropheAt reports whether one stands at byte i.
func (f *finder) apostropheAt(i int) bool {
	rest := f.scanner.text[i:]
	return strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, "’")
}

// segment tries letters that stand alone with and without a word of one letter
// at their ends.
func (f *finder) segment(units []unit) {
	n := len(units)
	if n < 3 {
		return
	}
	f.consider(units, 3)
	before := n > 3 && (strings.ContainsRune("aiyoutcg", units[0].own) || f.apostropheAt(int(units[0].end)))
	behind := n > 3 && strings.ContainsRune("aiyu", units[n-1].own)
	if before {
		f.consider(units[1:], 3)
	}
	if behind {
		f.consider(units[:n-1], 3)
	}
	if before && behind && n > 4 {
		f.consider(units[1:n-1], 3)
	}
}
