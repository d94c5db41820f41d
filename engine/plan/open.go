package plan

import (
	"fmt"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// resolve lists the calls that settle a publish whose outcome was lost, or
// says what to ask a person.
func (m *maker) resolve(w *Wish, p ledger.Part, next Step) ([]Step, question) {
	pl := w.Channel.Platform
	next.Key, next.First = p.Pending.Key, p.First
	same := p.Pending.Digest == next.Digest
	switch {
	case !findable(pl, p.Pending, same) && !same:
		return nil, question{"an earlier run may have published it before it was changed, and " + pl.Title + " cannot tell; look there", anywhere, 0}
	case findable(pl, p.Pending, same):
		find := next // of what was tried then; if it has changed since, the next plan edits it
		find.Do, find.Digest = CallFind, p.Pending.Digest
		return []Step{find, next}, question{}
	case same && pl.Repeat > 0 && m.Now.Before(p.First.Add(pl.Repeat)):
		return []Step{next}, question{}
	}
	which := "it"
	if len(w.Digests) > 1 {
		which = fmt.Sprintf("part %d and what follows", next.Part)
	}
	return nil, question{"an earlier run may have published " + which + ", and " + pl.Title + " cannot tell; look there", anywhere, 0}
}

// findable reports whether the platform can tell what became of an attempt:
// some know it by its key alone, others only by what it said.
func findable(pl *platform.Platform, open *schema.Receipt, same bool) bool {
	return pl.Can(platform.Find) && (same || pl.Repeat == platform.Forever && open.State != schema.Unknown)
}

// settle lists the searches for parts that may be live and are not wanted:
// what is found is taken down by the next plan.
func settle(w *Wish, e *ledger.Entry, from int) ([]Step, question) {
	var steps []Step
	for i := from; i < len(e.Parts); i++ {
		p := e.Parts[i]
		if p.Pending == nil || p.Pending.Op != string(CallPublish) {
			continue
		}
		same := i < len(w.Digests) && w.Digests[i] == p.Pending.Digest
		if !findable(w.Channel.Platform, p.Pending, same) {
			return nil, question{fmt.Sprintf("an earlier run may have published part %d, which is not wanted any more, and %s cannot tell; look there", i+1, w.Channel.Platform.Title), anywhere, 0}
		}
		steps = append(steps, Step{Do: CallFind, Part: i + 1, Key: p.Pending.Key, Digest: p.Pending.Digest, First: p.First})
	}
	return steps, question{}
}

// extra settles the parts that the post no longer has.
func (m *maker) extra(w *Wish, e *ledger.Entry) ([]Step, question) {
	return settle(w, e, len(w.Digests))
}

// retract takes down what is up.
func (m *maker) retract(a Action, w *Wish, e *ledger.Entry) (Action, bool) {
	steps, ask := settle(w, e, 0)
	if ask.why != "" {
		return a.ask(ask)
	}
	if a.Steps = steps; len(steps) > 0 {
		return a.as(Resolve, "it is retracted, and an earlier run ended before it learned the outcome")
	}
	return m.takeDown(a, e, "it is retracted")
}

// takeDown removes every part that is up, where the platform can.
func (m *maker) takeDown(a Action, e *ledger.Entry, why string) (Action, bool) {
	if a.Steps = down(e, 0); len(a.Steps) == 0 {
		return a, false
	}
	if pl := a.Wish.Channel.Platform; !pl.Can(platform.Remove) {
		a.Answers = []Answer{AnswerLost}
		return a.as(Ask, "%s, and %s cannot take it down for us: do it there", why, pl.Title)
	}
	return a.as(Remove, "%s", why)
}
