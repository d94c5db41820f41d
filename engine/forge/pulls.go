package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// maxFiles is how many files of a pull request GitHub lists; what is beyond
// them it does not tell.
// https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
const maxFiles = 3000

// Pull returns one pull request.
func (g *GitHub) Pull(ctx context.Context, number int) (Pull, error) {
	p, _, err := g.rest.PullRequests.Get(ctx, g.owner, g.name, number)
	if err != nil {
		return Pull{}, g.sort(err)
	}
	if p.GetNumber() != number || p.GetHead().GetSHA() == "" || p.GetBase().GetRef() == "" {
		return Pull{}, fmt.Errorf("github: the answer is not pull request %d", number)
	}
	return pull(p), nil
}

func pull(p *github.PullRequest) Pull {
	out := Pull{
		Number: p.GetNumber(), Title: p.GetTitle(), URL: p.GetHTMLURL(), Author: person(p.User),
		State: p.GetState(), Draft: p.GetDraft(),
		Base: p.GetBase().GetRef(), BaseCommit: p.GetBase().GetSHA(),
		Head: p.GetHead().GetRef(), HeadCommit: p.GetHead().GetSHA(),
		// the copy may be gone
		Fork:   p.GetHead().Repo == nil || p.GetHead().GetRepo().GetID() != p.GetBase().GetRepo().GetID(),
		Merged: p.GetMerged(), MergedAt: when(p.MergedAt), MergedBy: person(p.MergedBy),
	}
	for _, l := range p.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	if out.Merged { // before that it is a trial of GitHub's
		out.MergeCommit = p.GetMergeCommitSHA()
	}
	return out
}

// Introduced asks the index of commits. It says nothing of what is not sure.
func (g *GitHub) Introduced(ctx context.Context, commit, base string) ([]Pull, error) {
	if !object.MatchString(commit) {
		return nil, fmt.Errorf("%w: %q is no commit", ErrNotFound, commit)
	}
	named := -1 // not looked for yet
	for {
		found, err := g.indexed(ctx, commit, base)
		if err != nil || len(found) > 0 {
			return found, err
		}
		if named < 0 {
			if named, err = g.named(ctx, commit); err != nil {
				return nil, err
			}
		}
		if named > 0 {
			p, err := g.proved(ctx, named, commit, base)
			if err != nil || p != nil {
				return p, err
			}
		}
		more, err := g.later(ctx)
		if err != nil || !more {
			return nil, err
		}
	}
}

// later waits for the index, as long as all calls together may.
func (g *GitHub) later(ctx context.Context) (bool, error) {
	g.mu.Lock()
	if len(g.index) == 0 {
		g.mu.Unlock()
		return false, nil
	}
	d := g.index[0]
	g.index = g.index[1:]
	g.mu.Unlock()
	return true, g.sleep(ctx, d)
}

func (g *GitHub) indexed(ctx context.Context, commit, base string) ([]Pull, error) {
	listed, err := pages(g, most, func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return g.rest.PullRequests.ListPullRequestsWithCommit(ctx, g.owner, g.name, commit, &at)
	})
	if err != nil && !errors.Is(err, ErrNotFound) { // an index that is not there is one that knows nothing
		return nil, err
	}
	var out []Pull
	for _, p := range listed {
		if p.MergedAt == nil || p.GetBase().GetRef() != base {
			continue
		}
		whole, err := g.Pull(ctx, p.GetNumber())
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		// the index knows of copies of the repository, too
		if whole.Merged && whole.Base == base && whole.URL == p.GetHTMLURL() {
			out = append(out, whole)
		}
	}
	slices.SortFunc(out, func(a, b Pull) int { return a.Number - b.Number })
	return slices.CompactFunc(out, func(a, b Pull) bool { return a.Number == b.Number }), nil
}

var subject = regexp.MustCompile(`^(?:Merge pull request #([1-9][0-9]{0,8}) from |.*\(#([1-9][0-9]{0,8})\)$)`)

// named is the pull request that a commit's subject speaks of, or 0: a hint, no
// proof, for anybody may write it.
func (g *GitHub) named(ctx context.Context, commit string) (int, error) {
	c, _, err := g.rest.Git.GetCommit(ctx, g.owner, g.name, commit)
	if err != nil {
		return 0, g.sort(err)
	}
	line, _, _ := strings.Cut(c.GetMessage(), "\n")
	m := subject.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return 0, nil
	}
	return strconv.Atoi(m[1] + m[2])
}

// proved returns a pull request if it is certain that it brought the commit:
// the merge made it.
func (g *GitHub) proved(ctx context.Context, number int, commit, base string) ([]Pull, error) {
	p, err := g.Pull(ctx, number)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if !p.Merged || p.Base != base || p.MergeCommit != commit {
		return nil, nil
	}
	return []Pull{p}, nil
}

// commits are those of a pull request, of which GitHub lists 250.
func (g *GitHub) commits(ctx context.Context, number int) ([]*github.RepositoryCommit, error) {
	return pages(g, 4, func(at github.ListOptions) ([]*github.RepositoryCommit, *github.Response, error) {
		return g.rest.PullRequests.ListCommits(ctx, g.owner, g.name, number, &at)
	})
}

