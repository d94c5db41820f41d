package plan

import (
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// vanished finds what is live though no post of the workspace wants it there.
func (m *maker) vanished() {
	entries := m.Ledger.Entries()
	if len(entries) == 0 {
		return
	}
	wanted := make(map[[2]string]bool, len(m.Wishes))
	for i := range m.Wishes {
		wanted[[2]string{m.Wishes[i].Post, m.Wishes[i].Channel.Name}] = true
	}
	for _, e := range entries {
		known := slices.ContainsFunc(m.Channels, func(c *platform.Channel) bool { return c.Name == e.Channel })
		if known && e.Live() && !wanted[[2]string{e.Post, e.Channel}] {
			m.lost = append(m.lost, e)
		}
	}
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
		if live := e.Parts[i].Live; live == nil || live.Digest != w.Digests[i] {
			return false
		}
	}
	return true
}

func due(e *ledger.Entry, w *Wish) bool {
	live := e.Parts[0].Live
	return live != nil && !live.Due.IsZero() && live.Due.Equal(w.Due)
}

// moved goes on with a post under its new id. Where the content changed with
// the name, only a person can say that it is the same post.
func (m *maker) moved(a Action, w *Wish, old *ledger.Entry) (Action, bool) {
	if !equal(old, w) {
		return a.as(Ask, "it may be %s, which is live and whose file is gone: write id: %s into this post if it is, or give this one another time", old.Post, old.Post)
	}
	m.lost = slices.DeleteFunc(m.lost, func(e *ledger.Entry) bool { return e == old })
	a.Post, a.To, a.Live = old.Post, w.Post, nil
	return a.as(Move, "only its file was renamed, to %s", w.Post)
}

// gone asks about what is live without a post, once every wish had its chance
// to be the same one.
func (m *maker) gone() []Action {
	var as []Action
	for _, e := range m.lost {
		a, _ := Action{Post: e.Post, Channel: e.Channel}.as(Ask,
			"it is live, but no post in the workspace sends it here any more: put the post back as it was, or with retracted: true to take it down")
		as = append(as, a)
	}
	return as
}
