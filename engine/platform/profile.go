package platform

import (
	"math"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Profile is what a post may be on a platform.
type Profile struct {
	Markup  text.Markup
	Text    []Limit   // on each part's text, all of which hold; none: no limit
	Warning Placement // of a content warning
	Thread  Limit     // parts; 1 means that parts are joined into one
	Title   Placement
	Tags    Placement
	Link    Placement // of the page the post is about
	People  People
	Media   MediaProfile
	Poll    PollProfile
	Langs   bool     // a post can say its language
	Visible []string // who may see a post, besides everyone: unlisted, private
}

// A Limit is a platform's own, with where it says so and when that was read.
type Limit struct {
	Max     int
	Unit    text.Unit // of texts
	Reserve int       // what an address counts, where the unit has such a rule
	Source  string    // address of the platform's word for it
	Checked string    // the day it was read, 2006-01-02
}

// NoLimit is the Max of a limit that is not there.
const NoLimit = math.MaxInt

// Count measures s as the limit does.
func (l Limit) Count(s string) int { return text.Count(s, l.Unit, l.Reserve) }

// Placement is where something that is not body text goes.
type Placement string

// The placements.
const (
	Nowhere Placement = ""        // it is not shown
	InText  Placement = "text"    // appended to the first part
	InField Placement = "field"   // in a field of its own
	Counted Placement = "counted" // in a field of its own, counted with the text
	Card    Placement = "card"    // as a card when there is no picture, else in the text
)

// People is how a person is written.
type People string

// The ways to write a person.
const (
	AtHandle People = "handle" // @handle, or the name where there is none
	PageLink People = "page"   // the name, leading to the person's own page
)

// MediaProfile is what pictures may be.
type MediaProfile struct {
	Max    Limit    // pictures on a part
	Types  []string // MIME types taken as they are
	Bytes  Limit    // of one picture
	Pixels Limit    // width times height
	Alt    Limit    // of the alternative text
	Inline bool     // pictures stand in the text where the author put them
}

// PollProfile is what polls may be. Options.Max 0 means that there are none.
type PollProfile struct {
	Options Limit // answers
	Option  Limit // the text of one
	Min     time.Duration
	Max     time.Duration
	Source  string
	Checked string
}

// ServerLimits are limits that one server sets for itself, by the names
// below. A value that is absent or not positive changes nothing.
type ServerLimits map[string]int

// The names of server limits.
const (
	LimitText           = "text"
	LimitAddress        = "address"
	LimitMedia          = "media"
	LimitMediaBytes     = "media.bytes"
	LimitMediaPixels    = "media.pixels"
	LimitAlt            = "alt"
	LimitPollOptions    = "poll.options"
	LimitPollOption     = "poll.option"
	LimitPollMinSeconds = "poll.min.seconds"
	LimitPollMaxSeconds = "poll.max.seconds"
)

// With returns the profile as a server with these limits has it.
func (p Profile) With(l ServerLimits) Profile {
	set := func(to *int, name string) {
		if n := l[name]; n > 0 {
			*to = n
		}
	}
	p.Text = append([]Limit(nil), p.Text...)
	if len(p.Text) > 0 {
		set(&p.Text[0].Max, LimitText)
		set(&p.Text[0].Reserve, LimitAddress)
	}
	set(&p.Media.Max.Max, LimitMedia)
	set(&p.Media.Bytes.Max, LimitMediaBytes)
	set(&p.Media.Pixels.Max, LimitMediaPixels)
	set(&p.Media.Alt.Max, LimitAlt)
	set(&p.Poll.Options.Max, LimitPollOptions)
	set(&p.Poll.Option.Max, LimitPollOption)
	if n := l[LimitPollMinSeconds]; n > 0 {
		p.Poll.Min = time.Duration(n) * time.Second
	}
	if n := l[LimitPollMaxSeconds]; n > 0 {
		p.Poll.Max = time.Duration(n) * time.Second
	}
	return p
}
