package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

type publishFlags struct {
	yes, strict bool
}

func (a *app) publishCommand() *cobra.Command {
	var f publishFlags
	c := a.formatted(&cobra.Command{
		Use:   "publish",
		Short: "Publish what is due, and write down what was done",
		Long: "Publish what is due. Before anything leaves this machine the plan is shown and you are asked, unless --yes. " +
			"Channels without credentials are left alone, which is a failure with --strict.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.each(c.Context(), func(s *engine.Space) error { return a.publish(c.Context(), s, f) })
		},
	})
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail when a channel has no credentials")
	return c
}

func (a *app) publish(ctx context.Context, s *engine.Space, f publishFlags) error {
	p, _, err := s.Plan(ctx, a.now())
	if err != nil {
		return err
	}
	if !s.Broken && p.Acts() {
		switch changed, err := s.Refresh(ctx, p); {
		case err != nil:
			return err
		case changed: // what fits is not what it was
			fresh, err := a.engine.Open(ctx, s.Dir)
			if err != nil {
				return err
			}
			defer fresh.Close()
			s = fresh
		}
	}
	o := engine.Options{Now: a.now(), Run: a.getenv("GITHUB_RUN_ID"), Report: a.progress()}
	if n := a.getenv("GITHUB_RUN_ATTEMPT"); o.Run != "" && n != "" {
		o.Run += "-" + n
	}
	if !f.yes {
		o.Confirm = func(p plan.Plan, _ []engine.Alone) (bool, error) { return a.confirm(s, p) }
	}
	out, err := s.Publish(ctx, o)
	if errors.Is(err, engine.ErrDeclined) {
		fmt.Fprintln(a.stdout, "Nothing was published.")
		return exit(exitWaiting)
	}
	if err != nil && len(out.Outcomes) == 0 { // nothing was sent
		return err
	}
	if a.format == "json" {
		if out.Outcomes == nil {
			out.Outcomes = []publish.Outcome{}
		}
		if out.Alone == nil {
			out.Alone = []engine.Alone{}
		}
		if err := report.JSON(a.stdout, out); err != nil {
			return err
		}
	} else {
		a.published(s, out)
	}
	if err != nil {
		return err
	}
	return publishExit(s, out, f.strict)
}

func (a *app) published(s *engine.Space, out engine.Published) {
	t := a.text()
	if a.several() {
		fmt.Fprintf(a.stdout, "%s\n", report.Clean(s.Config.Brand))
	}
	if out.Plan.Refused != "" {
		t.Plan(s.Config.Brand, out.Plan)
	} else {
		t.Published(out.Plan, out.Outcomes)
	}
	for _, alone := range out.Alone {
		t.Alone(alone.Channel, alone.Missing, alone.Posts)
	}
	if schema.Errors(s.Problems) {
		fmt.Fprintln(a.stdout, "The workspace has problems; `imprimatur check` lists them.")
	}
}

// publishExit is the exit code of what was done.
func publishExit(s *engine.Space, out engine.Published, strict bool) error {
	for i := range out.Outcomes {
		if !out.Outcomes[i].OK() {
			return exit(exitWaiting)
		}
	}
	if strict && len(out.Alone) > 0 {
		return exit(exitFailure)
	}
	return planExit(s, out.Plan)
}

// confirm shows the plan and asks. Where nobody can answer, the answer is no.
func (a *app) confirm(s *engine.Space, p plan.Plan) (bool, error) {
	t := &report.Text{W: a.stderr, Color: a.terminal(a.stderr)}
	t.Plan(s.Config.Brand, p)
	if !a.terminal(a.stdin) {
		fmt.Fprintln(a.stderr, "This would leave your machine. Run it with --yes to publish.")
		return false, nil
	}
	fmt.Fprint(a.stderr, "Publish this? [y/N] ")
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil {
		return false, nil
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "o", "oui":
		return true, nil
	}
	return false, nil
}

// progress tells of each outcome as it comes, on a terminal.
func (a *app) progress() func(publish.Outcome) {
	if !a.terminal(a.stderr) {
		return nil
	}
	var mu sync.Mutex
	return func(o publish.Outcome) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(a.stderr, "%s %s: %s\n", report.Clean(o.Action.Channel), report.Clean(o.Action.Post), o.State)
	}
}
