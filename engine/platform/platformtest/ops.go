package platformtest

import (
	"errors"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// finds: an attempt whose outcome was lost is found when it is up, and said
// to be absent only when it is not.
func (s suite) finds(t *testing.T) {
	s.offers(t, platform.Find)
	b := s.open(t)
	finder := b.conn.(platform.Finder)
	absent := func(what string, a platform.Attempt, known ...string) {
		t.Helper()
		if r, err := finder.Find(t.Context(), a, known); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: Find = %q, %v, want ErrNotFound", what, r.ID, err)
		}
	}
	there := func(what string, a platform.Attempt, want platform.Ref, known ...string) {
		t.Helper()
		if r, err := finder.Find(t.Context(), a, known); err != nil || r.ID != want.ID {
			t.Errorf("%s: Find = %q, %v, want %q", what, r.ID, err, want.ID)
		}
	}
	for _, c := range corpus {
		p := b.part(c.markdown)
		if !b.holds(p.Text, nil) {
			continue
		}
		a := b.attempt(p)
		absent(c.name+", before it is up", a)
		there(c.name, a, b.publish(a))
	}

	one, two := b.attempt(b.part("Galette at noon.")), b.attempt(b.part("Galette at one."))
	first := b.publish(one)
	absent("another text, not up", two, first.ID)
	second := b.publish(two)
	there("the first of two", one, first, second.ID)
	there("the second of two", two, second, first.ID)
	absent("the same text again, the other known", b.attempt(one.Part), first.ID, second.ID)

	full := b.attempt(s.full(b))
	there("with a picture", full, b.publish(full))
	if s.p.Profile.Thread.Max > 1 {
		reply := b.attempt(one.Part, first)
		absent("the same text as a reply, not up", reply, first.ID)
		there("the same text as a reply", reply, b.publish(reply), first.ID)
	}
	if remover, ok := b.conn.(platform.Remover); ok {
		if err := remover.Remove(t.Context(), second); err != nil {
			t.Fatalf("Remove: %v", err)
		}
		absent("after it was removed", two, first.ID)
	}
}

// edits: what the edited part says is what a reader sees, once.
func (s suite) edits(t *testing.T) {
	s.offers(t, platform.Edit)
	b := s.open(t)
	editor := b.conn.(platform.Editor)
	a := b.attempt(b.part("It is here."))
	r := b.publish(a)
	edit := func(what string) {
		t.Helper()
		for _, again := range []string{"once", "twice"} {
			var err error
			if r, err = editor.Edit(t.Context(), r, a); err != nil {
				t.Fatalf("%s, %s: Edit: %v", what, again, err)
			}
			b.shows(b.only(r), a.Part)
		}
	}
	for _, c := range corpus {
		if changed := b.part(c.markdown); b.holds(changed.Text, nil) {
			a.Part.Text, a.Part.Facets = changed.Text, changed.Facets
			edit(c.name)
		}
	}
	if l := s.p.Profile.Text; len(l) > 0 && set(l[0], mostText) {
		before := b.only(r)
		over := a
		if filled, ok := fill(s.p.Profile.Markup, l[0], "a", l[0].Max+1); ok {
			over.Part.Text, over.Part.Facets = filled.Text, filled.Facets
			if _, err := editor.Edit(t.Context(), r, over); !errors.Is(err, platform.ErrRejected) {
				t.Errorf("Edit to a text one over: %v, want ErrRejected", err)
			}
			if after := b.only(r); after.Text != before.Text {
				t.Errorf("refused, and yet a reader sees %s", quote(after.Text))
			}
		}
	}
	if p := s.full(b); len(p.Media) > 0 {
		b = s.open(t)
		editor = b.conn.(platform.Editor)
		a = b.attempt(p)
		r = b.publish(a)
		changed := b.part("It is here, at last.")
		a.Part.Text, a.Part.Facets = changed.Text, changed.Facets
		edit("with a picture")
	}
	if remover, ok := b.conn.(platform.Remover); ok {
		if err := remover.Remove(t.Context(), r); err != nil {
			t.Fatalf("Remove: %v", err)
		}
		if _, err := editor.Edit(t.Context(), r, a); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("Edit of what is gone: %v, want ErrNotFound", err)
		}
		if n := len(b.standin.Timeline()); n > 0 {
			t.Errorf("Edit of what is gone brought %d posts back", n)
		}
	}
}

// removes: what is removed is gone, and nothing else is.
func (s suite) removes(t *testing.T) {
	s.offers(t, platform.Remove)
	b := s.open(t)
	remover := b.conn.(platform.Remover)
	r := b.publish(b.attempt(s.full(b)))
	other := b.publish(b.attempt(b.part("This one stays.")))
	if err := remover.Remove(t.Context(), r); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	b.only(other)
	err := remover.Remove(t.Context(), r)
	if !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("second Remove: %v, want ErrNotFound", err)
	}
	b.leaks(err)
	b.only(other)
	if err := remover.Remove(t.Context(), other); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	if n := len(b.standin.Timeline()); n > 0 {
		t.Errorf("all are removed, and a reader sees %d posts", n)
	}
}

// limits: what a server says of itself is something With takes.
func (s suite) limits(t *testing.T) {
	s.offers(t, platform.Limits)
	b := s.open(t)
	got, err := b.conn.(platform.Limiter).Limits(t.Context())
	if err != nil {
		t.Fatalf("Limits: %v", err)
	}
	if len(got) == 0 {
		t.Error("the stand-in tells no limits, so that none can be seen to be read")
	}
	known := []string{
		platform.LimitText, platform.LimitAddress, platform.LimitMedia, platform.LimitMediaBytes,
		platform.LimitMediaPixels, platform.LimitAlt, platform.LimitPollOptions, platform.LimitPollOption,
		platform.LimitPollMinSeconds, platform.LimitPollMaxSeconds,
	}
	for _, name := range known {
		if n, ok := got[name]; ok && n <= 0 {
			t.Errorf("%s is %d", name, n)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%q is no name of a server limit", name)
	}
}
