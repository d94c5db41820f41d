package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// Common is the commit that the workspace's files and base, a branch or a
// commit, have in common: what a change began from. It is base itself where
// the history is out of sight.
func (s *Space) Common(ctx context.Context, base string) (string, error) {
	repo, err := s.repository(ctx)
	if err != nil {
		return "", err
	}
	tip, err := repo.Commit(ctx, base)
	if err != nil {
		return "", err
	}
	head, err := repo.Commit(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	common, err := repo.Common(ctx, tip, head)
	if err != nil || common == "" {
		return tip, err
	}
	return common, nil
}

// At opens the workspace as it was at a commit, in a folder of its own that is
// gone after Close. It is nil where there was none.
func (s *Space) At(ctx context.Context, commit string) (*Space, error) {
	repo, err := s.repository(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "imprimatur-base-")
	if err != nil {
		return nil, err
	}
	was, err := s.exported(ctx, func() error { return repo.Export(ctx, commit, dir) }, dir)
	if was == nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	was.temporary = dir
	return was, nil
}

// exported opens what export brings into dir. The limits that servers told are
// of today, so that only what was written makes a difference.
func (s *Space) exported(ctx context.Context, export func() error, dir string) (*Space, error) {
	if err := export(); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, workspace.ConfigFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	limits := path.Join(workspace.StateDir, "limits")
	if told, err := fs.Sub(s.Root.FS(), limits); err == nil {
		if _, err := s.Root.Stat(limits); err == nil {
			to := filepath.Join(dir, filepath.FromSlash(limits))
			if err := errors.Join(os.RemoveAll(to), os.CopyFS(to, told)); err != nil {
				return nil, err
			}
		}
	}
	return s.engine.Open(ctx, dir)
}
