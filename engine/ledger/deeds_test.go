package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func deedHomes(t *testing.T) map[string]func() *Deeds {
	t.Helper()
	bare := remote(t)
	dir := clone(t, bare)
	return map[string]func() *Deeds{
		"folder": func() *Deeds {
			root, err := os.OpenRoot(dir)
			check(t, err)
			t.Cleanup(func() { root.Close() })
			return NewFolderDeeds(root, ".imprimatur/moderation")
		},
		"git": func() *Deeds {
			root, err := os.OpenRoot(dir)
			check(t, err)
			t.Cleanup(func() { root.Close() })
			repo, err := git.Open(t.Context(), dir, os.Environ())
			check(t, err)
			return NewGitDeeds(repo, root, ".imprimatur")
		},
	}
}

func recall(t *testing.T, d *Deeds) (string, []schema.Deed) {
	t.Helper()
	var all []schema.Deed
	tip, err := d.Read(t.Context(), func(one *schema.Deed) { all = append(all, *one) })
	check(t, err)
	return tip, all
}

// Deeds come back as they were written, whoever reads; an intent on top of what
// somebody else wrote meanwhile is refused; receipts beside them stay apart.
func TestDeeds(t *testing.T) {
	for name, open := range deedHomes(t) {
		t.Run(name, func(t *testing.T) {
			r := receipt("x", 1, schema.Live)
			one := schema.Deed{At: r.At, Run: "r1", Channel: "m", Op: schema.OpHide, State: schema.DeedIntent, Item: "abc"}
			a, b := open(), open()
			tip, all := recall(t, a)
			if len(all) != 0 {
				t.Fatalf("it begins with %v", all)
			}
			check(t, a.Intend(t.Context(), tip, []schema.Deed{one}))
			if err := b.Intend(t.Context(), tip, []schema.Deed{one}); !errors.Is(err, ErrConflict) {
				t.Errorf("on top of another's: %v", err)
			}
			two := schema.Deed{At: r.At, Run: "r1", Channel: "m", Op: schema.OpRead, Cursor: "c", Items: 3}
			check(t, a.Record(t.Context(), []schema.Deed{two}))
			check(t, a.Flush(t.Context()))
			if tip, all = recall(t, b); len(all) != 2 || all[0].Item != "abc" || all[1].Cursor != "c" {
				t.Errorf("it says %+v", all)
			}
			check(t, b.Intend(t.Context(), tip, []schema.Deed{one}))
			for _, bad := range []schema.Deed{{}, {At: r.At, Run: "r", Channel: "m", Op: "dance", Item: "x"}, {At: r.At, Run: "r", Channel: "m", Op: schema.OpHide, State: "odd", Item: "x"}} {
				if err := b.Record(t.Context(), []schema.Deed{bad}); err == nil {
					t.Errorf("%+v is written", bad)
				}
			}
		})
	}
}

// Whatever stands in a file of deeds is read, or damage.
func FuzzDeeds(f *testing.F) {
	f.Add(`{"at":"2027-01-04T07:30:00Z","run":"r","channel":"m","op":"hide","state":"done","item":"abc"}` + "\n")
	f.Add(`{"at":"2027-01-04T07:30:00Z","run":"r","channel":"m","op":"read","cursor":"x"}`)
	f.Add("<<<<<<< HEAD\n")
	f.Fuzz(func(t *testing.T, src string) {
		dir := t.TempDir()
		check(t, os.MkdirAll(filepath.Join(dir, "m"), 0o755))
		check(t, os.WriteFile(filepath.Join(dir, "m", "2027-01.jsonl"), []byte(src), 0o600))
		root, err := os.OpenRoot(dir)
		check(t, err)
		defer root.Close()
		d := NewFolderDeeds(root, "m")
		if _, err := d.Read(t.Context(), func(one *schema.Deed) {
			if err := soundDeed(one); err != nil {
				t.Error(err)
			}
		}); err != nil && !errors.As(err, new(*Damage)) {
			t.Error(err)
		}
	})
}
