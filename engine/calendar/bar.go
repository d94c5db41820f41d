package calendar

import (
	"fmt"
	"time"
)

// A Bar is what keeps a post that is due from going out.
type Bar struct {
	Until time.Time
	Why   string
}

// Dark says of the posts that fall due within some time which of them wait for
// the end of a blackout: each at its time, or now where that has passed.
func (c *Calendar) Dark(in Input, q *Queue, ahead time.Duration) map[On]Bar {
	bars := map[On]Bar{}
	if len(c.blackouts) == 0 {
		return bars
	}
	spans := map[string][]Span{}
	end := in.Now.Add(ahead)
	for i := range q.Placed {
		p := &q.Placed[i]
		if p.Why == Out || p.Post.Urgent || p.At.After(end) {
			continue
		}
		dark, known := spans[p.Channel]
		if !known {
			dark = c.Blackouts(p.Channel, in.Now.Add(-time.Second), end.Add(time.Second))
			spans[p.Channel] = dark
		}
		if s, is := during(dark, later(p.At, in.Now)); is {
			bars[p.On] = Bar{s.To, s.Reason}
		}
	}
	return bars
}

// Room returns a function that is asked, post by post in the order in which
// they would go out now, whether a quota has room for one; it counts those that
// it lets out, and those that are out.
func (c *Calendar) Room(in Input, q *Queue) func(On) (Bar, bool) {
	t := newTally(c)
	for i := range q.Placed {
		if p := &q.Placed[i]; p.Why == Out && len(c.quotas) > 0 {
			at := p.At
			if up, is := in.Up[p.On]; is {
				at = up
			}
			t.add(going{p.On.Post, p.Channel, p.Post.Front.Pillar, at})
		}
	}
	return func(on On) (Bar, bool) {
		p := q.Place(on)
		if p == nil || len(c.quotas) == 0 {
			return Bar{}, true
		}
		g := going{on.Post, on.Channel, p.Post.Front.Pillar, later(p.At, in.Now)}
		if over, until, _ := t.over(g); over != nil && !p.Post.Urgent {
			return Bar{until, over.words()}, false
		}
		t.add(g)
		return Bar{}, true
	}
}

// words are what a quota asks for.
func (q *quota) words() string {
	what := "posts"
	if q.AtMost == 1 {
		what = "post"
	}
	if q.Pillar != "" {
		what += " of " + q.Pillar
	}
	return fmt.Sprintf("the calendar allows %d %s a %s", q.AtMost, what, q.Per)
}
