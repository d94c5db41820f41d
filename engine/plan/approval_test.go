package plan

import (
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func approved(w Wish, by ...string) Wish {
	w.Approval = &Approval{By: by, Pull: 7}
	return w
}

func held(w Wish, why string) Wish {
	w.Approval = &Approval{Held: why}
	return w
}

func urgent(w Wish) Wish { w.Urgent = true; return w }

func embargo(w Wish, from time.Duration) Wish {
	w.Embargo = now.Add(from)
	return w
}

func TestApprovals(t *testing.T) {
	frozen := &Freeze{Reason: "deuil"}
	for _, tt := range []struct {
		name   string
		old    []schema.Receipt
		freeze *Freeze
		wish   Wish
		want   string
	}{
		{"approved", nil, nil, approved(wish(full, 0, "a"), "ana"), "publish publish1"},
		{"nobody was asked", nil, nil, wish(full, 0, "a"), "hold"},
		{"held", nil, nil, held(wish(full, 0, "a"), "nobody approved it"), "hold"},
		{"held on its way to a person", nil, nil, held(wish(hand, 0, "a"), "nobody approved it"), "hold"},
		{"not due is not asked about", nil, nil, wish(full, time.Hour, "a"), "wait"},
		{"a change is held", recs("1 live publish a"), nil, held(wish(full, 0, "b"), "it was changed after Ana approved it"), "hold"},
		{"a thread that broke off goes on", recs("1 live publish a"), nil, approved(wish(full, 0, "a", "b"), "ana"), "publish publish2"},
		{"an open outcome that would be sent again is held", recs("1 intent publish a"), nil, held(wish(full, 0, "a"), "no"), "hold"},
		{"what is out and as it was needs no one", recs("1 live publish a"), nil, wish(full, 0, "a"), ""},
		{"to take down needs no one", recs("1 live publish a"), nil, retracted(wish(full, 0, "a")), "remove remove1"},
		{"urgent and approved goes through a freeze", nil, frozen, approved(urgent(wish(full, 0, "a")), "dir"), "publish publish1"},
		{"urgent and held does not", nil, frozen, held(urgent(wish(full, 0, "a")), "no"), "hold"},
		{"what is not urgent waits", nil, frozen, approved(wish(full, 0, "a"), "ana"), "wait"},
		{"under embargo", nil, nil, approved(embargo(wish(full, -2*time.Hour, "a"), time.Hour), "ana"), "wait"},
		{"urgent does not beat an embargo", nil, nil, approved(embargo(urgent(wish(full, -2*time.Hour, "a")), time.Hour), "ana"), "wait"},
		{"the embargo is over, and late counts from it", other, nil, approved(embargo(wish(full, -30*time.Hour, "a"), -time.Minute), "ana"), "publish publish1"},
		{"a change under embargo", recs("1 live publish a"), nil, approved(embargo(wish(full, -2*time.Hour, "b"), time.Hour), "ana"), "wait"},
		{"a draft under embargo stays a draft", nil, nil, Wish{Post: "hello", Channel: full, Digests: []string{"a"}, Embargo: now.Add(-time.Hour)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := Input{Brand: "B", Reviewed: true, Wishes: []Wish{tt.wish}, Ledger: ledger.New(tt.old...), Now: now, Freeze: tt.freeze, Channels: []*platform.Channel{tt.wish.Channel}}
			p := Make(in)
			if got := show(p); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for _, a := range p.Actions {
				if named := len(a.Approved) > 0; named != a.sends() {
					t.Errorf("%s names %v as those who approved", a.Verb, a.Approved)
				}
				if through := a.Freeze != ""; through != (tt.freeze != nil && a.Verb == Publish) {
					t.Errorf("%s: freeze %q", a.Verb, a.Freeze)
				}
			}
			if asks := len(p.Unasked()) > 0; asks != (tt.name == "nobody was asked") {
				t.Errorf("Unasked: %t", asks)
			}
		})
	}
}

// What is held takes nobody's place in a day that is nearly full.
func TestHeldTakesNoPlace(t *testing.T) {
	a, b := held(wish(full, -2*time.Minute, "a"), "no"), approved(wish(full, -time.Minute, "b"), "ana")
	b.Post = "second"
	p := Make(Input{Brand: "B", Reviewed: true, PerDay: 1, Wishes: []Wish{a, b}, Ledger: ledger.New(), Now: now, Channels: []*platform.Channel{full}})
	if got := show(p); got != "hold publish publish1" {
		t.Error(got)
	}
}
