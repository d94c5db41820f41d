package plan

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

const (
	// behindAll is how late a post of a channel's first run may be: what is
	// older was published elsewhere, or is an archive.
	behindAll = 24 * time.Hour
	// tardy posts go out one at a time, apart from each other: after a freeze
	// or an outage, followers do not get everything at once.
	tardy = time.Hour
	apart = 15 * time.Minute
)

// timing is what keeps a post that is not out yet from going out now. What
// falls due within ahead counts as due.
func (m *maker) timing(a Action, w *Wish, ahead time.Duration) (Action, bool) {
	late := w.Late
	if late.Policy == "" {
		late = schema.Late{Policy: "ask", After: schema.Duration(defaultLate)}
	}
	behind := m.Now.Sub(w.Due)
	a.Live = nil
	switch {
	case behind < -ahead && w.Due.Equal(w.Embargo):
		return a.as(Wait, "under embargo until %s", clock(w.Embargo))
	case behind < -ahead:
		return a.as(Wait, "%s", m.due(w.Due))
	case w.Barred != "" && !m.Unbound && (a.retry || behind <= time.Duration(late.After)):
		return a.as(Wait, "%s", w.Barred)
	case a.retry || m.Unbound || behind <= time.Duration(late.After):
		return a, false
	case late.Policy == "skip":
		return a.as(Skip, "it is %s late, and late says skip", span(behind))
	case m.archive(w, behind):
		a.Answers = []Answer{AnswerRetry, AnswerLive}
		return a.as(Skip, "older than the first run on this channel, and an archive is not published by itself: give it a new publish_at if it is meant")
	case w.Barred != "":
		return a.as(Wait, "%s", w.Barred)
	case late.Policy == "publish":
		return a, false
	default:
		a.Answers = []Answer{AnswerRetry, AnswerLive}
		return a.as(Ask, "it is %s late: give it a new publish_at, or late: {policy: publish, after: %s}", span(behind), late.After.String())
	}
}

// archive reports whether a post is older than the channel's first run, this
// one or an earlier one. A folder of our own, such as a web site, has its
// archive.
func (m *maker) archive(w *Wish, behind time.Duration) bool {
	if w.Channel.Platform.Local {
		return false
	}
	first := m.Ledger.Began(w.Channel.Name)
	if first.IsZero() {
		first = m.Now
	}
	return behind > behindAll && first.Sub(w.Due) > behindAll
}

func (m *maker) frozen() bool {
	return m.Freeze != nil && (m.Freeze.Until.IsZero() || m.Now.Before(m.Freeze.Until))
}

func (m *maker) frozenWhy() string {
	why := "frozen: " + m.Freeze.Reason
	if !m.Freeze.Until.IsZero() {
		why += ", until " + clock(m.Freeze.Until)
	}
	return why
}

// brake holds back what would be too much on one channel, in order of time.
func (m *maker) brake(as []Action) {
	for i := range as {
		a := &as[i]
		r := m.record[a.Channel]
		if r == nil || m.Unbound || a.Urgent {
			continue
		}
		if a.repost && a.Verb == Edit && !r.channel.Platform.Local {
			if r.anew {
				*a, _ = a.as(Wait, "it changed and is to be published anew; a run does that with one post of a channel")
				continue
			}
			r.anew = true
		}
		if !a.first || a.Verb != Publish {
			continue
		}
		behind := m.Now.Sub(a.Due)
		switch {
		case m.PerDay > 0 && r.today >= m.PerDay && !a.retry:
			*a, _ = a.as(Wait, "limits.per_day is %d, and %s has had as many today", m.PerDay, a.Channel)
			continue
		case behind > tardy && !a.retry && !r.channel.Platform.Local && m.Now.Sub(r.last) < apart:
			*a, _ = a.as(Wait, "%s late; late posts go out one at a time, %s apart", span(behind), span(apart))
			continue
		}
		if why := m.room(a.Post, a.Channel); why != "" && !a.retry {
			*a, _ = a.as(Wait, "%s", why)
			continue
		}
		r.today++
		if behind > tardy {
			r.last = m.Now
		}
	}
}
