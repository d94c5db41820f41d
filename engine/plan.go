package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
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
	return s.planOf(l, now, ahead), l, nil
}

// planOf is the plan of what a ledger says.
func (s *Space) planOf(l *ledger.Ledger, now time.Time, ahead time.Duration) plan.Plan {
	in := plan.Input{Brand: s.Config.Brand, Review: s.Config.Review, Wishes: s.wishes(), Ledger: l, Now: now.In(s.Zone), Ahead: ahead,
		MaxActions: s.Config.Limits.MaxActions, PerDay: s.Config.Limits.PerDay, Unbound: s.Unbound, Channels: s.Channels}
	if in.Review == "" {
		in.Review = "none"
	}
	if f := s.Freeze; f != nil {
		in.Freeze = &plan.Freeze{Reason: f.Reason}
		if !f.Until.IsZero() {
			in.Freeze.Until, _ = calendar.Moment(f.Until, s.Zone)
		}
	}
	p := plan.Make(in)
	if s.Broken {
		p.Refused = "imprimatur.yaml or a file beside it has problems; `imprimatur check` lists them"
	}
	return p
}

func (s *Space) wishes() []plan.Wish {
	n := 0
	for i := range s.results {
		n += len(s.results[i].Channels)
	}
	ws := make([]plan.Wish, 0, n)
	for i, p := range s.Posts {
		due := s.Due(p)
		for _, on := range s.results[i].Channels {
			c := s.Channel(on.Name)
			w := plan.Wish{Post: p.ID(), Channel: c, Due: due, Trouble: on.Trouble, Retracted: p.Front.Retracted, Digests: on.Digests,
				Variant: func() platform.Variant { v, _ := s.Render(p, c); return v }}
			if late := p.Front.Late; late != nil {
				w.Late = *late
			}
			ws = append(ws, w)
		}
	}
	return ws
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
