package text

import "sort"

// few is how many words no part is left with where that can be helped.
const few = 3

// Split cuts a part that is too long into parts that fit: between paragraphs
// where it can, then between list items, sentences and words; never inside an
// address, a mention, a tag, a character, a code span or a table, nor at a
// no-break space. What cannot be cut and does not fit stays whole, in a part
// of its own.
//
// Fits reports whether p can stand as the i-th of the parts, counted from 0.
// Less of the same text must fit where more does, and all places but the
// first, which may have less room, must be alike.
//
// The cuts are found from the front, each from no more than the words of its
// part and the next: a change that only touches the last part leaves all
// parts but the last two as they were. A link with more words than a part
// holds is the exception. Parts share memory with p.
func Split(p Part, fits func(i int, p Part) bool) []Part {
	if fits(0, p) {
		return []Part{p}
	}
	s := splitter{cuts: find(p), fits: fits, guess: 16}
	last := len(s.at) - 1
	if last < 2 { // there is nothing to cut
		return []Part{p}
	}
	ends, floor := []int{0}, 1
	for w := s.window(0, floor); w.reach < last; {
		end := s.choose(w)
		if ends, floor = append(ends, end), end+1; end < w.reach {
			floor = w.need
		}
		next := s.window(end, floor)
		if next.reach == last {
			ends[len(ends)-1] = s.balance(w, end)
		}
		w = next
	}
	parts := make([]Part, len(ends))
	for i, from := range ends {
		to := last
		if i+1 < len(ends) {
			to = ends[i+1]
		}
		parts[i] = s.slice(from, to)
	}
	return parts
}

type splitter struct {
	cuts
	fits  func(int, Part) bool
	guess int // how many cuts further a part may end
}

// fit reports whether what lies between two cuts can be a part.
func (s *splitter) fit(from, to int) bool { return s.fits(min(from, 1), s.slice(from, to)) }

// later reports whether it can be a part that is not the first.
func (s *splitter) later(from, to int) bool { return s.fits(1, s.slice(from, to)) }

// reach is the furthest cut at which a part may end, or the nearest where
// none may. It is looked for around where the part before found it.
func (s *splitter) reach(from int) int {
	good, bad := from, len(s.at)
	try := func(to int) bool {
		fits := s.fit(from, to)
		if fits {
			good = to
		} else {
			bad = to
		}
		return fits
	}
	step := max(1, s.guess/8)
	if try(min(from+s.guess, bad-1)) {
		for good+1 < bad && try(min(good+step, bad-1)) {
			step *= 2
		}
	} else {
		for good+1 < bad && !try(max(bad-step, good+1)) {
			step *= 2
		}
	}
	for good+1 < bad {
		try(good + (bad-good)/2)
	}
	s.guess = max(1, good-from)
	return max(good, from+1)
}

// A window is what is looked at to end a part.
type window struct {
	from, floor int // where the part begins, and the nearest cut it may end at
	reach       int // the furthest one
	need        int // what the next part must reach to when this one ends nearer
}

func (s *splitter) window(from, floor int) window {
	w := window{from: from, floor: floor, reach: s.reach(from)}
	w.need = min(w.reach+1, len(s.at)-1)
	for to := w.reach; to > from; to-- { // the words of a link are cut where there is no other way
		if s.ranks[to] > label {
			for w.reach = to; s.ranks[w.need] == label; w.need++ {
			}
			break
		}
	}
	return w
}

// wanted are the cuts to look for, best first. A part that ends at one holds
// at least that share of the words that could stand in it.
var wanted = [...]struct {
	rank      rank
	part, all int
}{{block, 1, 3}, {item, 1, 4}, {sentence, 1, 4}, {clause, 2, 3}, {word, 1, 4}, {tight, 0, 1}}

// choose is where a part ends.
func (s *splitter) choose(w window) int {
	most := s.words(w.from, w.reach)
	for _, want := range wanted {
		for to := w.reach; to >= w.floor; to-- {
			n := s.words(w.from, to)
			if n*want.all < most*want.part || want.rank >= clause && n <= few {
				break
			}
			if s.ranks[to] < want.rank {
				continue
			}
			if to = s.whole(w, to); s.may(w, to) {
				return to
			}
			break // what is nearer leaves even more to the next part
		}
	}
	return w.reach
}

// may reports whether a part may end at to: it fits, and the next part holds
// all else that was looked at.
func (s *splitter) may(w window, to int) bool {
	return to == w.reach || s.fit(w.from, to) && s.later(to, w.need)
}

// whole moves a cut out of a list item or a block of code, to where that
// begins: it may well fit the next part.
func (s *splitter) whole(w window, to int) int {
	for _, u := range s.around(s.at[to]) {
		start := sort.SearchInts(s.at, u)
		if start >= w.floor && s.at[start] == u && s.words(w.from, start) > few && s.may(w, start) {
			return start
		}
	}
	return to
}

// balance is where the part before the last ends, so that no few words are
// left over: it is moved from end towards its begin.
func (s *splitter) balance(w window, end int) int {
	last := len(s.at) - 1
	if s.words(end, last) > few {
		return end
	}
	enough := func(to int) bool { return s.words(to, last) > few && s.words(w.from, to) > few }
	for to := end - 1; to >= w.floor; to-- {
		if s.ranks[to] < sentence || !enough(to) {
			continue
		}
		if s.later(to, last) {
			return to
		}
		break
	}
	for _, least := range []rank{word, tight} {
		best, uneven := end, s.words(w.from, last)
		for to := end - 1; to >= w.floor; to-- {
			d := s.words(w.from, to) - s.words(to, last)
			if d = max(d, -d); s.ranks[to] >= least && enough(to) && d < uneven {
				if !s.later(to, last) {
					break
				}
				best, uneven = to, d
			}
		}
		if best != end {
			return best
		}
	}
	return end
}
