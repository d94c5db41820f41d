package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
)

// Drift is what the platforms show of what the ledger says is live.
type Drift struct {
	Parts    []Drifted `json:"parts"`    // that are not as they were published
	Channels []Looked  `json:"channels"` // of everything that is live
}

// Drifted is a part that is not what the ledger says.
type Drifted struct {
	Post    string    `json:"post"`
	Channel string    `json:"channel"`
	Part    int       `json:"part"`           // from 1
	Of      int       `json:"of"`             // parts that the post has there
	State   string    `json:"state"`          // deleted, changed or failed
	At      time.Time `json:"at,omitzero"`    // when it went up
	URL     string    `json:"url,omitempty"`  // where it is, or was
	Why     string    `json:"why,omitempty"`  // it cannot be told
	Next    plan.Verb `json:"next,omitempty"` // what the next run does about the post, of itself
	Accept  string    `json:"accept,omitempty"`
	Then    plan.Verb `json:"then,omitempty"` // what the next run does about the post once all that is deleted is accepted
}

// What became of a part.
const (
	Deleted   = "deleted" // it is not there any more
	Changed   = "changed" // by hand, or by another program
	NotLooked = "failed"  // the platform says neither
)

// Looked is what a look at a channel's live parts came to. Those that are not
// among the parts of the Drift, the same or untold were not looked at.
type Looked struct {
	Channel string `json:"channel"`
	Live    int    `json:"live"`
	Same    int    `json:"same"`   // as they were published
	Untold  int    `json:"untold"` // there; the ledger does not say what they were like
	Left    int    `json:"left"`   // not looked at
	Why     string `json:"why,omitempty"`
	Failed  bool   `json:"failed"` // there is something to look into: not only credentials or an ability are missing
}

// Clean reports whether there is nothing to look into.
func (d *Drift) Clean() bool {
	for _, c := range d.Channels {
		if c.Failed {
			return false
		}
	}
	return len(d.Parts) == 0
}

var driftColors = map[string]string{Deleted: red, Changed: yellow, NotLooked: red}

// Drift lists what drifted, what can be done about it, and what was not looked
// at.
func (t *Text) Drift(d Drift) {
	var rows, answers [][]cell
	for _, p := range d.Parts {
		note := p.URL
		if p.Of > 1 {
			note = fmt.Sprintf("part %d of %d  %s", p.Part, p.Of, p.URL)
		}
		if p.Why != "" {
			note = strings.TrimSpace(note + "  " + p.Why)
		}
		rows = append(rows, []cell{{p.State, driftColors[p.State]}, {When(p.At), ""}, {Clean(p.Post), ""}, {Clean(p.Channel), ""}, {Clean(note), ""}})
		if p.Accept != "" {
			answers = append(answers, []cell{{"  " + Clean(p.Accept), ""}, {p.then(), faint}})
		}
	}
	t.table(rows)
	if len(answers) > 0 {
		t.printf("\nTo accept what is there:\n")
		t.table(answers)
	}
	if len(rows) > 0 {
		t.printf("\n")
	}
	same, untold := 0, 0
	for _, c := range d.Channels {
		same, untold = same+c.Same, untold+c.Untold
	}
	switch {
	case len(d.Channels) == 0:
		t.printf("Nothing is live.\n")
	case same == 1:
		t.printf("1 part is as it was published.\n")
	case same > 0:
		t.printf("%d parts are as they were published.\n", same)
	}
	if untold > 0 {
		t.printf("%s there; whether they were changed cannot be told, for the ledger does not say what they were like.\n", are(untold))
	}
	for _, c := range d.Channels {
		if c.Left > 0 {
			t.printf("%s: %s not looked at: %s.\n", t.paint(yellow, Clean(c.Channel)), were(c.Left), Clean(c.Why))
		}
	}
}

func are(n int) string {
	if n == 1 {
		return "1 part is"
	}
	return fmt.Sprintf("%d parts are", n)
}

func were(n int) string {
	if n == 1 {
		return "1 part was"
	}
	return fmt.Sprintf("%d parts were", n)
}

// then is what comes of accepting, or of doing nothing.
func (p *Drifted) then() string {
	switch {
	case p.Next == plan.Edit && p.State == Changed:
		return "else the next run makes it what the post says now"
	case p.State == Changed:
		return "it stays as it is there"
	case p.Then.Acts():
		return "the next run then sends it again"
	case p.Then == plan.Wait:
		return "it is then sent again in its time"
	case p.Then == plan.Skip:
		return "it stays down, until you say --retry"
	default:
		return "it stays down"
	}
}
