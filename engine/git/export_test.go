package git

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestExport(t *testing.T) {
	_, dir := pair(t)
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
		sh(t, dir, "add", "-A")
		sh(t, dir, "commit", "-qm", "change")
	}
	write("brand/posts/a.md", "one\n")
	old := sh(t, dir, "rev-parse", "HEAD")
	sh(t, dir, "push", "-q", "origin", "HEAD:main")
	sh(t, dir, "fetch", "-q", "origin")
	write("brand/posts/a.md", "two\n")
	os.WriteFile(filepath.Join(dir, "brand/dirty"), []byte("not committed"), 0o644)
	before := sh(t, dir, "status", "--porcelain")

	r := open(t, filepath.Join(dir, "brand"))
	for name, want := range map[string]string{"HEAD": "two\n", old: "one\n", "main": "two\n", "origin/main": "one\n", "HEAD~1": "one\n"} {
		id, err := r.Commit(t.Context(), name)
		if err != nil {
			t.Fatal(name, err)
		}
		to := t.TempDir()
		if err := r.Export(t.Context(), id, to); err != nil {
			t.Fatal(name, err)
		}
		if got, _ := os.ReadFile(filepath.Join(to, "posts/a.md")); string(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if es, _ := os.ReadDir(to); len(es) != 1 {
			t.Errorf("%s: %v", name, es)
		}
	}
	if after := sh(t, dir, "status", "--porcelain"); after != before {
		t.Errorf("the work tree was %q, is %q", before, after)
	}
	first, _ := r.Commit(t.Context(), "HEAD~2")
	to := t.TempDir()
	if err := r.Export(t.Context(), first, to); err != nil {
		t.Errorf("a folder that was not there yet: %v", err)
	}
	for _, name := range []string{"nowhere", "-x", "--all", ""} {
		if id, err := r.Commit(t.Context(), name); err == nil {
			t.Errorf("%q is %s", name, id)
		}
	}
	head, _ := r.Commit(t.Context(), "HEAD")
	if got, err := r.Common(t.Context(), head, old); got != old || err != nil {
		t.Errorf("in common: %s, %v", got, err)
	}
	tree := sh(t, dir, "commit-tree", "-m", "apart", "HEAD^{tree}")
	if got, err := r.Common(t.Context(), head, tree); got != "" || err != nil {
		t.Errorf("in common with nothing: %q, %v", got, err)
	}
}
