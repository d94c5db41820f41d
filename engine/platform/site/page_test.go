package site

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// FuzzPage: whatever an author writes, the page says it back, is made again to
// the byte from what it says, and the feeds that hold it can be read.
func FuzzPage(f *testing.F) {
	f.Add("La galette", "Elle est **là** !\n\n![alt](0) ![again](0)", "Résumé", "", "fr", "galette", "https://example.org/a_(b)?c=d&e=f", 0)
	f.Add(`</title></script><script>alert(1)</script>`, "`</div>` & <div>", `"><img src=x onerror=alert(1)>`, "</summary></details>", `fr" onload="x`, `a"b<c>`, "http://x.example/?a=\"<>&url=javascript:1", 1)
	f.Add("\x00\x01\x1f\ufffe title \r\n", "control \x0b text\u0085\u2028", "\t", " ", "ar", "日本", "", 2)
	f.Add("", "", "", "", "", "", "", 3)
	f.Add("{{.}} %s", "{{printf \"%s\" .}} media:0 src=\"media:0\" &#34;media:0", "content=\"0;url=javascript:alert(1)\"", "CW: &amp; <b>", "en-GB-x-a", "#", "https://例え.example/é'", 1)
	w := newWorkspace(f)
	images := []platform.Media{paint(1, 30, 20, "plain"), paint(2, 20, 30, "She said \"oui\" & <b>\nand more"), paint(3, 9, 9, "")}
	images[1].Focus = [2]float64{-0.25, 1}
	f.Fuzz(func(t *testing.T, title, markdown, summary, warning, lang, tag, link string, pictures int) {
		a := attempt("2027/x", "2027-01-04 08:30", markdown, func(p *platform.Part) {
			p.Title, p.Summary, p.Warning, p.Lang, p.Tags, p.Link = title, summary, warning, lang, []string{tag, "b"}, link
			p.Media = images[:max(pictures, 0)%4]
			if pictures%2 == 1 {
				p.Visibility = "unlisted"
			}
		})
		if carries(&a) != nil {
			return
		}
		pics, _, err := develop(a.Part.Media)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.conn.compose(a, nil, "2027/x.html", pics)
		if err != nil {
			t.Fatalf("compose: %v", err)
		}
		if len(title)%2 == 1 {
			p.Modified = p.Published.Add(time.Hour)
		}
		data, err := w.conn.render(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := read("2027/x.html", data)
		if err != nil {
			t.Fatalf("read: %v\n%s", err, data)
		}
		back.address = ""
		want, _ := json.Marshal(p)
		got, _ := json.Marshal(back)
		if string(got) != string(want) || back.Text != p.Text || back.Title != p.Title || back.Link != p.Link {
			t.Errorf("the page says\n%s\nwant\n%s", got, want)
		}
		again, err := w.conn.render(back)
		if err != nil || string(again) != string(data) {
			t.Errorf("made again, %v, the page is\n%s\nwas\n%s", err, again, data)
		}
		safe(t, string(data))

		ix := &index{ID: "tag:x", Updated: p.updated()}
		feed, err := w.conn.atom(ix, []*post{p})
		if err != nil {
			t.Fatal(err)
		}
		var atom atomFeed
		if err := xml.Unmarshal(feed, &atom); err != nil || atom.Entries[0].Title == "" || atom.Entries[0].Content.Text != w.conn.whole(p) {
			t.Errorf("atom: %v\n%s", err, feed)
		}
		feed, err = w.conn.json([]*post{p})
		if err != nil || !json.Valid(feed) {
			t.Errorf("json: %v\n%s", err, feed)
		}
		home, err := w.conn.home([]*entry{&p.entry})
		if err != nil {
			t.Fatal(err)
		}
		safe(t, string(home))
	})
}

// safe demands that a page has the elements and attributes that we write, and
// none that an author's words became.
func safe(t *testing.T, data string) {
	t.Helper()
	known := " a article blockquote body br code details div em figure footer h1 h2 h3 h4 h5 h6 head header hr html img li link main meta nav ol p pre s script section span strong summary table tbody td th thead time title tr ul "
	if err := tokens(data, func(start *xml.StartElement, _ string) error {
		if start == nil {
			return nil
		}
		if !strings.Contains(known, " "+start.Name.Local+" ") {
			t.Errorf("an element <%s>", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" {
				t.Errorf("an attribute %s", a.Name.Local)
			}
			if v := strings.TrimSpace(strings.ToLower(a.Value)); a.Name.Local == "href" && strings.HasPrefix(v, "javascript:") {
				t.Errorf("a link to %s", a.Value)
			}
		}
		return nil
	}); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
	if n := strings.Count(data, "<script"); n > 1 || n != strings.Count(data, "</script>") {
		t.Errorf("%d scripts begin and %d end", n, strings.Count(data, "</script>"))
	}
	for _, r := range data {
		if r != '\u0085' && legibleRune(r) < 0 {
			t.Errorf("the character %U", r)
		}
	}
}

// A post that lists must not name is named by nothing.
func TestUnlisted(t *testing.T) {
	w := newWorkspace(t)
	a := posts(40)[7]
	a.Part.Title, a.Part.Tags = "Quelque chose de rare", []string{"rareté"}
	a.Part.Media = []platform.Media{paint(41, 20, 20, "Une image rare")}
	w.publish(posts(40)[1])
	w.publish(a)
	hidden := func(when string) {
		t.Helper()
		for name, data := range w.tree() {
			if name != "2027/secret.html" && !strings.HasPrefix(name, unlistedFiles+"/") && !strings.HasPrefix(name, mediaFiles+"/") &&
				(strings.Contains(data, "rare") || strings.Contains(data, "secret") || strings.Contains(data, a.Key) || strings.Contains(name, "rare")) {
				t.Errorf("%s: %s names it", when, name)
			}
		}
		if !strings.Contains(w.read("2027/secret.html"), `<meta name="robots" content="noindex">`) {
			t.Errorf("%s: its page lets itself be indexed", when)
		}
	}
	hidden("published")
	w.open()
	w.publish(numbered(3))
	hidden("after another")
	a.At = a.At.Add(time.Hour)
	a.Part.Visibility = ""
	r := w.edit(platform.Ref{ID: "2027/secret.html"}, a)
	if !strings.Contains(w.read("index.html"), "Quelque chose de rare") || !strings.Contains(w.read("tags/rarete.html"), r.ID) || len(w.tree()["unlisted/"+a.Key+".json"]) > 0 {
		t.Error("made public, it is not listed")
	}
	a.Part.Visibility = "unlisted"
	w.edit(r, a)
	hidden("hidden again")
}

// A warning hides what it warns of, in lists and link cards too.
func TestWarning(t *testing.T) {
	w := newWorkspace(t)
	a := posts(40)[4]
	w.publish(a)
	for name, data := range w.tree() {
		if name == "2026/allergenes.html" {
			_, hidden, _ := strings.Cut(data, "<details")
			hidden, _, _ = strings.Cut(hidden, "</details>")
			if !strings.Contains(hidden, "noisette") || !strings.Contains(hidden, "<img") || strings.Contains(strings.Replace(data, hidden, "", 1), "noisette") {
				t.Errorf("the page shows it:\n%s", data)
			}
			continue
		}
		if strings.HasPrefix(name, "feed") {
			if strings.Index(data, "noisette") < strings.Index(data, "details") {
				t.Errorf("%s shows it", name)
			}
			continue
		}
		if strings.Contains(data, "noisette") || strings.Contains(data, a.Part.Media[0].Alt) && !strings.HasPrefix(name, mediaFiles) {
			t.Errorf("%s shows it", name)
		}
	}
}

// The page is in the post's language, what the site says is in the site's.
func TestLanguages(t *testing.T) {
	for _, c := range []struct{ site, post, html, words, published string }{
		{"fr", "fr", `<html lang="fr">`, `<header class="site">`, "Publié le <time"},
		{"fr", "fr-CA", `<html lang="fr-CA">`, `<header class="site">`, "Publié le <time"},
		{"fr", "en", `<html lang="en">`, `<header class="site" lang="fr">`, "Publié le <time"},
		{"fr", "ar", `<html lang="ar" dir="rtl">`, `<header class="site" lang="fr" dir="ltr">`, "Publié le <time"},
		{"ja", "ja", `<html lang="ja">`, `<header class="site" lang="en">`, "Published on <time"},
		{"he", "he", `<html lang="he" dir="rtl">`, `<header class="site" lang="en" dir="ltr">`, "Published on <time"},
		{"", "", `<html lang="en">`, `<header class="site">`, "Published on <time"},
		{"de-AT", "", `<html lang="de-AT">`, `<header class="site">`, "Veröffentlicht am <time"},
	} {
		w := newWorkspace(t)
		w.Language = c.site
		w.open()
		a := posts(40)[0]
		a.Part.Lang = c.post
		page := w.read(w.publish(a).ID)
		for _, want := range []string{c.html, c.words, c.published} {
			if !strings.Contains(page, want) {
				t.Errorf("site %q, post %q: no %s in\n%s", c.site, c.post, want, page)
			}
		}
	}
}

func TestWords(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.In(zone)
	}
	for _, c := range []struct{ lang, at, moment, month string }{
		{"fr", "2027-01-04T07:30:00Z", "4 janvier 2027 à 8\u00a0h\u00a030", "Janvier 2027"},
		{"fr", "2027-08-01T10:00:00Z", "1er août 2027 à 12\u00a0h", "Août 2027"},
		{"fr", "2026-12-31T23:05:00Z", "1er janvier 2027 à 0\u00a0h\u00a005", "Janvier 2027"},
		{"en", "2027-01-04T07:30:00Z", "4 January 2027, 08:30", "January 2027"},
		{"de", "2027-03-04T07:30:00Z", "4. März 2027, 08:30 Uhr", "März 2027"},
		{"es", "2027-09-04T07:30:00Z", "4 de septiembre de 2027, 09:30", "Septiembre de 2027"},
		{"pt-BR", "2027-01-04T07:30:00Z", "4 January 2027, 08:30", "January 2027"},
	} {
		w := wordsOf(c.lang)
		if got := w.moment(at(c.at)); got != c.moment {
			t.Errorf("%s: %q, want %q", c.lang, got, c.moment)
		}
		if got := w.month(at(c.at)); got != c.month {
			t.Errorf("%s: %q, want %q", c.lang, got, c.month)
		}
	}
	for _, w := range languages {
		for name, s := range map[string]string{"Skip": w.Skip, "Menu": w.Menu, "Home": w.Home, "Archive": w.Archive, "All": w.All, "Tags": w.Tags,
			"Tag": w.Tag, "NoTags": w.NoTags, "More": w.More, "Published": w.Published, "Changed": w.Changed, "About": w.About, "Feeds": w.Feeds, "Empty": w.Empty} {
			if s == "" || strings.Contains(name, "ed") && strings.HasSuffix(name, "ed") && strings.Count(s, "%s") != 1 {
				t.Errorf("%s: %s is %q", w.Lang, name, s)
			}
		}
	}
}

