package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// tended is a workspace on one channel, with rules.
func (s servers) tended(t *testing.T, channel string) (dir string, run func(args ...string) string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "imprimatur.yaml", "version: 1\nbrand: Dupain\nchannels:\n"+channel+"moderation: {record: 90d}\n")
	write(t, dir, "moderation/community.yaml", tendRules)
	write(t, dir, "moderation/POLICY.md", "# Policy\n\n## Kind\n\nBe kind.\n")
	return dir, func(args ...string) string {
		t.Helper()
		out, code := s.imprimatur(t, append(append([]string{"moderate"}, args...), "-C", dir)...)
		if code != 0 {
			t.Fatalf("moderate %v ends with %d\n%s", args, code, out)
		}
		return out
	}
}

// On a real server a comment arrives and its author is muted, one is answered
// and comes before a person, who has it reported; a second run does nothing,
// and undo unmutes.
func TestLiveModerationOnMastodon(t *testing.T) {
	s := live(t)
	other := os.Getenv("IMPRIMATUR_MASTODON_OTHER_TOKEN")
	if other == "" {
		t.Skip("IMPRIMATUR_MASTODON_OTHER_TOKEN names no second account")
	}
	dir, run := s.tended(t, fmt.Sprintf("  mastodon: {platform: mastodon, server: %q, token: \"${MASTODON_TOKEN}\"}\n", s.mastodon))
	run("--yes") // what an earlier test left
	var us, them struct{ ID, Acct string }
	call(t, http.MethodGet, s.mastodon+"/api/v1/accounts/verify_credentials", s.token, nil, &us)
	call(t, http.MethodGet, s.mastodon+"/api/v1/accounts/verify_credentials", other, nil, &them)
	muting := func() bool {
		t.Helper()
		var rel []struct{ Muting bool }
		call(t, http.MethodGet, s.mastodon+"/api/v1/accounts/relationships?"+url.Values{"id[]": {them.ID}}.Encode(), s.token, nil, &rel)
		return len(rel) == 1 && rel[0].Muting
	}
	defer call(t, http.MethodPost, s.mastodon+"/api/v1/accounts/"+them.ID+"/unmute", s.token, map[string]string{}, nil)
	say := func(words string) {
		t.Helper()
		call(t, http.MethodPost, s.mastodon+"/api/v1/statuses", other, map[string]any{"status": "@" + us.Acct + " " + words, "visibility": "public"}, nil)
	}
	until := func(what string, args ...string) string {
		t.Helper()
		for range 30 {
			if out := run(args...); strings.Contains(out, what) {
				return out
			}
			time.Sleep(200 * time.Millisecond)
		}
		t.Fatalf("%q never comes", what)
		return ""
	}
	say(fmt.Sprintf("you blockhead %d", time.Now().UnixNano()))
	out := until("answer: done", "--yes")
	if !strings.Contains(out, "ask a person: done") { // nobody can hide what others say there
		t.Errorf("the first run:\n%s", out)
	}
	if n := s.times(t, "mastodon", "Please be kind"); n < 1 {
		t.Error("there is no answer")
	}
	answers := s.times(t, "mastodon", "Please be kind")
	if out := run("--yes"); !strings.Contains(out, "Nothing to do") {
		t.Errorf("a second run:\n%s", out)
	}
	desk, _ := filepath.Glob(filepath.Join(dir, ".imprimatur", "escalations", "*.md"))
	if len(desk) == 0 {
		t.Fatal("nothing is on the desk")
	}
	for _, file := range desk {
		name, _ := filepath.Rel(dir, file)
		edit(t, dir, filepath.ToSlash(name), func(src string) string { return strings.Replace(src, "- [ ] report", "- [x] report", 1) })
	}
	if out := run("--yes"); !strings.Contains(out, "report: done") {
		t.Errorf("a person has it reported:\n%s", out)
	}
	say(fmt.Sprintf("win at our casino %d", time.Now().UnixNano()))
	until("mute the author: done", "--yes")
	if !muting() {
		t.Error("the author is not muted")
	}
	if out := run("--yes"); !strings.Contains(out, "Nothing to do") || s.times(t, "mastodon", "Please be kind") != answers {
		t.Errorf("a second run:\n%s", out)
	}
	if out := run("undo", "--rule", "noise", "--yes", "--by", "ana"); !strings.Contains(out, "take back: done") || muting() {
		t.Errorf("undo:\n%s", out)
	}
	if out := run("--yes"); !strings.Contains(out, "Nothing to do") || muting() {
		t.Errorf("the run after undo:\n%s", out)
	}
}

