package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// mendings bounds how often what came out is mended again: fixes that meet
// wait for the next time.
const mendings = 8

// Mend writes the fixes of s's problems into its files. It returns the
// problems that are gone, and the workspace as it is now, for the caller to
// close: s itself where there was nothing to mend.
func (e *Engine) Mend(ctx context.Context, s *Space) (now *Space, mended []schema.Problem, err error) {
	now = s
	for range mendings {
		done, err := now.mend(ctx)
		mended = append(mended, done...)
		if err != nil || len(done) == 0 {
			return now, mended, err
		}
		next, err := e.Open(ctx, s.Dir)
		if err != nil {
			return now, mended, err
		}
		if now != s {
			_ = now.Close() // nothing was written through it
		}
		now = next
	}
	return now, mended, nil
}

// mend writes the fixes of each file at once.
func (s *Space) mend(ctx context.Context) (mended []schema.Problem, err error) {
	byFile := map[string][]schema.Problem{}
	for _, p := range s.Problems {
		if len(p.Fix) > 0 {
			byFile[p.File] = append(byFile[p.File], p)
		}
	}
	for _, post := range s.Posts {
		ps := byFile[post.File]
		if info, err := s.Root.Lstat(post.File); len(ps) == 0 || err == nil && !info.Mode().IsRegular() {
			continue // a link's file is mended under its own name
		}
		if err := ctx.Err(); err != nil {
			return mended, err
		}
		src, err := workspace.Read(s.Root, post.File, schema.MaxFile+1)
		if err != nil {
			return mended, fmt.Errorf("cannot read %s: %w", post.File, cause(err))
		}
		if sha256.Sum256(src) != post.Digest {
			continue // somebody wrote it meanwhile; the next look sees what is there
		}
		out, done := schema.Mend(src, ps)
		if err := replace(s.Root, post.File, out); err != nil {
			return mended, err
		}
		for i, p := range ps {
			if done[i] {
				mended = append(mended, p)
			}
		}
	}
	return mended, nil
}

// replace puts data in the place of a file in one step, with the file's own
// permissions.
func replace(root *os.Root, name string, data []byte) error {
	fail := func(err error) error { return fmt.Errorf("cannot write %s: %w", name, cause(err)) }
	info, err := root.Lstat(name)
	if err != nil {
		return fail(err)
	}
	switch {
	case !info.Mode().IsRegular():
		return fail(errors.New("it is a link; name the file that it leads to"))
	case info.Mode().Perm()&0o200 == 0:
		return fail(fs.ErrPermission)
	}
	draft := path.Join(path.Dir(name), "."+path.Base(name)+".new")
	if err := root.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was cut off
		return fail(err)
	}
	f, err := root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return fail(err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close()); err == nil {
		err = root.Rename(draft, name)
	}
	if err != nil {
		_ = root.Remove(draft) // the error that matters is the first
		return fail(err)
	}
	return nil
}

// cause is what went wrong with a file, without the file's name.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
