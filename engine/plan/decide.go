package plan

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

type maker struct {
	Input
	lost []*ledger.Entry // live, and no post of the workspace wants them

	dueAt time.Time // the last due time that was put into words: channels of a post share it
	dueIs string
}

// due says when a wish is due.
func (m *maker) due(t time.Time) string {
	if m.dueIs == "" || !t.Equal(m.dueAt) {
		m.dueAt, m.dueIs = t, "due "+clock(t)
	}
	return m.dueIs
}

// none is the entry of a post that was never tried.
var none ledger.Entry

// decide returns what to do about one wish, if there is anything to say.
func (m *maker) decide(w *Wish) (Action, bool) {
	e := m.Ledger.Of(w.Post, w.Channel.Name)
	if e == nil {
		e = &none
	}
	a := Action{Post: w.Post, Channel: w.Channel.Name, Due: w.Due, Wish: w, Live: refs(e)}
	switch busy := leased(e, m.Now); {
	case busy != nil:
		return a.as(Wait, "the run %s is at it until %s", busy.Run, clock(busy.Lease))
	case w.Retracted:
		return m.retract(a, e)
	case w.Trouble != "" && (!w.Due.IsZero() || e.Live()):
		return a.as(Skip, "%s", w.Trouble)
	case w.Due.IsZero() && !e.Live() && !e.Pending():
		return a, false // a draft
	}
	if len(e.Parts) == 0 && len(m.lost) == 0 && m.Now.Before(w.Due) { // most of a year's posts
		a.Verb, a.Why = Wait, m.due(w.Due)
		return a, true
	}
	steps, change, ask := m.compare(w, e)
	switch {
	case ask != "":
		return a.as(Ask, "%s", ask)
	case len(steps) == 0 && !change:
		return a, false
	case change && !w.Channel.Platform.Can(platform.Edit):
		return m.replace(a, w, e)
	}
	if !e.Live() && !e.Pending() {
		if old := m.same(w); old != nil {
			return m.moved(a, w, old)
		}
		if verb, why := m.timing(w); verb != "" {
			a.Verb, a.Why, a.Live = verb, why, nil
			return a, true
		}
	}
	if m.frozen() {
		return a.as(Wait, "%s", m.frozenWhy())
	}
	a.Steps = steps
	return a.as(verbOf(steps), "%s", m.why(w, e, steps))
}

func (a Action) as(v Verb, format string, args ...any) (Action, bool) {
	if a.Verb, a.Why = v, format; len(args) > 0 {
		a.Why = fmt.Sprintf(format, args...)
	}
	if !v.Acts() {
		a.Steps, a.Live = nil, nil
	}
	return a, true
}

// leased is the open receipt whose run may still act, or nil.
func leased(e *ledger.Entry, now time.Time) *schema.Receipt {
	for i := range e.Parts {
		for _, open := range []*schema.Receipt{e.Parts[i].Pending, e.Parts[i].Removing} {
			if open != nil && open.Lease.After(now) {
				return open
			}
		}
	}
	return nil
}

// compare lists the calls that would make what is live what is wished. Change
// says that a live part differs; ask, that only a person can know.
func (m *maker) compare(w *Wish, e *ledger.Entry) (steps []Step, change bool, ask string) {
	for i := len(w.Digests); i < len(e.Parts); i++ {
		if p := e.Parts[i].Pending; p != nil && p.Op == string(CallPublish) {
			return nil, false, fmt.Sprintf("an earlier run may have published a part %d, which the post no longer has; look there, or put it back", i+1)
		}
	}
	for i, digest := range w.Digests {
		p := part(e, i)
		published := p.Pending != nil && p.Pending.Op == string(CallPublish)
		next := m.next(w, e, i)
		switch {
		case p.Removing != nil, p.Live != nil && published:
			// it was on its way to be taken down and published anew
			rest, why := m.anew(w, e, i)
			return append(steps, rest...), change, why
		case published:
			found, why := m.resolve(w, p, next)
			if why != "" {
				return nil, false, why
			}
			steps = append(steps, found...)
		case p.Live != nil && p.Live.Digest == digest && p.Pending == nil:
		case p.Live != nil && p.Last.State == schema.Refused && p.Last.Digest == digest:
			return nil, false, w.Channel.Platform.Title + " refused the change (" + p.Last.Why + "); change the post, or look there"
		case p.Live != nil:
			change = true
			next.Do, next.Ref = CallEdit, ref(p.Live)
			steps = append(steps, next)
		case p.Last != nil && p.Last.State == schema.Refused && p.Last.Digest == digest:
			return nil, false, w.Channel.Platform.Title + " refused it (" + p.Last.Why + "); change the post"
		default:
			steps = append(steps, next)
		}
	}
	return append(steps, down(e, len(w.Digests))...), change, ""
}

// part is what is known of a part, by index.
func part(e *ledger.Entry, i int) ledger.Part {
	if i < len(e.Parts) {
		return e.Parts[i]
	}
	return ledger.Part{}
}

// next is the call that publishes a part, once what is live of it is gone.
func (m *maker) next(w *Wish, e *ledger.Entry, i int) Step {
	p := part(e, i)
	if p.Live != nil {
		p.Gone++
	}
	s := Step{Do: CallPublish, Part: i + 1, Key: m.key(w, i, w.Digests[i], p.Gone), Digest: w.Digests[i]}
	if p.Key == s.Key {
		s.First = p.First
	}
	return s
}

// anew takes down every part from one on, and publishes them again.
func (m *maker) anew(w *Wish, e *ledger.Entry, from int) (steps []Step, ask string) {
	steps = down(e, from)
	for i := from; i < len(w.Digests); i++ {
		next := m.next(w, e, i)
		p := part(e, i)
		if p.Pending == nil || p.Pending.Op != string(CallPublish) {
			steps = append(steps, next)
			continue
		}
		found, why := m.resolve(w, p, next)
		if why != "" {
			return nil, why
		}
		steps = append(steps, found...)
	}
	return steps, ""
}

