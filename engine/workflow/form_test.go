package workflow

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/imprimatur-ci/imprimatur/schema"
)

var known = []string{"blog", "mastodon", "no"}

// form is the body of an issue, as GitHub writes one.
func form(title, channels, when, alt, text string) string {
	return "### Title\n\n" + title + "\n\n### Where\n\n" + channels + "\n\n### When\n\n" + when + "\n\n### What the pictures show\n\n" + alt + "\n\n### The text\n\n" + text
}

const picture = "https://github.com/user-attachments/assets/0a1b2c3d-0000-4000-8000-0123456789ab"

func TestRead(t *testing.T) {
	p, err := Read(form("La galette: c'est \"prêt\"", "- [X] blog\n- [ ] mastodon\n- [x] no", "2027-01-04 08:30", "Une galette",
		"Elle est là !\n\n![galette]("+picture+")\n\n---\n\n### When\n\nwhenever"), known)
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "La galette: c'est \"prêt\"" || !slices.Equal(p.Channels, []string{"blog", "no"}) || p.At != "2027-01-04 08:30" ||
		!slices.Equal(p.Pictures, []string{picture}) || p.Text != "Elle est là !\n\n\n---\n\n### When\n\nwhenever" {
		t.Errorf("%+v", p)
	}
	want := "---\n" + schema.Modeline("post") + "\ntitle: 'La galette: c''est \"prêt\"'\npublish_at: 2027-01-04 08:30\nchannels: [blog, \"no\"]\n---\n\n" + p.Text + "\n"
	if got := p.Post(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	p, err = Read(strings.ReplaceAll(form("x", "- [x] blog", none, none, "y"), "\n", "\r\n"), known)
	if err != nil || p.At != "" || p.Alt != "" || p.Text != "y" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestReadWrong(t *testing.T) {
	for _, c := range []struct{ body, says string }{
		{"", "is missing; open a new one"},
		{"### Title\n\nx", "«Where» is missing"},
		{form(none, "- [x] blog", "", "", "y"), "Title: it is missing"},
		{form("a\nb", "- [x] blog", "", "", "y"), "Title: one line"},
		{form("a\u202eb", "- [x] blog", "", "", "y"), "Title: it holds a character"},
		{form(strings.Repeat("a", 201), "- [x] blog", "", "", "y"), "longer than 200"},
		{form("a", "- [x] blog\n- [x] nowhere", "", "", "y"), `"nowhere"`},
		{form("a", "- [x] blog\n- [x] blog", "", "", "y"), "twice"},
		{form("a", "everywhere", "", "", "y"), "tick the boxes"},
		{form("a", "- [x] blog", "tomorrow\npublish: now", "", "y"), "When: not a time"},
		{form("a", "- [x] blog", "2027-13-40 08:30", "", "y"), "When:"},
		{form("a", "- [x] blog", "", "", none), "The text: it is missing"},
		{form("a", "- [x] blog", "", "", "x\x00y"), "The text: it holds"},
		{form("a", "- [x] blog", "", "", strings.Repeat("a", 20_001)), "longer than 20000"},
		{form("a", "- [x] blog", "", "", "y\n<img width=\"1\" alt=\"x\" src=\""+picture+"\" />"), "say what the pictures show"},
		{form("a", "- [x] blog", "", "", "\xff"), "no text"},
		{strings.Repeat("a", maxForm+1), "longer than"},
	} {
		if _, err := Read(c.body, known); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: %v, want %q", c.body, err, c.says)
		}
	}
}

// Whatever a form says, the post is a file whose front matter says what the
// fields say, and nothing else.
func FuzzRead(f *testing.F) {
	f.Add(form("x", "- [x] blog", "2027-01-04 08:30", "", "y"))
	f.Add(form("x: [y] # z", "- [x] no", none, none, "---\nid: other\n---\n"))
	f.Add(form("'\"\\\n", "- [x] blog", "", "", "y"))
	f.Add(form("yes", "- [x] blog\n- [x] no", "", "", "...\n---"))
	f.Add(strings.ReplaceAll(form("é", "- [x] blog", "", "", "y"), "\n", "\r\n"))
	f.Fuzz(func(t *testing.T, body string) {
		p, err := Read(body, known)
		if err != nil {
			return
		}
		front, text, ok := strings.Cut(strings.TrimPrefix(p.Post(), "---\n"), "\n---\n")
		if !ok || text != "\n"+p.Text+"\n" {
			t.Fatalf("no front matter: %q", p.Post())
		}
		var got map[string]any
		if err := yaml.Unmarshal([]byte(front), &got); err != nil {
			t.Fatalf("%v: %q", err, front)
		}
		for key := range got {
			if !slices.Contains([]string{"title", "publish_at", "channels"}, key) {
				t.Errorf("%q says %q", front, key)
			}
		}
		if title, ok := got["title"].(string); !ok || title != strings.ReplaceAll(p.Title, "\t", " ") {
			t.Errorf("title %q, want %q", got["title"], p.Title)
		}
		for _, c := range p.Channels {
			if !slices.Contains(known, c) {
				t.Errorf("channel %q", c)
			}
		}
	})
}

func FuzzReadEvent(f *testing.F) {
	src, err := os.ReadFile("testdata/event.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	f.Add([]byte(`{"issue":{"number":1,"pull_request":{},"user":{"login":"a"}},"repository":{"default_branch":"main"}}`))
	f.Add([]byte(`{"issue":{"number":1,"user":{"login":"a"}},"repository":{"default_branch":"-x"}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		if i, err := ReadEvent(src); err == nil && (i.Number <= 0 || i.By == "" || i.Base == "" || strings.HasPrefix(i.Base, "-")) {
			t.Errorf("%q: %+v", src, i)
		}
	})
}

func TestReadEvent(t *testing.T) {
	src, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	i, err := ReadEvent(src)
	if err != nil || i.Number != 12 || i.By != "ana" || i.Base != "main" {
		t.Fatalf("%+v, %v", i, err)
	}
	if _, err := Read(i.Body, known); err != nil {
		t.Error(err)
	}
}
