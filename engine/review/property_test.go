package review

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// shuffled gives lists in another order, as far as GitHub's clock tells the
// right one: commits among the events have none.
type shuffled struct {
	forge.Forge
	rand *rand.Rand
}

func (s shuffled) Reviews(ctx context.Context, number int) ([]forge.Review, error) {
	rs, err := s.Forge.Reviews(ctx, number)
	s.rand.Shuffle(len(rs), func(i, k int) { rs[i], rs[k] = rs[k], rs[i] })
	return rs, err
}

func (s shuffled) Events(ctx context.Context, number int) ([]forge.Event, error) {
	es, err := s.Forge.Events(ctx, number)
	for from := 0; from < len(es); from++ {
		to := from
		for to < len(es) && !es[to].At.IsZero() {
			to++
		}
		s.rand.Shuffle(to-from, func(i, k int) { es[from+i], es[from+k] = es[from+k], es[from+i] })
		from = to
	}
	return es, err
}

// A teller makes up a pull request, and knows what must come of it.
type teller struct {
	*rand.Rand
	story            []string
	good             map[string]bool // approvals that stand
	against          map[string]bool
	said             map[string]bool // has a review that can be dismissed
	last, lastForced string
}

func tell(r *rand.Rand) *teller {
	t := &teller{Rand: r, good: map[string]bool{}, against: map[string]bool{}, said: map[string]bool{}, last: "ana"}
	t.story = append(t.story, "open post=0")
	for n := range 2 + r.IntN(9) {
		who := []string{"bob", "cleo", "dan"}[r.IntN(3)]
		switch r.IntN(8) {
		case 0, 1:
			t.push([]string{"ana", "ana", who}[r.IntN(3)], n)
		case 2:
			t.force([]string{"ana", who}[r.IntN(2)], n)
		case 3:
			t.story = append(t.story, "comment "+who)
		case 4:
			t.story = append(t.story, "request "+who)
			t.good[who], t.against[who], t.said[who] = false, true, true
		case 5:
			if t.said[who] {
				t.story = append(t.story, "dismiss "+who)
				t.good[who], t.against[who], t.said[who] = false, false, false
			}
		default:
			t.story = append(t.story, "approve "+who)
			t.good[who], t.against[who], t.said[who] = who != t.last && who != t.lastForced, false, true
		}
	}
	return t
}

func (t *teller) push(who string, n int) {
	t.story = append(t.story, fmt.Sprintf("push %s post=%d", who, n))
	t.last, t.good = who, map[string]bool{}
}

func (t *teller) force(who string, n int) {
	t.story = append(t.story, fmt.Sprintf("force %s post=%d", who, n))
	t.last, t.lastForced, t.good = who, who, map[string]bool{}
}

func (t *teller) ok(approvals int) bool {
	n := 0
	for _, good := range t.good {
		if good {
			n++
		}
	}
	for _, against := range t.against {
		if against {
			return false
		}
	}
	return n >= approvals
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	approved := 0
	judge := func(policy, story string, again bool) Verdict {
		w := play(t, policy, story)
		g := &Gate{Forge: w.repo}
		if again {
			g.Forge = shuffled{w.repo, r}
		}
		all, err := g.Pending(t.Context(), w.at, []Post{w.post})
		if err != nil {
			t.Fatal(err)
		}
		return all[Key{"a", "blog"}]
	}
	for range 500 {
		tale := tell(r)
		policy, n := one, 1
		if r.IntN(3) == 0 {
			policy, n = two, 2
		}
		story := strings.Join(tale.story, "; ")
		got := judge(policy, story, false)
		if got.OK != tale.ok(n) {
			t.Fatalf("%s\n  %s: %s, want %v", policy, story, say(got), tale.ok(n))
		}
		if got.OK {
			approved++
		}
		if again := judge(policy, story, true); say(again) != say(got) {
			t.Fatalf("%s\n  in order:  %s\n  shuffled: %s", story, say(got), say(again))
		}
		for _, more := range []string{"approve rita", "request rita", "comment stranger", "approve stranger", "approve copilot[bot]", "request copilot[bot]", "label x"} {
			if with := judge(policy, story+"; "+more, false); with.OK != got.OK {
				t.Fatalf("%s: %s\n  and then %s: %s", story, say(got), more, say(with))
			}
		}
		for _, more := range []string{"push ana post=new", "push bob post=new", "force ana post=new", "force cleo post=0", "backdate post=new", "push ana posts/b.md=b"} {
			if with := judge(policy, story+"; "+more, r.IntN(2) == 0); with.OK {
				t.Fatalf("%s\n  and then %s: %s", story, more, say(with))
			}
		}
	}
	if approved < 40 {
		t.Errorf("only %d of the histories were approved", approved)
	}
}

// What is missing is what is asked for, less what is there.
func TestStrictest(t *testing.T) {
	got := strictest([]Need{{1, nil}, {2, []string{"@acme/legal", "Ana"}}, {3, nil}, {1, []string{"@ana", "@Acme/legal"}}})
	slices.SortFunc(got, func(a, b Need) int { return cmp.Compare(a.Approvals, b.Approvals) })
	if s := fmt.Sprint(got); s != "[2 approvals from @acme/legal or Ana 3 approvals]" {
		t.Error(s)
	}
}
