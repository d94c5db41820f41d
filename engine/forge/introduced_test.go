package forge_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
)

// serve is a repository behind HTTP, and a way to ask it.
func serve(t *testing.T, repo *forgetest.Repo, sleep func(context.Context, time.Duration) error) *forge.GitHub {
	t.Helper()
	server := httptest.NewServer(repo.Handler())
	t.Cleanup(server.Close)
	hub, err := forge.New(forge.Options{Repo: repo.Slug(), Token: token, API: server.URL, HTTP: newJudge(t, server.Client().Transport), Sleep: sleep})
	if err != nil {
		t.Fatal(err)
	}
	return hub
}

// While the index knows nothing, a commit's subject is believed only where the
// pull request it names proves it.
func TestSubjects(t *testing.T) {
	t.Parallel()
	repo := forgetest.New(t, forgetest.Files{post: "1"})
	repo.Lag = 1000
	merged := map[forgetest.How]int{}
	for _, how := range []forgetest.How{forgetest.Squash, forgetest.Merge, forgetest.Queue, forgetest.Rebase} {
		merged[how] = repo.Open("ana", string(how), forgetest.Files{string(how) + ".md": "x"})
		repo.Merge(merged[how], how, "bob")
	}
	open := repo.Open("ana", "open", forgetest.Files{"open.md": "x"})
	repo.Branch("next", forgetest.Main)
	elsewhere := repo.OpenTo("next", "ana", "elsewhere", forgetest.Files{"elsewhere.md": "x"})
	away := repo.Merge(elsewhere, forgetest.Squash, "bob")
	pull := func(n int) string {
		p, err := repo.Pull(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return p.MergeCommit
	}
	lie := func(message string) string {
		return repo.CommitSaying(message, "eve", forgetest.Main, forgetest.Files{"lie.md": message})
	}
	commits := []struct {
		commit string
		want   int
	}{
		{pull(merged[forgetest.Squash]), merged[forgetest.Squash]},
		{pull(merged[forgetest.Merge]), merged[forgetest.Merge]},
		{pull(merged[forgetest.Queue]), merged[forgetest.Queue]},
		{pull(merged[forgetest.Rebase]), 0}, // whose subject names nothing
		{lie("A nice post (#1)"), 0},
		{lie("Merge pull request #2 from ana/merge"), 0},
		{lie("A nice post (#5)"), 0}, // which is open
		{lie("A nice post (#6)"), 0},
		{lie("A nice post (#999)"), 0},
		{lie("A nice post (#0)"), 0},
		{lie("A nice post (#99999999999999999999)"), 0},
		{away, 0}, // merged, but not into main
	}
	if open != 5 || elsewhere != 6 {
		t.Fatal("the numbers above are wrong")
	}
	waited := time.Duration(0)
	hub := serve(t, repo, func(_ context.Context, d time.Duration) error { waited += d; return nil })
	for i, tt := range commits {
		for name, f := range map[string]forge.Forge{"in memory": repo, "over HTTP": hub} {
			got, err := f.Introduced(t.Context(), tt.commit, forgetest.Main)
			if err != nil || len(got) > 1 || len(got) == 1 && got[0].Number != tt.want || len(got) == 0 && tt.want != 0 {
				t.Errorf("%d, %s: %v, %v; want %d", i, name, got, err, tt.want)
			}
		}
	}
	if waited != time.Minute {
		t.Errorf("all together waited %s for the index, want a minute", waited)
	}
}

// A write whose answer never came is not sent again.
func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	repo := forgetest.New(t, nil)
	n := repo.Issue("ana", "One", "")
	lost := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			repo.Handler().ServeHTTP(w, req)
			return
		}
		repo.Handler().ServeHTTP(httptest.NewRecorder(), req)
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			conn.Close()
		}
	})
	server := httptest.NewServer(lost)
	t.Cleanup(server.Close)
	hub, err := forge.New(forge.Options{Repo: repo.Slug(), Token: token, API: server.URL, HTTP: server.Client().Transport, Sleep: instantly})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Comments(t.Context(), n); err != nil { // a connection to reuse
		t.Fatal(err)
	}
	if _, err := hub.Comment(t.Context(), n, "x"); kind(err) != forge.ErrUnknown {
		t.Errorf("the comment: %v", err)
	}
	if said, _ := repo.Comments(t.Context(), n); len(said) != 1 {
		t.Errorf("there are %d comments", len(said))
	}
	server.Close()
	if _, err := hub.Comment(t.Context(), n, "x"); err == nil || kind(err) == forge.ErrUnknown || strings.Contains(err.Error(), token) {
		t.Errorf("without a server: %v", err)
	}
}
