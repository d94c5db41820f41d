package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) checkCommand() *cobra.Command {
	var fix, online bool
	c := a.formatted(a.told(&cobra.Command{
		Use:   "check",
		Short: "Say what is wrong with the workspace, and where",
		Long: "Say what is wrong with the workspace, and where. With --fix, what a program can mend without changing what is said " +
			"is mended in the files, and the report tells what was and what is left.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				if online {
					if err := a.visit(c.Context(), s); err != nil {
						return err
					}
				}
				if fix {
					return a.mend(c.Context(), s)
				}
				return a.check(s, nil)
			})
		},
	}))
	c.Flags().BoolVar(&fix, "fix", false, "mend what can be mended, in the files")
	c.Flags().BoolVar(&online, "online", false, "visit the links of posts that are still to go out, too")
	return c
}

// visit visits the links, and says on a terminal how far it is.
func (a *app) visit(ctx context.Context, s *engine.Space) error {
	tell, end := a.counter("visited %d of %d links")
	defer end()
	return s.Visit(ctx, tell)
}

// mend mends what it can, even where it cannot go on: what was written is told.
func (a *app) mend(ctx context.Context, s *engine.Space) error {
	now, mended, err := a.engine.Mend(ctx, s)
	if now != s {
		defer now.Close()
	}
	if err != nil {
		t := a.text()
		t.W = a.stderr
		t.Mended(mended)
		return err
	}
	return a.check(now, mended)
}

func (a *app) check(s *engine.Space, mended []schema.Problem) error {
	if a.format == "json" {
		found := []report.Finding{}
		for _, p := range mended {
			found = append(found, report.Finding{Problem: p, Mended: true})
		}
		for _, p := range s.Problems {
			found = append(found, report.Finding{Problem: p})
		}
		if err := report.JSON(a.stdout, found); err != nil {
			return err
		}
	} else {
		t := a.text()
		t.Mended(mended)
		t.Problems(s.Problems)
		if t.Err() != nil {
			return t.Err()
		}
	}
	a.actions.Problems(s.Dir, s.Problems)
	var m report.Markdown
	m.Problems(s.Config.Brand, s.Problems)
	a.actions.Summary(m.Blocks...)
	return problems(s)
}

// problems is the exit code that the workspace's problems ask for.
func problems(s *engine.Space) error {
	if schema.Errors(s.Problems) {
		return exit(exitProblems)
	}
	return nil
}
