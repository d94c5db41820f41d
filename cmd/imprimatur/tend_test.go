package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

const tendRules = `version: 1
kind: community
templates:
  civility: {und: "Please be kind, {author}. We are {brand}."}
rules:
  - id: rude
    policy: kind
    mode: enforce
    match: {words: {any: [blockhead]}}
    action: hide
    also: [{reply: {template: civility}}]
    tests: [{text: "blockhead", want: hide}, {text: "cake", want: none}]
  - id: noise
    policy: kind
    mode: enforce
    match: {words: {any: [casino]}}
    action: mute
    tests: [{text: "casino", want: mute}, {text: "cake", want: none}]
  - id: doubt
    policy: kind
    mode: enforce
    match: {words: {any: [lawyer]}}
    action: escalate
    tests: [{text: "lawyer", want: escalate}, {text: "cake", want: none}]
`

// spoken is what others write to the toy: by whom, and what.
var spoken = [][2]string{
	{"tartempion", "What lovely cake"}, {"grincheux", "You are a blockhead, sir"}, {"spammer77", "Win at our casino now"},
	{"plaideuse", "My lawyer will hear of this"}, {"tartempion", "More cake please"},
}

// A fold is a toy platform that others wrote to, and a workspace with rules.
type fold struct {
	t      *testing.T
	toy    *platform.Platform
	server *toyServer
	dir    string
	log    string
	ahead  string
}

func newFold(t *testing.T, toy *platform.Platform, home string, way func(http.Handler) http.Handler) *fold {
	t.Helper()
	f := &fold{t: t, toy: toy, server: &toyServer{repeats: toy.Repeat > 0}, ahead: "0s"}
	for _, s := range spoken {
		f.server.say(s[0], s[1])
	}
	var h http.Handler = f.server
	if way != nil {
		h = way(h)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	f.dir = t.TempDir()
	f.log = f.dir + ".log"
	write(t, f.dir, "imprimatur.yaml", fmt.Sprintf(`version: 1
brand: Dupain
channels:
  toy: {platform: %s, server: %q, token: "${TOY_TOKEN}"}
moderation: {key: "${MODERATION_KEY}"}
`, toy.Name, srv.URL))
	write(t, f.dir, "moderation/community.yaml", tendRules)
	write(t, f.dir, "moderation/POLICY.md", "# Policy\n\n## Kind\n\nBe kind.\n")
	if home == "git" {
		repository(t, f.dir)
	}
	return f
}

func (f *fold) run(dieAt int, args ...string) (string, int) {
	c := exec.CommandContext(f.t.Context(), os.Args[0], append(append([]string{"moderate"}, args...), "-C", f.dir)...)
	c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=doomed", "TOY_TOKEN=s3cret", "MODERATION_KEY=a key that nobody guesses", "USER=ana", "GITHUB_RUN_ID=", "GITHUB_ACTOR=", "GITHUB_ACTIONS=", "GITHUB_TOKEN=", "GH_TOKEN=",
		fmt.Sprintf("DOOMED_AT=%d", dieAt), "DOOMED_LOG="+f.log, "DOOMED_AHEAD="+f.ahead)
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	_ = c.Run()
	return b.String(), c.ProcessState.ExitCode()
}

// seen are the acts in force, and how many answers were ever sent.
func (f *fold) seen() ([]platform.Done, int) {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	return slices.Clone(f.server.acts), len(f.server.made)
}

// wrong is what the platform and the desk show that is not as it should be.
func (f *fold) wrong(answers int) string {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	acts := slices.Clone(f.server.acts)
	slices.SortFunc(acts, func(a, b platform.Done) int { return strings.Compare(a.To, b.To) })
	if want := []platform.Done{{Act: platform.ActHide, To: "002"}, {Act: platform.ActMute, To: "of-spammer77"}}; !slices.Equal(acts, want) {
		return fmt.Sprintf("in force are %v, want %v", acts, want)
	}
	if n := len(f.server.made); n > 1 || n < answers {
		return fmt.Sprintf("%d answers were sent: %q", n, f.server.made)
	}
	if n := len(f.server.made); n == 1 && f.server.made[0] != "Please be kind, @grincheux. We are Dupain." && f.server.made[0] != "@grincheux Please be kind, @grincheux. We are Dupain." {
		return fmt.Sprintf("the answer is %q", f.server.made[0])
	}
	if desk, _ := filepath.Glob(filepath.Join(f.dir, ".imprimatur", "escalations", "*.md")); len(desk) != 1 {
		return fmt.Sprintf("%d items are on the desk", len(desk))
	}
	return ""
}

// told is anything of what others wrote, or their names, that is in the memory.
func (f *fold) told() string {
	var all bytes.Buffer
	if _, err := os.Stat(f.dir + ".git"); err == nil {
		out, err := exec.CommandContext(f.t.Context(), "git", "-C", f.dir+".git", "log", "-p", "--format=%B", "imprimatur-ledger").CombinedOutput()
		if err != nil {
			return err.Error() + string(out)
		}
		all.Write(out)
	}
	for _, dir := range []string{".imprimatur/moderation"} {
		_ = filepath.WalkDir(filepath.Join(f.dir, dir), func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				src, _ := os.ReadFile(name)
				all.Write(src)
			}
			return nil
		})
	}
	if !bytes.Contains(all.Bytes(), []byte(`"op":"hide"`)) {
		return "the memory has nothing in it: " + all.String()
	}
	for _, s := range spoken {
		for _, word := range append(strings.Fields(s[1]), s[0], s[0][1:]) {
			if len(word) > 4 && bytes.Contains(bytes.ToLower(all.Bytes()), []byte(strings.ToLower(word))) {
				return fmt.Sprintf("the memory says %q", word)
			}
		}
	}
	return ""
}

