package site

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"maps"
	"path"
	"slices"
	"strings"
)

// newestPosts is how many posts the first page and the feeds show.
const newestPosts = 30

// brief is a post on the first page.
type brief struct {
	*entry
	Href  string
	Lang  template.HTMLAttr // where it is not the site's
	Image template.HTML
	When  template.HTML
	First bool
	words *words
}

// Name is what to call the post.
func (b *brief) Name() string { return b.name() }

// Warned says that the summary is only what the page warns of.
func (b *brief) Warned() bool { return b.Warning != "" && b.Summary == oneLine(b.Warning) }

// Chrome says that the words around the post are in another language.
func (b *brief) Chrome() template.HTMLAttr { return foreign(b.entry.Lang, b.words.Lang) }

// month heads the archive's posts of one.
type month struct {
	Name  string
	Lines template.HTML
}

// topic is a tag and its posts, newest first.
type topic struct {
	Slug, Name string
	pages      []*entry
}

// Href leads from the list of tags to the tag.
func (t topic) Href() string { return t.Slug + ".html" }

// Count is how many posts there are.
func (t topic) Count() int { return len(t.pages) }

func (m *masthead) list(page, headline string) *view {
	return &view{masthead: m, Lang: m.Language, Headline: headline, Address: m.URL + page, Page: page}
}

func (m *masthead) home(listed []*entry) ([]byte, error) {
	v := m.list("index.html", m.Title)
	v.Home, v.About, v.Address = true, m.Description, m.URL
	v.Older = len(listed) > newestPosts
	for i, e := range listed[:min(newestPosts, len(listed))] {
		b := brief{
			entry: e, Href: e.Page, Lang: foreign(m.Language, e.Lang), First: i == 0, words: m.Words,
			When: m.when("%s", "published", e.Published),
		}
		if e.Image != nil {
			loading := lazy
			if i == 0 {
				loading = eager
			}
			b.Image = template.HTML(strings.Replace(e.Image.tag(path.Join(mediaFiles, e.Image.Name), -1, loading),
				"<img ", `<img class="`+e.Image.crop()+`" `, 1))
		}
		v.Newest = append(v.Newest, b)
	}
	return m.execute("home", v)
}

func (m *masthead) archive(listed []*entry) ([]byte, error) {
	v := m.list("archive.html", m.Words.Archive)
	for len(listed) > 0 {
		name := m.Words.month(listed[0].Published.In(m.zone))
		n := slices.IndexFunc(listed, func(e *entry) bool { return m.Words.month(e.Published.In(m.zone)) != name })
		if n < 0 {
			n = len(listed)
		}
		v.Months = append(v.Months, month{name, m.lines(listed[:n], "", false)})
		listed = listed[n:]
	}
	return m.execute("archive", v)
}

// lines are posts one below the other. They are written by hand: an archive
// has as many of them as there are posts, and every post makes it anew.
func (m *masthead) lines(pages []*entry, up string, year bool) template.HTML {
	var b strings.Builder
	chrome := foreign(m.Language, m.Words.Lang)
	for _, e := range pages {
		t := e.Published.In(m.zone)
		day := m.Words.DayMonth(t)
		if year {
			day = m.Words.Date(t)
		}
		for _, s := range []string{
			`<li><time datetime="`, t.Format("2006-01-02"), `"`, string(chrome), `>`, html.EscapeString(day),
			`</time> <a href="`, up, e.Page, `"`, string(foreign(m.Language, e.Lang)), `>`, html.EscapeString(e.name()), "</a></li>\n",
		} {
			b.WriteString(s)
		}
	}
	return template.HTML(b.String())
}

// topics are the tags of some pages, by their name.
func topics(listed []*entry) []topic {
	slugs := map[string]string{} // of a tag as it is written
	bySlug := map[string]*topic{}
	for _, e := range listed {
		for _, tag := range e.Tags {
			slug, known := slugs[tag]
			if !known {
				slug = segment(tag)
				slugs[tag] = slug
			}
			t := bySlug[slug]
			if t == nil {
				t = &topic{Slug: slug}
				bySlug[slug] = t
			}
			if n := len(t.pages); n == 0 || t.pages[n-1] != e {
				t.pages = append(t.pages, e)
				t.Name = tag // the oldest spelling stays
			}
		}
	}
	all := make([]topic, 0, len(bySlug))
	for _, slug := range slices.Sorted(maps.Keys(bySlug)) {
		all = append(all, *bySlug[slug])
	}
	return all
}

func (m *masthead) tagPage(t topic) ([]byte, error) {
	v := m.list(tagFile(t.Slug), t.Name)
	v.Lines = m.lines(t.pages, "../", true)
	return m.execute("tag", v)
}

func (m *masthead) tagList(all []topic) ([]byte, error) {
	v := m.list("tags/index.html", m.Words.Tags)
	v.Tags = all
	return m.execute("tags", v)
}

const tagFiles = "tags"

func tagFile(slug string) string { return path.Join(tagFiles, slug+".html") }

// sitemap lists the pages for search engines: as many as the format lets it.
func (m *masthead) sitemap(ix *index, listed []*entry) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- Imprimatur -->\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	add := func(page, stamp string) {
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", html.EscapeString(m.URL+page), stamp)
	}
	add("", m.Stamp(ix.Updated))
	add("archive.html", m.Stamp(ix.Updated))
	for _, e := range listed[:min(len(listed), 49_990)] {
		add(e.Page, m.Stamp(e.updated()))
	}
	b.WriteString("</urlset>\n")
	return []byte(b.String())
}

// icon is the site's initial.
func (m *masthead) icon() ([]byte, error) {
	data, err := theme.ReadFile("theme/icon.svg")
	initial := []rune(cmp.Or(m.Title, "I"))[0]
	return []byte(strings.Replace(string(data), "INITIAL", html.EscapeString(strings.ToUpper(string(initial))), 1)), err
}
