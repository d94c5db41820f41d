package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// told has GitHub Actions be told of what a command finds, where it runs
// there. The step's log is then one stream, so that nothing overtakes what
// tells the runner how to read it; but JSON, and what goes to a file, stay as
// they are.
func (a *app) told(c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if a.getenv("GITHUB_ACTIONS") != "true" {
			return run(c, args)
		}
		x := &report.Actions{Log: a.stdout, OutputFile: a.getenv("GITHUB_OUTPUT"), SummaryFile: a.getenv("GITHUB_STEP_SUMMARY"), Root: a.getenv("GITHUB_WORKSPACE")}
		if a.format == "json" || isFile(a.stdout) {
			x.Log = a.stderr
		} else {
			a.stdout = x
		}
		a.actions, a.stderr = x, x
		x.Begin()
		return run(c, args)
	}
	return c
}

// isFile reports whether a stream goes to a file that stays.
func isFile(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// toldPublished tells GitHub Actions what was done.
func (a *app) toldPublished(s *engine.Space, out engine.Published) {
	alone := map[string][]string{}
	for _, each := range out.Alone {
		alone[each.Channel] = each.Missing
	}
	a.actions.Published(s.Dir, s.Config.Brand, out.Plan, out.Outcomes, alone)
	a.actions.Problems(s.Dir, s.Problems)
}
