package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Suggest proposes a time for each post that has none, or for some: the slots
// that they would take if they waited for one. Nobody who has a time, or waits
// already, loses his. Nothing is written.
func (s *Space) Suggest(ctx context.Context, now time.Time, posts []*workspace.Post) ([]report.Suggestion, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return nil, err
	}
	l, err := home.Read(ctx)
	if err != nil {
		return nil, err
	}
	if len(posts) == 0 {
		posts = s.Posts
	}
	a := s.deal(l, now)
	in := a.in
	in.Posts, in.Reserved = slices.Clone(in.Posts), maps.Clone(in.Reserved)
	if in.Reserved == nil {
		in.Reserved = map[calendar.On]time.Time{}
	}
	for _, x := range a.queue.Placed {
		if x.Why == calendar.Slotted || x.Why == calendar.Together {
			in.Reserved[x.On] = x.At
		}
	}
	asked := map[string]bool{}
	for _, p := range posts {
		if f := &p.Front; f.PublishAt.IsZero() && !f.Retracted && p.Readable() {
			asked[p.File] = true
		}
	}
	for i := range in.Posts {
		x := &in.Posts[i]
		if asked[x.Source.File] {
			waits := *x.Front
			waits.PublishAt = schema.When{Next: true}
			x.Front = &waits
		}
	}
	q := s.calendar.Assign(in)
	all := []report.Suggestion{}
	for i, p := range s.Posts {
		if asked[p.File] {
			g := s.suggestion(q, &in.Posts[i])
			g.Title = p.Front.Title
			if t := trouble(s.results[i].Problems); t != "" {
				g.Why += "; " + t
			}
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(x, y report.Suggestion) int {
		switch {
		case x.At.IsZero() == y.At.IsZero():
			return x.At.Compare(y.At)
		case x.At.IsZero():
			return 1
		}
		return -1
	})
	return all, nil
}

// suggestion is what a queue has for a post, and why.
func (s *Space) suggestion(q *calendar.Queue, p *calendar.Post) report.Suggestion {
	g := report.Suggestion{Post: p.ID, Channels: []string{}}
	f := p.Front
	var slot *calendar.Slot
	var others []string
	for _, channel := range f.Channels {
		x := q.Place(calendar.On{Post: p.ID, Channel: channel})
		switch {
		case x == nil:
			continue
		case g.At.IsZero() || x.At.Before(g.At):
			g.At, g.Channels = x.At, []string{channel}
			if x.Slot != nil {
				slot = x.Slot
			}
		case x.At.Equal(g.At):
			g.Channels = append(g.Channels, channel)
			if slot == nil {
				slot = x.Slot
			}
		}
	}
	for _, channel := range f.Channels {
		if x := q.Place(calendar.On{Post: p.ID, Channel: channel}); x != nil && !x.At.Equal(g.At) {
			others = append(others, channel+" "+x.At.In(s.Zone).Format("2006-01-02 15:04"))
		}
	}
	if g.At.IsZero() {
		g.Why = "no free slot"
		for _, left := range q.Left {
			if left.Post.ID == p.ID {
				g.Why = left.Text
			}
		}
		for _, channel := range f.Channels {
			if why := q.Lapsed(calendar.On{Post: p.ID, Channel: channel}); why != "" {
				g.Why = why
			}
		}
		return g
	}
	g.At = g.At.In(s.Zone)
	why := []string{"the next slot that is free there"}
	if slot != nil {
		g.Slot = slot.ID
		why[0] = fmt.Sprintf("the next free slot %s", slot.ID)
		if f.Pillar != "" && slot.Pillar == f.Pillar {
			why[0] += ", for its pillar " + f.Pillar
		}
	}
	if f.Campaign != "" {
		why = append(why, "in its campaign "+f.Campaign)
	}
	if f.Event != "" {
		why = append(why, "before its event "+f.Event)
	}
	if !f.Expires.IsZero() {
		why = append(why, "before it expires")
	}
	g.Why = strings.Join(why, ", ")
	if len(others) > 0 {
		g.Why += "; with publish_at: next-slot the others go out at slots of their own: " + strings.Join(others, ", ")
	}
	return g
}
