package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"path"
	"strings"
	"time"
)

// A view is one page as the theme sees it.
type view struct {
	*masthead
	Lang     string // of the document
	Headline string // without the site's title
	About    string // the description
	Address  string // for good
	Page     string // the file
	Unlisted bool

	// of a post's page
	Post    *post
	Data    template.JS // about the post, for machines
	Text    template.HTML
	Lead    template.HTML // the picture above the text
	More    []template.HTML
	Changed template.HTML

	// of a list
	Home   bool
	Older  bool // there are more posts than the newest
	Newest []brief
	Months []month
	Tags   []topic
	Lines  template.HTML
}

// Name is the title that a browser shows.
func (v *view) Name() string {
	if v.Home {
		return v.Title
	}
	return v.Headline + " · " + v.Title
}

// Up leads from the page to the top of the folder.
func (v *view) Up() string { return strings.Repeat("../", strings.Count(v.Page, "/")) }

// Direction says that the document is written from right to left.
func (v *view) Direction() template.HTMLAttr {
	if rightToLeft(v.Lang) {
		return ` dir="rtl"`
	}
	return ""
}

// Chrome says that words of the site are in another language than the
// document.
func (v *view) Chrome() template.HTMLAttr { return foreign(v.Lang, v.Words.Lang) }

// foreign are the attributes of something in a language, within another.
func foreign(outer, inner string) template.HTMLAttr {
	if primary(inner) == primary(outer) {
		return ""
	}
	attributes := ` lang="` + html.EscapeString(inner) + `"`
	if rightToLeft(inner) != rightToLeft(outer) {
		attributes += map[bool]string{true: ` dir="rtl"`, false: ` dir="ltr"`}[rightToLeft(inner)]
	}
	return template.HTMLAttr(attributes)
}

// Stamp is a time for machines.
func (m *masthead) Stamp(t time.Time) string { return t.In(m.zone).Format(time.RFC3339) }

// Media is the whole address of a picture.
func (m *masthead) Media(p *picture) string { return m.URL + path.Join(mediaFiles, p.Name) }

