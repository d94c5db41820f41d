package calendar

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Calendar is all that the calendars of a workspace say, with their rules
// read. It is never written after Read.
type Calendar struct {
	Slots     []*Slot
	Campaigns []*Campaign
	Events    []*Event

	w         *workspace.Workspace
	days      []anniversary
	lists     []string // of observances
	blackouts []*blackout
	quotas    []*quota
	spacings  []*spacing
}

// A Slot is a time that comes back.
type Slot struct {
	*schema.Slot
	place
	rule   rule
	bounds bounds
	except map[time.Time]bool
}

// A Campaign is posts that belong together.
type Campaign struct {
	*schema.Campaign
	place
	From, To time.Time // its first moment, and the first after it, in the workspace's zone
}

// An Event is what happens on a day.
type Event struct {
	*schema.Event
	place
	Start, End time.Time // its first moment, and the first after it, in the workspace's zone
}

type anniversary struct {
	name string
	rule rule
}

type blackout struct {
	*schema.Blackout
	place
	rule   rule // of the days, where they come back
	again  bool // they do
	bounds bounds
}

type quota struct {
	*schema.Quota
	place
	bounds bounds
}

type spacing struct {
	*schema.Spacing
	place
	bounds bounds
}

// A place is where something stands in a calendar.
type place struct {
	source schema.Source
	path   string // slots[2]
}

// pos is the place of one of its keys.
func (p place) pos(key string) schema.Pos {
	return p.source.At(strings.TrimPrefix(p.path+"."+key, "."))
}

func (p place) problem(key, check, format string, args ...any) schema.Problem {
	return schema.Problem{Pos: p.pos(key), Check: check, Severity: schema.Error, Text: fmt.Sprintf(format, args...)}
}

// bounds are a first and a last day as they were written; zero: none.
type bounds struct{ from, to schema.Date }

// within takes what a file says where its entry says nothing.
func within(from, to schema.Date, c *workspace.Calendar) bounds {
	b := bounds{from, to}
	if b.from.IsZero() {
		b.from = c.From
	}
	if b.to.IsZero() {
		b.to = c.To
	}
	return b
}

// days are the first and the last day; far ones where there are none.
func (b bounds) days() (first, last time.Time) {
	first, last = firstDay, lastDay
	if !b.from.IsZero() {
		first = dayOf(b.from.Wall)
	}
	if !b.to.IsZero() {
		last = dayOf(b.to.Wall)
	}
	return first, last
}

// covers reports whether a moment is inside, in a zone.
func (b bounds) covers(t time.Time, zone *time.Location) bool {
	return (b.from.IsZero() || !t.Before(Start(b.from, zone))) && (b.to.IsZero() || t.Before(End(b.to, zone)))
}

// The days that calendars are made for.
var (
	firstDay = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
)

