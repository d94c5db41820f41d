package match

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A unit is a character that may mean a letter.
type unit struct {
	start, end int32
	own        rune   // as the folded view has it
	means      uint32 // the letters from a on that it may mean; 0: none
	kind       unitKind
	mapped     bool  // it means them because it looks like them
	wide       uint8 // how many spaces stand before it
}

type unitKind uint8

const (
	unitLetter unitKind = iota
	unitDigit
	unitSign
	unitBreak // parts words
)

// A disguise is what a finder needs to see through one.
type disguise struct {
	units, bared []unit
	showing      bool // keep what is read
	shown        []reading
	whole        []unit
	free         bool // the letters stand alone
	foreign      int8 // whether the text has words of other alphabets: 0 not known, 1 yes, -1 no
	spelling     []rune
}

// unmask finds the words that are disguised.
func (f *finder) unmask() {
	f.foreign, f.shown = 0, f.shown[:0]
	for i := range f.chunks {
		f.chunk(&f.chunks[i])
	}
	until := int32(0)
	for i := range f.pieces {
		if p := &f.pieces[i]; p.letters == 1 && p.start >= until {
			until = f.spelled(f.signBefore(int(p.start)))
			if i+1 < len(f.pieces) && f.pieces[i+1].before == hasApostrophe { // the rest of l'c o n is one too
				until = max(until, f.spelled(int(f.pieces[i+1].start)))
			}
		}
	}
}

