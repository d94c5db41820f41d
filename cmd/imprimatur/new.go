package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) newCommand() *cobra.Command {
	c := &cobra.Command{Use: "new", Short: "Begin a file", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.newPostCommand(), a.newRulesCommand())
	return c
}

func (a *app) newPostCommand() *cobra.Command {
	var at string
	var channels []string
	c := &cobra.Command{
		Use:     "post TITLE",
		Short:   "Begin a post",
		Example: `  imprimatur new post "La galette est arrivée" --at "2027-01-04 08:30"`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				return a.newPost(s, strings.Join(args, " "), at, channels)
			})
		},
	}
	c.Flags().StringVar(&at, "at", "", "when it goes out; without it, a draft")
	c.Flags().StringSliceVar(&channels, "channels", nil, "where it goes (default: every channel)")
	return c
}

func (a *app) newPost(s *engine.Space, title, at string, channels []string) error {
	known := slices.Sorted(maps.Keys(s.Config.Channels))
	if len(channels) == 0 && len(s.Config.Defaults.Channels) == 0 {
		channels = known
	}
	for _, c := range channels {
		if !slices.Contains(known, c) {
			return usage{errors.New(schema.NotKnown("channel", c, known))}
		}
	}
	year := a.now().In(s.Zone).Year()
	var b strings.Builder
	b.WriteString("---\n" + schema.Modeline("post") + "\n")
	b.WriteString("title: " + schema.Quote(title) + "\n")
	if at == "" {
		fmt.Fprintf(&b, "# publish_at: %d-01-04 08:30   # without a time this is a draft\n", year+1)
	} else {
		t, err := schema.ParseTime(at)
		if err != nil {
			return usage{fmt.Errorf("--at %s: %w", at, err)}
		}
		year = t.Wall.Year()
		fmt.Fprintf(&b, "publish_at: %s\n", at)
	}
	if len(channels) > 0 {
		fmt.Fprintf(&b, "channels: [%s]\n", strings.Join(channels, ", "))
	}
	b.WriteString("---\n\n")
	name := filepath.Join(s.Dir, "posts", fmt.Sprint(year), engine.Slug(title)+".md")
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return usage{fmt.Errorf("%s is there already; choose another title, or edit it", name)}
	}
	return a.write(name, b.String())
}
