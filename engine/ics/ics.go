// Package ics owns iCalendar files (RFC 5545), written for others to subscribe
// to: events, and the zones that their times are in.
package ics

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	ical "github.com/arran4/golang-ical"
)

// A Calendar is a file of events. The same one is written the same.
type Calendar struct {
	Name        string
	Description string
	Refresh     time.Duration // how often to look for a newer one; 0: not said
	Events      []Event       // in the order they are written
}

// An Event is written with the times it has in its zone. A zone without a name
// of its own, and a moment that its clocks show twice, is written in UTC.
//
// The texts may be anything: a line is ended by \n, control characters but for
// the tab are left out, as iCalendar has no way to write them.
type Event struct {
	UID         string // stays the same as long as it is the same event, and is one in the world
	Summary     string
	Description string
	Location    string
	URL         string // a whole address, or empty

	Start  time.Time
	End    time.Time // not before Start; zero: a moment, or one day
	AllDay bool      // from the day of Start to the one before that of End
	Busy   bool      // nothing else is to be planned over it

	Status     Status
	Categories []string

	Stamp    time.Time // when this file's words were so: of all times the last
	Modified time.Time // may be zero
	Sequence int       // how often the time or place was changed
}

// A Status says how sure an event is.
type Status string

// The statuses; none need be given.
const (
	Tentative Status = "TENTATIVE"
	Confirmed Status = "CONFIRMED"
	Cancelled Status = "CANCELLED"
)

// product names who wrote a file.
const product = "-//Imprimatur//Imprimatur//EN"

// Encode is the file. An event that cannot be written, or has the UID of
// another, is an error that names it.
func (c *Calendar) Encode() ([]byte, error) {
	out := &ical.Calendar{}
	out.SetVersion("2.0")
	out.SetProductId(product)
	out.SetCalscale("GREGORIAN")
	out.SetMethod(ical.MethodPublish)
	if name := clean(c.Name); name != "" {
		out.SetName(name)
	}
	if words := clean(c.Description); words != "" {
		out.SetDescription(words)
		out.SetXWRCalDesc(words)
	}
	if c.Refresh > 0 {
		every := duration(c.Refresh)
		out.SetRefreshInterval(every) // the library says itself that it is a duration
		out.SetXPublishedTTL(every)
	}
	var zones zones
	seen := map[string]bool{}
	events := make([]*ical.VEvent, len(c.Events))
	for i := range c.Events {
		e := &c.Events[i]
		uid := clean(e.UID)
		err := e.fault(uid)
		if err == nil && seen[uid] {
			err = errors.New("another event has its UID")
		}
		if err == nil {
			err = zones.add(e)
		}
		if err != nil {
			return nil, fmt.Errorf("event %q: %w", e.UID, err)
		}
		seen[uid] = true
		events[i] = e.component(uid)
	}
	for _, z := range zones.components() {
		out.AddVTimezone(z)
	}
	for _, e := range events {
		out.AddVEvent(e)
	}
	var b bytes.Buffer
	if err := out.SerializeTo(&b, ical.WithNewLineWindows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// fault says why an event cannot be written.
func (e *Event) fault(uid string) error {
	switch e.Status {
	case "", Tentative, Confirmed, Cancelled:
	default:
		return fmt.Errorf("there is no status %q", e.Status)
	}
	switch {
	case uid == "":
		return errors.New("it has no UID")
	case e.Stamp.IsZero():
		return errors.New("it has no stamp")
	case e.Sequence < 0:
		return fmt.Errorf("its sequence is %d", e.Sequence)
	case !e.End.IsZero() && (e.End.Before(e.Start) || e.AllDay && !day(e.End).After(day(e.Start))):
		return errors.New("it ends before it begins")
	}
	for _, t := range []time.Time{e.Start, e.End, e.Stamp, e.Modified} {
		if y := t.UTC().Year(); !t.IsZero() && (y < 1601 || y > 9000) { // four digits, with what a zone adds
			return fmt.Errorf("the year %d is not one of 1601 to 9000", y)
		}
	}
	if e.Start.IsZero() {
		return errors.New("it has no start")
	}
	if u, err := url.Parse(e.URL); e.URL != "" && (err != nil || u.Scheme == "" || u.Host == "") {
		return errors.New("its URL is not a whole address")
	}
	return nil
}

// day is the day that a clock shows, in UTC.
func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (e *Event) component(uid string) *ical.VEvent {
	out := ical.NewEvent(uid)
	out.SetDtStampTime(e.Stamp)
	set := func(p ical.ComponentProperty, t time.Time) {
		switch {
		case t.IsZero():
		case e.AllDay:
			out.SetProperty(p, t.Format("20060102"), ical.WithValue("DATE"))
		case local(t):
			out.SetProperty(p, t.Format(wall), ical.WithTZID(t.Location().String()))
		default:
			out.SetProperty(p, t.UTC().Format(wall+"Z"))
		}
	}
	set(ical.ComponentPropertyDtStart, e.Start)
	set(ical.ComponentPropertyDtEnd, e.End)
	text := func(p ical.ComponentProperty, s string) {
		if s = clean(s); s != "" {
			out.AddProperty(p, s)
		}
	}
	text(ical.ComponentPropertySummary, e.Summary)
	text(ical.ComponentPropertyDescription, e.Description)
	text(ical.ComponentPropertyLocation, e.Location)
	if u, err := url.Parse(e.URL); err == nil && e.URL != "" {
		out.SetURL(u.String())
	}
	text(ical.ComponentPropertyStatus, string(e.Status))
	for _, c := range e.Categories {
		text(ical.ComponentPropertyCategories, c)
	}
	if !e.Busy {
		out.SetTimeTransparency(ical.TransparencyTransparent)
	}
	if e.Sequence > 0 {
		out.SetSequence(e.Sequence)
	}
	if !e.Modified.IsZero() {
		out.SetLastModifiedAt(e.Modified)
	}
	return out
}

// clean is what iCalendar can write of a text.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n', r == '\t', !unicode.IsControl(r):
			return r
		}
		return -1
	}, s)
}

// duration is d to the second, as RFC 5545 has it.
func duration(d time.Duration) string {
	s := strings.ToUpper(max(d, time.Second).Truncate(time.Second).String())
	return "PT" + s
}
