package site

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

var errPower = errors.New("the power is gone")

// An operation is something that a crash may cut short. It is asked for again
// in the same words, as the engine does.
type operation struct {
	name    string
	prepare func(w *workspace)
	run     func(w *workspace) error
}

func operations() []operation {
	all := posts(40)
	galette, photos, note, secret := all[8], all[5], all[1], all[7]
	publish := func(a platform.Attempt) func(*workspace) error {
		return func(w *workspace) error {
			_, err := w.conn.Publish(w.Context(), a)
			return err
		}
	}
	edit := func(page string, a platform.Attempt) func(*workspace) error {
		return func(w *workspace) error {
			_, err := w.conn.Edit(w.Context(), platform.Ref{ID: page}, a)
			return err
		}
	}
	remove := func(page string) func(*workspace) error {
		return func(w *workspace) error { return w.conn.Remove(w.Context(), platform.Ref{ID: page}) }
	}
	several := func(w *workspace) {
		for _, a := range []platform.Attempt{note, photos, secret, galette} {
			w.publish(a)
		}
	}
	changed := galette
	changed.At = changed.At.Add(time.Hour)
	changed.Part.Title = "La galette est partie"
	changed.Part.Tags = []string{"souvenir", "épiphanie"}
	changed.Part.Media = []platform.Media{paint(21, 40, 30, "Une assiette vide")}
	hidden := photos
	hidden.At = hidden.At.Add(time.Hour)
	hidden.Part.Visibility = "unlisted"
	shown := secret
	shown.At = shown.At.Add(time.Hour)
	shown.Part.Visibility = ""
	return []operation{
		{"the first post", func(*workspace) {}, publish(galette)},
		{"one more post", func(w *workspace) { w.publish(note); w.publish(photos) }, publish(galette)},
		{"an unlisted post", func(w *workspace) { w.publish(note) }, publish(secret)},
		{"an edit", several, edit("2027/galette.html", changed)},
		{"an edit that hides", several, edit("2026/atelier-photos.html", hidden)},
		{"an edit that shows", several, edit("2027/secret.html", shown)},
		{"a removal", several, remove("2026/atelier-photos.html")},
		{"a removal of an unlisted post", several, remove("2027/secret.html")},
		{"the removal of the last post", func(w *workspace) { w.publish(galette) }, remove("2027/galette.html")},
		{"a new look", func(w *workspace) {
			several(w)
			w.Settings["title"] = "Le carnet"
			w.open()
		}, publish(numbered(7))},
	}
}

// A crash leaves every file as it was before or as it is after, whichever step
// it comes at, and doing the same again leaves nothing of it.
func TestCrash(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			prepared := newWorkspace(t)
			op.prepare(prepared)
			before := prepared.tree()
			w := prepared.copy()
			steps := 0
			w.conn.refuse = func(string) error { steps++; return nil }
			if err := op.run(w); err != nil {
				t.Fatal(err)
			}
			after := w.tree()
			if steps < 2 || maps.Equal(before, after) {
				t.Fatalf("%d steps: there is nothing to cut short", steps)
			}
			for n := range steps {
				w := prepared.copy()
				passed, last := 0, ""
				w.conn.refuse = func(step string) error {
					if passed == n {
						last = step
						return errPower
					}
					passed++
					return nil
				}
				if err := op.run(w); !errors.Is(err, errPower) {
					t.Fatalf("step %d: %v, want the power to be gone", n, err)
				}
				for name, data := range w.tree() {
					if data != before[name] && data != after[name] && !aside(name) {
						t.Errorf("cut at %q: %s is neither as before nor as after", last, name)
					}
					whole(t, name, data)
				}
				w.open()
				if err := op.run(w); err != nil {
					t.Fatalf("cut at %q, then done again: %v", last, err)
				}
				same(t, "cut at "+last+", then done again", w.tree(), after)
			}
		})
	}
}

// What a crash left does not get into the way of another post.
func TestCrashThenAnother(t *testing.T) {
	all := posts(40)
	want := newWorkspace(t)
	want.publish(all[1])
	want.publish(all[5])
	want.publish(all[8])
	after := want.tree()
	for n := 0; ; n++ {
		w := newWorkspace(t)
		w.publish(all[1])
		passed := 0
		w.conn.refuse = func(string) error {
			if passed++; passed > n {
				return errPower
			}
			return nil
		}
		if _, err := w.conn.Publish(t.Context(), all[8]); err == nil {
			return // n is past the last step
		}
		w.open()
		w.publish(all[5])
		if _, err := w.conn.Find(t.Context(), all[8], nil); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("cut at step %d: Find = %v before it was published again", n, err)
		}
		w.publish(all[8])
		same(t, "with another post between", w.tree(), after)
	}
}

// aside reports whether a file is one that was about to take another's place.
func aside(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".new")
}

// whole demands that a file can be read to its end.
func whole(t *testing.T, name, data string) {
	t.Helper()
	switch {
	case aside(name):
	case strings.HasSuffix(name, ".html"):
		if !strings.HasPrefix(data, "<!doctype html>\n") || !strings.HasSuffix(data, "</html>\n") {
			t.Errorf("%s is not a whole page", name)
		}
	case strings.HasSuffix(name, ".json"):
		if !json.Valid([]byte(data)) {
			t.Errorf("%s is not JSON", name)
		}
	case strings.HasSuffix(name, ".atom"), strings.HasSuffix(name, ".xml"), strings.HasSuffix(name, ".svg"):
		d := xml.NewDecoder(strings.NewReader(data))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Errorf("%s is not XML: %v", name, err)
				return
			}
		}
	}
}

// same demands that two sites are the same to the byte.
func same(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if data, there := got[name]; !there {
			t.Errorf("%s: %s is missing", when, name)
		} else if data != want[name] {
			t.Errorf("%s: %s is\n%s\nwant\n%s", when, name, data, want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, there := want[name]; !there {
			t.Errorf("%s: %s is left over", when, name)
		}
	}
}
