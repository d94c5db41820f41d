package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// ErrMove says that a post cannot be given another time, and why.
var ErrMove = errors.New("it stays where it is")

// Move writes another time into a post's file, and changes nothing else there:
// a time, next-slot with or without a name, or, for a post in the queue, the
// day that it is pinned to. It says what comes of it.
func (e *Engine) Move(ctx context.Context, s *Space, p *workspace.Post, when string, now time.Time) (report.Moved, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return report.Moved{}, err
	}
	l, err := home.Read(ctx)
	if err != nil {
		return report.Moved{}, err
	}
	before := s.deal(l, now)
	if s.outEverywhere(p, before) {
		return report.Moved{}, fmt.Errorf("%w: %s is out on all its channels, and a new time changes nothing there", ErrMove, p.BaseID())
	}
	m := report.Moved{Post: p.BaseID(), File: p.File}
	if err := s.moveTo(p, when, &m); err != nil {
		return m, err
	}
	next, err := e.Open(ctx, s.Dir)
	if err != nil {
		return m, err
	}
	defer next.Close()
	q := next.Post(p.File)
	if q == nil {
		return m, fmt.Errorf("%s is not there any more", p.File)
	}
	after := next.deal(l, now)
	was, is := s.times(before, l), next.times(after, l)
	for _, name := range q.Front.Channels {
		on := onto{q.BaseID(), name}
		m.Times = append(m.Times, report.MovedOn{Channel: name, Was: was[on].at, Now: is[on].at, Stays: is[on].out})
	}
	for on, t := range is {
		if old := was[on]; on.post != q.BaseID() && !t.at.Equal(old.at) {
			m.Others = append(m.Others, report.MovedOther{Post: on.post, MovedOn: report.MovedOn{Channel: on.channel, Was: old.at, Now: t.at}})
		}
	}
	for on, t := range was {
		if _, there := is[on]; !there && on.post != q.BaseID() {
			m.Others = append(m.Others, report.MovedOther{Post: on.post, MovedOn: report.MovedOn{Channel: on.channel, Was: t.at}})
		}
	}
	slices.SortFunc(m.Others, func(a, b report.MovedOther) int {
		return cmp.Or(a.Was.Compare(b.Was), strings.Compare(a.Post, b.Post), strings.Compare(a.Channel, b.Channel))
	})
	m.Solved, m.New = apart(s.clashesOf(before), next.clashesOf(after))
	return m, nil
}

// clashesOf are where posts and the calendar do not go together, by an agenda,
// and the errors of the workspace besides.
func (s *Space) clashesOf(a *agenda) []schema.Problem {
	now := slices.DeleteFunc(slices.Clone(s.Problems), func(p schema.Problem) bool {
		return p.Severity != schema.Error || slices.ContainsFunc(s.clashes, func(c schema.Problem) bool { return c.Check == p.Check && c.Pos == p.Pos })
	})
	return schema.Sort(append(now, s.weights.Apply(s.calendar.Conflicts(a.in, a.queue))...))
}

// apart are the problems of one list that are not in another, both ways. One
// that only stands on another line is the same.
func apart(before, after []schema.Problem) (gone, fresh []schema.Problem) {
	without := func(of, others []schema.Problem) []schema.Problem {
		return slices.DeleteFunc(slices.Clone(of), func(p schema.Problem) bool {
			return slices.ContainsFunc(others, func(o schema.Problem) bool { return o.File == p.File && o.Check == p.Check && o.Text == p.Text })
		})
	}
	return without(before, after), without(after, before)
}

// A placing is when a post goes out on a channel, or did.
type placing struct {
	at  time.Time
	out bool
}

// times are those of every post, in the workspace's zone.
func (s *Space) times(a *agenda, l *ledger.Ledger) map[onto]placing {
	all := map[onto]placing{}
	only := s.only()
	for i := range a.queue.Placed {
		x := &a.queue.Placed[i]
		on := onto{x.On.Post, x.Channel}
		at := x.At
		if p := only(x.On.Post); p != nil && x.Why != calendar.Out {
			if ends := s.embargo(p); ends.After(at) {
				at = ends
			}
		}
		all[on] = placing{at.In(s.Zone), x.Why == calendar.Out && l.Of(on.post, on.channel).Live()}
	}
	return all
}

// outEverywhere reports whether a post is up on all its channels.
func (s *Space) outEverywhere(p *workspace.Post, a *agenda) bool {
	return len(p.Front.Channels) > 0 && !slices.ContainsFunc(p.Front.Channels, func(channel string) bool {
		x := a.queue.Place(calendar.On{Post: p.BaseID(), Channel: channel})
		return x == nil || x.Why != calendar.Out
	})
}

// moveTo edits the file.
func (s *Space) moveTo(p *workspace.Post, when string, m *report.Moved) error {
	src, err := workspace.Read(s.Root, p.File, schema.MaxFile+1)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", p.File, cause(err))
	}
	if sha256.Sum256(src) != p.Digest {
		return fmt.Errorf("%w: somebody wrote %s meanwhile; try again", ErrMove, p.File)
	}
	var without []string
	m.Key = "publish_at"
	switch at, err := schema.ParseWhen(when); {
	case err == nil && at.Next:
		m.Now, without = strings.TrimSpace("next-slot "+at.Slot), []string{"pin"} // pinned, it would not take the next one
	case err == nil:
		m.Now, without = when, []string{"pin"}
	default:
		day, notDay := schema.ParseDate(when)
		if notDay != nil || !day.Whole {
			return fmt.Errorf("%w: %s: %w", ErrMove, when, err)
		}
		if !p.Front.PublishAt.Next {
			return fmt.Errorf("%w: a day alone is for a post that waits for a slot; write the time too, as in \"%s 08:30\"", ErrMove, when)
		}
		m.Key, m.Now = "pin", when
	}
	m.Was = s.written(p, m.Key)
	out, err := schema.SetFront(p.File, src, m.Key, m.Now, without...)
	if errors.Is(err, schema.ErrLayout) {
		return fmt.Errorf("%w: a program cannot change %s as it is written in %s; please write %s: %s yourself", ErrMove, m.Key, p.File, m.Key, m.Now)
	}
	if err != nil {
		return err
	}
	return replace(s.Root, p.File, out)
}

// written is a time of a post's front matter, as people write it.
func (s *Space) written(p *workspace.Post, key string) string {
	f := &p.Front
	d := f.Pin
	if key == "publish_at" {
		if f.PublishAt.Next {
			return strings.TrimSpace("next-slot " + f.PublishAt.Slot)
		}
		d = schema.Date{Time: f.PublishAt.Time}
	}
	switch {
	case d.IsZero():
		return ""
	case d.Whole:
		return d.Wall.Format(time.DateOnly)
	case d.Zoned:
		return d.Wall.Format(time.RFC3339)
	}
	return d.Wall.Format("2006-01-02 15:04")
}
