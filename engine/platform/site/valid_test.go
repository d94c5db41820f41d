package site

import (
	"encoding/json"
	"encoding/xml"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestFolder holds a site that somebody else wrote to the same rules; it is
// called by .ci/site-valid.
func TestFolder(t *testing.T) {
	dir := os.Getenv("IMPRIMATUR_SITE")
	if dir == "" {
		t.Skip("IMPRIMATUR_SITE names no folder")
	}
	files := map[string]string{}
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	valid(t, files)
}

func TestValid(t *testing.T) {
	w := newWorkspace(t)
	check := func(when string) {
		t.Helper()
		t.Run(when, func(t *testing.T) { valid(t, w.tree()) })
	}
	refs := map[string]string{}
	for _, a := range posts(40) {
		refs[a.Part.Post] = w.publish(a).ID
	}
	check("published")
	for i := range newestPosts + 3 {
		w.publish(numbered(i))
	}
	check("more than the newest")
	for post, page := range refs {
		if post != "2027/secret" {
			w.remove(platform.Ref{ID: page})
		}
	}
	check("removed")

	odd := newWorkspace(t)
	odd.Language, odd.Settings["title"] = "en", `Odd & "ends" <here>`
	odd.open()
	for _, a := range oddities() {
		odd.publish(a)
	}
	w = odd
	check("oddities")
}

// valid holds a site to what the validators of HTML and Atom do not see.
func valid(t *testing.T, files map[string]string) {
	t.Helper()
	feed := jsonFeedOf(t, files)
	base := feed.Home
	pages := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		whole(t, name, files[name])
		if strings.HasSuffix(name, ".html") {
			pages++
			page(t, files, base, name)
		}
		if aside(name) {
			t.Errorf("%s is left over", name)
		}
	}
	atomOf(t, files, base, feed)
	sitemapOf(t, files, base)
	t.Logf("%d pages, %d items in the feeds", pages, len(feed.Items))
}

// page holds one page to: every link and picture leads to a file that is
// there, every picture has its alternative text and size, and nothing is
// loaded or run from elsewhere.
func page(t *testing.T, files map[string]string, base, name string) {
	t.Helper()
	data := files[name]
	first := true
	if err := tokens(data, func(start *xml.StartElement, _ string) error {
		if start == nil {
			return nil
		}
		has := func(a string) bool {
			return slices.ContainsFunc(start.Attr, func(x xml.Attr) bool { return x.Name.Local == a })
		}
		switch element := start.Name.Local; element {
		case "html":
			if attribute(start, "lang") == "" {
				t.Errorf("%s: no language", name)
			}
		case "img":
			src := attribute(start, "src")
			if !has("alt") || !has("width") || !has("height") {
				t.Errorf("%s: the picture %s has no alt text, width or height", name, src)
			}
			if loading := attribute(start, "loading"); loading == "eager" && !first || loading != "eager" && first && strings.Contains(data, " data-key=") {
				t.Errorf("%s: the picture %s loads %q", name, src, loading)
			}
			first = false
		case "script":
			if attribute(start, "type") != "application/ld+json" {
				t.Errorf("%s: a script", name)
			}
		case "style", "iframe", "object", "embed", "form":
			t.Errorf("%s: <%s>", name, element)
		}
		for _, a := range start.Attr {
			switch key := a.Name.Local; {
			case key == "style", strings.HasPrefix(key, "on"):
				t.Errorf("%s: the attribute %s=%q", name, key, a.Value)
			case key == "src", key == "href":
				leads(t, files, base, name, a.Value, key == "href" && start.Name.Local == "a")
			}
		}
		return nil
	}); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	_, block, found := strings.Cut(data, `<script type="application/ld+json">`)
	block, _, _ = strings.Cut(block, "</script>")
	if found {
		var about struct {
			Type, Headline string
			Published      time.Time `json:"datePublished"`
		}
		if err := json.Unmarshal([]byte(block), &about); err != nil || about.Published.IsZero() || about.Headline == "" {
			t.Errorf("%s: the data is not that of a post: %v", name, err)
		}
	}
	if strings.Contains(data, `<meta name="robots" content="noindex">`) {
		for other, text := range files {
			if other != name && !strings.HasPrefix(other, unlistedFiles+"/") && strings.Contains(text, strings.TrimSuffix(path.Base(name), ".html")) {
				t.Errorf("%s is unlisted, and %s names it", name, other)
			}
		}
	}
}

// leads demands that an address within the site is one of its files.
func leads(t *testing.T, files map[string]string, base, from, to string, away bool) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Errorf("%s: the address %q: %v", from, to, err)
		return
	}
	if rest, within := strings.CutPrefix(to, base); within {
		if _, there := files[rest]; rest != "" && !there && !away {
			t.Errorf("%s: %s is not there", from, to)
		}
		return
	}
	if u.IsAbs() || u.Host != "" {
		if !away {
			t.Errorf("%s: something is loaded from %s", from, to)
		}
		return
	}
	if u.Path == "" {
		return // a place on the page
	}
	if _, there := files[path.Join(path.Dir(from), u.Path)]; !there || path.IsAbs(u.Path) {
		t.Errorf("%s: %s is not there", from, to)
	}
}

