package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
)

const (
	post  = "posts/épiphanie/galette à partager.md"
	photo = "media/galette.jpg"
)

// world is a history with something of everything in it.
type world struct {
	*forgetest.Repo
	squash, merge, rebase, queue, open, fork, long int
	issue, talk                                    int
	made                                           map[int]string
	comment, line, answer                          forge.Comment
	quiet                                          time.Time
}

func begin(t *testing.T) *world {
	r := forgetest.New(t, forgetest.Files{post: "un\n", "kept.md": "kept", "old.md": "moved", "large.bin": strings.Repeat("x", 1<<20+1), "a/b/c/d.md": "deep"})
	w := &world{Repo: r, made: map[int]string{}}
	r.Lag = 2
	r.Grant("bob", forge.CanWrite)
	r.Grant("zoé-x", forge.CanRead)
	r.Team("acme/legal", "bob")

	w.squash = r.Open("ana", "galette", forgetest.Files{post: "deux\n", photo: "\xff\xd8"})
	first := r.Review(w.squash, "bob", forge.ChangesRequested)
	r.Push(w.squash, forgetest.Files{post: "trois\n", "old.md": forgetest.Gone, "new.md": "moved"})
	r.Dismiss(w.squash, first, forgetest.Owner)
	r.Review(w.squash, "bob", forge.Approved)
	r.Review(w.squash, "eve", forge.Commented)
	r.Label(w.squash, "urgent", "bob")
	r.Label(w.squash, "épiphanie", "bob")
	r.Unlabel(w.squash, "urgent", "bob")
	w.made[w.squash] = r.Merge(w.squash, forgetest.Squash, "bob")

	w.merge = r.OpenFork("eve", "galette", forgetest.Files{"eve.md": "eve"})
	r.Review(w.merge, "bob", forge.Approved)
	r.ForcePush(w.merge, forgetest.Files{"eve.md": "evil"})
	r.Close(w.merge)
	r.Reopen(w.merge, "bob")
	w.made[w.merge] = r.Merge(w.merge, forgetest.Merge, "bob")

	w.rebase = r.Open("ana", "two", forgetest.Files{"two.md": "1"})
	r.PushAs(w.rebase, "bob", forgetest.Files{"two.md": "2"})
	r.Commit(forgetest.Owner, forgetest.Main, forgetest.Files{"kept.md": "changed"})
	w.made[w.rebase] = r.Merge(w.rebase, forgetest.Rebase, "bob")

	w.queue = r.Open("ana", "queued", forgetest.Files{"queued.md": "1", "kept.md": forgetest.Gone})
	r.Update(w.queue, "bob")
	w.made[w.queue] = r.Merge(w.queue, forgetest.Queue, "bob")

	r.Branch("next", forgetest.Main)
	w.open = r.Open("ana", "open", forgetest.Files{"open.md": "1"})
	r.Retitle(w.open, "Un brouillon", true)
	r.Retarget(w.open, "next", "ana")
	r.Forget(w.open, r.Review(w.open, "bob", forge.Approved))
	r.Review(w.open, forgetest.Actions, forge.Pending)

	many := forgetest.Files{}
	for i := range 120 {
		many[fmt.Sprintf("many/%03d.md", i)] = "x"
	}
	w.long = r.Open("ana", "long", many)
	for i := range 130 { // of which 99 are on a line, and the events fill more than a page
		r.Say(w.long, "eve", fmt.Sprint("comment ", i))
		r.Review(w.long, "eve", forge.Commented)
	}

	w.issue = r.Issue("eve", "Une idée", "", "idée", "post")
	r.Issue("eve", "Another", "text", "other")
	r.Label(w.open, "idée", "bob") // a pull request, which is no issue
	w.quiet = r.Now().Add(time.Minute)
	w.comment = r.Say(w.issue, "bob", "oui")
	w.line = r.SayOnLine(w.open, "eve", "non")
	w.talk = r.Discuss("eve", "Parlons")
	said := r.Say(w.talk, "eve", "a")
	w.answer = r.Answer(said, "bob", "b")
	for range 4 { // more than a page
		r.Answer(said, "ana", "c")
		r.Say(w.talk, forgetest.Actions, "d")
	}
	for range 3 {
		r.Say(r.Discuss("ana", "Encore"), "ana", "e")
	}
	return w
}

