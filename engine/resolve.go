package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/outbox"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Verdict is what a person says became of a post on a channel, where no run
// can know.
type Verdict struct {
	Post    string // its id
	Channel string
	Part    int         // from 1; 0: all that is open
	At      []string    // addresses of what is out: one a part, in order
	Rest    plan.Answer // of what has no address; "": there is nothing else
	By      string
	Now     time.Time
}

// Resolve writes a verdict down and returns the receipts that say so. An
// address is looked at where the platform and the credentials allow it.
func (s *Space) Resolve(ctx context.Context, v Verdict) ([]schema.Receipt, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		l, err := home.Read(ctx)
		if err != nil {
			return nil, err
		}
		rs, err := s.settled(ctx, v, l)
		if err != nil {
			return nil, err
		}
		err = home.Intend(ctx, l.Tip, rs)
		if errors.Is(err, ledger.ErrConflict) && try < 20 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return rs, outbox.Clear(s.Root, s.outbox(), v.Channel, v.Post)
	}
}

// settled is the receipts that a verdict makes.
func (s *Space) settled(ctx context.Context, v Verdict, l *ledger.Ledger) ([]schema.Receipt, error) {
	e := l.Of(v.Post, v.Channel)
	if e == nil {
		e = &ledger.Entry{Post: v.Post, Channel: v.Channel}
	}
	for i := range e.Parts {
		for _, open := range []*schema.Receipt{e.Parts[i].Pending, e.Parts[i].Removing} {
			if open != nil && open.Lease.After(v.Now) {
				return nil, fmt.Errorf("the run %s is at it until %s; wait until then", open.Run, open.Lease.In(s.Zone).Format("15:04"))
			}
		}
	}
	s.schedule(l, v.Now)
	digests := s.digests(v.Post, v.Channel)
	parts, err := about(v, e, digests)
	if err != nil {
		return nil, err
	}
	refs, err := s.places(ctx, v, len(parts))
	if err != nil {
		return nil, err
	}
	var rs []schema.Receipt
	for n, i := range parts {
		var p ledger.Part
		if i < len(e.Parts) {
			p = e.Parts[i]
		}
		r := schema.Receipt{At: v.Now.UTC().Truncate(time.Millisecond), Run: "resolve", By: v.By, Post: v.Post, Channel: v.Channel, Part: i + 1, State: schema.Failed, Op: string(v.Rest)}
		open := cmp.Or(p.Pending, p.Handed)
		switch {
		case n < len(refs):
			r.State, r.Op, r.ID, r.URL, r.Rev = schema.Live, "", refs[n].ID, refs[n].URL, refs[n].Rev
			if open != nil {
				r.Digest, r.Due = open.Digest, open.Due
			}
			if r.Digest == "" && i < len(digests) {
				r.Digest = digests[i]
			}
			if r.Digest == "" {
				return nil, fmt.Errorf("nothing is known of part %d of %s on %s", i+1, v.Post, v.Channel)
			}
		case p.Live != nil:
			r.State, r.Digest = schema.Gone, p.Live.Digest
		}
		rs = append(rs, r)
	}
	return rs, nil
}

// digests are those of a post on a channel as the workspace has it now.
func (s *Space) digests(post, channel string) []string {
	for i, p := range s.Posts {
		if p.ID() != post {
			continue
		}
		for _, on := range s.results[i].Channels {
			if on.Name == channel {
				return on.Digests
			}
		}
	}
	for _, back := range s.comebacks() {
		if back.post.ID() == post && back.on.Name == channel {
			return back.on.Digests
		}
	}
	return nil
}

// about lists the parts, from 0, that a verdict is about: those that are open,
// else those that it can be true of.
func about(v Verdict, e *ledger.Entry, digests []string) ([]int, error) {
	n := max(len(e.Parts), len(digests))
	switch {
	case n == 0:
		return nil, fmt.Errorf("there is no post %s for %s, neither in the workspace nor in the ledger", v.Post, v.Channel)
	case v.Part > n:
		return nil, fmt.Errorf("%s has %d parts on %s", v.Post, n, v.Channel)
	}
	var open, other, changed, same []int
	for i := range n {
		var p ledger.Part
		if i < len(e.Parts) {
			p = e.Parts[i]
		}
		switch {
		case v.Part > 0 && v.Part != i+1:
		case p.Pending != nil || p.Removing != nil || p.Handed != nil:
			open = append(open, i)
		case p.Live == nil:
			other = append(other, i)
		case i >= len(digests) || p.Live.Digest != digests[i]:
			changed = append(changed, i)
		default:
			same = append(same, i)
		}
	}
	name := v.Post + "@" + v.Channel
	switch {
	case len(v.At) > 0: // it is out, or it was changed there
		for _, parts := range [][]int{open, other, changed, same} {
			if len(parts) > 0 {
				return parts, nil
			}
		}
	case v.Rest == plan.AnswerLost:
		if len(open) > 0 {
			return open, nil
		}
		if live := slices.Sorted(slices.Values(slices.Concat(changed, same))); len(live) > 0 {
			return live, nil
		}
		return nil, fmt.Errorf("nothing of %s is out, as far as the ledger knows: there is nothing to say that of", name)
	case v.Rest == plan.AnswerRetry:
		if parts := slices.Sorted(slices.Values(slices.Concat(open, other))); len(parts) > 0 {
			return parts, nil
		}
		return nil, fmt.Errorf("%s is live, as far as the ledger knows; if it is not there, say --lost first", name)
	}
	return nil, fmt.Errorf("nothing is known of %s", name)
}

// places are where the parts are, as the person says and the platform knows.
func (s *Space) places(ctx context.Context, v Verdict, n int) ([]platform.Ref, error) {
	c := s.Channel(v.Channel)
	at := v.At
	if len(at) == 1 && n > 1 && v.Rest == "" && c.Platform.ByHand() {
		at = slices.Repeat(at, n) // its address leads to all of them
	}
	switch {
	case len(at) > n:
		return nil, fmt.Errorf("there are more addresses than the %d parts that this is about", n)
	case len(at) < n && v.Rest == "":
		return nil, fmt.Errorf("this is about %d parts of a thread: give --live once for each that is out, in order, and --lost if the rest is not there", n)
	}
	refs := make([]platform.Ref, len(at))
	var looker platform.Looker
	if c.Platform.Can(platform.Look) && len(s.engine.missing(c)) == 0 {
		conn, err := s.Connect(c)
		if err != nil {
			return nil, err
		}
		looker = conn.(platform.Looker)
	}
	for i, address := range at {
		refs[i] = platform.Ref{ID: address, URL: address}
		if c.Platform.Locate != nil {
			ref, err := c.Platform.Locate(c.Settings, address)
			if err != nil {
				return nil, err
			}
			refs[i] = ref
		}
		if looker == nil {
			continue
		}
		ref, err := looker.Look(ctx, refs[i])
		switch {
		case errors.Is(err, platform.ErrNotFound):
			return nil, fmt.Errorf("%s shows no post at %s", c.Platform.Title, address)
		case err != nil:
			return nil, err
		}
		refs[i] = ref
	}
	return refs, nil
}
