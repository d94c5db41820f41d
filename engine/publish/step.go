package publish

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// step makes one call, again while the platform says that nothing was done,
// and says what is known afterwards.
func (j *job) step(ctx context.Context, s plan.Step) (platform.Ref, schema.State, error) {
	switch s.Do {
	case plan.CallFind:
		ref, err := j.call(ctx, func(ctx context.Context) (platform.Ref, error) { return j.find(ctx, s) })
		return ref, schema.Live, err
	case plan.CallRemove:
		_, err := j.call(ctx, func(ctx context.Context) (platform.Ref, error) {
			return platform.Ref{}, j.conn.(platform.Remover).Remove(ctx, s.Ref)
		})
		if errors.Is(err, platform.ErrNotFound) {
			err = nil // it is gone, whoever did it
		}
		return platform.Ref{}, stateOf(err, schema.Gone), err
	case plan.CallEdit:
		ref, err := j.call(ctx, func(ctx context.Context) (platform.Ref, error) {
			return j.conn.(platform.Editor).Edit(ctx, s.Ref, j.attempt(s))
		})
		return ref, stateOf(err, schema.Live), err
	}
	ref, err := j.call(ctx, func(ctx context.Context) (platform.Ref, error) {
		return j.conn.Publish(ctx, j.attempt(s))
	})
	if errors.Is(err, platform.ErrUnknown) {
		if found, again := once(ctx, func(ctx context.Context) (platform.Ref, error) { return j.find(ctx, s) }); again == nil {
			return found, schema.Live, nil
		}
	}
	return ref, stateOf(err, schema.Live), err
}

// find looks for a part that may be live.
func (j *job) find(ctx context.Context, s plan.Step) (platform.Ref, error) {
	finder, ok := j.conn.(platform.Finder)
	if !ok {
		return platform.Ref{}, platform.ErrUnsupported
	}
	known := slices.Clone(*j.ups)
	if j.Known != nil {
		known = append(known, j.Known(j.action.Channel)...)
	}
	return finder.Find(ctx, j.attempt(s), known)
}

// attempt is the same on every try of a key: the moment it was first tried is
// part of what some platforms know it by.
func (j *job) attempt(s plan.Step) platform.Attempt {
	a := platform.Attempt{Key: s.Key, At: s.First, Part: j.parts[s.Part-1]}
	if n := min(s.Part-1, len(j.live)); n > 0 {
		a.After = j.live[:n:n]
	}
	return a
}

// stateOf is what an error leaves behind.
func stateOf(err error, done schema.State) schema.State {
	var busy *platform.BusyError
	switch {
	case err == nil:
		return done
	case errors.As(err, &busy), errors.Is(err, platform.ErrAuth), errors.Is(err, platform.ErrAddress):
		return schema.Failed
	case errors.Is(err, platform.ErrUnknown):
		return schema.Unknown
	case errors.Is(err, platform.ErrRejected), errors.Is(err, platform.ErrNotFound), errors.Is(err, platform.ErrUnsupported):
		return schema.Refused
	default: // the connector ended before it called: a picture it could not read, a cancelled run
		return schema.Failed
	}
}

// until waits for a moment that is near.
func until(ctx context.Context, t time.Time) error {
	wait := t.Sub(clock())
	if wait <= 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(wait):
		return nil
	}
}

// grace is what a call that is under way gets to end when the run is stopped.
const grace = 6 * time.Second

// once makes one call. A run that is stopped lets it end: a call cut off is an
// outcome nobody knows.
func once(ctx context.Context, f func(context.Context) (platform.Ref, error)) (platform.Ref, error) {
	if ctx.Err() != nil {
		return platform.Ref{}, context.Cause(ctx)
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), perCall)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-call.Done():
		}
	})()
	return f(call)
}

// patience is how long one step waits for a busy platform, all in all.
const patience = 5 * time.Minute

// call repeats f only while the platform says that nothing was done.
func (j *job) call(ctx context.Context, f func(context.Context) (platform.Ref, error)) (platform.Ref, error) {
	pause, waited := time.Second, time.Duration(0)
	for {
		ref, err := once(ctx, f)
		var busy *platform.BusyError
		if !errors.As(err, &busy) {
			return ref, err
		}
		wait := cmp.Or(busy.After, pause+time.Duration(rand.Int64N(int64(pause/2))))
		if waited += wait; waited > patience || clock().Add(wait).After(j.lease.Add(-margin)) {
			return ref, err
		}
		select {
		case <-ctx.Done():
			return ref, errors.Join(err, context.Cause(ctx))
		case <-time.After(wait):
		}
		pause *= 2
	}
}
