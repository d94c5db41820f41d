package forgetest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// begin takes the lock, unless the call shall fail.
func (r *Repo) begin(ctx context.Context, method string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.Fail != nil {
		if err := r.Fail(method); err != nil {
			return err
		}
	}
	r.mu.Lock()
	return nil
}

func missing(format string, args ...any) error {
	return fmt.Errorf("%w: %s", forge.ErrNotFound, fmt.Sprintf(format, args...))
}

var subject = regexp.MustCompile(`^(?:Merge pull request #([0-9]+) |.*\(#([0-9]+)\)$)`)

// Introduced asks the index Patience times, then believes the number in the
// commit's subject where the pull request proves it.
func (r *Repo) Introduced(ctx context.Context, commit, base string) ([]forge.Pull, error) {
	if err := r.begin(ctx, "Introduced"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	c, ok := r.commits[commit]
	if !ok {
		return nil, missing("commit %s", commit)
	}
	var out []forge.Pull
	for range Patience {
		for _, p := range r.ask(commit) {
			if p.Merged && p.Base == base {
				out = append(out, p.view())
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	line, _, _ := strings.Cut(c.message, "\n")
	if m := subject.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1] + m[2])
		if p, ok := r.pulls[n]; ok && p.Merged && p.Base == base && p.MergeCommit == commit {
			return []forge.Pull{p.view()}, nil
		}
	}
	return nil, nil
}

func (p *pull) view() forge.Pull {
	out := p.Pull
	out.Labels = slices.Clone(p.Labels)
	return out
}

// Pull is one pull request.
func (r *Repo) Pull(ctx context.Context, number int) (forge.Pull, error) {
	if err := r.begin(ctx, "Pull"); err != nil {
		return forge.Pull{}, err
	}
	defer r.mu.Unlock()
	if p, ok := r.pulls[number]; ok {
		return p.view(), nil
	}
	return forge.Pull{}, missing("pull request %d", number)
}

// Files lists what a pull request changes.
func (r *Repo) Files(ctx context.Context, number int) ([]forge.File, error) {
	if err := r.begin(ctx, "Files"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	if p, ok := r.pulls[number]; ok {
		return r.changes(p), nil
	}
	return nil, missing("pull request %d", number)
}

// Reviews lists the reviews of a pull request; a pending one only to its author.
func (r *Repo) Reviews(ctx context.Context, number int) ([]forge.Review, error) {
	if err := r.begin(ctx, "Reviews"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	p, ok := r.pulls[number]
	if !ok {
		return nil, missing("pull request %d", number)
	}
	var out []forge.Review
	for _, v := range p.reviews {
		if v.State != forge.Pending || v.By.Login == r.me {
			out = append(out, *v)
		}
	}
	return out, nil
}

// Events lists what happened to a pull request.
func (r *Repo) Events(ctx context.Context, number int) ([]forge.Event, error) {
	if err := r.begin(ctx, "Events"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	if p, ok := r.pulls[number]; ok {
		return slices.Clone(p.events), nil
	}
	return nil, missing("pull request %d", number)
}

// Blobs names contents.
func (r *Repo) Blobs(ctx context.Context, commit string, paths []string) (map[string]string, error) {
	if err := r.begin(ctx, "Blobs"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	c, ok := r.commits[commit]
	if !ok {
		return nil, missing("commit %s", commit)
	}
	out := map[string]string{}
	for _, path := range paths {
		if f, ok := c.tree[path]; ok {
			out[path] = f.sha
		}
	}
	return out, nil
}

// Read returns a file.
func (r *Repo) Read(ctx context.Context, ref, path string) ([]byte, error) {
	if err := r.begin(ctx, "Read"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	c, ok := r.tip(ref)
	if !ok {
		return nil, missing("%s", ref)
	}
	f, ok := c.tree[path]
	if !ok {
		return nil, missing("%s in %s", path, ref)
	}
	return []byte(f.content), nil
}

// Permission is what someone may do.
func (r *Repo) Permission(ctx context.Context, login string) (forge.Permission, error) {
	if err := r.begin(ctx, "Permission"); err != nil {
		return forge.None, err
	}
	defer r.mu.Unlock()
	u, ok := r.users[strings.ToLower(login)]
	switch {
	case ok && u.may != "":
		return u.may, nil
	case !ok || r.Private:
		return forge.None, nil
	}
	return forge.CanRead, nil
}

var plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// Member is refused to Actions.
func (r *Repo) Member(ctx context.Context, team, login string) (bool, error) {
	if err := r.begin(ctx, "Member"); err != nil {
		return false, err
	}
	defer r.mu.Unlock()
	if !plain.MatchString(login) {
		return false, nil // nobody who could be in a team
	}
	members, ok := r.teams[strings.ToLower(team)]
	if r.me == Actions || !ok {
		return false, fmt.Errorf("%w: it may not see the team %s", forge.ErrAuth, team)
	}
	return slices.ContainsFunc(members, func(m string) bool { return strings.EqualFold(m, login) }), nil
}

// Comments lists those below an issue or a pull request.
func (r *Repo) Comments(ctx context.Context, number int) ([]forge.Comment, error) {
	if err := r.begin(ctx, "Comments"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	if r.pulls[number] == nil && r.issues[number] == nil {
		return nil, missing("issue %d", number)
	}
	var out []forge.Comment
	for _, c := range r.comments {
		if c.number == number && c.place == below {
			// a list does not tell who is hidden
			seen := c.Comment
			seen.Hidden = false
			out = append(out, seen)
		}
	}
	return out, nil
}

// Comment writes one.
func (r *Repo) Comment(ctx context.Context, number int, body string) (forge.Comment, error) {
	if err := r.begin(ctx, "Comment"); err != nil {
		return forge.Comment{}, err
	}
	defer r.mu.Unlock()
	if r.pulls[number] == nil && r.issues[number] == nil {
		return forge.Comment{}, missing("issue %d", number)
	}
	if err := tooLong(body); err != nil {
		return forge.Comment{}, err
	}
	return r.say(number, r.me, body, below, "").Comment, nil
}

// EditComment changes one.
func (r *Repo) EditComment(ctx context.Context, id int64, body string) error {
	if err := r.begin(ctx, "EditComment"); err != nil {
		return err
	}
	defer r.mu.Unlock()
	for _, c := range r.comments {
		if c.ID != id || c.place != below {
			continue
		}
		if err := tooLong(body); err != nil {
			return err
		}
		c.Body, c.Edited = body, r.tick()
		return nil
	}
	return missing("comment %d", id)
}

// Me is whom the repository is seen as.
func (r *Repo) Me(ctx context.Context) (forge.User, error) {
	if err := r.begin(ctx, "Me"); err != nil {
		return forge.User{}, err
	}
	defer r.mu.Unlock()
	return r.user(r.me).User, nil
}

// Issues lists those with a label.
func (r *Repo) Issues(ctx context.Context, label string, since time.Time) ([]forge.Issue, error) {
	if err := r.begin(ctx, "Issues"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	var out []forge.Issue
	for n := 1; n <= r.last; n++ {
		if i, ok := r.issues[n]; ok && slices.Contains(i.Labels, label) && !i.Edited.Before(since) {
			seen := i.Issue
			seen.Labels = slices.Clone(i.Labels)
			out = append(out, seen)
		}
	}
	return out, nil
}

// OpenIssue opens one.
func (r *Repo) OpenIssue(ctx context.Context, title, body string, labels []string) (forge.Issue, error) {
	if err := r.begin(ctx, "OpenIssue"); err != nil {
		return forge.Issue{}, err
	}
	defer r.mu.Unlock()
	if title == "" {
		return forge.Issue{}, fmt.Errorf("%w: title can't be blank", forge.ErrRejected)
	}
	if err := tooLong(body); err != nil && body != "" {
		return forge.Issue{}, err
	}
	return r.issue(r.me, title, body, slices.Clone(labels)).Issue, nil
}

// CloseIssue closes one.
func (r *Repo) CloseIssue(ctx context.Context, number int) error {
	if err := r.begin(ctx, "CloseIssue"); err != nil {
		return err
	}
	defer r.mu.Unlock()
	i, ok := r.issues[number]
	if !ok {
		return missing("issue %d", number)
	}
	i.Open, i.Edited = false, r.tick()
	i.closedAt = r.now
	return nil
}

// Said lists what was said since, or changed.
func (r *Repo) Said(ctx context.Context, since time.Time) ([]forge.Comment, error) {
	if err := r.begin(ctx, "Said"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	var out []forge.Comment
	for _, c := range r.comments {
		if !c.Edited.Before(since) {
			seen := c.Comment
			seen.Since = r.user(c.By.Login).since
			out = append(out, seen)
		}
	}
	return out, nil
}

// Minimize hides a comment.
func (r *Repo) Minimize(ctx context.Context, node, reason string) error {
	if err := r.begin(ctx, "Minimize"); err != nil {
		return err
	}
	defer r.mu.Unlock()
	if !slices.Contains([]string{"ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"}, reason) {
		return fmt.Errorf("%w: there is no reason %q", forge.ErrRejected, reason)
	}
	return r.hide(node, reason)
}

// Restore shows it again.
func (r *Repo) Restore(ctx context.Context, node string) error {
	if err := r.begin(ctx, "Restore"); err != nil {
		return err
	}
	defer r.mu.Unlock()
	return r.hide(node, "")
}

func (r *Repo) hide(node, reason string) error {
	for _, c := range r.comments {
		if c.Node == node {
			c.Hidden, c.reason = reason != "", reason
			return nil
		}
	}
	return missing("comment %s", node)
}
