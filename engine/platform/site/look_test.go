package site

import (
	"errors"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

func TestLocate(t *testing.T) {
	settings := map[string]string{"url": "https://dupain.example/blog"}
	for given, page := range map[string]string{
		"https://dupain.example/blog/2027/galette.html":            "2027/galette.html",
		" https://DUPAIN.example/blog/2027/galette?x=1#y\n":        "2027/galette.html",
		"https://dupain.example/blog/archive-page.html":            "archive-page.html",
		"https://dupain.example/blog/":                             "",
		"https://dupain.example/blog/index.html":                   "",
		"https://dupain.example/blog/archive.html":                 "",
		"https://dupain.example/blog/tags/galette.html":            "",
		"https://dupain.example/blog/media/a.png":                  "",
		"https://dupain.example/blog/../../etc/passwd":             "",
		"https://dupain.example/blog/%2e%2e/%2e%2e/x.html":         "",
		"https://dupain.example/blog//etc/x.html":                  "",
		"https://dupain.example/blog/.git/x.html":                  "",
		`https://dupain.example/blog/a\b.html`:                     "",
		"https://dupain.example/galette.html":                      "",
		"https://other.example/blog/galette.html":                  "",
		"2027/galette.html":                                        "",
		"https://dupain.example/blog/" + strings.Repeat("a", 2000): "",
	} {
		r, err := locate(settings, given)
		if r.ID != page || (err == nil) != (page != "") {
			t.Errorf("%s is %+v, %v, want %q", given, r, err, page)
		}
		if err != nil && !strings.Contains(err.Error(), "as in https://dupain.example/blog/2027/galette.html") {
			t.Errorf("%s: the error does not say what to give: %v", given, err)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"https://dupain.example/2027/galette.html", "https://dupain.example/%2e%2e/x", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, given string) {
		r, err := locate(map[string]string{"url": "https://dupain.example/"}, given)
		if err == nil && (!isPage(r.ID) || r.URL != "https://dupain.example/"+r.ID) {
			t.Errorf("%q is %+v", given, r)
		}
	})
}

// Every page that a post can have can be looked at.
func TestPagesAreFound(t *testing.T) {
	for _, id := range []string{"a", "archive", "index", "2027/Été à la plage", "日本語", "con", "tags/x", "a/../b", strings.Repeat("a/", 100) + "b"} {
		if page := address(id, "key") + ".html"; !isPage(page) {
			t.Errorf("the page %s of %q is none", page, id)
		}
	}
}

// Another look is no other post; another hand in a page is.
func TestLookAtPages(t *testing.T) {
	w := newWorkspace(t)
	var refs []platform.Ref
	all := posts(40)
	for _, a := range all {
		refs = append(refs, w.publish(a))
	}
	same := func(when string) {
		t.Helper()
		for i, r := range refs {
			if got, err := w.conn.Look(t.Context(), r); err != nil || got.ID != r.ID || got.Rev != r.Rev {
				t.Errorf("%s: post %d looks as %+v, %v, want %+v", when, i, got, err, r)
			}
		}
	}
	same("as published")
	w.Settings["title"], w.Settings["url"], w.Language = "Another title", "https://other.example/blog", "fr"
	w.open()
	refs = append(refs, w.publish(numbered(1)))
	same("in a new look")
	if err := os.Remove(path.Join(w.Root.Name(), "public", indexFile)); err != nil {
		t.Fatal(err)
	}
	w.open()
	refs = append(refs, w.publish(numbered(2)))
	same("with the index made again")

	page := path.Join(w.Root.Name(), "public", refs[8].ID)
	before, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{refs[8].Rev: "nothing"}
	for what, change := range map[string]func(string) string{
		"a word":    func(s string) string { return strings.Replace(s, textBegins, textBegins+"<p>By hand.</p>\n", 1) },
		"the title": func(s string) string { return strings.Replace(s, "<h1>", "<h1>Another: ", 1) },
		"a tag": func(s string) string {
			return strings.Replace(s, `<a rel="tag" `, `<a rel="tag" href="#">besides</a><a rel="tag" `, 1)
		},
		"the language": func(s string) string { return strings.Replace(s, `<html lang="`, `<html lang="x-`, 1) },
		"its end":      func(s string) string { return s + "<script>alert(1)</script>" },
		"everything":   func(string) string { return "" },
	} {
		changed := change(string(before))
		if changed == string(before) {
			t.Fatalf("%s is not there to change", what)
		}
		if err := os.WriteFile(page, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := w.conn.Look(t.Context(), refs[8])
		if other := seen[got.Rev]; err != nil || other != "" {
			t.Errorf("%s: Look = %+v, %v, as for %s", what, got, err, other)
		}
		seen[got.Rev] = what
	}
	if err := os.WriteFile(page, before, 0o644); err != nil {
		t.Fatal(err)
	}
	same("as it was")

	old := refs[8]
	old.Rev = revision(&all[8].Part) // as receipts had it before pages were read for it
	if got, err := w.conn.Look(t.Context(), old); err != nil || got.Rev != old.Rev {
		t.Errorf("of an old receipt: %+v, %v", got, err)
	}
	for _, id := range []string{"", "index.html", "../secret.html", "/etc/passwd", "posts.json", "tags/galette.html"} {
		if _, err := w.conn.Look(t.Context(), platform.Ref{ID: id}); !errors.Is(err, platform.ErrRejected) {
			t.Errorf("Look at %q: %v, want ErrRejected", id, err)
		}
	}
	if err := w.Root.Rename("public", "away"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.conn.Look(t.Context(), refs[8]); err == nil || errors.Is(err, platform.ErrNotFound) {
		t.Errorf("without the folder: %v, which must not mean that the page is gone", err)
	}
}
