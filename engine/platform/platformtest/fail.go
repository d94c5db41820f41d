package platformtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A verdict says what is wrong with an error, or "".
type verdict func(error) string

func is(kinds ...error) verdict {
	return func(err error) string {
		for _, k := range kinds {
			if errors.Is(err, k) {
				return ""
			}
		}
		return fmt.Sprintf("want one of %q", kinds)
	}
}

func busy(after time.Duration) verdict {
	return func(err error) string {
		if b := (*platform.BusyError)(nil); !errors.As(err, &b) {
			return "want a BusyError"
		} else if after > 0 && b.After != after {
			return fmt.Sprintf("want a BusyError that says to wait %s, got %s", after, b.After)
		}
		return ""
	}
}

// sure: nothing can be up yet, so there is nothing not to know.
func sure(err error) string {
	if isBusy(err) || isAny(err, platform.ErrAuth, platform.ErrAddress, platform.ErrRejected, platform.ErrNotFound, platform.ErrUnsupported,
		context.DeadlineExceeded, context.Canceled) {
		return ""
	}
	return "want a BusyError or a definite one"
}

func isBusy(err error) bool { return errors.As(err, new(*platform.BusyError)) }

func isAny(err error, kinds ...error) bool { return is(kinds...)(err) == "" }

// faults are what goes wrong on the way, and what a connector must make of it:
// on the request that puts the part up, and on one before it.
var faults = []struct {
	name             string
	fault            fault
	creating, before verdict
}{
	{"401 unauthorized", status(401), is(platform.ErrAuth), is(platform.ErrAuth)},
	{"400 bad request", status(400), is(platform.ErrRejected, platform.ErrAuth), is(platform.ErrRejected, platform.ErrAuth)},
	{"422 unprocessable", status(422), is(platform.ErrRejected, platform.ErrAuth), is(platform.ErrRejected, platform.ErrAuth)},
	{"429 too many", status(429, "Retry-After", "7"), busy(7 * time.Second), busy(7 * time.Second)},
	{"500 server error", status(500), is(platform.ErrUnknown), sure},
	{"502 bad gateway", status(502), is(platform.ErrUnknown), sure},
	{"302 found", status(302, "Location", gate), is(platform.ErrUnknown), sure},
	{"308 moved", status(308, "Location", gate), is(platform.ErrAddress), sure},
	{"answer lost", lost, is(platform.ErrUnknown), sure},
	{"answer cut in half", halved, is(platform.ErrUnknown), sure},
	{"log-in page", page, is(platform.ErrUnknown), sure},
	{"silence", silence, is(platform.ErrUnknown), sure},
	{"connection refused", refused, busy(0), busy(0)},
}

// fails: every failure is of the kind the engine acts on, agrees with what a
// reader sees, and shows no secret.
func (s suite) fails(t *testing.T) {
	if s.p.Local {
		t.Skip("nothing of this platform leaves the machine, so that no request can fail")
	}
	shapes := []struct {
		name string
		part func(*bench) platform.Part
	}{
		{"text", func(b *bench) platform.Part { return b.part("It is here.") }},
		{"full", s.full},
	}
	for _, shape := range shapes {
		b := s.open(t)
		b.publish(b.attempt(shape.part(b)))
		calls, creator := b.line.calls, b.line.creator
		if creator == 0 {
			t.Fatal("Publish made no request that the stand-in's timeline answers to")
		}
		for _, f := range faults {
			t.Run(shape.name+"/"+f.name, func(t *testing.T) {
				for k := 0; k <= calls; k++ { // 0: on all of them
					want := f.before
					switch {
					case k == creator || k == 0 && creator == 1:
						want = f.creating
					case k > creator:
						want = nil
					}
					b := s.open(t)
					b.line.spoil(f.fault, k)
					_, err := b.conn.Publish(newDeadline(t.Context()), b.attempt(shape.part(b)))
					b.judge(fmt.Sprintf("on request %d of %d", k, calls), err, want, k < creator && (k > 0 || creator > 1))
				}
			})
		}
	}
	t.Run("Find", s.failsToFind)
	t.Run("Edit", s.failsToEdit)
	t.Run("Remove", s.failsToRemove)
	t.Run("Look", s.failsToLook)
	t.Run("Read", s.failsToRead)
	t.Run("Moderate", s.failsToModerate)
}

// judge holds the outcome of a spoiled Publish to a verdict and to what a
// reader sees. Early is before anything could be up.
func (b *bench) judge(where string, err error, want verdict, early bool) {
	b.Helper()
	up := len(b.standin.Timeline())
	switch {
	case up > 1:
		b.Errorf("%s: %d posts are up; the connector must leave retrying to the engine", where, up)
	case err == nil && up != 1:
		b.Errorf("%s: no error, and a reader sees nothing", where)
	case err == nil:
		return // it got over the fault, or it no longer mattered
	case up == 1 && !errors.Is(err, platform.ErrUnknown):
		b.Errorf("%s: it is up, and the error is not ErrUnknown: %v", where, err)
	case errors.Is(err, platform.ErrUnknown) && early:
		b.Errorf("%s: nothing can be up, and the error is ErrUnknown: %v", where, err)
	case errors.Is(err, platform.ErrUnknown) && (isBusy(err) || isAny(err, platform.ErrAuth, platform.ErrAddress, platform.ErrRejected, platform.ErrNotFound)):
		b.Errorf("%s: ErrUnknown and another kind in one error: %v", where, err)
	case !errors.Is(err, platform.ErrUnknown) && sure(err) != "":
		b.Errorf("%s: an error of no kind the engine knows: %v", where, err)
	}
	if want != nil {
		if wrong := want(err); wrong != "" {
			b.Errorf("%s: %v\n%s", where, err, wrong)
		}
	}
	b.leaks(err)
}

