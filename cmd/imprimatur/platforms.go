package main

import (
	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) platformsCommand() *cobra.Command {
	var markdown bool
	c := a.formatted(&cobra.Command{
		Use:   "platforms",
		Short: "List the platforms, what fits there and what they can do",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t := a.text()
			switch {
			case markdown:
				t.PlatformTable(a.engine.Platforms)
			case a.format == "json":
				return report.JSON(a.stdout, report.Platforms(a.engine.Platforms))
			default:
				t.Platforms(a.engine.Platforms)
			}
			return t.Err()
		},
	})
	c.Flags().BoolVar(&markdown, "markdown", false, "as the table of the README")
	return c
}
