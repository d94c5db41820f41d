package report

import (
	"bytes"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var noon = time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)

func line(minute, part int, state schema.State, more ...func(*schema.Receipt)) schema.Receipt {
	r := schema.Receipt{At: noon.Add(time.Duration(minute) * time.Minute), Run: "r", Post: "p", Channel: "c", Part: part, State: state, Op: "publish", Key: "k", Digest: "d"}
	if state == schema.Live {
		r.ID, r.URL = "1", "https://c.example/1"
	}
	for _, f := range more {
		f(&r)
	}
	return r
}

func op(name string) func(*schema.Receipt)   { return func(r *schema.Receipt) { r.Op = name } }
func by(name string) func(*schema.Receipt)   { return func(r *schema.Receipt) { r.By = name } }
func why(words string) func(*schema.Receipt) { return func(r *schema.Receipt) { r.Why = words } }
func until(minute int) func(*schema.Receipt) {
	return func(r *schema.Receipt) { r.Lease = noon.Add(time.Duration(minute) * time.Minute) }
}

// Every state that people are told of, from what the ledger and the plan say.
func TestStand(t *testing.T) {
	act := func(v plan.Verb) *plan.Action {
		return &plan.Action{Verb: v, Post: "p", Channel: "c", Due: noon, Why: "a reason"}
	}
	one, three, retracted := Wanted{Parts: 1}, Wanted{Parts: 3}, Wanted{Parts: 1, Retracted: true}
	up, gone, lost := line(0, 1, schema.Live), line(1, 1, schema.Gone, op("remove")), line(1, 1, schema.Gone, op(ledger.Lost), by("ana"))
	for _, c := range []struct {
		name   string
		rs     []schema.Receipt
		act    *plan.Action
		wanted Wanted
		want   string // state, and the note
	}{
		{"a plan's wait", nil, act(plan.Wait), one, "waiting a reason"},
		{"a plan's publish", nil, act(plan.Publish), one, "due a reason"},
		{"a plan's question", nil, act(plan.Ask), one, "ask a reason"},
		{"a plan's skip", nil, act(plan.Skip), one, "skip a reason"},
		{"up", []schema.Receipt{up}, nil, one, "live https://c.example/1"},
		{"up, and changed since", []schema.Receipt{up}, act(plan.Edit), one, "live https://c.example/1  edit: a reason"},
		{"up, and its file is gone", []schema.Receipt{up}, act(plan.Ask), Wanted{}, "live https://c.example/1  ask: a reason"},
		{"two of three", []schema.Receipt{up, line(1, 2, schema.Live)}, act(plan.Publish), three, "partly 2 of 3 parts  https://c.example/1  publish: a reason"},
		{"two of three, the third refused", []schema.Receipt{up, line(1, 2, schema.Live), line(2, 3, schema.Refused, why("too long"))}, act(plan.Ask), three,
			"partly 2 of 3 parts  https://c.example/1  ask: too long"},
		{"the first of three was deleted", []schema.Receipt{up, line(0, 2, schema.Live), line(0, 3, schema.Live), lost}, act(plan.Publish), three,
			"partly 2 of 3 parts  https://c.example/1  publish: a reason"},
		{"shorter than it was", []schema.Receipt{up, line(0, 2, schema.Live), line(1, 2, schema.Gone, op("remove"))}, nil, one, "live https://c.example/1"},
		{"shorter than it was, and its file is gone", []schema.Receipt{up, line(0, 2, schema.Live), line(1, 2, schema.Gone, op("remove"))}, act(plan.Ask), Wanted{},
			"live https://c.example/1  ask: a reason"},
		{"a run is at it", []schema.Receipt{line(-1, 1, schema.Intent, until(14))}, act(plan.Wait), one, "sending a reason"},
		{"a run is editing it", []schema.Receipt{up, line(1, 1, schema.Intent, op("edit"), until(14))}, act(plan.Wait), one, "sending https://c.example/1  a reason"},
		{"its run died", []schema.Receipt{line(-30, 1, schema.Intent, until(-15))}, act(plan.Resolve), one, "unknown a reason"},
		{"its answer was lost", []schema.Receipt{line(-30, 1, schema.Intent, until(14)), line(-29, 1, schema.Unknown, why("no answer"))}, act(plan.Skip), one, "unknown no answer"},
		{"its removal was lost", []schema.Receipt{up, line(1, 1, schema.Unknown, op("remove"), why("no answer"))}, nil, retracted, "unknown https://c.example/1  no answer"},
		{"with a person", []schema.Receipt{line(0, 1, schema.Handed, op("hand-off"))}, act(plan.Wait), one, "handed a reason"},
		{"failed", []schema.Receipt{line(0, 1, schema.Intent, until(15)), line(1, 1, schema.Failed, why("it is busy"))}, act(plan.Publish), one, "failed it is busy"},
		{"refused", []schema.Receipt{line(0, 1, schema.Refused, why("too long"))}, act(plan.Ask), one, "refused too long"},
		{"retracted", []schema.Receipt{up, gone}, nil, retracted, "retracted"},
		{"retracted, and deleted by hand", []schema.Receipt{up, lost}, nil, retracted, "retracted"},
		{"taken down when its file went", []schema.Receipt{up, gone}, nil, Wanted{}, "retracted"},
		{"taken down, to go up again", []schema.Receipt{up, gone}, act(plan.Wait), one, "waiting a reason"},
		{"deleted by hand", []schema.Receipt{up, lost}, act(plan.Skip), one, "gone a reason"},
		{"deleted by hand, and wanted again", []schema.Receipt{up, lost, line(2, 1, schema.Failed, op(ledger.Retry), by("ana"))}, act(plan.Publish), one, "due a reason"},
		{"never there", []schema.Receipt{line(0, 1, schema.Unknown), line(1, 1, schema.Failed, op(ledger.Lost), by("ana"))}, nil, Wanted{}, "gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Stand(ledger.New(c.rs...).Of("p", "c"), c.act, c.wanted, noon)
			got := s.State
			if note := s.note(); note != "" {
				got += " " + note
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if s.Post != "p" || s.Channel != "c" || s.At.IsZero() {
				t.Errorf("it is not about the post: %+v", s)
			}
		})
	}
}

// What is shown can be answered; what is not is not asked for.
func TestStatusAnswers(t *testing.T) {
	p := plan.Plan{Actions: []plan.Action{
		{Verb: plan.Ask, Post: "a", Channel: "c", Answers: []plan.Answer{plan.AnswerLost}},
		{Verb: plan.Ask, Post: "b", Channel: "c", Answers: []plan.Answer{plan.AnswerLive}},
	}}
	var out bytes.Buffer
	text := Text{W: &out}
	text.Status([]Standing{{Post: "a", Channel: "c", State: Unknown, Why: "look\x1b[2J there"}}, p)
	const want = "unknown    a  c  look[2J there\n\nTo say what became of it: imprimatur resolve a@c\n  --lost       it is not there\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
}
