package forgetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

type pull struct {
	forge.Pull
	commits []string
	events  []forge.Event
	reviews []*forge.Review
	at      time.Time
	edited  time.Time
	closed  time.Time
	files   []forge.File // as they were when it was merged
}

// Open makes a pull request to main from a new branch with one commit, and
// returns its number.
func (r *Repo) Open(author, branch string, files Files) int {
	return r.open(author, branch, Main, false, files)
}

// OpenFork does so from the author's own copy of the repository.
func (r *Repo) OpenFork(author, branch string, files Files) int {
	return r.open(author, branch, Main, true, files)
}

// OpenTo does so towards another branch than main.
func (r *Repo) OpenTo(base, author, branch string, files Files) int {
	return r.open(author, branch, base, false, files)
}

func (r *Repo) open(author, branch, base string, fork bool, files Files) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.branches[base]
	if !ok {
		r.t.Fatalf("there is no branch %q", base)
	}
	if _, taken := r.branches[branch]; taken && !fork {
		r.t.Fatalf("there is a branch %q already", branch)
	}
	n := r.number()
	p := &pull{at: r.tick(), Pull: forge.Pull{
		Number: n, Title: "Propose " + branch, URL: r.address("pull", n), Author: r.user(author).User,
		State: "open", Base: base, BaseCommit: at, Head: branch, HeadCommit: at, Fork: fork,
	}}
	r.pulls[n] = p
	r.push(p, author, files, p.at)
	return n
}

// Push adds a commit of the author's to a pull request.
func (r *Repo) Push(p int, files Files) string { return r.PushAs(p, r.author(p), files) }

// PushAs adds someone else's.
func (r *Repo) PushAs(p int, by string, files Files) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.push(r.still(p), by, files, r.tick())
}

// Backdate adds a commit that says it is as old as the pull request, which is
// where GitHub then lists it: before the reviews.
func (r *Repo) Backdate(p int, files Files) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tick()
	got := r.still(p)
	return r.push(got, got.Author.Login, files, got.at)
}

// ForcePush replaces all commits of a pull request by one, on what main is
// now. GitHub moves the approvals there are to the new head.
func (r *Repo) ForcePush(p int, files Files) string { return r.ForcePushAs(p, r.author(p), files) }

// ForcePushAs is someone else's.
func (r *Repo) ForcePushAs(p int, by string, files Files) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.still(p)
	at := r.tick()
	got.commits = nil
	got.events = slices.DeleteFunc(got.events, func(e forge.Event) bool { return e.Kind == forge.EventPushed })
	base := r.branches[got.Base]
	sha := r.commit(by, "Change "+got.Head, at, r.commits[base].tree.with(files), base)
	r.arrive(got, sha, by, at)
	got.events = append(got.events, forge.Event{Kind: forge.EventForcePushed, By: r.user(by).User, At: at, Commit: sha})
	for _, review := range got.reviews {
		if review.State == forge.Approved {
			review.Commit = sha
		}
	}
	return sha
}

// Update merges the base branch into a pull request, as the button does.
func (r *Repo) Update(p int, by string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.still(p)
	at := r.tick()
	base := r.branches[got.Base]
	sha := r.commit(by, fmt.Sprintf("Merge branch '%s' into %s", got.Base, got.Head), at, r.joined(got, nil), got.HeadCommit, base)
	r.arrive(got, sha, by, at)
	return sha
}

func (r *Repo) push(p *pull, by string, files Files, date time.Time) string {
	sha := r.commit(by, fmt.Sprintf("Change %s (%d)", p.Head, len(p.commits)+1), date, r.commits[p.HeadCommit].tree.with(files), p.HeadCommit)
	r.arrive(p, sha, by, date)
	return sha
}

// arrive makes a commit the head. GitHub lists commits among the events by the
// date they bear.
func (r *Repo) arrive(p *pull, sha, by string, date time.Time) {
	p.HeadCommit, p.edited = sha, r.now
	p.commits = append(p.commits, sha)
	if !p.Fork {
		r.branches[p.Head] = sha
	}
	e := forge.Event{Kind: forge.EventPushed, Commit: sha, By: r.user(by).User}
	i := slices.IndexFunc(p.events, func(e forge.Event) bool { return !e.At.IsZero() && e.At.After(date) })
	if i < 0 {
		i = len(p.events)
	}
	p.events = slices.Insert(p.events, i, e)
	if r.DismissStale {
		for _, review := range p.reviews {
			if review.State == forge.Approved {
				r.dismiss(p, review, by)
			}
		}
	}
}

// errOwn is what GitHub says to authors who judge their own work.
var errOwn = errors.New("can not approve or request changes on your own pull request")

// Review judges the head of a pull request and returns the review's id. The
// author's own judgement is refused, as GitHub does; a comment is not.
func (r *Repo) Review(p int, by string, says forge.ReviewState) int64 {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	id, err := r.review(r.pull(p), by, says)
	if err != nil {
		r.t.Fatalf("pull request %d, %s by %s: %v", p, says, by, err)
	}
	return id
}

func (r *Repo) review(p *pull, by string, says forge.ReviewState) (int64, error) {
	who := r.user(by).User
	switch says {
	case forge.Approved, forge.ChangesRequested:
		if who == p.Author {
			return 0, errOwn
		}
	case forge.Commented, forge.Pending:
	default:
		return 0, fmt.Errorf("no review begins as %q", says)
	}
	v := &forge.Review{ID: r.id(), By: who, State: says, Commit: p.HeadCommit, At: r.tick()}
	p.reviews = append(p.reviews, v)
	if says == forge.Pending { // seen by nobody else yet, and without a moment
		v.At = time.Time{}
		return v.ID, nil
	}
	p.edited = v.At
	p.events = append(p.events, forge.Event{Kind: forge.EventReviewed, By: who, At: v.At, Commit: v.Commit, Review: v.ID})
	return v.ID, nil
}

