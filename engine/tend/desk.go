package tend

import (
	"context"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Desk is where people are asked, and where they answer.
type Desk interface {
	// Ask puts an item before people and returns the address. An item that is
	// there already, open or not, is not put there again.
	Ask(ctx context.Context, q *Question) (url string, err error)
	// Answers are those of people to what is open.
	Answers(ctx context.Context) ([]Reply, error)
	// Close takes an item off the desk.
	Close(ctx context.Context, item string) error
}

// A Question is an item that a person is to decide about. Nothing in it says
// more of the item than its address and masked letters; of a private one, not
// even these.
type Question struct {
	Item    string // its name
	Channel string
	URL     string // "" where it is private, or not known any more
	Private bool
	Action  moderate.Action // that the rule wants
	Done    string          // what was done until somebody decides, or ""
	Rule    string
	Policy  string
	Shown   []string // what made the rule match, masked
	Why     string   // it is asked instead of done
	Notify  []string // people of people.yaml
	Choices []Choice
}

// A Choice is one answer.
type Choice string

// The choices. Each act of the platform is one, under its own name.
const (
	Leave  Choice = "leave"  // it is fine as it is
	ByHand Choice = "byhand" // somebody dealt with it in the platform's own app
)

// A Reply is what a person answered.
type Reply struct {
	Item   string
	Choice Choice
	By     string // "a person" where nobody can tell
	Wrong  string // why the answer cannot be taken, or ""
}

// decides is the action that a choice stands for, and the act it asks for.
func (c Choice) decides() (moderate.Action, string) {
	switch c {
	case Leave:
		return moderate.None, ""
	case ByHand:
		return moderate.Hide, ""
	case Choice(schema.OpReport): // whoever runs the place decides
		return moderate.Escalate, schema.OpReport
	}
	return moderate.Action(c), string(c)
}