func jsonFeedOf(t *testing.T, files map[string]string) *jsonFeed {
	t.Helper()
	const schema = "testdata/jsonfeed-1.1.schema.json"
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(files["feed.json"]))
	if err == nil {
		err = compiled.Validate(doc)
	}
	if err != nil {
		t.Errorf("feed.json: %v", err)
	}
	feed := &jsonFeed{}
	if err := json.Unmarshal([]byte(files["feed.json"]), feed); err != nil {
		t.Fatalf("feed.json: %v", err)
	}
	if feed.Feed != feed.Home+"feed.json" || !strings.HasSuffix(feed.Home, "/") {
		t.Errorf("feed.json is at %q, of %q", feed.Feed, feed.Home)
	}
	for i, item := range feed.Items {
		if slices.ContainsFunc(feed.Items[:i], func(o jsonItem) bool { return o.ID == item.ID || o.URL == item.URL }) {
			t.Errorf("feed.json: %s is there twice", item.ID)
		}
		if _, there := files[strings.TrimPrefix(item.URL, feed.Home)]; !there {
			t.Errorf("feed.json: %s is not there", item.URL)
		}
		for _, address := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(item.Content, -1) {
			if !strings.Contains(address[1], ":") {
				t.Errorf("feed.json: %s has the address %q, which leads nowhere from a feed reader", item.URL, address[1])
			}
		}
		if strings.Contains(item.Content, "media:") || strings.Contains(item.Content, "data-n") {
			t.Errorf("feed.json: %s shows how pages are made", item.URL)
		}
	}
	return feed
}

// atomOf holds the Atom feed to what its grammar does not say, and to saying
// the same as the JSON Feed.
func atomOf(t *testing.T, files map[string]string, base string, want *jsonFeed) {
	t.Helper()
	feed := &atomFeed{}
	if err := xml.Unmarshal([]byte(files["feed.atom"]), feed); err != nil {
		t.Fatalf("feed.atom: %v", err)
	}
	name := regexp.MustCompile(`^tag:[A-Za-z0-9.-]+,\d{4}-\d\d-\d\d:[^\s<>]+$`)
	updated := stamp(t, feed.Updated)
	if !name.MatchString(feed.ID) || feed.Author.Name == "" || feed.Title == "" || len(feed.Links) != 2 || feed.Links[0].Href != base+"feed.atom" {
		t.Errorf("feed.atom: the head is %+v", feed)
	}
	if len(feed.Entries) != len(want.Items) || len(feed.Entries) > newestPosts {
		t.Fatalf("feed.atom has %d entries, feed.json %d", len(feed.Entries), len(want.Items))
	}
	for i, e := range feed.Entries {
		item := want.Items[i]
		if e.ID != item.ID || e.Links[0].Href != item.URL || e.Content.Text != item.Content || e.Published != item.Published || !name.MatchString(e.ID) {
			t.Errorf("feed.atom: %s is not what feed.json says of %s", e.ID, item.ID)
		}
		if stamp(t, e.Updated).Before(stamp(t, e.Published)) || stamp(t, e.Updated).After(updated) {
			t.Errorf("feed.atom: %s was published %s and updated %s, the feed %s", e.ID, e.Published, e.Updated, feed.Updated)
		}
		if i > 0 && stamp(t, e.Published).After(stamp(t, feed.Entries[i-1].Published)) {
			t.Errorf("feed.atom: %s is newer than the one before it", e.ID)
		}
	}
}

func stamp(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Error(err)
	}
	return at
}

func sitemapOf(t *testing.T, files map[string]string, base string) {
	t.Helper()
	var m struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(files["sitemap.xml"]), &m); err != nil {
		t.Fatalf("sitemap.xml: %v", err)
	}
	var ix index
	if err := json.Unmarshal([]byte(files[indexFile]), &ix); err != nil {
		t.Fatalf("%s: %v", indexFile, err)
	}
	var got []string
	for _, u := range m.URLs {
		got = append(got, strings.TrimPrefix(u.Loc, base))
	}
	want := []string{"", "archive.html"}
	for _, e := range ix.Pages {
		want = append(want, e.Page)
		if _, there := files[e.Page]; !there {
			t.Errorf("%s names %s, which is not there", indexFile, e.Page)
		}
		if !strings.Contains(files["archive.html"], `"`+e.Page+`"`) {
			t.Errorf("archive.html does not name %s", e.Page)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("sitemap.xml has %q, want %q", got, want)
	}
}
