package engine

import (
	"cmp"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// Changes lists what is not as it was in base, by time, post and channel. Base
// is nil where there was no workspace. P is the plan of s, for what comes of
// each change.
func (s *Space) Changes(base *Space, p plan.Plan) []report.Change {
	was := map[onto]wished{}
	if base != nil {
		was = base.wished()
	}
	actions := map[onto]*plan.Action{}
	for i := range p.Actions {
		actions[onto{p.Actions[i].Post, p.Actions[i].Channel}] = &p.Actions[i]
	}
	changes := []report.Change{}
	add := func(name onto, w wished, c report.Change) {
		c.Post, c.Channel, c.File = name.post, name.channel, w.post.File
		if a := actions[name]; a != nil {
			c.Verb, c.Why = a.Verb, a.Why
		}
		changes = append(changes, c)
	}
	now := s.wished()
	for name, is := range now {
		before, there := was[name]
		c := report.Change{Due: is.due, Was: before.due}
		switch {
		case is.retracted && (!there || !before.retracted):
			c.Kind = report.ChangeRetracted
		case is.retracted:
			continue
		case !there:
			c.Kind, c.Was = report.ChangeNew, time.Time{}
		case !slices.Equal(is.digests, before.digests) || before.retracted:
			c.Kind = report.ChangeText
		case !is.due.Equal(before.due):
			c.Kind = report.ChangeTime
		default:
			continue
		}
		if c.Kind != report.ChangeRetracted {
			view := s.View(is.post, name.channel)
			c.View = &view
		}
		add(name, is, c)
	}
	for name, before := range was {
		if _, there := now[name]; !there && !before.retracted {
			add(name, before, report.Change{Kind: report.ChangeGone, Was: before.due})
		}
	}
	slices.SortFunc(changes, func(a, b report.Change) int {
		return cmp.Or(cmp.Compare(order(a.Due), order(b.Due)), cmp.Compare(a.Post, b.Post), cmp.Compare(a.Channel, b.Channel))
	})
	return changes
}

// order puts drafts and what is gone last.
func order(t time.Time) int64 {
	if t.IsZero() {
		return 1<<63 - 1
	}
	return t.UnixNano()
}

// wished is what a workspace wants of one post on one channel.
type wished struct {
	post      *workspace.Post
	due       time.Time
	digests   []string
	retracted bool
}

func (s *Space) wished() map[onto]wished {
	all := map[onto]wished{}
	for i, p := range s.Posts {
		for _, on := range s.results[i].Channels {
			all[onto{p.ID(), on.Name}] = wished{p, s.Due(p, on.Name), on.Digests, p.Front.Retracted}
		}
	}
	return all
}

// View is a post as it will be on one of its channels, measured.
func (s *Space) View(p *workspace.Post, channel string) report.View {
	c := s.Channel(channel)
	v, ps := s.Render(p, c)
	return report.NewView(v, c, ps)
}
