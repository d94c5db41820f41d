package platform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// However a list changes behind the mark, as far back as it looks, every
// version of every item is read once.
func TestMarkReadsEachVersionOnce(t *testing.T) {
	const back = 10
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var list []Entry // in order of place
		place := 0
		want, got := map[string]int{}, map[string]int{}
		put := func(at int, i *Item) {
			e := Entry{At: fmt.Sprintf("%08d", at), Item: i}
			k, _ := slices.BinarySearchFunc(list, e, func(a, b Entry) int { return strings.Compare(a.At, b.At) })
			list = slices.Insert(list, k, e)
			if i != nil {
				want[i.ID+i.Rev]++
			}
		}
		add := func() {
			place += 10
			var i *Item
			if rng.IntN(4) > 0 {
				i = &Item{ID: fmt.Sprint("item", place), Rev: "a"}
			}
			put(place, i)
		}
		m := Mark{At: "0"}
		page := back + 1 + rng.IntN(30)
		read := func() {
			for {
				var after []Entry
				for _, e := range list {
					if e.At > m.At && len(after) < page {
						after = append(after, e)
					}
				}
				items, next := m.Next(after, back)
				for _, i := range items {
					got[i.ID+i.Rev]++
				}
				again, err := ParseMark(next.String())
				if err != nil || again.String() != next.String() {
					t.Fatalf("the cursor %s is %+v, %v", next, again, err)
				}
				if next.String() == m.String() {
					return
				}
				m = again
			}
		}
		for range 30 {
			for range rng.IntN(60) {
				add()
			}
			read()
			if len(list) > back { // what is late or edited is among the last
				near := list[len(list)-1-rng.IntN(back-2):]
				switch e := &near[0]; rng.IntN(3) {
				case 0:
					put(place-5-rng.IntN(4), &Item{ID: fmt.Sprint("late", place, rng.Uint32()), Rev: "a"})
				case 1:
					if e.Item != nil {
						changed := *e.Item
						changed.Rev += "x"
						e.Item = &changed
						want[changed.ID+changed.Rev]++
					}
				default: // hidden, and shown again
					hidden := e.Item
					e.Item = nil
					read()
					near[0].Item = hidden
				}
			}
			read()
		}
		for v, n := range got {
			if n != 1 || want[v] != 1 {
				t.Fatalf("seed %d: %s was read %d times of %d", seed, v, n, want[v])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d versions were read of %d", seed, len(got), len(want))
		}
	}
}

func FuzzParseMark(f *testing.F) {
	for _, s := range []string{"", "1~0~~", "1~a~b~abcdefgh", "1~a~b~abcdefg", "2~a~b~", "1~~~~", "1~\n~~", "1~a~b~abcdefg="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := ParseMark(s); err == nil && m.String() != s {
			t.Errorf("%q is read as %q", s, m)
		}
	})
}
