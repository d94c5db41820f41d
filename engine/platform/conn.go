package platform

import (
	"context"
	"time"
)

// Conn is an open account. It never retries: the engine does, once for all.
type Conn interface {
	// Publish puts one part up.
	Publish(ctx context.Context, a Attempt) (Ref, error)
}

// An Attempt is one part on its way to a channel. Every field is the same on
// every try, so that a platform can be asked for exactly this one.
type Attempt struct {
	Key   string    // 25 characters of a-z and 2-7
	At    time.Time // when it was first tried, to the millisecond, UTC
	Part  Part
	After []Ref // the parts before it, first to last
}

// A Gatherer is a Conn to which several posts together cost as little as one.
type Gatherer interface {
	// Gather announces what Publish is about to be called with, in place of
	// what was announced before. Carrying out one may carry out those after it;
	// Publish says of each how it went. Where it fails, but for ErrUnknown, none
	// was carried out.
	Gather(attempts []Attempt)
}

// Ref is where a part landed.
type Ref struct {
	ID  string `json:"id"`
	URL string `json:"url,omitempty"` // for people
	Rev string `json:"rev,omitempty"` // the platform's version of it
}

// Finder looks for an attempt whose outcome was lost.
type Finder interface {
	// Find returns ErrNotFound only when the part is surely not there. Known
	// are the ids of other posts of ours, which look the same at most.
	Find(ctx context.Context, a Attempt, known []string) (Ref, error)
}

// Editor changes a part that is live.
type Editor interface {
	// Edit makes r what a says. Doing it twice is the same as doing it once.
	Edit(ctx context.Context, r Ref, a Attempt) (Ref, error)
}

// Remover takes a part down.
type Remover interface {
	// Remove returns ErrNotFound when it was gone already.
	Remove(ctx context.Context, r Ref) error
}

// Meter counts what came of a part.
type Meter interface {
	Measure(ctx context.Context, refs []Ref) ([]Measures, error)
}

// Measures are counts by name: likes, replies, reposts, quotes, views, clicks.
// A name that the platform does not tell is absent.
type Measures map[string]int

// Scheduler hands a part over to be put up later by the platform itself.
type Scheduler interface {
	Schedule(ctx context.Context, a Attempt, at time.Time) (Ref, error)
}

// Keeper keeps a file for those who work on the channel, beside what its
// readers see.
type Keeper interface {
	// Keep makes a file say data, and takes away any that was kept under
	// another name. One that says so already is left alone.
	Keep(ctx context.Context, name string, data []byte) error
}

// Limiter asks a server for its own limits.
type Limiter interface {
	Limits(ctx context.Context) (ServerLimits, error)
}

// Looker sees what has become of a part since.
type Looker interface {
	// Look returns r as it is now: with another Rev when it was changed by
	// other means than Edit, or ErrNotFound when it was taken down.
	Look(ctx context.Context, r Ref) (Ref, error)
}
