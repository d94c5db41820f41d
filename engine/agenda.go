package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// An agenda is when every post goes out, as far as the calendar has a say.
type agenda struct {
	in    calendar.Input
	then  calendar.Input // the same, at the moment that was asked about
	queue *calendar.Queue
	left  map[calendar.On]string // why there is no slot
	dark  map[calendar.On]calendar.Bar
}

// scheduled reports whether any time depends on more than what a post says.
func (s *Space) scheduled() bool {
	return !s.calendar.Empty() || slices.ContainsFunc(s.Posts, func(p *workspace.Post) bool {
		f := &p.Front
		return f.PublishAt.Next || f.Evergreen != nil || !f.Expires.IsZero()
	})
}

// schedule keeps in mind who goes out when.
func (s *Space) schedule(l *ledger.Ledger, at time.Time) {
	if s.agenda = nil; s.scheduled() {
		s.agenda = s.deal(l, at)
	}
}

// deal says who goes out when, by what a ledger remembers; nil: nothing is out
// yet. The queue is the one of now, or of an earlier moment that is asked
// about: by a later one, what waits today will have gone out.
func (s *Space) deal(l *ledger.Ledger, at time.Time) *agenda {
	now := at
	if s.engine.Now != nil && s.engine.Now().Before(at) {
		now = s.engine.Now()
	}
	a := &agenda{in: calendar.Input{Now: now.Truncate(time.Second)}, left: map[calendar.On]string{}}
	a.in.Posts = make([]calendar.Post, len(s.Posts))
	for i, p := range s.Posts {
		a.in.Posts[i] = calendar.Post{ID: p.BaseID(), Front: &p.Front, Source: p.Source, Urgent: p.Front.Urgent}
		for _, on := range s.results[i].Channels {
			if c := s.Channel(on.Name); c.Platform.Local {
				a.in.Posts[i].Local = append(a.in.Posts[i].Local, on.Name)
			}
		}
	}
	if l != nil {
		a.in.Out, a.in.Up = tried(l)
		a.in.Reserved = promised(l)
	}
	a.queue = s.calendar.Assign(a.in)
	for _, left := range a.queue.Left {
		for _, channel := range left.Post.Front.Channels {
			if left.Channel == "" || left.Channel == channel {
				a.left[calendar.On{Post: left.Post.ID, Channel: channel}] = left.Text
			}
		}
	}
	a.then = a.in
	a.then.Now = at
	a.dark = s.calendar.Dark(a.then, a.queue, plan.HandLead)
	return a
}

// horizon is how long before it comes a slot is promised: nothing that is added
// later takes it away.
const horizon = 24 * time.Hour

// promises are the receipts of slots that are near and not promised yet.
func (s *Space) promises(l *ledger.Ledger, now time.Time, run string) []schema.Receipt {
	if s.agenda == nil || s.Unbound {
		return nil
	}
	var rs []schema.Receipt
	for _, p := range s.agenda.queue.Promised(now, now.Add(horizon)) {
		if e := l.Of(p.On.Post, p.Channel); e == nil || !e.Slot.Equal(p.At) {
			rs = append(rs, schema.Receipt{At: now, Run: run, Post: p.On.Post, Channel: p.Channel, State: schema.Slotted, Due: p.At})
		}
	}
	return rs
}

// promised are the slots that the ledger promised.
func promised(l *ledger.Ledger) map[calendar.On]time.Time {
	all := map[calendar.On]time.Time{}
	l.Each(func(e *ledger.Entry) {
		if !e.Slot.IsZero() {
			all[calendar.On{Post: e.Post, Channel: e.Channel}] = e.Slot
		}
	})
	return all
}

// tried is when each post was due that went out or was tried, and when it went
// up.
func tried(l *ledger.Ledger) (out, up map[calendar.On]time.Time) {
	out, up = map[calendar.On]time.Time{}, map[calendar.On]time.Time{}
	l.Each(func(e *ledger.Entry) {
		on := calendar.On{Post: e.Post, Channel: e.Channel}
		for i := range e.Parts {
			if at := dueOf(&e.Parts[i]); !at.IsZero() {
				if out[on] = at; !e.Parts[i].Up.IsZero() {
					up[on] = e.Parts[i].Up
				}
				return
			}
		}
	})
	return out, up
}

// dueOf is when a part was due, by whatever is known of it. What only a person
// says has no such time.
func dueOf(p *ledger.Part) time.Time {
	for _, r := range []*schema.Receipt{p.Live, p.Pending, p.Handed, p.Last} {
		if r == nil {
			continue
		}
		switch r.State {
		case schema.Intent, schema.Live, schema.Failed, schema.Refused, schema.Unknown, schema.Handed, schema.Gone:
			if !r.Due.IsZero() {
				return r.Due
			}
			if r == p.Live {
				return r.At
			}
		}
	}
	return time.Time{}
}