// read appends the units that the character at i makes, and says how long it
// is.
func (f *finder) read(to []unit, i int) ([]unit, int) {
	text := f.scanner.text
	c := text[i]
	u := unit{start: int32(i), end: int32(i + 1), own: rune(c)}
	if c < utf8.RuneSelf {
		switch lower := c | 0x20; {
		case lower >= 'a' && lower <= 'z':
			u.own, u.means = rune(lower), 1<<(lower-'a')
		case isDigit(c):
			u.kind, u.means = unitDigit, leet(u.own)
		default:
			u.kind = unitBreak
			if is := ascii(c); is == weak || is == strong {
				u.kind, u.means = unitSign, leet(u.own)
			}
		}
		return append(to, u), 1
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	u.end, u.own, u.kind = int32(i+n), r, unitBreak
	if r == utf8.RuneError && n == 1 {
		return append(to, u), n
	}
	if set := leet(r); set != 0 || masks(r) {
		u.kind, u.means = unitSign, set
		return append(to, u), n
	}
	var buf [64]byte
	b, is := fold(buf[:0], r, false)
	switch is {
	case letter, digit:
	case mark, hidden:
		if is == mark && len(to) > 0 {
			to[len(to)-1].end = u.end
		}
		return to, n
	case weak, strong:
		u.kind, u.own = unitSign, rune(b[0])
		u.means = leet(u.own)
		return append(to, u), n
	default:
		return append(to, u), n
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		u.own, u.kind, u.means, u.mapped = r, unitLetter, 0, false
		switch {
		case r >= 'a' && r <= 'z':
			u.means = 1 << (r - 'a')
		case r < utf8.RuneSelf && isDigit(byte(r)):
			u.kind, u.means = unitDigit, leet(r)
		case r >= utf8.RuneSelf:
			as := looksLike(u.ownRaw(text))
			if as == "" {
				as = looksLike(r)
			}
			for i := range len(as) {
				u.means, u.mapped = 1<<(as[i]-'a'), true
				if as[i] == 'l' {
					u.means |= letters("i") // Unicode takes I for l
				}
				if i < len(as)-1 {
					to = append(to, u)
				}
			}
		}
		to = append(to, u)
	}
	return to, n
}

// ownRaw is the character of the raw text.
func (u unit) ownRaw(text string) rune {
	r, _ := utf8.DecodeRuneInString(text[u.start:])
	return r
}

// chunk looks at what stands between two spaces.
func (f *finder) chunk(c *chunk) {
	if c.end-c.start > 8*longest {
		return
	}
	f.units = f.units[:0]
	for i := int(c.start); i < int(c.end); {
		var n int
		f.units, n = f.read(f.units, i)
		i += n
	}
	f.whole = f.whole[:0]
	parts, joints := 0, 0
	for i := 0; i < len(f.units); {
		if f.units[i].kind == unitBreak {
			if joints++; len(f.whole) > 0 && (joints > 1 || f.units[i].own == '\'' || f.units[i].own == '’') {
				parts = -len(f.units) // too far apart, or French, or English
			}
			if k := f.piece(f.units[i].end); f.elides(k) && f.pieces[k].start == f.units[i].end {
				f.whole, parts, joints = f.whole[:0], 0, 0
			}
			i++
			continue
		}
		j := i
		for j < len(f.units) && f.units[j].kind != unitBreak {
			j++
		}
		if parts++; joints == 0 || len(f.whole) == 0 || parts > 1 {
			f.whole = append(f.whole, f.units[i:j]...)
		}
		joints = 0
		f.consider(f.units[i:j], 0)
		i = j
	}
	if parts > 1 {
		f.consider(f.whole, 5)
	}
	f.bared = f.bared[:0]
	for _, u := range f.whole { // f*u*c*k
		if u.kind != unitSign || ascii2(u.own) != weak {
			f.bared = append(f.bared, u)
		}
	}
	if len(f.bared) < len(f.whole) && parts > 0 {
		f.try(f.bared, 5)
	}
}

// ascii2 is the class of r, if it is ASCII.
func ascii2(r rune) class {
	if r < utf8.RuneSelf {
		return ascii(byte(r))
	}
	return other
}

// consider tries units with and without the signs at their ends. If least is
// not 0, they were joined, and what they say has so many letters at least.
func (f *finder) consider(units []unit, least int) {
	from, to := 0, len(units)
	for from < to && units[from].kind == unitSign {
		from++
	}
	for to > from && units[to-1].kind == unitSign {
		to--
	}
	if from == to {
		return
	}
	f.try(units[from:to], least)
	if from > 0 {
		f.try(units[:to], least)
	}
	if to < len(units) {
		f.try(units[from:], least)
		if from > 0 {
			f.try(units, least)
		}
	}
}

// try looks for words that units may say.
func (f *finder) try(units []unit, least int) {
	if len(units) == 0 || len(units) > longest {
		return
	}
	var letters, digits, signs, hidden, few, mapped, foreign, run int
	repeat, readable, latin := false, true, false
	for i, u := range units {
		switch {
		case u.kind == unitDigit:
			digits++
		case u.kind == unitSign:
			signs++
			if masks(u.own) {
				if hidden++; u.own == '#' || u.own == '@' {
					few = 1
				}
			}
		default:
			letters++
			if u.means == 0 {
				foreign++
			} else if u.mapped {
				mapped++
			} else {
				latin = true
			}
		}
		readable = readable && u.means != 0
		if run++; i > 0 && u.own != units[i-1].own {
			run = 1
		}
		repeat = repeat || run >= 3
	}
	if letters < digits || letters == 0 {
		return
	}
	view := Folded
	switch {
	case least > 0:
		view = Joined
	case digits+signs > 0:
		view = Leet
	case mapped > 0:
		view = Confusable
	}
	if readable && mapped > 0 && !latin && f.abroad() {
		readable = false
	}
	if readable && (view > Folded || repeat) {
		f.say(units, view, least, repeat, false)
	}
	if mapped+foreign > 0 && digits+signs == 0 && (least > 0 || repeat) {
		view := Folded
		if least > 0 {
			view = Joined
		}
		f.say(units, view, least, repeat, true)
	}
	if hidden > 0 && hidden <= letters && foreign == 0 && len(units) >= 3+few && units[0].kind == unitLetter && !f.showing {
		f.hidden(units)
	}
}

// abroad reports whether the text has words of other alphabets that cannot be
// read as Latin.
func (f *finder) abroad() bool {
	if f.foreign == 0 {
		f.foreign = -1
		var buf [16]unit
		for _, p := range f.pieces {
			units := buf[:0]
			for i := int(p.start); i < int(p.end) && len(units) < 12; {
				var n int
				units, n = f.read(units, i)
				i += n
			}
			if slices.ContainsFunc(units, func(u unit) bool { return u.kind == unitLetter && u.means == 0 }) {
				f.foreign = 1
				break
			}
		}
	}
	return f.foreign == 1
}

// say finds the words that units say: by the letters that they mean, or by
// their own.
func (f *finder) say(units []unit, view View, least int, repeat, own bool) {
	if f.showing {
		f.keep(units, view, repeat, own)
		return
	}
	h := newLikeness()
	for _, u := range units {
		h.add(like(u.letter(own)))
	}
	for _, word := range f.words.likes[h.sum] {
		runes := f.words.all[word].runes
		short := len(runes) < least || len(units) < 2 || view >= Leet && len(units) < 3
		if says(units, runes, own, false) {
			if view > Folded { // else it stands there as it is
				f.add(units, word, view, short)
			}
		} else if repeat && says(units, runes, own, true) {
			f.add(units, word, Squeezed, short)
		}
	}
	if len(f.globs) > 0 {
		f.sayGlobs(units, view, least, repeat, own)
	}
}

// letter is the first letter that u means.
func (u unit) letter(own bool) rune {
	if own || u.means == 0 {
		return u.own
	}
	return rune('a' + bits.TrailingZeros32(u.means))
}

func (u unit) says(r rune, own bool) bool {
	if own {
		return u.own == r
	}
	return r >= 'a' && r <= 'z' && u.means>>(r-'a')&1 != 0
}

// says reports whether units may say word. If squeeze is true, what stands
// three times or more may be meant once or twice.
func says(units []unit, word []rune, own, squeeze bool) bool {
	if !squeeze && len(units) != len(word) {
		return false
	}
	at := uint64(1) // the places in word where one may stand
	for i := 0; i < len(units) && at != 0; {
		n := 1
		for i+n < len(units) && units[i+n].own == units[i].own {
			n++
		}
		next := uint64(0)
		for j := 0; j < len(word); j++ {
			if at>>j&1 == 0 {
				continue
			}
			k := 0
			for k < n && j+k < len(word) && units[i].says(word[j+k], own) {
				k++
				if k == n || squeeze && n >= 3 && k <= 2 {
					next |= 1 << (j + k)
				}
			}
		}
		at = next
		i += n
	}
	return at>>len(word)&1 != 0
}

// hidden finds the words that units may say, with letters hidden.
func (f *finder) hidden(units []unit) {
	for _, word := range f.words.masks[mask{units[0].letter(false), len(units)}] {
		ok := true
		for i, r := range f.words.all[word].runes {
			if u := units[i]; !u.says(r, false) && (u.kind != unitSign || !masks(u.own)) {
				ok = false
				break
			}
		}
		if ok {
			f.add(units, word, Masked, false)
		}
	}
}

// sayGlobs finds the globs that units say, in up to four spellings.
func (f *finder) sayGlobs(units []unit, view View, least int, repeat, own bool) {
	var last string
	for _, l := range [...]rune{'i', 'l'} {
		for times := 0; times <= 2; times++ {
			if times > 0 && !repeat {
				break
			}
			f.spelling = f.spelling[:0]
			for i, u := range units {
				if times > 0 && squeezed(units, i, times) {
					continue
				}
				r := u.letter(own)
				if !own && u.says('i', false) && u.says('l', false) {
					r = l
				}
				f.spelling = append(f.spelling, r)
			}
			s := string(f.spelling)
			if s == last || len(f.spelling) < least {
				continue
			}
			last = s
			v := view
			if times > 0 {
				v = Squeezed
			} else if v == Folded {
				continue
			}
			f.auto.scan([]byte(s), func(pattern int32, _ int) {
				if need := f.needs[pattern]; need.kind == needGlob {
					if g := &f.globs[need.index]; g.evasive && globbed(g.pattern, []byte(s)) {
						f.add(units, g.word, v, false)
					}
				}
			})
		}
	}
}

// squeezed reports whether unit i is one too many, if what stands three times
// or more is to stand so often.
func squeezed(units []unit, i, times int) bool {
	from, to := i, i
	for from > 0 && units[from-1].own == units[i].own {
		from--
	}
	for to < len(units) && units[to].own == units[i].own {
		to++
	}
	return to-from >= 3 && i-from >= times
}

// add is a word that units say. A short one is found in a phrase only.
func (f *finder) add(units []unit, word int32, view View, short bool) {
	e := edge{start: units[0].start, end: units[len(units)-1].end, word: word, view: view, joined: true, short: short, free: f.free}
	i := f.piece(e.start)
	e.first, e.last = int32(i), int32(i)
	for int(e.last) < len(f.pieces) && f.pieces[e.last].start < e.end {
		e.last++
	}
	f.edges = append(f.edges, e)
}

// piece is the first that ends behind byte at.
func (f *finder) piece(at int32) int {
	i, _ := slices.BinarySearchFunc(f.pieces, at+1, func(p piece, at int32) int { return int(p.end) - int(at) })
	return i
}

// elides reports whether a French elision stands right before piece i.
func (f *finder) elides(i int) bool {
	return i < len(f.pieces) && f.pieces[i].before == hasApostrophe && f.pieces[i].gap == soft
}

// keep keeps what units say, to be shown.
func (f *finder) keep(units []unit, view View, repeat, own bool) {
	r := reading{start: units[0].start, end: units[len(units)-1].end, view: view}
	if repeat && view == Folded {
		r.view = Squeezed
	}
	for _, u := range units {
		r.letters = append(r.letters, u.letter(own))
	}
	f.shown = append(f.shown, r)
}
