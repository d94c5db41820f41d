package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Almanac is the calendar from one day on and before another, midnights in the
// workspace's zone, as things stand at a moment. Where both are zero it has
// everything, but no more than the newest posts of old.
func (s *Space) Almanac(ctx context.Context, now, from, to time.Time) (*almanac.Almanac, error) {
	p, l, err := s.Plan(ctx, now)
	if err != nil {
		return nil, err
	}
	return s.almanac(p, l, now, from, to), nil
}

// newest is how many posts a calendar of everything has at most: whoever
// subscribes to it wants what comes, and some of what was.
const newest = 1000

// almanac is the calendar by a plan and the ledger it was made from.
func (s *Space) almanac(p plan.Plan, l *ledger.Ledger, now, from, to time.Time) *almanac.Almanac {
	a := s.agenda
	if a == nil {
		a = s.deal(l, now)
	}
	out := &almanac.Almanac{Brand: s.Config.Brand, Lang: s.Config.Language, Zone: s.Zone.String(), Now: now.In(s.Zone), Posts: s.shown(a, p, l, now),
		Conflicts: slices.Concat([]schema.Problem{}, schema.Sort(s.weights.Apply(s.calendar.Conflicts(a.in, a.queue))))}
	around := to
	if from.IsZero() && to.IsZero() {
		out.Posts = out.Posts[max(0, len(out.Posts)-newest):]
		from, to = s.years(out.Posts)
		if around = to; around.After(from.AddDate(longest, 0, 0)) {
			around = from.AddDate(longest, 0, 0)
		}
	}
	out.From, out.To = from.In(s.Zone), to.In(s.Zone)
	out.Posts = slices.DeleteFunc(out.Posts, func(x almanac.Post) bool { return x.At.Before(from) || !x.At.Before(to) })
	for _, c := range s.Channels {
		shown := almanac.Channel{Name: c.Name, Title: c.Platform.Title}
		if z := s.ChannelZone(c.Name); z.String() != s.Zone.String() {
			shown.Zone = z.String()
		}
		out.Channels = append(out.Channels, shown)
	}
	out.Drafts = s.drafts(a)
	s.surroundings(out, s.calendar.Between(a.queue, from, around), a)
	return out
}

// years are those that posts, campaigns and events are in, whole: they do not
// depend on when somebody looks.
func (s *Space) years(posts []almanac.Post) (from, to time.Time) {
	meet := func(first, last time.Time) {
		if from.IsZero() || first.Before(from) {
			from = first
		}
		if to.IsZero() || last.After(to) {
			to = last
		}
	}
	for i := range posts {
		meet(posts[i].At, posts[i].At)
	}
	old := from
	for _, c := range s.calendar.Campaigns {
		if last := c.To.Add(-time.Second); last.After(old) {
			meet(c.From, last)
		}
	}
	for _, e := range s.calendar.Events {
		if last := e.End.Add(-time.Second); last.After(old) {
			meet(e.Start, last)
		}
	}
	if from.IsZero() {
		return from, to
	}
	first, last := from.In(s.Zone).Year(), to.In(s.Zone).Year()
	midnight := func(year int) time.Time {
		return calendar.Start(schema.Date{Time: schema.Time{Wall: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}, Whole: true}, s.Zone)
	}
	return midnight(first), midnight(last + 1)
}

// longest is for how many years a calendar of everything says what the days
// are: one post that is far off does not bring all that is between.
const longest = 10

// shown are the posts that have a time, and what the ledger knows of others.
func (s *Space) shown(a *agenda, p plan.Plan, l *ledger.Ledger, now time.Time) []almanac.Post {
	out := []almanac.Post{}
	placed := map[onto]*calendar.Placed{}
	for i := range a.queue.Placed {
		x := &a.queue.Placed[i]
		placed[onto{x.On.Post, x.Channel}] = x
	}
	only := s.only()
	for _, st := range standings(p, l, s.wanted(), now) {
		x := almanac.Post{Post: st.Post, Channel: st.Channel, At: st.At, State: st.State, Why: st.Why, URL: st.URL}
		post := only(st.Post)
		if on := placed[onto{st.Post, st.Channel}]; on != nil {
			x.At = on.At
			if on.Why != calendar.Out && post != nil {
				if ends := s.embargo(post); ends.After(x.At) {
					x.At = ends
				}
			}
			x.Queued = on.Why == calendar.Slotted || on.Why == calendar.Together
			x.Round = on.Round
			if on.Slot != nil {
				x.Slot = on.Slot.ID
			}
		}
		if x.At.IsZero() {
			continue
		}
		if e := l.Of(st.Post, st.Channel); e != nil && len(e.Parts) > 0 {
			x.Since = st.At.UTC()
		}
		if post != nil {
			f := &post.Front
			x.Title, x.File, x.Pillar, x.Campaign, x.Event = f.Title, post.File, f.Pillar, f.Campaign, f.Event
		}
		x.At = x.At.In(s.Zone)
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(x, y almanac.Post) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.Post, y.Post), strings.Compare(x.Channel, y.Channel))
	})
	return out
}

