package platform

import (
	"cmp"
	"math"
	"regexp"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Profile is what a post may be on a platform.
type Profile struct {
	Markup  text.Markup
	Paste   text.Markup // what a person pastes, where that is not Markup: markup that only the API reads
	Text    []Limit     // on each part's text, all of which hold; none: no limit
	Caption Limit       // on the text beside pictures, in place of the first of Text; Max 0: no other than that
	Warning Placement   // of a content warning
	Thread  Limit       // parts; 1 means that parts are joined into one
	Title   TitleProfile
	Summary Limit // of the summary in a field of its own; Max 0: there is none but on a card
	Tags    TagProfile
	Link    Placement // of the page the post is about
	Cards   Limit     // addresses, from the first of a part's text, that the platform itself shows cards of
	People  People
	Handle  HandleProfile
	Media   MediaProfile
	Poll    PollProfile
	Langs   bool     // a post can say its language
	Visible []string // who may see a post, besides everyone: unlisted, private

	Price     Price
	BareLinks bool // README.md becomes a link, though nobody wrote https://
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
	Counted Placement = "counted" // in a field of its own, its graphemes counted with the text
	Card    Placement = "card"    // as a card when there is no picture, else in the text
)

// People is how a person is written.
type People string

// The ways to write a person.
const (
	AtHandle People = "handle" // @handle, or the name where there is none
	PageLink People = "page"   // the name, leading to the person's own page
)

// HandleProfile is what a handle may be. A handle in another form may well be
// somebody's, and not the one who was meant.
type HandleProfile struct {
	Pattern string // regular expression for all of it, without @; "" is any one word
	Form    string // the same in words, after "is not"
	Example string // as it stands in people.yaml
	Source  string // address of the platform's word for it
	Checked string // the day it was read, 2006-01-02
}

// TitleProfile is what a title may be.
type TitleProfile struct {
	Place  Placement
	Needed bool  // a post without one is not taken
	Min    Limit // of the title in its field; its Max is the least there must be
	Max    Limit // of the title in its field
}

// TagProfile is what tags may be.
type TagProfile struct {
	Place Placement
	Free  bool  // in its field a tag may be several words, with signs but , < and >
	Max   Limit // tags on a post
	Each  Limit // the text of one
	All   Limit // all of them as the platform writes them, joined with commas
	Best  Limit // more than so many are shown to fewer people, not to more
}

// MediaProfile is what pictures may be.
type MediaProfile struct {
	Needed bool     // a post without a picture is not taken
	Video  Video    // whether a post is a video, which whoever publishes it adds: none is handled here yet
	Max    Limit    // pictures on a part
	Types  []string // MIME types taken as they are
	Bytes  Limit    // of one picture
	Pixels Limit    // width times height
	Alt    Limit    // of the alternative text
	Inline bool     // pictures stand in the text where the author put them
}

// Video says when a post is a video.
type Video string

// The times when it is.
const (
	NoVideo     Video = ""       // never
	VideoAlways Video = "always" // a picture is its thumbnail
	VideoAlone  Video = "alone"  // when it has no picture
)

// PollProfile is what polls may be. Options.Max 0 means that there are none.
type PollProfile struct {
	Options  Limit // answers
	Option   Limit // the text of one
	Question Limit // the part's text, where that is the question, in place of the first of Text; Max 0: no other than that
	Min      time.Duration
	Max      time.Duration
	Source   string
	Checked  string
}

// Texts are the limits on the text of a part like p.
func (p *Profile) Texts(part *Part) []Limit {
	var first Limit
	switch {
	case part.Poll != nil && p.Poll.Question.Max > 0:
		first = p.Poll.Question
	case len(part.Media) > 0 && p.Caption.Max > 0:
		first = p.Caption
	default:
		return p.Text
	}
	return append([]Limit{first}, p.Text[min(1, len(p.Text)):]...)
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

// Regexp matches the handles there may be.
func (h HandleProfile) Regexp() *regexp.Regexp {
	return regexp.MustCompile("^(?:" + cmp.Or(h.Pattern, `[^\s@]\S*`) + ")$")
}