// dayOf is the midnight of a clock reading's day, in UTC.
func dayOf(wall time.Time) time.Time {
	y, m, d := wall.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Start is the first moment of a date in a zone.
func Start(d schema.Date, zone *time.Location) time.Time {
	t, _ := Moment(d.Time, zone)
	return t
}

// End is the first moment after a date in a zone: a moment as it is, or the
// midnight after a day.
func End(d schema.Date, zone *time.Location) time.Time {
	if d.Whole {
		d.Wall = d.Wall.AddDate(0, 0, 1)
	}
	return Start(d, zone)
}

// Read reads the calendars of a workspace. What has a problem is left out.
func Read(w *workspace.Workspace) (*Calendar, []schema.Problem) {
	r := reader{Calendar: &Calendar{w: w}, channels: slices.Sorted(maps.Keys(w.Config.Channels)), ids: map[string]string{}}
	for i := range w.Calendars {
		r.file(&w.Calendars[i])
	}
	return r.Calendar, r.problems
}

// Empty reports whether there is nothing in it that posts could keep to.
func (c *Calendar) Empty() bool {
	return len(c.Slots)+len(c.Campaigns)+len(c.Events)+len(c.blackouts)+len(c.quotas)+len(c.spacings) == 0
}

// Names are the slots and the pillars of slots: what next-slot may name.
func (c *Calendar) Names() []string {
	var names []string
	for _, s := range c.Slots {
		names = append(names, s.ID)
		if s.Pillar != "" {
			names = append(names, s.Pillar)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c *Calendar) campaign(id string) *Campaign {
	for _, x := range c.Campaigns {
		if x.ID == id {
			return x
		}
	}
	return nil
}

func (c *Calendar) event(id string) *Event {
	for _, x := range c.Events {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// reader reads calendars and notes what is wrong.
type reader struct {
	*Calendar
	channels []string
	ids      map[string]string // where a kind and an id stand first
	problems []schema.Problem
	bad      bool // the entry at hand has a problem
}

func (r *reader) file(c *workspace.Calendar) {
	at := func(key string, i int) place { return place{c.Source, key + "[" + strconv.Itoa(i) + "]"} }
	r.order(place{c.Source, ""}, "to", c.From, c.To)
	for i := range c.Slots {
		r.slot(&Slot{Slot: &c.Slots[i], place: at("slots", i)}, c)
	}
	for i := range c.Campaigns {
		x := &Campaign{Campaign: &c.Campaigns[i], place: at("campaigns", i), From: Start(c.Campaigns[i].From, r.w.Zone), To: End(c.Campaigns[i].To, r.w.Zone)}
		r.bad = false
		r.id(x.place, "campaign", x.ID)
		r.order(x.place, "to", x.Campaign.From, x.Campaign.To)
		if !r.bad {
			r.Campaigns = append(r.Campaigns, x)
		}
	}
	for i := range c.Events {
		x := &Event{Event: &c.Events[i], place: at("events", i)}
		if x.Event.End.IsZero() {
			x.Event.End = x.Event.Start
		}
		x.Start, x.End = Start(x.Event.Start, r.w.Zone), End(x.Event.End, r.w.Zone)
		r.bad = false
		r.id(x.place, "event", x.ID)
		r.order(x.place, "end", x.Event.Start, x.Event.End)
		if !r.bad {
			r.Events = append(r.Events, x)
		}
	}
	r.observances(c)
	for i := range c.Blackouts {
		r.blackout(&blackout{Blackout: &c.Blackouts[i], place: at("blackouts", i)}, c)
	}
	for i := range c.Quotas {
		x := &quota{&c.Quotas[i], at("quotas", i), within(schema.Date{}, schema.Date{}, c)}
		r.bad = false
		r.known(x.place, x.Channels)
		if x.AtMost == 0 && x.AtLeast == 0 {
			r.add(x.problem("per", "calendar/unclear", "this quota asks for nothing; write at_most or at_least"))
		} else if x.AtMost > 0 && x.AtMost < x.AtLeast {
			r.add(x.problem("at_least", "calendar/unclear", "at least %d and at most %d cannot both be; change one", x.AtLeast, x.AtMost))
		}
		if !r.bad {
			r.quotas = append(r.quotas, x)
		}
	}
	for i := range c.Spacing {
		x := &spacing{&c.Spacing[i], at("spacing", i), within(schema.Date{}, schema.Date{}, c)}
		r.bad = false
		r.known(x.place, x.Channels)
		if x.Between == 0 && x.SameLink == 0 {
			r.add(x.problem("channels", "calendar/unclear", "this spacing asks for nothing; write between or same_link"))
		}
		if !r.bad {
			r.spacings = append(r.spacings, x)
		}
	}
}

func (r *reader) add(p schema.Problem) { r.problems, r.bad = append(r.problems, p), true }

// id takes note of an id, which must be one of a kind.
func (r *reader) id(at place, kind, id string) {
	if id == "" {
		r.bad = true // the decoder says so
		return
	}
	if strings.ContainsAny(id, " \t\n") {
		r.add(at.problem("id", "calendar/id", "the id %q has a blank in it; write it in one word, as posts name it", id))
	}
	if first := r.ids[kind+" "+id]; first != "" {
		r.add(at.problem("id", "calendar/same-id", "%s has a %s %s too; give this one another id", first, kind, id))
		return
	}
	r.ids[kind+" "+id] = at.source.File
}

// order checks that a date is not before another, and that both are of our
// time.
func (r *reader) order(at place, key string, from, to schema.Date) {
	for _, d := range []schema.Date{from, to} {
		if !d.IsZero() && (d.Wall.Before(firstDay) || d.Wall.Year() > lastDay.Year()) {
			r.add(at.problem(key, "calendar/dates", "the year %d is none of a calendar; write one from 2000 to 2099", d.Wall.Year()))
			return
		}
	}
	if !from.IsZero() && !to.IsZero() && !Start(from, r.w.Zone).Before(End(to, r.w.Zone)) && !(key == "end" && from == to) {
		r.add(at.problem(key, "calendar/dates", "it ends before it begins; change one of the dates"))
	}
}

// known checks that channels are those of the workspace.
func (r *reader) known(at place, channels []string) {
	for i, name := range channels {
		if !slices.Contains(r.channels, name) {
			r.add(at.problem("channels["+strconv.Itoa(i)+"]", "calendar/unknown-name", "%s", schema.NotKnown("channel", name, r.channels)))
		}
	}
}

// rule reads what stands under every, and says what is wrong with it.
func (r *reader) rule(at place, every string, b bounds) rule {
	out, err := parseRule(every)
	switch {
	case err != nil:
		r.add(at.problem("every", "calendar/rule", "every: %s", err))
	case out.counts && b.from.IsZero():
		r.add(at.problem("every", "calendar/rule", "this rule counts from a first day; say which with the key from"))
	default:
		if first, _ := b.days(); !r.bad && !out.comes(first) {
			r.add(at.problem("every", "calendar/rule", "there is no such day, ever; correct the rule"))
		}
	}
	return out
}

func (r *reader) slot(x *Slot, c *workspace.Calendar) {
	r.bad = x.At == "" || len(x.Channels) == 0 || x.Every == "" // the decoder says so
	x.bounds = within(x.From, x.To, c)
	r.id(x.place, "slot", x.ID)
	r.known(x.place, x.Channels)
	r.order(x.place, "to", x.bounds.from, x.bounds.to)
	if r.bad {
		return
	}
	x.rule = r.rule(x.place, x.Every, x.bounds)
	if len(x.Except) > 0 {
		x.except = make(map[time.Time]bool, len(x.Except))
		for _, d := range x.Except {
			x.except[dayOf(d.Wall)] = true
		}
	}
	if !r.bad {
		r.Slots = append(r.Slots, x)
	}
}

func (r *reader) blackout(x *blackout, c *workspace.Calendar) {
	r.bad = false
	r.known(x.place, x.Channels)
	x.bounds = bounds{x.From, x.To}
	x.again = x.Every != "" || x.Between != "" || x.Observance != ""
	if x.again {
		x.bounds = within(x.From, x.To, c)
	} else if x.From.IsZero() || x.To.IsZero() {
		r.add(x.problem("reason", "calendar/unclear", "nobody knows when this is; write from and to, every, between or observance"))
	}
	if x.Every != "" && x.Observance != "" {
		r.add(x.problem("every", "calendar/unclear", "every and observance both say which days; keep one, and make another blackout of the other"))
	}
	if from, to := x.Between.Of(); x.Between != "" && from == to {
		r.add(x.problem("between", "calendar/unclear", "these are no hours at all; write two times, or leave between out for the whole day"))
	}
	r.order(x.place, "to", x.bounds.from, x.bounds.to)
	switch {
	case r.bad:
		return
	case x.Observance != "":
		r.observed(x.place, x.Observance)
	case x.Every != "":
		x.rule = r.rule(x.place, x.Every, x.bounds)
	case x.Between != "":
		x.rule, _ = parseRule("day")
	}
	if !r.bad {
		r.blackouts = append(r.blackouts, x)
	}
}
