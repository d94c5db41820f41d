// Package review decides whether a post was approved: whether enough of the
// right people looked at exactly these bytes, in the merged pull request that
// brought them.
//
// What decides how a post reads is its file, its media, people.yaml where it
// names people, the calendar that has its campaign, and imprimatur.yaml. Each must have come to the branch by a
// merged pull request whose last state holds the same bytes and has the
// approvals that the post needs. So a renamed post, and an older version that
// came back, need them anew.
//
// Who must approve is what imprimatur.yaml asks for, and a change of that
// counts once it was itself approved by the rules before it: whoever turns
// approvals on needs nobody, whoever lowers the bar needs those above it.
//
// An approval counts if it is somebody's last word, by a person who may write
// to the repository and did not open the pull request or push to it last, on
// its last state, with no push after it and the same branch to go to. It may
// come after the merge: the bytes are the same, and so a held post can be let
// go by approving what was merged. Changes that were asked for hold a post
// until who asked approves, or the request is dismissed.
//
// What GitHub does not tell cannot be judged: one person with two accounts
// can approve their own work, and of a push that is not forced only the
// commit's author is known, who may be made up. The branch rule "require
// approval of the most recent reviewable push" helps against the latter.
package review

import (
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// The files that decide about every post, or about who approves them.
const (
	ConfigFile = "imprimatur.yaml"
	PeopleFile = "people.yaml"

	CalendarsDir = "calendars" // a post's campaign may give it tags and parameters
)

// Key is a post on one channel: it may be approved for one and not for
// another.
type Key struct{ Post, Channel string }

// Kind is why a post is held.
type Kind string

// The kinds, of which a run that publishes meets all but the first.
const (
	Waiting          Kind = "waiting"           // for an answer to Verdict.Ask
	NotCommitted     Kind = "not-committed"     // it is not what the commit holds
	Shallow          Kind = "shallow"           // the clone has too little history
	NoPull           Kind = "no-pull"           // no pull request brought it, or not that GitHub knows yet
	Elsewhere        Kind = "elsewhere"         // its pull request went to another branch
	Unmerged         Kind = "unmerged"          // its pull request was not merged
	ChangedInMerge   Kind = "changed-in-merge"  // its pull request ended with other bytes
	Unapproved       Kind = "unapproved"        // nobody approved it
	Stale            Kind = "stale"             // it was changed after it was approved
	Retargeted       Kind = "retargeted"        // its pull request was pointed elsewhere after it was approved
	Spent            Kind = "spent"             // it was approved for the time before
	Forgotten        Kind = "forgotten"         // GitHub does not know what was approved
	OwnWork          Kind = "own-work"          // only who made it approved it
	NoWrite          Kind = "no-write"          // only people who may not write approved it
	Bot              Kind = "bot"               // only a bot approved it
	TooFew           Kind = "too-few"           // more must approve it, or others
	ChangesRequested Kind = "changes-requested" // somebody wants it changed first
	NotUrgent        Kind = "not-urgent"        // it says urgent, and nobody may approve that
	BadOwners        Kind = "bad-owners"        // CODEOWNERS cannot be read
	BadSettings      Kind = "bad-settings"      // imprimatur.yaml cannot be read
	NoAnswer         Kind = "no-answer"         // GitHub cannot be asked
)

// A Verdict says whether a post may go out on a channel.
type Verdict struct {
	OK      bool
	By      []string // the logins of those who approved the post, in order; nobody where nobody must
	Pull    int      // the pull request that brought the post, where it is known
	Urgent  bool     // it was judged by review.urgent
	Kind    Kind     // of what holds it; "" if nothing does
	File    string   // of the workspace, that lacks its approval
	Why     string   // what holds it, and what to do
	Missing []Need   // the approvals that are
	Ask     []Question
}

// Post is a post that is to go out.
type Post struct {
	ID       string
	File     string   // all files are paths in the workspace; "": there is none, only imprimatur.yaml counts
	Digest   string   // of the file as it was read: sha256:…
	Channels []string // that it is to go to now
	Campaign string
	Urgent   bool
	Media    []Media
	People   bool   // it names people
	Says     string // everything it says, on any channel
	// Since is when what it says was last said: it comes back, and each time
	// needs approvals given after that. Zero: those of any time count.
	Since time.Time
}

// Media is a file that a post shows.
type Media struct{ File, Digest string }

// A Case is a post on one channel, as it stands on the branch.
type Case struct {
	Post     Post
	Channel  string
	Branch   string
	Files    []File    // that decide how it reads, but for imprimatur.yaml; the post itself first
	Settings []Version // of what asks for approvals, the oldest first, the last one in force; none: nothing ever did
	Cut      bool      // there were older ones, that are not here

	Open    *forge.Pull     // not the branch is judged, but what this would bring to it
	Changes map[string]bool // the files it changes, by their paths in the repository
}

// File is a file as it stands on the branch.
type File struct {
	Path   string // in the workspace
	Full   string // in the repository
	Blob   string // git's name for its bytes
	Commit string // that brought it to the branch
	Bad    Kind   // NotCommitted or Shallow, where one is true
}

// A Version is what asked for approvals from one commit of the branch on.
type Version struct {
	Review *schema.Review // nil: nobody was asked for
	Owners *Owners        // nil: there is no CODEOWNERS
	Bad    bool           // nobody can read it
	Files  []File         // that changed with it
}

// Judge says whether a post may go out, by the facts that are known. With
// Verdict.Ask it is waiting for more of them.
func Judge(c *Case, f *Facts) Verdict {
	j := judge{c: c, f: f}
	v := j.verdict()
	if len(j.ask) > 0 {
		return Verdict{Kind: Waiting, Why: "it is not known yet who approved it", Ask: j.ask}
	}
	return v
}

type judge struct {
	c   *Case
	f   *Facts
	ask []Question
}

// A finding is what one pull request, or the lack of one, means for a file.
type finding struct {
	kind    Kind // "": it is approved
	file    string
	why     string
	by      []string
	pull    int
	missing []Need
}

func (j *judge) verdict() Verdict {
	now, bad := j.settings()
	if bad.kind != "" {
		return held(bad)
	}
	if now.Review == nil {
		return Verdict{OK: true}
	}
	v := Verdict{OK: true, Urgent: j.c.Post.Urgent}
	if v.Urgent && now.Review.Urgent == nil {
		return held(finding{kind: NotUrgent, file: j.c.Post.File, why: "it says urgent: true, and imprimatur.yaml names nobody who may approve that; take the line out, or add urgent below review"})
	}
	for i := range j.c.Files {
		f := j.file(&j.c.Files[i], now)
		if i == 0 {
			v.By, v.Pull = f.by, f.pull
		}
		if f.kind != "" && v.OK {
			by, pull := v.By, v.Pull
			v = held(f)
			v.By, v.Pull = by, pull
		}
		if f.kind != "" {
			v.Missing = strictest(append(v.Missing, f.missing...))
		}
	}
	v.Urgent = j.c.Post.Urgent
	return v
}

func held(f finding) Verdict {
	return Verdict{Kind: f.kind, File: f.file, Why: f.why, Pull: f.pull, Missing: f.missing}
}

// file judges one file by what is asked for.
func (j *judge) file(f *File, now Version) finding {
	switch {
	case f.Bad != "":
		return j.found(f, f.Bad, nil)
	case j.c.Open != nil && j.c.Changes[f.Full]:
		return j.approved(f, j.c.Open, now)
	case j.c.Open != nil:
		return finding{}
	}
	brought, ok := answer(j, j.f.Brought, f.Commit, Question{Commit: f.Commit})
	switch {
	case !ok:
		return finding{kind: Waiting}
	case brought.Err != nil:
		return j.silent(f, brought.Err)
	}
	best := j.found(f, NoPull, nil)
	for i := range brought.Is {
		got := j.pull(f, &brought.Is[i], now)
		if got.kind == "" {
			return got
		}
		if i == 0 || slices.Index(nearness, got.kind) > slices.Index(nearness, best.kind) {
			best = got
		}
	}
	return best
}

// nearness orders what may be wrong with several pull requests that brought a
// file: the last is the one that is nearest to being right.
var nearness = []Kind{NoPull, Unmerged, Elsewhere, ChangedInMerge, NoAnswer, Unapproved, Bot, NoWrite, OwnWork, Forgotten, Retargeted, Stale, ChangesRequested, TooFew}

// pull judges one pull request that is said to have brought a file.
func (j *judge) pull(f *File, p *forge.Pull, now Version) finding {
	switch {
	case !p.Merged:
		return j.found(f, Unmerged, p)
	case p.Base != j.c.Branch:
		return j.found(f, Elsewhere, p)
	}
	place := Place{p.HeadCommit, f.Full}
	blob, ok := answer(j, j.f.Blobs, place, Question{Commit: p.HeadCommit, Path: f.Full})
	switch {
	case !ok:
		return finding{kind: Waiting}
	case blob.Err != nil:
		return j.silent(f, blob.Err)
	case blob.Is != f.Blob:
		return j.found(f, ChangedInMerge, p)
	}
	return j.approved(f, p, now)
}
