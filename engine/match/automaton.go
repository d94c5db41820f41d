package match

// An automaton finds many strings at once: Aho and Corasick's, all transitions
// worked out, bytes that no string has in one class.
type automaton struct {
	class [256]uint8
	width int
	next  []uint32 // state × class → the next state's row; the lowest bit: a string ends there
	ends  [][]int32
}

// newAutomaton makes one for patterns, none of them empty.
func newAutomaton(patterns []string) automaton {
	a := automaton{width: 1}
	if len(patterns) == 0 {
		return a
	}
	for _, p := range patterns {
		for i := range len(p) {
			if a.class[p[i]] == 0 && a.width < 256 {
				a.class[p[i]] = uint8(a.width)
				a.width++
			}
		}
	}
	const nowhere = ^uint32(0)
	var next []uint32
	state := func() uint32 {
		for range a.width {
			next = append(next, nowhere)
		}
		a.ends = append(a.ends, nil)
		return uint32(len(a.ends) - 1)
	}
	state()
	for i, p := range patterns {
		at := uint32(0)
		for j := range len(p) {
			slot := int(at)*a.width + int(a.class[p[j]])
			if next[slot] == nowhere {
				to := state()
				next[slot] = to
			}
			at = next[slot]
		}
		a.ends[at] = append(a.ends[at], int32(i))
	}
	fail := make([]uint32, len(a.ends))
	queue := make([]uint32, 1, len(a.ends))
	for k := 0; k < len(queue); k++ {
		at := queue[k]
		for c := range a.width {
			slot := int(at)*a.width + c
			back := uint32(0)
			if at != 0 {
				back = next[int(fail[at])*a.width+c]
			}
			to := next[slot]
			if to == nowhere {
				next[slot] = back
				continue
			}
			fail[to] = back
			a.ends[to] = append(a.ends[to], a.ends[back]...)
			queue = append(queue, to)
		}
	}
	for i, to := range next {
		next[i] = to * uint32(a.width) << 1
		if len(a.ends[to]) > 0 {
			next[i] |= 1
		}
	}
	a.next = next
	return a
}

// scan tells of every pattern that ends in text, and behind which byte.
func (a *automaton) scan(text []byte, found func(pattern int32, end int)) {
	if len(a.next) == 0 {
		return
	}
	row := uint32(0)
	for i, c := range text {
		row = a.next[row>>1+uint32(a.class[c])]
		if row&1 != 0 {
			for _, p := range a.ends[int(row>>1)/a.width] {
				found(p, i+1)
			}
		}
	}
}
