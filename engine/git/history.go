package git

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
)

// A Change is a commit of a branch's own line that changed files: of a merge,
// what it brought to the branch.
type Change struct {
	Commit string
	// Cut says that the history ends here only because the clone is shallow:
	// the commit may have changed nothing, and others before it may be missing.
	Cut bool
}

// Head is the commit that is checked out, or "" where there is none yet.
func (r *Repo) Head(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	if code := (*exec.ExitError)(nil); errors.As(err, &code) && code.ExitCode() == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Changes lists the last commits, at most most of them and the newest first,
// that changed one of some files on a commit's own line: the first parents,
// which are the merges and pushes of its branch. Files are paths from the
// repository's root.
func (r *Repo) Changes(ctx context.Context, from string, most int, files ...string) ([]Change, error) {
	args := []string{"log", "--first-parent", "-m", "--no-renames", "--no-show-signature", "--no-notes", "--no-decorate", "--no-patch",
		"--max-count=" + strconv.Itoa(most), "--format=%H %P", from, "--"}
	for _, f := range files {
		args = append(args, ":(top,literal)"+f)
	}
	out, err := r.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	var all []Change
	for line := range strings.Lines(string(out)) {
		commit, parents, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			return nil, &Error{Kind: ErrFailed, Doing: "log", Said: "an answer that cannot be understood"}
		}
		c := Change{Commit: commit}
		if r.shallow && parents == "" {
			if c.Cut, err = r.cut(ctx, c.Commit); err != nil {
				return nil, err
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// cut reports whether a commit that seems to have no parent has one.
func (r *Repo) cut(ctx context.Context, commit string) (bool, error) {
	out, err := r.run(ctx, nil, "cat-file", "commit", commit)
	head, _, _ := strings.Cut(string(out), "\n\n")
	return strings.Contains("\n"+head, "\nparent "), err
}

// Message is what a commit says; "" where the commit is not here.
func (o *Objects) Message(commit string) (string, error) {
	_, src, err := o.object(commit, "commit", 1<<20)
	if e := (*Error)(nil); errors.As(err, &e) && strings.HasSuffix(e.Said, " missing") {
		return "", nil
	}
	_, message, _ := strings.Cut(string(src), "\n\n")
	return message, err
}
