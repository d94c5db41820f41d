// Package forgetest is GitHub in memory, for tests: one repository with its
// commits, pull requests, reviews, comments and teams, which keeps the traps of
// the real one. Tests write its history by calling Open, Push, Review, Merge
// and the like, and read it through forge.Forge. What GitHub would refuse
// fails the test that asks for it.
package forgetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// Names that every repository has.
const (
	Main     = "main"                    // the default branch
	Owner    = "owner"                   // an administrator
	Actions  = "github-actions[bot]"     // whom a Repo acts as, unless As says otherwise
	QueueBot = "github-merge-queue[bot]" // who merges what the queue merges
)

// A Repo is the repository, as one account's token sees it. It implements
// forge.Forge and may be used by several goroutines at once.
type Repo struct {
	*Settings
	*state
	me string
}

// Settings are how the repository behaves; set them before it is used.
type Settings struct {
	// Private repositories give people nobody invited no permission at all,
	// not even to read.
	Private bool
	// DismissStale dismisses approvals when something is pushed.
	DismissStale bool
	// Lag is how many questions the index of commits is asked, about anything,
	// before it knows of a merge. Introduced asks up to Patience times.
	Lag int
	// Truncate is how many entries Handler tells of a tree in one answer; 0 is
	// all of them.
	Truncate int
	// Fail is asked before each call of forge.Forge, by the name of its
	// method; its error is what the call gives.
	Fail func(method string) error
}

// Patience is how often Introduced asks the index.
const Patience = 6

type state struct {
	t  testing.TB
	mu sync.Mutex

	owner, name string
	now         time.Time
	users       map[string]*user // by login in lower case
	lastUser    int64
	teams       map[string][]string // acme/legal -> logins
	commits     map[string]*commit
	branches    map[string]string
	index       map[string]*indexed // by commit
	asked       int                 // how often the index was
	last        int                 // the last number of an issue, a pull request or a discussion
	lastID      int64               // of anything else
	pulls       map[int]*pull
	issues      map[int]*issue
	talks       map[int]*talk
	comments    []*comment
}

type user struct {
	forge.User
	may   forge.Permission
	since time.Time
}

var _ forge.Forge = (*Repo)(nil)

// New makes acme/voice: a branch main with one commit of these files, made on
// a Monday at eight. Each thing that happens takes a minute.
func New(t testing.TB, files Files) *Repo {
	r := &Repo{
		Settings: &Settings{},
		state: &state{
			t: t, owner: "acme", name: "voice",
			now:      time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC),
			users:    map[string]*user{},
			lastUser: 1000,
			lastID:   500,
			teams:    map[string][]string{},
			commits:  map[string]*commit{},
			branches: map[string]string{},
			index:    map[string]*indexed{},
			pulls:    map[int]*pull{},
			issues:   map[int]*issue{},
			talks:    map[int]*talk{},
		},
		me: Actions,
	}
	r.user(Owner).may = forge.Admin
	r.branches[Main] = r.commit(Owner, "Begin", r.now, tree{}.with(files))
	return r
}

// As is the same repository through another account's token. Only Actions,
// which is what workflows are given, may not look into teams.
func (r *Repo) As(login string) *Repo {
	r.mu.Lock()
	defer r.mu.Unlock()
	as := *r
	as.me = r.user(login).Login
	return &as
}

// Slug is "acme/voice".
func (r *Repo) Slug() string { return r.owner + "/" + r.name }

// Now is the repository's own clock.
func (r *Repo) Now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// Wait lets time go by.
func (r *Repo) Wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// Grant says what someone may do. Everybody else may read what is public.
func (r *Repo) Grant(login string, may forge.Permission) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.user(login).may = may
}

// Team makes a team, or another list of its members: "acme/legal".
func (r *Repo) Team(team string, logins ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if org, slug, ok := strings.Cut(team, "/"); !ok || org == "" || slug == "" {
		r.t.Fatalf("a team is written acme/legal, not %q", team)
	}
	for i, login := range logins {
		logins[i] = r.user(login).Login
	}
	r.teams[strings.ToLower(team)] = slices.Clone(logins)
}

// User is an account; it is made when it is first spoken of.
func (r *Repo) User(login string) forge.User {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.user(login).User
}

// user needs the lock, as every unexported method does.
func (s *state) user(login string) *user {
	key := strings.ToLower(login)
	if u, ok := s.users[key]; ok {
		return u
	}
	s.lastUser++
	u := &user{User: forge.User{ID: s.lastUser, Login: login, Bot: strings.HasSuffix(key, "[bot]")}, since: s.now.AddDate(-2, 0, 0)}
	if key == Actions {
		u.ID, u.may = 41898282, forge.CanWrite
	}
	s.users[key] = u
	return u
}

// tick lets a minute go by: nothing happens at the same moment as another thing.
func (s *state) tick() time.Time {
	s.now = s.now.Add(time.Minute)
	return s.now
}

func (s *state) number() int {
	s.last++
	return s.last
}

func (s *state) id() int64 {
	s.lastID++
	return s.lastID
}

func (s *state) address(kind string, number int) string {
	return fmt.Sprintf("https://github.com/%s/%s/%s/%d", s.owner, s.name, kind, number)
}
