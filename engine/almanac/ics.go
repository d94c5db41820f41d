package almanac

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/ics"
)

// A Subscription says what a file to subscribe to has.
type Subscription struct {
	Slots   bool          // free slots too
	Refresh time.Duration // how often to look for a newer one; 0: not said
}

// short is how long a post takes in a calendar: it has a place, and hides
// nothing.
const short = 15 * time.Minute

// ICS is the almanac as an iCalendar file. It does not say when it was made:
// the same almanac makes the same file, whenever that is.
func (a *Almanac) ICS(o Subscription) ([]byte, error) {
	w := wordsOf(a.Lang)
	c := ics.Calendar{Name: a.Brand, Description: fmt.Sprintf(w.About, a.Brand), Refresh: o.Refresh}
	seen := map[string]bool{}
	add := func(e ics.Event) {
		if !seen[e.UID] && e.Start.Year() > 1601 { // a workspace with problems may say things twice
			seen[e.UID] = true
			e.End = later(e.Start, e.End)
			c.Events = append(c.Events, e)
		}
	}
	for i := range a.Posts {
		add(a.postEvent(&a.Posts[i], w))
	}
	whole := func(uid, name, category, about string, first, last time.Time) {
		add(ics.Event{UID: a.uid(category, uid), Summary: name, Description: about, AllDay: true, Start: first, End: last.AddDate(0, 0, 1),
			Categories: []string{w.Kinds[Kind(category)]}, Stamp: first.UTC()})
	}
	for _, s := range a.Spans() {
		var about []string
		if s.Campaign != nil {
			about = append(about, w.counted(s.Campaign))
		}
		if len(s.Where) > 0 {
			about = append(about, strings.Join(s.Where, ", "))
		}
		whole(s.Name+"/"+string(DateOf(s.First))+strings.Join(s.Where, "+"), s.Name, string(s.Kind), strings.Join(about, "\n"), s.First, s.Last)
	}
	for i := range a.Events {
		e := &a.Events[i]
		if first, last := e.days(); first == last && e.Whole {
			day := first.noon()
			whole(e.ID, e.Title, string(OfEvent), e.Place, day, day)
		} else if first == last {
			add(ics.Event{UID: a.uid(string(OfEvent), e.ID), Summary: e.Title, Location: e.Place, Start: e.From, End: e.To, Busy: true,
				Categories: []string{w.Kinds[OfEvent]}, Stamp: e.From.UTC()})
		}
	}
	for _, o := range a.Observances {
		day := o.Date.noon()
		whole(o.Name+"/"+string(o.Date), w.observance(o.Name, o.Off, o.Estimate), string(OfObservance), "", day, day)
	}
	if o.Slots {
		for _, f := range a.Free {
			add(ics.Event{UID: a.uid(string(OfFree), fmt.Sprintf("%s/%d", f.Slot, f.At.Unix())), Summary: fmt.Sprintf(w.FreeSlot, f.Slot), Description: strings.Join(f.Channels, ", "),
				Start: f.At, End: f.At.Add(short), Categories: []string{w.Kinds[OfFree]}, Stamp: f.At.UTC()})
		}
	}
	return c.Encode()
}

// postEvent is a post on a channel. What the plan says of it besides its state
// is left out: whoever has the address can read the file.
func (a *Almanac) postEvent(p *Post, w *words) ics.Event {
	e := ics.Event{UID: escape(p.Post) + "@" + escape(p.Channel) + "." + a.domain(), Summary: cmp.Or(p.Title, p.Post) + " (" + p.Channel + ")",
		Start: p.At.In(a.From.Location()), End: p.At.In(a.From.Location()).Add(short), Categories: []string{w.Kinds[OfPost], p.Channel}, Stamp: p.At.UTC()}
	if u, err := url.Parse(p.URL); err == nil && u.Scheme != "" && u.Host != "" {
		e.URL = p.URL
	}
	if !p.Since.IsZero() {
		e.Stamp = p.Since
	}
	if p.Campaign != "" {
		e.Categories = append(e.Categories, p.Campaign)
	}
	e.Description = w.state(p.State)
	if p.File != "" {
		e.Description += "\n" + p.File
	}
	switch p.State {
	case Published:
		e.Status = ics.Confirmed
	case "retracted", "gone":
		e.Status = ics.Cancelled
	default:
		e.Status = ics.Tentative
	}
	return e
}

// uid names what is not a post.
func (a *Almanac) uid(kind, name string) string {
	return kind + "/" + escape(name) + "@" + a.domain()
}

// domain makes names one in the world, as far as brands are.
func (a *Almanac) domain() string {
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(a.Brand), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
	return escape(cmp.Or(slug, "workspace")) + ".imprimatur"
}

// escape is a name in the signs that every reader takes, different for every
// name.
func escape(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_/~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