// Dismiss takes a review back, for its author or by another.
func (r *Repo) Dismiss(p int, review int64, by string) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.pull(p)
	for _, v := range got.reviews {
		if v.ID == review && (v.State == forge.Approved || v.State == forge.ChangesRequested) {
			r.tick()
			r.dismiss(got, v, by)
			return
		}
	}
	r.t.Fatalf("pull request %d has no review %d that could be dismissed", p, review)
}

func (r *Repo) dismiss(p *pull, v *forge.Review, by string) {
	v.State, p.edited = forge.Dismissed, r.now
	p.events = append(p.events, forge.Event{Kind: forge.EventDismissed, By: r.user(by).User, At: r.now, Review: v.ID})
}

// Forget is what GitHub's housekeeping does to a review of commits that a
// force-push threw away.
func (r *Repo) Forget(p int, review int64) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.pull(p).reviews {
		if v.ID == review {
			v.Commit = ""
			return
		}
	}
	r.t.Fatalf("pull request %d has no review %d", p, review)
}

// Label puts a label on a pull request or an issue.
func (r *Repo) Label(number int, label, by string) { r.label(number, label, by, forge.EventLabeled) }

// Unlabel takes it off.
func (r *Repo) Unlabel(number int, label, by string) {
	r.label(number, label, by, forge.EventUnlabeled)
}

func (r *Repo) label(number int, label, by string, kind forge.EventKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.tick()
	labels, edited := new([]string), new(time.Time)
	if p, ok := r.pulls[number]; ok {
		labels, edited = &p.Labels, &p.edited
		p.events = append(p.events, forge.Event{Kind: kind, By: r.user(by).User, At: at, Label: label})
	} else if i, ok := r.issues[number]; ok {
		labels, edited = &i.Labels, &i.Edited
	} else {
		r.t.Fatalf("there is no issue or pull request %d", number)
	}
	*edited = at
	*labels = slices.DeleteFunc(slices.Clone(*labels), func(s string) bool { return s == label })
	if kind == forge.EventLabeled {
		*labels = append(*labels, label)
	}
}

// Retitle gives a pull request another title, and says whether it is a draft.
func (r *Repo) Retitle(p int, title string, draft bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.pull(p)
	got.Title, got.Draft, got.edited = title, draft, r.tick()
}

// Retarget makes a pull request go to another branch. Reviews stay.
func (r *Repo) Retarget(p int, base, by string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.still(p)
	at, ok := r.branches[base]
	if !ok {
		r.t.Fatalf("there is no branch %q", base)
	}
	got.Base, got.BaseCommit = base, at
	got.edited = r.tick()
	got.events = append(got.events, forge.Event{Kind: forge.EventRetargeted, By: r.user(by).User, At: r.now})
}

// Close closes a pull request or an issue without merging it.
func (r *Repo) Close(number int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, ok := r.issues[number]; ok {
		i.Open, i.Edited = false, r.tick()
		return
	}
	p := r.still(number)
	p.State, p.closed, p.edited = "closed", r.tick(), r.now
}

// Reopen opens a closed one again.
func (r *Repo) Reopen(p int, by string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.pull(p)
	if got.State != "closed" || got.Merged {
		r.t.Fatalf("pull request %d cannot be opened again", p)
	}
	got.State, got.closed, got.edited = "open", time.Time{}, r.tick()
	got.events = append(got.events, forge.Event{Kind: forge.EventReopened, By: r.user(by).User, At: r.now})
}

func (r *Repo) author(p int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pull(p).Author.Login
}

func (r *Repo) pull(number int) *pull {
	p, ok := r.pulls[number]
	if !ok {
		r.t.Fatalf("there is no pull request %d", number)
	}
	return p
}

// still is one that is open still.
func (r *Repo) still(number int) *pull {
	p := r.pull(number)
	if p.State != "open" {
		r.t.Fatalf("pull request %d is not open", number)
	}
	return p
}

// changes lists what a pull request changes, by path.
func (r *Repo) changes(p *pull) []forge.File {
	if p.Merged {
		return slices.Clone(p.files)
	}
	before, after := r.commits[r.fork(p.HeadCommit, r.branches[p.Base])].tree, r.commits[p.HeadCommit].tree
	diff := after.since(before)
	var out []forge.File
	was := map[string]string{} // content -> a path that is gone
	for _, path := range slices.Backward(slices.Sorted(maps.Keys(diff))) {
		if f := before[path]; diff[path] == Gone && f.content != "" {
			was[f.content] = path
		}
	}
	moved := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(diff)) {
		content := diff[path]
		if content == Gone {
			continue
		}
		f := forge.File{Path: path, Change: "added", Blob: newFile(content).sha}
		if _, ok := before[path]; ok {
			f.Change = "modified"
		} else if from, ok := was[content]; ok && !moved[from] {
			f.Change, f.Was = "renamed", from
			moved[from] = true
		}
		out = append(out, f)
	}
	for _, path := range slices.Sorted(maps.Keys(diff)) {
		if diff[path] == Gone && !moved[path] {
			out = append(out, forge.File{Path: path, Change: "removed", Blob: before[path].sha})
		}
	}
	slices.SortFunc(out, func(a, b forge.File) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return out
}
