package engine_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/workflow"
)

// hub notes what is said on GitHub.
type hub struct {
	title, head, base, body string
	comments                []string
	closed                  bool // to pull requests of bots
}

func (h *hub) OpenPull(_ context.Context, head, base, title, body string) (forge.Pull, error) {
	if h.closed {
		return forge.Pull{}, forge.ErrAuth
	}
	h.head, h.base, h.title, h.body = head, base, title, body
	return forge.Pull{Number: 13, URL: "https://github.com/acme/voice/pull/13"}, nil
}

func (h *hub) Comment(_ context.Context, _ int, body string) (forge.Comment, error) {
	h.comments = append(h.comments, body)
	return forge.Comment{}, nil
}

// proposer is a clone of a repository that holds a workspace in brand/.
func proposer(t *testing.T) (dir string, git func(...string) string) {
	t.Helper()
	remote, clone := filepath.Join(t.TempDir(), "remote.git"), filepath.Join(t.TempDir(), "clone")
	git = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org",
			"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
		if dir != "" {
			cmd.Dir = dir
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	git("init", "--quiet", "--bare", "--initial-branch=main", remote)
	git("clone", "--quiet", remote, clone)
	dir = clone
	for name, text := range map[string]string{
		"brand/imprimatur.yaml":          "version: 1\nbrand: Dupain\nlanguage: fr\ntimezone: Europe/Paris\nchannels:\n  blog: {platform: site, url: https://dupain.example/}\nreview: none\n",
		"brand/posts/2027/la-galette.md": "---\ntitle: x\nchannels: [blog]\n---\nx\n",
	} {
		if err := os.MkdirAll(filepath.Join(clone, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("add", ".")
	git("commit", "--quiet", "--message", "Begin")
	git("push", "--quiet", "origin", "HEAD:main")
	return clone, git
}

func TestPropose(t *testing.T) {
	clone, git := proposer(t)
	e := engine.New(all.Platforms(), func(string) string { return "" }, "test")
	e.Environ = os.Environ
	s, err := e.Open(t.Context(), filepath.Join(clone, "brand"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	form := func(title, at, text string) string {
		return "### Titre\n\n" + title + "\n\n### Où\n\n- [x] blog\n\n### Quand\n\n" + at + "\n\n### Ce que montrent les images\n\n@everyone\n\n### Le texte\n\n" + text
	}
	body := form(`La galette! Fixes #1 @acme/all "x" GH-1 ../../etc`, "2027-01-04 08:30",
		"Merci @{nobody}.\n![x](https://github.com/user-attachments/assets/0a1b2c3d-0000-4000-8000-0123456789ab)")
	h := &hub{}
	out, err := s.Propose(t.Context(), h, workflow.Issue{Number: 12, Body: body, By: "mallory", ID: 7, Base: "main"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if out.File != "posts/2027/la-galette-fixes-1-acme-all-x-gh-1-etc.md" || h.head != "imprimatur/issue-12" || h.base != "main" {
		t.Errorf("%+v %+v", out, h)
	}
	if h.title != "Message: La galette! Fixes 1 acme all x GH 1 ..etc" && strings.ContainsAny(h.title, "#@`/") {
		t.Errorf("title %q", h.title)
	}
	for _, says := range []string{"Proposé par mallory", "#12. Closes #12.", "Approve workflows to run", "```text\n@everyone\n```", "user-attachments/assets/0a1b2c3d", "À corriger", "nobody in `people.yaml`"} {
		if !strings.Contains(h.body, says) {
			t.Errorf("the pull request does not say %q:\n%s", says, h.body)
		}
	}
	if len(h.comments) != 1 || !strings.Contains(h.comments[0], "#13") {
		t.Errorf("comments %q", h.comments)
	}
	git("fetch", "--quiet", "origin")
	if got := git("diff", "--name-only", "origin/main", "origin/imprimatur/issue-12"); got != "brand/"+out.File+"\n" {
		t.Errorf("changed:\n%s", got)
	}
	if got := git("log", "-1", "--format=%B", "origin/imprimatur/issue-12"); strings.TrimSpace(got) != "A post proposed with the form of issue 12\n\nCo-authored-by: mallory <7+mallory@users.noreply.github.com>" {
		t.Errorf("message %q", got)
	}
	post := git("show", "origin/imprimatur/issue-12:brand/"+out.File)
	if !strings.Contains(post, "\npublish_at: 2027-01-04 08:30\nchannels: [blog]\n---\n\nMerci @{nobody}.\n") {
		t.Errorf("the post:\n%s", post)
	}
	if got := git("status", "--porcelain"); got != "" {
		t.Errorf("left behind:\n%s", got)
	}

	// once more: it is there already
	if _, err := s.Propose(t.Context(), h, workflow.Issue{Number: 12, Body: body, By: "mallory", Base: "main"}, now); !errors.Is(err, engine.ErrNotProposed) ||
		!strings.Contains(h.comments[1], "déjà") {
		t.Errorf("%v %q", err, h.comments)
	}
	// a name that is taken, and a repository that lets no bot open pull requests
	h.closed = true
	out, err = s.Propose(t.Context(), h, workflow.Issue{Number: 14, Body: form("La galette", "2027-02-01 08:30", "x"), By: "ana", Base: "main"}, now)
	if !errors.Is(err, forge.ErrAuth) || out.File != "posts/2027/la-galette-2.md" || !strings.Contains(h.comments[2], "imprimatur/issue-14") {
		t.Errorf("%+v %v %q", out, err, h.comments)
	}
	// what no post can come of
	_, err = s.Propose(t.Context(), h, workflow.Issue{Number: 15, Body: form("La galette", "bientôt @all", "x"), By: "ana", Base: "main"}, now)
	if !errors.Is(err, engine.ErrNotProposed) || !strings.Contains(h.comments[3], "```text\nQuand: ") {
		t.Errorf("%v %q", err, h.comments)
	}
}

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"La galette est arrivée !": "la-galette-est-arrivee", "Œuf & Æon": "oeuf-aeon", "../../etc/passwd": "etc-passwd", "!!!": "post", "日本語": "日本語",
		strings.Repeat("é", 200): strings.Repeat("e", 77), strings.Repeat("語", 90): strings.Repeat("語", 26),
	} {
		if got := engine.Slug(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}
