package git

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edit commits the content of a file.
func edit(t testing.TB, dir, file, content, message string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	sh(t, dir, "add", "-A")
	sh(t, dir, "commit", "-qm", message)
	return sh(t, dir, "rev-parse", "HEAD")
}

// What changed a file on a branch is the push or the merge that brought it
// there, whatever happened on the way.
func TestChanges(t *testing.T) {
	bare, dir := pair(t)
	edit(t, dir, "a", "1", "a is new")
	sh(t, dir, "checkout", "-qb", "topic")
	edit(t, dir, "a", "2", "a on a topic")
	edit(t, dir, "b[1]*", "1", "b on a topic")
	sh(t, dir, "checkout", "-q", "main")
	edit(t, dir, "c", "1", "c meanwhile")
	sh(t, dir, "merge", "-q", "--no-ff", "-m", "Merge pull request #1\n\nof a topic", "topic")
	merge := sh(t, dir, "rev-parse", "HEAD")
	edit(t, dir, "b1", "1", "what a pattern would take for b[1]*")
	sh(t, dir, "mv", "c", "d")
	edit(t, dir, "c2", "1", "renamed")
	sh(t, dir, "push", "-q", "origin", "main")
	r := open(t, dir)
	head, err := r.Head(t.Context())
	if err != nil || head != sh(t, dir, "rev-parse", "HEAD") {
		t.Fatal(head, err)
	}
	for files, want := range map[string]string{
		"a":       "Merge pull request #1|a is new",
		"b[1]*":   "Merge pull request #1",
		"c":       "renamed|c meanwhile",
		"d":       "renamed",
		"x":       "first",
		"nowhere": "",
		"a d":     "renamed|Merge pull request #1|a is new",
	} {
		got, err := r.Changes(t.Context(), head, 10, strings.Fields(files)...)
		if err != nil {
			t.Fatal(err)
		}
		var subjects []string
		for _, c := range got {
			subjects = append(subjects, sh(t, dir, "log", "-1", "--format=%s", c.Commit))
			if c.Cut {
				t.Errorf("%s: %s is said to be cut off", files, c.Commit)
			}
		}
		if s := strings.Join(subjects, "|"); s != want {
			t.Errorf("%s was changed by %q, want %q", files, s, want)
		}
	}
	o, err := r.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if m, err := o.Message(merge); err != nil || m != "Merge pull request #1\n\nof a topic\n" {
		t.Errorf("the merge says %q, %v", m, err)
	}
	if m, err := o.Message(strings.Repeat("1", 40)); err != nil || m != "" {
		t.Errorf("a commit that is not here says %q, %v", m, err)
	}

	shallow := filepath.Join(t.TempDir(), "shallow")
	sh(t, "/", "clone", "-q", "--depth", "2", "file://"+bare, shallow)
	r = open(t, shallow)
	for file, cut := range map[string]bool{"a": true, "x": true, "d": false} {
		got, err := r.Changes(t.Context(), head, 1, file)
		if err != nil || len(got) != 1 || got[0].Cut != cut {
			t.Errorf("in a shallow clone, %s: %+v, %v", file, got, err)
		}
	}
	empty := filepath.Join(t.TempDir(), "empty")
	sh(t, "/", "init", "-q", empty)
	if head, err := open(t, empty).Head(t.Context()); head != "" || err != nil {
		t.Errorf("nothing is checked out, and the head is %q, %v", head, err)
	}
}
