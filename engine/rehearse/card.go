package rehearse

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/image"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A card is what one channel's readers see of a post.
type card struct {
	*mark
	Page    bool   // of a web site, not of a feed
	Initial string // of the brand
	Held    string // why it was not tried
	ByHand  bool   // a person publishes it
	Failed  string // why it did not go out
	Thread  string // how many parts there are; empty for one
	Parts   []shownPart
}

// A shownPart is one part of a card.
type shownPart struct {
	Unseen     bool
	Where      string // which part of how many
	Warning    string
	Lang       string
	Visibility string
	Title      string // of a page
	Summary    string
	Runs       []run         // the text, or
	Article    template.HTML // a page's
	Words      string        // how many a page has
	Excerpt    string        // of a long page: the rest is folded
	Pictures   []shot
	Poll       *poll
	Link       *link
	Tags       []string
	Gauge      *gauge
	Page       string
}

type shot struct {
	Src           template.URL // empty: it is not shown
	Why           string       // not
	Alt           string
	Width, Height int
}

type poll struct {
	Options  []string
	Note     string
	Multiple bool
}

type link struct{ Href, Host, Title, Summary string }

// A gauge is a length against its limit.
type gauge struct {
	Words string
	Share int // in percent, at most 100
	Class string
}

func (m *maker) card(v *Variant) card {
	c := card{mark: m.marks[v.Channel.Name], Initial: initial(m.page.Brand), Held: report.Clean(v.Held)}
	_, c.Page = v.Channel.Markup().(text.HTML)
	c.ByHand = v.Channel.Platform.ByHand() && v.Held == ""
	if v.Outcome != nil && !v.Outcome.OK() {
		c.Failed = report.Clean(v.Outcome.Err.Error())
	}
	if n := len(v.Parts); n > 1 {
		c.Thread = fmt.Sprintf(m.words.Parts, n)
	}
	for i := range v.Parts {
		p := m.part(v.Channel, &v.Parts[i])
		if len(v.Parts) > 1 {
			p.Where = fmt.Sprintf(m.words.Part, i+1, len(v.Parts))
		}
		c.Parts = append(c.Parts, p)
	}
	return c
}

func initial(s string) string {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return strings.ToUpper(string(r))
		}
	}
	return "·"
}

func (m *maker) part(c *platform.Channel, from *Part) shownPart {
	s := from.Shown
	if s == nil {
		return shownPart{Unseen: true}
	}
	p := shownPart{Warning: s.Warning, Lang: s.Lang, Tags: s.Tags, Visibility: s.Visibility, Gauge: m.gauge(from.Sizes)}
	switch s.Visibility {
	case "unlisted":
		p.Visibility = m.words.Unlisted
	case "private":
		p.Visibility = m.words.Private
	}
	for _, pic := range s.Media {
		p.Pictures = append(p.Pictures, m.shot(pic))
	}
	if s.Poll != nil {
		note := m.words.One
		if s.Poll.Multiple {
			note = m.words.Multiple
		}
		p.Poll = &poll{s.Poll.Options, fmt.Sprintf(m.words.Poll, m.words.Length(s.Poll.Open)) + ", " + note, s.Poll.Multiple}
	}
	if _, page := c.Markup().(text.HTML); page {
		m.article(&p, s)
	} else {
		p.Runs = runs(s, c.Markup())
	}
	if s.Link != "" {
		p.Link = linkTo(s, p.Title == "")
	}
	if c.Platform.Local && m.sink.site != nil {
		if page, is := strings.CutPrefix(s.URL, m.stage.standins[c.Name].base+"/"); is {
			p.Page = m.sink.site(c.Name, page)
		}
	}
	return p
}

// long is how many characters of an article are read without unfolding it.
const long = 700

// article is a page's text. Pictures that stand in it are taken from those
// that stand above it.
func (m *maker) article(p *shownPart, s *platform.Shown) {
	p.Title, p.Summary = s.Title, s.Summary
	placed := map[int]bool{}
	var words string
	p.Article, words = clean(s.Text, func(n int) template.HTML {
		if n >= len(p.Pictures) {
			return ""
		}
		placed[n] = true
		return p.Pictures[n].html(m.words)
	})
	var above []shot
	for n, pic := range p.Pictures {
		if !placed[n] {
			above = append(above, pic)
		}
	}
	p.Pictures = above
	p.Words = m.words.Count(len(strings.Fields(words)))
	if utf8.RuneCountInString(words) > long {
		p.Excerpt = shorten(words, long/3)
		if p.Summary != "" {
			p.Excerpt, p.Summary = p.Summary, ""
		}
	}
}

// shorten cuts s between words, to about n characters.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := string(r[:n])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// shot is a picture as the page shows it. What its bytes say of its type
// counts, not what the server says.
func (m *maker) shot(pic platform.ShownMedia) shot {
	s := shot{Alt: pic.Alt, Why: m.words.NoImage}
	if m.past && !m.sink.past {
		s.Why = m.words.PastImage
		return s
	}
	info, err := image.Probe(bytes.NewReader(pic.Data))
	if err != nil {
		return s
	}
	s.Width, s.Height = info.Width, info.Height
	s.Src = m.sink.picture(pic.Data, info.Type)
	return s
}

// html is the picture within an article.
func (s shot) html(w *words) template.HTML {
	if s.Src == "" {
		return template.HTML("<em>" + html.EscapeString(s.Why) + "</em>")
	}
	alt := `<span class="alt missing">` + html.EscapeString(w.NoAlt)
	if s.Alt != "" {
		alt = `<span class="alt" aria-hidden="true">` + html.EscapeString(w.Alt+" ") + `<bdi>` + html.EscapeString(s.Alt) + `</bdi>`
	}
	return template.HTML(fmt.Sprintf(`<img src="%s" alt="%s" width="%d" height="%d" loading="lazy">%s</span>`,
		html.EscapeString(string(s.Src)), html.EscapeString(s.Alt), s.Width, s.Height, alt))
}

// linkTo is the card of a page, with what the post says of it where that is
// not said already.
func linkTo(s *platform.Shown, about bool) *link {
	l := &link{Host: s.Link}
	if web(s.Link) {
		l.Href = s.Link
	}
	if _, rest, found := strings.Cut(s.Link, "://"); found {
		l.Host = strings.TrimSuffix(rest, "/")
	}
	if about {
		l.Title, l.Summary = s.Title, s.Summary
	}
	return l
}

// gauge is the length that matters: of several limits, that of the one which
// leaves the least room.
func (m *maker) gauge(sizes []render.Size) *gauge {
	best, share := -1, -1.0
	for i, s := range sizes {
		if s.Limit != platform.NoLimit && s.Limit > 0 && float64(s.Length)/float64(s.Limit) > share {
			best, share = i, float64(s.Length)/float64(s.Limit)
		}
	}
	if best < 0 {
		return nil
	}
	s := sizes[best]
	g := &gauge{fmt.Sprintf(m.words.Of, s.Length, s.Limit, m.words.Unit(s.Unit)), min(100, int(100*share)), "roomy"}
	switch {
	case !s.Fits:
		g.Class = "over"
	case share > 0.9:
		g.Class = "tight"
	}
	return g
}
