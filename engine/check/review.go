package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Review checks that the rules of who approves are for channels there are: a
// rule for another asks nobody for anything.
func Review(w *workspace.Workspace) []schema.Problem {
	if w.Config.Review == nil {
		return nil
	}
	var ps []schema.Problem
	known := slices.Sorted(maps.Keys(w.Config.Channels))
	for i, rule := range w.Config.Review.Rules {
		for n, name := range rule.Channels {
			if !slices.Contains(known, name) {
				ps = append(ps, schema.Problem{Pos: w.Source.At(fmt.Sprintf("review.rules[%d].channels[%d]", i, n)),
					Check: "review/unknown-channel", Severity: schema.Error, Text: schema.NotKnown("channel", name, known)})
			}
		}
	}
	for i, rule := range w.Config.Review.Rules {
		for n, word := range rule.Words {
			if _, err := match.New([]match.Term{{Text: word}}, nil); err != nil {
				ps = append(ps, schema.Problem{Pos: w.Source.At(fmt.Sprintf("review.rules[%d].words[%d]", i, n)),
					Check: "review/word", Severity: schema.Error, Text: fmt.Sprintf("%q is no word that can be found; write letters or digits", word)})
			}
		}
	}
	return ps
}

// Campaigns checks that the rules of who approves are for campaigns there are,
// known being all of them.
func Campaigns(w *workspace.Workspace, known []string) []schema.Problem {
	if w.Config.Review == nil {
		return nil
	}
	var ps []schema.Problem
	for i, rule := range w.Config.Review.Rules {
		for n, name := range rule.Campaigns {
			if slices.Contains(known, name) {
				continue
			}
			what := "no post belongs to this campaign, so nobody is asked for anything; check its name"
			if near := schema.Nearest(name, known); near != "" {
				what = "no post belongs to this campaign, so nobody is asked for anything; did you mean " + near + "?"
			}
			ps = append(ps, schema.Problem{Pos: w.Source.At(fmt.Sprintf("review.rules[%d].campaigns[%d]", i, n)),
				Check: "review/unknown-campaign", Severity: schema.Warning, Text: what})
		}
	}
	return ps
}

// urgent checks that there is somebody to approve a post in a hurry.
func (c *Checker) urgent(r *report) {
	if policy := c.Workspace.Config.Review; r.post.Front.Urgent && policy != nil && policy.Urgent == nil {
		r.error("urgent", "post/urgent", "nobody is named who may approve an urgent post; name them in imprimatur.yaml under review, as in urgent: {approvals: 1, from: [ana]}, or take this line out")
	}
}