// Text can be read by people who see little contrast: WCAG 2.2, 1.4.3.
func TestContrast(t *testing.T) {
	css, err := theme.ReadFile("theme/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, "\n}\n")
	for name, block := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range [][2]string{{"ink", "paper"}, {"soft", "paper"}, {"accent", "paper"}, {"ink", "shade"}, {"accent", "shade"}, {"paper", "ink"}} {
			a, b := colours[pair[0]], colours[pair[1]]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 || a == b {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, pair[0], pair[1], ratio)
			}
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// A picture in the text stands where the author put it, on the page and in the
// feeds; the others stand around the text.
func TestPictures(t *testing.T) {
	w := newWorkspace(t)
	a := attempt("2027/images", "2027-01-04 08:30", "Avant.\n\n![](1)\n\nAprès, avec ![](3) dedans.", func(p *platform.Part) {
		for i := range 5 {
			p.Media = append(p.Media, paint(50+i, 20+i, 20, fmt.Sprintf("image %d", i)))
		}
	})
	page := w.read(w.publish(a).ID)
	order := regexp.MustCompile(`alt="image (\d)" width="(\d+)" height="20" loading="(\w+)"`).FindAllStringSubmatch(page, -1)
	var got []string
	for _, m := range order {
		got = append(got, m[1]+" "+m[2]+" "+m[3])
	}
	want := "0 20 eager, 1 21 lazy, 3 23 lazy, 2 22 lazy, 4 24 lazy"
	if strings.Join(got, ", ") != want {
		t.Errorf("the page shows %q, want %q", strings.Join(got, ", "), want)
	}
	feed := w.read("feed.json")
	last := -1
	for _, n := range []int{0, 1, 3, 2, 4} {
		i := strings.Index(feed, fmt.Sprintf(`alt=\"image %d\"`, n))
		if i <= last {
			t.Errorf("the feed has picture %d at %d, after %d", n, i, last)
		}
		last = i
	}
	if strings.Contains(page, "media:") || strings.Contains(feed, "media:") {
		t.Error("an address was not replaced")
	}
	inline := text.ImageTag(text.Picture{Src: "media:1", Alt: "image 1", Width: 21, Height: 20})
	if !strings.Contains(a.Part.Text, inline) {
		t.Fatalf("the markup writes %s", a.Part.Text)
	}
}
