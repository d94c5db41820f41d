package platformtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// publishes: what was sent is what a reader sees, to the byte.
func (s suite) publishes(t *testing.T) {
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			b := s.open(t)
			p := b.part(c.markdown)
			if !b.holds(p.Text, nil) {
				t.Skip("longer than this platform takes")
			}
			b.shows(b.only(b.publish(b.attempt(p))), p)
		})
	}
	t.Run("several, oldest first", func(t *testing.T) {
		b := s.open(t)
		var want, got []string
		for i := range 3 {
			want = append(want, b.publish(b.attempt(b.part(fmt.Sprintf("number %d", i)))).ID)
		}
		for _, shown := range b.standin.Timeline() {
			got = append(got, shown.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("a reader sees %q, want %q", got, want)
		}
	})
}

// shares: channels run side by side, and a rehearsal may have several of one
// platform. What it finds, it finds under the race detector.
func (s suite) shares(t *testing.T) {
	if s.p.Local {
		t.Skip("no server to share")
	}
	b := s.open(t)
	var all sync.WaitGroup
	for i := range 4 {
		conn, err := s.p.Open(b.account)
		if err != nil {
			t.Fatal(err)
		}
		a := b.attempt(b.part(fmt.Sprintf("from channel %d", i)))
		all.Go(func() {
			if _, err := conn.Publish(t.Context(), a); err != nil {
				t.Errorf("Publish: %v", err)
			}
		})
	}
	all.Wait()
	if n := len(b.standin.Timeline()); n != 4 {
		t.Errorf("four channels posted, and a reader sees %d", n)
	}
}

// carries: what goes beside the text arrives where the profile says so.
func (s suite) carries(t *testing.T) {
	const nasty = "« L’été » & \"<b>\" 👩‍👩‍👧 {x} %s"
	pr := s.p.Profile
	try := func(name string, when bool, set func(*platform.Part), check func(*bench, platform.Shown)) {
		if !when {
			return
		}
		t.Run(name, func(t *testing.T) {
			b := s.open(t)
			p := b.part("It is here.")
			set(&p)
			shown := b.only(b.publish(b.attempt(p)))
			b.shows(shown, p)
			check(b, shown)
		})
	}
	same := func(b *bench, what, got, want string) {
		b.Helper()
		if got != want {
			b.Errorf("%s: a reader sees %q, want %q", what, got, want)
		}
	}
	for _, lang := range []string{"fr", "ja"} {
		try("Lang "+lang, pr.Langs, func(p *platform.Part) { p.Lang = lang },
			func(b *bench, got platform.Shown) { same(b, "Lang", got.Lang, lang) })
	}
	try("Warning", field(pr.Warning), func(p *platform.Part) { p.Warning = nasty },
		func(b *bench, got platform.Shown) { same(b, "Warning", got.Warning, nasty) })
	try("Title", field(pr.Title.Place), func(p *platform.Part) { p.Title = nasty },
		func(b *bench, got platform.Shown) { same(b, "Title", got.Title, nasty) })
	try("Link", field(pr.Link), func(p *platform.Part) { p.Link = "https://example.org/a_(b)?c=d&e=f" },
		func(b *bench, got platform.Shown) { same(b, "Link", got.Link, "https://example.org/a_(b)?c=d&e=f") })
	try("Tags", field(pr.Tags.Place), func(p *platform.Part) { p.Tags = []string{"galette", "épiphanie", "日本"} },
		func(b *bench, got platform.Shown) {
			same(b, "Tags", fmt.Sprint(got.Tags), "[galette épiphanie 日本]")
		})
	try("Visibility public", true, func(*platform.Part) {},
		func(b *bench, got platform.Shown) { same(b, "Visibility", got.Visibility, "") })
	for _, multiple := range []bool{false, true} {
		poll := s.poll(2, "« Oui » & <3 👩‍👩‍👧")
		poll.Multiple = multiple
		try(fmt.Sprintf("Poll multiple %v", multiple), pr.Poll.Options.Max > 1, func(p *platform.Part) { p.Poll = poll },
			func(b *bench, got platform.Shown) {
				if got.Poll == nil {
					b.Fatal("a reader sees no poll")
				}
				same(b, "Poll", fmt.Sprintf("%+v", *got.Poll), fmt.Sprintf("%+v", *poll))
			})
	}
	if len(pr.Visible) > 0 {
		t.Run("Visibility", s.hides)
	}
	// A connector must not make up what it was not told.
	try("nothing more", true, func(*platform.Part) {}, func(b *bench, got platform.Shown) {
		same(b, "Warning", got.Warning, "")
		same(b, "ReplyTo", got.ReplyTo, "")
		if got.Poll != nil {
			b.Errorf("a reader sees the poll %v", *got.Poll)
		}
	})
}

