package text

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// A limit is a platform's, on what its markup writes.
type limit struct {
	Markup
	unit Unit
	max  int
}

// limits are Bluesky's and Mastodon's, and one so small that cuts are
// everywhere.
var limits = []limit{{Rich{}, Graphemes, 300}, {Plain{}, Toots, 500}, {Plain{}, Graphemes, 40}}

func (l limit) fits(p Part) bool {
	return Count(l.Write(p, names("plain text")).String, l.unit, 23) <= l.max
}

func (l limit) split(p Part) []Part {
	return Split(p, func(_ int, p Part) bool { return l.fits(p) })
}

// flow is all that a reader sees of parts, in order, but for white space: each
// list item's mark once, each word in its style, link, kind and quote.
func flow(parts []Part) string {
	var b strings.Builder
	look := ""
	var show func(bs []Block, quotes int)
	show = func(bs []Block, quotes int) {
		for _, block := range bs {
			switch block.Kind {
			case Quote:
				show(block.Blocks, quotes+1)
				continue
			case Bullets, Numbers:
				for i, it := range block.Blocks {
					fmt.Fprintf(&b, "<%d %d>", block.Kind, block.Level*int(block.Kind-Bullets)+i*int(block.Kind-Bullets))
					show(it.Blocks, quotes)
				}
				continue
			}
			for _, s := range block.Spans {
				if s.Role == Break || s.Role == Words && strings.TrimSpace(s.Text) == "" {
					continue
				}
				if now := fmt.Sprintf("{%d %d %d %d %s}", quotes, block.Kind, s.Style, s.Role, s.Link); now != look && strings.TrimSpace(s.Text) != "" || s.Role == Image {
					b.WriteString(now)
					look = now
				}
				for _, r := range s.Text {
					if !unicode.IsSpace(r) || solid(r) {
						b.WriteRune(r)
					}
				}
			}
			show(block.Blocks, quotes)
		}
	}
	for _, p := range parts {
		show(p.Blocks, 0)
	}
	return b.String()
}

// whole are the pieces of parts that must never be cut.
func wholeOf(parts []Part) (all []string) {
	for _, p := range parts {
		p.Walk(func(b Block) {
			for _, s := range b.Spans {
				if s.Role == URL || s.Role == Person || s.Role == Image || s.Style&Mono != 0 && b.Kind != Code {
					all = append(all, s.Text)
				}
			}
		})
		for _, f := range (Rich{}).Write(p, names("plain text")).Facets {
			if f.Kind == FacetTag {
				all = append(all, "#"+f.Value)
			}
		}
	}
	slices.Sort(all) // facets come after the spans of each part
	return all
}

// labels are the words of each link.
func labels(parts []Part) (all [][]Span) {
	for _, p := range parts {
		p.Walk(func(b Block) {
			link := ""
			for _, s := range b.Spans {
				if s.Role == URL || s.Role == Image {
					s.Link = ""
				}
				if s.Link != "" && s.Link == link {
					last := &all[len(all)-1]
					*last = append(*last, s)
				} else if s.Link != "" {
					all = append(all, []Span{s})
				}
				link = s.Link
			}
		})
	}
	return all
}

// splits holds a split to what is promised of every one.
func splits(t *testing.T, l limit, p Part) []Part {
	t.Helper()
	parts := l.split(p)
	if again := l.split(p); !reflect.DeepEqual(parts, again) {
		t.Errorf("split in two ways")
	}
	if got, want := flow(parts), flow([]Part{p}); got != want {
		t.Errorf("the parts say\n%s\nand the text says\n%s", got, want)
	}
	if got, want := wholeOf(parts), wholeOf([]Part{p}); !slices.Equal(got, want) {
		t.Errorf("cut in two: %q, want %q", got, want)
	}
	for i, part := range parts {
		if again := l.split(part); len(again) != 1 || !reflect.DeepEqual(again[0], part) {
			t.Errorf("part %d is split again, into %d", i, len(again))
		}
		if !l.fits(part) && len(find(part).at) != 2 {
			t.Errorf("part %d does not fit and could be cut:\n%s", i, l.Write(part, names("plain text")).String)
		}
		if out := l.Write(part, names("plain text")).String; len(parts) > 1 && strings.TrimSpace(out) == "" {
			t.Errorf("part %d is empty", i)
		}
		part.Walk(func(b Block) {
			for _, s := range b.Spans {
				if !utf8.ValidString(s.Text) {
					t.Errorf("part %d cuts a character", i)
				}
			}
		})
	}
	return parts
}

// linked holds a split to leaving the words of a link together where they fit
// a part, as long as nothing is glued to them.
func linked(t *testing.T, l limit, p Part, parts []Part) {
	t.Helper()
	left := labels(parts)
	for _, want := range labels([]Part{p}) {
		text := flow([]Part{{Blocks: []Block{{Spans: want}}}})
		at := slices.IndexFunc(left, func(s []Span) bool { return flow([]Part{{Blocks: []Block{{Spans: s}}}}) == text })
		if at >= 0 {
			left = left[at+1:]
		} else if l.fits(Part{Blocks: []Block{{Spans: append([]Span{{Text: "..."}}, want...)}}}) {
			t.Errorf("the words of a link are cut that fit a part of their own: %s", text)
		}
	}
}

