package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// errFound ends the reading of recorded items.
var errFound = errors.New("found")

func (a *app) explainCommand() *cobra.Command {
	var item moderate.Item
	var input, id string
	var followers int
	c := a.formatted(&cobra.Command{
		Use:   "explain TEXT",
		Short: "Say what the rules do about one text, and why",
		Long: "Say what the rules would do about a text, how they read it, what each of them found, and why the result is what it is. " +
			"With --input and --id, about an item that was recorded.",
		Example: `  imprimatur moderate explain "bande de c0nnards" --lang fr`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case (len(args) == 1) == (input != ""):
				return usage{errors.New("give one text, or a recorded item with --input and --id")}
			case len(args) == 1:
				item.Text = args[0]
			default:
				err := a.items(input, func(i moderate.Item) error {
					if i.ID == id || i.URL == id {
						item = i
						return errFound
					}
					return nil
				})
				if err == nil {
					err = fmt.Errorf("%s has no item %s", input, id)
				}
				if !errors.Is(err, errFound) {
					return err
				}
			}
			if c.Flags().Changed("followers") {
				item.Author.Followers = &followers
			}
			return a.rules(c.Context(), func(_ *engine.Space, rules *moderate.Rules) error {
				e := rules.Explain(item, moderate.History{Now: a.now()})
				if a.format == "json" {
					return report.JSON(a.stdout, e)
				}
				t := a.text()
				t.Explanation(e)
				return t.Err()
			})
		},
	})
	f := c.Flags()
	f.StringVar(&item.Lang, "lang", "", "its language; found out from its words where it is not given")
	f.StringVar(&item.Surface, "surface", "comment", "what it is: comment, reply, mention or quote")
	f.StringVar(&item.Platform, "platform", "", "its platform")
	f.StringVar(&item.Channel, "channel", "", "its channel")
	f.StringVar(&item.Author.Handle, "author", "", "who wrote it, as the platform writes the name")
	f.IntVar(&followers, "followers", 0, "how many follow the author")
	f.StringVar(&input, "input", "", "recorded items, one line of JSON each")
	f.StringVar(&id, "id", "", "the id or the address of one of them")
	return c
}
