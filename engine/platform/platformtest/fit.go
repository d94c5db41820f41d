package platformtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// The most that is worth sending in a test.
const (
	mostText  = 1 << 20
	mostBytes = 32 << 20
)

// atoms fill a text. They differ in bytes, code points, UTF-16 units and
// graphemes, so that a wrong unit shows; the last is for units that count an
// address by a rule of its own.
var atoms = []struct{ name, s string }{
	{"letters", "a"},
	{"accents", "é"},
	{"combining accents", "e\u0301"},
	{"kanji", "日"},
	{"emoji", "😀"},
	{"families", "👩‍👩‍👧‍👦"},
	{"conjuncts", "क्षि"},
	{"addresses", " https://example.org/a-very-long-address-to-count-by-a-rule-of-its-own"},
}

// fits: what is at a limit is taken whole, what is one over is refused.
func (s suite) fits(t *testing.T) {
	t.Run("Text", s.fitsText)
	t.Run("Warning", s.fitsWarning)
	t.Run("Media", s.fitsMedia)
	t.Run("Alt", s.fitsAlt)
	t.Run("Poll", s.fitsPoll)
}

// set reports whether there is a limit, small enough to try.
func set(l platform.Limit, most int) bool { return l.Max > 0 && l.Max < most }

// takes demands that a part is accepted and shown whole.
func (s suite) takes(t *testing.T, what string, part func(*bench) platform.Part) {
	t.Helper()
	b := s.open(t)
	p := part(b)
	r, err := b.conn.Publish(t.Context(), b.attempt(p))
	if err != nil {
		t.Errorf("%s: %v, want it taken", what, err)
		return
	}
	shown := b.only(r)
	b.shows(shown, p)
	if p.Poll != nil && (shown.Poll == nil || fmt.Sprintf("%+v", *shown.Poll) != fmt.Sprintf("%+v", *p.Poll)) {
		t.Errorf("%s: a reader sees the poll %+v, want %+v", what, shown.Poll, p.Poll)
	}
}

// refuses demands that a part is the author's to change, and is not up.
func (s suite) refuses(t *testing.T, what string, part func(*bench) platform.Part) {
	t.Helper()
	b := s.open(t)
	_, err := b.conn.Publish(t.Context(), b.attempt(part(b)))
	if !errors.Is(err, platform.ErrRejected) || errors.Is(err, platform.ErrUnknown) {
		t.Errorf("%s: %v, want ErrRejected", what, err)
	}
	if n := len(b.standin.Timeline()); n > 0 {
		t.Errorf("%s: refused, and yet a reader sees %d posts", what, n)
	}
	b.leaks(err)
}

// holds reports whether a text is within every limit but one.
func (b *bench) holds(s string, but *platform.Limit) bool {
	for i := range b.p.Profile.Text {
		l := &b.p.Profile.Text[i]
		if l != but && l.Count(s) > l.Max {
			return false
		}
	}
	return true
}

// fill repeats an atom until the text, written as the platform has it,
// measures exactly n. It gives up where the atom cannot.
func fill(m text.Markup, l platform.Limit, atom string, n int) (platform.Part, bool) {
	measure := func(s string) int { return l.Count(write(m, s).String) }
	once := measure("a" + atom)
	each := measure("a"+atom+atom) - once
	if each <= 0 || n < once {
		return platform.Part{}, false
	}
	tail := strings.Repeat(atom, max(0, (n-once)/each))
	head := "a"
	head += strings.Repeat("a", max(0, n-measure(head+tail)))
	w := write(m, head+tail)
	return platform.Part{Text: w.String, Facets: w.Facets}, l.Count(w.String) == n
}

func (s suite) fitsText(t *testing.T) {
	m := s.p.Profile.Markup
	for i := range s.p.Profile.Text {
		l := &s.p.Profile.Text[i]
		if !set(*l, mostText) {
			continue
		}
		tried := false
		for _, atom := range atoms {
			if strings.Contains(atom.s, "://") && l.Reserve == 0 {
				continue
			}
			b := s.open(t)
			for _, over := range []int{0, 1} {
				filled, ok := fill(m, *l, atom.s, l.Max+over)
				if !ok || !b.holds(filled.Text, l) {
					continue
				}
				tried = true
				what := fmt.Sprintf("%d %s of %s", l.Max+over, l.Unit, atom.name)
				part := func(b *bench) platform.Part {
					p := b.part("")
					p.Text, p.Facets = filled.Text, filled.Facets
					return p
				}
				if over > 0 {
					s.refuses(t, what, part)
				} else {
					s.takes(t, what, part)
				}
			}
		}
		if !tried {
			t.Errorf("no text reaches the limit of %d %s without passing another first: is it needed?", l.Max, l.Unit)
		}
	}
}

