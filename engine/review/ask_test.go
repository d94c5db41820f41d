package review

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/git"
)

// A counter counts the questions, and breaks one pull request.
type counter struct {
	forge.Forge
	mu     sync.Mutex
	asked  map[string]int
	broken int
	most   int
	now    int
}

func (c *counter) note(format string, args ...any) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[fmt.Sprintf(format, args...)]++
	c.now++
	c.most = max(c.most, c.now)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now--
	}
}

func (c *counter) Introduced(ctx context.Context, commit, base string) ([]forge.Pull, error) {
	defer c.note("introduced %s", commit)()
	return c.Forge.Introduced(ctx, commit, base)
}

func (c *counter) Reviews(ctx context.Context, number int) ([]forge.Review, error) {
	defer c.note("reviews %d", number)()
	if number == c.broken {
		return nil, forge.ErrUnknown
	}
	return c.Forge.Reviews(ctx, number)
}

func (c *counter) Events(ctx context.Context, number int) ([]forge.Event, error) {
	defer c.note("events %d", number)()
	return c.Forge.Events(ctx, number)
}

func (c *counter) Blobs(ctx context.Context, commit string, paths []string) (map[string]string, error) {
	defer c.note("blobs %s", commit)()
	return c.Forge.Blobs(ctx, commit, paths)
}

func (c *counter) Permission(ctx context.Context, login string) (forge.Permission, error) {
	defer c.note("permission %s", login)()
	return c.Forge.Permission(ctx, login)
}

func (c *counter) Member(ctx context.Context, team, login string) (bool, error) {
	defer c.note("member %s %s", team, login)()
	return c.Forge.Member(ctx, team, login)
}

// Whatever many posts have in common is asked once; what GitHub does not tell
// holds nothing else; a post may be approved for one channel only.
func TestAskMany(t *testing.T) {
	files := ""
	for i := range 30 {
		files += fmt.Sprintf(" posts/%d.md=%d", i, i)
	}
	w := play(t, legal2, "open pic=p"+files+"; approve bob; merge; open posts/x.md=x; approve bob; merge")
	g := w.gate()
	c := &counter{Forge: g.Forge, asked: map[string]int{}, broken: 2}
	g.Forge = c
	var posts []Post
	for i := range 30 {
		posts = append(posts, Post{ID: fmt.Sprint(i), File: fmt.Sprintf("posts/%d.md", i), Digest: sum(fmt.Append(nil, i)), Channels: []string{"blog", "linkedin"},
			Media: []Media{{"media/p.jpg", sum([]byte("p"))}}})
	}
	posts = append(posts, Post{ID: "x", File: "posts/x.md", Digest: sum([]byte("x")), Channels: []string{"blog"}})
	got, err := g.Ask(t.Context(), posts)
	if err != nil || len(got) != 61 {
		t.Fatal(len(got), err)
	}
	for k, v := range got {
		want := "ok bob"
		switch {
		case k.Post == "x":
			want = "no-answer: GitHub does not tell who approved it (" + forge.ErrUnknown.Error() + "); the next run asks again"
		case k.Channel == "linkedin":
			want = "too-few: it was approved by bob (pull request #1), and lacks 1 approval and 1 from @acme/legal"
		}
		if say(v) != want {
			t.Errorf("%v: %s, want %s", k, say(v), want)
		}
	}
	if v := got[Key{"3", "linkedin"}]; v.Pull != 1 || v.File != "posts/3.md" || fmt.Sprint(v.Missing) != "[1 approval 1 approval from @acme/legal]" {
		t.Errorf("%+v", v)
	}
	for q, n := range c.asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", q, n)
		}
	}
	if len(c.asked) != 9 || c.most > atOnce {
		t.Errorf("asked, at most %d at once: %v", c.most, slices.Sorted(maps.Keys(c.asked)))
	}
}

