package almanac

import (
	"cmp"
	"slices"
	"time"
)

// A Kind says what something in a calendar is.
type Kind string

// The kinds.
const (
	OfPost       Kind = "post"
	OfFree       Kind = "free"
	OfObservance Kind = "observance"
	OfEvent      Kind = "event"
	OfBlackout   Kind = "blackout"
	OfCampaign   Kind = "campaign"
)

// A Week is seven days from a Monday on.
type Week struct {
	Monday time.Time // its noon, in UTC
	Days   [7]Day
	Spans  []Span // that meet it: campaigns, events of several days, blackouts of whole days
	Slots  int    // free ones, where no post goes out in the whole week; else 0
}

// A Day is one of a week.
type Day struct {
	Date  time.Time // its noon, in UTC
	In    bool      // the almanac has it
	Today bool
	Items []Item // what has no time of day comes first
}

// An Item is something of a day.
type Item struct {
	Kind  Kind
	At    time.Time // zero: all of the day
	Name  string    // what people call it; of a post, its title, or else its id
	Where []string  // channels; nil: it is not about channels, or about all
	Local []Local   // the time on channels that have another zone

	Posts    []*Post // of a post, one a channel, that all stand alike
	Event    *Event
	Slot     *Free
	Blackout *Blackout
	Off      bool // of an observance: a public holiday
	Estimate bool
}

// Local is a time as a channel has it.
type Local struct {
	At      time.Time
	Channel string
}

// Passed reports whether a free slot is one that nobody took.
func (i *Item) Passed(now time.Time) bool { return i.Kind == OfFree && i.At.Before(now) }

// A Span is something that lasts for days.
type Span struct {
	Kind        Kind
	Name        string
	First, Last time.Time // noons in UTC
	Where       []string  // nil: all channels, or it is not about channels
	Campaign    *Campaign
}

// Meets reports whether a span has a day of a week.
func (s *Span) Meets(monday time.Time) bool {
	return s.First.Before(monday.AddDate(0, 0, 7)) && !s.Last.Before(monday)
}

// A Quiet is a blackout of hours that come back.
type Quiet struct {
	Reason, From, To string // the hours as 21:30
	Where            []string
}

// MondayOf is the noon, in UTC, of the Monday before the day that t shows, or of
// that day. Zones have left days out; weeks have all of them.
func MondayOf(t time.Time) time.Time {
	noon := DateOf(t).noon()
	return noon.AddDate(0, 0, -(int(noon.Weekday())+6)%7)
}

// Weeks lays the almanac out.
func (a *Almanac) Weeks() []Week {
	items := a.items()
	spans := a.Spans()
	zone := a.From.Location()
	today := DateOf(a.Now.In(zone))
	var weeks []Week
	first, end := DateOf(a.From), DateOf(a.To)
	for monday := MondayOf(a.From); DateOf(monday) < end; monday = monday.AddDate(0, 0, 7) {
		w := Week{Monday: monday}
		posts, free, whole := 0, 0, true
		for i := range w.Days {
			d := &w.Days[i]
			d.Date = monday.AddDate(0, 0, i)
			d.In = DateOf(d.Date) >= first && DateOf(d.Date) < end
			d.Today = DateOf(d.Date) == today
			whole = whole && d.In
			if !d.In {
				continue
			}
			d.Items = items[DateOf(d.Date)]
			for n := range d.Items {
				switch d.Items[n].Kind {
				case OfPost:
					posts++
				case OfFree:
					free++
				}
			}
		}
		if whole && posts == 0 {
			w.Slots = free
		}
		for _, s := range spans {
			if s.Meets(monday) {
				w.Spans = append(w.Spans, s)
			}
		}
		weeks = append(weeks, w)
	}
	return weeks
}

// items are what each day has.
func (a *Almanac) items() map[Date][]Item {
	zone := a.From.Location()
	all := map[Date][]Item{}
	add := func(d Date, i Item) { all[d] = append(all[d], i) }
	for _, o := range a.Observances {
		add(o.Date, Item{Kind: OfObservance, Name: o.Name, Off: o.Off, Estimate: o.Estimate})
	}
	for i := range a.Events {
		e := &a.Events[i]
		if first, last := e.days(); first == last {
			item := Item{Kind: OfEvent, Name: e.Title, Event: e}
			if !e.Whole {
				item.At = e.From.In(zone)
			}
			add(first, item)
		}
	}
	for i := range a.Blackouts {
		b := &a.Blackouts[i]
		if b.First == "" && !a.again(b) {
			add(DateOf(b.From.In(zone)), Item{Kind: OfBlackout, At: b.From.In(zone), Name: b.Reason, Where: b.Channels, Blackout: b})
		}
	}
	for _, g := range a.groups() {
		add(DateOf(g.At), g)
	}
	for i := range a.Free {
		f := &a.Free[i]
		at := f.At.In(zone)
		add(DateOf(at), Item{Kind: OfFree, At: at, Name: f.Slot, Where: f.Channels, Slot: f, Local: a.local(at, f.Channels)})
	}
	for d := range all {
		slices.SortStableFunc(all[d], func(x, y Item) int { return cmp.Or(x.At.Compare(y.At), off(y)-off(x)) })
	}
	return all
}

