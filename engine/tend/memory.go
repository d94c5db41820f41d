package tend

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Memory is what the deeds, replayed in order, say.
type Memory struct {
	Tip      string // of the home it was read from, for a compare-and-swap
	items    map[string]*known
	cursors  map[string]string    // by channel
	authors  map[string]bool      // who wrote before
	answered map[string]time.Time // when an author last got an answer
	since    map[string]time.Time // when a rule was first seen to enforce
	ticks    []tick               // of the last week, or earlier
}

// A tick is something that counts for brakes.
type tick struct {
	at    time.Time
	rule  string // that acted; "": items were judged
	items int
}

// known is what is known of an item.
type known struct {
	schema.Deed                  // as it was judged last
	Decided     moderate.Action  // by a person
	By          string           // that person
	steps       map[string]*step // by op
}

// A step is how far one thing got that is to be done about an item.
type step struct {
	schema.Deed           // the last about it
	asked       time.Time // when it was first intended
	undone      bool
}

// settled reports whether there is nothing more to do.
func (s *step) settled() bool {
	return s != nil && (s.State == schema.DeedDone || s.State == schema.DeedRefused || s.State == schema.DeedLost)
}

// busy reports whether another run may be at it.
func (s *step) busy(now time.Time, run string) bool {
	return s != nil && s.State == schema.DeedIntent && s.Run != run && now.Before(s.Lease)
}

// Recall replays what a home keeps.
func Recall(ctx context.Context, home Home) (*Memory, error) {
	m := &Memory{items: map[string]*known{}, cursors: map[string]string{}, authors: map[string]bool{}, answered: map[string]time.Time{}, since: map[string]time.Time{}}
	var err error
	m.Tip, err = home.Read(ctx, m.add)
	return m, err
}

func (m *Memory) add(d *schema.Deed) {
	if d.Op == schema.OpRead {
		m.cursors[d.Channel] = cmp.Or(d.Cursor, m.cursors[d.Channel])
		m.ticks = append(m.ticks, tick{at: d.At, items: d.Items})
		for _, a := range d.Authors {
			m.authors[a] = true
		}
		for _, id := range d.Rules {
			m.since[id] = d.At
		}
		return
	}
	k := m.items[d.Item]
	if k == nil {
		k = &known{Deed: schema.Deed{Item: d.Item, Channel: d.Channel}, steps: map[string]*step{}}
		m.items[d.Item] = k
	}
	switch d.Op {
	case schema.OpJudge:
		k.Deed = *d
		for _, said := range d.Matched {
			if id, state, _ := strings.Cut(said, " "); state == string(moderate.Acts) {
				m.ticks = append(m.ticks, tick{at: d.At, rule: id})
				if m.since[id].IsZero() {
					m.since[id] = d.At
				}
			}
		}
	case schema.OpDecide:
		k.Decided, k.By = moderate.Action(d.Action), d.By
	case schema.OpUndo:
		if was := k.steps[d.Action]; d.State == schema.DeedDone && was != nil {
			was.undone = true
		}
	default:
		k.step(d)
		if d.Op == schema.OpReply && d.State != schema.DeedFailed && d.State != schema.DeedRefused {
			m.answered[k.Author] = k.steps[d.Op].asked
		}
	}
}

func (k *known) step(d *schema.Deed) {
	s := k.steps[d.Op]
	if s == nil {
		s = &step{asked: cmp.Or(d.First, d.At)}
		k.steps[d.Op] = s
	}
	sealed, key := s.Sealed, s.Key
	s.Deed, s.undone = *d, s.undone && d.State != schema.DeedDone
	s.Sealed, s.Key = cmp.Or(d.Sealed, sealed), cmp.Or(d.Key, key)
}

// open lists the steps that are not settled, in the order they are taken.
func (k *known) open() []string {
	var ops []string
	for _, op := range order {
		if s := k.steps[op]; s != nil && !s.settled() {
			ops = append(ops, op)
		}
	}
	return ops
}

// history is what the brakes of rules need to know.
func (m *Memory) history(now time.Time) moderate.History {
	h := moderate.History{Now: now, Rules: map[string]moderate.Tally{}}
	for id, at := range m.since {
		h.Rules[id] = moderate.Tally{Since: at}
	}
	for _, t := range m.ticks {
		age := now.Sub(t.at)
		if age >= moderate.Young {
			continue
		}
		h.Items += t.items
		if t.rule == "" {
			continue
		}
		tally := h.Rules[t.rule]
		tally.Acted++
		if age < 24*time.Hour {
			tally.Today++
		}
		h.Rules[t.rule] = tally
	}
	return h
}

// list is every item that is known, in the order of their names.
func (m *Memory) list() []*known {
	all := make([]*known, 0, len(m.items))
	for _, name := range slices.Sorted(maps.Keys(m.items)) {
		all = append(all, m.items[name])
	}
	return all
}
