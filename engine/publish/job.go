package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A job is one action being carried out.
type job struct {
	*Run
	journal *journal
	action  plan.Action
	out     Outcome
	lost    error // an outcome that could not be written down
	conn    platform.Conn
	lease   time.Time
	hold    time.Time // nothing is sent before
	parts   []platform.Part
	live    []platform.Ref
	tried   int       // steps begun
	ups     *[]string // ids of what the run put up on the channel

	gathered bool // the call of another may have done it
}

// receipt is the ledger's line about a step.
func (j *job) receipt(s plan.Step, state schema.State) schema.Receipt {
	return schema.Receipt{At: clock(), Run: j.ID, Post: j.action.Post, Channel: j.action.Channel, Part: s.Part,
		State: state, Op: string(s.Do), Key: s.Key, Digest: s.Digest, Due: j.action.Due,
		Approved: j.action.Approved, Pull: j.action.Pull, Urgent: j.action.Urgent, Freeze: j.action.Freeze}
}

// intents are written before anything leaves: one a step that sends. Each has
// a moment of its own, so that what is sent together stands in order also
// where only its time says so.
func (j *job) intents(next func() time.Time) []schema.Receipt {
	a := &j.action
	a.Steps = slices.Clone(a.Steps)
	var rs []schema.Receipt
	for i := range a.Steps {
		s := &a.Steps[i]
		if s.Do == plan.CallFind || a.Verb == plan.HandOff {
			continue
		}
		at := next()
		if j.lease.IsZero() {
			j.lease = at.Add(cmp.Or(j.Lease, DefaultLease))
		}
		if s.First.IsZero() {
			s.First = at
		}
		rs = append(rs, j.intent(*s, at))
	}
	return rs
}

func (j *job) intent(s plan.Step, at time.Time) schema.Receipt {
	r := j.receipt(s, schema.Intent)
	r.At, r.Lease = at, j.lease
	return r
}

// sends reports whether the job calls the platform.
func (j *job) sends() bool { return j.action.Verb != plan.Move && j.action.Verb != plan.HandOff }

// do takes the steps in order and stops at the first that does not succeed.
func (j *job) do(ctx context.Context, conn platform.Conn) {
	j.conn, j.live = conn, slices.Clone(j.action.Live)
	j.parts = j.action.Wish.Variant().Parts
	if err := until(ctx, j.hold); err != nil {
		j.untried(ctx, err)
		return
	}
	found := 0
	for i, s := range j.action.Steps {
		if s.Do == plan.CallPublish && found == s.Part {
			j.tried = i + 1
			continue
		}
		if err := j.renew(ctx, j.action.Steps[i:]); err != nil {
			j.out.Err = err
			break
		}
		j.tried = i + 1
		ref, state, err := j.step(ctx, s)
		r := j.receipt(s, state)
		switch {
		case s.Do != plan.CallFind:
		case errors.Is(err, platform.ErrNotFound) && j.follows(i): // surely not there: what follows sends it
			continue
		case errors.Is(err, platform.ErrNotFound):
			state, err = schema.Failed, nil
			r.State, r.Why = state, "it is not there"
		case err != nil:
			state = schema.Unknown
			r.State, r.Op = state, string(plan.CallPublish)
		default:
			found = s.Part
			r.Op = string(plan.CallPublish)
		}
		if r.ID, r.URL, r.Rev = ref.ID, ref.URL, ref.Rev; err != nil {
			r.Why = err.Error()
		}
		j.record(ctx, r)
		if j.out.State = state; err != nil {
			j.out.Err, j.out.step = err, s.Do
			break
		}
		j.landed(s, ref, state)
		if j.lost != nil {
			break
		}
	}
	if j.out.Err != nil {
		j.drop(ctx)
	}
	if len(j.live) > 0 {
		j.out.URL = j.live[0].URL
	}
}

// follows reports whether a step is followed by the publish of the same part.
func (j *job) follows(i int) bool {
	return i+1 < len(j.action.Steps) && j.action.Steps[i+1].Part == j.action.Steps[i].Part
}

func (j *job) landed(s plan.Step, ref platform.Ref, state schema.State) {
	for len(j.live) < s.Part {
		j.live = append(j.live, platform.Ref{})
	}
	if state != schema.Live {
		j.live[s.Part-1] = platform.Ref{}
		return
	}
	j.live[s.Part-1] = ref
	*j.ups = append(*j.ups, ref.ID)
}

// drop takes back the intents of steps that were never begun: they are surely
// not done. What an earlier run left open stays open, and so does what went
// along with another.
func (j *job) drop(ctx context.Context) {
	open := map[int]bool{}
	for _, s := range j.action.Steps {
		open[s.Part] = open[s.Part] || s.Do == plan.CallFind
	}
	var rs []schema.Receipt
	for _, s := range j.action.Steps[j.tried:] {
		if s.Do == plan.CallFind {
			continue
		}
		state := schema.Failed
		if open[s.Part] || j.gathered {
			state = schema.Unknown
		}
		r := j.receipt(s, state)
		r.Why = "not tried"
		rs = append(rs, r)
	}
	j.record(ctx, rs...)
}

// untried ends a job that was not begun.
func (j *job) untried(ctx context.Context, why error) {
	j.out.State, j.out.Err = schema.Failed, fmt.Errorf("not tried: %w", why)
	if j.gathered {
		j.out.State = schema.Unknown
	}
	j.drop(ctx)
}

func (j *job) move(ctx context.Context) {
	j.out.State = schema.Moved
	j.record(ctx, schema.Receipt{At: clock(), Run: j.ID, Post: j.action.Post, Channel: j.action.Channel, State: schema.Moved, To: j.action.To})
	j.out.Err = j.lost
}

// hand notes that the post is in a person's hands.
func (j *job) hand(ctx context.Context) {
	j.out.State = schema.Handed
	var rs []schema.Receipt
	for _, s := range j.action.Steps {
		rs = append(rs, j.receipt(s, schema.Handed))
	}
	j.record(ctx, rs...)
	j.out.Err = j.lost
}

// record writes outcomes down, also when the run is being stopped.
func (j *job) record(ctx context.Context, rs ...schema.Receipt) {
	if len(rs) == 0 {
		return
	}
	if err := j.journal.record(ctx, rs); err != nil {
		j.lost = errors.Join(j.lost, err)
		j.out.Err = errors.Join(j.out.Err, err)
	}
}

// renew makes sure that enough of the lease is left for one more call.
func (j *job) renew(ctx context.Context, rest []plan.Step) error {
	now := clock()
	if j.lease.Sub(now) > margin {
		return nil
	}
	if j.lease.Before(now) {
		return errors.New("the run was away longer than its lease")
	}
	j.lease = now.Add(cmp.Or(j.Lease, DefaultLease))
	var rs []schema.Receipt
	for _, s := range rest {
		if s.Do != plan.CallFind {
			rs = append(rs, j.intent(s, now))
		}
	}
	if err := j.journal.now(ctx, rs); err != nil {
		return fmt.Errorf("the lease cannot be renewed: %w", err)
	}
	return nil
}
