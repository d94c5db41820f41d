package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/engine/rehearse"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

type rehearseFlags struct {
	at, listen, html string
	once             bool
}

func (a *app) rehearseCommand() *cobra.Command {
	var f rehearseFlags
	c := a.formatted(&cobra.Command{
		Use:   "rehearse",
		Short: "Publish everything to stand-ins on this machine, and show what readers would see",
		Long: "Publish a copy of the workspace to stand-ins of its platforms, on this machine: no credentials, and nothing leaves it. " +
			"Everything that has a time goes out, in order, whatever is late, limited or frozen. " +
			"Then one page shows the timelines as readers would see them, until Ctrl-C. The workspace and its ledger stay as they are.",
		Example: `  imprimatur rehearse
  imprimatur rehearse --at "2027-01-10 23:59"
  imprimatur rehearse --once --html week.html`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.rehearseAll(c.Context(), f) },
	})
	c.Flags().StringVar(&f.at, "at", "", "rehearse only what would be out by then, as in \"2027-01-04 08:30\"")
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:0", "where to show the page; an address of this machine only")
	c.Flags().BoolVar(&f.once, "once", false, "rehearse, say what was published, and end")
	c.Flags().StringVar(&f.html, "html", "", "with --once: write the page to this file, pictures and all")
	return c
}

func (a *app) rehearseAll(ctx context.Context, f rehearseFlags) error {
	switch {
	case f.html != "" && !f.once:
		return usage{errors.New("--html goes with --once")}
	case f.html != "" && a.several():
		return usage{errors.New("--html is one page; give one -C at a time")}
	case !f.once && a.several():
		return usage{errors.New("one page shows one workspace; give one -C, or --once")}
	}
	var l net.Listener
	if !f.once {
		if _, err := rehearse.Loopback(f.listen); err != nil {
			return usage{fmt.Errorf("--listen: %w", err)}
		}
		var err error
		if l, err = rehearse.Listen(ctx, f.listen); err != nil {
			return err
		}
		defer l.Close()
	}
	return a.each(ctx, func(s *engine.Space) error { return a.rehearse(ctx, s, f, l) })
}

func (a *app) rehearse(ctx context.Context, s *engine.Space, f rehearseFlags, l net.Listener) (err error) {
	o := rehearse.Options{Now: a.now(), Report: a.progress()}
	if f.at != "" {
		if o.Until, err = a.moment(s, f.at); err != nil {
			return err
		}
	}
	r, err := rehearse.Run(ctx, a.engine.Platforms, s, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := a.rehearsed(s, r); err != nil {
		return err
	}
	if f.html != "" {
		page, err := r.HTML()
		if err == nil {
			err = os.WriteFile(f.html, page, 0o644)
		}
		if err != nil {
			return err
		}
	}
	if l != nil {
		var out = a.stdout
		if a.format == "json" {
			out = a.stderr
		}
		fmt.Fprintf(out, "\nRead it at http://%s/ (Ctrl-C ends the rehearsal).\n", l.Addr())
		if err := r.Serve(ctx, l); err != nil {
			return err
		}
	}
	if !r.Complete() {
		return exit(exitWaiting)
	}
	return problems(s)
}

// rehearsed says what a publish would have done, and what it would have left.
func (a *app) rehearsed(s *engine.Space, r *rehearse.Rehearsal) error {
	if a.format == "json" {
		out := r.Published
		if out.Outcomes == nil {
			out.Outcomes = []publish.Outcome{}
		}
		if out.Alone == nil {
			out.Alone = []engine.Alone{}
		}
		return report.JSON(a.stdout, struct {
			engine.Published
			Left   []plan.Action `json:"left"`   // what a second plan would still do
			Strays []string      `json:"strays"` // what timelines show and no receipt knows
		}{out, r.Left.Actions, strays(r)})
	}
	a.published(s, r.Published)
	switch left := append(lines(r.Left.Actions), strays(r)...); {
	case len(left) > 0:
		fmt.Fprintln(a.stdout, "This is left, and should not be:")
		for _, line := range left {
			fmt.Fprintf(a.stdout, "  %s\n", report.Clean(line))
		}
	case len(r.Published.Outcomes) > 0:
		fmt.Fprintln(a.stdout, "A second plan is empty: nothing is left to do.")
	}
	if r.Freeze != nil {
		fmt.Fprintf(a.stdout, "For real, nothing would go out: frozen, %s.\n", report.Clean(r.Freeze.Reason))
	}
	return nil
}

func lines(as []plan.Action) []string {
	var out []string
	for _, a := range as {
		out = append(out, fmt.Sprintf("%s %s on %s: %s", a.Verb, a.Post, a.Channel, a.Why))
	}
	return out
}

func strays(r *rehearse.Rehearsal) []string {
	out := []string{}
	for _, s := range r.Strays {
		out = append(out, fmt.Sprintf("%s is on the timeline of %s though no receipt knows it", s.Shown.ID, s.Channel))
	}
	return out
}
