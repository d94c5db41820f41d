package forgetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the repository calls its folders is what git itself calls them.
func TestNamesAreGits(t *testing.T) {
	files := Files{"a.md": "a", "a/b.md": "b", "a-b/c.md": "", "a.d/e/f.md": "é\n", "z": "z"}
	dir := t.TempDir()
	git := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q")
	for path, content := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("add", "-A")
	if got, want := (tree{}).with(files).sha(""), git("write-tree"); got != want {
		t.Errorf("the tree is %s, git says %s", got, want)
	}
	if got, want := Blob(files["a.d/e/f.md"]), git("rev-parse", ":a.d/e/f.md"); got != want {
		t.Errorf("the blob is %s, git says %s", got, want)
	}
}
