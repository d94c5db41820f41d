package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Runs that start at the same time publish everything once, wherever the
// ledger lives, and whether they divide the posts among them or not. The
// servers know no keys: only the ledger keeps the runs apart.
func TestManyRunsPublishOnce(t *testing.T) {
	rounds := 3
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		rounds = 50
	}
	for _, kind := range []struct {
		home   string
		shards bool
	}{{"folder", false}, {"git", false}, {"git", true}} {
		t.Run(fmt.Sprintf("%s/shards=%v", kind.home, kind.shards), func(t *testing.T) {
			c := newCrowd(t, kind.home)
			for round := range rounds {
				c.posts(round)
				c.runAll(kind.shards)
				if t.Failed() {
					t.Fatalf("in round %d", round)
				}
			}
			if out, err := c.run(0, "publish", "--yes"); err != nil || !strings.Contains(out, "Nothing to do") {
				t.Errorf("one more run, %v, says\n%s", err, out)
			}
		})
	}
}

// A run that publishes one post pushes twice: the intents, the outcomes.
func TestOnePostTakesTwoPushes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the hook that counts is a shell script")
	}
	c := newCrowd(t, "git")
	count := filepath.Join(c.remote, "pushes")
	c.must(os.MkdirAll(filepath.Join(c.remote, "hooks"), 0o755))
	c.must(os.WriteFile(filepath.Join(c.remote, "hooks", "pre-receive"), []byte("#!/bin/sh\necho >>pushes\n"), 0o755))
	for n := 1; n <= 2; n++ { // the branch is made, and goes on
		c.post(fmt.Sprint(n))
		if out, err := c.run(0, "publish", "--yes"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		c.right()
		pushes, err := os.ReadFile(count)
		c.must(err)
		if len(pushes) != 2*n {
			t.Errorf("%d pushes after %d posts", len(pushes), n)
		}
	}
}

// A crowd is runs on the same workspace: in one folder, or each in a clone.
type crowd struct {
	t       *testing.T
	remote  string   // of the clones
	dirs    []string // of each run
	servers []*toyServer
	want    []string // the posts so far
}

func newCrowd(t *testing.T, home string) *crowd {
	t.Helper()
	c := &crowd{t: t}
	config := "version: 1\nbrand: Dupain\nchannels:\n"
	for _, name := range []string{"forgets", "finds"} { // their channels run side by side
		server := &toyServer{}
		srv := httptest.NewServer(server)
		t.Cleanup(srv.Close)
		c.servers = append(c.servers, server)
		config += fmt.Sprintf("  %s: {platform: %[1]s, server: %q, token: \"${TOY_TOKEN}\"}\n", name, srv.URL)
	}
	config += "limits: {max_actions: 100}\n"
	dir := t.TempDir()
	c.dirs = slices.Repeat([]string{dir}, 4)
	if home == "folder" {
		write(t, dir, "imprimatur.yaml", config)
		return c
	}
	c.remote = filepath.Join(dir, "remote.git")
	c.git("init", "-q", "--bare", "-b", "main", c.remote)
	for i := range c.dirs {
		c.dirs[i] = filepath.Join(dir, fmt.Sprint("clone", i))
		c.git("clone", "-q", c.remote, c.dirs[i])
		write(t, c.dirs[i], "imprimatur.yaml", config+"ledger: git\n")
	}
	return c
}

func (c *crowd) git(args ...string) {
	if out, err := exec.CommandContext(c.t.Context(), "git", args...).CombinedOutput(); err != nil {
		c.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (c *crowd) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// posts are those of a round.
func (c *crowd) posts(round int) {
	for i := range 5 {
		c.post(fmt.Sprintf("%d-%d", round, i))
	}
}

// post has every run wish for a thread of two parts.
func (c *crowd) post(name string) {
	c.want = append(c.want, name)
	src := fmt.Sprintf("---\npublish_at: %s\nchannels: [forgets, finds]\n---\n%s begins\n\n---\n\n%[2]s ends\n",
		time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), name)
	for _, dir := range slices.Compact(slices.Clone(c.dirs)) {
		write(c.t, dir, "posts/"+name+".md", src)
	}
}

// run runs the program as one of the crowd.
func (c *crowd) run(i int, args ...string) (string, error) {
	cmd := exec.CommandContext(c.t.Context(), os.Args[0], append(args, "-C", c.dirs[i])...)
	cmd.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=doomed", "DOOMED_LOG=", "TOY_TOKEN=s3cret", "GITHUB_RUN_ID=", "GITHUB_ACTIONS=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// runAll runs all at the same time, and looks at what came of it.
func (c *crowd) runAll(shards bool) {
	var wg sync.WaitGroup
	for i := range c.dirs {
		args := []string{"publish", "--yes"}
		if shards {
			args = append(args, "--shard", fmt.Sprintf("%d/%d", i+1, len(c.dirs)))
		}
		wg.Go(func() {
			if out, err := c.run(i, args...); err != nil {
				c.t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	c.right()
}

// right demands that each server was told of every post once, and shows every
// thread whole.
func (c *crowd) right() {
	c.t.Helper()
	for _, s := range c.servers {
		s.mu.Lock()
		text := map[string]string{} // by id
		var shown []string
		for _, p := range s.up {
			text[p.ID] = p.Text
			shown = append(shown, text[p.After]+" > "+p.Text)
		}
		made := len(s.made)
		s.mu.Unlock()
		var want []string
		for _, name := range c.want {
			want = append(want, " > "+name+" begins", name+" begins > "+name+" ends")
		}
		slices.Sort(shown)
		slices.Sort(want)
		if !slices.Equal(shown, want) || made != len(want) {
			c.t.Fatalf("%d parts were made; up are\n%s\nwished\n%s", made, strings.Join(shown, "\n"), strings.Join(want, "\n"))
		}
	}
}