// drafts are the posts without a time, and those that find no slot.
func (s *Space) drafts(a *agenda) []almanac.Draft {
	out := []almanac.Draft{}
	left := map[string]*calendar.Left{}
	for i := range a.queue.Left {
		left[a.queue.Left[i].Post.ID] = &a.queue.Left[i]
	}
	for i, p := range s.Posts {
		d := almanac.Draft{Post: p.BaseID(), Title: p.Front.Title, File: p.File, Channels: slices.Concat([]string{}, p.Front.Channels)}
		switch on := left[p.BaseID()]; {
		case p.Front.Retracted || !p.Readable():
			continue
		case on != nil:
			d.Why = on.Text
			if on.Channel != "" {
				d.Channels = []string{on.Channel}
			}
		case !p.Front.PublishAt.IsZero():
			continue
		default:
			d.Why = trouble(s.results[i].Problems)
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y almanac.Draft) int { return strings.Compare(x.Post, y.Post) })
	return out
}

// surroundings are all that posts go out among.
func (s *Space) surroundings(out *almanac.Almanac, v calendar.View, a *agenda) {
	out.Free, out.Blackouts, out.Observances, out.Events, out.Campaigns = []almanac.Free{}, []almanac.Blackout{}, []almanac.Observance{}, []almanac.Event{}, []almanac.Campaign{}
	for _, f := range v.Free {
		n := slices.IndexFunc(out.Free, func(o almanac.Free) bool { return o.Slot == f.Slot.ID && o.At.Equal(f.At) })
		if n < 0 {
			n = len(out.Free)
			out.Free = append(out.Free, almanac.Free{Slot: f.Slot.ID, Pillar: f.Slot.Pillar, At: f.At.In(s.Zone)})
		}
		out.Free[n].Channels = append(out.Free[n].Channels, f.Channel)
	}
	for _, b := range v.Blackouts {
		n := slices.IndexFunc(out.Blackouts, func(o almanac.Blackout) bool { return o.Reason == b.Reason && o.From.Equal(b.From) && o.To.Equal(b.To) })
		if n < 0 {
			n = len(out.Blackouts)
			dark := almanac.Blackout{Reason: b.Reason, From: b.From.In(s.Zone), To: b.To.In(s.Zone)}
			dark.First, dark.Last = wholeDays(b.Span, s.ChannelZone(b.Channel))
			out.Blackouts = append(out.Blackouts, dark)
		}
		out.Blackouts[n].Channels = append(out.Blackouts[n].Channels, b.Channel)
	}
	for i := range out.Blackouts {
		if len(out.Blackouts[i].Channels) == len(s.Channels) {
			out.Blackouts[i].Channels = nil
		}
	}
	for _, o := range v.Observances {
		day := almanac.Observance{Date: almanac.DateOf(o.Date), Name: o.Names.In(s.Config.Language), Off: o.Off, Estimate: o.Estimate}
		n := slices.IndexFunc(out.Observances, func(x almanac.Observance) bool { return x.Date == day.Date && x.Name == day.Name })
		if n < 0 {
			out.Observances = append(out.Observances, day)
			continue
		}
		same := &out.Observances[n] // lists share days
		same.Off, same.Estimate = same.Off || day.Off, same.Estimate && day.Estimate
	}
	for _, e := range v.Events {
		out.Events = append(out.Events, almanac.Event{ID: e.ID, Title: e.Title, Place: e.Place, From: e.Start.In(s.Zone), To: e.End.In(s.Zone), Whole: e.Event.Start.Whole})
	}
	for _, c := range v.Campaigns {
		shown := almanac.Campaign{ID: c.ID, From: c.From.In(s.Zone), To: c.To.In(s.Zone), Goal: c.Goal.Posts}
		known := map[string]bool{}
		for i := range a.queue.Placed {
			if x := &a.queue.Placed[i]; x.Post.Front.Campaign == c.ID && !known[x.On.Post] {
				known[x.On.Post] = true
				shown.Posts++
			}
		}
		out.Campaigns = append(out.Campaigns, shown)
	}
}

// wholeDays are the first and the last day that a span takes whole; "": none.
func wholeDays(span calendar.Span, zone *time.Location) (first, last almanac.Date) {
	from, to := span.From.In(zone), span.To.In(zone)
	y, m, d := from.Date()
	begin := time.Date(y, m, d, 12, 0, 0, 0, zone) // no clock is put forward or back at noon
	if from.Format("15:04:05") != "00:00:00" {
		begin = begin.AddDate(0, 0, 1)
	}
	y, m, d = to.Date()
	end := time.Date(y, m, d, 12, 0, 0, 0, zone).AddDate(0, 0, -1)
	if end.Before(begin) {
		return "", ""
	}
	return almanac.DateOf(begin), almanac.DateOf(end)
}
