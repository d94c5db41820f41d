package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
)

type tendFlags struct {
	yes, strict bool
	input       string
	most        int
	lease       time.Duration
}

// tended adds what moderate itself does to the command that holds the others.
func (a *app) tended(c *cobra.Command) *cobra.Command {
	var f tendFlags
	c.Short = "Look after what others write: read, decide, act"
	c.Long = "Read what is new on every channel that can be read, have the rules decide, and show what is to be done. With --yes it is done: " +
		"an answer at most once, an act as mildly as the platform allows and so that it can be undone, or a person is asked. " +
		"What a person decided holds for ever. Nothing that others wrote, and nobody's name, is kept in git."
	c.Example = "  imprimatur moderate                        # only look\n  imprimatur moderate --yes                  # as a scheduled job does\n" +
		"  imprimatur moderate --input items.jsonl    # recorded items in the place of what is new"
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case f.lease < shortestLease:
			return usage{fmt.Errorf("--lease %s is too short: a call may last minutes; write %s or more", f.lease, shortestLease)}
		case f.most < 1:
			return usage{errors.New("--most is 1 at least")}
		case a.several() && f.input != "":
			return usage{errors.New("--input is of one workspace; name one")}
		}
		return a.rules(c.Context(), func(s *engine.Space, _ *moderate.Rules) error { return a.tend(c.Context(), s, f) })
	}
	c = a.formatted(a.told(c))
	c.Flags().BoolVar(&f.yes, "yes", false, "do it")
	c.Flags().BoolVar(&f.strict, "strict", false, "fail when a channel has no credentials")
	c.Flags().StringVar(&f.input, "input", "", "recorded items, one line of JSON each; - for standard input")
	c.Flags().IntVar(&f.most, "most", tend.DefaultMost, "the most things that one run does; the rest waits for the next")
	c.Flags().DurationVar(&f.lease, "lease", tend.DefaultLease, "how long other runs keep away from what this one is at")
	c.AddCommand(a.undoCommand())
	return c
}

func (a *app) tending(act bool) engine.Tending {
	o := engine.Tending{Clock: a.now, Run: a.getenv("GITHUB_RUN_ID"), Act: act, Thrown: a.getenv("GITHUB_ACTIONS") == "true"}
	if n := a.getenv("GITHUB_RUN_ATTEMPT"); o.Run != "" && n != "" {
		o.Run += "-" + n
	}
	return o
}

func (a *app) tend(ctx context.Context, s *engine.Space, f tendFlags) error {
	o := a.tending(f.yes)
	o.Lease, o.Most = f.lease, f.most
	if f.input != "" {
		o.Items = []moderate.Item{}
		if err := a.items(f.input, func(i moderate.Item) error { o.Items = append(o.Items, i); return nil }); err != nil {
			return err
		}
	}
	out, err := s.Moderate(ctx, o)
	if err != nil && out.Cases == nil {
		return err
	}
	if told := a.showTended(out); told != nil {
		return told
	}
	switch {
	case err != nil:
		return err
	case !out.OK():
		return exit(exitWaiting)
	case f.strict && len(out.Alone) > 0:
		return exit(exitFailure)
	}
	return nil
}

func (a *app) showTended(out engine.Moderated) error {
	for _, what := range out.Loud {
		a.actions.Error(what)
	}
	if a.format == "json" {
		return report.JSON(a.stdout, out)
	}
	t := a.text()
	t.Tended(out.Channels, out.Cases, out.Loud, out.Acted)
	for _, name := range out.Alone {
		fmt.Fprintf(a.stdout, "%s is left alone: its credentials are not set.\n", report.Clean(name))
	}
	return t.Err()
}

func (a *app) undoCommand() *cobra.Command {
	var w tend.Which
	var yes bool
	var by string
	c := a.formatted(a.told(&cobra.Command{
		Use:   "undo --rule ID | --run ID | --item URL",
		Short: "Take back what moderation did",
		Long: "Show what a rule or a run did, or what was done about one item, and with --yes take it back, as far as the platform can. " +
			"That is a person's decision: no rule acts on these items any more.",
		Example: "  imprimatur moderate undo --rule insults.fr --yes",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			n := 0
			for _, v := range []string{w.Rule, w.Run, w.Item} {
				if v != "" {
					n++
				}
			}
			by := cmp.Or(by, a.getenv("GITHUB_ACTOR"), a.getenv("USER"), a.getenv("USERNAME"))
			switch {
			case n != 1:
				return usage{errors.New("say one of --rule, --run and --item")}
			case yes && by == "":
				return usage{errors.New("say who you are with --by NAME: the decision is written down with a name")}
			}
			return a.each(c.Context(), func(s *engine.Space) error { return a.takeBack(c.Context(), s, w, yes, by) })
		},
	}))
	c.Flags().StringVar(&w.Rule, "rule", "", "what this rule had done")
	c.Flags().StringVar(&w.Run, "run", "", "what this run did")
	c.Flags().StringVar(&w.Item, "item", "", "what was done about this item: its address, or the name that the table shows")
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	c.Flags().StringVar(&by, "by", "", "your name (default: that of your account)")
	return c
}

func (a *app) takeBack(ctx context.Context, s *engine.Space, w tend.Which, yes bool, by string) error {
	out, err := s.Undo(ctx, a.tending(yes), w, by)
	if err != nil && len(out.Cases) == 0 {
		return err
	}
	if told := a.showTended(out); told != nil {
		return told
	}
	if err == nil && yes && !out.OK() {
		return exit(exitWaiting)
	}
	return err
}
