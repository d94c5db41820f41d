package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

type calendarFlags struct {
	view, from, to, at, output string
	slots, suggest             bool
}

func (a *app) calendarCommand() *cobra.Command {
	var f calendarFlags
	c := a.formatted(a.told(&cobra.Command{
		Use:   "calendar",
		Short: "Show what goes out when, what is free, and what the days are",
		Long: "Show the calendar: the posts and how each stands (as `imprimatur status` has it), free slots and those that nobody took, blackouts, observances, events and campaigns, " +
			"in the workspace's zone. Weeks begin on Monday.\n\n" +
			"With --format ics it is a file that calendars can read or subscribe to: everything there is, unless --from or --to say otherwise. " +
			"A channel of a site keeps such a file by itself, with `calendar: NAME.ics`; whoever knows its address can read it.\n\n" +
			"With --suggest it proposes times for the posts that have none, or for one.",
		Example: `  imprimatur calendar
  imprimatur calendar --view month --from 2027-01-01 --to 2027-03-31
  imprimatur calendar --format html --output calendar.html
  imprimatur calendar --suggest
  imprimatur calendar move 2027/galette "2027-01-05 10:00"`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && !f.suggest {
				return fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())
			}
			return cobra.MaximumNArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.checkCalendar(f); err != nil {
				return err
			}
			return a.each(c.Context(), func(s *engine.Space) error {
				now, err := a.moment(s, f.at)
				if err != nil {
					return err
				}
				if f.suggest {
					return a.suggest(c.Context(), s, now, args)
				}
				return a.calendar(c.Context(), s, now, f)
			})
		},
	}), "markdown", "ics", "html")
	c.Flags().StringVar(&f.view, "view", report.AgendaView, "agenda (the days that have something), week (every day) or month (a grid)")
	c.Flags().StringVar(&f.from, "from", "", "the first day, as in 2027-01-04 (default today, or the beginning of this week or month)")
	c.Flags().StringVar(&f.to, "to", "", "the last day (default four weeks on, or the end of the week or month)")
	c.Flags().StringVar(&f.at, "at", "now", "as things stand at this moment, as in \"2027-01-04 08:30\"")
	c.Flags().BoolVar(&f.slots, "slots", false, "with --format ics: free slots too")
	c.Flags().StringVar(&f.output, "output", "", "write to this file, if it says something else now")
	c.Flags().BoolVar(&f.suggest, "suggest", false, "propose times for posts that have none")
	c.AddCommand(a.moveCommand())
	return c
}

func (a *app) checkCalendar(f calendarFlags) error {
	switch views := []string{report.AgendaView, report.WeekView, report.MonthView}; {
	case !slices.Contains(views, f.view):
		return usage{fmt.Errorf("--view cannot be %q; write %s", f.view, strings.Join(views, ", "))}
	case f.output != "" && a.several():
		return usage{errors.New("--output is one file; give one -C at a time")}
	case f.suggest && !slices.Contains([]string{"text", "json"}, a.format):
		return usage{fmt.Errorf("--suggest has no format %s; write text or json", a.format)}
	}
	return nil
}

// mostDays is more than anybody reads, and what a run has time for.
const mostDays = 3 * 366

// days are the first day to show, and the one behind the last, as midnights in
// the workspace's zone. Both are zero where everything is asked for.
func (a *app) days(s *engine.Space, now time.Time, f calendarFlags) (from, to time.Time, err error) {
	day := func(flag, value string) (time.Time, error) {
		d, err := schema.ParseDate(value)
		if err == nil && !d.Whole {
			err = errors.New("write a day, as in 2027-01-04")
		}
		if err != nil {
			return time.Time{}, usage{fmt.Errorf("%s %s: %w", flag, value, err)}
		}
		return d.Wall, nil
	}
	if a.format == "ics" && f.from == "" && f.to == "" {
		return from, to, nil
	}
	y, m, d := now.In(s.Zone).Date()
	first := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if f.from != "" {
		if first, err = day("--from", f.from); err != nil {
			return from, to, err
		}
	}
	switch f.view {
	case report.WeekView:
		first = first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	case report.MonthView:
		first = first.AddDate(0, 0, 1-first.Day())
	}
	last := first.AddDate(0, 0, 27)
	switch f.view {
	case report.WeekView:
		last = first.AddDate(0, 0, 6)
	case report.MonthView:
		last = first.AddDate(0, 1, -1)
	}
	if f.to != "" {
		if last, err = day("--to", f.to); err != nil {
			return from, to, err
		}
		switch f.view {
		case report.WeekView:
			last = last.AddDate(0, 0, (7-int(last.Weekday()))%7)
		case report.MonthView:
			last = last.AddDate(0, 1, -last.Day())
		}
	}
	switch n := int(last.Sub(first).Hours()) / 24; {
	case n < 0:
		return from, to, usage{fmt.Errorf("%s is before %s; write --from and --to in order", last.Format(time.DateOnly), first.Format(time.DateOnly))}
	case n > mostDays:
		return from, to, usage{errors.New("these are more than three years; ask for less at a time")}
	}
	midnight := func(t time.Time) time.Time {
		return calendar.Start(schema.Date{Time: schema.Time{Wall: t}, Whole: true}, s.Zone)
	}
	return midnight(first), midnight(last.AddDate(0, 0, 1)), nil
}