func (s suite) fitsWarning(t *testing.T) {
	if s.p.Profile.Warning != platform.Counted || len(s.p.Profile.Text) == 0 || !set(s.p.Profile.Text[0], mostText) {
		t.Skip("warnings do not count with the text")
	}
	const warning = "Spoiler: 👩‍👩‍👧 été"
	l := s.p.Profile.Text[0]
	for _, over := range []int{0, 1} {
		part := func(b *bench) platform.Part {
			p := b.part("")
			filled, ok := fill(s.p.Profile.Markup, l, "a", l.Max-l.Count(warning)+over)
			if !ok {
				t.Fatal("no text of that length")
			}
			p.Text, p.Warning = filled.Text, warning
			return p
		}
		if over > 0 {
			s.refuses(t, "a warning and a text, together one over", part)
		} else {
			s.takes(t, "a warning and a text, together at the limit", part)
		}
	}
}

func (s suite) fitsMedia(t *testing.T) {
	pr, kind := s.p.Profile.Media, s.kind()
	if pr.Max.Max < 1 || kind == "" {
		t.Skip("no pictures that the suite can draw")
	}
	with := func(pics ...platform.Picture) func(*bench) platform.Part {
		return func(b *bench) platform.Part {
			p := b.part("Look.")
			for i, pic := range pics {
				p.Media = append(p.Media, attach(pic, fmt.Sprintf("picture %d", i+1)))
			}
			return p
		}
	}
	if set(pr.Max, 1000) {
		var pics []platform.Picture
		for i := range pr.Max.Max + 1 {
			pics = append(pics, draw(t, kind, 4+i, 5, i))
		}
		s.takes(t, fmt.Sprintf("%d pictures", pr.Max.Max), with(pics[:pr.Max.Max]...))
		s.refuses(t, fmt.Sprintf("%d pictures", pr.Max.Max+1), with(pics...))
	}
	if set(pr.Bytes, mostBytes) {
		pic := draw(t, kind, 40, 30, 1)
		s.takes(t, fmt.Sprintf("a picture of %d bytes", pr.Bytes.Max), with(pad(pic, pr.Bytes.Max)))
		s.refuses(t, fmt.Sprintf("a picture of %d bytes", pr.Bytes.Max+1), with(pad(pic, pr.Bytes.Max+1)))
	}
	if set(pr.Pixels, 1<<26) && kind == "image/png" {
		w := 1
		for (w+1)*(w+1) <= pr.Pixels.Max {
			w++
		}
		h := pr.Pixels.Max / w
		s.takes(t, fmt.Sprintf("a picture of %d by %d", w, h), with(blank(w, h)))
		s.refuses(t, fmt.Sprintf("a picture of %d by %d", w, h+1), with(blank(w, h+1)))
	}
}

func (s suite) fitsAlt(t *testing.T) {
	l, kind := s.p.Profile.Media.Alt, s.kind()
	if s.p.Profile.Media.Max.Max < 1 || kind == "" || !set(l, mostText) {
		t.Skip("no limit on alternative texts")
	}
	for _, atom := range atoms {
		for _, over := range []int{0, 1} {
			filled, ok := fill(text.Plain{}, l, atom.s, l.Max+over)
			if !ok {
				continue
			}
			what := fmt.Sprintf("an alt text of %d %s, %s", l.Max+over, l.Unit, atom.name)
			part := func(b *bench) platform.Part {
				p := b.part("Look.")
				p.Media = []platform.Media{attach(draw(t, kind, 8, 6, 1), filled.Text)}
				return p
			}
			if over > 0 {
				s.refuses(t, what, part)
			} else {
				s.takes(t, what, part)
			}
		}
	}
}

func (s suite) fitsPoll(t *testing.T) {
	pr := s.p.Profile.Poll
	if pr.Options.Max < 2 {
		t.Skip("no polls")
	}
	with := func(p *platform.Poll) func(*bench) platform.Part {
		return func(b *bench) platform.Part {
			part := b.part("Which?")
			part.Poll = p
			return part
		}
	}
	if set(pr.Options, 1000) {
		s.takes(t, fmt.Sprintf("%d options", pr.Options.Max), with(s.poll(pr.Options.Max, "Yes")))
		s.refuses(t, fmt.Sprintf("%d options", pr.Options.Max+1), with(s.poll(pr.Options.Max+1, "Yes")))
	}
	if set(pr.Option, mostText) {
		for _, atom := range atoms {
			if filled, ok := fill(text.Plain{}, pr.Option, atom.s, pr.Option.Max); ok {
				s.takes(t, "an option at the limit, "+atom.name, with(s.poll(2, filled.Text)))
			}
			if filled, ok := fill(text.Plain{}, pr.Option, atom.s, pr.Option.Max+1); ok {
				s.refuses(t, "an option one over, "+atom.name, with(s.poll(2, filled.Text)))
			}
		}
	}
	open := func(d time.Duration) func(*bench) platform.Part {
		p := s.poll(2, "Yes")
		p.Open = d
		return with(p)
	}
	if pr.Min > 0 {
		s.takes(t, fmt.Sprintf("a poll open for %s", pr.Min), open(pr.Min))
		s.refuses(t, fmt.Sprintf("a poll open for %s", pr.Min/2), open(pr.Min/2))
	}
	if pr.Max > 0 {
		s.takes(t, fmt.Sprintf("a poll open for %s", pr.Max), open(pr.Max))
		s.refuses(t, fmt.Sprintf("a poll open for %s", pr.Max+24*time.Hour), open(pr.Max+24*time.Hour))
	}
}
