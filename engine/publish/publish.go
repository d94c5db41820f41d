// Package publish carries out a plan: an intent in the ledger before each call
// to a platform, an outcome after it. Retries live here and nowhere else.
package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Run carries out plans under one name.
type Run struct {
	ID    string
	Home  ledger.Home
	Lease time.Duration // how long an intent keeps other runs away; 0 means DefaultLease
	Open  func(*platform.Channel) (platform.Conn, error)
	Also  []schema.Receipt // written down with the intents
	// Known lists the ids of everything that is up on a channel, so that it is
	// not taken for what is looked for. Nil: nothing is.
	Known func(channel string) []string
	// Report is told of every outcome as it comes; it may be called by several
	// goroutines at once.
	Report func(Outcome)
}

// DefaultLease is how long an intent keeps other runs away.
const DefaultLease = 15 * time.Minute

// margin is what must be left of a lease when a call begins: longer than one
// call may last.
const (
	margin  = 3 * time.Minute
	perCall = 2 * time.Minute
)

// Outcome is what became of one action.
type Outcome struct {
	Action plan.Action  `json:"action"`
	State  schema.State `json:"state"`         // live, gone, failed, refused, unknown, handed or moved
	URL    string       `json:"url,omitempty"` // of the first part
	Err    error        `json:"-"`
	Why    string       `json:"why,omitempty"`  // Err, for readers of JSON
	Next   string       `json:"next,omitempty"` // what comes of it, where there is an Err

	step plan.Call // that ended it
}

// OK reports whether the action did what it was to do.
func (o *Outcome) OK() bool {
	return o.Err == nil
}

// Do carries out the actions of p that act, channels side by side, and
// returns their outcomes in the plan's order. With an error and no outcomes
// nothing was sent: ledger.ErrConflict asks for a new plan. An
// *UnrecordedError comes with the outcomes.
func (r *Run) Do(ctx context.Context, p *plan.Plan, tip string) ([]Outcome, error) {
	if p.Refused != "" {
		return nil, errors.New(p.Refused)
	}
	start, log := clock(), &journal{home: r.Home}
	byChannel := map[string][]*job{}
	var jobs []*job
	var intents []schema.Receipt
	last := clock().Add(-time.Millisecond)
	next := func() time.Time { last = last.Add(time.Millisecond); return last }
	for _, a := range p.Actions {
		if !a.Verb.Acts() {
			continue
		}
		j := &job{Run: r, journal: log, action: a, out: Outcome{Action: a}}
		if a.First() { // it may be due in a moment, by the plan's clock
			j.hold = start.Add(a.Due.Sub(p.Now))
		}
		intents = append(intents, j.intents(next)...)
		jobs = append(jobs, j)
		byChannel[a.Channel] = append(byChannel[a.Channel], j)
	}
	intents = append(intents, r.Also...)
	if len(jobs)+len(intents) == 0 {
		return nil, nil
	}
	if len(intents) > 0 {
		if err := r.Home.Intend(ctx, tip, intents); err != nil {
			return nil, err
		}
	}
	stop := log.flushing(ctx)
	var wg sync.WaitGroup
	for _, name := range slices.Sorted(maps.Keys(byChannel)) {
		wg.Go(func() { r.channel(ctx, byChannel[name]) })
	}
	wg.Wait()
	stop()
	outs := make([]Outcome, len(jobs))
	for i, j := range jobs {
		outs[i] = j.out
	}
	return outs, log.end(ctx)
}

// channel carries out the jobs of one channel in order.
func (r *Run) channel(ctx context.Context, jobs []*job) {
	var conn platform.Conn
	var stop error   // why the rest of the channel is not tried
	var ups []string // ids of what this run put up
	for i, j := range jobs {
		j.ups = &ups
		if stop == nil && ctx.Err() != nil {
			stop = context.Cause(ctx)
		}
		if stop == nil && conn == nil && j.sends() {
			if conn, stop = r.Open(j.action.Wish.Channel); stop != nil && !errors.Is(stop, platform.ErrAddress) {
				stop = fmt.Errorf("%w: %w", platform.ErrAuth, stop)
			}
		}
		switch {
		case j.action.Verb == plan.Move:
			j.move(ctx)
		case j.action.Verb == plan.HandOff:
			j.hand(ctx)
		case stop != nil:
			j.untried(ctx, stop)
		default:
			if !j.gathered {
				gather(conn, jobs[i:])
			}
			j.do(ctx, conn)
			if j.out.Err != nil && !errors.Is(j.out.Err, platform.ErrUnknown) && j.lost == nil {
				scatter(jobs[i+1:])
			}
			// what keeps this one waiting keeps the rest waiting too
			if busy := (*platform.BusyError)(nil); errors.As(j.out.Err, &busy) || errors.Is(j.out.Err, platform.ErrAuth) ||
				errors.Is(j.out.Err, platform.ErrAddress) || j.lost != nil {
				stop = j.out.Err
			}
		}
		if j.out.Err != nil {
			j.out.Why, j.out.Next = j.out.Err.Error(), j.out.next()
		}
		if r.Report != nil {
			r.Report(j.out)
		}
	}
}

// clock is now as receipts have it.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
