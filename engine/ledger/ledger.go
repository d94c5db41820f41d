// Package ledger remembers what was published. It is append-only and the only
// state there is: intents are written before a platform is called, outcomes
// after.
package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Ledger is what the receipts, replayed in order, say of every post on every
// channel.
type Ledger struct {
	Tip     string // of the home it was read from, for a compare-and-swap
	entries map[name]*Entry
}

type name struct{ post, channel string }

// An Entry is one post on one channel.
type Entry struct {
	Post, Channel string
	Parts         []Part // by number, from 1 at index 0
}

// A Part is what is known of one part of a post on a channel.
type Part struct {
	Live     *schema.Receipt // the last receipt that says it is up
	Pending  *schema.Receipt // a publish or an edit that may have happened: an intent, or an unknown outcome
	Removing *schema.Receipt // a removal that may have happened
	Last     *schema.Receipt // the newest receipt of any kind
	Key      string          // that was last tried to publish or edit with
	First    time.Time       // when Key was first tried
	Gone     int             // how often it was taken down
}

// New replays receipts, oldest first.
func New(rs ...schema.Receipt) *Ledger {
	l := &Ledger{entries: make(map[name]*Entry, len(rs)/2)}
	for i := range rs {
		l.Add(rs[i])
	}
	return l
}

// Add replays one more receipt.
func (l *Ledger) Add(r schema.Receipt) {
	if r.State == schema.Moved {
		if e := l.entries[name{r.Post, r.Channel}]; e != nil {
			delete(l.entries, name{r.Post, r.Channel})
			e.Post = r.To
			if old := l.entries[name{r.To, r.Channel}]; old != nil { // what was taken down stays counted
				for i := range min(len(old.Parts), len(e.Parts)) {
					e.Parts[i].Gone += old.Parts[i].Gone
				}
			}
			l.entries[name{r.To, r.Channel}] = e
		}
		return
	}
	e := l.entries[name{r.Post, r.Channel}]
	if e == nil {
		e = &Entry{Post: r.Post, Channel: r.Channel}
		l.entries[name{r.Post, r.Channel}] = e
	}
	for len(e.Parts) < r.Part {
		e.Parts = append(e.Parts, Part{})
	}
	p := &e.Parts[r.Part-1]
	p.Last = &r
	open := &p.Pending
	if r.Op == "remove" {
		open = &p.Removing
	} else if p.Key != r.Key {
		p.Key, p.First = r.Key, r.At
	}
	switch r.State {
	case schema.Intent, schema.Unknown:
		*open = &r
	case schema.Live:
		p.Live, *open = &r, nil
	case schema.Gone:
		p.Live, *open = nil, nil
		p.Gone++
	case schema.Failed, schema.Refused:
		if *open != nil && (*open).Run == r.Run { // another run's attempt is its own to settle
			*open = nil
		}
	}
}

// Of returns the entry of a post on a channel, or nil.
func (l *Ledger) Of(post, channel string) *Entry { return l.entries[name{post, channel}] }

// Live reports whether any part of the entry is up.
func (e *Entry) Live() bool {
	return slices.ContainsFunc(e.Parts, func(p Part) bool { return p.Live != nil })
}

// Pending reports whether the outcome of anything is not known.
func (e *Entry) Pending() bool {
	return slices.ContainsFunc(e.Parts, func(p Part) bool { return p.Pending != nil || p.Removing != nil })
}

// IDs lists the platform's ids of all that is up on a channel.
func (l *Ledger) IDs(channel string) []string {
	var ids []string
	for _, e := range l.Entries() {
		for i := range e.Parts {
			if live := e.Parts[i].Live; live != nil && e.Channel == channel {
				ids = append(ids, live.ID)
			}
		}
	}
	return ids
}

// Entries lists every entry in order of post, then channel.
func (l *Ledger) Entries() []*Entry {
	es := make([]*Entry, 0, len(l.entries))
	for _, e := range l.entries {
		es = append(es, e)
	}
	slices.SortFunc(es, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(a.Post, b.Post), cmp.Compare(a.Channel, b.Channel))
	})
	return es
}

// sound says what is wrong with a receipt, or nothing.
func sound(r *schema.Receipt) error {
	switch {
	case r.Post == "" || r.Channel == "" || r.Run == "":
		return fmt.Errorf("it names no post, channel or run")
	case r.At.IsZero():
		return fmt.Errorf("it has no time")
	case r.State == schema.Moved && r.To == "":
		return fmt.Errorf("a move without a new id")
	case r.State == schema.Moved:
		return nil
	case r.Part < 1 || r.Part > 10_000:
		return fmt.Errorf("part %d cannot be", r.Part)
	case r.State == schema.Live && (r.ID == "" || r.Digest == ""):
		return fmt.Errorf("it is live without an id or a digest")
	}
	switch r.State {
	case schema.Intent, schema.Live, schema.Failed, schema.Refused, schema.Unknown, schema.Gone:
		return nil
	}
	return fmt.Errorf("the state %q is not known", r.State)
}
