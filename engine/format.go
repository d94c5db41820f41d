package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// ErrNoFile says that a file is none of the workspace's that are laid out.
var ErrNoFile = errors.New("no post of this workspace, nor one of its other files")

// A Layout is what Format has to say of one file.
type Layout struct {
	File     string
	Changed  bool
	Problems []schema.Problem // that keep it from being laid out
	Err      error            // the same, where its author did nothing wrong
}

// formatted are the files of a workspace that Format lays out, besides posts.
var formatted = map[string]string{
	workspace.ConfigFile: "workspace",
	workspace.PeopleFile: "people",
	workspace.FreezeFile: "freeze",
}

// Format lays out the settings of some files of the workspace at dir, given
// from there or as the caller sees them; of all files where none is named. It
// writes those that change if write says so.
func (e *Engine) Format(ctx context.Context, dir string, names []string, write bool) ([]Layout, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the workspace %s: %w", dir, cause(err))
	}
	defer root.Close()
	w, err := workspace.Load(ctx, root)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for name, kind := range formatted {
		if _, err := root.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			kinds[name] = kind
		}
	}
	for i := range w.Calendars {
		kinds[w.Calendars[i].Source.File] = "calendar"
	}
	for _, p := range w.Posts {
		kinds[p.File] = "post"
	}
	if w.Moderation != nil {
		for _, file := range w.Moderation.Names {
			kinds[file] = w.Moderation.Kind(file)
		}
	}
	var files []string
	for _, name := range names {
		file := within(dir, name, kinds)
		if file == "" {
			return nil, fmt.Errorf("%s is %w", name, ErrNoFile)
		}
		files = append(files, file)
	}
	if len(names) == 0 {
		for file := range kinds {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	var all []Layout
	for _, file := range slices.Compact(files) {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		l, err := format(root, file, kinds[file], write)
		if err != nil {
			return all, err
		}
		all = append(all, l)
	}
	return all, nil
}

func format(root *os.Root, file, kind string, write bool) (Layout, error) {
	l := Layout{File: file}
	if info, err := root.Lstat(file); err == nil && !info.Mode().IsRegular() {
		return l, nil // a link's file is laid out under its own name
	}
	src, err := workspace.Read(root, file, schema.MaxFile+1)
	if err != nil {
		return l, fmt.Errorf("cannot read %s: %w", file, cause(err))
	}
	var out []byte
	out, l.Problems, l.Err = schema.FormatFile(kind, file, src)
	if len(l.Problems) > 0 || l.Err != nil || bytes.Equal(out, src) {
		return l, nil
	}
	l.Changed = true
	if write {
		return l, replace(root, file, out)
	}
	return l, nil
}

// within is the name in the workspace of a file that was named from there, or
// from where the caller stands.
func within(dir, name string, known map[string]string) string {
	if file := filepath.ToSlash(filepath.Clean(name)); known[file] != "" {
		return file
	}
	base, err := filepath.Abs(dir)
	full, errName := filepath.Abs(name)
	if err != nil || errName != nil {
		return ""
	}
	if file, err := filepath.Rel(base, full); err == nil && known[filepath.ToSlash(file)] != "" {
		return filepath.ToSlash(file)
	}
	return ""
}
