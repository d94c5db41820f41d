package plan

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

type maker struct {
	Input
	strays map[string][]*ledger.Entry // by post, on channels that are not ours
	lost   []*ledger.Entry            // on a channel of ours, and no post of the workspace wants them there
	record map[string]*record
	room   func(post, channel string) string // why it is one too many

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
	case w.Channel.Platform.ByHand():
		return m.byHand(a, w, e)
	case w.Retracted:
		return m.retract(a, w, e)
	case w.Never != "" && !e.Live() && !e.Pending():
		return a.as(Skip, "%s", w.Never)
	case w.Trouble != "" && (!w.Due.IsZero() || e.Live()):
		return a.as(Skip, "%s", w.Trouble)
	case w.Due.IsZero() && !e.Live() && !e.Pending():
		return a, false // a draft
	}
	if len(e.Parts) == 0 && len(m.lost) == 0 && m.Now.Add(m.Ahead).Before(w.Due) { // most of a year's posts
		a.first = true
		return m.timing(a, w, m.Ahead)
	}
	if by := saidGone(e); by != "" && !e.Live() && !e.Pending() {
		a.Answers = []Answer{AnswerRetry, AnswerLive}
		return a.as(Skip, "%s says that it is gone; it stays so until someone says that it is to be tried again", by)
	}
	steps, change, ask := m.compare(w, e)
	switch {
	case ask.why != "":
		return a.ask(ask)
	case len(steps) == 0 && !change:
		return a, false
	case change && !w.Channel.Platform.Can(platform.Edit):
		return m.replace(a, w, e)
	}
	if !e.Live() && !e.Pending() {
		if old := m.same(w); old != nil {
			return m.moved(a, w, old)
		}
		a.first, a.retry = true, wanted(e)
		if late, is := m.timing(a, w, m.Ahead); is {
			return late, true
		}
		if old := m.renamed(w); old != nil && !a.retry {
			a.Answers = []Answer{AnswerLive, AnswerRetry}
			return a.as(Ask, "it went out on %s, which is no channel of this workspace any more: if only its name has changed, say where it is, else that it is to be sent", old.Channel)
		}
	}
	if why := m.kept(w); why != "" {
		return a.as(Wait, "%s", why)
	}
	a.Steps = steps
	return a.as(verbOf(steps), "%s", m.why(w, e, steps))
}

func (a Action) as(v Verb, format string, args ...any) (Action, bool) {
	if a.Verb, a.Why = v, format; len(args) > 0 {
		a.Why = fmt.Sprintf(format, args...)
	}
	if !v.Acts() {
		a.Steps = nil
		if v != Ask && !a.hand { // who is asked wants to look
			a.Live = nil
		}
	}
	return a, true
}

// wanted reports whether a person wants a part tried again, however late.
func wanted(e *ledger.Entry) bool {
	return slices.ContainsFunc(e.Parts, func(p ledger.Part) bool { return p.Retry })
}

// saidGone is the person who said that what was up is not there any more, and
// does not want it back.
func saidGone(e *ledger.Entry) string {
	for i := range e.Parts {
		if last := e.Parts[i].Last; last != nil && last.State == schema.Gone && last.By != "" {
			return last.By
		}
	}
	return ""
}

// letGo reports whether someone said that a part is not there any more, and
// wants neither it nor another in its place.
func letGo(p ledger.Part, digest string) bool {
	return p.Last != nil && p.Last.State == schema.Gone && p.Last.By != "" && p.Last.Digest == digest
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
func (m *maker) compare(w *Wish, e *ledger.Entry) (steps []Step, change bool, ask question) {
	steps, ask = m.extra(w, e)
	if len(steps) > 0 || ask.why != "" {
		return steps, false, ask
	}
	for i, digest := range w.Digests {
		p := part(e, i)
		published := p.Pending != nil && p.Pending.Op == string(CallPublish)
		next := m.next(w, e, i)
		switch {
		case p.Removing != nil, p.Live != nil && published:
			// it was on its way to be taken down and published anew
			rest, ask := m.anew(w, e, i)
			return append(steps, rest...), change, ask
		case published:
			found, ask := m.resolve(w, p, next)
			if ask.why != "" {
				return nil, false, ask
			}
			steps = append(steps, found...)
		case p.Live != nil && p.Live.Digest == digest && p.Pending == nil:
		case p.Live != nil && p.Last.State == schema.Refused && p.Last.Digest == digest:
			return nil, false, question{w.Channel.Platform.Title + " refused the change (" + p.Last.Why + "); change the post, or look there", []Answer{AnswerLive}, i + 1}
		case p.Live != nil:
			change = true
			next.Do, next.Ref = CallEdit, ref(p.Live)
			steps = append(steps, next)
		case p.Last != nil && p.Last.State == schema.Refused && p.Last.Digest == digest:
			return nil, false, question{w.Channel.Platform.Title + " refused it (" + p.Last.Why + "); change the post", []Answer{AnswerRetry, AnswerLive}, i + 1}
		case letGo(p, digest):
		default:
			steps = append(steps, next)
		}
	}
	fewer := down(e, len(w.Digests))
	if len(fewer) > 0 && !w.Channel.Platform.Can(platform.Remove) {
		return nil, false, question{fmt.Sprintf("the post has no part %d any more, and %s cannot take it down for us: do it there", fewer[0].Part, w.Channel.Platform.Title), []Answer{AnswerLost}, fewer[0].Part}
	}
	return append(steps, fewer...), change, ask
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
func (m *maker) anew(w *Wish, e *ledger.Entry, from int) (steps []Step, ask question) {
	steps = down(e, from)
	for i := from; i < len(w.Digests); i++ {
		next := m.next(w, e, i)
		p := part(e, i)
		if p.Pending == nil || p.Pending.Op != string(CallPublish) {
			steps = append(steps, next)
			continue
		}
		found, ask := m.resolve(w, p, next)
		if ask.why != "" {
			return nil, ask
		}
		steps = append(steps, found...)
	}
	return steps, ask
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
	switch {
	case w.Channel.OnChange == "ignore":
		return a.as(Skip, "it changed, %s cannot edit, and the channel says on_change: ignore", pl)
	case !w.Channel.Platform.Can(platform.Remove):
		a.Answers = []Answer{AnswerLive}
		return a.as(Ask, "it changed after it went out, and %s can neither edit it nor take it down for us: change it there by hand, or set on_change: ignore on the channel", pl)
	case w.Channel.OnChange == "ask":
		a.Answers = []Answer{AnswerLive}
		return a.as(Ask, "it changed after it went out, and %s cannot edit: change it there by hand, or set on_change on the channel: repost takes it down and publishes it anew, ignore leaves it", pl)
	}
	if why := m.kept(w); why != "" {
		return a.as(Wait, "%s", why)
	}
	from := 0 // what comes before the first change stays
	for from < min(len(w.Digests), len(e.Parts)) && e.Parts[from].Live != nil && e.Parts[from].Live.Digest == w.Digests[from] {
		from++
	}
	var ask question
	if a.Steps, ask = m.anew(w, e, from); ask.why != "" {
		return a.ask(ask)
	}
	a.repost = true
	return a.as(Edit, "it changed, %s cannot edit, and the channel says on_change: repost", pl)
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
	case wanted(e):
		return "someone said that it is not there, and wants it tried again"
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
