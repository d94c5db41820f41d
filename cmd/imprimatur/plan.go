package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) planCommand() *cobra.Command {
	var at, file string
	c := a.formatted(a.told(&cobra.Command{
		Use:   "plan",
		Short: "Say what a publish would do now, or at another time",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if file != "" && a.several() {
				return usage{errors.New("--out takes one plan: give one workspace")}
			}
			return a.each(c.Context(), func(s *engine.Space) error {
				now, err := a.moment(s, at)
				if err != nil {
					return err
				}
				p, _, err := s.Plan(c.Context(), now)
				if err != nil {
					return err
				}
				if file != "" {
					if err := writePlan(file, p); err != nil {
						return err
					}
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
				a.actions.Plan(s.Dir, s.Config.Brand, p)
				a.actions.Problems(s.Dir, s.Problems)
				return planExit(s, p)
			})
		},
	}))
	c.Flags().StringVar(&file, "out", "", "write the plan to this file, for publish --plan")
	c.Flags().StringVar(&at, "at", "now", "the moment to plan for, as in \"2027-01-04 08:30\"")
	return c
}

// writePlan writes a plan as the file that publish --plan reads, which is what
// --format json prints.
func writePlan(file string, p plan.Plan) error {
	var b bytes.Buffer
	if err := report.JSON(&b, p); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// maxPlan is more than any plan is long, in bytes.
const maxPlan = 64 << 20

func readPlan(file string) (*plan.Plan, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dec := json.NewDecoder(io.LimitReader(f, maxPlan))
	dec.DisallowUnknownFields()
	var p plan.Plan
	if err := dec.Decode(&p); err != nil || p.Now.IsZero() {
		return nil, fmt.Errorf("%s is not a plan: write one with `imprimatur plan --out %s`", file, file)
	}
	return &p, nil
}

// planExit is the exit code a plan asks for.
func planExit(s *engine.Space, p plan.Plan) error {
	switch {
	case p.Refused != "" || p.Count(plan.Ask, plan.Hold) > 0:
		return exit(exitWaiting)
	default:
		return problems(s)
	}
}