// A bare PDS has no notifications, so that what was written comes from a file:
// a reply is answered and hidden, a second run does nothing, and undo shows it
// again.
func TestLiveModerationOnBluesky(t *testing.T) {
	s := live(t)
	handle, password := os.Getenv("IMPRIMATUR_BLUESKY_OTHER_HANDLE"), os.Getenv("IMPRIMATUR_BLUESKY_OTHER_PASSWORD")
	if handle == "" || password == "" {
		t.Skip("IMPRIMATUR_BLUESKY_OTHER_HANDLE and _OTHER_PASSWORD name no second account")
	}
	type session struct{ AccessJwt, DID string }
	login := func(handle, password string) (me session) {
		call(t, http.MethodPost, s.bluesky+"/xrpc/com.atproto.server.createSession", "", map[string]string{"identifier": handle, "password": password}, &me)
		return me
	}
	us, them := login(s.handle, s.pass), login(handle, password)
	post := func(by session, text string, reply any) platform.Ref {
		var out struct{ URI, CID string }
		rec := map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": time.Now().UTC().Format(time.RFC3339)}
		if reply != nil {
			rec["reply"] = reply
		}
		call(t, http.MethodPost, s.bluesky+"/xrpc/com.atproto.repo.createRecord", by.AccessJwt, map[string]any{"repo": by.DID, "collection": "app.bsky.feed.post", "record": rec}, &out)
		return platform.Ref{ID: out.URI, Rev: out.CID}
	}
	root := post(us, "It is here.", nil)
	strong := map[string]string{"uri": root.ID, "cid": root.Rev}
	rude := post(them, "You blockhead", map[string]any{"root": strong, "parent": strong})
	dir, run := s.tended(t, fmt.Sprintf("  bluesky: {platform: bluesky, server: %q, handle: %s, app_password: \"${BLUESKY_APP_PASSWORD}\"}\n", s.bluesky, s.handle))
	line, err := json.Marshal(moderate.Item{Platform: "bluesky", Channel: "bluesky", Item: platform.Item{ID: rude.ID, Rev: rude.Rev, URL: "https://bsky.app/profile/" + handle + "/post/x",
		Surface: platform.SurfaceReply, On: root.ID, Root: root, At: time.Now(), Lang: "en", Text: "You blockhead", Author: platform.Author{ID: them.DID, Handle: handle}}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "items.jsonl", string(line)+"\n")
	input := []string{"--input", filepath.Join(dir, "items.jsonl"), "--yes"}
	hidden := func() bool {
		t.Helper()
		resp, err := http.Get(s.bluesky + "/xrpc/com.atproto.repo.getRecord?" + url.Values{"repo": {us.DID}, "collection": {"app.bsky.feed.threadgate"}, "rkey": {root.ID[strings.LastIndexByte(root.ID, '/')+1:]}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var gate struct {
			Value struct{ HiddenReplies []string }
		}
		_ = json.NewDecoder(resp.Body).Decode(&gate)
		return len(gate.Value.HiddenReplies) == 1 && gate.Value.HiddenReplies[0] == rude.ID
	}
	before := s.times(t, "bluesky", "Please be kind")
	if out := run(input...); !strings.Contains(out, "answer: done") || !strings.Contains(out, "hide: done") || !hidden() || s.times(t, "bluesky", "Please be kind") != before+1 {
		t.Errorf("the first run:\n%s", out)
	}
	if out := run(input...); !strings.Contains(out, "Nothing to do") || s.times(t, "bluesky", "Please be kind") != before+1 {
		t.Errorf("a second run:\n%s", out)
	}
	if out := run("undo", "--item", "https://bsky.app/profile/"+handle+"/post/x", "--yes", "--by", "ana"); !strings.Contains(out, "take back: done") || hidden() {
		t.Errorf("undo:\n%s", out)
	}
	if out := run(input...); !strings.Contains(out, "Nothing to do") || hidden() {
		t.Errorf("the run after undo:\n%s", out)
	}
	var out engine.Moderated
	if err := json.Unmarshal([]byte(run(append(input, "--format", "json")...)), &out); err != nil || !out.OK() {
		t.Errorf("%v, %+v", err, out)
	}
}
