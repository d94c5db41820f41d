package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// Status says how every post stands on every channel, in order of time, and
// what the plan does about it.
func (s *Space) Status(ctx context.Context, now time.Time) ([]report.Standing, plan.Plan, error) {
	p, l, err := s.Plan(ctx, now)
	if err != nil {
		return nil, p, err
	}
	all := standings(p, l, s.wanted(), now)
	for i := range all {
		if !all[i].At.IsZero() {
			all[i].At = all[i].At.In(s.Zone)
		}
	}
	return all, p, nil
}

// onto names a post on a channel.
type onto struct{ post, channel string }

// wanted is what the workspace wants of each post.
func (s *Space) wanted() map[onto]report.Wanted {
	all := map[onto]report.Wanted{}
	for i, p := range s.Posts {
		for _, on := range s.results[i].Channels {
			all[onto{p.ID(), on.Name}] = report.Wanted{Parts: len(on.Digests), Retracted: p.Front.Retracted}
		}
	}
	for _, back := range s.comebacks() {
		all[onto{back.post.ID(), back.on.Name}] = report.Wanted{Parts: len(back.on.Digests), Retracted: back.post.Front.Retracted}
	}
	return all
}

func standings(p plan.Plan, l *ledger.Ledger, wanted map[onto]report.Wanted, now time.Time) []report.Standing {
	actions := map[onto]*plan.Action{}
	for i := range p.Actions {
		actions[onto{p.Actions[i].Post, p.Actions[i].Channel}] = &p.Actions[i]
	}
	all := []report.Standing{}
	for _, e := range l.Entries() {
		if len(e.Parts) == 0 {
			continue
		}
		name := onto{e.Post, e.Channel}
		all = append(all, report.Stand(e, actions[name], wanted[name], now))
		delete(actions, name)
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if name := (onto{a.Post, a.Channel}); actions[name] == a {
			all = append(all, report.Stand(nil, a, wanted[name], now))
		}
	}
	slices.SortFunc(all, func(x, y report.Standing) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Post, y.Post), cmp.Compare(x.Channel, y.Channel))
	})
	return all
}
