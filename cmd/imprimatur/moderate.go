package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) moderateCommand() *cobra.Command {
	c := a.tended(&cobra.Command{Use: "moderate", Args: cobra.NoArgs})
	c.AddCommand(a.ruleTestCommand(), a.replayCommand(), a.measureCommand(), a.explainCommand())
	return c
}

// rules opens every workspace and gives f its moderation rules. Rules with a
// problem are listed instead: one that is left out could be the one that
// allows.
func (a *app) rules(ctx context.Context, f func(*engine.Space, *moderate.Rules) error) error {
	return a.each(ctx, func(s *engine.Space) error {
		switch {
		case s.Moderation == nil:
			return errors.New("there are no moderation rules here; write some into " + workspace.ModerationDir + "/community.yaml")
		case s.Rules == nil:
			_, ps := moderate.Compile(s.Moderation, s.Setting())
			return a.unusable(ps)
		}
		t := a.text()
		t.W = a.stderr
		gone := s.Rules.Expired(a.now())
		if s.Editor != nil {
			gone = append(gone, s.Editor.Expired(a.now())...)
		}
		t.List(s.Weigh(gone))
		return f(s, s.Rules)
	})
}

func (a *app) unusable(ps []schema.Problem) error {
	t := a.text()
	t.W = a.stderr
	t.List(ps)
	return exit(exitProblems)
}
