package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) measureCommand() *cobra.Command {
	var input, list string
	c := a.formatted(&cobra.Command{
		Use:   "measure --input FILE",
		Short: "Say how much the rules find of what they should",
		Long: "Judge texts that people have judged, and say by category how many of those that should be found are found, and how many " +
			"of the others are false alarms: by the rules as they are, and beside it by the same rules if they saw through no disguise. " +
			"A text is a line of JSON with text, hit (true or false) and category, or a row of a .csv file with these columns, or " +
			"HateCheck's. With --list, the terms of one word list are measured, not the rules of a workspace.",
		Example: "  imprimatur moderate measure --input judged.jsonl\n  imprimatur moderate measure --input judged.csv --list insults.txt",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case input == "":
				return usage{errors.New("--input is missing; name a file of judged texts, or - for lines of JSON on standard input")}
			case list == "":
				return a.rules(c.Context(), func(s *engine.Space, _ *moderate.Rules) error {
					return a.measure(c.Context(), s.Moderation, s.Setting(), input)
				})
			}
			src, err := os.ReadFile(list)
			if err != nil {
				return err
			}
			src, ps := schema.Clean(list, src)
			terms, more := schema.Terms(list, src)
			if ps = append(ps, more...); schema.Errors(ps) {
				return a.unusable(ps)
			}
			return a.measure(c.Context(), moderate.OfList(workspace.WordList(terms)), moderate.Setting{}, input)
		},
	})
	c.Flags().StringVar(&input, "input", "", "judged texts: lines of JSON, or a .csv file; - for standard input")
	c.Flags().StringVar(&list, "list", "", "a word list to measure in place of the workspace's rules")
	return c
}

func (a *app) measure(ctx context.Context, rules *workspace.Moderation, s moderate.Setting, input string) error {
	m, ps := moderate.NewMeasure(rules, s)
	if schema.Errors(ps) {
		return a.unusable(ps)
	}
	from := a.stdin
	if input != "-" {
		file, err := os.Open(input)
		if err != nil {
			return err
		}
		defer file.Close()
		from = file
	}
	err := moderate.ReadLabelled(from, strings.EqualFold(filepath.Ext(input), ".csv"), func(l moderate.Labelled) error {
		m.Add(l)
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("%s: %w", input, err)
	}
	out := m.Report()
	if a.format == "json" {
		return report.JSON(a.stdout, out)
	}
	t := a.text()
	t.Measured(out)
	return t.Err()
}