// hides: a part is seen by those it is for, and refused where the platform
// does not know them.
func (s suite) hides(t *testing.T) {
	for _, v := range []string{"unlisted", "private"} {
		b := s.open(t)
		p := b.part("For few.")
		p.Visibility = v
		r, err := b.conn.Publish(t.Context(), b.attempt(p))
		seen := b.standin.Timeline()
		switch {
		case !slices.Contains(s.p.Profile.Visible, v):
			if !errors.Is(err, platform.ErrRejected) || len(seen) > 0 {
				t.Errorf("%s: %v, and a reader sees %d posts", v, err, len(seen))
			}
		case err != nil:
			t.Errorf("%s: %v", v, err)
		default:
			if got := b.only(r).Visibility; got != v {
				t.Errorf("a reader sees what is %s as %q", v, got)
			}
		}
	}
}

// poll has n options, the first of which is first.
func (s suite) poll(n int, first string) *platform.Poll {
	pr := s.p.Profile.Poll
	p := &platform.Poll{Options: []string{first}, Open: max(24*time.Hour, pr.Min)}
	if pr.Max > 0 {
		p.Open = min(p.Open, pr.Max)
	}
	for i := 1; i < n; i++ {
		p.Options = append(p.Options, fmt.Sprintf("No %d", i))
	}
	return p
}

// threads: each part answers the one before it. Where a platform's threads
// are flat, a reader takes a part to answer the one above it.
func (s suite) threads(t *testing.T) {
	if s.p.Profile.Thread.Max < 2 {
		t.Skip("no threads")
	}
	b := s.open(t)
	var refs []platform.Ref
	for i := range min(3, s.p.Profile.Thread.Max) {
		refs = append(refs, b.publish(b.attempt(b.part(fmt.Sprintf("part %d", i+1)), slices.Clone(refs)...)))
	}
	seen := b.standin.Timeline()
	if len(seen) != len(refs) {
		t.Fatalf("a reader sees %d parts, want %d", len(seen), len(refs))
	}
	before := ""
	for i, shown := range seen {
		if shown.ID != refs[i].ID || shown.ReplyTo != before {
			t.Errorf("part %d is %q and answers %q, want %q and %q", i+1, shown.ID, shown.ReplyTo, refs[i].ID, before)
		}
		b.shows(shown, b.part(fmt.Sprintf("part %d", i+1)))
		before = shown.ID
	}
}

// repeats: within Repeat, the same attempt twice is one post.
func (s suite) repeats(t *testing.T) {
	if s.p.Repeat == 0 {
		t.Skip("a repeated attempt may make a second post here")
	}
	b := s.open(t)
	a := b.attempt(s.full(b))
	first, second := b.publish(a), b.publish(a)
	if first.ID != second.ID {
		t.Errorf("the same attempt gave %q, then %q", first.ID, second.ID)
	}
	b.shows(b.only(first), a.Part)

	other := b.attempt(b.part("It is here, again."))
	if r := b.publish(other); r.ID == first.ID {
		t.Errorf("another attempt gave the same id %q", r.ID)
	}
	if n := len(b.standin.Timeline()); n != 2 {
		t.Errorf("two attempts, and a reader sees %d posts", n)
	}
}
