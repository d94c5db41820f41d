package match

import "unicode/utf8"

// A piece is a run of letters and digits.
type piece struct {
	start, end int32 // in the raw text
	from, to   int32 // in the folded view
	before     signs // what stands before it
	gap        gap   // the same, as matches see it
	letters    uint8 // and digits, 255 at most
	marked     bool  // has accents, or what is not seen
	capital    bool  // has a capital letter of ASCII
	tagged     bool  // stands behind a #
}

// A gap is what stands between two pieces.
type gap uint8

const (
	soft     gap = iota // a phrase goes over it
	signed              // in the evasive views too
	hard                // none goes over it
	hyphened            // the pieces are one word
	elided              // the same, by an apostrophe
)

// signs is what a gap is made of.
type signs uint8

const (
	hasSpace signs = 1 << iota
	hasLine        // more than one line's end has hasOther too
	hasApostrophe
	hasHyphen
	hasQuote
	hasJoint
	hasOther
	hasMany // more than one sign
)

// A chunk is what stands between two spaces, worth a second look.
type chunk struct {
	start, end  int32
	first, last int32 // its pieces; last is the one behind
}

// A scanner takes a text apart.
type scanner struct {
	wild bool // * and ? are letters
	keep bool // addresses are words too

	text   string
	fold   []byte
	pieces []piece
	chunks []chunk
	spots  spots // of the folded view

	open       bool  // the last piece grows
	signs      signs // since the last piece
	tagged     bool
	last       [2]rune // the letters before, of the piece
	odd        oddity  // of the chunk
	chunkAt    int
	chunkFirst int
}

// oddity is why a chunk may be more than it seems.
type oddity uint8

const (
	oddSign   oddity = 1 << iota // a digit, or a sign that means a letter
	oddWeak                      // a sign that may mean one: behind a letter, or ! or |
	oddInner                     // the same, before a letter
	oddRepeat                    // three times the same letter
	oddLetter                    // other than ASCII's, but for accents
	oddDot                       // . or : or @
)

// scan takes text apart.
func (s *scanner) scan(text string) {
	s.text = text
	s.fold, s.pieces, s.chunks, s.spots = s.fold[:0], s.pieces[:0], s.chunks[:0], s.spots[:0]
	s.open, s.signs, s.tagged, s.odd, s.chunkAt, s.chunkFirst = false, hasOther, false, 0, 0, 0
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			i += s.rune(i)
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			i = s.letters(i)
		default:
			is := ascii(c)
			if s.wild && (c == '*' || c == '?') {
				is = letter
			}
			if is == digit || is == letter {
				s.odd |= oddSign
				s.grow(i, i+1, len(s.fold), rune(c))
			} else {
				s.sign(i, i+1, len(s.fold), is, rune(c))
			}
			s.fold = append(s.fold, c)
			i++
		}
	}
	s.shut(len(s.fold))
	s.endChunk(len(text))
	for i := range s.pieces {
		s.part(i)
	}
}

// letters takes ASCII letters from i on, and says where they end.
func (s *scanner) letters(i int) int {
	p := s.begin(i, len(s.fold))
	text, from := s.text, i
	last, last2 := s.last[0], s.last[1]
	for i < len(text) {
		c := text[i]
		lower := c | 0x20
		if lower < 'a' || lower > 'z' || c >= utf8.RuneSelf {
			break
		}
		if c != lower {
			p.capital = true
		}
		if last == last2 && rune(lower) == last {
			s.odd |= oddRepeat
		}
		last, last2 = rune(lower), last
		s.fold = append(s.fold, lower)
		i++
	}
	s.last[0], s.last[1] = last, last2
	p.letters = uint8(min(255, int(p.letters)+i-from))
	p.end = int32(i)
	return i
}

// rune takes the character at i, which is not ASCII, and says how long it is.
func (s *scanner) rune(i int) int {
	r, n := utf8.DecodeRuneInString(s.text[i:])
	at, is := len(s.fold), other
	if r == utf8.RuneError && n == 1 {
		s.fold = append(s.fold, ' ')
	} else {
		s.fold, is = fold(s.fold, r, false)
	}
	s.spots = append(s.spots, spot{int32(i), int32(i + n), int32(at), int32(len(s.fold))})
	switch is {
	case letter, alone, digit:
		if is == alone {
			s.shut(at)
		}
		s.grow(i, i+n, at, r)
		if f := s.fold[at:]; r > 0x24f && (r < 0x1e00 || r > 0x1eff) || len(f) != 1 || f[0] < 'a' || f[0] > 'z' {
			s.odd |= oddLetter
		}
		s.pieces[len(s.pieces)-1].marked = true
	case mark:
		if s.open {
			p := &s.pieces[len(s.pieces)-1]
			p.end, p.marked = int32(i+n), true
			if r == '\u0306' && len(s.fold)-int(p.from) >= 2 && string(s.fold[len(s.fold)-2:]) == "и" {
				s.fold = append(s.fold[:len(s.fold)-2], "й"...)
			}
		}
	case hidden:
		if s.open {
			s.pieces[len(s.pieces)-1].marked = true
		}
	default:
		s.sign(i, i+n, at, is, r)
	}
	return n
}

