package platformtest

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// looks: a part that nobody touched looks as it did when it went up; one that
// somebody changed by hand does not, and one that was taken down is not found.
func (s suite) looks(t *testing.T) {
	s.offers(t, platform.Look)
	b := s.open(t)
	tamperer, ok := b.standin.(platform.Tamperer)
	if !ok {
		t.Fatal("a stand-in of a platform with Look must be a platform.Tamperer, so that something can be seen")
	}
	looker := b.conn.(platform.Looker)
	same := func(what string, want platform.Ref) {
		t.Helper()
		if want.Rev == "" {
			t.Errorf("%s: the reference has no Rev, so that no change could be seen", what)
		}
		for _, r := range []platform.Ref{want, {ID: want.ID}} {
			if got, err := looker.Look(t.Context(), r); err != nil || got != want {
				t.Errorf("%s: Look(%+v) = %+v, %v\nwant %+v", what, r, got, err, want)
			}
		}
	}
	a := b.attempt(s.full(b))
	r := b.publish(a)
	same("as it was published", r)
	if finder, ok := b.conn.(platform.Finder); ok {
		if found, err := finder.Find(t.Context(), a, nil); err != nil || found != r {
			t.Errorf("Find = %+v, %v, want what Publish gave: %+v", found, err, r)
		}
	}
	var last platform.Ref
	for _, c := range corpus {
		if p := b.part(c.markdown); b.holds(p.Text, nil) {
			last = b.publish(b.attempt(p))
			same(c.name, last)
		}
	}
	if s.p.Profile.Thread.Max > 1 {
		same("a reply", b.publish(b.attempt(b.part("And more."), last)))
	}
	if s.p.Repeat > 0 {
		if again := b.publish(a); again != r {
			t.Errorf("the same attempt gave %+v, then %+v", r, again)
		}
	}
	if editor, ok := b.conn.(platform.Editor); ok {
		changed := b.part("It is here, at last.")
		a.Part.Text, a.Part.Facets = changed.Text, changed.Facets
		var err error
		if r, err = editor.Edit(t.Context(), r, a); err != nil {
			t.Fatalf("Edit: %v", err)
		}
		same("as it was edited", r)
	}

	tamperer.Tamper(r.ID, "Someone else wrote this.")
	now, err := looker.Look(t.Context(), r)
	if err != nil || now.ID != r.ID || now.Rev == r.Rev || now.Rev == "" {
		t.Errorf("changed by hand: Look = %+v, %v, want another Rev than %+v", now, err, r)
	}
	same("as it was changed", now)
	same("another, which nobody touched", last)

	gone := func(what string, r platform.Ref) {
		t.Helper()
		if got, err := looker.Look(t.Context(), r); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: Look = %+v, %v, want ErrNotFound", what, got, err)
		}
	}
	tamperer.Tamper(r.ID, "")
	gone("taken down by hand", r)
	if remover, ok := b.conn.(platform.Remover); ok {
		if err := remover.Remove(t.Context(), last); err != nil {
			t.Fatalf("Remove: %v", err)
		}
		gone("removed", last)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := looker.Look(ctx, now); !errors.Is(err, context.Canceled) {
		t.Errorf("Look of a run that ended: %v, want context.Canceled", err)
	}
}

// failsToLook: a look that went wrong has not seen that nothing is there, nor
// that somebody changed it.
func (s suite) failsToLook(t *testing.T) {
	s.offers(t, platform.Look)
	s.spoiled(t, func(b *bench) func(context.Context) error {
		want := b.publish(b.attempt(s.full(b)))
		return func(ctx context.Context) error {
			got, err := b.conn.(platform.Looker).Look(ctx, want)
			if err == nil && got != want {
				b.Errorf("Look = %+v, want %+v", got, want)
			}
			return err
		}
	}, func(b *bench, where string, err error) {
		if errors.Is(err, platform.ErrNotFound) {
			b.Errorf("%s: it is up, and Look says ErrNotFound: %v", where, err)
		} else if err != nil && sure(err) != "" {
			b.Errorf("%s: %v\n%s", where, err, sure(err))
		}
	})
}

