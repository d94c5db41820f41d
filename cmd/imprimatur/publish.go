package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

type publishFlags struct {
	yes, strict  bool
	until, lease time.Duration
	shard        plan.Shard
	plan         string
}

func (a *app) publishCommand() *cobra.Command {
	var f publishFlags
	var shard string
	c := a.formatted(a.told(&cobra.Command{
		Use:   "publish",
		Short: "Publish what is due, and write down what was done",
		Long: "Publish what is due. Before anything leaves this machine the plan is shown and you are asked, unless --yes. " +
			"Channels without credentials are left alone, which is a failure with --strict.",
		Example: "  imprimatur publish --yes --until 14m     # and wait for what falls due meanwhile\n" +
			"  imprimatur publish --plan plan.json      # exactly what imprimatur plan --out plan.json said",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var err error
			if f.shard, err = plan.ParseShard(shard); err != nil {
				return usage{err}
			}
			switch {
			case f.lease != 0 && f.lease < shortestLease:
				return usage{fmt.Errorf("--lease %s is too short: a call may last minutes; write %s or more", f.lease, shortestLease)}
			case f.until < 0:
				return usage{errors.New("--until cannot be negative")}
			case f.plan != "" && (f.until > 0 || shard != "" || a.several()):
				return usage{errors.New("--plan is exactly one plan, of one workspace: it goes with neither --until nor --shard")}
			}
			return a.each(c.Context(), func(s *engine.Space) error { return a.publish(c.Context(), s, f) })
		},
	}))
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail when a channel has no credentials")
	c.Flags().DurationVar(&f.until, "until", 0, "go on for so long, as in 14m, and send what falls due meanwhile at its second")
	c.Flags().DurationVar(&f.lease, "lease", publish.DefaultLease, "how long other runs keep away from what this one is at")
	c.Flags().StringVar(&shard, "shard", "", "do one share of the work, as in 2/8, side by side with the runs that do the others")
	c.Flags().StringVar(&f.plan, "plan", "", "carry out exactly the plan in this file, which plan --out wrote, or refuse")
	return c
}

// shortestLease leaves room for one call and its margin.
const shortestLease = 5 * time.Minute

func (a *app) publish(ctx context.Context, s *engine.Space, f publishFlags) error {
	o := engine.Options{Clock: a.now, Run: a.getenv("GITHUB_RUN_ID"), Lease: f.lease, Report: a.progress(), Shard: f.shard, Until: f.until,
		Thrown: a.getenv("GITHUB_ACTIONS") == "true", Note: a.note}
	if n := a.getenv("GITHUB_RUN_ATTEMPT"); o.Run != "" && n != "" {
		o.Run += "-" + n
	}
	if o.Run != "" && f.shard.Count > 1 { // the jobs of a matrix share one id
		o.Run += fmt.Sprintf("-s%d", f.shard.N)
	}
	if f.plan != "" {
		p, err := readPlan(f.plan)
		if err != nil {
			return err
		}
		o.Exactly = p
	}
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
	a.toldPublished(s, out)
	var lost *publish.UnrecordedError
	if errors.As(err, &lost) {
		return a.unrecorded(lost)
	}
	if err != nil {
		return err
	}
	return publishExit(s, out, f.strict)
}

// unrecorded prints the receipts that the ledger does not have: without them
// the next run must ask.
func (a *app) unrecorded(lost *publish.UnrecordedError) error {
	fmt.Fprintf(a.stderr, "imprimatur: %v\nWhat was done is done. Keep these lines, and write them down with `imprimatur ledger add` before the next run:\n", lost)
	enc := json.NewEncoder(a.stderr)
	enc.SetEscapeHTML(false)
	for i := range lost.Receipts {
		if err := enc.Encode(&lost.Receipts[i]); err != nil {
			return err
		}
	}
	return exit(exitWaiting)
}

// note says what a run waits for, also where nobody watches: in the log of a
// job one would not know otherwise why it does not end.
func (a *app) note(what string) { fmt.Fprintln(a.stderr, report.Clean(what)) }

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
