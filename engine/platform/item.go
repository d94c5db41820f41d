package platform

import (
	"context"
	"time"
)

// Reader fetches what others wrote to the account.
type Reader interface {
	// Read returns some of what came after the cursor, oldest first, and the
	// cursor to go on from: the one it was given when there is nothing more now.
	// The same cursor gives the same again. An empty one begins at what is
	// recent. Nothing comes twice but what was edited lately, with another Rev,
	// and never what the account itself wrote. A cursor holds no word and no
	// name of anybody.
	Read(ctx context.Context, cursor string) ([]Item, string, error)
}

// Item is something another person wrote.
type Item struct {
	ID      string    `json:"id"`
	Rev     string    `json:"rev,omitempty"` // the platform's version of it: another after an edit
	URL     string    `json:"url"`
	Surface string    `json:"surface"`           // comment, reply, mention, quote
	On      string    `json:"on"`                // id of what it answers or quotes, ours or not
	Root    Ref       `json:"root,omitzero"`     // what the conversation began with; zero: the item itself, or it is not told
	Private bool      `json:"private,omitempty"` // not for everyone to read: show its words to no one else
	At      time.Time `json:"at"`
	Lang    string    `json:"lang"` // as the platform says, or ""
	Text    string    `json:"text"` // plain: all words a reader sees, and the addresses behind them
	Author  Author    `json:"author"`
}

// The surfaces.
const (
	SurfaceComment = "comment" // below a page or a video of ours
	SurfaceReply   = "reply"   // in a conversation with a post of ours
	SurfaceMention = "mention"
	SurfaceQuote   = "quote" // of a post of ours
)

// Author is who wrote an Item. What a platform does not tell is nil.
type Author struct {
	ID        string     `json:"id"`
	Handle    string     `json:"handle"`
	Since     *time.Time `json:"since,omitempty"`
	Followers *int       `json:"followers,omitempty"`
}

// After is the After of an Attempt that answers the item. Its text begins with
// a mention of the author where the platform tells nobody of an answer without.
func (i *Item) After() []Ref {
	self := Ref{ID: i.ID, URL: i.URL, Rev: i.Rev}
	if i.Root.ID == "" || i.Root.ID == i.ID {
		return []Ref{self}
	}
	return []Ref{i.Root, self}
}