// locates: the address of a part leads to what can be done with it, and no
// other address does.
func (s suite) locates(t *testing.T) {
	if s.p.Locate == nil {
		t.Skip("an address is all that names a post here")
	}
	b := s.open(t)
	r := b.publish(b.attempt(b.part("It is here.")))
	for _, address := range []string{r.URL, " " + r.URL + "\r\n", r.URL + "#reply"} {
		at, err := s.p.Locate(b.account.Settings, address)
		if err != nil || at.ID == "" || at.URL == "" {
			t.Fatalf("Locate(%q) = %+v, %v, want the post %s", address, at, err, r.ID)
		}
		if looker, ok := b.conn.(platform.Looker); ok {
			if got, err := looker.Look(t.Context(), at); err != nil || got != r {
				t.Errorf("Look of what is at %q = %+v, %v, want %+v", address, got, err, r)
			}
		}
	}
	for _, address := range s.hostile(t, b, r.URL) {
		at, err := s.p.Locate(b.account.Settings, address)
		if err == nil {
			t.Errorf("Locate(%s) = %+v, want an error", quote(address), at)
			continue
		}
		if said := err.Error(); len(said) > 2000 || strings.ContainsFunc(said, unicode.IsControl) {
			t.Errorf("Locate(%s): the error is %d bytes, or not fit for a terminal: %s", quote(address), len(said), quote(said))
		}
		b.leaks(err)
	}
	at, err := s.p.Locate(b.account.Settings, r.URL)
	if err != nil {
		t.Fatal(err)
	}
	if editor, ok := b.conn.(platform.Editor); ok {
		a := b.attempt(b.part("It is here, at last."))
		if _, err := editor.Edit(t.Context(), at, a); err != nil {
			t.Errorf("Edit of what is at %s: %v", r.URL, err)
		}
		b.shows(b.only(r), a.Part)
	}
	if remover, ok := b.conn.(platform.Remover); ok {
		if err := remover.Remove(t.Context(), at); err != nil {
			t.Errorf("Remove of what is at %s: %v", r.URL, err)
		}
		if n := len(b.standin.Timeline()); n > 0 {
			t.Errorf("removed, and a reader sees %d posts", n)
		}
	}
}

// hostile are addresses of nothing of ours: those that anyone may paste, and
// bent ones of a post.
func (s suite) hostile(t *testing.T, b *bench, post string) []string {
	u, err := url.Parse(post)
	if err != nil {
		t.Fatal(err)
	}
	bent := func(bend func(*url.URL)) string {
		other := *u
		bend(&other)
		return other.String()
	}
	all := []string{
		"", " ", "\x00", "post", "https://", "https:///", "://", "http://[::1", "%zz", "javascript:alert(1)", "file:///etc/passwd", "at://", "at://x/y/z",
		"\x1b]0;title\x07", "https://example.org/\x1b[2J", strings.Repeat("https://example.org/", 10_000), strings.Repeat("a/", 100_000),
		post + "/../../../etc/passwd", post + "/x", post + "%00", post + "%2f..%2f", post + "\x1b[2J", post + strings.Repeat("0", 100_000),
		bent(func(u *url.URL) { u.Host = "evil.example" }),
		bent(func(u *url.URL) { u.Host = "evil.example:" + u.Port() }),
		bent(func(u *url.URL) { u.User = url.UserPassword("a", "b") }),
		bent(func(u *url.URL) { u.Scheme = "ftp" }),
		bent(func(u *url.URL) { u.Path = "/" }),
		bent(func(u *url.URL) { u.Path = "" }),
	}
	for _, v := range b.account.Settings {
		if address(v) {
			all = append(all, v)
		}
	}
	return all
}
