// Package rehearse publishes a whole workspace on this machine, to stand-ins
// of its platforms, and shows on one page what readers would see. It needs no
// credentials, and nothing leaves the machine.
package rehearse

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Options say what to rehearse.
type Options struct {
	Now    time.Time // parts what is to come from what has passed
	Until  time.Time // only what is due by then; zero: everything that has a time
	Report func(publish.Outcome)
}

// A Rehearsal is a workspace as it was published to stand-ins. They, and its
// copy of the workspace, last until Close.
type Rehearsal struct {
	Space     *engine.Space // the copy
	Now       time.Time
	Until     time.Time
	Published engine.Published
	Left      plan.Plan      // what a second plan would still do; nothing, if all went well
	Posts     []Post         // in order of time
	Strays    []Stray        // what timelines show and no receipt knows
	Freeze    *schema.Freeze // what would hold everything back

	stage *stage
}

// Run rehearses a workspace, which is only read.
func Run(ctx context.Context, set platform.Set, of *engine.Space, o Options) (*Rehearsal, error) {
	st, err := open(ctx, set, of, o.Now)
	if err != nil {
		return nil, err
	}
	r := &Rehearsal{Space: st.space, Now: o.Now.In(of.Zone), stage: st}
	if err := r.play(ctx, o); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close ends the stand-ins and removes the copy.
func (r *Rehearsal) Close() error { return r.stage.close() }

func (r *Rehearsal) play(ctx context.Context, o Options) error {
	r.unbound()
	r.Until = o.Until
	if r.Until.IsZero() {
		r.Until = r.last()
	}
	var err error
	if r.Published, err = r.Space.Publish(ctx, engine.Options{Clock: func() time.Time { return r.Until }, Run: "rehearsal", Report: o.Report}); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if r.Published.Plan.Refused != "" {
		return nil // the workspace's own problems stop every post
	}
	again, l, err := r.Space.Plan(ctx, r.Until)
	if err != nil {
		return err
	}
	r.Left = r.left(again)
	r.gather(l)
	for i := range r.Published.Outcomes {
		r.Published.Outcomes[i].URL = "" // it ends with the rehearsal
	}
	return nil
}

// unbound lifts what holds a real run back, and nothing else: a rehearsal is
// about what readers would see, not about when.
func (r *Rehearsal) unbound() {
	s := r.Space
	if f := s.Freeze; f != nil {
		until, _ := calendar.Moment(f.Until, s.Zone)
		if f.Until.IsZero() || until.After(r.Now) {
			r.Freeze = f
		}
		s.Freeze = nil
	}
	s.Config.Ledger = "" // not the one that was published from
	s.Config.Limits.MaxActions = math.MaxInt
	s.Unbound = true
}

// last is when the last post is due, or now where none is.
func (r *Rehearsal) last() time.Time {
	var last time.Time
	for _, p := range r.Space.Posts {
		for _, c := range r.Space.Channels {
			if due := r.Space.Due(p, c.Name); due.After(last) {
				last = due
			}
		}
	}
	if last.IsZero() {
		return r.Now
	}
	return last
}

// left is what of a plan should not be there any more: all but what waits for
// a later time or a person, and posts that have problems.
func (r *Rehearsal) left(p plan.Plan) plan.Plan {
	all := p.Actions
	p.Actions = []plan.Action{}
	for _, a := range all {
		later := a.Verb == plan.Wait && a.Due.After(r.Until)
		if !later && !troubled(&a) && !a.InHand() {
			p.Actions = append(p.Actions, a)
		}
	}
	return p
}

// troubled reports whether problems of the post hold an action back.
func troubled(a *plan.Action) bool {
	return a.Verb == plan.Skip && a.Wish != nil && a.Wish.Trouble != ""
}

// Complete reports whether everything that has no problem went out once, and
// nothing is left.
func (r *Rehearsal) Complete() bool {
	if len(r.Left.Actions) > 0 || len(r.Strays) > 0 || len(r.Published.Alone) > 0 {
		return false
	}
	for i := range r.Published.Outcomes {
		if !r.Published.Outcomes[i].OK() {
			return false
		}
	}
	for _, p := range r.Posts {
		for _, v := range p.Variants {
			if v.Missing() > 0 {
				return false
			}
		}
	}
	return true
}
