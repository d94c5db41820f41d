package site

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

func TestAddress(t *testing.T) {
	for post, want := range map[string]string{
		"2027/galette":                    "2027/galette",
		"2027/L’Été à la Plage !":         "2027/l-ete-a-la-plage",
		"Œuvre/Straße/Ångström/Łódź":      "oeuvre/strasse/angstrom/lodz",
		"index":                           "index-page",
		"2027/index":                      "2027/index-page",
		"tags/pain":                       "tags-page/pain",
		"archive":                         "archive-page",
		"feed.atom":                       "feed-atom",
		"feed":                            "feed-page",
		"media/x":                         "media-page/x",
		"../../etc/passwd":                "etc/passwd",
		"/a//b/":                          "a/b",
		"./.hidden":                       "hidden",
		"con/nul":                         "con-page/nul-page",
		"c":                               "c",
		"c++":                             "c-cedb1bac",
		"日本語/パン":                          "77710aed/196afbdf",
		"":                                "key",
		"...":                             "key",
		strings.Repeat("long ", 40):       "",
		"2027/" + strings.Repeat("é", 90): "",
	} {
		got := address(post, "key")
		if want != "" && got != want {
			t.Errorf("address(%q) = %q, want %q", post, got, want)
		}
	}
}

var safeAddress = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$`)

// FuzzAddress: an address is safe whatever the id, and names that differ in
// more than case, accents and punctuation have addresses that differ.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"2027/galette", "../x", "日本", "a\x00b", "É é", "tags/index", "ﬁ", "İstanbul", "½ ² ℂ", strings.Repeat("a", 200), "-", "--/--", "a-\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, post string) {
		a := address(post, "key")
		if !safeAddress.MatchString(a) || !fs.ValidPath(a) {
			t.Fatalf("address(%q) = %q", post, a)
		}
		for s := range strings.SplitSeq(a, "/") {
			if len(s) > longest+len("-page") || s == "index" || s == "nul" {
				t.Errorf("address(%q) has the segment %q", post, s)
			}
		}
		first, _, _ := strings.Cut(a, "/")
		for _, name := range ours {
			if first == name {
				t.Errorf("address(%q) = %q, which is the site's own", post, a)
			}
		}
		if address(a, "key") != a && !strings.Contains(a, "-page") {
			t.Errorf("address(%q) = %q, and of that %q", post, a, address(a, "key"))
		}
	})
}

// No two posts are on one page, and each stays where it was first put.
func TestNoTwoOnOnePage(t *testing.T) {
	w := newWorkspace(t)
	pages := map[string]string{}
	ids := []string{"2027/Été", "2027/ete", "2027/ÉTÉ!", "2027/été-2", "2027/ete-2", "2027/ete/ete", "2027"}
	var all []platform.Attempt
	for _, id := range ids {
		a := attempt(id, "2027-01-04 08:30", "Bonjour.", nil)
		all = append(all, a)
		r := w.publish(a)
		if other, taken := pages[r.ID]; taken {
			t.Errorf("%s and %s are both on %s", id, other, r.ID)
		}
		pages[r.ID] = id
	}
	w.open()
	for i, a := range all {
		if r := w.publish(a); pages[r.ID] != ids[i] {
			t.Errorf("%s moved to %s", ids[i], r.ID)
		}
	}
	again := all[0]
	again.Key = keyOf("a repost")
	if r := w.publish(again); pages[r.ID] != "" {
		t.Errorf("a post that goes out again took the page %s of %s", r.ID, pages[r.ID])
	}
}

// Tags that a reader takes for one are on one page.
func TestTagPages(t *testing.T) {
	w := newWorkspace(t)
	for i, tag := range []string{"Épiphanie", "épiphanie", "C", "C++", "C#", "日本", "index", "été 2027"} {
		a := numbered(i)
		a.Part.Tags = []string{tag, tag}
		w.publish(a)
	}
	list := w.read("tags/index.html")
	got := regexp.MustCompile(`<li><a href="([^"]*)">([^<]*)</a> <span>(\d)</span>`).FindAllStringSubmatch(list, -1)
	names := map[string]string{}
	for _, m := range got {
		names[m[2]] = m[3]
		if page := w.read("tags/" + m[1]); !strings.Contains(page, "<h1>"+m[2]+"</h1>") {
			t.Errorf("the page of %s is\n%s", m[2], page)
		}
	}
	if len(got) != 7 || names["Épiphanie"] != "2" || names["C"] != "1" || names["C&#43;&#43;"] != "1" {
		t.Errorf("the tags are %v", names)
	}
}
