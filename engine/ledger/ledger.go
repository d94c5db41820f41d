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
	began   map[string]time.Time // by channel
}

type name struct{ post, channel string }

// An Entry is one post on one channel.
type Entry struct {
	Post, Channel string
	Parts         []Part    // by number, from 1 at index 0
	Slot          time.Time // that it has in the queue; zero where it has none
}

// A Part is what is known of one part of a post on a channel.
type Part struct {
	Live     *schema.Receipt // the last receipt that says it is up
	Pending  *schema.Receipt // a publish or an edit that may have happened: an intent, or an unknown outcome
	Removing *schema.Receipt // a removal that may have happened
	Handed   *schema.Receipt // given to a person, who has not said yet what became of it
	Last     *schema.Receipt // the newest receipt of any kind
	Key      string          // that was last tried to publish or edit with
	First    time.Time       // when Key was first tried
	Up       time.Time       // when it went up; zero when it is not
	Gone     int             // how often it was taken down
	Retry    bool            // a person wants it tried again, however late
}

// Find is the op of a receipt that says what a search found.
const Find = "find"

// The ops of what a person says.
const (
	Lost  = "lost"  // it is not there
	Retry = "retry" // it is not there: try again, however late
)

// New replays receipts, oldest first.
func New(rs ...schema.Receipt) *Ledger {
	l := &Ledger{entries: make(map[name]*Entry, len(rs)/2), began: map[string]time.Time{}}
	for i := range rs {
		l.Add(rs[i])
	}
	return l
}

// Add replays one more receipt.
func (l *Ledger) Add(r schema.Receipt) { l.add(&r) }

// add replays a receipt, and keeps it.
func (l *Ledger) add(r *schema.Receipt) {
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
	if r.State == schema.Slotted {
		e.Slot = r.Due
		return
	}
	if began, known := l.began[r.Channel]; !known || r.At.Before(began) {
		l.began[r.Channel] = r.At
	}
	for len(e.Parts) < r.Part {
		e.Parts = append(e.Parts, Part{})
	}
	e.Parts[r.Part-1].add(r)
}

func (p *Part) add(r *schema.Receipt) {
	p.Last = r
	if r.By != "" {
		p.say(r)
		return
	}
	open := &p.Pending
	if r.Op == "remove" {
		open = &p.Removing
	} else if p.Key != r.Key {
		p.Key, p.First = r.Key, r.At
	}
	switch r.State {
	case schema.Intent, schema.Unknown:
		*open = r
	case schema.Live:
		*open = nil
		p.live(r)
	case schema.Handed:
		p.Handed = r
	case schema.Gone:
		*open = nil
		p.gone()
	case schema.Failed, schema.Refused:
		// another run's attempt is its own to settle, unless a search did
		if *open != nil && ((*open).Run == r.Run || r.Op == Find) {
			*open = nil
		}
		if r.State == schema.Refused {
			p.Retry = false
		}
	}
}

// say settles everything: a person looked.
func (p *Part) say(r *schema.Receipt) {
	p.Pending, p.Removing, p.Handed = nil, nil, nil
	switch r.State {
	case schema.Live:
		p.live(r)
	case schema.Gone:
		p.gone()
	default:
		p.Retry = r.Op == Retry
	}
}

func (p *Part) live(r *schema.Receipt) {
	if p.Live == nil {
		p.Up = r.At
	}
	p.Live, p.Handed, p.Retry = r, nil, false
}

func (p *Part) gone() {
	p.Live, p.Handed, p.Up, p.Retry = nil, nil, time.Time{}, false
	p.Gone++
}

// Began is when a channel was first written to, or meant to be; zero: never.
func (l *Ledger) Began(channel string) time.Time { return l.began[channel] }

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

// Handed reports whether a person is to say what became of any part.
func (e *Entry) Handed() bool {
	return slices.ContainsFunc(e.Parts, func(p Part) bool { return p.Handed != nil })
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

// Each calls f with every entry, in no order.
func (l *Ledger) Each(f func(*Entry)) {
	for _, e := range l.entries {
		f(e)
	}
}

// Entries lists every entry in order of post, then channel.
func (l *Ledger) Entries() []*Entry {
	es := make([]*Entry, 0, len(l.entries))
	for _, e := range l.entries {
		es = append(es, e)
	}
	slices.SortFunc(es, Compare)
	return es
}

// Compare orders entries by post, then channel.
func Compare(a, b *Entry) int {
	return cmp.Or(cmp.Compare(a.Post, b.Post), cmp.Compare(a.Channel, b.Channel))
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
	case r.State == schema.Slotted && r.Due.IsZero():
		return fmt.Errorf("a slot without a time")
	case r.State == schema.Moved || r.State == schema.Slotted:
		return nil
	case r.Part < 1 || r.Part > 10_000:
		return fmt.Errorf("part %d cannot be", r.Part)
	case r.State == schema.Live && (r.ID == "" || r.Digest == ""):
		return fmt.Errorf("it is live without an id or a digest")
	}
	switch r.State {
	case schema.Intent, schema.Live, schema.Failed, schema.Refused, schema.Unknown, schema.Handed, schema.Gone:
		return nil
	}
	return fmt.Errorf("the state %q is not known", r.State)
}