// Due is when a post is to go out on a channel, never before its embargo ends;
// zero for a draft, and for one that has no slot.
func (s *Space) Due(p *workspace.Post, channel string) time.Time {
	due := s.planned(p, channel)
	if ends := s.embargo(p); !due.IsZero() && ends.After(due) {
		return ends
	}
	return due
}

// planned is when a post goes out by what it says itself and by the queue.
func (s *Space) planned(p *workspace.Post, channel string) time.Time {
	if p.Front.PublishAt.IsZero() {
		return time.Time{}
	}
	if !p.Front.PublishAt.Next && p.Round == 0 {
		due, _ := calendar.Moment(p.Front.PublishAt.Time, s.ZoneOf(p.Front.Timezone, channel))
		return due
	}
	if s.agenda == nil {
		return time.Time{}
	}
	return s.agenda.queue.At(calendar.On{Post: p.ID(), Channel: channel})
}

// First is when a post is first to go out anywhere; zero for a draft, and for
// one that has no slot.
func (s *Space) First(p *workspace.Post) time.Time {
	var first time.Time
	for _, name := range p.Front.Channels {
		if due := s.Due(p, name); !due.IsZero() && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	if first.IsZero() && len(p.Front.Channels) == 0 {
		return s.Due(p, "")
	}
	return first
}

// held is why a post does not go out on a channel now, for the calendar's sake:
// it waits, or it is never to go.
func (s *Space) held(p *workspace.Post, channel string) (waits, never string) {
	if s.agenda == nil || s.Unbound {
		return "", ""
	}
	on := calendar.On{Post: p.ID(), Channel: channel}
	if never = s.agenda.queue.Lapsed(on); never == "" {
		never = s.agenda.left[on]
	}
	if bar, is := s.agenda.dark[on]; is {
		waits = s.words(bar)
	}
	return waits, never
}

// room begins to count, for one plan, what quotas leave room for.
func (s *Space) room() func(post, channel string) string {
	if s.agenda == nil {
		return func(string, string) string { return "" }
	}
	room := s.calendar.Room(s.agenda.then, s.agenda.queue)
	return func(post, channel string) string {
		if bar, is := room(calendar.On{Post: post, Channel: channel}); !is {
			return s.words(bar)
		}
		return ""
	}
}

func (s *Space) words(b calendar.Bar) string {
	return b.Why + ", until " + b.Until.In(s.Zone).Format("2006-01-02 15:04 MST")
}

// A comeback is a round of a post that comes back, on one channel.
type comeback struct {
	post *workspace.Post
	of   int // index of the post itself
	on   onChannel
}

// comebacks are the rounds that were, and the next of each.
func (s *Space) comebacks() []comeback {
	if s.agenda == nil || s.Unbound { // a rehearsal shows each post once
		return nil
	}
	index := map[string]int{}
	for i, p := range s.Posts {
		if p.Front.Evergreen != nil {
			index[p.BaseID()] = i
		}
	}
	var all []comeback
	for i := range s.agenda.queue.Placed {
		x := &s.agenda.queue.Placed[i]
		if x.Round == 0 {
			continue
		}
		of := index[x.Post.ID]
		for _, on := range s.results[of].Channels {
			if on.Name != x.Channel {
				continue
			}
			p := s.Posts[of].InRound(x.Round)
			if turn := p.Turn(); turn > 0 && turn <= len(on.Turns) {
				on.Digests = on.Turns[turn-1]
			}
			all = append(all, comeback{p, of, on})
		}
	}
	return all
}

// conflicts are where posts and the calendar do not go together, as of now. The
// ledger is read where that takes no network: what went out does not wait any
// more.
func (s *Space) conflicts(ctx context.Context) []schema.Problem {
	if s.engine.Now == nil || !s.scheduled() {
		return nil
	}
	var l *ledger.Ledger
	if s.Config.Ledger != inGit {
		if home, err := s.homeAt(ctx, cmp.Or(s.Config.Ledger, usualFolder)); err == nil {
			l, _ = home.Read(ctx) // a plan says what is wrong with it
		}
	}
	s.schedule(l, s.engine.Now())
	return s.calendar.Conflicts(s.agenda.in, s.agenda.queue)
}

// Agenda is when every post goes out as of a moment, by what the ledger says,
// with the calendar it is made from and where they do not go together.
func (s *Space) Agenda(ctx context.Context, now time.Time) (*calendar.Calendar, *calendar.Queue, []schema.Problem, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := home.Read(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	a := s.deal(l, now)
	return s.calendar, a.queue, schema.Sort(s.weights.Apply(s.calendar.Conflicts(a.in, a.queue))), nil
}
