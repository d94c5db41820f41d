package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// environment is what git runs in here: nothing of the machine's own.
func environment(t testing.TB) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}
}

// sh runs git as a person would.
func sh(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(environment(t), "GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.org", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// remote makes a bare repository with one commit on main, with workspaces in
// the root, a and b.
func remote(t testing.TB) string {
	t.Helper()
	bare, first := filepath.Join(t.TempDir(), "r.git"), t.TempDir()
	sh(t, first, "init", "-q", "-b", "main")
	for _, dir := range []string{".", "a", "b"} {
		os.MkdirAll(filepath.Join(first, dir), 0o755)
		os.WriteFile(filepath.Join(first, dir, "imprimatur.yaml"), []byte("version: 1\n"), 0o644)
	}
	sh(t, first, "add", ".")
	sh(t, first, "commit", "-qm", "first")
	sh(t, first, "clone", "-q", "--bare", first, bare)
	return bare
}

func clone(t testing.TB, remote string, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	sh(t, "/", append(append([]string{"clone", "-q"}, args...), remote, dir)...)
	return dir
}

// home opens the ledger of a workspace.
func home(t testing.TB, dir string) *Git {
	t.Helper()
	repo, err := git.Open(t.Context(), dir, environment(t))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return NewGit(repo, root, ".imprimatur")
}

func read(t testing.TB, h Home) *Ledger {
	t.Helper()
	l, err := h.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content is a file of the branch.
func content(t testing.TB, remote, name string) string {
	t.Helper()
	return sh(t, remote, "show", Branch+":"+name)
}

func commits(t testing.TB, remote string) string {
	return sh(t, remote, "rev-list", "--count", Branch)
}

// state is what a run must leave as it is.
func state(t testing.TB, dir string) string {
	t.Helper()
	index, err := os.ReadFile(sh(t, dir, "rev-parse", "--path-format=absolute", "--git-path", "index"))
	check(t, err)
	return fmt.Sprintf("%s\n%s\n%s\n%x", sh(t, dir, "--no-optional-locks", "status", "--porcelain=v2", "--branch"), sh(t, dir, "rev-parse", "HEAD"),
		sh(t, dir, "for-each-ref", "refs/heads"), index)
}

func TestGitKeepsReceipts(t *testing.T) {
	bare := remote(t)
	for name, dir := range map[string]string{
		"as actions/checkout leaves it": func() string {
			d := clone(t, "file://"+bare, "--depth=1")
			sh(t, d, "checkout", "-q", "--detach")
			return d
		}(),
		"full":             clone(t, bare),
		"a workspace in a": filepath.Join(clone(t, bare), "a"),
		"partial":          clone(t, "file://"+bare, "--filter=blob:none"),
		"a worktree": func() string {
			d := clone(t, bare)
			sh(t, d, "worktree", "add", "-q", "--detach", "../w")
			return filepath.Join(d, "../w")
		}(),
		"a branch without HEAD":  func() string { d := clone(t, bare); sh(t, d, "checkout", "-q", "--orphan", "new"); return d }(),
		"a remote of its own":    clone(t, bare, "--origin=upstream"),
		"two remotes":            func() string { d := clone(t, bare); sh(t, d, "remote", "add", "x", "/nowhere"); return d }(),
		"a single-branch clone":  clone(t, bare, "--single-branch"),
		"a submodule":            submodule(t, bare),
		"reset to another month": clone(t, "file://"+bare),
	} {
		t.Run(name, func(t *testing.T) {
			os.WriteFile(filepath.Join(dir, "imprimatur.yaml"), []byte("dirty\n"), 0o644)
			os.WriteFile(filepath.Join(dir, "new"), []byte("new\n"), 0o644)
			sh(t, dir, "add", "new")
			h := home(t, dir)
			os.MkdirAll(filepath.Join(dir, ".imprimatur"), 0o755) // its own .gitignore says it is not the author's
			os.WriteFile(filepath.Join(dir, ".imprimatur", ".gitignore"), []byte("*\n"), 0o644)
			ahead := name != "a branch without HEAD"
			before := ""
			if ahead {
				before = state(t, dir)
			}
			post := strings.ReplaceAll(name, " ", "-")
			l := read(t, h)
			check(t, h.Intend(t.Context(), l.Tip, []schema.Receipt{receipt(post, 1, schema.Intent)}))
			check(t, h.Record(t.Context(), []schema.Receipt{receipt(post, 1, schema.Live)}))
			if e := read(t, h).Of(post, "m"); !e.Live() || e.Pending() {
				t.Errorf("before the push: %+v", e)
			}
			check(t, h.Flush(t.Context()))
			other := home(t, dir)
			if e := read(t, other).Of(post, "m"); e == nil || !e.Live() || e.Pending() {
				t.Errorf("after the push: %+v", e)
			}
			if ahead {
				if after := state(t, dir); after != before {
					t.Errorf("the repository changed:\n%s\n---\n%s", before, after)
				}
			}
			if files, _ := os.ReadDir(filepath.Join(dir, ".imprimatur")); len(files) != 2 { // .gitignore, the lock
				t.Errorf("left behind: %v", files)
			}
		})
	}
	sh(t, bare, "fsck", "--strict")
	if got := sh(t, bare, "ls-tree", "-r", "--name-only", Branch); got != "2027-01.jsonl\nREADME.md\na/2027-01.jsonl" {
		t.Errorf("the branch holds\n%s", got)
	}
	if got := sh(t, bare, "log", "--format=%an <%ae>: %s", "-2", Branch, "--", "a"); got !=
		"Imprimatur <imprimatur@localhost>: a: 1 post live: m (run r1)\nImprimatur <imprimatur@localhost>: a: 1 post to be sent: m (run r1)" {
		t.Errorf("the log says\n%s", got)
	}
}

func submodule(t *testing.T, bare string) string {
	dir := clone(t, remote(t))
	sh(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", bare, "sub")
	return filepath.Join(dir, "sub")
}

func TestGitIntendIsACompareAndSwap(t *testing.T) {
	bare := remote(t)
	x, y := home(t, clone(t, bare)), home(t, clone(t, bare))
	tip := read(t, x).Tip
	other := read(t, y).Tip
	check(t, x.Intend(t.Context(), tip, []schema.Receipt{receipt("x", 1, schema.Intent)}))
	if err := y.Intend(t.Context(), other, []schema.Receipt{receipt("y", 1, schema.Intent)}); !errors.Is(err, ErrConflict) {
		t.Fatalf("a stale tip: %v, want a conflict", err)
	}
	l := read(t, y)
	if l.Of("y", "m") != nil || l.Of("x", "m") == nil {
		t.Errorf("entries %+v", l.Entries())
	}
	check(t, y.Intend(t.Context(), l.Tip, []schema.Receipt{receipt("y", 1, schema.Intent)}))
}

// Another workspace's push loses the race, but not the plan.
func TestWorkspacesShareTheBranch(t *testing.T) {
	bare := remote(t)
	for _, dirs := range [][2]string{{"a", "b"}, {".", "a"}, {"b", "."}} {
		x, y := home(t, filepath.Join(clone(t, bare), dirs[0])), home(t, filepath.Join(clone(t, bare), dirs[1]))
		tip := read(t, x).Tip
		check(t, y.Intend(t.Context(), read(t, y).Tip, []schema.Receipt{receipt("y"+dirs[0], 1, schema.Intent)}))
		if err := x.Intend(t.Context(), tip, []schema.Receipt{receipt("x"+dirs[1], 1, schema.Intent)}); err != nil {
			t.Errorf("%v: %v", dirs, err)
		}
		if l := read(t, x); l.Of("y"+dirs[0], "m") != nil {
			t.Errorf("%v: a workspace reads the other's", dirs)
		}
	}
}

func TestPushesAtMostTwice(t *testing.T) {
	bare := remote(t)
	h := home(t, clone(t, bare))
	check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
	for range 10 {
		check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live)}))
	}
	check(t, h.Flush(t.Context()))
	check(t, h.Flush(t.Context()))
	if n := commits(t, bare); n != "2" {
		t.Errorf("%s commits", n)
	}
	if n := strings.Count(content(t, bare, "2027-01.jsonl"), "\n"); n != 1 { // and the last, trimmed
		t.Errorf("the same outcome stands there %d times", n)
	}
}

