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

// Reader fetches what others wrote to the account.
type Reader interface {
	// Read returns what came after the cursor, oldest first, and the cursor to
	// go on from. An empty cursor begins at what is recent.
	Read(ctx context.Context, cursor string) ([]Item, string, error)
}

// Item is something another person wrote.
type Item struct {
	ID      string    `json:"id"`
	URL     string    `json:"url"`
	Surface string    `json:"surface"` // comment, reply, mention, quote
	On      string    `json:"on"`      // id of the part it answers
	At      time.Time `json:"at"`
	Lang    string    `json:"lang"` // as the platform says, or ""
	Text    string    `json:"text"` // plain
	Author  Author    `json:"author"`
}

// Author is who wrote an Item. What a platform does not tell is nil.
type Author struct {
	ID        string     `json:"id"`
	Handle    string     `json:"handle"`
	Since     *time.Time `json:"since,omitempty"`
	Followers *int       `json:"followers,omitempty"`
}

// Act is what can be done about an Item, mildest first.
type Act string

// The acts.
const (
	ActLabel  Act = "label"
	ActMute   Act = "mute"
	ActReport Act = "report"
	ActHide   Act = "hide"
	ActDelete Act = "delete"
)

// Moderator acts on an Item.
type Moderator interface {
	// Acts lists what this platform lets the account do.
	Acts() []Act
	// Moderate does it and returns what Undo needs, or ErrUnsupported. It is
	// never harsher than asked.
	Moderate(ctx context.Context, item Item, act Act, why string) (undo string, err error)
	Undo(ctx context.Context, undo string) error
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
