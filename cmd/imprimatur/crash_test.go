package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A crash is one run that is killed at one step, on one kind of platform, with
// one home of the ledger.
type crash struct {
	toy     *platform.Platform
	home    string
	story   string
	step    int
	name    string // of the step
	asked   int
	trouble string
}

// The stories: what the run that dies is about.
var stories = []string{"publish", "change", "retract", "shorten"}

// A process that is killed at any step leaves nothing that the next runs, and
// at most one answer of a person, do not bring to exactly what is wished.
func TestKilledAtEveryStep(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL here")
	}
	every := 19 // all of them where IMPRIMATUR_LONG says so
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		every = 1
	}
	var crashes []*crash
	for _, home := range homes {
		for _, toy := range toys() {
			for _, story := range stories {
				steps := newScene(t, toy, home).begin(story).count()
				for i, name := range steps {
					if (len(crashes)+i)%every == 0 {
						crashes = append(crashes, &crash{toy: toy, home: home, story: story, step: i + 1, name: name})
					}
				}
			}
		}
	}
	work := make(chan *crash)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) + 1 {
		wg.Go(func() {
			for c := range work {
				c.asked, c.trouble = newScene(t, c.toy, c.home).begin(c.story).die(c.step)
			}
		})
	}
	for _, c := range crashes {
		work <- c
	}
	close(work)
	wg.Wait()
	table := map[string]*[4]int{}
	for _, c := range crashes {
		row := fmt.Sprintf("%-7s  %-6s  %-8s", c.toy.Name, c.home, c.story)
		if table[row] == nil {
			table[row] = &[4]int{}
		}
		n := table[row]
		n[0]++
		switch {
		case c.trouble != "":
			n[2]++
			t.Errorf("%s killed at step %d (%s): %s", row, c.step, c.name, c.trouble)
		case c.asked > 0:
			n[1]++
		}
		if c.asked > 1 || c.asked > 0 && c.toy.Can(platform.Find) {
			t.Errorf("%s killed at step %d (%s): %d questions", row, c.step, c.name, c.asked)
		}
	}
	t.Logf("platform ledger  story     kills  asked  wrong")
	for _, row := range slices.Sorted(keys(table)) {
		t.Logf("%s  %5d  %5d  %5d", row, table[row][0], table[row][1], table[row][2])
	}
	t.Logf("%d kills", len(crashes))
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// homes are those of the ledger.
var homes = []string{"folder", "git"}

// A world is a platform as someone sees it who looks, and can act there by hand.
type world interface {
	texts() ([]string, error)
	ids(want []string) []string
	drop(part int)
	mend(want []string) []string
}

// A scene is a workspace, a platform and what the world shows.
type scene struct {
	t      *testing.T
	toy    *platform.Platform
	server world
	url    string
	dir    string
	log    string
	want   []string
	ahead  time.Duration
	photo  string                             // of the second part
	inside func(args ...string) (string, int) // runs it in this process; nil: in one of its own
	hears  io.Writer                          // everything it says, as it says it
}

func newScene(t *testing.T, toy *platform.Platform, home string) *scene {
	t.Helper()
	server := &toyServer{repeats: toy.Repeat > 0}
	return newSceneAt(t, toy, home, server, server)
}

// newSceneAt is a scene whose platform is reached by way of something else.
func newSceneAt(t *testing.T, toy *platform.Platform, home string, server world, way http.Handler) *scene {
	t.Helper()
	s := &scene{t: t, toy: toy, server: server}
	srv := httptest.NewServer(way)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	dir := t.TempDir()
	s.dir, s.log = dir, dir+".log"
	write(t, dir, "imprimatur.yaml", fmt.Sprintf(`version: 1
brand: Dupain
channels:
  toy: {platform: %s, server: %q, token: "${TOY_TOKEN}", on_change: repost}
`, toy.Name, s.url))
	if home == "git" {
		repository(t, dir)
	}
	return s
}

