package plan

import (
	"cmp"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// HandLead is how long before its time a post is handed to a person.
const HandLead = 24 * time.Hour

// byHand decides about a channel where a person publishes.
func (m *maker) byHand(a Action, w *Wish, e *ledger.Entry) (Action, bool) {
	switch {
	case w.Retracted:
		return m.byHandGone(a, e, "it is retracted")
	case w.Never != "" && !e.Live() && !e.Handed():
		return a.as(Skip, "%s", w.Never)
	case w.Trouble != "" && (!w.Due.IsZero() || e.Live()):
		return a.as(Skip, "%s", w.Trouble)
	case w.Due.IsZero() && !e.Live() && !e.Handed():
		return a, false // a draft
	case asWished(w, e, func(p ledger.Part) *schema.Receipt { return p.Live }):
		return a, false
	case asWished(w, e, func(p ledger.Part) *schema.Receipt { return cmp.Or(p.Handed, p.Live) }): // some parts may be answered for
		return m.handed(a, e)
	}
	switch {
	case e.Live() && w.Channel.OnChange == "ignore":
		return a.as(Skip, "it changed, and the channel says on_change: ignore")
	case !e.Live() && !e.Handed():
		if old := m.same(w); old != nil {
			return m.moved(a, w, old)
		}
		if by := saidGone(e); by != "" {
			a.Answers = []Answer{AnswerRetry, AnswerLive}
			return a.as(Skip, "%s says that it is gone; it stays so until someone says that it is to be tried again", by)
		}
		a.first, a.retry = true, wanted(e)
		if late, is := m.timing(a, w, max(m.Ahead, HandLead)); is {
			return late, true
		}
	}
	if why := m.kept(w); why != "" {
		return a.as(Wait, "%s", why)
	}
	for i, digest := range w.Digests {
		a.Steps = append(a.Steps, Step{Do: CallHand, Part: i + 1, Key: m.key(w, i, digest, part(e, i).Gone), Digest: digest})
	}
	if a.hand = true; e.Live() {
		return a.as(HandOff, "it changed after it went out: a person changes it there")
	}
	return a.as(HandOff, "%s has no connector yet: a person publishes it", w.Channel.Platform.Title)
}

// handed waits for what a person says.
func (m *maker) handed(a Action, e *ledger.Entry) (Action, bool) {
	p := inHand(e)
	a.hand, a.Answers = true, []Answer{AnswerLive, AnswerLost}
	if p.Live != nil {
		return a.as(Wait, "handed over %s: a person changes it there and says so", m.since(p))
	}
	return a.as(Wait, "handed over %s: a person publishes it and says where", m.since(p))
}

// inHand is the first part that a person has not answered for, or nil.
func inHand(e *ledger.Entry) *ledger.Part {
	for i := range e.Parts {
		if e.Parts[i].Handed != nil {
			return &e.Parts[i]
		}
	}
	return nil
}

func (m *maker) since(p *ledger.Part) string { return clock(p.Handed.At.In(m.Now.Location())) }

// byHandGone asks a person to take down what they published.
func (m *maker) byHandGone(a Action, e *ledger.Entry, why string) (Action, bool) {
	switch p := inHand(e); {
	case !e.Live() && p == nil:
		return a, false
	case p != nil && p.Handed.Op == string(CallTake):
		a.hand, a.takes, a.Answers = true, true, []Answer{AnswerLost}
		return a.as(Wait, "handed over %s: a person takes it down there and says so", m.since(p))
	}
	for i := range e.Parts {
		a.Steps = append(a.Steps, Step{Do: CallTake, Part: i + 1, Ref: ref(e.Parts[i].Live)})
	}
	a.hand, a.takes = true, true
	return a.as(HandOff, "%s: a person takes it down, if it is there", why)
}

// asWished reports whether every part has a receipt of one kind with the
// content that is wished, but for those that someone let go, and there are no
// others.
func asWished(w *Wish, e *ledger.Entry, of func(ledger.Part) *schema.Receipt) bool {
	some := false
	for i := range max(len(w.Digests), len(e.Parts)) {
		p := part(e, i)
		switch r := of(p); {
		case i >= len(w.Digests):
			if r != nil {
				return false
			}
		case r != nil && r.Digest == w.Digests[i]:
			some = true
		case r != nil || !letGo(p, w.Digests[i]):
			return false
		}
	}
	return some
}
