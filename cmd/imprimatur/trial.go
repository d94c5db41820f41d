package main

import (
	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) ruleTestCommand() *cobra.Command {
	var coverage bool
	c := a.formatted(&cobra.Command{
		Use:   "test",
		Short: "Run the rules' own tests",
		Long: "Run the tests that stand beside the rules of the folder moderation: those for what others write, and those for our own " +
			"posts. Each asks its rule alone. A rule that acts needs one text that it matches and one that it leaves alone. Exit code 1 says that a test failed or is lacking.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.rules(c.Context(), func(s *engine.Space, rules *moderate.Rules) error {
				if s.Editor == nil {
					_, ps := moderate.CompileOwn(s.Moderation, s.Setting())
					return a.unusable(ps)
				}
				tested := rules.Test()
				tested.Add(s.TestEditor())
				var err error
				if a.format == "json" {
					err = report.JSON(a.stdout, tested)
				} else {
					t := a.text()
					t.RuleTests(tested, coverage)
					err = t.Err()
				}
				if err == nil && !tested.OK() {
					return exit(exitProblems)
				}
				return err
			})
		},
	})
	c.Flags().BoolVar(&coverage, "coverage", false, "name the rules that no test makes match, too")
	return c
}
