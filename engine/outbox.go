package engine

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/outbox"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// outbox is the folder for what a person publishes by hand.
func (s *Space) outbox() string {
	return strings.TrimSuffix(cmp.Or(s.Config.Outbox, workspace.OutboxDir), "/")
}

// Outbox writes what is in people's hands to the outbox, and nothing to the
// ledger. It returns the folder and how many posts wait there.
func (s *Space) Outbox(ctx context.Context, now time.Time) (dir string, posts int, err error) {
	p, _, err := s.Plan(ctx, now)
	if err != nil {
		return "", 0, err
	}
	if p.Refused != "" {
		return "", 0, errors.New(p.Refused)
	}
	for i := range p.Actions {
		if p.Actions[i].InHand() {
			posts++
		}
	}
	return s.outbox(), posts, s.fillOutbox(p.Actions)
}

// fillOutbox makes the outbox hold what a person is to do, all of it and
// nothing else: a runner that is new every time has all of it, too.
func (s *Space) fillOutbox(all []plan.Action) error {
	there, err := outbox.List(s.Root, s.outbox())
	if err != nil {
		return err
	}
	marks := make(map[[2]string]string, len(there))
	for _, it := range there {
		marks[[2]string{it.Channel, it.Post}] = it.Mark
	}
	for i := range all {
		a := &all[i]
		if !a.InHand() {
			continue
		}
		at := [2]string{a.Channel, a.Post}
		h := s.handoff(a)
		if marks[at] != h.Mark() {
			if _, err := outbox.Write(s.Root, s.outbox(), h); err != nil {
				return err
			}
		}
		delete(marks, at)
	}
	for _, it := range there {
		if _, extra := marks[[2]string{it.Channel, it.Post}]; extra {
			if err := outbox.Clear(s.Root, s.outbox(), it.Channel, it.Post); err != nil {
				return err
			}
		}
	}
	return nil
}

// handoff is what a person is asked to do.
func (s *Space) handoff(a *plan.Action) outbox.Handoff {
	h := outbox.Handoff{Channel: a.Wish.Channel, Variant: a.Wish.Variant(), Due: a.Due, Zone: s.Zone, Lang: s.Config.Language,
		Remove: a.Removes(), Resolve: a.Resolve() + " --live URL"}
	h.Variant.Post, h.Variant.Channel = a.Post, a.Channel
	for _, r := range a.Live {
		if r != (platform.Ref{}) {
			h.Live = append(h.Live, r)
		}
	}
	if h.Remove {
		h.Resolve = a.Resolve() + " --lost"
	}
	return h
}
