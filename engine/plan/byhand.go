package plan

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// handLead is how long before its time a post is handed to a person.
const handLead = 24 * time.Hour

// byHand decides about a channel where a person publishes.
func (m *maker) byHand(a Action, w *Wish, e *ledger.Entry) (Action, bool) {
	switch {
	case w.Retracted:
		return m.byHandGone(a, e, "it is retracted")
	case w.Trouble != "" && (!w.Due.IsZero() || e.Live()):
		return a.as(Skip, "%s", w.Trouble)
	case w.Due.IsZero() && !e.Live() && !e.Handed():
		return a, false // a draft
	case asWished(w, e, func(p ledger.Part) *schema.Receipt { return p.Live }):
		return a, false
	case asWished(w, e, func(p ledger.Part) *schema.Receipt { return p.Handed }):
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
		ahead := m.Ahead
		m.Ahead = max(ahead, handLead)
		late, is := m.timing(a, w)
		if m.Ahead = ahead; is {
			return late, true
		}
	}
	if m.frozen() {
		return a.as(Wait, "%s", m.frozenWhy())
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
	since := clock(e.Parts[0].Handed.At.In(m.Now.Location()))
	a.hand = true
	if a.Answers = []Answer{AnswerLive, AnswerLost}; e.Live() {
		return a.as(Wait, "handed over %s: a person changes it there and says so", since)
	}
	return a.as(Wait, "handed over %s: a person publishes it and says where", since)
}

// byHandGone asks a person to take down what they published.
func (m *maker) byHandGone(a Action, e *ledger.Entry, why string) (Action, bool) {
	switch taking := e.Handed() && e.Parts[0].Handed.Op == string(CallTake); {
	case !e.Live() && !e.Handed():
		return a, false
	case taking:
		a.hand, a.takes = true, true
		a.Answers = []Answer{AnswerLost}
		return a.as(Wait, "handed over %s: a person takes it down there and says so", clock(e.Parts[0].Handed.At.In(m.Now.Location())))
	}
	for i := range e.Parts {
		s := Step{Do: CallTake, Part: i + 1, Digest: "", Ref: ref(e.Parts[i].Live)}
		a.Steps = append(a.Steps, s)
	}
	a.hand, a.takes = true, true
	return a.as(HandOff, "%s: a person takes it down, if it is there", why)
}

// asWished reports whether every part has a receipt of one kind with the
// content that is wished, and there are no others.
func asWished(w *Wish, e *ledger.Entry, of func(ledger.Part) *schema.Receipt) bool {
	for i := range max(len(w.Digests), len(e.Parts)) {
		r := of(part(e, i))
		if i >= len(w.Digests) {
			if r != nil {
				return false
			}
			continue
		}
		if r == nil || r.Digest != w.Digests[i] {
			return false
		}
	}
	return len(w.Digests) > 0
}

// Resolve is the command with which a person answers.
func (a *Action) Resolve() string {
	name := word(a.Post + "@" + a.Channel)
	if a.Part > 0 {
		name += " --part " + strconv.Itoa(a.Part)
	}
	return "imprimatur resolve " + name
}

// Say is the whole of it, with an answer. At is the address that AnswerLive
// needs.
func (a *Action) Say(answer Answer, at string) string {
	s := a.Resolve() + " --" + string(answer)
	if at != "" {
		s += " " + word(at)
	}
	return s
}

// word is s as one word for a shell: servers and file names have their part
// in it.
func word(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("@/-_.:", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
