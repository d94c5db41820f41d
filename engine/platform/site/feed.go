package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"path"
	"strings"
)

// whole is what a feed shows of a post: everything, with whole addresses,
// because a reader may see it anywhere.
func (m *masthead) whole(p *post) string {
	var b strings.Builder
	figure := func(n int) {
		b.WriteString("<figure>" + p.Pictures[n].tag(m.Media(&p.Pictures[n]), -1, "") + "</figure>\n")
	}
	if p.Warning != "" {
		b.WriteString("<details><summary>" + html.EscapeString(p.Warning) + "</summary>\n")
	}
	beside := p.beside()
	if len(beside) > 0 {
		figure(beside[0])
	}
	text := place(p.Text, func(n int) string { return `src="` + html.EscapeString(m.Media(&p.Pictures[n])) + `"` })
	if text != "" {
		b.WriteString(text + "\n")
	}
	for _, n := range beside[min(1, len(beside)):] {
		figure(n)
	}
	if p.Warning != "" {
		b.WriteString("</details>\n")
	}
	if p.Link != "" {
		b.WriteString(`<p><a href="` + html.EscapeString(p.Link) + `">` + html.EscapeString(bare(p.Link)) + "</a></p>\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// aside is the summary, where it does not just say the same as the post.
func (p *post) aside() string {
	if !p.More {
		return ""
	}
	return p.Summary
}

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Author    atomAuthor  `xml:"author"`
	Links     []atomLink  `xml:"link"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	Lang       string         `xml:"xml:lang,attr"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Links      []atomLink     `xml:"link"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
	Content    atomText       `xml:"content"`
}

// atom is the feed in the Atom syndication format, RFC 4287. A post's id is
// the one it was given when it was published: neither an edit nor another
// address of the site changes it.
func (m *masthead) atom(ix *index, posts []*post) ([]byte, error) {
	feed := atomFeed{
		Lang: m.Language, ID: ix.ID, Title: m.Title, Subtitle: m.Description, Updated: m.Stamp(ix.Updated),
		Author: atomAuthor{m.Author, m.URL}, Generator: "Imprimatur",
		Links: []atomLink{{"self", "application/atom+xml", m.URL + "feed.atom"}, {"alternate", "text/html", m.URL}},
	}
	for _, p := range posts {
		e := atomEntry{
			Lang: p.Lang, ID: p.ID, Title: p.name(), Published: m.Stamp(p.Published), Updated: m.Stamp(p.updated()),
			Links:   []atomLink{{"alternate", "text/html", m.URL + p.Page}},
			Summary: p.aside(), Content: atomText{"html", m.whole(p)},
		}
		if p.Link != "" {
			e.Links = append(e.Links, atomLink{"related", "", p.Link})
		}
		for _, tag := range p.Tags {
			e.Categories = append(e.Categories, atomCategory{tag})
		}
		feed.Entries = append(feed.Entries, e)
	}
	data, err := xml.MarshalIndent(&feed, "", " ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	Home        string       `json:"home_page_url"`
	Feed        string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Comment     string       `json:"user_comment"`
	Authors     []jsonAuthor `json:"authors"`
	Language    string       `json:"language"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	External  string   `json:"external_url,omitempty"`
	Title     string   `json:"title,omitempty"`
	Content   string   `json:"content_html"`
	Summary   string   `json:"summary,omitempty"`
	Image     string   `json:"image,omitempty"`
	Published string   `json:"date_published"`
	Modified  string   `json:"date_modified,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Language  string   `json:"language"`
}

// json is the feed in the format of https://www.jsonfeed.org/version/1.1/.
func (m *masthead) json(posts []*post) ([]byte, error) {
	feed := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: m.Title, Home: m.URL, Feed: m.URL + "feed.json",
		Description: m.Description, Comment: "Written by Imprimatur. Add its address to a feed reader to follow the site.",
		Authors: []jsonAuthor{{m.Author, m.URL}}, Language: m.Language, Items: []jsonItem{},
	}
	for _, p := range posts {
		item := jsonItem{
			ID: p.ID, URL: m.URL + p.Page, External: p.Link, Title: p.Title, Content: m.whole(p), Summary: p.aside(),
			Published: m.Stamp(p.Published), Tags: p.Tags, Language: p.Lang,
		}
		if p.Image != nil {
			item.Image = m.URL + path.Join(mediaFiles, p.Image.Name)
		}
		if !p.Modified.IsZero() {
			item.Modified = m.Stamp(p.Modified)
		}
		feed.Items = append(feed.Items, item)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(&feed)
	return b.Bytes(), err
}