// Four runs on one remote: exactly one intends what it read, nothing is lost,
// nothing stands twice.
func TestFourRunsAtOnce(t *testing.T) {
	bare := remote(t)
	rounds := 8
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		rounds = 50
	}
	var homes []*Git
	for i := range 4 {
		dir := clone(t, bare)
		if i%2 == 1 {
			dir = clone(t, "file://"+bare, "--depth=1")
		}
		homes = append(homes, home(t, dir))
	}
	for round := range rounds {
		var wg sync.WaitGroup
		var mu sync.Mutex
		winners := map[string]int{}
		tips := make([]string, len(homes))
		for i, h := range homes {
			wg.Go(func() {
				l, err := h.Read(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				tips[i] = l.Tip
			})
		}
		wg.Wait()
		for i, h := range homes {
			wg.Go(func() {
				post := fmt.Sprintf("%d-%d", round, i)
				at := func(state schema.State) []schema.Receipt {
					r := receipt(post, 1, state)
					r.Run = fmt.Sprint("run", i)
					return []schema.Receipt{r}
				}
				// what an earlier round left goes along
				err := h.Intend(t.Context(), tips[i], at(schema.Intent))
				if errors.Is(err, ErrConflict) {
					check(t, h.Record(t.Context(), at(schema.Refused)))
					check(t, h.Flush(t.Context()))
					return
				}
				check(t, err)
				mu.Lock()
				winners[tips[i]]++
				mu.Unlock()
				check(t, h.Record(t.Context(), at(schema.Live)))
				if i%2 == 0 {
					check(t, h.Flush(t.Context()))
				}
			})
		}
		wg.Wait()
		for tip, n := range winners {
			if n != 1 {
				t.Fatalf("round %d: %d runs won %s", round, n, tip)
			}
		}
		if len(winners) == 0 {
			t.Fatalf("round %d: nobody won", round)
		}
	}
	for _, h := range homes {
		check(t, h.Flush(t.Context()))
	}
	seen := map[string]bool{}
	for line := range strings.SplitSeq(content(t, bare, "2027-01.jsonl"), "\n") {
		if seen[line] {
			t.Errorf("twice: %s", line)
		}
		seen[line] = true
	}
	l := read(t, homes[0])
	for round := range rounds {
		for i := range homes {
			if e := l.Of(fmt.Sprintf("%d-%d", round, i), "m"); e == nil || e.Pending() {
				t.Errorf("round %d run %d is %+v", round, i, e)
			}
		}
	}
	sh(t, bare, "fsck", "--strict")
}

