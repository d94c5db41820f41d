package engine

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Plan says what to do at a moment, and the ledger it was made from.
func (s *Space) Plan(ctx context.Context, now time.Time) (plan.Plan, *ledger.Ledger, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	return s.plan(ctx, home, now, 0)
}

// plan takes as due what falls due within ahead.
func (s *Space) plan(ctx context.Context, home ledger.Home, now time.Time, ahead time.Duration) (plan.Plan, *ledger.Ledger, error) {
	l, err := home.Read(ctx)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	p, err := s.planOf(ctx, s.input(l, now, ahead))
	return p, l, err
}

// planOf is a plan in which all that would be sent was asked about. What is
// not due needs no answer yet, and what one answer holds makes room for
// something else, so that it takes turns. Nobody is asked about more once too
// much was approved for any of it to go out.
func (s *Space) planOf(ctx context.Context, in plan.Input) (plan.Plan, error) {
	for {
		p := plan.Make(in)
		if s.Broken {
			p.Refused = "imprimatur.yaml or a file beside it has problems; `imprimatur check` lists them"
			return p, nil
		}
		ws := p.Unasked()
		if len(ws) == 0 || p.Refused != "" {
			return p, s.guard(ctx, &p)
		}
		most := 4 * cmp.Or(in.MaxActions, plan.DefaultMaxActions)
		if err := approve(ctx, s, in.Ledger, ws[:min(len(ws), most)]); err != nil {
			return p, err
		}
	}
}

// input is what a ledger and the workspace say at a moment.
func (s *Space) input(l *ledger.Ledger, now time.Time, ahead time.Duration) plan.Input {
	s.schedule(l, now)
	in := plan.Input{Brand: s.Config.Brand, Review: s.Config.Review.String(), Reviewed: !s.Unbound, Wishes: s.wishes(), Ledger: l, Now: now.In(s.Zone), Ahead: ahead,
		MaxActions: s.Config.Limits.MaxActions, PerDay: s.Config.Limits.PerDay, Unbound: s.Unbound, Channels: s.Channels, Room: s.room}
	if f := s.Freeze; f != nil {
		in.Freeze = &plan.Freeze{Reason: f.Reason}
		if !f.Until.IsZero() {
			in.Freeze.Until, _ = calendar.Moment(f.Until, s.Zone)
		}
	}
	return in
}

func (s *Space) wishes() []plan.Wish {
	n := 0
	for i := range s.results {
		n += len(s.results[i].Channels)
	}
	ws := make([]plan.Wish, 0, n)
	for i, p := range s.Posts {
		for n := range s.results[i].Channels {
			ws = append(ws, s.wish(p, &s.results[i].Channels[n]))
		}
	}
	for _, back := range s.comebacks() {
		ws = append(ws, s.wish(back.post, &back.on))
	}
	return ws
}

func (s *Space) wish(p *workspace.Post, on *onChannel) plan.Wish {
	c := s.Channel(on.Name)
	w := plan.Wish{Post: p.ID(), Channel: c, Due: s.Due(p, on.Name), Trouble: on.Trouble, Retracted: p.Front.Retracted, Urgent: p.Front.Urgent, Embargo: s.embargo(p), Digests: on.Digests,
		Variant: func() platform.Variant { v, _ := s.Render(p, c); return v }}
	w.Barred, w.Never = s.held(p, on.Name)
	if late := p.Front.Late; late != nil {
		w.Late = *late
	}
	return w
}

// trouble is why a post with problems is not published.
func trouble(ps []schema.Problem) string {
	n := 0
	var first string
	for _, p := range ps {
		if p.Severity == schema.Error {
			if n++; n == 1 {
				first = p.Text
			}
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "it has a problem: " + first
	default:
		return fmt.Sprintf("it has %d problems; the first: %s", n, first)
	}
}
