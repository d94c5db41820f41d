package git

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Commit is the id of the commit that a name stands for: an id, a tag, or a
// branch, here or on the remote.
func (r *Repo) Commit(ctx context.Context, name string) (string, error) {
	names := []string{name}
	if remote, err := r.Remote(); err == nil {
		names = append(names, remote+"/"+name)
	}
	var first error
	for _, n := range names {
		if strings.HasPrefix(n, "-") {
			continue
		}
		out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", n+"^{commit}")
		if err == nil {
			return strings.TrimSpace(string(out)), nil
		}
		if first == nil {
			first = &Error{Kind: ErrMissing, Doing: "rev-parse", Said: "there is no commit called " + name}
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
	}
	return "", first
}

// Common is the newest commit that two have in their history both, or "". In a
// shallow clone it may be out of sight.
func (r *Repo) Common(ctx context.Context, a, b string) (string, error) {
	out, err := r.run(ctx, nil, "merge-base", a, b)
	if err != nil && len(out) == 0 && ctx.Err() == nil { // none is exit status 1
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Export writes the folder as it was at a commit into dir, which is empty. A
// folder that was not there is left empty.
func (r *Repo) Export(ctx context.Context, commit, dir string) error {
	tree := commit + "^{tree}"
	if r.Prefix != "" {
		tree = commit + ":" + r.Prefix
		if _, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", tree); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return nil
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	index, err := os.MkdirTemp("", "imprimatur-index-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(index)
	other := *r
	other.env = slices.Concat(r.env, []string{"GIT_WORK_TREE=" + dir, "GIT_INDEX_FILE=" + filepath.Join(index, "index")})
	// unlike a checkout file by file, this fetches what a partial clone lacks at once
	_, err = other.run(ctx, nil, "read-tree", "--reset", "-u", tree)
	return err
}
