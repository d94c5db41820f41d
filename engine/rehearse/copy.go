package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// written lists the folders of a workspace that nobody writes by hand: a
// rehearsal begins without them.
func written(s *engine.Space, set platform.Set) []string {
	dirs := []string{".git", workspace.StateDir, path.Clean(cmp.Or(s.Config.Outbox, workspace.OutboxDir))}
	for _, c := range s.Config.Channels {
		p := set.Named(c.Platform)
		if p == nil {
			continue
		}
		for _, f := range p.Fields {
			dir := c.Settings[f.Name]
			if dir == "" {
				dir = f.Default
			}
			if f.Folder && dir != "" {
				dirs = append(dirs, path.Clean(dir))
			}
		}
	}
	return dirs
}

// copyFiles copies a folder to the folder dir, all but some folders. A
// symbolic link stays one: the copy can follow it where the original could,
// which is never out of the folder.
func copyFiles(ctx context.Context, dir string, from *os.Root, but []string) error {
	to, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer to.Close()
	here, err := os.Stat(dir)
	if err != nil {
		return err
	}
	return fs.WalkDir(from.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case err != nil:
			return copying(name, err)
		case name == ".":
			return nil
		case slices.Contains(but, name) && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			if info, err := e.Info(); err == nil && os.SameFile(info, here) {
				return fs.SkipDir // the temporary folder is inside the workspace
			}
			return copying(name, to.Mkdir(name, 0o755))
		case e.Type()&fs.ModeSymlink != 0:
			target, err := from.Readlink(name)
			if err == nil {
				err = to.Symlink(target, name)
			}
			return copying(name, err)
		case e.Type().IsRegular():
			return copying(name, copyFile(to, from, name))
		}
		return nil // a device, a socket: nothing a post could use
	})
}

func copyFile(to, from *os.Root, name string) error {
	r, err := from.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := to.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	return w.Close()
}

// copying names the file that an error is about, as the workspace does.
func copying(name string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("cannot copy %s: %w", name, err)
}

// free is a name in root that nothing has.
func free(root *os.Root, name string) string {
	for {
		if _, err := root.Lstat(name); err != nil {
			return name
		}
		name += "-"
	}
}
