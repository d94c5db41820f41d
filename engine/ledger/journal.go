package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A journal holds the lines that were written down on this machine and are not
// yet at home.
type journal struct {
	root *os.Root
	file string
	form form
}

func (j *journal) lock() string { return strings.TrimSuffix(j.file, ending) + ".lock" }

// lines reads what waits. Half a line at the end is what a power cut left of
// one that nobody was told is written.
func (j *journal) lines() ([]line, error) {
	src, err := j.read()
	if err != nil {
		return nil, err
	}
	var ls []line
	err = j.form.scan(j.file, src, func(text []byte, r *schema.Receipt) { ls = append(ls, line{string(text), *r}) })
	if d := (*Damage)(nil); errors.As(err, &d) {
		d.Mend = "the line is mended or taken away; it is what this machine still has to tell the ledger"
	}
	return ls, err
}

// read returns the whole lines of the file.
func (j *journal) read() ([]byte, error) {
	f, err := j.root.Open(j.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("cannot read the ledger: %s is not a plain file", j.file)
	case info.Size() > maxFile:
		return nil, &Damage{File: j.file, Why: "it is too long", Mend: "it is mended"}
	}
	src, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	return src[:bytes.LastIndexByte(src, '\n')+1], nil
}

// add appends lines, and returns when they would survive a power cut.
func (j *journal) add(ctx context.Context, ls []line) error {
	return locked(ctx, j.root, j.lock(), func() error {
		src, err := j.read()
		if err != nil {
			return err
		}
		return appendTo(j.root, j.file, text(ls), int64(len(src)))
	})
}

// drop takes away lines that are home, and keeps what came meanwhile.
func (j *journal) drop(ctx context.Context, home []line) error {
	if len(home) == 0 {
		return nil
	}
	gone := make(map[string]bool, len(home))
	for _, l := range home {
		gone[l.text] = true
	}
	return locked(ctx, j.root, j.lock(), func() error {
		src, err := j.read()
		if err != nil {
			return err
		}
		var keep []byte
		for l := range bytes.Lines(src) {
			if !gone[string(bytes.TrimSuffix(l, []byte("\n")))] {
				keep = append(keep, l...)
			}
		}
		if len(keep) == 0 {
			err := j.root.Remove(j.file)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			return err
		}
		next := j.file + ".new"
		if err := j.root.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(err)
		}
		if err := appendTo(j.root, next, keep, 0); err != nil {
			return err
		}
		if err := j.root.Rename(next, j.file); err != nil {
			return unwritable(err)
		}
		syncDir(j.root, path.Dir(j.file))
		return nil
	})
}

func text(ls []line) []byte {
	var buf bytes.Buffer
	for _, l := range ls {
		buf.WriteString(l.text)
		buf.WriteByte('\n')
	}
	return buf.Bytes()
}

// appendTo writes lines after the first size bytes of a file, and returns when
// they would survive a power cut.
func appendTo(root *os.Root, name string, src []byte, size int64) error {
	w, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return unwritable(err)
	}
	defer w.Close()
	if err := w.Truncate(size); err != nil {
		return unwritable(err)
	}
	if _, err := w.WriteAt(src, size); err != nil {
		return unwritable(errors.Join(err, w.Truncate(size))) // a full disk must not leave half a line
	}
	if err := w.Sync(); err != nil {
		return unwritable(err)
	}
	if size == 0 {
		syncDir(root, path.Dir(name))
	}
	return w.Close()
}

// syncDir has a new name in a folder survive a power cut, where the system can
// do that.
func syncDir(root *os.Root, dir string) {
	if d, err := root.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