// repository makes a workspace one, with a remote that keeps the ledger.
func repository(t *testing.T, dir string) {
	t.Helper()
	remote := dir + ".git"
	for _, args := range [][]string{
		{"init", "-q", "--bare", remote},
		{"-C", dir, "init", "-q", "-b", "main"},
		{"-C", dir, "remote", "add", "origin", remote},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	edit(t, dir, "imprimatur.yaml", func(src string) string { return src + "ledger: git\n" })
}

// begin sets the stage for a story.
func (s *scene) begin(story string) *scene {
	at := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	say := func(front string, parts ...string) {
		s.want = slices.Clone(parts)
		if s.photo != "" {
			parts[1] += "\n\n![A photo.](" + s.photo + ")"
		}
		write(s.t, s.dir, "posts/hello.md", "---\npublish_at: "+at+"\nchannels: [toy]\n"+front+"---\n"+strings.Join(parts, "\n\n---\n\n")+"\n")
	}
	say("", "one", "two", "three")
	if story != "publish" {
		if out, code, _ := s.run(0, "publish", "--yes"); code != 0 {
			s.t.Fatalf("%s", out)
		}
	}
	switch story {
	case "change":
		say("", "one", "two, mended", "three")
	case "retract":
		say("retracted: true\n", "one", "two", "three")
		s.want = nil
	case "shorten":
		say("", "one", "two")
	}
	return s
}

// run runs the program, which dies at a step, and reports whether it was
// killed.
func (s *scene) run(dieAt int, args ...string) (out string, code int, killed bool) {
	if s.inside != nil {
		out, code = s.inside(args...)
		return out, code, false
	}
	var b bytes.Buffer
	c := exec.CommandContext(s.t.Context(), os.Args[0], append(args, "-C", s.dir)...)
	c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=doomed", "TOY_TOKEN=s3cret", "USER=ana", "GITHUB_RUN_ID=", "GITHUB_ACTOR=",
		fmt.Sprintf("DOOMED_AT=%d", dieAt), "DOOMED_LOG="+s.log, "DOOMED_AHEAD="+s.ahead.String())
	c.Stdout = &b
	if s.hears != nil {
		c.Stdout = io.MultiWriter(&b, s.hears)
	}
	c.Stderr = c.Stdout
	err := c.Run()
	code = c.ProcessState.ExitCode()
	return b.String(), code, err != nil && code == -1
}

// count lists the steps of a run that nothing happens to.
func (s *scene) count() []string {
	os.Remove(s.log)
	if out, code, _ := s.run(0, "publish", "--yes"); code != 0 && code != 4 {
		s.t.Fatalf("%s", out)
	}
	src, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(src)), "\n")
}

// die kills a run at a step, then runs again, answers what is asked as someone
// would who looks, and says how often that was and what is wrong in the end.
func (s *scene) die(step int) (asked int, trouble string) {
	out, _, killed := s.run(step, "publish", "--yes")
	if !killed {
		return 0, "it was not killed: " + out
	}
	return s.rest()
}

// rest runs until there is nothing left to do.
func (s *scene) rest() (asked int, trouble string) {
	for range 8 {
		s.ahead += 20 * time.Minute
		out, _, _ := s.run(0, "plan", "--format", "json")
		var p plan.Plan
		if err := json.Unmarshal([]byte(out), &p); err != nil {
			return asked, err.Error() + " in " + out
		}
		if p.Count(plan.Ask) > 0 {
			asked++
			if err := s.answer(&p); err != nil {
				return asked, err.Error()
			}
			continue
		}
		if !p.Acts() {
			return asked, s.wrong()
		}
		if out, code, _ := s.run(0, "publish", "--yes"); code != 0 && code != 4 {
			return asked, out
		}
	}
	return asked, "it does not come to rest"
}

// answer does what is asked and says of each part what a look at the platform
// shows.
func (s *scene) answer(p *plan.Plan) error {
	a := p.Actions[0]
	args := []string{"resolve", a.Post + "@" + a.Channel}
	if a.Part > 0 {
		args = append(args, "--part", fmt.Sprint(a.Part))
	}
	switch can := func(x plan.Answer) bool { return slices.Contains(a.Answers, x) }; {
	case can(plan.AnswerLive) && can(plan.AnswerLost): // may it be there?
		known := 0
		for _, ref := range a.Live {
			if ref.ID != "" {
				known++
			}
		}
		for _, id := range s.server.ids(s.want)[known:] {
			args = append(args, "--live", s.url+"/posts/"+id)
		}
		args = append(args, "--lost")
	case can(plan.AnswerLost): // it cannot be taken down for us
		s.server.drop(a.Part)
		args = append(args, "--lost")
	case can(plan.AnswerLive): // it cannot be changed for us
		for _, id := range s.server.mend(s.want) {
			args = append(args, "--live", s.url+"/posts/"+id)
		}
	default:
		return fmt.Errorf("nobody can answer %q", a.Why)
	}
	if out, code, _ := s.run(0, args...); code != 0 {
		return fmt.Errorf("%s: %s", strings.Join(args, " "), out)
	}
	return nil
}

// wrong is how what is up differs from what is wished.
func (s *scene) wrong() string {
	texts, err := s.server.texts()
	if err != nil {
		return err.Error()
	}
	if !slices.Equal(texts, s.want) {
		return fmt.Sprintf("up is %q, wished %q", texts, s.want)
	}
	return ""
}
