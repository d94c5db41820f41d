package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// A run with --until sends what falls due meanwhile at its second, says what it
// waits for, and leaves what comes later.
func TestUntil(t *testing.T) {
	t.Parallel()
	p := all.Platforms().Named("mastodon")
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	standin := p.Standin(root)
	srv := httptest.NewServer(standin)
	defer srv.Close()
	settings, dir := standin.Settings(srv.URL), t.TempDir()
	write(t, dir, "imprimatur.yaml", fmt.Sprintf(`version: 1
brand: Dupain
channels:
  mastodon: {platform: mastodon, server: %q, token: "${MASTODON_TOKEN}"}
defaults: {channels: [mastodon]}
`, settings["server"]))
	now := time.Now().UTC()
	soon := now.Add(4 * time.Second).Truncate(time.Second)
	for name, at := range map[string]time.Time{"now": now.Add(-time.Minute), "soon": soon, "later": now.Add(time.Hour)} {
		write(t, dir, "posts/"+name+".md", fmt.Sprintf("---\npublish_at: %s\n---\n%s\n", at.Format(time.RFC3339), name))
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "publish", "--yes", "--until", "6s", "-C", dir)
	c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=1", "MASTODON_TOKEN="+settings["token"])
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := standin.Timeline()
	if len(seen) != 2 || seen[0].Text != "now" || seen[1].Text != "soon" {
		t.Fatalf("%+v\n%s", seen, out)
	}
	late := seen[1].At.Sub(soon)
	if t.Logf("out %s after its second", late); late < 0 {
		t.Error("that is before its time")
	}
	if want := "waiting until " + soon.Format("15:04:05") + " for soon on mastodon"; !strings.Contains(string(out), want) {
		t.Errorf("%s\ndoes not say %q", out, want)
	}
}

// A run that waits ends when the branch it was checked out from moves on: a
// freeze, a correction or a retraction that was merged meanwhile counts.
func TestUntilTheBranchMovesOn(t *testing.T) {
	t.Parallel()
	s := newScene(t, toys()[4], "git")
	git := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", s.dir, "-c", "user.name=a", "-c", "user.email=a@b.example"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(t, s.dir, "posts/soon.md", fmt.Sprintf("---\npublish_at: %s\nchannels: [toy]\n---\nsoon\n", time.Now().Add(34*time.Second).UTC().Format(time.RFC3339)))
	git("add", "-A")
	git("commit", "-qm", "first")
	git("push", "-q", "origin", "main")
	waits, say := io.Pipe()
	s.hears = say
	done := make(chan string, 1)
	go func() {
		defer say.Close()
		out, _, _ := s.run(0, "publish", "--yes", "--until", "1m")
		done <- out
	}()
	for said := bufio.NewScanner(waits); said.Scan() && !strings.Contains(said.Text(), "waiting until"); {
	}
	go io.Copy(io.Discard, waits)
	write(t, s.dir, filepath.Join("freeze.yaml"), "reason: une correction\n")
	git("add", "-A")
	git("commit", "-qm", "freeze")
	git("push", "-q", "origin", "main")
	out := <-done
	if len(s.server.(*toyServer).made) > 0 || !strings.Contains(out, "the branch main has moved on; what it says now is for the next run") {
		t.Errorf("made %q:\n%s", s.server.(*toyServer).made, out)
	}
}
