package text

import (
	"html"
	"strconv"
	"strings"
)

// HTML writes semantic HTML for a page: nothing in the author's text can
// become markup, nor, on WordPress, a shortcode such as [gallery].
type HTML struct{}

func (HTML) Name() string         { return "HTML" }
func (HTML) Carries(Feature) bool { return true }

func (HTML) Write(p Part, n Names) Text { return page.write(p, n) }

var page = hyper{special: "&<>\"'[", strike: "s", alignClass: true, figures: true, image: ImageTag}

// Mail writes HTML for the body of a message, to be set in a frame that knows
// the language and the subject. What look there is stands in attributes and
// short inline styles, in pixels: mail clients drop style sheets, and Outlook
// lays out as Word does (https://www.sitepoint.com/html-email-tips-tricks/,
// checked 2026-11-22). Braces and *| are written as character references,
// since newsletter services read templates in them. Its text/plain twin is
// Plain.
type Mail struct{}

func (Mail) Name() string         { return "e-mail HTML" }
func (Mail) Carries(Feature) bool { return true }

func (Mail) Write(p Part, n Names) Text { return mail.write(p, n) }

var mail = hyper{
	special: "&<>\"'{*", strike: "s",
	quote: ` style="margin:0 0 16px 16px;padding-left:12px;border-left:3px solid #cccccc"`,
	pre:   ` style="margin:0 0 16px;font-family:Consolas,monospace;white-space:pre-wrap"`,
	table: ` border="1" cellpadding="6" cellspacing="0" style="border-collapse:collapse;margin:0 0 16px"`,
	image: func(i Picture) string {
		return `<img src="` + html.EscapeString(i.Src) + `" alt="` + html.EscapeString(i.Alt) + `" width="` + strconv.Itoa(min(i.Width, mailWidth)) +
			`" border="0" style="max-width:100%;height:auto">`
	},
}

// mailWidth is how wide a picture in a message may be, in pixels: Outlook
// knows no max-width.
const mailWidth = 600

// MatrixHTML writes the org.matrix.custom.html of Matrix, with no tag and no
// attribute that clients are told to drop
// (https://github.com/matrix-org/matrix-spec/blob/d0ba2aa/content/client-server-api/modules/instant_messaging.md).
// A person is a link to matrix.to, which is a mention.
type MatrixHTML struct{}

func (MatrixHTML) Name() string         { return "Matrix HTML" }
func (MatrixHTML) Carries(Feature) bool { return true }

func (MatrixHTML) Write(p Part, n Names) Text { return matrix.write(p, n) }

var matrix = hyper{
	special: "&<>\"'", strike: "del", bare: true,
	mention: matrixTo,
	image: func(i Picture) string {
		return `<img src="` + html.EscapeString(i.Src) + `" alt="` + html.EscapeString(i.Alt) +
			`" width="` + strconv.Itoa(i.Width) + `" height="` + strconv.Itoa(i.Height) + `">`
	},
}

// matrixTo is the address of a person, see
// https://spec.matrix.org/latest/appendices/#matrixto-navigation, or "" where the handle is not one of Matrix.
func matrixTo(handle string) string {
	user, server, ok := strings.Cut(handle, ":")
	if !ok || user == "" || server == "" {
		return ""
	}
	return "https://matrix.to/#/" + encode("@"+handle, "@:/?#%[]<>\"'&")
}

// A hyper is what differs between kinds of HTML.
type hyper struct {
	special             string // the bytes to be written as references
	strike              string // the tag of struck-out text
	quote, pre, table   string // attributes
	alignClass, figures bool
	bare                bool                       // cells have no attributes
	mention             func(handle string) string // the address of a handle, or nil
	image               func(Picture) string
}

func (k *hyper) write(p Part, n Names) Text {
	w := hypertext{hyper: k, names: n, top: 6}
	p.Walk(func(b Block) {
		if b.Kind == Heading {
			w.top = min(w.top, b.Level)
		}
	})
	w.Grow(size(p.Blocks)*4/3 + 64)
	w.blocks(p.Blocks, false)
	return Text{String: strings.TrimSuffix(w.String(), "\n")}
}

// special holds the bytes that some kind of HTML writes as references.
var special = bytesIn("&<>\"'[{*")

type hypertext struct {
	strings.Builder
	*hyper
	names Names
	top   int // the highest level of heading: it stands right below the page's title
}

// escape writes s with character references. A * is harmless but before |.
func (w *hypertext) escape(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !special[c] || strings.IndexByte(w.special, c) < 0 || c == '*' && !strings.HasPrefix(s[i+1:], "|") {
			continue
		}
		w.WriteString(s[from:i])
		from = i + 1
		switch c {
		case '&':
			w.WriteString("&amp;")
		case '<':
			w.WriteString("&lt;")
		case '>':
			w.WriteString("&gt;")
		default:
			w.WriteString("&#")
			w.WriteString(strconv.Itoa(int(c)))
			w.WriteByte(';')
		}
	}
	w.WriteString(s[from:])
}

func (w *hypertext) blocks(bs []Block, tight bool) {
	for i := range bs {
		w.block(&bs[i], tight)
	}
}