// calls are every method of a Forge, on what there is and what there is not.
func calls(w *world) []call {
	var out []call
	add := func(method, what string, do func(context.Context, forge.Forge) (any, error)) {
		out = append(out, call{method, what, do})
	}
	tip := w.Tip(forgetest.Main)
	commits := map[string]string{"tip": tip, "unknown": strings.Repeat("0", 40), "not one": "main", "begin": w.Tip("next")}
	for _, p := range []int{w.squash, w.merge, w.rebase, w.queue} {
		commits[fmt.Sprint("merge of ", p)] = w.made[p]
	}
	for _, name := range slices.Sorted(keys(commits)) {
		for _, base := range []string{forgetest.Main, "next"} {
			add("Introduced", name+" into "+base, func(ctx context.Context, f forge.Forge) (any, error) {
				return f.Introduced(ctx, commits[name], base)
			})
		}
	}
	for _, n := range []int{w.squash, w.merge, w.rebase, w.queue, w.open, w.fork, w.long, 999} {
		add("Pull", fmt.Sprint(n), func(ctx context.Context, f forge.Forge) (any, error) { return f.Pull(ctx, n) })
		add("Files", fmt.Sprint(n), func(ctx context.Context, f forge.Forge) (any, error) { return f.Files(ctx, n) })
		add("Reviews", fmt.Sprint(n), func(ctx context.Context, f forge.Forge) (any, error) { return f.Reviews(ctx, n) })
		add("Events", fmt.Sprint(n), func(ctx context.Context, f forge.Forge) (any, error) { return f.Events(ctx, n) })
		add("Comments", fmt.Sprint(n), func(ctx context.Context, f forge.Forge) (any, error) { return f.Comments(ctx, n) })
	}
	paths := []string{post, photo, "kept.md", "a/b/c/d.md", "a/b/c", "a", "old.md", "a/b/x/d.md", "new.md/x", "", "large.bin"}
	for _, name := range []string{"tip", "unknown", "not one"} {
		add("Blobs", name, func(ctx context.Context, f forge.Forge) (any, error) { return f.Blobs(ctx, commits[name], paths) })
	}
	for _, path := range append(paths, "../x", "a/../kept.md", "/new.md", "a//b/c/d.md", "a%2Fb/c/d.md", "a?b#c") {
		add("Read", path, func(ctx context.Context, f forge.Forge) (any, error) { return f.Read(ctx, tip, path) })
	}
	add("Read", "of a branch", func(ctx context.Context, f forge.Forge) (any, error) { return f.Read(ctx, "next", post) })
	add("Read", "of no branch", func(ctx context.Context, f forge.Forge) (any, error) { return f.Read(ctx, "a&b=c", post) })
	for _, who := range []string{"bob", "ana", "eve", "BOB", forgetest.Owner, "nobody", forgetest.Actions, "", "../ana", "zoé-x"} {
		if who != "zoé-x" { // no login GitHub gives: the fake does not mind
			add("Permission", who, func(ctx context.Context, f forge.Forge) (any, error) { return f.Permission(ctx, who) })
		}
		for _, team := range []string{"acme/legal", "acme/none"} {
			add("Member", who+" of "+team, func(ctx context.Context, f forge.Forge) (any, error) { return f.Member(ctx, team, who) })
		}
	}
	add("Me", "", func(ctx context.Context, f forge.Forge) (any, error) { return f.Me(ctx) })
	for _, label := range []string{"idée", "post", "none", "idée,post"} {
		for _, since := range []time.Time{{}, w.quiet} {
			add("Issues", fmt.Sprint(label, since), func(ctx context.Context, f forge.Forge) (any, error) { return f.Issues(ctx, label, since) })
		}
	}
	add("Said", "of late", func(ctx context.Context, f forge.Forge) (any, error) { return f.Said(ctx, w.quiet) })
	add("Said", "ever", func(ctx context.Context, f forge.Forge) (any, error) { return f.Said(ctx, time.Time{}) })

	add("Comment", "on an issue", func(ctx context.Context, f forge.Forge) (any, error) {
		return f.Comment(ctx, w.issue, "<b>\u2028 & ünï")
	})
	add("Comment", "on a pull request", func(ctx context.Context, f forge.Forge) (any, error) { return f.Comment(ctx, w.open, "x") })
	add("Comment", "too long", func(ctx context.Context, f forge.Forge) (any, error) {
		return f.Comment(ctx, w.open, strings.Repeat("é", 65537))
	})
	add("Comment", "empty", func(ctx context.Context, f forge.Forge) (any, error) { return f.Comment(ctx, w.open, "") })
	add("Comment", "nowhere", func(ctx context.Context, f forge.Forge) (any, error) { return f.Comment(ctx, 999, "x") })
	add("EditComment", "", func(ctx context.Context, f forge.Forge) (any, error) {
		return nil, f.EditComment(ctx, w.comment.ID, "changed")
	})
	add("EditComment", "nowhere", func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.EditComment(ctx, 7, "x") })
	add("OpenIssue", "", func(ctx context.Context, f forge.Forge) (any, error) {
		return f.OpenIssue(ctx, "Title", "Body", []string{"idée"})
	})
	add("OpenIssue", "bare", func(ctx context.Context, f forge.Forge) (any, error) { return f.OpenIssue(ctx, "Title", "", nil) })
	add("OpenIssue", "untitled", func(ctx context.Context, f forge.Forge) (any, error) { return f.OpenIssue(ctx, "", "x", nil) })
	add("CloseIssue", "", func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.CloseIssue(ctx, w.issue) })
	add("CloseIssue", "nowhere", func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.CloseIssue(ctx, 999) })
	for _, node := range []string{w.comment.Node, w.line.Node, w.answer.Node, "IC_0"} {
		add("Minimize", node, func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.Minimize(ctx, node, "SPAM") })
	}
	add("Minimize", "for no reason", func(ctx context.Context, f forge.Forge) (any, error) {
		return nil, f.Minimize(ctx, w.comment.Node, "BORING")
	})
	add("Restore", "", func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.Restore(ctx, w.line.Node) })
	add("Restore", "nowhere", func(ctx context.Context, f forge.Forge) (any, error) { return nil, f.Restore(ctx, "IC_0") })
	add("Said", "afterwards", func(ctx context.Context, f forge.Forge) (any, error) { return f.Said(ctx, w.quiet) })
	add("Issues", "afterwards", func(ctx context.Context, f forge.Forge) (any, error) { return f.Issues(ctx, "idée", time.Time{}) })
	return out
}