// same is how many parts two splits begin with in common.
func same(a, b []Part) int {
	n := 0
	for n < min(len(a), len(b)) && reflect.DeepEqual(a[n], b[n]) {
		n++
	}
	return n
}

// edited is the text with its last part changed: cut off anywhere in it, and
// sometimes written on.
func edited(p Part, parts []Part, r *rand.Rand) Part {
	c := find(p)
	begin := 0
	for _, part := range parts[:len(parts)-1] {
		begin += len(find(part).at) - 1
	}
	out := c.slice(0, begin+r.IntN(len(c.at)-begin))
	switch r.IntN(3) {
	case 0:
		out.Blocks = append(slices.Clone(out.Blocks), Block{Spans: []Span{{Text: prose(r, 1+r.IntN(120))}}})
	case 1:
		last := &out.Blocks
		*last = slices.Clone(*last)
		if b := &(*last)[len(*last)-1]; b.Kind == Paragraph {
			b.Spans = append(slices.Clone(b.Spans), Span{Text: " " + prose(r, 1+r.IntN(40))})
		}
	}
	return out
}

// stays holds a split to leaving alone what came before a change.
func stays(t *testing.T, l limit, p Part, parts []Part, r *rand.Rand) {
	t.Helper()
	if len(parts) < 3 || len(labels(parts)) > len(labels([]Part{p})) {
		return // whether the words of a link fit a part, only their end tells
	}
	after := l.split(edited(p, parts, r))
	if n := same(parts, after); n < min(len(parts), len(after))-2 {
		t.Errorf("of %d parts, now %d, only the first %d stayed:\n%s\n-- now --\n%s", len(parts), len(after), n,
			l.Write(parts[n], names("plain text")).String, l.Write(after[n], names("plain text")).String)
	}
}

var vocabulary = strings.Fields("le la une pain farine beurre galette demain matin four chaud " +
	"the bread of and morning baker over again people works because " +
	"été où façade naïve œuf straße привет мир καλημέρα नमस्ते 👩‍👩‍👧 🎉 ☕️ 🇫🇷 M. Mme p. ex. etc. e.g. 3.5 8 h 30 20 °C n° 5 J. « ! » ; : – , ( )")

// prose is n words of ordinary text.
func prose(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		w := vocabulary[r.IntN(len(vocabulary))]
		if i == 0 || strings.HasSuffix(b.String(), ". ") {
			first, n := utf8.DecodeRuneInString(w)
			w = string(unicode.ToUpper(first)) + w[n:]
		}
		b.WriteString(w)
		switch r.IntN(14) {
		case 0:
			b.WriteString(". ")
		case 1:
			b.WriteString(", ")
		case 2:
			b.WriteString("\u202f! ")
		case 3:
			b.WriteString("\u00a0")
		default:
			b.WriteString(" ")
		}
	}
	return strings.TrimRight(b.String(), " \u00a0")
}

// made is a post of everything that Markdown has.
func made(r *rand.Rand) string {
	var b strings.Builder
	special := func() string {
		return []string{"https://dupain.example/une/page", "@{ana}", "@{bob}", "@ana@photo.example", "#galette", "`go test ./...`", "[la recette de la maison](https://a.example/x)",
			"**en gras, et *aussi* en italique**", "![une photo](a.jpg)", "日本語の文章です。とても長い文章を、区切ります。", "~~fini~~", "a\\*b", "#日本語の料理の本", "c \u0301d", "`un deux`", "[" + prose(r, 1+r.IntN(60)) + "](https://a.example/y)"}[r.IntN(16)]
	}
	line := func(n int) string {
		s := prose(r, 1+r.IntN(n))
		for range r.IntN(3) {
			s += " " + special() + " " + prose(r, 1+r.IntN(n))
		}
		return s
	}
	for range 1 + r.IntN(8) {
		switch r.IntN(9) {
		case 0:
			b.WriteString("## " + prose(r, 5) + "\n\n")
		case 1:
			b.WriteString("> " + line(40) + "\n>\n> " + line(30) + "\n\n")
		case 2:
			fmt.Fprintf(&b, "%d. %s\n", 1+r.IntN(12), line(30))
			for range r.IntN(6) {
				b.WriteString("1. " + line(30) + "\n   - " + line(9) + "\n")
			}
			b.WriteString("\n")
		case 3:
			for range 1 + r.IntN(8) {
				b.WriteString("- " + line(20) + "\n")
			}
			b.WriteString("\n")
		case 4:
			b.WriteString("```go\n" + strings.Repeat("x := f(\"un deux\")\n\n", 1+r.IntN(20)) + "```\n\n")
		case 5:
			b.WriteString("![photo](b.jpg)\n\n")
		case 6:
			b.WriteString(line(20) + "\n" + line(20) + "\n\n")
		default:
			b.WriteString(line(90) + "\n\n")
		}
	}
	return b.String()
}