func (w *hypertext) block(b *Block, tight bool) {
	switch b.Kind {
	case Paragraph:
		switch {
		case w.figures && pictures(b):
			for _, s := range b.Spans {
				w.figure(s)
			}
		case tight:
			w.spans(b.Spans)
		default:
			w.open("p", "")
			w.spans(b.Spans)
			w.end("p")
		}
	case Heading:
		name := "h" + strconv.Itoa(min(b.Level-w.top+2, 6))
		w.open(name, "")
		w.spans(b.Spans)
		w.end(name)
	case Code:
		w.open("pre", w.pre)
		w.WriteString("<code")
		if b.Lang != "" && lang(b.Lang) {
			w.WriteString(` class="language-`)
			w.escape(b.Lang)
			w.WriteByte('"')
		}
		w.WriteByte('>')
		for i := range b.Spans {
			w.escape(b.Spans[i].Text)
			w.WriteByte('\n')
		}
		w.WriteString("</code></pre>\n")
	case Quote:
		w.nest("blockquote", w.quote, b.Blocks, false)
	case Bullets:
		w.nest("ul", "", b.Blocks, b.Tight)
	case Numbers:
		start := ""
		if b.Level != 1 {
			start = ` start="` + strconv.Itoa(b.Level) + `"`
		}
		w.nest("ol", start, b.Blocks, b.Tight)
	case Item:
		w.nest("li", "", b.Blocks, tight)
	case Table:
		w.rows(b)
	case Rule:
		w.WriteString("<hr>\n")
	}
}

func (w *hypertext) open(name, attrs string) {
	w.WriteByte('<')
	w.WriteString(name)
	w.WriteString(attrs)
	w.WriteByte('>')
}

func (w *hypertext) end(name string) {
	w.WriteString("</")
	w.WriteString(name)
	w.WriteString(">\n")
}

func (w *hypertext) nest(name, attrs string, bs []Block, tight bool) {
	w.open(name, attrs)
	w.blocks(bs, tight)
	w.end(name)
}

func (w *hypertext) rows(b *Block) {
	w.open("table", w.table)
	for i, r := range b.Blocks {
		cell := "td"
		switch i {
		case 0:
			cell = "th"
			w.open("thead", "")
		case 1:
			w.open("tbody", "")
		}
		w.open("tr", "")
		for _, c := range r.Blocks {
			w.open(cell, w.aligned(c.Align))
			w.spans(c.Spans)
			w.end(cell)
		}
		w.end("tr")
		if i == 0 {
			w.end("thead")
		}
	}
	if len(b.Blocks) > 1 {
		w.end("tbody")
	}
	w.end("table")
}

func (w *hypertext) aligned(align string) string {
	switch {
	case align == "" || w.bare:
		return ""
	case w.alignClass:
		return ` class="` + align + `"`
	default:
		return ` align="` + align + `"`
	}
}

// pictures reports whether a paragraph holds nothing but pictures.
func pictures(b *Block) bool {
	found := false
	for i := range b.Spans {
		found = found || b.Spans[i].Role == Image
	}
	return found && wordless(b)
}

func (w *hypertext) figure(s Span) {
	if i, ok := w.names.picture(s); ok {
		w.WriteString("<figure>" + w.image(i) + "</figure>\n")
	}
}

// picture is the picture that a span shows, if there is one here.
func (n Names) picture(s Span) (Picture, bool) {
	if s.Role != Image || n.Image == nil {
		return Picture{}, false
	}
	return n.Image(s.Link)
}

// ImageTag is the HTML of one picture on a page.
func ImageTag(i Picture) string {
	return `<img src="` + html.EscapeString(i.Src) + `" alt="` + html.EscapeString(i.Alt) +
		`" width="` + strconv.Itoa(i.Width) + `" height="` + strconv.Itoa(i.Height) + `" loading="lazy">`
}

func (w *hypertext) spans(spans []Span) {
	link := ""
	for i := range spans {
		s := &spans[i]
		if s.Link != link || s.Role == Image {
			w.endLink(&link)
		}
		if link == "" && s.Link != "" && s.Role != Image { // a link may hold several styles
			link = s.Link
			w.anchor(link)
		}
		w.span(s)
	}
	w.endLink(&link)
}

func (w *hypertext) anchor(to string) {
	w.WriteString(`<a href="`)
	w.escape(to)
	w.WriteString(`">`)
}

func (w *hypertext) endLink(link *string) {
	if *link != "" {
		w.WriteString("</a>")
		*link = ""
	}
}

// tag is the name of the tag for the i-th style.
func (w *hypertext) tag(i int) string {
	return [...]string{"strong", "em", w.strike, "code"}[i]
}

func (w *hypertext) span(s *Span) {
	switch s.Role {
	case Break:
		w.WriteString("<br>\n")
		return
	case Image:
		if i, ok := w.names.picture(*s); ok {
			w.WriteString(w.image(i))
		}
		return
	}
	for i := range 4 {
		if s.Style>>i&1 != 0 {
			w.open(w.tag(i), "")
		}
	}
	if s.Role == Person {
		w.person(s)
	} else {
		w.escape(s.Text)
	}
	for i := 3; i >= 0; i-- {
		if s.Style>>i&1 != 0 {
			w.WriteString("</")
			w.WriteString(w.tag(i))
			w.WriteByte('>')
		}
	}
}

func (w *hypertext) person(s *Span) {
	h := w.names.handle(s.Text)
	if w.mention != nil && h.Handle != "" {
		h.URL = w.mention(h.Handle)
	}
	if h.URL == "" || s.Link != "" {
		w.escape(h.Name)
		return
	}
	w.anchor(h.URL)
	w.escape(h.Name)
	w.WriteString("</a>")
}
