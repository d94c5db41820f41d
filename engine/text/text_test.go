package text

import (
	"strings"
	"testing"
)

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
		{"https://dupain.fr/une-adresse-assez-longue", 42, 42, 42, 42, 23},
		{"https://dupain.example/une-adresse", 34, 34, 34, 34, 34}, // no top-level domain: no link
		{"http://a.fr", 11, 11, 11, 11, 23},
		{"xhttp://a.fr", 12, 12, 12, 12, 12},
		{"a.fr/b", 6, 6, 6, 6, 6},
		{"(https://a.paris/b_(c))", 23, 23, 23, 23, 25},
		{"https://a.fr/日本?q=é!", 20, 20, 20, 25, 24},
		{"https://a.fr/@ana@photo.example", 31, 31, 31, 31, 23},
		{"=@ana@photo.example @ana@photo.example@x", 40, 40, 40, 40, 40},
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

// An address behind a bracket that nobody closes stays whole; in one that is
// closed it is the words of a link.
func TestAddressBehindABracket(t *testing.T) {
	for src, want := range map[string]string{
		"[ https://a.example/_x_ ici":                 "[ https://a.example/_x_ ici",
		"[https://a.example/_x_](https://b.example/)": "https://a.example/x (https://b.example/)",
		"[1] https://a.example/_x_":                   "[1] https://a.example/_x_",
	} {
		doc, _ := NewParser().Parse([]byte(src))
		if got := (Plain{}).Write(doc.Parts[0], Names{}).String; got != want {
			t.Errorf("%s became %s, want %s", src, got, want)
		}
	}
}
