package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) resolveCommand() *cobra.Command {
	var live []string
	var lost, retry bool
	var part int
	var by string
	c := a.told(&cobra.Command{
		Use:   "resolve POST@CHANNEL --live URL | --lost | --retry",
		Short: "Say what became of a post, where only a person can know",
		Long: "Say what became of a post on a channel, where no run can know: an answer was lost and the platform cannot tell, or a person published it by hand.\n\n" +
			"  --live URL  it is out, and that is its address\n" +
			"  --lost      it is not there; what happens next is up to the plan\n" +
			"  --retry     it is not there, and the next run is to send it, however late\n\n" +
			"Of a thread, --live is given once for each part that is out, in order; with --lost or --retry besides, the rest is not. " +
			"The answer is written to the ledger with your name.",
		Example: "  imprimatur resolve 2027/galette@linkedin --live https://www.linkedin.com/feed/update/urn:li:share:7138",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			v := engine.Verdict{Part: part, At: live, By: cmp.Or(by, a.getenv("GITHUB_ACTOR"), a.getenv("USER"), a.getenv("USERNAME"))}
			switch {
			case lost && retry, !lost && !retry && len(live) == 0:
				return usage{errors.New("say one of --live URL, --lost and --retry")}
			case lost:
				v.Rest = plan.AnswerLost
			case retry:
				v.Rest = plan.AnswerRetry
			}
			switch {
			case part < 0:
				return usage{errors.New("--part counts from 1")}
			case v.By == "":
				return usage{errors.New("say who you are with --by NAME: the answer is written down with a name")}
			}
			at := strings.LastIndexByte(args[0], '@')
			if at < 1 || at+1 == len(args[0]) {
				return usage{fmt.Errorf("%q is not POST@CHANNEL, as in 2027/galette@linkedin", args[0])}
			}
			v.Post, v.Channel = args[0][:at], args[0][at+1:]
			return a.each(c.Context(), func(s *engine.Space) error { return a.resolve(c.Context(), s, v) })
		},
	})
	c.Flags().StringArrayVar(&live, "live", nil, "it is out, at this address; for a thread once for each part")
	c.Flags().BoolVar(&lost, "lost", false, "it is not there")
	c.Flags().BoolVar(&retry, "retry", false, "it is not there: send it again, however late")
	c.Flags().IntVar(&part, "part", 0, "the part of a thread that this is about (default: every part that is open)")
	c.Flags().StringVar(&by, "by", "", "your name (default: that of your account)")
	return c
}

func (a *app) resolve(ctx context.Context, s *engine.Space, v engine.Verdict) error {
	if s.Channel(v.Channel) == nil {
		var names []string
		for _, c := range s.Channels {
			names = append(names, c.Name)
		}
		return usage{errors.New(schema.NotKnown("channel", v.Channel, names))}
	}
	if p := s.Post(v.Post); p != nil {
		v.Post = p.ID()
	}
	v.Now = a.now()
	rs, err := s.Resolve(ctx, v)
	if err != nil {
		return err
	}
	for _, r := range rs {
		what := "is not there"
		switch {
		case r.State == schema.Live:
			what = "is live at " + r.URL
		case r.Op == string(plan.AnswerRetry):
			what = "is to be sent again by the next run"
		}
		name := r.Post
		if len(rs) > 1 {
			name = fmt.Sprintf("%s, part %d,", r.Post, r.Part)
		}
		fmt.Fprintf(a.stdout, "%s on %s %s, says %s.\n", report.Clean(name), report.Clean(r.Channel), report.Clean(what), report.Clean(r.By))
	}
	return nil
}
