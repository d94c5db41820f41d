package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
)

func (a *app) fmtCommand() *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use:   "fmt [FILE...]",
		Short: "Lay out front matter and the workspace's files in one way",
		Long: "Lay out the front matter of posts, and the workspace's own files: keys in one order, no quotes that are not needed, " +
			"times written alike, short lists on one line. Values, comments and the text below stay as they are. " +
			"Without FILE, every file of the workspace is looked at; each that changes is named.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.folders(func(dir string) error { return a.fmt(c.Context(), dir, args, check) })
		},
	}
	c.Flags().BoolVar(&check, "check", false, "change nothing; name what would change, and exit with 1 if there is something")
	return c
}

func (a *app) fmt(ctx context.Context, dir string, files []string, check bool) error {
	all, err := a.engine.Format(ctx, dir, files, !check)
	if errors.Is(err, engine.ErrNoFile) {
		return usage{err}
	}
	worst := exitClean
	for _, l := range all {
		switch {
		case len(l.Problems) > 0:
			t := a.text()
			t.W = a.stderr
			t.List(l.Problems)
			worst = exitProblems
		case l.Err != nil:
			fmt.Fprintf(a.stderr, "%s: %v\n", l.File, l.Err)
		case l.Changed:
			fmt.Fprintln(a.stdout, l.File)
			if check {
				worst = exitProblems
			}
		}
	}
	if err != nil || worst == exitClean {
		return err
	}
	return exit(worst)
}