// Files lists what a pull request changes.
func (g *GitHub) Files(ctx context.Context, number int) ([]File, error) {
	listed, err := pages(g, maxFiles/100+1, func(at github.ListOptions) ([]*github.CommitFile, *github.Response, error) {
		return g.rest.PullRequests.ListFiles(ctx, g.owner, g.name, number, &at)
	})
	if err != nil {
		return nil, err
	}
	if len(listed) >= maxFiles {
		return nil, fmt.Errorf("github: pull request %d changes %d files or more, and GitHub lists no more of them", number, maxFiles)
	}
	out := make([]File, len(listed))
	for i, f := range listed {
		out[i] = File{Path: f.GetFilename(), Was: f.GetPreviousFilename(), Change: f.GetStatus(), Blob: f.GetSHA()}
		switch out[i].Change {
		case "changed", "unchanged": // its mode
			out[i].Change = "modified"
		case "copied":
			out[i].Change, out[i].Was = "added", ""
		}
	}
	return out, nil
}

// Reviews lists the reviews of a pull request.
func (g *GitHub) Reviews(ctx context.Context, number int) ([]Review, error) {
	listed, err := pages(g, most, func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return g.rest.PullRequests.ListReviews(ctx, g.owner, g.name, number, &at)
	})
	if err != nil {
		return nil, err
	}
	var out []Review
	for _, r := range listed {
		out = append(out, Review{ID: r.GetID(), By: person(r.User), State: ReviewState(strings.ToLower(r.GetState())),
			Commit: r.GetCommitID(), At: when(r.SubmittedAt)})
	}
	return out, nil
}

// happening is an entry of the timeline; go-github knows neither which review
// was dismissed nor what was merged.
type happening struct {
	ID        int64
	Event     string
	Actor     *github.User
	User      *github.User
	SHA       string
	CommitID  string    `json:"commit_id"`
	CreatedAt time.Time `json:"created_at"`
	Submitted time.Time `json:"submitted_at"`
	Label     struct{ Name string }
	Dismissed struct {
		Review int64 `json:"review_id"`
	} `json:"dismissed_review"`
}

// Events is what happened to a pull request.
func (g *GitHub) Events(ctx context.Context, number int) ([]Event, error) {
	listed, err := pages(g, most, func(at github.ListOptions) ([]*happening, *github.Response, error) {
		var page []*happening
		path := fmt.Sprintf("repos/%s/%s/issues/%d/timeline?per_page=%d&page=%d", g.owner, g.name, number, at.PerPage, at.Page)
		resp, err := g.get(ctx, path, &page)
		return page, resp, err
	})
	if err != nil {
		return nil, err
	}
	var out []Event
	pushed := false
	for _, h := range listed {
		e := Event{Kind: EventKind(h.Event), By: person(h.Actor), At: h.CreatedAt.UTC()}
		switch e.Kind {
		case EventPushed:
			e, pushed = Event{Kind: EventPushed, Commit: h.SHA}, true
		case EventReviewed:
			e.By, e.At, e.Commit, e.Review = person(h.User), h.Submitted.UTC(), h.CommitID, h.ID
		case EventDismissed:
			e.Review = h.Dismissed.Review
		case EventForcePushed, EventMerged:
			e.Commit = h.CommitID
		case EventLabeled, EventUnlabeled:
			e.Label = h.Label.Name
		case EventReopened, EventRetargeted:
		default:
			continue
		}
		out = append(out, e)
	}
	if !pushed {
		return out, nil
	}
	commits, err := g.commits(ctx, number)
	if err != nil {
		return nil, err
	}
	by := map[string]User{}
	for _, c := range commits {
		who := person(c.Committer)
		if who.ID == 0 || who.Login == "web-flow" { // GitHub itself, for who wrote it there
			who = person(c.Author)
		}
		by[c.GetSHA()] = who
	}
	for i := range out {
		if out[i].Kind == EventPushed {
			out[i].By = by[out[i].Commit]
		}
	}
	return out, nil
}

// notUser is what GitHub says of a name that nobody bears.
const notUser = "is not a user"

// Permission is what someone may do.
func (g *GitHub) Permission(ctx context.Context, who string) (Permission, error) {
	if !login.MatchString(who) {
		return None, nil // nobody is called that
	}
	level, resp, err := g.rest.Repositories.GetPermissionLevel(ctx, g.owner, g.name, who)
	if err != nil {
		if err = g.sort(err); resp != nil && resp.StatusCode == http.StatusNotFound && strings.Contains(err.Error(), notUser) {
			return None, nil
		}
		return None, err
	}
	switch level.GetPermission() {
	case "admin":
		return Admin, nil
	case "write", "maintain":
		return CanWrite, nil
	case "read", "triage":
		return CanRead, nil
	case "none":
		return None, nil
	}
	return None, fmt.Errorf("github: %q is no permission we know", level.GetPermission())
}

// Member reports whether someone is in a team, or in one below it. The token
// must be allowed to see the organization's members, which a workflow's own is
// not.
func (g *GitHub) Member(ctx context.Context, team, who string) (bool, error) {
	org, name, _ := strings.Cut(team, "/")
	if !slug.MatchString(team) || name == "." || name == ".." {
		return false, fmt.Errorf("%w: a team is written acme/legal, not %q", ErrRejected, team)
	}
	if !login.MatchString(who) || strings.HasSuffix(who, "]") {
		return false, nil
	}
	is, _, err := g.rest.Teams.GetTeamMembershipBySlug(ctx, org, name, who)
	if err == nil {
		return is.GetState() == "active", nil
	}
	if err = g.sort(err); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrAuth) {
		return false, err
	}
	// they are no member, or we may not see it
	if errors.Is(err, ErrNotFound) {
		if _, _, err = g.rest.Teams.GetTeamBySlug(ctx, org, name); err == nil {
			return false, nil
		}
		if err = g.sort(err); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrAuth) {
			return false, err
		}
	}
	return false, fmt.Errorf("%w: it does not see the team %s, if there is one; a workflow's own token never does. "+
		"Give one of a GitHub App or a person with the permission “Members: read” of the organization", ErrAuth, team)
}