func (a *app) calendar(ctx context.Context, s *engine.Space, now time.Time, f calendarFlags) error {
	from, to, err := a.days(s, now, f)
	if err != nil {
		return err
	}
	al, err := s.Almanac(ctx, now, from, to)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch a.format {
	case "json":
		err = report.JSON(&b, al)
	case "ics":
		var file []byte
		file, err = al.ICS(almanac.Subscription{Slots: f.slots})
		b.Write(file)
	case "html":
		var file []byte
		file, err = al.HTML()
		b.Write(file)
	case "markdown":
		m := report.Markdown{}
		m.Calendar(al)
		b.WriteString(strings.Join(m.Blocks, "\n\n") + "\n")
	default:
		t := a.text()
		t.W, t.Color = &b, t.Color && f.output == ""
		t.Calendar(al, f.view, a.width())
		err = t.Err()
	}
	if err != nil {
		return err
	}
	if f.output == "" {
		_, err = a.stdout.Write(b.Bytes())
		return err
	}
	return a.keep(f.output, b.Bytes())
}

// keep writes a file that does not say so already.
func (a *app) keep(file string, data []byte) error {
	if now, err := os.ReadFile(file); err == nil && bytes.Equal(now, data) {
		fmt.Fprintf(a.stderr, "%s says so already.\n", file)
		return nil
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "Wrote %s.\n", file)
	return nil
}

// How many columns there are where nobody says, and how few are enough.
const (
	usualWidth = 80
	leastWidth = 60
	mostWidth  = 160
)

// width is how many columns a calendar has.
func (a *app) width() int {
	if f, ok := a.stdout.(*os.File); ok && a.terminal(f) {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return max(leastWidth, min(n, mostWidth))
		}
	}
	if n, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && n > 0 {
		return max(leastWidth, min(n, mostWidth))
	}
	return usualWidth
}

func (a *app) suggest(ctx context.Context, s *engine.Space, now time.Time, names []string) error {
	var posts []*workspace.Post
	if len(names) > 0 {
		var err error
		if posts, err = choose(s, names); err != nil {
			return err
		}
	}
	all, err := s.Suggest(ctx, now, posts)
	if err != nil {
		return err
	}
	if a.format == "json" {
		return report.JSON(a.stdout, all)
	}
	t := a.text()
	t.Suggestions(all, s.Config.Language, a.width())
	return t.Err()
}

func (a *app) moveCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:   "move POST TIME",
		Short: "Give a post another time, in its file, and say what comes of it",
		Long: "Write another time into a post's file, and change nothing else there. TIME is a time as in \"2027-01-05 10:00\", next-slot, or next-slot with the name of a slot or a pillar; " +
			"a time takes the post off the queue. A post that waits for a slot can be pinned to a day: 2027-01-05.\n\n" +
			"It says when the post goes out now, which others make room in the queue, and which conflicts come and go.",
		Example: `  imprimatur calendar move 2027/galette "2027-01-05 10:00"
  imprimatur calendar move 2027/soupe next-slot conseil`,
		Args: cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			if a.several() {
				return usage{errors.New("one post is in one workspace; give one -C")}
			}
			return a.each(c.Context(), func(s *engine.Space) error {
				now, err := a.moment(s, at)
				if err != nil {
					return err
				}
				posts, err := choose(s, args[:1])
				if err != nil {
					return err
				}
				m, err := a.engine.Move(c.Context(), s, posts[0], strings.Join(args[1:], " "), now)
				if errors.Is(err, engine.ErrMove) {
					return usage{err}
				}
				if err != nil {
					return err
				}
				t := a.text()
				t.Moved(m)
				if schema.Errors(m.New) && t.Err() == nil {
					return exit(exitProblems)
				}
				return t.Err()
			})
		},
	}
	c.Flags().StringVar(&at, "at", "now", "as things stand at this moment, as in \"2027-01-04 08:30\"")
	return c
}