// begin is the piece that is open, or opens one.
func (s *scanner) begin(raw, folded int) *piece {
	if !s.open {
		if s.odd&oddWeak != 0 {
			s.odd |= oddInner
		}
		s.pieces = append(s.pieces, piece{start: int32(raw), from: int32(folded), before: s.signs, tagged: s.tagged})
		s.open, s.signs, s.tagged, s.last = true, 0, false, [2]rune{}
	}
	return &s.pieces[len(s.pieces)-1]
}

// grow adds a letter or digit.
func (s *scanner) grow(raw, end, folded int, r rune) {
	p := s.begin(raw, folded)
	if p.letters < 255 {
		p.letters++
	}
	p.end = int32(end)
	if s.last[0] == r && s.last[1] == r {
		s.odd |= oddRepeat
	}
	s.last[0], s.last[1] = r, s.last[0]
}

// shut ends the piece that is open.
func (s *scanner) shut(folded int) {
	if s.open {
		s.pieces[len(s.pieces)-1].to = int32(folded)
		s.open = false
	}
}

// sign takes what is no letter.
func (s *scanner) sign(raw, end, folded int, is class, r rune) {
	s.shut(folded)
	s.tagged = false
	if is == space {
		if s.odd == 0 && len(s.pieces)-s.chunkFirst < 2 {
			s.chunkFirst = len(s.pieces) // nothing to look at
		} else {
			s.endChunk(raw)
		}
		s.chunkAt = end
		if r == '\n' {
			if s.signs&hasLine != 0 {
				s.signs |= hasOther
			}
			s.signs |= hasLine
		}
		s.signs |= hasSpace
		return
	}
	var has signs
	switch is {
	case apostrophe:
		has = hasApostrophe
	case hyphen:
		has = hasHyphen
	case quote:
		has = hasQuote
	case joint:
		has = hasJoint
		if r == '.' || r == ':' {
			s.odd |= oddDot
		}
	case strong:
		has = hasOther
		s.odd |= oddSign
		if r == '@' {
			s.odd |= oddDot
		}
	case weak:
		has = hasOther
		if len(s.pieces) > s.chunkFirst || r == '!' || r == '|' {
			s.odd |= oddWeak
		}
		switch r {
		case '#':
			has, s.tagged = hasQuote, true
		case '*':
			has = hasQuote
		case '|':
			has = hasJoint
			s.odd |= oddSign
		case '+':
			has = hasJoint
		}
	default:
		has = hasOther
	}
	if s.signs&^(hasSpace|hasLine) != 0 {
		has |= hasMany
	}
	s.signs |= has
}

// endChunk ends a chunk, and keeps it if it is worth it.
func (s *scanner) endChunk(end int) {
	start, first := s.chunkAt, s.chunkFirst
	odd := s.odd
	s.odd = 0
	handle := false
	if odd&oddDot != 0 && !s.keep {
		var address bool
		if address, handle = s.address(start, end, first); address {
			odd = 0
		}
	}
	n := len(s.pieces) - first
	s.chunkFirst = len(s.pieces)
	switch {
	case handle, n > 0 && odd&(oddSign|oddInner|oddRepeat|oddLetter) != 0:
	case n < 2 || odd == 0 && n == 2 && s.pieces[first+1].before == hasApostrophe:
		return
	}
	s.chunks = append(s.chunks, chunk{int32(start), int32(end), int32(first), int32(len(s.pieces))})
}

// word is a piece as the folded view has it.
func (s *scanner) word(i int) []byte { return s.fold[s.pieces[i].from:s.pieces[i].to] }

// part says what the gap before piece i is.
func (s *scanner) part(i int) {
	p := &s.pieces[i]
	switch b := p.before; {
	case i == 0 || b&hasOther != 0:
		p.gap = hard
	case b == hasApostrophe:
		p.gap = s.apostrophe(i)
	case b == hasHyphen:
		p.gap = s.hyphen(i)
	case b&hasJoint != 0 && b&hasSpace == 0:
		p.gap = signed
	case b&hasJoint != 0:
		p.gap = hard
	default:
		p.gap = soft
	}
}

// apostrophe is what one makes of the gap before piece i.
func (s *scanner) apostrophe(i int) gap {
	if s.pieces[i-1].gap == hyphened {
		return elided // dos-d'âne
	}
	if string(s.word(i)) == "s" {
		return soft
	}
	switch string(s.word(i - 1)) {
	case "j", "l", "d", "qu", "c", "s", "n", "m", "t", "jusqu", "lorsqu", "puisqu", "quoiqu":
	default:
		return elided
	}
	switch string(s.word(i)) {
	case "a", "ai", "aie", "aient", "aies", "ait", "as", "en", "es", "est", "et", "eu", "eue", "eus", "eut", "on", "ont", "y":
		if p := s.pieces[i]; p.letters < 2 || !p.capital || s.pieces[i-1].capital {
			return elided
		}
	}
	return soft
}

// hyphen is what one makes of the gap before piece i.
func (s *scanner) hyphen(i int) gap {
	before, after := s.word(i-1), s.word(i)
	if isDigit(before[len(before)-1]) || isDigit(after[0]) {
		return soft
	}
	switch string(after) {
	case "ci", "la", "ce", "je", "tu", "il", "ils", "elle", "elles", "on", "nous", "vous", "moi", "toi", "lui", "le", "les", "leur", "en", "y", "t", "meme", "memes":
		return soft
	}
	return hyphened
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