func TestAskInAFolder(t *testing.T) {
	config := "direct brand/imprimatur.yaml={version: 1\nreview: {approvals: 1, rules: [{paths: [posts/*], approvals: 1, from: [cleo]}]}}"
	for story, want := range map[string]string{
		config + "; open brand/posts/a.md=x; approve cleo; merge": "ok cleo",
		config + "; open brand/posts/a.md=x; approve bob; merge":  "too-few: it was approved by bob (pull request #1), and lacks 1 approval from cleo",
		"open brand/posts/a.md=x; approve cleo; merge; " + config + "; shallow 2": "shallow: the history that tells who approved it is not here; " +
			"give actions/checkout `fetch-depth: 0`, or run git fetch --unshallow",
	} {
		w := play(t, "none", story)
		g := w.gate()
		repo, err := git.Open(t.Context(), filepath.Join(w.dir, "brand"), w.env())
		if err != nil {
			t.Fatal(err)
		}
		tree := w.repo.Tree(forgetest.Main)
		g.Repo, g.Read = repo, func(file string, _ int64) ([]byte, error) {
			if content, ok := tree["brand/"+file]; ok {
				return []byte(content), nil
			}
			return nil, fs.ErrNotExist
		}
		got, err := g.Ask(t.Context(), []Post{{ID: "a", File: "posts/a.md", Digest: sum([]byte("x")), Channels: []string{"blog"}}})
		if v := got[Key{"a", "blog"}]; err != nil || say(v) != want {
			t.Errorf("%s\n  is   %s, %v\n  want %s", story, say(v), err, want)
		}
	}
}

// Without GitHub, what needs approval is held, and nothing else.
func TestNobodyToAsk(t *testing.T) {
	for policy, want := range map[string]string{
		one:    "no-answer: GitHub does not tell who approved it (there is no access to GitHub here: set GITHUB_TOKEN); the next run asks again",
		"none": "ok",
	} {
		w := play(t, policy, "open; approve bob; merge")
		g := w.gate()
		g.Forge = nil
		got, err := g.Ask(t.Context(), []Post{w.post})
		if v := got[Key{"a", "blog"}]; err != nil || say(v) != want {
			t.Errorf("%s: %s, %v", policy, say(v), err)
		}
	}
}

func TestTokenOfActions(t *testing.T) {
	w := play(t, some, "open; approve leo; merge")
	g := w.gate()
	g.Forge = w.repo
	got, err := g.Ask(t.Context(), []Post{w.post})
	if v := got[Key{"a", "blog"}]; err != nil || !strings.HasSuffix(v.Why, "give it a token that may read pull requests, and the members of teams where review names some") {
		t.Errorf("%s, %v", say(v), err)
	}
}

func TestAskStops(t *testing.T) {
	w := play(t, one, "open; approve bob; merge")
	g := w.gate()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	w.repo.Fail = func(string) error { cancel(stop); return ctx.Err() }
	if got, err := g.Ask(ctx, []Post{w.post}); !errors.Is(err, stop) {
		t.Errorf("%v, %v", got, err)
	}
}

// Who helped with the last commit did not only look at it.
func TestCoAuthors(t *testing.T) {
	got := noreply.FindAllStringSubmatch("Fix\n\nCo-authored-by: Bob B <123+bob@users.noreply.github.com>\nco-authored-by: C <Cleo-2@users.noreply.github.com>\r\nCo-authored-by: X <x@example.org>\nSee Co-authored-by: D <dan@users.noreply.github.com>\n", -1)
	var logins []string
	for _, m := range got {
		logins = append(logins, m[1])
	}
	if strings.Join(logins, " ") != "bob Cleo-2" {
		t.Error(logins)
	}
	talk := Talk{Wrote: []string{"Bob"}, Reviews: []forge.Review{{ID: 1, By: forge.User{Login: "bob"}, State: forge.Approved, Commit: "c"}}}
	if why := flaw(&forge.Pull{HeadCommit: "c", Author: forge.User{Login: "ana"}}, &talk, &talk.Reviews[0]); why != OwnWork {
		t.Errorf("%q", why)
	}
}