// cancels: a run that ends posts nothing more, and says why.
func (s suite) cancels(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		b := s.open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := b.conn.Publish(ctx, b.attempt(s.full(b)))
		b.cancelled("before it began", err)
	})
	if s.p.Local {
		return
	}
	t.Run("between", func(t *testing.T) {
		b := s.open(t)
		b.publish(b.attempt(s.full(b)))
		for k := 2; k <= b.line.creator; k++ {
			b := s.open(t)
			ctx, cancel := context.WithCancel(t.Context())
			b.line.spoil(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				cancel()
				return next.RoundTrip(r)
			}, k)
			_, err := b.conn.Publish(ctx, b.attempt(s.full(b)))
			b.cancelled(fmt.Sprintf("before request %d", k), err)
		}
	})
}

func (b *bench) cancelled(when string, err error) {
	b.Helper()
	if !errors.Is(err, context.Canceled) || errors.Is(err, platform.ErrUnknown) {
		b.Errorf("cancelled %s: %v, want context.Canceled", when, err)
	}
	if n := len(b.standin.Timeline()); n > 0 {
		b.Errorf("cancelled %s, and a reader sees %d posts", when, n)
	}
	b.leaks(err)
}

// spoiled does something for each fault on each of its requests. Prepare
// makes ready, on a line without faults, what is tried on one with them.
func (s suite) spoiled(t *testing.T, prepare func(*bench) (try func(context.Context) error), judge func(b *bench, where string, err error)) {
	b := s.open(t)
	try := prepare(b)
	b.line.spoil(nil, 0)
	if err := try(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls := b.line.calls
	for _, f := range faults {
		for k := 0; k <= calls; k++ {
			b := s.open(t)
			try := prepare(b)
			b.line.spoil(f.fault, k)
			err := try(newDeadline(t.Context()))
			where := fmt.Sprintf("%s on request %d of %d", f.name, k, calls)
			b.leaks(err)
			judge(b, where, err)
		}
	}
}

// failsToFind: a search that went wrong has not found that nothing is there.
func (s suite) failsToFind(t *testing.T) {
	s.offers(t, platform.Find)
	s.spoiled(t, func(b *bench) func(context.Context) error {
		a := b.attempt(b.part("It is here."))
		want := b.publish(a)
		return func(ctx context.Context) error {
			r, err := b.conn.(platform.Finder).Find(ctx, a, nil)
			if err == nil && r.ID != want.ID {
				b.Errorf("Find gives %q, want %q", r.ID, want.ID)
			}
			return err
		}
	}, func(b *bench, where string, err error) {
		if errors.Is(err, platform.ErrNotFound) {
			b.Errorf("%s: it is up, and Find says ErrNotFound: %v", where, err)
		}
	})
}

// failsToEdit: an edit without an error is one that a reader sees.
func (s suite) failsToEdit(t *testing.T) {
	s.offers(t, platform.Edit)
	const after = "It is here, at last."
	s.spoiled(t, func(b *bench) func(context.Context) error {
		a := b.attempt(s.full(b))
		r := b.publish(a)
		changed := b.part(after)
		a.Part.Text, a.Part.Facets = changed.Text, changed.Facets
		return func(ctx context.Context) error {
			_, err := b.conn.(platform.Editor).Edit(ctx, r, a)
			return err
		}
	}, func(b *bench, where string, err error) {
		seen := b.standin.Timeline()
		if len(seen) != 1 {
			b.Fatalf("%s: after an edit a reader sees %d posts", where, len(seen))
		}
		if changed := seen[0].Text == b.part(after).Text; err == nil && !changed {
			b.Errorf("%s: no error, and a reader sees %s", where, quote(seen[0].Text))
		} else if changed && err != nil && isAny(err, platform.ErrRejected, platform.ErrAuth, platform.ErrNotFound) {
			b.Errorf("%s: a reader sees the edit, and the error is %v", where, err)
		}
	})
}

// failsToRemove: a removal without an error, or of what is said to be gone, is
// one that a reader sees.
func (s suite) failsToRemove(t *testing.T) {
	s.offers(t, platform.Remove)
	s.spoiled(t, func(b *bench) func(context.Context) error {
		r := b.publish(b.attempt(b.part("It is here.")))
		return func(ctx context.Context) error { return b.conn.(platform.Remover).Remove(ctx, r) }
	}, func(b *bench, where string, err error) {
		if up := len(b.standin.Timeline()); up > 0 && (err == nil || errors.Is(err, platform.ErrNotFound)) {
			b.Errorf("%s: Remove says %v, and a reader sees %d posts", where, err, up)
		}
	})
}
