package site

import (
	"context"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/platformtest"
)

// environment is what git runs in here: nothing of the machine's own.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=/nowhere", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.org", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.org"}
}

// sh runs git as a person would.
func sh(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// begin makes dir a repository with a remote in bare.
func begin(t testing.TB, dir, bare string) {
	t.Helper()
	sh(t, "/", "init", "-q", "--bare", "-b", "main", bare)
	sh(t, "/", "init", "-q", "-b", "main", dir)
	sh(t, dir, "remote", "add", "origin", bare)
	sh(t, dir, "commit", "-q", "--allow-empty", "-m", "first")
	sh(t, dir, "push", "-q", "origin", "main")
}

// remote is the branch as others have it.
type remote struct {
	testing.TB
	dir string // a clone of theirs
}

const onBranch = "gh-pages"

func (r *remote) see() *tree {
	r.Helper()
	repo, err := git.Open(r.Context(), r.dir, environment())
	if err != nil {
		r.Fatal(err)
	}
	if err := repo.Forget(r.Context(), onBranch); err != nil {
		r.Fatal(err)
	}
	base, err := repo.Fetch(r.Context(), onBranch)
	if err != nil {
		r.Fatal(err)
	}
	o, err := repo.Objects(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return &tree{objects: o, base: base, own: true, name: onBranch, changes: map[string][]byte{}}
}

// put changes files of the branch by hand, on top of what is there.
func (r *remote) put(files map[string][]byte) {
	r.Helper()
	t := r.see()
	defer t.close()
	repo, err := git.Open(r.Context(), r.dir, environment())
	if err != nil {
		r.Fatal(err)
	}
	id, err := t.objects.Commit(t.base, files, "by hand\n")
	if err == nil {
		err = repo.Push(r.Context(), onBranch, id, t.base)
	}
	if err != nil {
		r.Fatal(err)
	}
}

// host is what serves the branch, for the suite.
type host struct {
	*standin
	remote remote
}

func (h *host) Settings(base string) map[string]string {
	return map[string]string{"url": strings.TrimSuffix(base, "/") + "/", "branch": onBranch}
}

func (h *host) Timeline() []platform.Shown {
	t := h.remote.see()
	defer t.close()
	all, err := house{t}.posts()
	if err != nil {
		return nil
	}
	slices.Reverse(all)
	shown := make([]platform.Shown, 0, len(all))
	for _, p := range all {
		shown = append(shown, house{t}.shown(p))
	}
	return shown
}

func (h *host) Tamper(id, text string) {
	if text == "" {
		h.remote.put(map[string][]byte{id: nil})
		return
	}
	t := h.remote.see()
	data, err := t.read(id)
	t.close()
	before, rest, found := strings.Cut(string(data), textBegins)
	_, after, whole := strings.Cut(rest, textEnds)
	if err == nil && found && whole {
		h.remote.put(map[string][]byte{id: []byte(before + textBegins + "<p>" + html.EscapeString(text) + "</p>" + textEnds + after)})
	}
}

// A site on a branch keeps every promise that one in a folder does.
func TestConformanceOnABranch(t *testing.T) {
	if os.Getenv("IMPRIMATUR_LONG") == "" {
		t.Skip("runs git thousands of times: set IMPRIMATUR_LONG=1")
	}
	p := *Platform
	p.Standin = func(root *os.Root) platform.Standin {
		bare, other := filepath.Join(t.TempDir(), "r.git"), filepath.Join(t.TempDir(), "other")
		begin(t, root.Name(), bare)
		sh(t, "/", "clone", "-q", bare, other)
		return &host{&standin{root}, remote{t, other}}
	}
	platformtest.Run(t, &p)
}

// A garden is a workspace whose site is on a branch.
type garden struct {
	*workspace
	remote
	bare string
}

func newGarden(t testing.TB, clone ...string) *garden {
	t.Helper()
	g := &garden{workspace: newWorkspace(t), bare: filepath.Join(t.TempDir(), "r.git")}
	g.remote = remote{t, filepath.Join(t.TempDir(), "other")}
	begin(t, g.workspace.dir, g.bare)
	sh(t, "/", "clone", "-q", g.bare, g.remote.dir)
	if len(clone) > 0 {
		g.in(t, clone...)
		return g
	}
	g.set()
	return g
}

// in has the workspace in a fresh clone.
func (g *garden) in(t testing.TB, how ...string) *garden {
	t.Helper()
	next := &garden{workspace: newWorkspace(t), remote: g.remote, bare: g.bare}
	if err := os.RemoveAll(next.workspace.dir); err != nil {
		t.Fatal(err)
	}
	sh(t, "/", append(append([]string{"clone", "-q"}, how...), "file://"+g.bare, next.workspace.dir)...)
	next.set()
	*g = *next
	return next
}

func (g *garden) set() {
	dir := g.workspace.dir
	g.Settings = map[string]string{"url": "https://dupain.example/", "branch": onBranch}
	g.Repo = func(ctx context.Context) (*git.Repo, error) { return git.Open(ctx, dir, environment()) }
	g.open()
}

// held is every file of the branch.
func (g *garden) held() map[string]string {
	g.TB().Helper()
	files := map[string]string{}
	for _, name := range strings.Fields(sh(g.TB(), g.bare, "ls-tree", "-r", "--name-only", onBranch)) {
		files[name] = sh(g.TB(), g.bare, "show", onBranch+":"+name)
	}
	return files
}

func (g *garden) TB() testing.TB { return g.workspace.TB }

func (g *garden) commits() string { return sh(g.TB(), g.bare, "rev-list", "--count", onBranch) }

// The branch holds what the folder would, and besides it only what is not ours.
func TestBranchHoldsTheSite(t *testing.T) {
	t.Parallel()
	folder, g := newWorkspace(t), newGarden(t)
	folder.Settings = map[string]string{"url": "https://dupain.example/", "directory": "public"}
	folder.open()
	for _, a := range posts(40) {
		folder.publish(a)
		g.publish(a)
	}
	want := folder.tree()
	for name, data := range want {
		want[name] = strings.TrimSpace(data)
	}
	want[noJekyll] = ""
	same(t, "on the branch", g.held(), want)

	before := g.commits()
	g.publish(posts(40)[5])
	if _, err := g.conn.Find(t.Context(), posts(40)[5], nil); err != nil || g.commits() != before {
		t.Errorf("nothing changed, and there were %s commits, now %s: %v", before, g.commits(), err)
	}
	g.open()
	g.publish(posts(40)[5])
	if g.commits() != before {
		t.Errorf("the next run changed nothing, and there were %s commits, now %s", before, g.commits())
	}
	if status := sh(t, g.workspace.dir, "status", "--porcelain"); status != "" {
		t.Errorf("the work tree is %s", status)
	}
}

// What others keep on the branch stays, and a site of theirs is not overwritten.
func TestBranchKeepsWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	g := newGarden(t)
	g.put(map[string][]byte{"CNAME": []byte("dupain.example\n"), "docs/old.html": []byte("<p>old\n"), "README.md": []byte("x\n")})
	g.publish(posts(40)[1])
	g.put(map[string][]byte{"robots.txt": []byte("User-agent: *\n")})
	r := g.publish(posts(40)[8])
	g.remove(r)
	held := g.held()
	for name, want := range map[string]string{"CNAME": "dupain.example", "docs/old.html": "<p>old", "README.md": "x", "robots.txt": "User-agent: *", noJekyll: ""} {
		if got, there := held[name]; !there || got != want {
			t.Errorf("%s is %q, %v", name, got, there)
		}
	}
	other := newGarden(t)
	other.put(map[string][]byte{"index.html": []byte("<p>ours\n")})
	if _, err := other.conn.Publish(t.Context(), posts(40)[1]); err == nil || !strings.Contains(err.Error(), "not ours") {
		t.Errorf("over another site: %v", err)
	}
	if other.commits() != "1" {
		t.Error("and yet something was pushed")
	}
}

// Posts that are announced are one push; one that cannot be goes its own way.
func TestGather(t *testing.T) {
	t.Parallel()
	g, alone := newGarden(t), newGarden(t)
	all := posts(40)[:6]
	private := all[3]
	private.Part.Visibility = "private"
	all[3] = private
	g.conn.Gather(all)
	for i, a := range all {
		r, err := g.conn.Publish(t.Context(), a)
		if i == 3 {
			if !errors.Is(err, platform.ErrRejected) {
				t.Errorf("the private one: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if want := alone.publish(a); r != want {
			t.Errorf("number %d is %+v, alone %+v", i, r, want)
		}
	}
	if g.conn.branch.pushed != 1 || g.commits() != "1" || alone.conn.branch.pushed != 5 {
		t.Errorf("%d pushes, and one by one %d; want 1 and 5", g.conn.branch.pushed, alone.conn.branch.pushed)
	}
	same(t, "together", g.held(), alone.held())
}

// A run that ends before, in or after a push leaves the branch as it was or as
// it is to be, and doing the same again leaves nothing of it.
func TestBranchCrash(t *testing.T) {
	t.Parallel()
	all := posts(40)
	want := newGarden(t)
	want.publish(all[1])
	want.publish(all[8])
	for _, at := range []string{"commit", "push"} {
		g := newGarden(t)
		g.publish(all[1])
		before := g.held()
		g.conn.refuse = func(step string) error {
			if step == at {
				return errPower
			}
			return nil
		}
		if _, err := g.conn.Publish(t.Context(), all[8]); !errors.Is(err, errPower) || errors.Is(err, platform.ErrUnknown) {
			t.Errorf("%s: %v", at, err)
		}
		same(t, "cut before "+at, g.held(), before)
		g.open()
		if _, err := g.conn.Find(t.Context(), all[8], nil); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: Find = %v", at, err)
		}
		g.publish(all[8])
		same(t, "cut before "+at+", then done again", g.held(), want.held())
	}

	g := newGarden(t)
	g.publish(all[1])
	g.conn.refuse = func(step string) error {
		if step == "pushed" {
			return &git.Error{Kind: git.ErrNetwork}
		}
		return nil
	}
	r := g.publish(all[8]) // the answer was lost, and the branch tells
	if r.ID == "" || g.commits() != "2" {
		t.Errorf("%+v, %s commits", r, g.commits())
	}
	g.open()
	if again := g.publish(all[8]); again != r || g.commits() != "2" {
		t.Errorf("published again: %+v, want %+v; %s commits", again, r, g.commits())
	}

	g.conn.refuse = func(step string) error {
		if step == "pushed" {
			if err := os.Rename(g.bare, g.bare+".away"); err != nil {
				t.Error(err)
			}
			return &git.Error{Kind: git.ErrNetwork}
		}
		return nil
	}
	if _, err := g.conn.Publish(t.Context(), all[5]); !errors.Is(err, platform.ErrUnknown) {
		t.Errorf("nobody can tell whether it arrived: %v", err)
	}
	if err := os.Rename(g.bare+".away", g.bare); err != nil {
		t.Fatal(err)
	}
	g.open()
	if _, err := g.conn.Find(t.Context(), all[5], nil); err != nil {
		t.Errorf("it arrived: %v", err)
	}
}

// Runs side by side all get their posts in.
func TestBranchTogether(t *testing.T) {
	t.Parallel()
	g := newGarden(t)
	const runs, each = 4, 3
	var wait sync.WaitGroup
	for n := range runs {
		w := g.in(t)
		wait.Go(func() {
			for i := range each {
				for {
					_, err := w.conn.Publish(t.Context(), numbered(n*each+i))
					if busy := (*platform.BusyError)(nil); errors.As(err, &busy) {
						continue
					}
					if err != nil {
						t.Error(err)
					}
					break
				}
			}
		})
	}
	wait.Wait()
	tree := g.see()
	defer tree.close()
	all, err := house{tree}.posts()
	if err != nil || len(all) != runs*each {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	g.open()
	for i := range runs * each {
		if _, err := g.conn.Find(t.Context(), numbered(i), nil); err != nil {
			t.Errorf("number %d: %v", i, err)
		}
	}
}

// It works in the clones that CI makes, and on a branch that somebody rewrote.
func TestBranchOfAnyClone(t *testing.T) {
	t.Parallel()
	for _, how := range [][]string{{"--depth=1"}, {"--depth=1", "--no-single-branch"}, {"--filter=blob:none"}} {
		t.Run(strings.Join(how, " "), func(t *testing.T) {
			t.Parallel()
			g := newGarden(t)
			sh(t, g.bare, "config", "uploadpack.allowFilter", "true")
			g.publish(posts(40)[1])
			g.publish(posts(40)[2])
			g.in(t, how...)
			g.publish(posts(40)[8])
			g.open()
			g.publish(posts(40)[5])
			g.in(t, how...)
			for _, n := range []int{1, 2, 8, 5} {
				if _, err := g.conn.Find(t.Context(), posts(40)[n], nil); err != nil {
					t.Errorf("number %d: %v", n, err)
				}
			}
			sh(t, g.remote.dir, "fetch", "-q", "origin", onBranch)
			sh(t, g.remote.dir, "checkout", "-q", "--orphan", "fresh", "FETCH_HEAD")
			sh(t, g.remote.dir, "commit", "-q", "-m", "in one")
			sh(t, g.remote.dir, "push", "-q", "--force", "origin", "HEAD:"+onBranch)
			g.publish(numbered(1))
			if g.commits() != "2" {
				t.Errorf("%s commits", g.commits())
			}
		})
	}
}

// What git cannot do is said plainly, and nothing is unknown.
func TestBranchThatCannotBe(t *testing.T) {
	t.Parallel()
	publish := func(g *garden) error {
		_, err := g.conn.Publish(g.TB().Context(), posts(40)[1])
		return err
	}
	for name, c := range map[string]struct {
		spoil func(g *garden)
		kind  error
		says  string
	}{
		"no remote":      {func(g *garden) { sh(t, g.workspace.dir, "remote", "remove", "origin") }, platform.ErrAddress, "git remote add origin"},
		"no repository":  {func(g *garden) { os.RemoveAll(filepath.Join(g.workspace.dir, ".git")) }, platform.ErrAddress, "directory:"},
		"checked out":    {func(g *garden) { sh(t, g.workspace.dir, "checkout", "-q", "-b", onBranch) }, platform.ErrAddress, "checked out here"},
		"a lost remote":  {func(g *garden) { os.RemoveAll(g.bare) }, platform.ErrAuth, "the right to push"},
		"a rule of it":   {func(g *garden) { hook(t, g.bare) }, platform.ErrAuth, "allow pushes to it"},
		"another's site": {func(g *garden) { g.publish(posts(40)[2]); g.Channel = "other"; g.open() }, nil, "belongs to the channel blog"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGarden(t)
			c.spoil(g)
			err := publish(g)
			if err == nil || c.kind != nil && !errors.Is(err, c.kind) || errors.Is(err, platform.ErrUnknown) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	for _, bad := range []string{"", "-x", "a..b", "a/", "/a", "a//b", "a b", "x.lock", "x.lock/y", "refs/../x", "HEAD", "imprimatur-ledger", "a.", "é", "a:b", "@{u}", ".x", "a/.b"} {
		if isBranch(bad) {
			t.Errorf("%q is taken for a branch", bad)
		}
	}
	for _, good := range []string{"gh-pages", "pages", "site/live", "v1.2", "A_b"} {
		if !isBranch(good) {
			t.Errorf("%q is taken for none", good)
		}
	}
}

func hook(t testing.TB, bare string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(bare, "hooks", "pre-receive"), []byte("#!/bin/sh\necho protected\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkBranch publishes five posts: each with a push of its own, and all
// with one.
func BenchmarkBranch(b *testing.B) {
	for _, together := range []bool{false, true} {
		b.Run(fmt.Sprint("together=", together), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				g := newGarden(b)
				all := posts(40)[:5]
				b.StartTimer()
				if together {
					g.conn.Gather(all)
				}
				for _, a := range all {
					g.publish(a)
				}
				b.ReportMetric(float64(g.conn.branch.pushed), "pushes")
			}
		})
	}
}
