package main

import (
	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) checkCommand() *cobra.Command {
	return a.formatted(&cobra.Command{
		Use:   "check",
		Short: "Say what is wrong with the workspace, and where",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.each(c.Context(), a.check)
		},
	})
}

func (a *app) check(s *engine.Space) error {
	if a.format == "json" {
		ps := s.Problems
		if ps == nil {
			ps = []schema.Problem{}
		}
		if err := report.JSON(a.stdout, ps); err != nil {
			return err
		}
	} else {
		t := a.text()
		t.Problems(s.Problems)
		if t.Err() != nil {
			return t.Err()
		}
	}
	return problems(s)
}

// problems is the exit code that the workspace's problems ask for.
func problems(s *engine.Space) error {
	if schema.Errors(s.Problems) {
		return exit(exitProblems)
	}
	return nil
}
