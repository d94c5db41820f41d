package platform

import "context"

// Act is what can be done about an Item, mildest first.
type Act string

// The acts.
const (
	ActLabel  Act = "label"
	ActMute   Act = "mute"   // the account no longer sees the author
	ActReport Act = "report" // whoever runs the place is told; nothing takes it back
	ActHide   Act = "hide"   // nobody sees the item who does not ask to
	ActDelete Act = "delete"
)

// AllActs lists the acts, mildest first.
var AllActs = []Act{ActLabel, ActMute, ActReport, ActHide, ActDelete}

// Moderator acts on an Item.
type Moderator interface {
	// Acts lists what this platform lets the account do, about some items at
	// least.
	Acts() []Act
	// Moderate does it and returns what Undo needs: "" where there is no undoing
	// it. It is never harsher than asked: what cannot be done about this item is
	// ErrUnsupported, and an item or author that is gone ErrNotFound. Doing it
	// twice is doing it once, but for ActReport: one whose outcome is ErrUnknown
	// may have been made, and the same again would be another.
	Moderate(ctx context.Context, item Item, act Act, why Reason) (undo string, err error)
	// Undo puts things back as they were. Undo is what Moderate returned: no
	// word of the item, no name and no secret. What was undone by hand is no
	// error, nor is undoing it twice; ErrNotFound: there is nothing left to undo.
	Undo(ctx context.Context, undo string) error
}

// Reason is why something is done, for those who read a report.
type Reason struct {
	Kind  Kind
	Words string // cut where the platform takes fewer
}

// Kind is what is wrong with an Item, as far as platforms tell it apart.
type Kind string

// The kinds. A platform that does not have one says other.
const (
	KindOther      Kind = ""
	KindSpam       Kind = "spam"
	KindRude       Kind = "rude" // insults, harassment, hate
	KindSexual     Kind = "sexual"
	KindMisleading Kind = "misleading"
	KindIllegal    Kind = "illegal"
)
