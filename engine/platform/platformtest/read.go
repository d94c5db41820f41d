package platformtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// crowd is what other people do on the stand-in.
func (b *bench) crowd() platform.Crowd {
	b.Helper()
	c, ok := b.standin.(platform.Crowd)
	if !ok {
		b.Fatal("a stand-in of a platform with Read must be a platform.Crowd, so that there is something to read")
	}
	return c
}

// read is one page, and must go well.
func (b *bench) read(cursor string) ([]platform.Item, string) {
	b.Helper()
	items, next, err := b.conn.(platform.Reader).Read(b.Context(), cursor)
	if err != nil {
		b.Fatalf("Read(%q): %v", cursor, err)
	}
	if next == "" {
		b.Fatalf("Read(%q) gives an empty cursor, which would begin anew", cursor)
	}
	return items, next
}

// all reads to the end; between pages, meanwhile happens.
func (b *bench) all(cursor string, meanwhile func()) ([]platform.Item, string) {
	b.Helper()
	var all []platform.Item
	for range 1000 {
		items, next := b.read(cursor)
		if next == cursor {
			if len(items) > 0 {
				b.Fatalf("Read(%q) gives %d items and the same cursor, so that they come again", cursor, len(items))
			}
			return all, cursor
		}
		all, cursor = append(all, items...), next
		meanwhile()
	}
	b.Fatal("a thousand calls of Read, and every one gives another cursor")
	return nil, ""
}

func nothing() {}

// heard are texts that others write, which must arrive as they are.
var heard = []string{
	"Merci !", "geht.\n#dog", "one\n\ntwo", "1 < 2 & 3 > 2; <b>bold</b> &amp;", "👩‍👩‍👧‍👦 été « oui »", "see https://example.org/a?b=c&d=e.", "مرحبا",
}

