// Package forge talks to GitHub, and is the only room that does: pull
// requests, reviews, comments and issues, as the rest of the engine needs them.
package forge

import (
	"context"
	"errors"
	"time"
)

// A Forge is one repository on GitHub, as one token sees it. Every list is
// whole, oldest first. Rate limits are waited for, up to a limit of the
// implementation; reads are tried again, writes only when nothing was done.
type Forge interface {
	// Introduced returns the merged pull requests that brought a commit into
	// the branch base. The index behind it lags for a minute after a merge:
	// an empty answer is asked for again before it is believed. What is not
	// certain is not among them.
	Introduced(ctx context.Context, commit, base string) ([]Pull, error)
	Pull(ctx context.Context, number int) (Pull, error)
	// Files lists what a pull request changes.
	Files(ctx context.Context, number int) ([]File, error)
	Reviews(ctx context.Context, number int) ([]Review, error)
	// Events is what happened to a pull request, of the kinds below.
	Events(ctx context.Context, number int) ([]Event, error)

	// Blobs names the content of files in a commit's tree, by path, as git
	// does. A path that is not there is absent.
	Blobs(ctx context.Context, commit string, paths []string) (map[string]string, error)
	// Read returns a file of a commit or branch; ErrNotFound where there is none.
	Read(ctx context.Context, ref, path string) ([]byte, error)

	Permission(ctx context.Context, login string) (Permission, error)
	// Member reports whether someone is in a team: "acme/legal".
	Member(ctx context.Context, team, login string) (bool, error)

	// Comments lists those below an issue or a pull request, not on lines.
	Comments(ctx context.Context, number int) ([]Comment, error)
	Comment(ctx context.Context, number int, body string) (Comment, error)
	EditComment(ctx context.Context, id int64, body string) error
	// Me is who the token acts as; for GITHUB_TOKEN, github-actions[bot].
	Me(ctx context.Context) (User, error)

	// Issues lists the issues, open or closed, that bear a label, changed
	// since a moment.
	Issues(ctx context.Context, label string, since time.Time) ([]Issue, error)
	OpenIssue(ctx context.Context, title, body string, labels []string) (Issue, error)
	CloseIssue(ctx context.Context, number int) error

	// Said lists what people wrote below issues, pull requests and in
	// discussions since a moment.
	Said(ctx context.Context, since time.Time) ([]Comment, error)
	// Minimize folds a comment away for a reason of GitHub's (SPAM, ABUSE,
	// OFF_TOPIC, …); Restore unfolds it. Node is Comment.Node.
	Minimize(ctx context.Context, node, reason string) error
	Restore(ctx context.Context, node string) error
}

// Errors, for errors.Is.
var (
	ErrNotFound = errors.New("github: not found")
	ErrAuth     = errors.New("github: the token may not do this")
	ErrBusy     = errors.New("github: too many requests")        // and the wait would be too long
	ErrUnknown  = errors.New("github: the outcome is not known") // a write may have been done
	ErrRejected = errors.New("github: refused")
)

// Permission is what someone may do in the repository.
type Permission string

// The permissions, least first.
const (
	None     Permission = "none"
	CanRead  Permission = "read"
	CanWrite Permission = "write"
	Admin    Permission = "admin"
)

// User is an account.
type User struct {
	ID    int64
	Login string
	Bot   bool
}

// Pull is a pull request.
type Pull struct {
	Number      int
	Title       string
	URL         string
	Author      User
	State       string // open or closed
	Draft       bool
	Base        string // the branch it goes to
	BaseCommit  string
	Head        string // the branch it comes from
	HeadCommit  string
	Fork        bool // it comes from another repository
	Labels      []string
	Merged      bool
	MergedAt    time.Time
	MergedBy    User
	MergeCommit string // what the merge made; of a rebase, the last commit
}

// File is one file that a pull request changes.
type File struct {
	Path   string
	Was    string // of a renamed one
	Change string // added, modified, removed, renamed
	Blob   string
}

// ReviewState is what a review says.
type ReviewState string

// The states of a review.
const (
	Approved         ReviewState = "approved"
	ChangesRequested ReviewState = "changes_requested"
	Commented        ReviewState = "commented"
	Dismissed        ReviewState = "dismissed"
	Pending          ReviewState = "pending"
)

// Review is one review of a pull request.
type Review struct {
	ID     int64
	By     User
	State  ReviewState
	Commit string // "" where GitHub has forgotten it
	At     time.Time
}

// EventKind is what happened to a pull request.
type EventKind string

// The kinds of event that Events returns.
const (
	EventPushed      EventKind = "committed"
	EventForcePushed EventKind = "head_ref_force_pushed"
	EventReviewed    EventKind = "reviewed"
	EventDismissed   EventKind = "review_dismissed"
	EventMerged      EventKind = "merged"
	EventLabeled     EventKind = "labeled"
	EventUnlabeled   EventKind = "unlabeled"
	EventReopened    EventKind = "reopened"
	EventRetargeted  EventKind = "base_ref_changed"
)

// Event is something that happened to a pull request. At and By are GitHub's
// own, but for commits that were pushed: nobody notes when, and by whom. Their
// place in the list is that of the date they bear, which is their author's to
// forge; By is the account that their committer's e-mail belongs to, if any,
// which is, too. That a commit came after a review is proved by the review's
// Commit not being the head; that a review was moved to the head, by an
// EventForcePushed after it.
type Event struct {
	Kind   EventKind
	By     User
	At     time.Time
	Commit string
	Review int64  // of a review, or of one that was dismissed
	Label  string // of a label
}

// Comment is what someone wrote.
type Comment struct {
	ID      int64
	Node    string // for Minimize
	URL     string
	On      string // the address of the issue, pull request or discussion
	By      User
	Since   time.Time // of the account, told by Said only; zero where GitHub does not tell
	At      time.Time
	Edited  time.Time // At, where it never was
	Body    string
	Hidden  bool // told by Said only
	Trusted bool // an owner, a member or a collaborator wrote it
}

// Issue is an issue, not a pull request.
type Issue struct {
	Number int
	URL    string
	Title  string
	Body   string
	By     User
	Open   bool
	Labels []string
	At     time.Time
	Edited time.Time // of anything on it
}