type call struct {
	method, what string
	do           func(context.Context, forge.Forge) (any, error)
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// kind is what an error says to who asked.
func kind(err error) error {
	for _, k := range []error{forge.ErrNotFound, forge.ErrAuth, forge.ErrBusy, forge.ErrUnknown, forge.ErrRejected} {
		if errors.Is(err, k) {
			return k
		}
	}
	return err
}

func instantly(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// The same history in memory and behind HTTP answers every question alike, and
// every request on the way is one that GitHub's own description knows.
func TestSameOverHTTP(t *testing.T) {
	t.Parallel()
	for _, me := range []string{forgetest.Actions, "bob", "acme-voice[bot]"} {
		t.Run(me, func(t *testing.T) {
			t.Parallel()
			direct, served := begin(t), begin(t)
			direct.User("acme-voice[bot]")
			served.User("acme-voice[bot]")
			served.Truncate = map[string]int{"bob": 3}[me]
			server := httptest.NewServer(served.As(me).Handler())
			t.Cleanup(server.Close)
			j := newJudge(t, server.Client().Transport)
			hub, err := forge.New(forge.Options{Repo: served.Slug(), Token: "t0ken", API: server.URL, HTTP: j, Sleep: instantly})
			if err != nil {
				t.Fatal(err)
			}
			methods := map[string]bool{}
			for _, c := range calls(direct) {
				methods[c.method] = true
				want, wantErr := c.do(t.Context(), direct.As(me))
				got, err := c.do(t.Context(), hub)
				if kind(err) != kind(wantErr) {
					t.Errorf("%s %s: over HTTP %v\nin memory %v", c.method, c.what, err, wantErr)
				} else if err == nil && !reflect.DeepEqual(empty(got), empty(want)) {
					t.Errorf("%s %s: over HTTP %+v\nin memory %+v", c.method, c.what, got, want)
				}
				if err != nil && strings.Contains(err.Error(), "t0ken") {
					t.Errorf("%s %s: the token is in %v", c.method, c.what, err)
				}
			}
			what := reflect.TypeFor[forge.Forge]()
			for i := range what.NumMethod() {
				if name := what.Method(i).Name; !methods[name] {
					t.Errorf("%s is not tried", name)
				}
			}
			for _, operation := range j.all() {
				mine := map[string]bool{"graphql/viewer.graphql": me == "bob", "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews": true}
				if !j.used[operation] && !mine[operation] && me == "bob" {
					t.Errorf("%s is in the description, and nothing asks for it", operation)
				}
			}
		})
	}
}

// empty makes a list of nothing nothing.
func empty(v any) any {
	if r := reflect.ValueOf(v); r.IsValid() && (r.Kind() == reflect.Slice || r.Kind() == reflect.Map) && r.Len() == 0 {
		return nil
	}
	return v
}
