package main

import (
	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) planCommand() *cobra.Command {
	var at string
	c := a.formatted(&cobra.Command{
		Use:   "plan",
		Short: "Say what a publish would do now, or at another time",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				now, err := a.moment(s, at)
				if err != nil {
					return err
				}
				p, _, err := s.Plan(c.Context(), now)
				if err != nil {
					return err
				}
				if a.format == "json" {
					err = report.JSON(a.stdout, p)
				} else {
					t := a.text()
					t.Plan(s.Config.Brand, p)
					err = t.Err()
				}
				if err != nil {
					return err
				}
				return planExit(s, p)
			})
		},
	})
	c.Flags().StringVar(&at, "at", "now", "the moment to plan for, as in \"2027-01-04 08:30\"")
	return c
}

// planExit is the exit code a plan asks for.
func planExit(s *engine.Space, p plan.Plan) error {
	switch {
	case p.Refused != "" || p.Count(plan.Ask) > 0:
		return exit(exitWaiting)
	default:
		return problems(s)
	}
}
