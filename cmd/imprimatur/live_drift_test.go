package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// call is one of the platform's own API, as another program makes it.
func call(t *testing.T, method, address, token string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s %v", method, address, resp.Status, said, err)
	}
	if out != nil {
		if err := json.Unmarshal(said, out); err != nil {
			t.Fatal(err)
		}
	}
}

// byHand changes a post of a platform, or takes it down where text is empty.
func (s servers) byHand(t *testing.T, channel, id, text string) {
	t.Helper()
	if channel == "mastodon" {
		address := s.mastodon + "/api/v1/statuses/" + id
		if text == "" {
			call(t, http.MethodDelete, address, s.token, nil, nil)
		} else {
			call(t, http.MethodPut, address, s.token, map[string]any{"status": text}, nil)
		}
		return
	}
	var session struct {
		AccessJwt string
		DID       string
	}
	call(t, http.MethodPost, s.bluesky+"/xrpc/com.atproto.server.createSession", "", map[string]string{"identifier": s.handle, "password": s.pass}, &session)
	in := map[string]any{"repo": session.DID, "collection": "app.bsky.feed.post", "rkey": id[strings.LastIndexByte(id, '/')+1:]}
	if text == "" {
		call(t, http.MethodPost, s.bluesky+"/xrpc/com.atproto.repo.deleteRecord", session.AccessJwt, in, nil)
		return
	}
	in["record"] = map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": time.Now().UTC().Format(time.RFC3339)}
	call(t, http.MethodPost, s.bluesky+"/xrpc/com.atproto.repo.putRecord", session.AccessJwt, in, nil)
}

// On real servers, too: what nobody touched looks as it did, what was changed
// or deleted there is seen, and what accepts it is accepted.
func TestLiveDrift(t *testing.T) {
	s := live(t)
	dir := s.bakery(t)
	at := time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	write(t, dir, "posts/2026/fil.md", fmt.Sprintf("---\npublish_at: %s\nchannels: [mastodon, bluesky]\n---\nUn %d\n\n---\n\nDeux\n\n---\n\nTrois\n", at, time.Now().UnixNano()))
	write(t, dir, "posts/2026/seul.md", fmt.Sprintf("---\npublish_at: %s\nchannels: [mastodon, bluesky]\n---\nSeul %d\n", at, time.Now().UnixNano()))
	run := func(want int, args ...string) string {
		t.Helper()
		out, code := s.imprimatur(t, append(args, "-C", dir)...)
		if code != want {
			t.Errorf("%s ends with %d, want %d\n%s", args, code, want, out)
		}
		return out
	}
	drift := func() (d report.Drift) {
		t.Helper()
		out, _ := s.imprimatur(t, "status", "--drift", "--format", "json", "-C", dir)
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		return d
	}
	run(exitClean, "publish", "--yes", "--strict")
	out := run(exitClean, "status", "--drift")
	if !regexp.MustCompile(`^\d\d parts are as they were published\.\n$`).MatchString(out) {
		t.Errorf("what nobody touched:\n%s", out)
	}

	sp := s.space(t, dir)
	l, err := read(t, sp)
	if err != nil {
		t.Fatal(err)
	}
	fil, seul := sp.Post("posts/2026/fil.md").ID(), sp.Post("posts/2026/seul.md").ID()
	for _, channel := range []string{"mastodon", "bluesky"} {
		s.byHand(t, channel, l.Of(fil, channel).Parts[2].Live.ID, "")
		s.byHand(t, channel, l.Of(seul, channel).Parts[0].Live.ID, "Seul, et autrement.")
	}
	d := drift()
	if len(d.Parts) != 4 {
		t.Fatalf("%d parts drifted, want 4: %+v", len(d.Parts), d)
	}
	t.Logf("\n%s", run(exitWaiting, "status", "--drift"))
	for _, p := range d.Parts {
		if want := map[string]string{fil: report.Deleted, seul: report.Changed}[p.Post]; p.State != want {
			t.Errorf("%s on %s is %s, want %s", p.Post, p.Channel, p.State, want)
		}
		run(exitClean, append(strings.Fields(p.Accept)[1:], "--by", "ana")...)
	}
	if d := drift(); len(d.Parts) != 0 || !d.Clean() {
		t.Errorf("after all was accepted: %+v", d)
	}
	run(exitClean, "publish", "--yes", "--strict")
	if d := drift(); len(d.Parts) != 0 {
		t.Errorf("what someone deleted came back: %+v", d)
	}
	for _, channel := range []string{"mastodon", "bluesky"} {
		run(exitClean, "resolve", fil+"@"+channel, "--part", "3", "--retry", "--by", "ana")
	}
	if out := run(exitClean, "publish", "--yes", "--strict"); strings.Count(out, " published ") != 2 {
		t.Errorf("the last parts are not sent again:\n%s", out)
	}
	if d := drift(); len(d.Parts) != 0 || !d.Clean() {
		t.Errorf("after the last parts were sent again: %+v", d)
	}
	if out := run(exitClean, "status", fil); strings.Count(out, "live ") != 2 {
		t.Errorf("the thread:\n%s", out)
	}
}
