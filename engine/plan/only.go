package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Next is the first action that waits for a moment after t, or nil.
func (p *Plan) Next(t time.Time) *Action {
	for i := range p.Actions { // in order of time
		if a := &p.Actions[i]; a.Verb == Wait && a.Due.After(t) {
			return a
		}
	}
	return nil
}

// Only keeps of what can be done now what p, an earlier plan, says to do. If
// any of that is not the same any more, nothing is kept, and why is told. All
// are the actions that can be done and those that cannot.
func (p *Plan) Only(can, all []Action) (kept []Action, refused string) {
	var changed []string
	for _, was := range p.Actions {
		if !was.Verb.Acts() {
			continue
		}
		same := func(a Action) bool { return a.Post == was.Post && a.Channel == was.Channel }
		i := slices.IndexFunc(can, same)
		if i >= 0 && was.is(&can[i]) {
			kept = append(kept, can[i])
			continue
		}
		now := "there is nothing to do any more"
		if i := slices.IndexFunc(all, same); i >= 0 {
			switch a := &all[i]; {
			case a.Verb != was.Verb:
				now = fmt.Sprintf("now it is %s (%s)", a.Verb, a.Why)
			case was.is(a):
				now = "its channel has no credentials here"
			default:
				now = "the post is not what it was, or more of it is out"
			}
		}
		changed = append(changed, fmt.Sprintf("%s %s@%s: %s", was.Verb, was.Post, was.Channel, now))
	}
	if len(changed) > 0 {
		return nil, "things have changed since the plan was made: " + strings.Join(changed, "; ") + "; make the plan anew"
	}
	return kept, ""
}

// is reports whether two actions would do the same.
func (a *Action) is(b *Action) bool {
	return a.Verb == b.Verb && a.To == b.To && slices.EqualFunc(a.Steps, b.Steps, func(x, y Step) bool {
		return x.Do == y.Do && x.Part == y.Part && x.Key == y.Key && x.Digest == y.Digest && x.Ref == y.Ref
	})
}
