package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) outboxCommand() *cobra.Command {
	return a.told(&cobra.Command{
		Use:   "outbox",
		Short: "Write what you are to publish by hand to the outbox",
		Long: "Write every post that is handed over, or about to be, to the outbox: ready to paste, with one page to copy it from. " +
			"Nothing is published and nothing is written down, so it may be run anywhere and at any time.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				dir, n, err := s.Outbox(c.Context(), a.now())
				switch {
				case err != nil:
					return err
				case n == 0:
					fmt.Fprintln(a.stdout, "Nothing is to be published by hand.")
				default:
					fmt.Fprintf(a.stdout, "%s to publish by hand: open %s\n", report.Many(n, "post"), filepath.Join(s.Dir, dir, "index.html"))
				}
				return nil
			})
		},
	})
}
