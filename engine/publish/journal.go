package publish

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// often is how often outcomes are made durable for every other run while
// there is more to do.
const often = 30 * time.Second

// How long a run keeps trying to write down what it did: without it the next
// run must ask. A run that is stopped has little time left.
const (
	stubborn = 5 * time.Minute
	hurried  = 8 * time.Second
)

// An UnrecordedError holds what was done and could not be written down.
type UnrecordedError struct {
	Receipts []schema.Receipt
	Err      error
}

func (e *UnrecordedError) Error() string {
	return fmt.Sprintf("%d receipts could not be written to the ledger: %v", len(e.Receipts), e.Err)
}

func (e *UnrecordedError) Unwrap() error { return e.Err }

// A journal writes the outcomes of one run.
type journal struct {
	home ledger.Home

	mu      sync.Mutex
	unsaved []schema.Receipt // nowhere but in memory
	waiting []schema.Receipt // on this machine only

	flush sync.Mutex // one at a time
}

// record makes outcomes durable on this machine.
func (l *journal) record(ctx context.Context, rs []schema.Receipt) error {
	err := l.home.Record(context.WithoutCancel(ctx), rs)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.unsaved = append(l.unsaved, rs...)
		return err
	}
	l.waiting = append(l.waiting, rs...)
	return nil
}

// now makes receipts durable for every run before it returns.
func (l *journal) now(ctx context.Context, rs []schema.Receipt) error {
	if err := l.home.Record(ctx, rs); err != nil {
		return err
	}
	return l.push(ctx)
}

// push flushes what waits.
func (l *journal) push(ctx context.Context) error {
	l.flush.Lock()
	defer l.flush.Unlock()
	l.mu.Lock()
	n := len(l.waiting)
	l.mu.Unlock()
	if err := l.home.Flush(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	l.waiting = l.waiting[n:]
	l.mu.Unlock()
	return nil
}

// flushing pushes now and then, until the function it returns is called.
func (l *journal) flushing(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(often)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			l.mu.Lock()
			n := len(l.waiting)
			l.mu.Unlock()
			if n > 0 {
				_ = l.push(ctx) // the end tries again, and tells
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}

// end keeps trying until everything is written down for every other run, or
// tells what is not.
func (l *journal) end(ctx context.Context) error {
	start, pause := clock(), time.Second
	stopped := ctx.Done()
	limit := stubborn
	for {
		err := l.settle(context.WithoutCancel(ctx), limit)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			limit, stopped = hurried, nil
		}
		if clock().Sub(start)+pause > limit {
			l.mu.Lock()
			defer l.mu.Unlock()
			return &UnrecordedError{append(l.unsaved, l.waiting...), err}
		}
		select {
		case <-stopped:
			start, pause = clock(), time.Second
		case <-time.After(pause):
			pause = min(2*pause, 20*time.Second)
		}
	}
}

// settle tries once.
func (l *journal) settle(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l.mu.Lock()
	rs := l.unsaved
	l.unsaved = nil
	l.mu.Unlock()
	var err error
	if len(rs) > 0 {
		err = l.record(ctx, rs)
	}
	return errors.Join(err, l.push(ctx))
}
