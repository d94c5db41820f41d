package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// both opens the two homes of one workspace.
func both(t *testing.T) (bare, dir string, f *Folder, g *Git) {
	bare = remote(t)
	dir = filepath.Join(clone(t, bare), "a")
	g = home(t, dir)
	return bare, dir, NewFolder(g.journal.root, ".imprimatur/ledger"), g
}

func lines(t *testing.T, s store) string {
	t.Helper()
	_, ls, _, err := s.all(t.Context())
	check(t, err)
	return string(text(ls))
}

func TestMove(t *testing.T) {
	bare, _, f, g := both(t)
	ctx := t.Context()
	rs := many(60)
	for i := range rs {
		rs[i].At = rs[i].At.AddDate(0, i/20, 0)
	}
	check(t, f.Record(ctx, rs))
	want := lines(t, f)
	if n, err := Move(ctx, f, g); n != len(rs) || err != nil {
		t.Fatalf("moved %d, %v", n, err)
	}
	if got := lines(t, g); got != want {
		t.Errorf("the branch holds\n%s\nwant\n%s", got, want)
	}
	if got := sh(t, bare, "ls-tree", "-r", "--name-only", Branch, "a"); got != "a/2027-01.jsonl\na/2027-02.jsonl\na/2027-03.jsonl" {
		t.Errorf("files %s", got)
	}
	// nobody goes on where it was
	for what, err := range map[string]error{
		"read":   func() error { _, err := f.Read(ctx); return err }(),
		"record": f.Record(ctx, rs[:1]),
		"intend": f.Intend(ctx, "", rs[:1]),
	} {
		if m := (*MovedError)(nil); !errors.As(err, &m) && !errors.Is(err, ErrConflict) || m != nil && !strings.Contains(err.Error(), "write `ledger: git`") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if holds, err := f.Holds(); holds || err != nil {
		t.Errorf("holds: %v, %v", holds, err)
	}
	if n, err := Move(ctx, f, g); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	// on in the new one, and back
	check(t, g.Record(ctx, []schema.Receipt{receipt("new", 1, schema.Live)})) // not flushed
	if n, err := Move(ctx, g, f); n != 1 || err != nil {
		t.Fatalf("back: %d, %v", n, err)
	}
	if l := read(t, f); l.Of("new", "m") == nil || len(l.Entries()) != 31 {
		t.Errorf("%d entries", len(l.Entries()))
	}
	for what, err := range map[string]error{
		"read":   func() error { _, err := g.Read(ctx); return err }(),
		"intend": func() error { _ = g.Record(ctx, rs[:1]); return g.Flush(ctx) }(),
	} {
		if !errors.As(err, new(*MovedError)) || !strings.Contains(err.Error(), "write `ledger: .imprimatur/ledger`") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// cut is a store that fails at one of the writes of a move.
type cut struct {
	store
	before, after bool
}

var errCut = errors.New("the power went")

func (c *cut) put(ctx context.Context, tip string, ls []line, moved string) error {
	if c.before {
		return errCut
	}
	err := c.store.put(ctx, tip, ls, moved)
	if c.after {
		return errCut
	}
	return err
}

func TestMoveThatWasCutShortIsRepeated(t *testing.T) {
	for name, tt := range map[string]struct{ from, to cut }{
		"before the copy": {cut{}, cut{before: true}},
		"after the copy":  {cut{}, cut{after: true}},
		"before the mark": {cut{before: true}, cut{}},
		"after the mark":  {cut{after: true}, cut{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, f, g := both(t)
			ctx := t.Context()
			check(t, f.Record(ctx, many(10)))
			tt.from.store, tt.to.store = f, g
			if _, err := Move(ctx, &tt.from, &tt.to); !errors.Is(err, errCut) {
				t.Fatalf("got %v", err)
			}
			if name != "after the mark" {
				check(t, f.Record(ctx, []schema.Receipt{receipt("meanwhile", 1, schema.Live)}))
			}
			want := lines(t, f)
			_, err := Move(ctx, f, g)
			check(t, err)
			if got := lines(t, g); got != want {
				t.Errorf("the branch holds\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestMoveMixesNothing(t *testing.T) {
	_, dir, f, g := both(t)
	check(t, f.Record(t.Context(), many(4)))
	check(t, g.Record(t.Context(), []schema.Receipt{receipt("other", 1, schema.Live)}))
	if _, err := Move(t.Context(), f, g); err == nil || !strings.Contains(err.Error(), "holds other receipts already") || !strings.Contains(err.Error(), "2027-01-04, other on m") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".imprimatur", "ledger", "MOVED")); err == nil {
		t.Error("marked as moved")
	}
	if holds, err := f.Holds(); !holds || err != nil {
		t.Errorf("holds: %v, %v", holds, err)
	}
}
