package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// maxComment keeps well below the longest comment that GitHub takes, in bytes:
// its own message says 65,536.
// https://github.com/dead-claudia/github-limits (seen 2026-11-22)
const maxComment = 60_000

type reviewFlags struct {
	base    string
	pull    int
	comment bool
	items   string
	mayBe   bool // a comment, where there is a pull request
}

func (a *app) reviewCommand() *cobra.Command {
	var f reviewFlags
	c := a.formatted(a.told(&cobra.Command{
		Use:   "review",
		Short: "Show an editor what a change would do, as a page for the pull request",
		Long: "Compare the workspace with the branch that the change goes to, and write the editor's page: what would go out when, every changed post as it will read, " +
			"problems, and the approvals that are missing. With --comment the page stands below the pull request, as one comment that is edited from then on. " +
			"On GitHub Actions the branch and the number come from the event, and --comment is meant unless it is false.",
		Example: "  imprimatur review --base main\n  imprimatur review --pull 12 --comment",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f.mayBe = a.actions != nil && !c.Flags().Changed("comment")
			return a.review(c.Context(), f)
		},
	}))
	c.Flags().StringVar(&f.base, "base", "", "the branch or commit that the change goes to (default: the event's, or main)")
	c.Flags().IntVar(&f.pull, "pull", 0, "the number of the pull request (default: the event's)")
	c.Flags().StringVar(&f.items, "items", "", "recorded items, one line of JSON each: the page says what changed moderation rules would do to them")
	c.Flags().BoolVar(&f.comment, "comment", false, "write the page below the pull request")
	return c
}

func (a *app) review(ctx context.Context, f reviewFlags) error {
	event, err := a.event()
	if err != nil {
		return err
	}
	if f.base == "" {
		f.base = event.base()
	}
	if f.pull == 0 {
		f.pull = event.Pull.Number
	}
	if f.mayBe {
		f.comment = f.pull != 0
	}
	if f.comment && f.pull == 0 {
		return usage{errors.New("--comment needs a pull request: give its number with --pull")}
	}
	var pages []report.Review
	failed := a.each(ctx, func(s *engine.Space) error {
		r, err := s.Review(ctx, engine.Proposal{Base: f.base, Pull: f.pull, Head: event.head(), Now: a.now()})
		if err != nil {
			return err
		}
		unmet := false
		if f.items != "" && s.Rules != nil && slices.ContainsFunc(r.Settings, func(file string) bool { return strings.HasPrefix(file, workspace.ModerationDir+"/") }) {
			out, err := a.replayed(ctx, s, s.Rules, f.items, f.base)
			if err != nil {
				return err
			}
			r.Replay, unmet = []string{strings.TrimSpace(report.ReplayMarkdown(out))}, !out.OK()
		}
		pages = append(pages, r)
		a.actions.Problems(s.Dir, r.Problems)
		if schema.Errors(r.Problems) || unmet {
			return exit(exitProblems)
		}
		return nil
	})
	if code := exit(0); failed != nil && !errors.As(failed, &code) {
		return failed
	}
	src := report.Source{Repository: a.repositoryURL(), Commit: event.head()}
	if a.format == "json" {
		err = report.JSON(a.stdout, pages)
	} else if a.actions == nil {
		_, err = fmt.Fprintln(a.stdout, report.ReviewPage(pages, src, 1<<20, ""))
	}
	if err != nil {
		return err
	}
	a.actions.Summary(report.ReviewPage(pages, src, 1<<20-1000, ""))
	if f.comment {
		if err := a.comment(ctx, f.pull, report.ReviewPage(pages, src, maxComment, a.runURL())); err != nil {
			return err
		}
	}
	return failed
}

// comment puts the page below the pull request. From a fork there is no leave
// to: the page is in the summary then.
func (a *app) comment(ctx context.Context, pull int, page string) error {
	at := ""
	f, err := a.engine.Forge(ctx, "")
	if err == nil {
		at, err = engine.Stick(ctx, f, pull, report.ReviewMarker, page)
	}
	switch {
	case errors.Is(err, forge.ErrAuth):
		a.note("the token may not comment, as is usual for a pull request from a fork: the page is in the summary of this run")
		return nil
	case err != nil:
		return err
	}
	a.note("the page is at " + at)
	return nil
}

// An event is what started a workflow, as far as a review needs it. Whoever
// opened the pull request wrote most of it; these fields are GitHub's own.
type event struct {
	Pull struct {
		Number int `json:"number"`
		Base   struct {
			Commit string `json:"sha"`
		} `json:"base"`
		Head struct {
			Commit string `json:"sha"`
		} `json:"head"`
	} `json:"pull_request"`
	Group struct {
		Base string `json:"base_sha"`
		Head string `json:"head_sha"`
	} `json:"merge_group"`
}

// maxEvent is more than any event is long, in bytes.
const maxEvent = 32 << 20

func (a *app) event() (event, error) {
	var e event
	file := a.getenv("GITHUB_EVENT_PATH")
	if file == "" {
		return e, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return e, err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxEvent)).Decode(&e); err != nil {
		return e, fmt.Errorf("the event in GITHUB_EVENT_PATH: %w", err)
	}
	return e, nil
}

// base is the commit that the change goes to.
func (e *event) base() string {
	for _, commit := range []string{e.Pull.Base.Commit, e.Group.Base} {
		if commit != "" {
			return commit
		}
	}
	return "main"
}

// head is the change's last commit, or "".
func (e *event) head() string {
	if e.Pull.Head.Commit != "" {
		return e.Pull.Head.Commit
	}
	return e.Group.Head
}

// repositoryURL is the address of the repository that a workflow runs in, or
// "".
func (a *app) repositoryURL() string {
	server, name := a.getenv("GITHUB_SERVER_URL"), a.getenv("GITHUB_REPOSITORY")
	if server == "" || name == "" {
		return ""
	}
	return strings.TrimSuffix(server, "/") + "/" + name
}

// runURL is the address of the workflow's run, or "".
func (a *app) runURL() string {
	repo, run := a.repositoryURL(), a.getenv("GITHUB_RUN_ID")
	if repo == "" || run == "" {
		return ""
	}
	return repo + "/actions/runs/" + run
}