// Policy lets the page load nothing but the site's own files. Its data is no
// script, but not every tool knows that, so it is named by its digest.
func (v *view) Policy() template.HTMLAttr {
	policy := "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
	if v.Data != "" {
		sum := sha256.Sum256([]byte(v.Data))
		policy += "; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return template.HTMLAttr(` content="` + policy + `"`)
}

// Published is the line that says when a post was.
func (v *view) Published() template.HTML {
	if v.Post.Title == "" {
		return v.when("%s", "published", v.Post.Published)
	}
	return v.when(v.Words.Published, "published", v.Post.Published)
}

func (m *masthead) when(words, class string, t time.Time) template.HTML {
	return template.HTML(fmt.Sprintf(words, `<time class="`+class+`" datetime="`+m.Stamp(t)+`">`+html.EscapeString(m.Words.moment(t.In(m.zone)))+`</time>`))
}

// link is an entry of the menu.
type link struct {
	Href, Text string
	Here       bool
}

// Nav is the entry that leads to a page.
func (v *view) Nav(page, text string) link { return link{v.Up() + page, text, v.Page == page} }

// functions are what the theme can call. Href and content write a value as it
// is, where the template package would change it; every address is one that
// web lets pass.
func functions() template.FuncMap {
	attribute := func(name string) func(any) template.HTMLAttr {
		return func(v any) template.HTMLAttr {
			return template.HTMLAttr(" " + name + `="` + html.EscapeString(fmt.Sprint(v)) + `"`)
		}
	}
	return template.FuncMap{
		"href":    attribute("href"),
		"content": attribute("content"),
		"bare":    bare,
		"locale":  graphLocale,
		"milli":   func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") },
		"segment": segment,
	}
}

// bare is an address as people write it.
func bare(u string) string {
	_, rest, _ := strings.Cut(u, "://")
	return strings.TrimSuffix(rest, "/")
}

// graphLocale is a language as Open Graph has it: language_TERRITORY.
func graphLocale(lang string) string {
	territory := map[string]string{"en": "US", "fr": "FR", "de": "DE", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL"}[primary(lang)]
	for _, subtag := range strings.Split(lang, "-")[1:] {
		if len(subtag) == 2 {
			territory = strings.ToUpper(subtag)
		}
	}
	if territory == "" {
		return primary(lang)
	}
	return primary(lang) + "_" + territory
}

func (m *masthead) execute(name string, v *view) ([]byte, error) {
	var b bytes.Buffer
	if err := m.theme.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("the page %s: %w", v.Page, err)
	}
	return b.Bytes(), nil
}

// render is a post's page. The same post and masthead give the same bytes, and
// read gives the post back.
func (m *masthead) render(p *post) ([]byte, error) {
	v := &view{
		masthead: m, Lang: p.Lang, Headline: p.name(), About: p.Summary,
		Address: m.URL + p.Page, Page: p.Page, Unlisted: p.Unlisted, Post: p,
	}
	text := place(p.Text, func(n int) string {
		pic := &p.Pictures[n]
		return `src="` + v.Up() + path.Join(mediaFiles, pic.Name) + `"` + pic.mark(n)
	})
	loading := eager
	for i, n := range p.beside() {
		pic := &p.Pictures[n]
		tag := template.HTML(pic.tag(v.Up()+path.Join(mediaFiles, pic.Name), n, loading))
		if loading = lazy; i == 0 {
			v.Lead = tag
		} else {
			v.More = append(v.More, tag)
		}
	}
	if loading == eager {
		text = hasten(text)
	}
	v.Text = template.HTML(text)
	if !p.Modified.IsZero() {
		v.Changed = m.when(m.Words.Changed, "modified", p.Modified)
	}
	data, err := m.data(p)
	if err != nil {
		return nil, err
	}
	v.Data = data
	return m.execute("post", v)
}

// data describes a post to search engines. Go's JSON writes < as an escape, so
// that nothing in it can end the element it stands in.
func (m *masthead) data(p *post) (template.JS, error) {
	type thing struct {
		Type string `json:"@type"`
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	type image struct {
		Type    string `json:"@type"`
		URL     string `json:"url"`
		Caption string `json:"caption,omitempty"`
		Width   int    `json:"width,omitempty"`
		Height  int    `json:"height,omitempty"`
	}
	about := struct {
		Context   string   `json:"@context"`
		Type      string   `json:"@type"`
		URL       string   `json:"url"`
		Main      string   `json:"mainEntityOfPage"`
		Headline  string   `json:"headline"`
		About     string   `json:"description,omitempty"`
		Lang      string   `json:"inLanguage"`
		Published string   `json:"datePublished"`
		Modified  string   `json:"dateModified"`
		Author    thing    `json:"author"`
		Publisher thing    `json:"publisher"`
		Image     *image   `json:"image,omitempty"`
		Keywords  []string `json:"keywords,omitempty"`
	}{
		"https://schema.org", "BlogPosting", m.URL + p.Page, m.URL + p.Page, p.name(), p.Summary, p.Lang,
		m.Stamp(p.Published), m.Stamp(p.updated()),
		thing{"Organization", m.Author, m.URL}, thing{"Organization", m.Author, m.URL}, nil, p.Tags,
	}
	if p.Image != nil {
		about.Image = &image{"ImageObject", m.Media(p.Image), p.Image.Alt, p.Image.Width, p.Image.Height}
	}
	data, err := json.Marshal(&about)
	return template.JS(data), err
}

// web reports whether a link leads to a page of the web, and to nothing else.
func web(s string) bool {
	u, err := url.Parse(s)
	return err == nil && s == legible(s) && !strings.ContainsAny(s, " \t\n") && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