func TestSplit(t *testing.T) {
	for _, p := range []Part{{}, {Blocks: []Block{{}}}, {Blocks: []Block{{Kind: Quote}, {Kind: Rule}}}} {
		if parts := Split(p, func(int, Part) bool { return false }); len(parts) != 1 {
			t.Errorf("nothing is split into %d", len(parts))
		}
	}
	parser := NewParser()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 0))
		src := made(r)
		doc, _ := parser.Parse([]byte(src))
		if len(doc.Parts) == 0 {
			continue
		}
		for _, l := range limits {
			parts := splits(t, l, doc.Parts[0])
			linked(t, l, doc.Parts[0], parts)
			for range 4 {
				stays(t, l, doc.Parts[0], parts, r)
			}
			if t.Failed() {
				t.Fatalf("seed %d, %s:\n%s", seed, l.Name(), src)
			}
		}
	}
}

// Of plain prose no part is left with three words.
func TestSplitLeavesNoFewWords(t *testing.T) {
	parser := NewParser()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var src strings.Builder
		for range 1 + r.IntN(6) {
			src.WriteString(prose(r, 1+r.IntN(120)) + "\n\n")
		}
		doc, _ := parser.Parse([]byte(src.String()))
		for _, l := range limits[:2] {
			parts := l.split(doc.Parts[0])
			for i, p := range parts {
				words := 0
				p.Spans(func(s Span) { words += countWords(s.Text) })
				if len(parts) > 1 && words <= few {
					t.Errorf("seed %d: part %d of %d has %d words: %s", seed, i+1, len(parts), words, l.Write(p, names("plain text")).String)
				}
			}
		}
	}
}

// A change at the end leaves all but the last two parts as they were, whatever
// stands where: tiny limits and words as long as a part make all the cases.
func TestSplitStays(t *testing.T) {
	for seed := uint64(3000); seed < 3400; seed++ {
		r := rand.New(rand.NewPCG(seed, 2))
		l := limit{Plain{}, Graphemes, 20 + r.IntN(60)}
		words := func(n int) []Span {
			var b strings.Builder
			for range n {
				b.WriteString(strings.Repeat("a", 1+r.IntN(1+r.IntN(1+r.IntN(70)))))
				b.WriteString([]string{" ", " ", " ", ", ", ". B", "! B"}[r.IntN(6)])
			}
			return []Span{{Text: b.String() + "z"}}
		}
		var p Part
		for range 1 + r.IntN(8) {
			b := Block{Spans: words(1 + r.IntN(24))}
			switch r.IntN(8) {
			case 0:
				b.Kind = Heading
			case 1:
				b = Block{Kind: Quote, Blocks: []Block{b}}
			case 2:
				b = Block{Kind: Bullets, Blocks: []Block{{Kind: Item, Blocks: []Block{b}}, {Kind: Item, Blocks: []Block{{Spans: words(6)}}}}}
			}
			p.Blocks = append(p.Blocks, b)
		}
		parts := l.split(p)
		if flow(parts) != flow([]Part{p}) {
			t.Fatalf("seed %d: the parts do not give back the text", seed)
		}
		for range 6 {
			if stays(t, l, p, parts, r); t.Failed() {
				t.Fatalf("seed %d, at most %d", seed, l.max)
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	for seed := range uint64(4) {
		src := made(rand.New(rand.NewPCG(seed, 3)))
		f.Add(strings.ToValidUTF8(src[:min(len(src), 1000)], ""), uint16(60+60*seed))
	}
	f.Add("- ![a](b)\n- \n  > 1. `x`\n  > 2. ## \n\n# \n\n```\n\na\n\n```\n\u00a0\n\n[a b c](https://a.example)", uint16(3))
	parser := NewParser()
	f.Fuzz(func(t *testing.T, src string, most uint16) {
		if !utf8.ValidString(src) || len(src) > 2048 {
			return
		}
		doc, _ := parser.Parse([]byte(src))
		for _, p := range doc.Parts {
			for _, l := range []limit{{Rich{}, Graphemes, int(most)}, {Plain{}, Toots, int(most)}} {
				r := rand.New(rand.NewPCG(uint64(most), 4))
				stays(t, l, p, splits(t, l, p), r)
			}
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	parser := NewParser()
	r := rand.New(rand.NewPCG(1, 5))
	var paragraphs, one strings.Builder
	for paragraphs.Len() < 40_000 {
		paragraphs.WriteString(prose(r, 80) + "\n\n")
	}
	for one.Len() < 40_000 {
		one.WriteString(prose(r, 20) + ". ")
	}
	for _, bb := range []struct{ name, src string }{
		{"paragraphs", paragraphs.String()},
		{"one paragraph", one.String()},
		{"one list", "- " + strings.ReplaceAll(one.String(), ". ", ".\n- ")},
		{"one sentence", strings.Repeat("pain ", 8000)},
		{"one word", strings.Repeat("pain", 10_000)},
		{"ideographs", strings.Repeat("日本語の文章です", 1700)},
	} {
		doc, _ := parser.Parse([]byte(bb.src))
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				limits[0].split(doc.Parts[0])
			}
		})
	}
}
