package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "imprimatur",
		Short:         "Posts from a git repository to every network, each exactly once",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
	})
	root.PersistentFlags().StringArrayVarP(&a.dirs, "directory", "C", nil, "the workspace's folder; may be given several times (default .)")
	root.AddCommand(a.initCommand(), a.newCommand(), a.proposeCommand(), a.checkCommand(), a.checksCommand(), a.fmtCommand(), a.renderCommand(), a.planCommand(), a.reviewCommand(), a.publishCommand(),
		a.outboxCommand(), a.moderateCommand(), a.calendarCommand(), a.resolveCommand(), a.statusCommand(), a.ledgerCommand(), a.rehearseCommand(), a.countCommand(), a.platformsCommand(), a.schemaCommand(), a.versionCommand())
	wrapArgs(root)
	return root
}

// wrapArgs makes a wrong number of arguments a usage error everywhere.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// formatted adds --format to a command that lists.
func (a *app) formatted(c *cobra.Command, more ...string) *cobra.Command {
	help, formats := "text, or json for programs", append([]string{"text", "json"}, more...)
	if len(more) > 0 {
		help = "text, json for programs, or " + strings.Join(more, ", ")
	}
	c.Flags().StringVar(&a.format, "format", "text", help)
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if last := len(formats) - 1; !slices.Contains(formats, a.format) {
			return usage{fmt.Errorf("--format cannot be %q; write %s or %s", a.format, strings.Join(formats[:last], ", "), formats[last])}
		}
		return run(c, args)
	}
	return c
}

// text is a report on standard output.
func (a *app) text() *report.Text {
	return &report.Text{W: a.stdout, Color: a.terminal(a.stdout) && a.getenv("NO_COLOR") == ""}
}

func (a *app) terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// each opens every workspace in turn and joins what the calls return: the
// worst exit code wins.
func (a *app) each(ctx context.Context, f func(*engine.Space) error) error {
	return a.folders(func(dir string) error { return a.one(ctx, dir, f) })
}

// folders does so for the folders, without opening them.
func (a *app) folders(f func(dir string) error) error {
	dirs := a.dirs
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	worst := exit(exitClean)
	for _, dir := range dirs {
		err := f(dir)
		var code exit
		switch {
		case errors.As(err, &code):
			worst = max(worst, code)
		case err != nil && len(dirs) > 1:
			fmt.Fprintf(a.stderr, "imprimatur: %s: %v\n", dir, err)
			a.actions.Error(fmt.Sprintf("%s: %v", dir, err))
			worst = max(worst, exitFailure)
		case err != nil:
			return err
		}
	}
	if worst != exitClean {
		return worst
	}
	return nil
}

func (a *app) one(ctx context.Context, dir string, f func(*engine.Space) error) error {
	s, err := a.engine.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	a.actions.Mask(s.Secrets())
	return f(s)
}

// several reports whether more than one workspace was asked for.
func (a *app) several() bool { return len(a.dirs) > 1 }

// moment reads --at: a time in the workspace's zone, an RFC 3339 time, or now.
func (a *app) moment(s *engine.Space, at string) (time.Time, error) {
	if at == "" || at == "now" {
		return a.now(), nil
	}
	t, err := schema.ParseTime(at)
	if err != nil {
		return time.Time{}, usage{fmt.Errorf("--at %s: %w", at, err)}
	}
	m, _ := calendar.Moment(t, s.Zone)
	return m, nil
}
