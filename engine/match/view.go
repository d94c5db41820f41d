package match

import (
	"fmt"
	"slices"
)

// View is a way of looking at a text, the plainer first; see the package.
type View uint8

// The views.
const (
	Plain View = iota
	Folded
	Confusable
	Leet
	Joined
	Squeezed
	Masked
)

var viewNames = [...]string{"plain", "folded", "confusable", "leet", "joined", "squeezed", "masked"}

func (v View) String() string {
	if int(v) < len(viewNames) {
		return viewNames[v]
	}
	return fmt.Sprintf("View(%d)", uint8(v))
}

// MarshalText is for JSON.
func (v View) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Seen is what a text looks like in a view.
type Seen struct {
	View View   `json:"view"`
	Text string `json:"text"`
}

// Views are the views in which a text is not what it is in the one before,
// folded but for the first. Where a sign may mean several letters, one is shown;
// masks are not filled in; a squeezed letter is shown twice, then once.
func Views(text string) []Seen {
	f := &finder{Set: &Set{evasive: true}}
	f.showing = true
	f.scan(text)
	f.unmask()
	var all []Seen
	last := text
	add := func(v View, s string) {
		if s != last {
			all = append(all, Seen{v, s})
			last = s
		}
	}
	if folded := string(f.fold); !sameCase(folded, text) {
		add(Folded, folded)
	} else {
		last = folded
	}
	slices.SortStableFunc(f.shown, func(a, b reading) int { return int(a.start) - int(b.start) })
	for v := Confusable; v <= Squeezed; v++ {
		if v == Squeezed {
			add(v, f.show(v, 2))
			add(v, f.show(v, 1))
		} else {
			add(v, f.show(v, 0))
		}
	}
	return all
}

// sameCase reports whether folding did nothing but to case.
func sameCase(folded, text string) bool {
	if len(folded) != len(text) {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != folded[i] {
			return false
		}
	}
	return true
}

// A reading is how a part of the text reads without its disguise.
type reading struct {
	start, end int32
	view       View
	letters    []rune
}

// show is the folded text with what was read in view v or before; repeats are
// squeezed to times, if it is not 0.
func (f *finder) show(v View, times int) string {
	var to []byte
	at := 0
	for i := 0; i < len(f.shown); i++ {
		r := f.shown[i]
		for _, other := range f.shown[i+1:] { // the longest of those that overlap
			if other.start < r.end && other.view <= v && (r.view > v || other.end-other.start > r.end-r.start) {
				r = other
			}
		}
		if r.view > v || int(r.start) < at {
			continue
		}
		to = append(to, f.folded(at, int(r.start))...)
		at = int(r.end)
		run := 0
		for j, l := range r.letters {
			if run++; j > 0 && r.letters[j-1] != l {
				run = 1
			}
			if times > 0 && run > times && repeated(r.letters, j) {
				continue
			}
			to = append(to, string(l)...)
		}
	}
	return string(append(to, f.folded(at, len(f.scanner.text))...))
}

// repeated reports whether the letter at i stands three times or more.
func repeated(letters []rune, i int) bool {
	from, to := i, i
	for from > 0 && letters[from-1] == letters[i] {
		from--
	}
	for to < len(letters) && letters[to] == letters[i] {
		to++
	}
	return to-from >= 3
}

// folded is the folded view of a part of the text.
func (f *finder) folded(from, to int) []byte {
	var b []byte
	for _, r := range f.scanner.text[from:to] {
		b, _ = fold(b, r, false)
	}
	return b
}
