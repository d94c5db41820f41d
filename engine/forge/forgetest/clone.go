package forgetest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// quoted writes a path as git's fast-import reads it.
var quoted = strings.NewReplacer("\n", `\n`, `"`, `\"`, `\`, `\\`)

// Clone makes a git repository of all branches at dir, with a branch of them
// checked out. Its commits have the names they have here.
func (r *Repo) Clone(dir, branch string) {
	r.t.Helper()
	r.mu.Lock()
	var in bytes.Buffer
	mark := map[string]int{}
	var write func(sha string)
	write = func(sha string) {
		if mark[sha] != 0 {
			return
		}
		c := r.commits[sha]
		for _, p := range c.parents {
			write(p)
		}
		mark[sha] = len(mark) + 1
		who := fmt.Sprintf("%s <%s@example.org> %d +0000", c.author, c.author, c.date.Unix())
		fmt.Fprintf(&in, "reset refs/import\ncommit refs/import\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n\n", mark[sha], who, who, len(c.message)+1, c.message)
		for i, p := range c.parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], mark[p])
		}
		in.WriteString("deleteall\n")
		for _, path := range slices.Sorted(maps.Keys(c.tree)) {
			fmt.Fprintf(&in, "M %s inline \"%s\"\ndata %d\n%s\n", c.tree[path].mode(), quoted.Replace(path), len(c.tree[path].content), c.tree[path].content)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.branches)) {
		write(r.branches[name])
		fmt.Fprintf(&in, "reset refs/heads/%s\nfrom :%d\n\n", name, mark[r.branches[name]])
	}
	want := r.branches[branch]
	r.mu.Unlock()
	git := func(in *bytes.Buffer, args ...string) string {
		cmd := exec.CommandContext(r.t.Context(), "git", append([]string{"-C", dir}, args...)...)
		cmd.Env = []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
		if in != nil {
			cmd.Stdin = in
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			r.t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git(nil, "init", "-q", "-b", branch)
	git(&in, "fast-import", "--quiet")
	git(nil, "update-ref", "-d", "refs/import")
	git(nil, "reset", "-q", "--hard")
	if got := git(nil, "rev-parse", "HEAD"); got != want {
		r.t.Fatalf("the clone of %s is at %s, not at %s", branch, got, want)
	}
}
