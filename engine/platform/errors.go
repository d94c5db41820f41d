package platform

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Errors a connector wraps, so that the engine knows what to do next.
var (
	ErrAuth        = errors.New("the platform refuses these credentials") // stop the channel
	ErrAddress     = errors.New("the platform is not at this address")    // nothing was done; stop the channel
	ErrRejected    = errors.New("the platform refuses this post")         // the author must change it
	ErrUnknown     = errors.New("the outcome is not known")               // it may be live: find it or ask; never resend
	ErrNotFound    = errors.New("not found")
	ErrUnsupported = errors.New("the platform cannot do this")
)

// Because is an error in words of its own. Its kind, one of those above, only
// tells the engine what to do next.
func Because(kind error, format string, args ...any) error {
	return &because{fmt.Errorf(format, args...), kind}
}

type because struct {
	error
	kind error
}

func (b *because) Unwrap() []error { return []error{b.error, b.kind} }

// BusyError means that nothing was posted and the same call may work later.
type BusyError struct {
	After time.Duration // 0: the platform does not say
	Err   error
}

func (e *BusyError) Error() string {
	var unsent *wire.UnsentError
	if errors.As(e.Err, &unsent) {
		return "the platform cannot be reached: " + unsent.Err.Error()
	}
	return "the platform is busy: " + e.Err.Error()
}

func (e *BusyError) Unwrap() error { return e.Err }

// Sort wraps an error of package wire in the kind the engine acts on. A
// connector calls it last, after looking for the errors peculiar to its API.
func Sort(err error) error {
	var status *wire.StatusError
	var lost *wire.LostError
	var unsent *wire.UnsentError
	var busy *BusyError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &busy): // who paces the channel sent nothing
		return busy
	case errors.As(err, &unsent) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)):
		return err
	case errors.As(err, &unsent):
		return &BusyError{Err: err}
	case errors.As(err, &lost):
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	case !errors.As(err, &status):
		return err
	}
	switch s := status.Status; {
	case s == 301 || s == 307 || s == 308: // to be sent anew, there
		return fmt.Errorf("%w: %w", ErrAddress, err)
	case s < 400: // after a form was taken, many a server says: look there
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	case s == 401 || s == 403:
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case s == 404 || s == 410:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case s == 429:
		return &BusyError{status.After, err}
	case s >= 500:
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	default:
		return fmt.Errorf("%w: %w", ErrRejected, err)
	}
}

// SortRead is Sort for a call that changes nothing: without an outcome there
// is nothing not to know, so the same call may work later.
func SortRead(err error) error {
	sorted := Sort(err)
	if !errors.Is(sorted, ErrUnknown) {
		return sorted
	}
	var status *wire.StatusError
	if errors.As(err, &status) {
		return &BusyError{status.After, err}
	}
	return &BusyError{Err: err}
}