// reads: what others write comes once, in order, however it is paged; what
// they change comes again; what the account writes never comes.
func (s suite) reads(t *testing.T) {
	s.offers(t, platform.Read)
	b := s.open(t)
	crowd := b.crowd()
	r := b.publish(b.attempt(b.part("It is here.")))
	items, begin := b.all("", nothing)
	if len(items) > 0 {
		t.Fatalf("nobody wrote, and Read gives %+v", items)
	}
	var ids []string
	for i, text := range heard {
		on := r.ID
		if i%2 > 0 {
			on = ""
		}
		ids = append(ids, crowd.Say(fmt.Sprint("reader", i%3), text, on))
	}
	items, cursor := b.all(begin, nothing)
	if len(items) != len(heard) {
		t.Fatalf("%d were written, and Read gives %d", len(heard), len(items))
	}
	for i, item := range items {
		b.sound(item)
		surface, on := platform.SurfaceReply, r.ID
		if i%2 > 0 {
			surface, on = platform.SurfaceMention, ""
		}
		if item.ID != ids[i] || item.Text != heard[i] || item.Surface != surface || item.On != on || i > 0 && item.At.Before(items[i-1].At) {
			t.Errorf("number %d is %+v\nwant %s, a %s on %q, that says %s", i, item, ids[i], surface, on, quote(heard[i]))
		}
	}
	again, twice := b.all(begin, nothing)
	if !slices.EqualFunc(again, items, func(a, b platform.Item) bool { return a.ID == b.ID && a.Rev == b.Rev }) || twice != cursor {
		t.Errorf("the same cursor gives %d items and %q, and gave %d and %q", len(again), twice, len(items), cursor)
	}

	crowd.Reword(ids[1], "Something else.")
	changed, cursor := b.all(cursor, nothing)
	if len(changed) != 1 || changed[0].ID != ids[1] || changed[0].Rev == items[1].Rev || changed[0].Text != "Something else." {
		t.Errorf("one was edited, and Read gives %+v", changed)
	}
	b.publish(b.attempt(b.part("And more.")))
	if items, next := b.read(cursor); len(items) > 0 || next != cursor {
		t.Errorf("there is nothing new, and Read gives %+v and %q after %q", items, next, cursor)
	}
	for _, told := range append(slices.Clone(heard), "reader1", "Something") {
		if strings.Contains(cursor, told) {
			t.Errorf("the cursor tells %s: %q", quote(told), cursor)
		}
	}
	for _, bad := range []string{"nonsense", "1", "1~~~", cursor + "x", strings.Repeat("1~", 1000)} {
		if items, next, err := b.conn.(platform.Reader).Read(t.Context(), bad); err == nil {
			t.Errorf("Read(%s) takes it, and gives %d items and %q", quote(bad), len(items), next)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.conn.(platform.Reader).Read(ctx, cursor); !errors.Is(err, context.Canceled) {
		t.Errorf("Read of a run that ended: %v, want context.Canceled", err)
	}
}

// sound: an item says all that can be done without asking again.
func (b *bench) sound(i platform.Item) {
	b.Helper()
	if i.ID == "" || i.Rev == "" || i.At.IsZero() || !address(i.URL) || i.Author.ID == "" || i.Author.Handle == "" {
		b.Errorf("something is missing of %+v", i)
	}
}

// readsMany: nothing is lost and nothing comes twice while more arrives.
func (s suite) readsMany(t *testing.T) {
	s.offers(t, platform.Read)
	b := s.open(t)
	crowd := b.crowd()
	_, cursor := b.all("", nothing)
	var want []string
	say := func(n int) {
		for range n {
			want = append(want, crowd.Say("reader", fmt.Sprint("number ", len(want)), ""))
		}
	}
	say(1)
	first, cursor := b.all(cursor, nothing)
	say(420)
	turns := 0
	rest, cursor := b.all(cursor, func() {
		if turns++; turns <= 7 {
			say(turns)
		}
	})
	say(3)
	last, _ := b.all(cursor, nothing)
	var got []string
	for _, i := range slices.Concat(first, rest, last) {
		got = append(got, i.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d were written, and Read gives %d, or not in their order", len(want), len(got))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("number %d is %q, want %q", i, got[i], want[i])
			}
		}
	}
}

// failsToRead: a reading that went wrong says so, and has lost nothing.
func (s suite) failsToRead(t *testing.T) {
	s.offers(t, platform.Read)
	s.spoiled(t, func(b *bench) func(context.Context) error {
		_, begin := b.all("", nothing)
		id := b.crowd().Say("reader", "It is here.", "")
		return func(ctx context.Context) error {
			items, next, err := b.conn.(platform.Reader).Read(ctx, begin)
			switch {
			case err == nil && (len(items) != 1 || items[0].ID != id):
				b.Errorf("no error, and Read gives %+v", items)
			case err != nil && (len(items) > 0 || next != begin):
				b.Errorf("%v, and Read gives %d items and %q", err, len(items), next)
			}
			return err
		}
	}, func(b *bench, where string, err error) {
		if err != nil && (sure(err) != "" || errors.Is(err, platform.ErrNotFound)) {
			b.Errorf("%s: %v\nwant a BusyError or a definite one, and none that says something is gone", where, err)
		}
	})
}

// answers: what answers an item stands below it, is found by its attempt, and
// is not read as somebody else's.
func (s suite) answers(t *testing.T) {
	s.offers(t, platform.Read)
	b := s.open(t)
	item := b.item("reader")
	_, cursor := b.all("", nothing)
	a := b.attempt(b.part("We are sorry."), item.After()...)
	r := b.publish(a)
	if s.p.Repeat > 0 {
		if again := b.publish(a); again != r {
			t.Errorf("the same answer gave %+v, then %+v", r, again)
		}
	}
	seen := b.standin.Timeline()
	if last := seen[len(seen)-1]; last.ID != r.ID || last.ReplyTo != item.ID {
		t.Errorf("a reader sees %+v, want an answer to %s", last, item.ID)
	}
	if finder, ok := b.conn.(platform.Finder); ok {
		if found, err := finder.Find(t.Context(), a, nil); err != nil || found.ID != r.ID {
			t.Errorf("Find of the answer = %+v, %v, want %s", found, err, r.ID)
		}
	}
	if items, _ := b.all(cursor, nothing); len(items) > 0 {
		t.Errorf("we answered, and Read gives %+v", items)
	}
}
