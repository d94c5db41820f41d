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

var names = Names{
	Person: func(name string) Handle {
		switch name {
		case "ana":
			return Handle{Name: "Ana Martin", Handle: "ana@photo.example", URL: "https://ana.example/"}
		default:
			return Handle{Name: strings.ToUpper(name)}
		}
	},
	Image: func(file string) (Picture, bool) {
		return Picture{Src: "media:0", Alt: `a "golden" galette`, Width: 300, Height: 200}, file == "galette.jpg"
	},
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
			got := map[string]string{}
			for i, p := range doc.Parts {
				head := fmt.Sprintf("[part %d]\n", i+1)
				got["plain"] += head + Plain{}.Write(p, names).String + "\n"
				rich := Rich{}.Write(p, names)
				got["rich"] += head + rich.String + "\n"
				for _, f := range rich.Facets {
					got["rich"] += fmt.Sprintf("  %s %q is %q\n", f.Kind, rich.String[f.Start:f.End], f.Value)
				}
				got["html"] += head + HTML{}.Write(p, names).String + "\n"
			}
			for _, tr := range troubles {
				got["troubles"] += fmt.Sprintf("%s at %q\n", tr.Check, strings.SplitN(string(ar.Files[0].Data[tr.At:]), "\n", 2)[0])
			}
			out := &txtar.Archive{Comment: ar.Comment, Files: ar.Files[:1:1]}
			for _, name := range []string{"plain", "rich", "html", "troubles"} {
				if got[name] != "" {
					out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(got[name])})
				}
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

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org.":                   "https://example.org",
		"https://example.org/a_(b)?c=d&e=f.":     "https://example.org/a_(b)?c=d&e=f",
		"https://example.org/a)":                 "https://example.org/a",
		"https://example.org/[x]]":               "https://example.org/[x]",
		"https://exämple.org/é ok":               "https://exämple.org/é",
		"http://a\u00a0b":                        "http://a",
		"https://":                               "",
		"https://...":                            "",
		"httpsx://a":                             "",
		"ftp://a.example":                        "",
		"https://a.example/« b »":                "https://a.example/",
		"https://a.example/b\u202f!":             "https://a.example/b",
		"https://a.example/?q=1#frag, and so on": "https://a.example/?q=1#frag",
	} {
		if got := in[:Address(in)]; got != want {
			t.Errorf("Address(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		text                                   string
		graphemes, points, utf16, bytes, toots int
	}{
		{"", 0, 0, 0, 0, 0},
		{"abc", 3, 3, 3, 3, 3},
		{"a\r\nb", 3, 4, 4, 4, 3},
		{"é", 1, 1, 1, 2, 1},
		{"e\u0301", 1, 2, 2, 3, 1},
		{"👩‍👩‍👧‍👦", 1, 7, 11, 25, 1},
		{"🇫🇷🇲🇺", 2, 4, 8, 16, 2},
		{"क्षि", 1, 4, 4, 12, 1}, // GB9c: an Indic conjunct is one
		{"https://dupain.example/une-adresse-assez-longue", 47, 47, 47, 47, 23},
		{"http://a.b", 10, 10, 10, 10, 23},
		{"xhttp://a.b", 11, 11, 11, 11, 11},
		{"(https://a.example/b_(c))", 25, 25, 25, 25, 25},
		{"@ana@photo.example!", 19, 19, 19, 19, 5},
		{"@ana, bob@photo.example", 23, 23, 23, 23, 23},
		{"a/@ana@photo.example", 20, 20, 20, 20, 20},
		{"@ana@photo.example.", 19, 19, 19, 19, 5},
	} {
		for _, c := range []struct {
			unit Unit
			want int
		}{{Graphemes, tt.graphemes}, {CodePoints, tt.points}, {UTF16, tt.utf16}, {Bytes, tt.bytes}, {Toots, tt.toots}} {
			if got := Count(tt.text, c.unit, 23); got != c.want {
				t.Errorf("%q has %d %s, want %d", tt.text, got, c.unit, c.want)
			}
		}
	}
}

func TestTags(t *testing.T) {
	for in, want := range map[string]string{
		"#pain":                 "pain",
		"du #pain, du #vin.":    "pain vin",
		"#2027":                 "",
		"#an2027":               "an2027",
		"C#":                    "",
		"a#b":                   "",
		"(#été) «#noël»":        "été noël",
		"##double":              "",
		"#à_la_une! # seul #":   "à_la_une",
		"https://a.example/#x ": "",
	} {
		var got []string
		for _, f := range appendTags(nil, in, 0) {
			got = append(got, f.Value)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q has the tags %q, want %q", in, s, want)
		}
	}
}

// Whatever a file holds, nothing panics, no place lies outside of it, and
// facets cut at character boundaries, in order.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/markup/*.txtar")
	for _, file := range files {
		if ar, err := txtar.ParseFile(file); err == nil {
			f.Add(string(ar.Files[0].Data))
		}
	}
	f.Add("@{a} @{ \\@{b} https://x.example/_a_ [a](b \"c\") ![d][e]\n\n[e]: f\n")
	f.Add("- a\n  > b\n  ---\n1) c\n\n| a |\n|:-:|\n| ~~b~~ |\n<!-- x --><b>&amp;&#0;&bogus;\\")
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
			for _, m := range []Markup{Plain{}, Rich{}, HTML{}} {
				out := m.Write(part, names)
				if !utf8.ValidString(out.String) {
					t.Errorf("%s is not UTF-8: %q", m.Name(), out.String)
				}
				end := 0
				for _, f := range out.Facets {
					if f.Start < end || f.End <= f.Start || f.End > len(out.String) {
						t.Fatalf("facet %+v after %d in %q", f, end, out.String)
					}
					if end = f.End; !utf8.ValidString(out.String[f.Start:f.End]) {
						t.Errorf("facet %+v cuts a character of %q", f, out.String)
					}
				}
				if again := m.Write(part, names); again.String != out.String {
					t.Errorf("%s is not the same twice", m.Name())
				}
			}
		}
	})
}

func FuzzCount(f *testing.F) {
	for _, s := range []string{"a https://b.example @c@d.example", "👩‍👩‍👧", "क्षि", "\r\n", "@a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, points, units, bytes := Count(s, Graphemes, 0), Count(s, CodePoints, 0), Count(s, UTF16, 0), Count(s, Bytes, 0)
		if g > points || points > units || points > bytes || g < 0 {
			t.Errorf("%q: %d graphemes, %d code points, %d UTF-16 units, %d bytes", s, g, points, units, bytes)
		}
		Count(s, Toots, 23)
	})
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
	for _, m := range []Markup{Plain{}, Rich{}, HTML{}} {
		b.Run(m.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Write(doc.Parts[0], names)
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	for _, u := range []Unit{Graphemes, Toots, CodePoints, UTF16} {
		b.Run(string(u), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Count(post, u, 23)
			}
		})
	}
}
