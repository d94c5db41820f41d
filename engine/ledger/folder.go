package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Folder is a home on this machine: one file of JSON lines a month.
type Folder struct {
	root *os.Root
	dir  string
	form form
}

// NewFolder returns the home in a folder below root, which need not be there
// yet.
func NewFolder(root *os.Root, dir string) *Folder { return &Folder{root, dir, receipts} }

func (f *Folder) String() string { return f.dir }

// Read replays every receipt of the folder.
func (f *Folder) Read(ctx context.Context) (*Ledger, error) {
	if to, err := f.moved(); err != nil || to != "" {
		return nil, cmp.Or(err, error(&MovedError{f.dir, to}))
	}
	l := New()
	var err error
	l.Tip, err = f.each(ctx, func(_ []byte, r *schema.Receipt) { l.add(r) })
	return l, err
}

// whole reads a file that another run may be writing to right now: half of its
// last line is no damage.
func (f *Folder) whole(ctx context.Context, file string) ([]byte, error) {
	for try := 0; ; try++ {
		src, err := f.read(file)
		if err != nil || len(src) == 0 || src[len(src)-1] == '\n' || try == 25 {
			return src, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// each calls add with every line in order, and returns the tip.
func (f *Folder) each(ctx context.Context, add func(text []byte, r *schema.Receipt)) (string, error) {
	files, err := f.files()
	if err != nil {
		return "", err
	}
	tip := sha256.New()
	var all int64
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		src, err := f.whole(ctx, file)
		if err != nil {
			return "", err
		}
		if all += int64(len(src)); all > maxAll {
			return "", &Damage{File: file, Why: "the ledger is too long", Mend: mendFolder}
		}
		err = f.form.scan(file, src, add)
		if d := (*Damage)(nil); errors.As(err, &d) {
			d.Mend = mendFolder
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(tip, "%s %d ", file, len(src))
		tip.Write(src[max(0, len(src)-512):])
	}
	return hex.EncodeToString(tip.Sum(nil)), nil
}

const mendFolder = "the line is mended or put back from a copy"

func (f *Folder) read(file string) ([]byte, error) {
	r, err := f.root.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer r.Close()
	info, err := r.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	case info.Size() > maxFile:
		return nil, &Damage{File: file, Why: "it is too long", Mend: "it is parted: move its last lines to a file that ends in _002.jsonl"}
	}
	src := make([]byte, info.Size())
	if _, err := io.ReadFull(r, src); err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	return src, nil
}

// tip is the Tip that Read would find, without the replay.
func (f *Folder) tip() (string, error) {
	files, err := f.files()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, file := range files {
		src, err := f.tail(file, sum)
		if err != nil {
			return "", fmt.Errorf("cannot read the ledger: %w", err)
		}
		sum.Write(src)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (f *Folder) tail(file string, sum io.Writer) ([]byte, error) {
	r, err := f.root.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(sum, "%s %d ", file, info.Size())
	buf := make([]byte, min(512, info.Size()))
	_, err = r.ReadAt(buf, info.Size()-int64(len(buf)))
	return buf, err
}

func (f *Folder) files() ([]string, error) {
	es, err := fs.ReadDir(f.root.FS(), f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	var files []string
	for _, e := range es {
		name := path.Join(f.dir, e.Name())
		if stray(e.Name()) && !e.IsDir() {
			return nil, &Damage{File: name, Why: whyStray, Mend: "it is renamed or taken away"}
		}
		if !isMonth(e.Name()) {
			continue
		}
		if !e.Type().IsRegular() {
			return nil, fmt.Errorf("cannot read the ledger: %s is not a plain file", name)
		}
		files = append(files, name)
	}
	slices.Sort(files)
	return files, nil
}

// Intend appends intents under the folder's lock, if tip is still the tip.
func (f *Folder) Intend(ctx context.Context, tip string, rs []schema.Receipt) error {
	ls, err := encodeAll(rs)
	if err != nil {
		return err
	}
	return f.intend(ctx, tip, ls)
}

func (f *Folder) intend(ctx context.Context, tip string, ls []line) error {
	return f.locked(ctx, func() error {
		if err := f.still(tip); err != nil {
			return err
		}
		return f.append(ls)
	})
}

// still is ErrConflict unless tip is the tip.
func (f *Folder) still(tip string) error {
	now, err := f.tip()
	if err == nil && now != tip {
		err = ErrConflict
	}
	return err
}

// Record appends outcomes under the folder's lock.
func (f *Folder) Record(ctx context.Context, rs []schema.Receipt) error {
	ls, err := encodeAll(rs)
	if err != nil {
		return err
	}
	return f.record(ctx, ls)
}

func (f *Folder) record(ctx context.Context, ls []line) error {
	return f.locked(ctx, func() error { return f.append(ls) })
}

// Flush has nothing to do: what was recorded is home.
func (f *Folder) Flush(context.Context) error { return nil }

// append writes lines to the newest file, or to their month's where that is
// newer, and returns when they would survive a power cut.
func (f *Folder) append(ls []line) error {
	if len(ls) == 0 {
		return nil
	}
	if to, err := f.moved(); err != nil || to != "" {
		return cmp.Or(err, error(&MovedError{f.dir, to}))
	}
	return f.write(ls)
}

func (f *Folder) write(ls []line) error {
	files, err := f.files()
	if err != nil {
		return err
	}
	newest := ""
	if len(files) > 0 {
		newest = path.Base(files[len(files)-1])
	}
	for _, c := range spread(newest, 0, math.MaxInt, ls) {
		file := path.Join(f.dir, c.file)
		var size int64
		switch info, err := f.root.Stat(file); {
		case err == nil:
			size = info.Size()
		case !errors.Is(err, fs.ErrNotExist):
			return unwritable(err)
		}
		if err := appendTo(f.root, file, c.lines, size); err != nil {
			return err
		}
	}
	return nil
}

// Holds reports whether receipts are kept here that were not moved to another
// home.
func (f *Folder) Holds() (bool, error) {
	to, err := f.moved()
	if err != nil || to != "" {
		return false, err
	}
	files, err := f.files()
	return len(files) > 0, err
}

// locked runs do while no other process of this machine holds the folder.
func (f *Folder) locked(ctx context.Context, do func() error) error {
	return locked(ctx, f.root, path.Join(f.dir, "lock"), do)
}