// resolve lists the calls that settle a publish whose outcome was lost, or
// says what to ask a person.
func (m *maker) resolve(w *Wish, p ledger.Part, next Step) ([]Step, string) {
	pl := w.Channel.Platform
	next.Key, next.First = p.Pending.Key, p.First
	same := p.Pending.Digest == next.Digest
	switch {
	case !same && (pl.Repeat != platform.Forever || p.Pending.State == schema.Unknown):
		return nil, "an earlier run may have published it before it was changed, and " + pl.Title + " cannot tell; look there"
	case pl.Can(platform.Find):
		find := next // of what was tried then; if it has changed since, the next plan edits it
		find.Do, find.Digest = CallFind, p.Pending.Digest
		return []Step{find, next}, ""
	case same && pl.Repeat > 0 && m.Now.Before(p.First.Add(pl.Repeat)):
		return []Step{next}, ""
	}
	return nil, "an earlier run may have published it, and " + pl.Title + " cannot tell; look there"
}

// key names one attempt: the same content of the same part has the same key
// on every run, until it was taken down.
func (m *maker) key(w *Wish, part int, digest string, gone int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %s %d", m.Brand, w.Post, w.Channel.Name, part, digest, gone))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:25])
}

// replace is what to do about a change where the platform cannot edit.
func (m *maker) replace(a Action, w *Wish, e *ledger.Entry) (Action, bool) {
	pl := w.Channel.Platform.Title
	switch w.Channel.OnChange {
	case "ignore":
		return a.as(Skip, "it changed, %s cannot edit, and the channel says on_change: ignore", pl)
	case "ask":
		return a.as(Ask, "it changed after it went out, and %s cannot edit: set on_change: repost on the channel to take it down and publish it anew, or ignore", pl)
	}
	if m.frozen() {
		return a.as(Wait, "%s", m.frozenWhy())
	}
	from := 0 // what comes before the first change stays
	for from < min(len(w.Digests), len(e.Parts)) && e.Parts[from].Live != nil && e.Parts[from].Live.Digest == w.Digests[from] {
		from++
	}
	var ask string
	if a.Steps, ask = m.anew(w, e, from); ask != "" {
		return a.as(Ask, "%s", ask)
	}
	return a.as(Edit, "it changed, %s cannot edit, and the channel says on_change: repost", pl)
}

// retract takes down what is up.
func (m *maker) retract(a Action, e *ledger.Entry) (Action, bool) {
	for i := range e.Parts {
		if p := e.Parts[i].Pending; p != nil && p.Op == string(CallPublish) {
			return a.as(Ask, "it is retracted, but an earlier run may have published it; look there")
		}
	}
	a.Steps = down(e, 0)
	if len(a.Steps) == 0 {
		return a, false
	}
	return a.as(Remove, "it is retracted")
}

// down removes every live part from one on, the last first.
func down(e *ledger.Entry, from int) []Step {
	var steps []Step
	for i := len(e.Parts) - 1; i >= from; i-- {
		if live := e.Parts[i].Live; live != nil {
			steps = append(steps, Step{Do: CallRemove, Part: i + 1, Key: live.Key, Digest: live.Digest, Ref: ref(live)})
		}
	}
	return steps
}

// timing is why a post that is not out yet does not go out now, or nothing.
func (m *maker) timing(w *Wish) (Verb, string) {
	late := w.Late
	if late.Policy == "" {
		late = schema.Late{Policy: "ask", After: schema.Duration(defaultLate)}
	}
	switch behind := m.Now.Sub(w.Due); {
	case behind < 0:
		return Wait, m.due(w.Due)
	case behind <= time.Duration(late.After) || late.Policy == "publish":
		return "", ""
	case late.Policy == "skip":
		return Skip, "it is " + span(behind) + " late, and late says skip"
	default:
		return Ask, "it is " + span(behind) + " late: give it a new publish_at, or late: {policy: publish, after: " + late.After.String() + "}"
	}
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

func (m *maker) why(w *Wish, e *ledger.Entry, steps []Step) string {
	switch verbOf(steps) {
	case Resolve:
		return "an earlier run ended before it learned the outcome"
	case Edit:
		return "it changed after it went out"
	case Remove:
		return "it has fewer parts than what is live"
	}
	switch behind := m.Now.Sub(w.Due); {
	case e.Live():
		return fmt.Sprintf("goes on from part %d", steps[0].Part)
	case w.Late.Policy == "publish" && behind > time.Duration(w.Late.After):
		return span(behind) + " late, and late says publish"
	default:
		return m.due(w.Due)
	}
}

// verbOf is the verb for a list of calls: what may surprise most comes first.
func verbOf(steps []Step) Verb {
	has := map[Call]bool{}
	for _, s := range steps {
		has[s.Do] = true
	}
	switch {
	case has[CallFind]:
		return Resolve
	case has[CallEdit]:
		return Edit
	case has[CallPublish]:
		return Publish
	default:
		return Remove
	}
}

func ref(r *schema.Receipt) platform.Ref {
	if r == nil {
		return platform.Ref{}
	}
	return platform.Ref{ID: r.ID, URL: r.URL, Rev: r.Rev}
}

func refs(e *ledger.Entry) []platform.Ref {
	var rs []platform.Ref
	for i := range e.Parts {
		rs = append(rs, ref(e.Parts[i].Live))
	}
	return rs
}

func clock(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// span is a length of time as people say it.
func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d/time.Hour))
	default:
		return fmt.Sprintf("%d minutes", int(d/time.Minute))
	}
}
