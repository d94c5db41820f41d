package main

import (
	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) checksCommand() *cobra.Command {
	return a.formatted(&cobra.Command{
		Use:   "checks",
		Short: "List the checks that a workspace may weigh",
		Long: "List the checks that give advice, with how much each matters unless imprimatur.yaml says otherwise under checks: " +
			"error, which keeps the post from going out, warning or off. What any other check finds is always an error.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.format == "json" {
				return report.JSON(a.stdout, check.Advices())
			}
			t := a.text()
			t.Checks(check.Advices())
			return t.Err()
		},
	})
}
