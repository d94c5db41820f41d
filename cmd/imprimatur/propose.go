package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workflow"
)

func (a *app) proposeCommand() *cobra.Command {
	var event string
	c := a.told(&cobra.Command{
		Use:   "propose --event FILE",
		Short: "Make a pull request of a filled issue form",
		Long: "Make a pull request of a filled issue form, as the workflow does that `imprimatur init --github --issue-form` writes. " +
			"The event is the file that GITHUB_EVENT_PATH names; GITHUB_REPOSITORY and GITHUB_TOKEN say where, and with what leave.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if event == "" || a.several() {
				return usage{errors.New("propose takes the --event of one issue, and one workspace")}
			}
			issue, err := readEvent(event)
			if err != nil {
				return err
			}
			return a.each(c.Context(), func(s *engine.Space) error { return a.propose(c.Context(), s, issue) })
		},
	})
	c.Flags().StringVar(&event, "event", "", "the event's file")
	return c
}

func readEvent(file string) (workflow.Issue, error) {
	f, err := os.Open(file)
	if err != nil {
		return workflow.Issue{}, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, workflow.MaxEvent+1))
	if err != nil {
		return workflow.Issue{}, err
	}
	return workflow.ReadEvent(src)
}

func (a *app) propose(ctx context.Context, s *engine.Space, issue workflow.Issue) error {
	hub, err := forge.New(forge.Options{Repo: a.getenv("GITHUB_REPOSITORY"), Token: a.getenv("GITHUB_TOKEN"), API: a.getenv("GITHUB_API_URL"), HTTP: a.engine.HTTP.Transport})
	if err != nil {
		return err
	}
	out, err := s.Propose(ctx, hub, issue, a.now())
	if errors.Is(err, engine.ErrNotProposed) {
		fmt.Fprintf(a.stderr, "imprimatur: %s\n", report.Clean(err.Error()))
		return exit(exitProblems)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s is proposed: %s\n", report.Clean(out.File), report.Clean(out.Pull.URL))
	return nil
}
