package platformtest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// item is a reply of somebody else's to a post of ours, as it comes back from
// a file.
func (b *bench) item(handle string) platform.Item {
	b.Helper()
	r := b.publish(b.attempt(b.part("It is here.")))
	id := b.crowd().Say(handle, "Something rude.", r.ID)
	items, _ := b.all("", nothing)
	at := slices.IndexFunc(items, func(i platform.Item) bool { return i.ID == id })
	if at < 0 {
		b.Fatalf("%s is not read", id)
	}
	data, err := json.Marshal(items[at])
	var item platform.Item
	if err == nil {
		err = json.Unmarshal(data, &item)
	}
	if err != nil {
		b.Fatal(err)
	}
	return item
}

// done is what an act leaves when it is in force.
func done(act platform.Act, i platform.Item) platform.Done {
	if act == platform.ActMute {
		return platform.Done{Act: act, To: i.Author.ID}
	}
	return platform.Done{Act: act, To: i.ID}
}

// moderates: an act is done once, to what was asked and no harsher; what can
// be undone is, and no act does what the platform does not say it does.
func (s suite) moderates(t *testing.T) {
	s.offers(t, platform.Moderate)
	acts := s.open(t).conn.(platform.Moderator).Acts()
	if len(acts) == 0 {
		t.Error("Acts lists nothing")
	}
	why := platform.Reason{Kind: platform.KindSpam, Words: "rule insults.fr " + strings.Repeat("è", 5000)}
	for _, act := range platform.AllActs {
		t.Run(string(act), func(t *testing.T) {
			b := s.open(t)
			moderator, crowd := b.conn.(platform.Moderator), b.crowd()
			item, other := b.item("reader1"), b.item("reader2")
			undo, err := moderator.Moderate(t.Context(), item, act, why)
			if !slices.Contains(acts, act) {
				if !errors.Is(err, platform.ErrUnsupported) || undo != "" || len(crowd.Done()) > 0 {
					t.Errorf("it is not in Acts, and Moderate = %q, %v, and %v is done", undo, err, crowd.Done())
				}
				return
			}
			in := func(when string, want ...platform.Done) {
				t.Helper()
				if got := crowd.Done(); !slices.Equal(got, want) {
					t.Errorf("%s: %v is done, want %v", when, got, want)
				}
			}
			if err != nil {
				t.Fatalf("Moderate: %v", err)
			}
			in("once", done(act, item))
			for _, told := range []string{item.Text, item.Author.Handle, platform.Marker} {
				if strings.Contains(undo, told) {
					t.Errorf("what undoes it tells %q: %q", told, undo)
				}
			}
			if act == platform.ActReport {
				if undo != "" {
					t.Errorf("nothing takes a report back, and Moderate gives %q", undo)
				}
				if err := moderator.Undo(t.Context(), undo); !errors.Is(err, platform.ErrUnsupported) {
					t.Errorf("Undo of nothing: %v, want ErrUnsupported", err)
				}
				return
			}
			again, err := moderator.Moderate(t.Context(), item, act, why)
			if err != nil || again != undo {
				t.Errorf("the second time: Moderate = %q, %v, want %q", again, err, undo)
			}
			in("twice", done(act, item))
			if _, err := moderator.Moderate(t.Context(), other, act, why); err != nil {
				t.Fatalf("Moderate of another: %v", err)
			}
			in("and another", done(act, item), done(act, other))
			for _, when := range []string{"undone", "undone twice"} {
				if err := moderator.Undo(t.Context(), undo); err != nil {
					t.Fatalf("%s: Undo: %v", when, err)
				}
				in(when, done(act, other))
			}
			if err := moderator.Undo(t.Context(), undo+"x"); err != nil && !isAny(err, platform.ErrUnsupported, platform.ErrNotFound) {
				t.Errorf("Undo of what was never done: %v", err)
			}
			in("after another undo", done(act, other))
		})
	}
}

// failsToModerate: an act without an error is in force, and one that may be is
// never said not to be.
func (s suite) failsToModerate(t *testing.T) {
	s.offers(t, platform.Moderate)
	for _, act := range s.open(t).conn.(platform.Moderator).Acts() {
		var item platform.Item
		var undo string
		prepare := func(b *bench) func(context.Context) error {
			item = b.item("reader")
			return func(ctx context.Context) error {
				_, err := b.conn.(platform.Moderator).Moderate(ctx, item, act, platform.Reason{Words: "rule insults.fr"})
				return err
			}
		}
		s.spoiled(t, prepare, func(b *bench, where string, err error) {
			b.carriedOut(string(act)+", "+where, err, len(b.crowd().Done()) > 0)
			if n := len(b.crowd().Done()); n > 1 {
				b.Errorf("%s, %s: it is done %d times", act, where, n)
			}
		})
		if act == platform.ActReport {
			continue
		}
		s.spoiled(t, func(b *bench) func(context.Context) error {
			item = b.item("reader")
			var err error
			if undo, err = b.conn.(platform.Moderator).Moderate(b.Context(), item, act, platform.Reason{}); err != nil {
				b.Fatalf("Moderate: %v", err)
			}
			return func(ctx context.Context) error { return b.conn.(platform.Moderator).Undo(ctx, undo) }
		}, func(b *bench, where string, err error) {
			b.carriedOut("undoing "+string(act)+", "+where, err, len(b.crowd().Done()) == 0)
		})
	}
}

// carriedOut holds an error to whether a thing was done.
func (b *bench) carriedOut(where string, err error, done bool) {
	b.Helper()
	unknown := errors.Is(err, platform.ErrUnknown)
	switch {
	case err == nil && !done:
		b.Errorf("%s: no error, and it is not done", where)
	case err != nil && done && !unknown:
		b.Errorf("%s: it is done, and the error is not ErrUnknown: %v", where, err)
	case err != nil && !unknown && sure(err) != "":
		b.Errorf("%s: an error of no kind the engine knows: %v", where, err)
	}
}