// A large file that is kept elsewhere is known by what stands for it.
func TestPointers(t *testing.T) {
	src := []byte("picture")
	pointer := []byte("version https://git-lfs.github.com/spec/v1\noid " + sum(src) + "\nsize 7\n")
	if !holds(pointer, sum(src)) || !holds(pointer, sum(pointer)) || holds(pointer, sum([]byte("other"))) || holds([]byte("oid "+sum(src)+"\n"), sum(src)) {
		t.Error("a pointer is taken for something else")
	}
}

func TestPending(t *testing.T) {
	owners := "direct owners={/imprimatur.yaml @dan}; "
	for name, r := range map[string]struct {
		policy, story, want string
		posts               []Post
	}{
		"nothing yet":        {legal2, "open", "a/blog unapproved [1 approval]; a/linkedin unapproved [2 approvals 1 approval from @acme/legal]", nil},
		"some":               {legal2, "open; approve bob", "a/blog ok []; a/linkedin too-few [1 approval 1 approval from @acme/legal]", nil},
		"all":                {legal2, "open; approve bob; approve lea", "a/blog ok []; a/linkedin ok []", nil},
		"not what is judged": {legal2, "open posts/b.md=b", "a/blog ok []; a/linkedin ok []", nil},
		"from the base, not from the pull request": {two, "open post=x config={approvals: 1}; approve bob", "/ too-few [1 approval]; a/blog too-few [1 approval]; a/linkedin too-few [1 approval]", nil},
		"imprimatur.yaml needs everybody":          {legal2, "open config={approvals: 1}; approve bob", "/ too-few [1 approval 1 approval from @acme/legal]; a/blog ok []; a/linkedin ok []", nil},
		"and its owner":                            {`{approvals: 1, codeowners: true}`, owners + "open config={approvals: 1}; approve bob", "/ too-few [1 approval from @dan]; a/blog ok []; a/linkedin ok []", nil},
		"as do owners":                             {`{approvals: 1, codeowners: true}`, owners + "open owners=gone", "/ unapproved [1 approval]; a/blog ok []; a/linkedin ok []", nil},
		"a picture":                                {one, "open pic=p", "p/blog unapproved [1 approval]", []Post{{ID: "p", File: "posts/p.md", Channels: []string{"blog"}, Media: []Media{{File: "media/p.jpg"}}}}},
		"changes asked for":                        {one, "open; approve bob; request cleo", "a/blog changes-requested []; a/linkedin changes-requested []", nil},
		"nobody is asked for":                      {"none", "open", "a/blog ok []; a/linkedin ok []", nil},
		"settings that cannot be read":             {"{approvals: none}", "open", "a/blog bad-settings []; a/linkedin bad-settings []", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := play(t, r.policy, r.story)
			posts := r.posts
			if posts == nil {
				posts = []Post{{ID: "a", File: "posts/a.md", Channels: []string{"blog", "linkedin"}}}
			}
			got, err := (&Gate{Forge: w.repo.As(forgetest.Owner)}).Pending(t.Context(), w.at, posts)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for k, v := range got {
				kind := string(v.Kind)
				if v.OK {
					kind = "ok"
				}
				lines = append(lines, fmt.Sprintf("%s/%s %s %v", k.Post, k.Channel, kind, v.Missing))
			}
			slices.Sort(lines)
			if s := strings.Join(lines, "; "); s != r.want {
				t.Errorf("got  %s\nwant %s", s, r.want)
			}
		})
	}
	w := play(t, one, "open")
	if _, err := (&Gate{Forge: w.repo}).Pending(t.Context(), 99, nil); !errors.Is(err, forge.ErrNotFound) {
		t.Error(err)
	}
}
