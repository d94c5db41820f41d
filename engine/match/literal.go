package match

import (
	"regexp/syntax"
	"slices"
)

// Bounds of what literals are worked out.
const (
	shortest = 3  // bytes
	mostSets = 64 // literals of one regex
)

// literals are strings of the folded view of which one is in every text that an
// expression matches, or none.
func literals(e *syntax.Regexp) []string {
	in := needed(e.Simplify())
	if in.exact {
		in.sets = in.whole
	}
	return usable(in.sets)
}

// usable is sets if all of it is long enough.
func usable(sets []string) []string {
	if slices.ContainsFunc(sets, func(s string) bool { return len(s) < shortest }) {
		return nil
	}
	return sets
}

// what is what an expression matches: exactly one of whole, or else something
// with one of sets in it.
type what struct {
	exact       bool
	whole, sets []string
}

func needed(e *syntax.Regexp) what {
	switch e.Op {
	case syntax.OpLiteral:
		b := make([]byte, 0, len(e.Rune))
		for _, r := range e.Rune {
			b, _ = fold(b, r, false)
		}
		return what{exact: true, whole: []string{string(b)}}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText:
		return what{exact: true, whole: []string{""}}
	case syntax.OpCharClass:
		var whole []string
		for i := 0; i < len(e.Rune); i += 2 {
			for r := e.Rune[i]; r <= e.Rune[i+1]; r++ {
				b, _ := fold(nil, r, false)
				if !slices.Contains(whole, string(b)) {
					whole = append(whole, string(b))
				}
				if len(whole) > 8 {
					return what{}
				}
			}
		}
		return what{exact: len(whole) > 0, whole: whole}
	case syntax.OpCapture:
		return needed(e.Sub[0])
	case syntax.OpPlus:
		in := needed(e.Sub[0])
		return what{sets: better(in.sets, in.whole)}
	case syntax.OpQuest:
		if in := needed(e.Sub[0]); in.exact {
			return what{exact: true, whole: append(in.whole, "")}
		}
	case syntax.OpAlternate:
		out := what{exact: true}
		for _, sub := range e.Sub {
			in := needed(sub)
			out.exact = out.exact && in.exact
			out.whole = append(out.whole, in.whole...)
			if in.exact {
				in.sets = in.whole
			}
			if in.sets = usable(in.sets); len(in.sets) == 0 || out.sets == nil && sub != e.Sub[0] {
				out.sets = nil
			} else {
				out.sets = append(out.sets, in.sets...)
			}
		}
		if !out.exact || len(out.whole) > mostSets {
			out.exact, out.whole = false, nil
		}
		if len(out.sets) > mostSets {
			out.sets = nil
		}
		return out
	case syntax.OpConcat:
		out := what{exact: true}
		run := []string{""}
		for _, sub := range e.Sub {
			in := needed(sub)
			if in.exact && len(in.whole)*len(run) <= mostSets {
				var longer []string
				for _, a := range run {
					for _, b := range in.whole {
						longer = append(longer, a+b)
					}
				}
				run = longer
				continue
			}
			out.exact = false
			out.sets = better(better(out.sets, run), better(in.sets, in.whole))
			run = []string{""}
			if in.exact {
				run = in.whole
			}
		}
		if out.exact {
			out.whole = run
		} else {
			out.sets = better(out.sets, run)
		}
		return out
	}
	return what{}
}

// leading are strings of the folded view with one of which every match begins,
// or none.
func leading(e *syntax.Regexp) []string {
	switch e.Op {
	case syntax.OpCapture:
		return leading(e.Sub[0])
	case syntax.OpAlternate:
		var all []string
		for _, sub := range e.Sub {
			one := leading(sub)
			if len(one) == 0 || len(all)+len(one) > mostSets {
				return nil
			}
			all = append(all, one...)
		}
		return all
	case syntax.OpConcat:
		n := 1
		for n < len(e.Sub) && needed(&syntax.Regexp{Op: syntax.OpConcat, Sub: e.Sub[:n+1]}).exact {
			n++
		}
		if n == 1 {
			return leading(e.Sub[0])
		}
		return needed(&syntax.Regexp{Op: syntax.OpConcat, Sub: e.Sub[:n]}).whole
	}
	return needed(e).whole
}

// better is the literals that are rarer.
func better(a, b []string) []string {
	least := func(sets []string) int {
		n := 1 << 20
		for _, s := range sets {
			n = min(n, len(s))
		}
		if len(sets) == 0 {
			return -1
		}
		return n
	}
	if x, y := least(a), least(b); y > x || y == x && len(b) < len(a) {
		return b
	}
	return a
}