func TestModerates(t *testing.T) {
	for _, home := range homes {
		for _, toy := range toys() {
			t.Run(home+"/"+toy.Name, func(t *testing.T) {
				t.Parallel()
				newFold(t, toy, home, nil).story()
			})
		}
	}
}

// story is a look, a run, a second one, a person's decision, and another's
// second thoughts.
func (f *fold) story() {
	run := func(want string, args ...string) {
		f.t.Helper()
		if out, code := f.run(0, args...); code != 0 || !strings.Contains(out, want) {
			f.t.Fatalf("%v ends with %d and lacks %q:\n%s", args, code, want, out)
		}
	}
	right := func(when string) {
		f.t.Helper()
		if wrong := f.wrong(1); wrong != "" {
			f.t.Fatalf("%s: %s", when, wrong)
		}
	}
	run("4 things to do")
	if acts, answers := f.seen(); len(acts)+answers > 0 {
		f.t.Fatalf("a look does %v", acts)
	}
	run("hide: done", "--yes")
	right("a run")
	if told := f.told(); told != "" {
		f.t.Error(told)
	}
	run("Nothing to do", "--yes")
	right("a second run")

	desk, _ := filepath.Glob(filepath.Join(f.dir, ".imprimatur", "escalations", "*.md"))
	name, _ := filepath.Rel(f.dir, desk[0])
	edit(f.t, f.dir, filepath.ToSlash(name), func(s string) string { return strings.Replace(s, "- [ ] hide it", "- [x] hide it", 1) })
	run("hide: done", "--yes")
	if acts, _ := f.seen(); !slices.Contains(acts, platform.Done{Act: platform.ActHide, To: "004"}) {
		f.t.Errorf("after a decision: %v", acts)
	}
	if _, err := os.Stat(desk[0]); err == nil {
		f.t.Error("it is still on the desk")
	}

	run("1 thing to do", "undo", "--rule", "rude")
	run("take back: done", "undo", "--rule", "rude", "--yes")
	acts, _ := f.seen()
	if slices.Contains(acts, platform.Done{Act: platform.ActHide, To: "002"}) || len(acts) != 2 {
		f.t.Errorf("undone: %v", acts)
	}
	run("Nothing to do", "--yes")
	if now, answers := f.seen(); !slices.Equal(now, acts) || answers != 1 {
		f.t.Errorf("after all that: %v, %d answers", now, answers)
	}
}

// A run that is killed at any step loses no act, and answers nobody twice.
func TestModerationKilledAtEveryStep(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL here")
	}
	every := 7
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		every = 1
	}
	n := 0
	for _, home := range homes {
		for _, toy := range toys() {
			f := newFold(t, toy, home, nil)
			f.run(0, "--yes")
			src, err := os.ReadFile(f.log)
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range strings.Split(strings.TrimSpace(string(src)), "\n") {
				if n++; n%every != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%d %s", home, toy.Name, i+1, name), func(t *testing.T) {
					t.Parallel()
					f := newFold(t, toy, home, nil)
					if out, code := f.run(i+1, "--yes"); code != -1 {
						t.Fatalf("it was not killed: %d\n%s", code, out)
					}
					f.ahead = "20m"
					if out, code := f.run(0, "--yes"); code != 0 {
						t.Errorf("the next run: %d\n%s", code, out)
					}
					answers := 0
					if toy.Can(platform.Find) || toy.Repeat > 0 {
						answers = 1
					}
					if wrong := f.wrong(answers); wrong != "" {
						t.Error(wrong)
					}
					if told := f.told(); told != "" {
						t.Error(told)
					}
					if out, code := f.run(0, "--yes"); code != 0 || !strings.Contains(out, "Nothing to do") {
						t.Errorf("the run after: %d\n%s", code, out)
					}
				})
			}
		}
	}
}

// Runs at the same time do everything once.
func TestModeratesOnce(t *testing.T) {
	for _, home := range homes {
		t.Run(home, func(t *testing.T) {
			f := newFold(t, toys()[0], home, nil)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if out, code := f.run(0, "--yes"); code != 0 && code != 4 {
						t.Errorf("%d\n%s", code, out)
					}
				})
			}
			wg.Wait()
			if wrong := f.wrong(1); wrong != "" {
				t.Error(wrong)
			}
			if out, code := f.run(0, "--yes"); code != 0 || !strings.Contains(out, "Nothing to do") {
				t.Errorf("%d\n%s", code, out)
			}
		})
	}
}

// Whatever request is cut off, before or after it was heard: the next runs do
// what is left, and nobody is answered twice.
func TestModerationCutOff(t *testing.T) {
	for _, toy := range toys() {
		for _, after := range []bool{false, true} {
			for at := 1; at <= 8; at++ {
				if testing.Short() && at%3 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d/%v", toy.Name, at, after), func(t *testing.T) {
					t.Parallel()
					n := 0
					var mu sync.Mutex
					f := newFold(t, toy, "folder", func(h http.Handler) http.Handler {
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							mu.Lock()
							n++
							cut := n == at
							mu.Unlock()
							if cut && after {
								h.ServeHTTP(httptest.NewRecorder(), r)
							}
							if cut {
								reset(w, r, nil)
								return
							}
							h.ServeHTTP(w, r)
						})
					})
					first, _ := f.run(0, "--yes")
					f.ahead = "20m"
					second, code := f.run(0, "--yes")
					answers := 0
					if toy.Can(platform.Find) || toy.Repeat > 0 {
						answers = 1
					}
					if wrong := f.wrong(answers); code != 0 || wrong != "" {
						t.Errorf("%d %s\n%s\n%s", code, wrong, first, second)
					}
				})
			}
		}
	}
}
