// Package almanac owns what a calendar shows of some days: what goes out and
// how that stands, what is free, and what the days are; as weeks, as a web page
// and as a file to subscribe to.
package almanac

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// An Almanac is the calendar of a workspace from one day on and before another.
// Every list is in order of time.
type Almanac struct {
	Brand       string           `json:"brand"`
	Lang        string           `json:"lang,omitempty"` // of names: a BCP 47 tag
	Zone        string           `json:"zone"`
	Now         time.Time        `json:"now"`
	From        time.Time        `json:"from"` // midnights in the zone
	To          time.Time        `json:"to"`   // not included
	Channels    []Channel        `json:"channels"`
	Posts       []Post           `json:"posts"`
	Drafts      []Draft          `json:"drafts"` // in order of post
	Free        []Free           `json:"free"`
	Blackouts   []Blackout       `json:"blackouts"`
	Observances []Observance     `json:"observances"`
	Events      []Event          `json:"events"`
	Campaigns   []Campaign       `json:"campaigns"`
	Conflicts   []schema.Problem `json:"conflicts"` // of the workspace, not of these days only
}

// A Channel is one that posts go to.
type Channel struct {
	Name  string `json:"name"`
	Title string `json:"title"`          // of its platform
	Zone  string `json:"zone,omitempty"` // where it is not the workspace's
}

// A Post is one on one channel.
type Post struct {
	Post     string    `json:"post"`
	Title    string    `json:"title,omitempty"`
	File     string    `json:"file,omitempty"` // "": it is gone from the workspace
	Channel  string    `json:"channel"`
	At       time.Time `json:"at"`                // when it is due, or was
	Since    time.Time `json:"since,omitzero"`    // when it came to stand so, by the ledger
	State    string    `json:"state"`             // as status has it
	Changed  bool      `json:"changed,omitempty"` // by what is reviewed
	Why      string    `json:"why,omitempty"`
	URL      string    `json:"url,omitempty"`
	Slot     string    `json:"slot,omitempty"`   // that it waited for
	Queued   bool      `json:"queued,omitempty"` // it waits for a slot, and may get another
	Pillar   string    `json:"pillar,omitempty"`
	Campaign string    `json:"campaign,omitempty"`
	Event    string    `json:"event,omitempty"`
	Round    int       `json:"round,omitempty"` // 2 for the first time that it comes back
}

// A Draft is a post without a time.
type Draft struct {
	Post     string   `json:"post"`
	Title    string   `json:"title,omitempty"`
	File     string   `json:"file"`
	Channels []string `json:"channels"`
	Why      string   `json:"why,omitempty"` // there is no slot for it, or it has problems; "": nobody gave it a time
}

// A Free slot, or one of the past that nobody took.
type Free struct {
	Slot     string    `json:"slot"`
	Pillar   string    `json:"pillar,omitempty"`
	At       time.Time `json:"at"`
	Channels []string  `json:"channels"`
}

// A Blackout is when nothing goes out.
type Blackout struct {
	Reason   string    `json:"reason"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`              // not included
	First    Date      `json:"first,omitempty"` // of the days that it takes whole
	Last     Date      `json:"last,omitempty"`
	Channels []string  `json:"channels,omitempty"` // none: all
}

// An Observance is a day to keep in mind.
type Observance struct {
	Date     Date   `json:"date"`
	Name     string `json:"name"`
	Off      bool   `json:"off,omitempty"`      // a public holiday
	Estimate bool   `json:"estimate,omitempty"` // it may come to be another day
}

// An Event is what happens.
type Event struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Place string    `json:"place,omitempty"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`              // not included
	Whole bool      `json:"whole,omitempty"` // whole days
}

// A Campaign is posts that belong together.
type Campaign struct {
	ID    string    `json:"id"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"` // not included
	Posts int       `json:"posts"`
	Goal  int       `json:"goal,omitempty"` // how many posts are wanted
}

// A Date is a day, as 2027-01-04.
type Date string

// DateOf is the day that a clock shows.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// noon is that of a day, in UTC: only its day counts.
func (d Date) noon() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{} // we wrote it
	}
	return t.Add(12 * time.Hour)
}

// Published is the state of a post that is up.
const Published = "live"

// Troubled reports whether somebody should look at how a post stands.
func (p *Post) Troubled() bool {
	switch p.State {
	case Published, "waiting", "due", "sending", "handed", "retracted":
		return false
	}
	return true
}
