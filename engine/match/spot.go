package match

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// A spot is where a view is not byte for byte what the raw text is: it makes
// view to viewEnd of raw to rawEnd.
type spot struct{ raw, rawEnd, view, viewEnd int32 }

// spots are those of a view, in order.
type spots []spot

// start is where the character begins that makes byte i of the view.
func (s spots) start(i int) int {
	n, _ := slices.BinarySearchFunc(s, int32(i)+1, func(p spot, i int32) int { return cmp.Compare(p.view, i) })
	if n == 0 {
		return i
	}
	p := s[n-1]
	if int(p.viewEnd) > i {
		return int(p.raw)
	}
	return int(p.rawEnd) + i - int(p.viewEnd)
}

// end is where the character ends that makes the byte before i, with its marks.
func (s spots) end(i int, text string) int {
	n, _ := slices.BinarySearchFunc(s, int32(i), func(p spot, i int32) int { return cmp.Compare(p.view, i) })
	end := i
	if n > 0 {
		p := s[n-1]
		end = int(p.rawEnd) + max(0, i-int(p.viewEnd))
	}
	for end < len(text) && text[end] >= utf8.RuneSelf {
		r, size := utf8.DecodeRuneInString(text[end:])
		if kind(r) != mark {
			break
		}
		end += size
	}
	return end
}

// seen is where the character at byte i of the raw text is in the view.
func (s spots) seen(i int) int {
	n, _ := slices.BinarySearchFunc(s, int32(i)+1, func(p spot, i int32) int { return cmp.Compare(p.raw, i) })
	if n == 0 {
		return i
	}
	p := s[n-1]
	if int(p.rawEnd) > i {
		return int(p.view)
	}
	return int(p.viewEnd) + i - int(p.rawEnd)
}
