package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A run that cannot push its outcomes keeps trying; when it is stopped it
// prints them, ends with 4, and loses nothing: neither on this machine, nor on
// another that is given the lines.
func TestOutcomesThatCannotBePushed(t *testing.T) {
	if os.Getenv("IMPRIMATUR_LONG") == "" {
		t.Skip("it waits for the program to give up: set IMPRIMATUR_LONG")
	}
	s := newScene(t, toys()[0], "git") // a platform that forgets: without the outcome someone would be asked
	remote, away := s.dir+".git", s.dir+".away"
	toy := s.server.(*toyServer)
	gone := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // the intents are there; now the remote goes
			if err := os.Rename(remote, away); err != nil {
				t.Error(err)
			}
			defer close(gone)
		}
		toy.ServeHTTP(w, r)
	}))
	defer srv.Close()
	edit(t, s.dir, "imprimatur.yaml", func(src string) string { return strings.ReplaceAll(src, s.url, srv.URL) })
	write(t, s.dir, "posts/hello.md", "---\npublish_at: "+time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)+"\nchannels: [toy]\n---\nBonjour\n")

	var out bytes.Buffer
	c := exec.CommandContext(t.Context(), os.Args[0], "publish", "--yes", "-C", s.dir)
	c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=doomed", "TOY_TOKEN=s3cret", "GITHUB_RUN_ID=", "DOOMED_LOG="+s.log)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-gone
	time.Sleep(time.Second)
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitWaiting || !strings.Contains(out.String(), `"state":"live"`) || strings.Contains(out.String(), "s3cret") {
		t.Fatalf("ends with %d:\n%s", code, &out)
	}
	var lines string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "{") {
			lines += line
		}
	}
	if err := os.Rename(away, remote); err != nil {
		t.Fatal(err)
	}
	write(t, s.dir, "lines", lines)
	if err := os.CopyFS(s.dir+".other", os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	other := *s
	other.dir = s.dir + ".other"
	if err := os.Remove(other.dir + "/.imprimatur/unpushed.jsonl"); err != nil {
		t.Fatal(err)
	}
	other.ahead = 20 * time.Minute
	if text, code, _ := other.run(0, "ledger", "add", other.dir+"/lines"); code != exitClean || !strings.Contains(text, "1 receipt written down") {
		t.Errorf("%d: %s", code, text)
	}
	for _, machine := range []*scene{&other, s} {
		machine.ahead = 20 * time.Minute
		if text, code, _ := machine.run(0, "publish", "--yes"); code != exitClean || !strings.Contains(text, "Nothing to do now") {
			t.Errorf("%d: %s", code, text)
		}
	}
	if len(toy.made) != 1 {
		t.Errorf("made %q", toy.made)
	}
}