func off(i Item) int {
	if i.Off {
		return 1
	}
	return 0
}

// groups are the posts, those in one that go out at one time and stand alike.
func (a *Almanac) groups() []Item {
	zone := a.From.Location()
	var all []Item
	type key struct {
		post, state, why string
		at               int64
	}
	index := map[key]int{}
	for i := range a.Posts {
		p := &a.Posts[i]
		k := key{p.Post, p.State, "", p.At.UnixNano()}
		if p.Troubled() {
			k.why = p.Why
		}
		n, known := index[k]
		if !known {
			n = len(all)
			index[k] = n
			all = append(all, Item{Kind: OfPost, At: p.At.In(zone), Name: cmp.Or(p.Title, p.Post)})
		}
		all[n].Where = append(all[n].Where, p.Channel)
		all[n].Posts = append(all[n].Posts, p)
	}
	for i := range all {
		all[i].Local = a.local(all[i].At, all[i].Where)
	}
	return all
}

// local is a moment as channels have it whose zone shows another time.
func (a *Almanac) local(at time.Time, channels []string) []Local {
	var all []Local
	for _, c := range a.Channels {
		if c.Zone == "" || !slices.Contains(channels, c.Name) {
			continue
		}
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			continue // the workspace was checked
		}
		if t := at.In(zone); t.Format(time.DateTime) != at.Format(time.DateTime) {
			all = append(all, Local{t, c.Name})
		}
	}
	return all
}

// days are the first and the last that an event has.
func (e *Event) days() (first, last Date) {
	return DateOf(e.From), DateOf(later(e.From, e.To.Add(-time.Nanosecond)))
}

// Spans are what lasts for days, the longest first among those that begin
// together.
func (a *Almanac) Spans() []Span {
	var all []Span
	for i := range a.Campaigns {
		c := &a.Campaigns[i]
		all = append(all, Span{Kind: OfCampaign, Name: c.ID, First: DateOf(c.From).noon(), Last: DateOf(c.To.Add(-time.Nanosecond)).noon(), Campaign: c})
	}
	for i := range a.Events {
		if first, last := a.Events[i].days(); first != last {
			all = append(all, Span{Kind: OfEvent, Name: a.Events[i].Title, First: first.noon(), Last: last.noon()})
		}
	}
	dark := len(all)
	for i := range a.Blackouts {
		b := &a.Blackouts[i]
		if b.First == "" {
			continue
		}
		first, last := b.First.noon(), b.Last.noon()
		n := slices.IndexFunc(all[dark:], func(s Span) bool { return s.Name == b.Reason && s.First.Equal(first) && s.Last.Equal(last) })
		if n < 0 {
			all = append(all, Span{Kind: OfBlackout, Name: b.Reason, First: first, Last: last, Where: slices.Clone(b.Channels)})
			continue
		}
		all[dark+n].Where = a.both(all[dark+n].Where, b.Channels)
	}
	slices.SortStableFunc(all, func(x, y Span) int { return cmp.Or(x.First.Compare(y.First), y.Last.Compare(x.Last)) })
	return all
}

// both are the channels of two lists, none for all of them.
func (a *Almanac) both(x, y []string) []string {
	if len(x) == 0 || len(y) == 0 {
		return nil
	}
	all := slices.Concat(x, y)
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == len(a.Channels) {
		return nil
	}
	return all
}

// again reports whether a blackout of hours has another like it.
func (a *Almanac) again(b *Blackout) bool {
	return slices.ContainsFunc(a.Blackouts, func(o Blackout) bool {
		return o.First == "" && !o.From.Equal(b.From) && a.hours(&o) == a.hours(b)
	})
}

// hours name a blackout by its reason and the time of day.
func (a *Almanac) hours(b *Blackout) [3]string {
	zone := a.From.Location()
	return [3]string{b.Reason, b.From.In(zone).Format("15:04"), b.To.In(zone).Format("15:04")}
}

// Quiet are the hours that come back in which nothing goes out.
func (a *Almanac) Quiet() []Quiet {
	var all []Quiet
	for i := range a.Blackouts {
		b := &a.Blackouts[i]
		if b.First != "" || !a.again(b) {
			continue
		}
		h := a.hours(b)
		n := slices.IndexFunc(all, func(q Quiet) bool { return [3]string{q.Reason, q.From, q.To} == h })
		if n < 0 {
			all = append(all, Quiet{h[0], h[1], h[2], b.Channels})
			continue
		}
		all[n].Where = a.both(all[n].Where, b.Channels)
	}
	return all
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
