package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var units = []Unit{Graphemes, CodePoints, UTF16, Bytes, Toots, Weighted, ThreadsChars, Parsed, QuotedTags, Escaped}

// What each platform's rule makes of the texts that rules differ on; the
// sources stand at the units.
func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		unit Unit
		text string
		want int
	}{
		{Weighted, "", 0},
		{Weighted, "abc", 3},
		{Weighted, "e\u0301", 1}, // NFC
		{Weighted, "…", 2},
		{Weighted, "– ‘’ “” ‰", 10},
		{Weighted, "Привет, שלום, 日本", 18},
		{Weighted, "H🐱☺👨‍👩‍👧‍👦", 7},
		{Weighted, "🙋🏽👨‍🎤🇫🇷🏴󠁧󠁢󠁥󠁮󠁧󠁿3️⃣", 10},
		{Weighted, "🫱🏻‍🫲🏿🐦‍🔥⚡️⛹🏽‍♀️", 8}, // since 2018, and as Apple writes them
		{Weighted, "😀‍😀🇦🇦", 9},           // no such emoji: what is shown counts
		{Weighted, "© ©️", 4},
		{Weighted, "Hi http://test.co", 26},
		{Weighted, "README.md", 23},
		{Weighted, "read README.md, main.rs and it.so/x?y=z.", 82},
		{Weighted, "v1.2.3 e.g. x.y ana@photo.com", 29},
		{Weighted, "https://dupain.example/galette", 30}, // no top-level domain: no link
		{ThreadsChars, "👨‍👩‍👧‍👦", 25},
		{ThreadsChars, "été 🎉 日本", 11},
		{ThreadsChars, "1️⃣ 1", 9},
		{ThreadsChars, "🇫🇷👍🏽❤️", 22},
		{ThreadsChars, "क्\u200dष", 4}, // a joiner between letters is one
		{Parsed, "a <b>b</b> &amp; c", 7},
		{Parsed, `<a href="https://x.fr/?a=1&amp;b=>">lien</a>`, 4},
		{Parsed, "&lt;&#233;&#xE9;&gt;&quot;&eacute;&", 5 + 9},
		{Parsed, "&lt &#0; &#x110000; &#1234567890;", 1 + 1 + 4 + 1 + 10 + 1 + 13},
		{Parsed, "👩‍👩‍👧 <i>", 6},
		{Parsed, "a <b", 4},
		{QuotedTags, "", 0},
		{QuotedTags, "pain", 4},
		{QuotedTags, "pain,galette", 12},
		{QuotedTags, "galette des rois,pain,épiphanie 2027", 40},
		{Escaped, `\(a\) 👍`, 8},
	} {
		if got := Count(tt.text, tt.unit, 23); got != tt.want {
			t.Errorf("%q has %d %s, want %d", tt.text, got, tt.unit, tt.want)
		}
	}
}

func TestBareLinks(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"See README.md and main.rs.":         "README.md main.rs",
		"https://example.org/README.md":      "",
		"(run.sh) «x.py» e.g. 3.14 v1.0 a.b": "run.sh x.py",
		"ana@example.org #a.com @b.com":      "",
		"node.js, Vue.js, ASP.NET":           "ASP.NET",
		"例え.com abc.com/é":                   "abc.com/é",
		"fin.La suite":                       "fin.La",
		"HTTP://x.com x.com":                 "x.com",
	} {
		var got []string
		for _, f := range BareLinks(in) {
			if in[f.Start:f.End] != f.Value {
				t.Errorf("%q: %v is not what stands there", in, f)
			}
			got = append(got, f.Value)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("X links %q in %q, want %q", s, in, want)
		}
	}
}

func countSeeds(f *testing.F) {
	for _, s := range []string{"", "a https://b.fr/x?y @c@d.example", "👩‍👩‍👧", "क्षि", "\r\n", "@a@b", "a.com中b.com/c", "http://t.co/a(b)", "<a b='>'>&#x41;&amp", "a b,c", "#️⃣#a $A ＠b", "\xff\xf0.com"} {
		f.Add(s)
	}
	w := newWriter(2)
	for range 50 {
		f.Add(w.text())
	}
}

