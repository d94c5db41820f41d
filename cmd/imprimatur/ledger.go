package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) ledgerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Mend and move what remembers what was published",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "add [FILE]",
		Short: "Write down receipts that a run could only print",
		Long: "Write down receipts that a run could not write to the ledger and printed instead: one line of JSON each, from a file or " +
			"standard input. Receipts that are there already are left out.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var src []byte
			var err error
			if len(args) == 1 && args[0] != "-" {
				src, err = os.ReadFile(args[0])
			} else {
				src, err = io.ReadAll(a.stdin)
			}
			if err != nil {
				return err
			}
			if len(bytes.TrimSpace(src)) == 0 {
				return usage{errors.New("there are no receipts to add")}
			}
			return a.each(c.Context(), func(s *engine.Space) error {
				n, left, err := s.AddReceipts(c.Context(), "the receipts", src)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s written down.\n", report.Many(n, "receipt"))
				if left > 0 {
					fmt.Fprintf(a.stdout, "%s left out: the ledger knows as much, or something newer.\n", report.Many(left, "receipt"))
				}
				return nil
			})
		},
	}, &cobra.Command{
		Use:   "move git|FOLDER",
		Short: "Move the ledger to a git branch or to a folder",
		Long: "Copy every receipt to the new home, close the old one, and write the new home into imprimatur.yaml. " +
			"A run that still uses the old home is refused, so that nothing goes out twice.",
		Example: "  imprimatur ledger move git",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				from, to, n, err := s.MoveLedger(c.Context(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "The ledger moved from %s to %s (%s), and imprimatur.yaml says so. Commit that change before the next run.\n", from, to, report.Many(n, "receipt"))
				return nil
			})
		},
	})
	return c
}
