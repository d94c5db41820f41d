package text

import (
	"strings"
	"unicode/utf8"
)

// encodedLen is the length of a label of a domain name in its ASCII form,
// where the full stops of other scripts part it in several. It is more than 63,
// the most there may be, for one that is any longer.
func encodedLen(label string) int {
	n := 0
	for {
		i := strings.IndexAny(label, "。．｡")
		if i < 0 {
			return n + punycodeLen(label)
		}
		_, size := utf8.DecodeRuneInString(label[i:])
		n += punycodeLen(label[:i]) + 1
		label = label[i+size:]
	}
}

// punycodeLen is the length of a label with xn-- and all, where it needs that;
// see RFC 3492, section 6.3. It encodes nothing.
func punycodeLen(label string) int {
	const (
		most           = 63
		base, low, top = 36, 1, 26
		skew, damp     = 38, 700
	)
	plain := true
	var room [most + 1]rune
	points, basic := room[:0], 0
	for _, r := range label {
		if len(points) > most {
			return most + 1
		}
		points = append(points, r)
		if r < utf8.RuneSelf {
			basic++
		}
		plain = plain && r >= ' ' && r <= '~'
	}
	if plain {
		return len(points)
	}
	length := len("xn--") + basic
	if basic > 0 {
		length++ // a hyphen behind them
	}
	bias, delta, last := 72, 0, rune(utf8.RuneSelf)
	for done := basic; done < len(points); delta, last = delta+1, last+1 {
		next := rune(utf8.MaxRune)
		for _, r := range points {
			if r >= last {
				next = min(next, r)
			}
		}
		delta += int(next-last) * (done + 1)
		for _, r := range points {
			if r < next {
				delta++
			}
			if r != next {
				continue
			}
			q := delta
			for k := base; ; k += base {
				length++
				t := min(max(k-bias, low), top)
				if q < t {
					break
				}
				q = (q - t) / (base - t)
			}
			done++
			if delta /= 2; done == basic+1 {
				delta /= damp / 2
			}
			delta += delta / done
			bias = 0
			for ; delta > (base-low)*top/2; bias += base {
				delta /= base - low
			}
			bias += (base - low + 1) * delta / (delta + skew)
			delta = 0
		}
		last = next
	}
	return length
}