// A counter never panics and never counts below nothing, and each stays inside
// what its rule allows.
func FuzzCount(f *testing.F) {
	countSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		n := map[Unit]int{}
		for _, u := range units {
			if n[u] = Count(s, u, 23); n[u] < 0 {
				t.Errorf("%q has %d %s", s, n[u], u)
			}
		}
		if !utf8.ValidString(s) {
			return // files are valid UTF-8 before they come here
		}
		points := n[CodePoints]
		no := func(what string, bad bool) {
			if bad {
				t.Errorf("%q: %s: %v", s, what, n)
			}
		}
		no("a grapheme is at least a code point, which is at least a unit and a byte", n[Graphemes] > points || points > n[UTF16] || n[UTF16] > n[Bytes])
		no("every code point counts on Threads, and no more than its bytes", n[ThreadsChars] < points || n[ThreadsChars] > n[Bytes])
		no("markup only takes away", n[Parsed] > points)
		no("only quotation marks come to tags", n[QuotedTags] < points || n[QuotedTags] > points+2*(1+strings.Count(s, ",")))
		no("escapes are sent", n[Escaped] != n[UTF16])
		links := 0
		for _, e := range Entities(s) {
			if e.Kind == FacetLink {
				links++
			}
		}
		// NFC makes at most three of one: https://unicode.org/faq/normalization.html
		no("a character weighs one or two", n[Weighted] > 3*2*points+23*links)
		if strings.IndexByte(s, '.') < 0 {
			no("without a full stop there is no link", n[Weighted] > 3*2*points)
			no("without a full stop a toot is its graphemes, or less", n[Toots] > n[Graphemes])
		}
		if ascii(s) && strings.IndexByte(s, '.') < 0 {
			no("ASCII without a link weighs its length", n[Weighted] != len(s))
		}
		if !strings.ContainsAny(s, "<&") {
			no("without markup all is seen", n[Parsed] != points)
		}
		// Words after a blank change nothing before it.
		for _, u := range []Unit{Weighted, Toots, ThreadsChars, CodePoints} {
			if both := Count(s+"\vabc", u, 23); both != n[u]+4 {
				t.Errorf("%q has %d %s, and %d with a blank and three more", s, n[u], u, both)
			}
		}
	})
}

// What X finds lies in order, cuts no character and is what its value says.
func FuzzEntities(f *testing.F) {
	countSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		end := 0
		for _, e := range Entities(s) {
			if e.Start < end || e.End <= e.Start || e.End > len(s) {
				t.Fatalf("%+v after %d in %q", e, end, s)
			}
			end = e.End
			words := s[e.Start:e.End]
			if !utf8.ValidString(words) || !strings.HasSuffix(words, e.Value) || e.Value == "" {
				t.Errorf("%+v is %q in %q", e, words, s)
			}
			if e.Kind == FacetLink && words != e.Value {
				t.Errorf("%+v has words of its own: %q", e, words)
			}
		}
	})
}

// X's rules are regular expressions that can take very long; ours may not.
func TestLongTexts(t *testing.T) {
	for _, piece := range []string{"a.", "a", "長。", "a_b.", "-.", "http://", "http://a.com/(", "(a(", "@a@", "#", "＃１", "$A.", "👩‍", "🇫", "1️", "&#1", "<a '", "é.é", "e\u0301\u0323", "x.com中"} {
		s := strings.Repeat(piece, 1<<17/len(piece))
		for _, u := range units {
			Count(s, u, 23)
		}
		Entities(s)
	}
}

func BenchmarkCount(b *testing.B) {
	for _, u := range units {
		b.Run(string(u), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Count(post, u, 23)
			}
		})
	}
}

// Text of letters and full stops that end sentences, in ASCII: nothing is
// allocated.
func BenchmarkCountPlain(b *testing.B) {
	plain := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 14)[:600]
	for _, u := range units {
		b.Run(string(u), func(b *testing.B) {
			if n := testing.AllocsPerRun(10, func() { Count(plain, u, 23) }); n != 0 {
				b.Errorf("%v allocations", n)
			}
			for b.Loop() {
				Count(plain, u, 23)
			}
		})
	}
}

func BenchmarkEntities(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Entities(post)
	}
}
