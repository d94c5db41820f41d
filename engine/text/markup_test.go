package text

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected output")

// markups are all of them, by their name in testdata.
var markups = []struct {
	name string
	Markup
}{
	{"plain", Plain{}},
	{"rich", Rich{}},
	{"html", HTML{}},
	{"mail", Mail{}},
	{"matrix", MatrixHTML{}},
	{"telegram", TelegramHTML{}},
	{"slack", Slack{}},
	{"linkedin", LittleText{}},
	{"github", GitHub},
	{"discourse", Discourse},
	{"devto", DevTo},
	{"reddit", Reddit},
	{"mattermost", Mattermost},
	{"discord", Discord},
}

// names know ana by what each platform calls her, bob by his page, and
// everybody else by name.
func names(markup string) Names {
	return Names{
		Person: func(name string) Handle {
			switch name {
			case "ana":
				h := Handle{Name: "Ana Martin", Handle: "ana_martin"}
				switch markup {
				case "plain", "rich":
					h.Handle = "ana@photo.example"
				case "html", "mail":
					h = Handle{Name: h.Name, URL: "https://ana.example/"}
				case "matrix":
					h.Handle = "ana:photo.example"
				case "slack":
					h.Handle = "U024BE7LH"
				case "linkedin":
					h.Handle = "urn:li:person:a1B2-c"
				case "discord":
					h.Handle = "80351110224678912"
				}
				return h
			case "eve":
				return Handle{Name: "Eve & *co*", URL: "https://eve.example/?a=1&b=(2)"}
			default:
				return Handle{Name: strings.ToUpper(name)}
			}
		},
		Image: func(file string) (Picture, bool) {
			return Picture{Src: "media:0", Alt: `a "golden" [galette]`, Width: 300, Height: 200}, file == "galette.jpg"
		},
	}
}

// One document through every markup, side by side in testdata.
func TestMarkups(t *testing.T) {
	files, err := filepath.Glob("testdata/markup/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, troubles := NewParser().Parse(ar.Files[0].Data)
			out := &txtar.Archive{Comment: ar.Comment, Files: ar.Files[:1:1]}
			for _, m := range markups {
				var b strings.Builder
				for i, p := range doc.Parts {
					w := m.Write(p, names(m.name))
					fmt.Fprintf(&b, "[part %d]\n%s\n", i+1, w.String)
					for _, f := range w.Facets {
						fmt.Fprintf(&b, "  %s %q is %q\n", f.Kind, w.String[f.Start:f.End], f.Value)
					}
				}
				out.Files = append(out.Files, txtar.File{Name: m.name, Data: []byte(b.String())})
			}
			var b strings.Builder
			for _, tr := range troubles {
				fmt.Fprintf(&b, "%s at %q\n", tr.Check, strings.SplitN(string(ar.Files[0].Data[tr.At:]), "\n", 2)[0])
			}
			if b.Len() > 0 {
				out.Files = append(out.Files, txtar.File{Name: "troubles", Data: []byte(b.String())})
			}
			if string(txtar.Format(out)) != string(txtar.Format(ar)) {
				if !*update {
					t.Errorf("got\n%s", txtar.Format(out))
				} else if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// A short file that nests deep stays short.
func TestDeep(t *testing.T) {
	for _, mark := range []string{"> ", "- ", "1. "} {
		src := strings.Repeat(mark, 2000) + "a" + strings.Repeat("\nb", 2000)
		doc, _ := NewParser().Parse([]byte(src))
		for _, m := range markups {
			if n := len(m.Write(doc.Parts[0], Names{}).String); n > 40*len(src) {
				t.Errorf("%s makes %d bytes of %d", m.name, n, len(src))
			}
		}
	}
}

// Whatever a file holds, nothing panics, no place lies outside of it, and
// facets cut at character boundaries, in order.
func FuzzParse(f *testing.F) {
	seeds(f)
	p := NewParser()
	f.Fuzz(func(t *testing.T, src string) {
		if !utf8.ValidString(src) || len(src) > 4096 {
			return // files are valid UTF-8 before they come here
		}
		doc, troubles := p.Parse([]byte(src))
		for _, tr := range troubles {
			if tr.At < 0 || tr.At > len(src) {
				t.Errorf("%s is at %d of %d", tr.Check, tr.At, len(src))
			}
		}
		for _, part := range append(doc.Parts, doc.Joined().Parts...) {
			part.Walk(func(b Block) {
				if b.At < 0 || b.At > len(src) {
					t.Errorf("a block is at %d of %d", b.At, len(src))
				}
			})
			part.Spans(func(s Span) {
				if s.At < 0 || s.At > len(src) {
					t.Errorf("a span is at %d of %d", s.At, len(src))
				}
			})
		}
	})
}

// seeds are documents to begin with.
func seeds(f *testing.F) {
	files, _ := filepath.Glob("testdata/markup/*.txtar")
	for _, file := range files {
		if ar, err := txtar.ParseFile(file); err == nil {
			f.Add(string(ar.Files[0].Data))
		}
	}
	f.Add("@{a} @{ana} \\@{b} https://x.example/_a_ [a](b \"c\") ![d][e]\n\n[e]: f\n")
	f.Add("- a\n  > b\n  ---\n1) c\n\n| a |\n|:-:|\n| ~~b~~ |\n<!-- x --><b>&amp;&#0;&bogus;\\")
	f.Add("AT&T \\*x\\* &amp; *! &0`**»000*0")
	f.Add("**a***b*~~c~~`d`**«e»**f *g **h*** l'*eau* **`i`** [**j** k](https://l.example/m_(n))!")
}

const post = "Elle est là ! Frangipane maison, **sans fève**. https://dupain.example/galette Merci @{ana} pour la photo.\n\nThe [quick](https://example.org/a) brown fox jumps over the lazy dog, and over again until the evening comes and the shop is closed.\n\nThe quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog. The quick brown fox jumps over it.\n\nRead https://dupain.example/recette and come by. #galette #epiphanie\n"

func BenchmarkParse(b *testing.B) {
	p := NewParser()
	b.ReportAllocs()
	for b.Loop() {
		p.Parse([]byte(post))
	}
}

func BenchmarkWrite(b *testing.B) {
	doc, _ := NewParser().Parse([]byte(post))
	for _, m := range markups {
		n := names(m.name)
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Write(doc.Parts[0], n)
			}
		})
	}
}

// A post of 600 bytes, parsed once and written ten times.
func BenchmarkRender(b *testing.B) {
	p := NewParser()
	ten := markups[:0:0]
	for _, m := range markups {
		switch m.name {
		case "plain", "rich", "html", "mail", "telegram", "slack", "linkedin", "github", "devto", "discord":
			ten = append(ten, m)
		}
	}
	n := names("plain")
	b.ReportAllocs()
	for b.Loop() {
		doc, _ := p.Parse([]byte(post))
		for _, m := range ten {
			m.Write(doc.Parts[0], n)
		}
	}
}
