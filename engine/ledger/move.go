package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A store is a home that can be moved from and to.
type store interface {
	Home
	// setting is what imprimatur.yaml says for this home.
	setting() string
	// all returns the tip and every receipt in order, and the setting of the
	// home they were moved to, or "".
	all(ctx context.Context) (tip string, ls []line, moved string, err error)
	// put appends receipts, then says where they were moved to, or with "" that
	// they are here; if tip is still the tip, else it is ErrConflict.
	put(ctx context.Context, tip string, ls []line, moved string) error
}

// Move copies every receipt to another home, and leaves a mark in the old one
// so that nobody goes on writing there. To may hold nothing but what from
// holds, or what a move that was cut short brought there. It may be repeated
// at any time; the number is that of the receipts that were copied.
func Move(ctx context.Context, from, to Home) (int, error) {
	old, ok1 := from.(store)
	dst, ok2 := to.(store)
	if !ok1 || !ok2 || old.setting() == dst.setting() {
		return 0, fmt.Errorf("the ledger cannot be moved from %s to %s", from, to)
	}
	for _, h := range []Home{from, to} {
		if err := h.Flush(ctx); err != nil {
			return 0, err
		}
	}
	copied := 0
	for try := 1; ; try++ {
		n, err := move(ctx, old, dst)
		copied += n
		if !errors.Is(err, ErrConflict) || try == 10 {
			return copied, err
		}
	}
}

func move(ctx context.Context, from, to store) (int, error) {
	tip, have, gone, err := from.all(ctx)
	if err != nil {
		return 0, err
	}
	there, got, elsewhere, err := to.all(ctx)
	if err != nil {
		return 0, err
	}
	if gone != "" && (gone != to.setting() || elsewhere != "") {
		return 0, &MovedError{from.String(), gone}
	}
	have, got = distinct(have), distinct(got)
	for i := range min(len(have), len(got)) {
		if have[i].text != got[i].text {
			return 0, fmt.Errorf("the ledger cannot be moved to %s: it holds other receipts already (the first is of %s, %s on %s)",
				to, got[i].receipt.At.Format("2006-01-02"), got[i].receipt.Post, got[i].receipt.Channel)
		}
	}
	rest := have[min(len(have), len(got)):]
	if len(rest) > 0 || elsewhere != "" {
		if err := to.put(ctx, there, rest, ""); err != nil {
			return 0, err
		}
	}
	if gone == "" {
		err = from.put(ctx, tip, nil, to.setting())
	}
	return len(rest), err
}

// distinct leaves the first of lines that say the same, as we would write it.
func distinct(ls []line) []line {
	seen := make(map[string]bool, len(ls))
	out := ls[:0]
	for _, l := range ls {
		if !seen[l.text] {
			seen[l.text] = true
			out = append(out, l)
		}
	}
	return out
}

// mark is what a home says that was moved away from.
func mark(to string) []byte {
	return []byte(to + "\n\nThe ledger was moved: imprimatur.yaml must say `ledger: " + to + "`. What stands here is kept, and read no more.\n")
}

func marked(src []byte) string {
	to, _, _ := strings.Cut(string(src), "\n")
	if to = strings.TrimSpace(to); to == "" {
		to = "…" // somebody emptied it: still nothing to write to
	}
	return to
}

func (f *Folder) setting() string { return f.dir }

// moved is the setting of the home that the receipts were moved to, or "".
func (f *Folder) moved() (string, error) {
	src, err := f.read(path.Join(f.dir, movedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return marked(src), nil
}

func (f *Folder) all(ctx context.Context) (tip string, ls []line, moved string, err error) {
	if moved, err = f.moved(); err != nil {
		return "", nil, "", err
	}
	var rs []schema.Receipt
	if tip, err = f.each(ctx, func(_ []byte, r *schema.Receipt) { rs = append(rs, *r) }); err != nil {
		return "", nil, "", err
	}
	ls, err = encodeAll(rs)
	return tip, ls, moved, err
}

func (f *Folder) put(ctx context.Context, tip string, ls []line, moved string) error {
	return f.locked(ctx, func() error {
		if err := f.still(tip); err != nil {
			return err
		}
		file := path.Join(f.dir, movedFile)
		if moved != "" {
			return appendTo(f.root, file, mark(moved), 0)
		}
		if err := f.write(ls); err != nil {
			return err
		}
		if err := f.root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(err)
		}
		syncDir(f.root, f.dir)
		return nil
	})
}
