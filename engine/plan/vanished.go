package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A record is what a channel did so far.
type record struct {
	channel *platform.Channel
	today   int       // posts that went up, or may have, on the day of the plan
	last    time.Time // when a post last went up
	anew    bool      // the plan has a post that is published anew
}

// survey goes once through the ledger: what each channel did, and what is
// there though no post of the workspace wants it.
func (m *maker) survey() {
	m.record = make(map[string]*record, len(m.Channels))
	for _, c := range m.Channels {
		m.record[c.Name] = &record{channel: c}
	}
	wanted := make(map[[2]string]bool, len(m.Wishes))
	for i := range m.Wishes {
		wanted[[2]string{m.Wishes[i].Post, m.Wishes[i].Channel.Name}] = true
	}
	y, mo, d := m.Now.Date()
	midnight := time.Date(y, mo, d, 0, 0, 0, 0, m.Now.Location())
	m.strays = map[string][]*ledger.Entry{}
	m.Ledger.Each(func(e *ledger.Entry) {
		r := m.record[e.Channel]
		if len(e.Parts) == 0 {
			return
		}
		if r == nil {
			m.strays[e.Post] = append(m.strays[e.Post], e)
			return
		}
		up := e.Parts[0].Up
		if up.IsZero() && e.Parts[0].Pending != nil {
			up = e.Parts[0].First
		}
		if !up.Before(midnight) {
			r.today++
		}
		if up.After(r.last) {
			r.last = up
		}
		if !wanted[[2]string{e.Post, e.Channel}] && (e.Live() || e.Pending() || e.Handed()) {
			m.lost = append(m.lost, e)
		}
	})
	slices.SortFunc(m.lost, ledger.Compare)
}

// renamed is the post on a channel that the workspace no longer has, with the
// same words: the channel may only have another name now.
func (m *maker) renamed(w *Wish) *ledger.Entry {
	var found *ledger.Entry
	for _, e := range m.strays[w.Post] {
		if equal(e, w) && (found == nil || e.Channel < found.Channel) {
			found = e
		}
	}
	return found
}

// same is the lost entry that the wish is a new name of: the same content, or
// at least the same moment on the same channel.
func (m *maker) same(w *Wish) *ledger.Entry {
	for _, e := range m.lost {
		if e.Channel == w.Channel.Name && (equal(e, w) || due(e, w)) {
			return e
		}
	}
	return nil
}

func equal(e *ledger.Entry, w *Wish) bool {
	if len(e.Parts) != len(w.Digests) {
		return false
	}
	for i := range e.Parts {
		if r := there(&e.Parts[i]); r == nil || r.Digest != w.Digests[i] {
			return false
		}
	}
	return true
}

func due(e *ledger.Entry, w *Wish) bool {
	r := there(&e.Parts[0])
	return r != nil && !r.Due.IsZero() && r.Due.Equal(w.Due)
}

// there is what may be there of a part, whether a run or a person knows of it
// or not.
func there(p *ledger.Part) *schema.Receipt {
	if p.Pending != nil && p.Pending.Op == string(CallPublish) {
		return p.Pending
	}
	return cmp.Or(p.Live, p.Handed)
}

// moved goes on with a post under its new id. Where the content changed with
// the name, only a person can say that it is the same post.
func (m *maker) moved(a Action, w *Wish, old *ledger.Entry) (Action, bool) {
	if busy := leased(old, m.Now); busy != nil {
		return a.as(Wait, "it may be %s, and the run %s is at that until %s", old.Post, busy.Run, clock(busy.Lease))
	}
	if !equal(old, w) {
		return a.as(Ask, "it may be %s, which is out or was tried and whose file is gone: write id: %s into this post if it is, or give this one another time", old.Post, old.Post)
	}
	m.lost = slices.DeleteFunc(m.lost, func(e *ledger.Entry) bool { return e == old })
	a.Post, a.To, a.Live = old.Post, w.Post, nil
	return a.as(Move, "only its file was renamed, to %s", w.Post)
}

// gone says what to do about what is there without a post, once every wish had
// its chance to be the same one.
func (m *maker) gone() []Action {
	var as []Action
	for _, e := range m.lost {
		if a, ok := m.without(e); ok {
			as = append(as, a)
		}
	}
	return as
}

func (m *maker) without(e *ledger.Entry) (Action, bool) {
	c := m.record[e.Channel].channel
	w := &Wish{Post: e.Post, Channel: c, Variant: func() platform.Variant { return platform.Variant{} }}
	a := Action{Post: e.Post, Channel: e.Channel, Live: refs(e), Wish: w}
	switch busy := leased(e, m.Now); {
	case busy != nil:
		return a.as(Wait, "the run %s is at it until %s", busy.Run, clock(busy.Lease))
	case c.OnDelete == "ignore":
		return a, false
	case c.Platform.ByHand():
		return m.byHandGone(a, e, "its file is gone")
	case c.OnDelete == "remove":
		steps, ask := settle(w, e, 0)
		switch a.Steps = steps; {
		case ask.why != "":
			return a.ask(ask)
		case len(steps) > 0:
			return a.as(Resolve, "its file is gone, and an earlier run ended before it learned the outcome")
		}
		return m.takeDown(a, e, "its file is gone, and the channel says on_delete: remove")
	}
	a.Answers = []Answer{AnswerLost}
	what := "it is live"
	if !e.Live() {
		what, a.Answers = "an earlier run may have published it", anywhere
	}
	return a.as(Ask, "%s, but no post in the workspace sends it here any more: put the post back as it was, or with retracted: true to take it down", what)
}
