package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) replayCommand() *cobra.Command {
	var input, old, format string
	c := &cobra.Command{
		Use:   "replay --input FILE",
		Short: "Say what the rules change, on items that were recorded",
		Long: "Judge recorded items by the rules as they were and as they are now, and say what becomes of what: how many of each " +
			"action, how often each rule matches, and a few examples without their words. An item is a line of JSON; where it says " +
			"what a person decided (\"decided\"), the rules are compared with that. Exit code 1 says that an expectation was not met.",
		Example: "  imprimatur moderate replay --input items.jsonl --old main",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains([]string{"text", "json", "markdown"}, format) {
				return usage{fmt.Errorf("--format cannot be %q; write text, json or markdown", format)}
			}
			if input == "" {
				return usage{errors.New("--input is missing; name a file of recorded items, or - for standard input")}
			}
			if a.several() && input == "-" {
				return usage{errors.New("standard input can be read once only; name one workspace, or a file")}
			}
			return a.rules(c.Context(), func(s *engine.Space, rules *moderate.Rules) error {
				return a.replay(c.Context(), s, rules, input, old, format)
			})
		},
	}
	c.Flags().StringVar(&input, "input", "", "recorded items, one line of JSON each; - for standard input")
	c.Flags().StringVar(&old, "old", "HEAD", "the rules as they were: a branch or commit, or the folder of another workspace")
	c.Flags().StringVar(&format, "format", "text", "text, json for programs, or markdown for a comment")
	return c
}

func (a *app) replay(ctx context.Context, s *engine.Space, rules *moderate.Rules, input, old, format string) error {
	out, err := a.replayed(ctx, s, rules, input, old)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		err = report.JSON(a.stdout, out)
	case "markdown":
		_, err = io.WriteString(a.stdout, report.ReplayMarkdown(out))
	default:
		t := a.text()
		t.Replay(out)
		err = t.Err()
	}
	if err == nil && !out.OK() {
		return exit(exitProblems)
	}
	return err
}

// replayed judges recorded items by the rules as they were and as they are.
func (a *app) replayed(ctx context.Context, s *engine.Space, rules *moderate.Rules, input, old string) (moderate.Replayed, error) {
	before, err := s.OldRules(ctx, old)
	if err != nil {
		return moderate.Replayed{}, err
	}
	r := moderate.NewReplay(before, rules, a.now())
	tell, end := a.counter("judged %[1]d items")
	n := 0
	err = a.items(input, func(item moderate.Item) error {
		r.Add(item)
		if n++; tell != nil && n%1000 == 0 {
			tell(n, 0)
		}
		return ctx.Err()
	})
	end()
	return r.Report(), err
}

// items reads recorded items from a file, or from standard input.
func (a *app) items(input string, f func(moderate.Item) error) error {
	from := a.stdin
	if input != "-" {
		file, err := os.Open(input)
		if err != nil {
			return err
		}
		defer file.Close()
		from = file
	}
	if err := moderate.Read(from, f); err != nil {
		return fmt.Errorf("%s: %w", input, err)
	}
	return nil
}
