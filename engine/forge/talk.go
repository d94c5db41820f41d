package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// Me is who the token acts as. Tokens of apps, a workflow's among them, may
// not ask REST for it.
func (g *GitHub) Me(ctx context.Context) (User, error) {
	u, resp, err := g.rest.Users.Get(ctx, "")
	if err == nil {
		return person(u), nil
	}
	if err = g.sort(err); resp == nil || resp.StatusCode != http.StatusForbidden {
		return User{}, err
	}
	var answer struct {
		Viewer struct {
			Login      string
			DatabaseID int64
		}
	}
	if err := g.ask(ctx, "viewer", nil, &answer); err == nil && answer.Viewer.Login != "" {
		return User{answer.Viewer.DatabaseID, answer.Viewer.Login, strings.HasSuffix(answer.Viewer.Login, "[bot]")}, nil
	} else if errors.Is(err, ErrBusy) || ctx.Err() != nil {
		return User{}, err
	}
	return User{41898282, "github-actions[bot]", true}, nil
}

func trusted(association string) bool {
	return association == "OWNER" || association == "MEMBER" || association == "COLLABORATOR"
}

func comment(c *github.IssueComment) Comment {
	on, _, _ := strings.Cut(c.GetHTMLURL(), "#")
	return Comment{ID: c.GetID(), Node: c.GetNodeID(), URL: c.GetHTMLURL(), On: on, By: person(c.User),
		At: when(c.CreatedAt), Edited: when(c.UpdatedAt), Body: c.GetBody(), Trusted: trusted(c.GetAuthorAssociation())}
}

// Comments lists those below an issue or a pull request.
func (g *GitHub) Comments(ctx context.Context, number int) ([]Comment, error) {
	if number <= 0 { // which would be all of them
		return nil, fmt.Errorf("%w: issue %d", ErrNotFound, number)
	}
	return g.comments(ctx, number, nil)
}

func (g *GitHub) comments(ctx context.Context, number int, since *time.Time) ([]Comment, error) {
	order := github.IssueListCommentsOptions{Since: since}
	if number == 0 {
		order.Sort, order.Direction = github.String("created"), github.String("asc")
	}
	listed, err := pages(g, most, func(at github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		order.ListOptions = at
		return g.rest.Issues.ListComments(ctx, g.owner, g.name, number, &order)
	})
	var out []Comment
	for _, c := range listed {
		out = append(out, comment(c))
	}
	return out, err
}

// Comment writes one below an issue or a pull request.
func (g *GitHub) Comment(ctx context.Context, number int, body string) (Comment, error) {
	c, _, err := g.rest.Issues.CreateComment(lasting(ctx), g.owner, g.name, number, &github.IssueComment{Body: &body})
	if err != nil {
		return Comment{}, g.wrote(err)
	}
	if c.GetID() == 0 {
		return Comment{}, fmt.Errorf("%w: the answer has no id", ErrUnknown)
	}
	return comment(c), nil
}

// EditComment changes one.
func (g *GitHub) EditComment(ctx context.Context, id int64, body string) error {
	_, _, err := g.rest.Issues.EditComment(lasting(ctx), g.owner, g.name, id, &github.IssueComment{Body: &body})
	return g.wrote(err)
}

// Issues lists those with a label.
func (g *GitHub) Issues(ctx context.Context, label string, since time.Time) ([]Issue, error) {
	order := github.IssueListByRepoOptions{State: "all", Sort: "created", Direction: "asc", Since: since.UTC()}
	if !strings.Contains(label, ",") { // which would be two labels
		order.Labels = []string{label}
	}
	listed, err := pages(g, most, func(at github.ListOptions) ([]*github.Issue, *github.Response, error) {
		order.ListOptions = at
		return g.rest.Issues.ListByRepo(ctx, g.owner, g.name, &order)
	})
	var out []Issue
	for _, i := range listed {
		if got := issue(i); !i.IsPullRequest() && !got.Edited.Before(since) && slices.ContainsFunc(got.Labels, func(l string) bool { return strings.EqualFold(l, label) }) {
			out = append(out, got)
		}
	}
	return out, err
}

func issue(i *github.Issue) Issue {
	out := Issue{Number: i.GetNumber(), URL: i.GetHTMLURL(), Title: i.GetTitle(), Body: i.GetBody(), By: person(i.User),
		Open: i.GetState() == "open", At: when(i.CreatedAt), Edited: when(i.UpdatedAt)}
	for _, l := range i.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	return out
}

// OpenIssue opens one.
func (g *GitHub) OpenIssue(ctx context.Context, title, body string, labels []string) (Issue, error) {
	order := github.IssueRequest{Title: &title, Body: &body}
	if len(labels) > 0 {
		order.Labels = &labels
	}
	i, _, err := g.rest.Issues.Create(lasting(ctx), g.owner, g.name, &order)
	if err != nil {
		return Issue{}, g.wrote(err)
	}
	if i.GetNumber() == 0 {
		return Issue{}, fmt.Errorf("%w: the answer has no number", ErrUnknown)
	}
	return issue(i), nil
}

// CloseIssue closes one.
func (g *GitHub) CloseIssue(ctx context.Context, number int) error {
	_, _, err := g.rest.Issues.Edit(lasting(ctx), g.owner, g.name, number, &github.IssueRequest{State: github.String("closed")})
	return g.wrote(err)
}

// Said lists what was written, or changed, since a moment: below issues and
// pull requests, on their lines, and in discussions. The text of an issue, a
// pull request, a review or a discussion itself is not among it.
func (g *GitHub) Said(ctx context.Context, since time.Time) ([]Comment, error) {
	since = since.UTC()
	from := &since
	if since.IsZero() {
		from = nil
	}
	out, err := g.comments(ctx, 0, from)
	if err != nil {
		return nil, err
	}
	order := github.PullRequestListCommentsOptions{Sort: "created", Direction: "asc", Since: since}
	lines, err := pages(g, most, func(at github.ListOptions) ([]*github.PullRequestComment, *github.Response, error) {
		order.ListOptions = at
		return g.rest.PullRequests.ListComments(ctx, g.owner, g.name, 0, &order)
	})
	if err != nil {
		return nil, err
	}
	for _, c := range lines {
		on, _, _ := strings.Cut(c.GetHTMLURL(), "#")
		out = append(out, Comment{ID: c.GetID(), Node: c.GetNodeID(), URL: c.GetHTMLURL(), On: on, By: person(c.User),
			At: when(c.CreatedAt), Edited: when(c.UpdatedAt), Body: c.GetBody(), Trusted: trusted(c.GetAuthorAssociation())})
	}
	// GitHub counts in whole seconds
	out = slices.DeleteFunc(out, func(c Comment) bool { return c.Edited.Before(since) })
	if err := g.know(ctx, out); err != nil {
		return nil, err
	}
	talks, err := g.discussed(ctx, since)
	if err != nil {
		return nil, err
	}
	out = append(out, talks...)
	slices.SortStableFunc(out, func(a, b Comment) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}