func TestTwoProcessesInOneClone(t *testing.T) {
	bare := remote(t)
	dir := clone(t, bare)
	a, b, root := filepath.Join(dir, "a"), filepath.Join(dir, "b"), dir
	var wg sync.WaitGroup
	for i, d := range []string{a, b, root, root} {
		wg.Go(func() {
			for n := range 5 {
				h := home(t, d)
				if _, err := h.Read(t.Context()); err != nil {
					t.Error(err)
				}
				check(t, h.Record(t.Context(), []schema.Receipt{receipt(fmt.Sprint(i, "-", n), 1, schema.Live)}))
				if err := h.Flush(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, d := range []string{a, b} {
		if n := len(read(t, home(t, d)).Entries()); n != 5 {
			t.Errorf("%s holds %d", d, n)
		}
	}
	if n := len(read(t, home(t, root)).Entries()); n != 10 {
		t.Errorf("the root holds %d", n)
	}
}

// A crash at any moment between the push and the clearing of the journal
// leaves lines in both; they count once.
func TestUnclearedJournalCountsOnce(t *testing.T) {
	bare := remote(t)
	dir := clone(t, bare)
	h := home(t, dir)
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live)}))
	file := filepath.Join(dir, ".imprimatur", "unpushed.jsonl")
	left, _ := os.ReadFile(file)
	check(t, h.Flush(t.Context()))
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Gone)}))
	check(t, h.Flush(t.Context()))
	check(t, os.WriteFile(file, append(left, left[:20]...), 0o644)) // and half a line of a power cut
	l := read(t, h)
	if e := l.Of("a", "m"); e.Live() || e.Parts[0].Gone != 1 {
		t.Errorf("an old line came back to life: %+v", e)
	}
	later := receipt("b", 1, schema.Intent)
	later.At = start.AddDate(0, 3, 0)
	check(t, h.Intend(t.Context(), l.Tip, []schema.Receipt{later}))
	if got := content(t, bare, "2027-01.jsonl"); strings.Count(got, `"live"`) != 1 {
		t.Errorf("the branch holds\n%s", got)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal is still there: %v", err)
	}
	os.WriteFile(file, left, 0o644) // restored by a cache, months later
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("c", 1, schema.Live)}))
	check(t, h.Flush(t.Context()))
	if got := content(t, bare, "2027-04.jsonl"); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"c"`) {
		t.Errorf("the branch holds\n%s", got) // in the order they were written, whatever their time
	}
}

func TestOutcomesSurviveARemoteThatIsAway(t *testing.T) {
	bare := remote(t)
	dir := clone(t, bare)
	h := home(t, dir)
	check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live)}))
	check(t, os.Rename(bare, bare+".away"))
	if err := h.Flush(t.Context()); err == nil {
		t.Fatal("pushed to nowhere")
	}
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 2, schema.Live)}))
	check(t, os.Rename(bare+".away", bare))
	next := home(t, dir) // the next run on this machine
	l := read(t, next)
	if e := l.Of("a", "m"); len(e.Parts) != 2 || e.Parts[1].Live == nil || e.Pending() {
		t.Errorf("a is %+v", e)
	}
	check(t, next.Intend(t.Context(), l.Tip, []schema.Receipt{receipt("b", 1, schema.Intent)}))
	if l := read(t, home(t, clone(t, bare))); l.Of("b", "m") == nil || !l.Of("a", "m").Live() {
		t.Errorf("elsewhere: %+v", l.Entries())
	}
}

// A push whose answer is lost has happened: it is found, not repeated.
func TestLostAnswerOfAPush(t *testing.T) {
	bare := remote(t)
	h := home(t, clone(t, bare))
	hook(t, bare, "post-receive", "test -e lost || { touch lost; kill -9 $PPID; }\n")
	check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
	if n := commits(t, bare); n != "1" {
		t.Errorf("%s commits", n)
	}
	if _, err := os.Stat(filepath.Join(bare, "lost")); err != nil {
		t.Error("no answer was lost")
	}
}

func hook(t testing.TB, bare, name, script string) {
	check(t, os.MkdirAll(filepath.Join(bare, "hooks"), 0o755))
	check(t, os.WriteFile(filepath.Join(bare, "hooks", name), []byte("#!/bin/sh\n"+script), 0o755))
}

func TestRemoteThatRefuses(t *testing.T) {
	bare := remote(t)
	h := home(t, clone(t, bare))
	l := read(t, h)
	sh(t, bare, "config", "receive.denyNonFastForwards", "true")
	check(t, h.Intend(t.Context(), l.Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
	hook(t, bare, "pre-receive", "echo 'GH006: Protected branch update failed for refs/heads/imprimatur-ledger.' >&2; exit 1\n")
	check(t, h.Record(t.Context(), []schema.Receipt{receipt("a", 1, schema.Live)}))
	err := h.Flush(t.Context())
	if !errors.Is(err, git.ErrDenied) || !strings.Contains(err.Error(), "GH006: Protected branch") || !strings.Contains(err.Error(), "allow pushes to the branch imprimatur-ledger") {
		t.Errorf("got %v", err)
	}
	os.Remove(filepath.Join(bare, "hooks", "pre-receive"))
	check(t, h.Flush(t.Context()))
}

// edit changes the branch as a person would, and pushes.
func edit(t testing.TB, bare string, change func(dir string), push ...string) {
	t.Helper()
	dir := clone(t, bare, "--branch="+Branch)
	change(dir)
	sh(t, dir, "add", "-A")
	sh(t, dir, "commit", "-qm", "mend")
	sh(t, dir, append([]string{"push", "-q", "origin", "HEAD:" + Branch}, push...)...)
}

func TestDamagedBranchIsRefusedWithItsPlace(t *testing.T) {
	good := `{"at":"2027-01-04T07:30:00Z","run":"r1","post":"a","channel":"m","part":1,"state":"intent"}` + "\n"
	for name, tt := range map[string]struct {
		file, add, want string
	}{
		"half a line":   {"2027-01.jsonl", good[:40], "imprimatur-ledger:a/2027-01.jsonl:2: the last line has no end"},
		"edited":        {"2027-01.jsonl", strings.Replace(good, "intent", "published", 1), "2027-01.jsonl:2: the state \"published\" is not known"},
		"merged":        {"2027-01.jsonl", "<<<<<<< HEAD\n" + good + "=======\n" + good + ">>>>>>> theirs\n", "2027-01.jsonl:2: two versions of the file were merged"},
		"renamed":       {"2027-01.json", good, "imprimatur-ledger:a/2027-01.json: it is not the name of a month"},
		"a copy":        {"2027-01.jsonl.orig", good, "2027-01.jsonl.orig: it is not the name of a month"},
		"no such month": {"2027-13.jsonl", good, "2027-13.jsonl: it is not the name of a month"},
	} {
		t.Run(name, func(t *testing.T) {
			bare := remote(t)
			h := home(t, filepath.Join(clone(t, bare), "a"))
			check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
			tip := read(t, h).Tip
			edit(t, bare, func(dir string) {
				w, _ := os.OpenFile(filepath.Join(dir, "a", tt.file), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
				w.WriteString(tt.add)
				w.Close()
			})
			for what, err := range map[string]error{
				"read":   func() error { _, err := h.Read(t.Context()); return err }(),
				"intend": h.Intend(t.Context(), tip, []schema.Receipt{receipt("b", 1, schema.Intent)}),
			} {
				if what == "intend" && errors.Is(err, ErrConflict) {
					continue
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "git worktree add") {
					t.Errorf("%s: %v\nwant %s", what, err, tt.want)
				}
			}
			other := home(t, filepath.Join(clone(t, bare), "b"))
			read(t, other)                   // is not held up
			edit(t, bare, func(dir string) { // as the message says
				os.Remove(filepath.Join(dir, "a", tt.file))
				os.WriteFile(filepath.Join(dir, "a", "2027-01.jsonl"), []byte(good), 0o644)
			})
			if l := read(t, h); !l.Of("a", "m").Pending() {
				t.Errorf("mended: %+v", l.Entries())
			}
		})
	}
}

func TestRewrittenBranchIsRefused(t *testing.T) {
	for name, rewrite := range map[string]func(t *testing.T, bare string){
		"reset":   func(t *testing.T, bare string) { sh(t, bare, "update-ref", "refs/heads/"+Branch, Branch+"~1") },
		"deleted": func(t *testing.T, bare string) { sh(t, bare, "update-ref", "-d", "refs/heads/"+Branch) },
		"amended": func(t *testing.T, bare string) {
			edit(t, bare, func(dir string) {
				sh(t, dir, "reset", "-q", "--hard", "HEAD~1")
				os.WriteFile(filepath.Join(dir, "x"), nil, 0o644)
			}, "--force")
		},
	} {
		for kind, args := range map[string][]string{"full": nil, "shallow": {"--depth=1"}} {
			t.Run(name+" "+kind, func(t *testing.T) {
				bare := remote(t)
				dir := clone(t, "file://"+bare, args...)
				h := home(t, dir)
				check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}))
				check(t, h.Intend(t.Context(), read(t, h).Tip, []schema.Receipt{receipt("b", 1, schema.Intent)}))
				tip := read(t, h).Tip
				rewrite(t, bare)
				_, err := h.Read(t.Context())
				if !errors.Is(err, git.ErrRewritten) || !strings.Contains(err.Error(), "git update-ref -d refs/imprimatur/imprimatur-ledger") {
					t.Fatalf("read: %v", err)
				}
				if err := h.Intend(t.Context(), tip, []schema.Receipt{receipt("c", 1, schema.Intent)}); !errors.Is(err, git.ErrRewritten) {
					t.Errorf("intend: %v", err)
				}
				put := strings.Fields(strings.Split(err.Error(), "`")[1])[1:]
				sh(t, dir, put...) // as the message says
				if l := read(t, h); l.Of("b", "m") == nil {
					t.Errorf("put back: %+v", l.Entries())
				}
				rewrite(t, bare)
				sh(t, dir, "update-ref", "-d", "refs/imprimatur/imprimatur-ledger")
				if l := read(t, h); l.Of("b", "m") != nil {
					t.Errorf("taken as it is: %+v", l.Entries())
				}
			})
		}
	}
}

