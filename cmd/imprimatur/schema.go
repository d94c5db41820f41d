package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) schemaCommand() *cobra.Command {
	var output bool
	c := &cobra.Command{
		Use:   "schema NAME",
		Short: "Print the JSON Schema of a file, for editors, or of a command's output",
		Long: "Print the JSON Schema of a file: " + strings.Join(schema.Schemas(), ", ") + ". " +
			"With --output, of what a command prints with --format json: " + strings.Join(schema.Outputs(), ", ") + ".",
		ValidArgs: schema.Schemas(),
		Args:      cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			src, ok := schema.Schema(args[0])
			known := schema.Schemas()
			if output {
				src, ok = schema.Output(args[0])
				known = schema.Outputs()
			}
			if !ok {
				return usage{errors.New(schema.NotKnown("schema", args[0], known))}
			}
			_, err := a.stdout.Write(src)
			return err
		},
	}
	c.Flags().BoolVar(&output, "output", false, "of a command's JSON instead of a file")
	return c
}
