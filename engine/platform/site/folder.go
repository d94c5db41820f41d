package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// files are where a site is: every name is a path with slashes.
type files interface {
	read(name string) ([]byte, error) // one that is not there is fs.ErrNotExist
	has(name string) bool
	write(name string, data []byte) error // one that says so already is left alone
	remove(name string) error             // one that is not there is no error
	names(dir string) ([]string, error)   // of the files in a folder, which may not be there
	pages() ([]string, error)             // everything that could be a page, but for other sites' below this one
	fault(name string, err error) error
	unsure(err error) error // of a change that failed halfway
	sync()                  // what was written so far stays, whatever happens
	close()
}

// A folder is the site's. Every file in it is there whole or not at all: it is
// written beside its place, synced, and moved there.
type folder struct {
	root   *os.Root
	name   string
	refuse func(step string) error // nil outside tests
	flush  func(*os.File) error
	moved  map[string]bool // the folders whose names changed since sync
}

// folder opens the site's folder. What leads out of the workspace, or out of
// the folder, is an error.
func (c *conn) folder() (*folder, error) {
	root, err := c.root.OpenRoot(c.dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.where(), plain(err))
	}
	return &folder{root, c.dir, c.refuse, c.flush, map[string]bool{}}, nil
}

// plain is an error without the system's own path in it.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}

func (f *folder) fault(name string, err error) error {
	return fmt.Errorf("%s: %w", path.Join(f.name, name), plain(err))
}

// step is asked before anything is changed.
func (f *folder) step(what, name string) error {
	if f.refuse == nil {
		return nil
	}
	return f.refuse(what + " " + name)
}

func (f *folder) read(name string) ([]byte, error) {
	data, err := f.root.ReadFile(name)
	if err != nil {
		return nil, f.fault(name, err)
	}
	return data, nil
}

func (f *folder) has(name string) bool {
	_, err := f.root.Lstat(name)
	return err == nil
}

// write makes a file say data. One that does so already is left alone.
func (f *folder) write(name string, data []byte) error {
	if now, err := f.root.ReadFile(name); err == nil && bytes.Equal(now, data) {
		return nil
	}
	if err := f.replace(name, data); err != nil {
		return f.fault(name, err)
	}
	return nil
}

func (f *folder) replace(name string, data []byte) error {
	dir := path.Dir(name)
	aside := path.Join(dir, "."+path.Base(name)+".new")
	if err := f.step("create", aside); err != nil {
		return err
	}
	if err := f.root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file, err := f.root.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = f.fill(file, aside, data)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = f.step("move", name)
	}
	if err == nil {
		err = f.root.Rename(aside, name)
	}
	f.moved[dir] = true
	return err
}

func (f *folder) fill(file *os.File, name string, data []byte) error {
	half := len(data) / 2
	if _, err := file.Write(data[:half]); err != nil {
		return err
	}
	if err := f.step("fill", name); err != nil {
		return err
	}
	if _, err := file.Write(data[half:]); err != nil {
		return err
	}
	return f.flush(file)
}

// remove takes a file away, and the folders that are empty without it. One
// that is not there is no error.
func (f *folder) remove(name string) error {
	if err := f.step("remove", name); err != nil {
		return f.fault(name, err)
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.fault(name, err)
	}
	dir := path.Dir(name)
	for dir != "." && f.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	f.moved[dir] = true
	return nil
}

// sync makes sure that what was moved stays so when the power fails. Some
// systems cannot do that for a folder.
func (f *folder) sync() {
	for _, name := range slices.Sorted(maps.Keys(f.moved)) {
		if dir, err := f.root.Open(name); err == nil {
			_ = f.flush(dir)
			_ = dir.Close()
		}
	}
	clear(f.moved)
}

// unsure: some of the files are changed.
func (f *folder) unsure(err error) error { return fmt.Errorf("%w: %w", platform.ErrUnknown, err) }

func (f *folder) close() { _ = f.root.Close() }

func (f *folder) pages() ([]string, error) {
	var names []string
	err := fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it was taken away meanwhile
		case err != nil:
			return err
		case d.IsDir() && name != "." && f.has(path.Join(name, indexFile)):
			return fs.SkipDir // another site
		case d.Type().IsRegular() && strings.HasSuffix(name, ".html"):
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// names are those of the files of a folder below this one; none where there
// is no such folder.
func (f *folder) names(name string) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.fault(name, err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