func TestFilesDoNotGrowWithoutEnd(t *testing.T) {
	bare := remote(t)
	h := home(t, clone(t, bare))
	h.full = 1000
	for i := range 40 {
		r := receipt(fmt.Sprint("p", i%10), 1, schema.Live)
		r.ID, r.At = fmt.Sprint(i), start.Add(time.Duration(i)*24*time.Hour)
		check(t, h.Record(t.Context(), []schema.Receipt{r}))
		if i%3 == 0 {
			check(t, h.Flush(t.Context()))
		}
	}
	check(t, h.Flush(t.Context()))
	want := "2027-01.jsonl 2027-01_002.jsonl 2027-01_003.jsonl 2027-01_004.jsonl 2027-02.jsonl 2027-02_002.jsonl README.md"
	if got := strings.Join(strings.Fields(sh(t, bare, "ls-tree", "--name-only", Branch)), " "); got != want {
		t.Errorf("the branch holds %s", got)
	}
	l := read(t, h)
	for i := range 10 {
		if e := l.Of(fmt.Sprint("p", i), "m"); e.Parts[0].Live.ID != fmt.Sprint(30+i) {
			t.Errorf("p%d is %s: not the last", i, e.Parts[0].Live.ID)
		}
	}
}

func TestStoppedWhileItPushes(t *testing.T) {
	bare := remote(t)
	h := home(t, clone(t, bare))
	l := read(t, h)
	hook(t, bare, "pre-receive", "sleep 60\n")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if err := h.Intend(ctx, l.Tip, []schema.Receipt{receipt("a", 1, schema.Intent)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(begin); d > 4*time.Second {
		t.Errorf("took %v", d)
	}
}

func BenchmarkGitRead(b *testing.B) {
	bare := remote(b)
	h := home(b, clone(b, bare))
	check(b, h.Record(b.Context(), many(100_000)))
	check(b, h.Flush(b.Context()))
	b.ReportAllocs()
	for b.Loop() {
		if l := read(b, h); len(l.Entries()) != 50_000 {
			b.Fatal(len(l.Entries()))
		}
	}
}

// BenchmarkGitPost is what one post costs: a read, its intent, its outcome.
func BenchmarkGitPost(b *testing.B) {
	for _, size := range []int{0, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			bare := remote(b)
			h := home(b, clone(b, bare))
			check(b, h.Record(b.Context(), many(size)))
			check(b, h.Flush(b.Context()))
			n := 0
			for b.Loop() {
				n++
				r := receipt(fmt.Sprint("bench", n), 1, schema.Intent)
				r.At = start.AddDate(0, 0, 35)
				check(b, h.Intend(b.Context(), read(b, h).Tip, []schema.Receipt{r}))
				r.State = schema.Live
				check(b, h.Record(b.Context(), []schema.Receipt{r}))
				check(b, h.Flush(b.Context()))
			}
		})
	}
}
