package forgetest

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// longest is how many characters of a comment or an issue GitHub takes.
const longest = 65536

type issue struct {
	forge.Issue
	closedAt time.Time
}

// talk is a discussion.
type talk struct {
	number int
	title  string
	by     string
	at     time.Time
}

type comment struct {
	forge.Comment
	number int
	place  place
	reason string // why it is hidden
	reply  string // the node of what it answers, in a discussion
}

type place int

const (
	below  place = iota // an issue or a pull request
	onLine              // of a pull request
	inTalk
)

// Issue opens an issue and returns its number.
func (r *Repo) Issue(by, title, body string, labels ...string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.issue(by, title, body, labels).Number
}

func (r *Repo) issue(by, title, body string, labels []string) *issue {
	n, at := r.number(), r.tick()
	i := &issue{Issue: forge.Issue{Number: n, URL: r.address("issues", n), Title: title, Body: body,
		By: r.user(by).User, Open: true, Labels: labels, At: at, Edited: at}}
	r.issues[n] = i
	return i
}

// Discuss opens a discussion and returns its number.
func (r *Repo) Discuss(by, title string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.number()
	r.talks[n] = &talk{n, title, r.user(by).Login, r.tick()}
	return n
}

// Say writes a comment below an issue or a pull request, or in a discussion.
func (r *Repo) Say(number int, by, body string) forge.Comment {
	r.mu.Lock()
	defer r.mu.Unlock()
	where := below
	if _, ok := r.talks[number]; ok {
		where = inTalk
	}
	return r.say(number, by, body, where, "").Comment
}

// Answer replies to a comment of a discussion.
func (r *Repo) Answer(to forge.Comment, by, body string) forge.Comment {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.comments {
		if c.ID == to.ID && c.place == inTalk {
			return r.say(c.number, by, body, inTalk, c.Node).Comment
		}
	}
	r.t.Fatalf("comment %d is in no discussion", to.ID)
	return forge.Comment{}
}

// SayOnLine writes a comment on a line of a pull request.
func (r *Repo) SayOnLine(p int, by, body string) forge.Comment {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pull(p)
	return r.say(p, by, body, onLine, "").Comment
}

// Rewrite is someone editing what was said.
func (r *Repo) Rewrite(id int64, body string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.comments {
		if c.ID == id {
			c.Body, c.Edited = body, r.tick()
			return
		}
	}
	r.t.Fatalf("there is no comment %d", id)
}

// RewriteIssue changes what an issue says, as everybody may who may triage.
func (r *Repo) RewriteIssue(number int, body string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.issues[number]
	if !ok {
		r.t.Fatalf("there is no issue %d", number)
	}
	i.Body, i.Edited = body, r.tick()
}

// Hidden tells why a comment is hidden; "" where it is not.
func (r *Repo) Hidden(id int64) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.comments {
		if c.ID == id {
			return c.reason
		}
	}
	r.t.Fatalf("there is no comment %d", id)
	return ""
}

func (r *Repo) say(number int, by, body string, where place, reply string) *comment {
	kind, prefix, on := "", "IC", ""
	switch {
	case r.pulls[number] != nil:
		kind, on = "pull", fmt.Sprintf("#issuecomment-%d", r.lastID+1)
		if where == onLine {
			prefix, on = "PRRC", fmt.Sprintf("#discussion_r%d", r.lastID+1)
		}
	case r.issues[number] != nil:
		kind, on = "issues", fmt.Sprintf("#issuecomment-%d", r.lastID+1)
	case r.talks[number] != nil:
		kind, prefix, on = "discussions", "DC", fmt.Sprintf("#discussioncomment-%d", r.lastID+1)
	default:
		r.t.Fatalf("there is no issue, pull request or discussion %d", number)
	}
	u, at, id := r.user(by), r.tick(), r.id()
	c := &comment{number: number, place: where, reply: reply, Comment: forge.Comment{
		ID: id, Node: fmt.Sprintf("%s_%d", prefix, id), On: r.address(kind, number), URL: r.address(kind, number) + on,
		By: u.User, At: at, Edited: at, Body: body, Trusted: u.may != "" && u.may != forge.None,
	}}
	r.comments = append(r.comments, c)
	if p := r.pulls[number]; p != nil {
		p.edited = at
	} else if i := r.issues[number]; i != nil {
		i.Edited = at
	}
	return c
}

func tooLong(body string) error {
	if utf8.RuneCountInString(body) > longest {
		return fmt.Errorf("%w: Body is too long (maximum is %d characters)", forge.ErrRejected, longest)
	}
	if body == "" {
		return fmt.Errorf("%w: Body can't be blank", forge.ErrRejected)
	}
	return nil
}
