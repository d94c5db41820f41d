package forge_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
)

// A server that others wrote. What it does not know of GitHub is not asked for:
// the index of commits, GraphQL, the timeline of a pull request, one that
// follows a push.
func TestLive(t *testing.T) {
	base, token := os.Getenv("IMPRIMATUR_GITHUB_API"), os.Getenv("IMPRIMATUR_GITHUB_TOKEN")
	if base == "" || token == "" {
		t.Skip("IMPRIMATUR_GITHUB_API and IMPRIMATUR_GITHUB_TOKEN are not set: start one with .ci/servers/github start")
	}
	const slug = "acme/voice"
	client := &http.Client{Timeout: time.Minute}
	send := func(method, path string, body, into any) {
		t.Helper()
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, base+"/repos/"+slug+path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %s: %s, %v", method, path, resp.Status, answer, err)
		}
		if into != nil {
			if err := json.Unmarshal(answer, into); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		}
	}
	hub, err := forge.New(forge.Options{Repo: slug, Token: token, API: base, HTTP: http.DefaultTransport, Sleep: instantly})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	me, err := hub.Me(ctx)
	if err != nil || me.Login == "" || me.ID == 0 {
		t.Fatalf("Me: %+v, %v", me, err)
	}
	branch, deep := fmt.Sprintf("galette-%d", os.Getpid()), fmt.Sprintf("posts/é/%d/galette à partager.md", os.Getpid())
	var ref struct{ Object struct{ SHA string } }
	send("GET", "/git/ref/heads/main", nil, &ref)
	send("POST", "/git/refs", map[string]string{"ref": "refs/heads/" + branch, "sha": ref.Object.SHA}, nil)
	content := "Elle est là\n"
	var made struct{ Commit struct{ SHA string } }
	send("PUT", "/contents/"+deep, map[string]string{"message": "Propose", "branch": branch,
		"content": base64.StdEncoding.EncodeToString([]byte(content))}, &made)
	var opened struct{ Number int }
	send("POST", "/pulls", map[string]any{"title": "Galette", "head": branch, "base": "main"}, &opened)
	send("POST", fmt.Sprintf("/pulls/%d/reviews", opened.Number), map[string]string{"event": "APPROVE"}, nil)

	for _, at := range []string{branch, made.Commit.SHA} {
		if got, err := hub.Read(ctx, at, deep); err != nil || string(got) != content {
			t.Errorf("Read at %s: %q, %v", at, got, err)
		}
	}
	for _, path := range []string{"posts/é", "nothing.md", "posts/../README.md"} {
		if _, err := hub.Read(ctx, branch, path); kind(err) != forge.ErrNotFound {
			t.Errorf("Read %s: %v", path, err)
		}
	}
	blobs, err := hub.Blobs(ctx, made.Commit.SHA, []string{deep, "posts", "nothing.md"})
	if err != nil || len(blobs) != 1 || blobs[deep] != forgetest.Blob(content) {
		t.Errorf("Blobs: %v, %v", blobs, err)
	}
	p, err := hub.Pull(ctx, opened.Number)
	if err != nil || p.Author != me || p.State != "open" || p.Base != "main" || p.Head != branch || p.HeadCommit != made.Commit.SHA || p.Fork || p.Merged || p.MergeCommit != "" {
		t.Errorf("Pull: %+v, %v", p, err)
	}
	if _, err := hub.Files(ctx, opened.Number); err != nil {
		t.Errorf("Files: %v", err)
	}
	reviews, err := hub.Reviews(ctx, opened.Number)
	if err != nil || len(reviews) != 1 || reviews[0].State != forge.Approved || reviews[0].By != me || reviews[0].Commit != made.Commit.SHA || reviews[0].At.IsZero() {
		t.Errorf("Reviews: %+v, %v", reviews, err)
	}
	if may, err := hub.Permission(ctx, me.Login); err != nil || may != forge.Admin && may != forge.CanWrite {
		t.Errorf("Permission: %v, %v", may, err)
	}

	for range 101 { // more than a page
		if _, err := hub.Comment(ctx, opened.Number, "un <!-- deux -->"); err != nil {
			t.Fatalf("Comment: %v", err)
		}
	}
	comments, err := hub.Comments(ctx, opened.Number)
	if err != nil || len(comments) != 101 {
		t.Fatalf("Comments: %d of them, %v", len(comments), err)
	}
	last := comments[100]
	if err := hub.EditComment(ctx, last.ID, "trois"); err != nil {
		t.Errorf("EditComment: %v", err)
	}
	if err := hub.EditComment(ctx, 999999, "x"); kind(err) != forge.ErrNotFound {
		t.Errorf("EditComment of nothing: %v", err)
	}
	comments, err = hub.Comments(ctx, opened.Number)
	if err != nil || len(comments) != 101 || comments[100].Body != "trois" || comments[100].By != me || comments[100].ID != last.ID {
		t.Errorf("Comments, afterwards: %d of them, %v", len(comments), err)
	}

	label := "idée-" + branch
	i, err := hub.OpenIssue(ctx, "Une idée", "texte", []string{label})
	if err != nil || i.Number <= opened.Number || !i.Open {
		t.Fatalf("OpenIssue: %+v, %v", i, err)
	}
	send("POST", fmt.Sprintf("/issues/%d/labels", i.Number), map[string]any{"labels": []string{"urgent"}}, nil)
	events, err := hub.Events(ctx, i.Number)
	if at := slices.IndexFunc(events, func(e forge.Event) bool { return e.Label == "urgent" }); err != nil || at < 0 ||
		events[at].Kind != forge.EventLabeled || events[at].By != me || events[at].At.IsZero() {
		t.Errorf("Events: %+v, %v", events, err)
	}
	if err := hub.CloseIssue(ctx, i.Number); err != nil {
		t.Errorf("CloseIssue: %v", err)
	}
	issues, err := hub.Issues(ctx, label, time.Time{})
	if err != nil || len(issues) != 1 || issues[0].Number != i.Number || issues[0].Open || issues[0].Title != "Une idée" {
		t.Errorf("Issues: %+v, %v", issues, err)
	}

	var merged struct{ SHA string }
	send("PUT", fmt.Sprintf("/pulls/%d/merge", opened.Number), map[string]string{"merge_method": "squash",
		"commit_title": fmt.Sprintf("Galette (#%d)", opened.Number)}, &merged)
	found, err := hub.Introduced(ctx, merged.SHA, "main") // by its subject, for want of an index
	if err != nil || len(found) != 1 || found[0].Number != opened.Number || found[0].MergedBy != me || found[0].MergeCommit != merged.SHA || found[0].MergedAt.IsZero() {
		t.Errorf("Introduced: %+v, %v", found, err)
	}
	if found, err := hub.Introduced(ctx, made.Commit.SHA, "main"); err != nil || len(found) != 0 {
		t.Errorf("Introduced, of a commit that was squashed: %+v, %v", found, err)
	}
	if _, err := hub.Pull(ctx, 999999); kind(err) != forge.ErrNotFound {
		t.Errorf("Pull of nothing: %v", err)
	}
}
