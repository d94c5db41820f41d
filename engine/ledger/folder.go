package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Home keeps receipts.
type Home interface {
	// Read replays every receipt.
	Read(ctx context.Context) (*Ledger, error)
	// Intend makes intents durable, if the home still says what tip says;
	// else it writes nothing and returns ErrConflict.
	Intend(ctx context.Context, tip string, rs []schema.Receipt) error
	// Record makes outcomes durable, whatever else was written meanwhile.
	Record(ctx context.Context, rs []schema.Receipt) error
	// String names the home for people.
	String() string
}

// ErrConflict means that another run wrote to the ledger first.
var ErrConflict = errors.New("another run wrote to the ledger at the same time")

// A Folder is a home on this machine: one file of JSON lines a month.
type Folder struct {
	root *os.Root
	dir  string
}

// NewFolder returns the home in a folder below root, which need not be there
// yet.
func NewFolder(root *os.Root, dir string) *Folder { return &Folder{root, dir} }

func (f *Folder) String() string { return f.dir }

// Read replays every receipt of the folder.
func (f *Folder) Read(ctx context.Context) (*Ledger, error) {
	files, err := f.files()
	if err != nil {
		return nil, err
	}
	l := New()
	tip := sha256.New()
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		src, err := f.root.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read the ledger: %w", err)
		}
		if err := replay(l, file, src); err != nil {
			return nil, err
		}
		fmt.Fprintf(tip, "%s %d ", file, len(src))
		tip.Write(src[max(0, len(src)-512):])
	}
	l.Tip = hex.EncodeToString(tip.Sum(nil))
	return l, nil
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
		if !strings.HasSuffix(e.Name(), ".jsonl") {
			continue
		}
		if !e.Type().IsRegular() {
			return nil, fmt.Errorf("cannot read the ledger: %s is not a plain file", path.Join(f.dir, e.Name()))
		}
		files = append(files, path.Join(f.dir, e.Name()))
	}
	slices.Sort(files)
	return files, nil
}

// replay adds a file's lines to l. A ledger that is not whole is refused:
// stopping is better than posting twice.
func replay(l *Ledger, file string, src []byte) error {
	for n := 1; len(src) > 0; n++ {
		line, rest, whole := bytes.Cut(src, []byte("\n"))
		bad := func(why string) error {
			return fmt.Errorf("the ledger is damaged at %s:%d: %s; nothing is published until the line is mended or put back from a copy", file, n, why)
		}
		if !whole {
			return bad("the last line has no end")
		}
		var r schema.Receipt
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&r); err != nil {
			return bad("it is not a receipt")
		}
		if dec.More() {
			return bad("more than one receipt")
		}
		if err := sound(&r); err != nil {
			return bad(err.Error())
		}
		l.Add(r)
		src = rest
	}
	return nil
}

// Intend appends intents under the folder's lock, if tip is still the tip.
func (f *Folder) Intend(ctx context.Context, tip string, rs []schema.Receipt) error {
	return f.locked(ctx, func() error {
		switch now, err := f.tip(); {
		case err != nil:
			return err
		case now != tip:
			return ErrConflict
		}
		return f.append(rs)
	})
}

// Record appends outcomes under the folder's lock.
func (f *Folder) Record(ctx context.Context, rs []schema.Receipt) error {
	return f.locked(ctx, func() error { return f.append(rs) })
}

// append writes receipts to the file of their month, and returns when they
// would survive a power cut. Receipts of one call share a month: the first's.
func (f *Folder) append(rs []schema.Receipt) error {
	if len(rs) == 0 {
		return nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for i := range rs {
		if err := sound(&rs[i]); err != nil {
			return fmt.Errorf("a receipt is not sound: %w", err)
		}
		if err := enc.Encode(&rs[i]); err != nil {
			return err
		}
	}
	name := path.Join(f.dir, rs[0].At.UTC().Format("2006-01")+".jsonl")
	w, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return unwritable(err)
	}
	defer w.Close()
	before, err := w.Seek(0, io.SeekEnd)
	if err != nil {
		return unwritable(err)
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return unwritable(errors.Join(err, w.Truncate(before))) // a full disk must not leave half a line
	}
	if err := w.Sync(); err != nil {
		return unwritable(err)
	}
	return w.Close()
}

func unwritable(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot write the ledger: %w", err)
}

// locked runs f while no other process of this machine holds the folder.
func (f *Folder) locked(ctx context.Context, do func() error) error {
	if err := f.root.MkdirAll(f.dir, 0o755); err != nil {
		return unwritable(err)
	}
	file, err := f.root.OpenFile(path.Join(f.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return unwritable(err)
	}
	defer file.Close()
	wait := time.NewTicker(20 * time.Millisecond)
	defer wait.Stop()
	for {
		switch ok, err := tryLock(file); {
		case err != nil:
			return unwritable(err)
		case ok:
			defer unlock(file)
			return do()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the ledger is in use by another run: %w", ctx.Err())
		case <-wait.C:
		}
	}
}
