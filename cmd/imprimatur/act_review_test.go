package main

import (
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// A pull request is opened and gets its page; it changes, and the page does; it
// is approved and merged, and goes out; a byte that changes after its approval
// is held. GitHub's API is forgetest's: npm's emulate 0.11.2 has no timeline, no
// GraphQL and no heads that follow a push, by which approvals are judged; what
// it can do, the live test of engine/forge asks of it.
func TestActReview(t *testing.T) {
	h := newHosted(t)
	mastodon := h.person("mastodon")
	n := &newsroom{t: t, remote: h.remote, base: t.TempDir(), server: mastodon["server"],
		git: append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=GitHub", "GIT_AUTHOR_EMAIL=a@example.org",
			"GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=a@example.org")}
	h.write("imprimatur.yaml", n.config(policy))
	h.write("posts/old.md", "---\nchannels: [mastodon]\n---\nA draft.\n")
	h.imprimatur("init", "--github")
	files := forgetest.Files{}
	n.must(fs.WalkDir(os.DirFS(h.clone), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(name, ".git/") {
			return err
		}
		src, err := os.ReadFile(filepath.Join(h.clone, filepath.FromSlash(name)))
		files[name] = string(src)
		return err
	}))
	n.repo = forgetest.New(t, files)
	for _, who := range []string{"ana", "bob", "dan", "mallory"} {
		n.repo.Grant(who, forge.CanWrite)
	}
	api := httptest.NewServer(n.repo.Handler())
	t.Cleanup(api.Close)
	args := []string{"--env", "GITHUB_API_URL=" + api.URL, "--env", "GITHUB_REPOSITORY=" + n.repo.Slug(), "--secret", "GITHUB_TOKEN=dummy",
		"--secret", "MASTODON_TOKEN=" + mastodon["token"]}
	review := func(p int) forge.Comment {
		t.Helper()
		n.sync(p)
		h.args = slices.Concat(args, []string{"--env", fmt.Sprintf("CLONE_REF=refs/pull/%d/merge", p)})
		sh, ok := h.run("imprimatur-review.yml", "pull_request", n.event(p))
		all := n.comments(p)
		if !ok || len(all) != 1 || !strings.HasPrefix(all[0].Body, report.ReviewMarker) {
			t.Fatalf("comments: %+v\n%s", all, sh.raw)
		}
		return all[0]
	}
	publish := func() (show, bool) {
		n.sync(0)
		h.args = args
		return h.run("imprimatur-publish.yml", "push", map[string]any{"ref": "refs/heads/main", "repository": map[string]any{"default_branch": "main"}})
	}

	p := n.repo.Open("ana", "galette", forgetest.Files{"posts/galette.md": due("Elle est là.")})
	first := review(p)
	if !strings.Contains(first.Body, "Elle est là.") {
		t.Errorf("the page:\n%s", first.Body)
	}
	n.repo.Push(p, forgetest.Files{"posts/galette.md": due("Elle est partie.")})
	if again := review(p); again.ID != first.ID || !strings.Contains(again.Body, "Elle est partie.") {
		t.Errorf("comment %d was the first, now\n%+v", first.ID, again)
	}

	n.repo.Review(p, "bob", forge.Approved)
	n.repo.Merge(p, forgetest.Squash, "dan")
	if sh, ok := publish(); !ok || sh.output("published") != "1" {
		t.Errorf("published %q\n%s", sh.output("published"), sh.raw)
	}
	if up := h.people["mastodon"].Timeline(); len(up) != 1 || up[0].Text != "Elle est partie." {
		t.Errorf("up are %+v", up)
	}

	n.merged(forgetest.Files{"posts/second.md": due("Approved words.")}, "bob")
	n.repo.Commit("mallory", forgetest.Main, forgetest.Files{"posts/second.md": due("Approved word.")})
	if sh, ok := publish(); ok || sh.output("published") != "0" || sh.output("waiting") != "1" || !strings.Contains(sh.raw, "by no pull request that is known") {
		t.Errorf("published %q, waiting %q\n%s", sh.output("published"), sh.output("waiting"), sh.raw)
	}
	if up := h.people["mastodon"].Timeline(); len(up) != 1 {
		t.Errorf("up are %+v", up)
	}
}
