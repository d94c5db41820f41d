package text

import (
	"html"
	"strconv"
	"strings"
)

// HTML writes semantic HTML for a page of our own: nothing in the author's
// text can become markup.
type HTML struct{}

func (HTML) Name() string         { return "HTML" }
func (HTML) Carries(Feature) bool { return true }

func (HTML) Write(p Part, n Names) Text {
	w := hypertext{names: n, top: 6}
	p.Walk(func(b Block) {
		if b.Kind == Heading {
			w.top = min(w.top, b.Level)
		}
	})
	w.Grow(size(p.Blocks) * 3 / 2)
	w.blocks(p.Blocks, false)
	return Text{String: strings.TrimSuffix(w.String(), "\n")}
}

type hypertext struct {
	strings.Builder
	names Names
	top   int // the highest level of heading: it stands right below the page's title
}

func (w *hypertext) escape(s string) { w.WriteString(html.EscapeString(s)) }

func (w *hypertext) blocks(bs []Block, tight bool) {
	for _, b := range bs {
		w.block(b, tight)
	}
}

func (w *hypertext) block(b Block, tight bool) {
	switch b.Kind {
	case Paragraph:
		switch {
		case pictures(b):
			for _, s := range b.Spans {
				w.figure(s)
			}
		case tight:
			w.spans(b.Spans)
		default:
			w.element("p", "", func() { w.spans(b.Spans) })
		}
	case Heading:
		w.element("h"+strconv.Itoa(min(b.Level-w.top+2, 6)), "", func() { w.spans(b.Spans) })
	case Code:
		class := ""
		if b.Lang != "" {
			class = ` class="language-` + html.EscapeString(b.Lang) + `"`
		}
		w.WriteString("<pre><code" + class + ">")
		for _, s := range b.Spans {
			w.escape(s.Text + "\n")
		}
		w.WriteString("</code></pre>\n")
	case Quote:
		w.element("blockquote", "", func() { w.blocks(b.Blocks, false) })
	case Bullets:
		w.element("ul", "", func() { w.blocks(b.Blocks, b.Tight) })
	case Numbers:
		start := ""
		if b.Level != 1 {
			start = ` start="` + strconv.Itoa(b.Level) + `"`
		}
		w.element("ol", start, func() { w.blocks(b.Blocks, b.Tight) })
	case Item:
		w.element("li", "", func() { w.blocks(b.Blocks, tight) })
	case Table:
		w.table(b)
	case Rule:
		w.WriteString("<hr>\n")
	}
}

func (w *hypertext) element(name, attrs string, inside func()) {
	w.WriteString("<" + name + attrs + ">")
	inside()
	w.WriteString("</" + name + ">\n")
}

func (w *hypertext) table(b Block) {
	row := func(r Block, cell string) {
		w.element("tr", "", func() {
			for _, c := range r.Blocks {
				style := ""
				if c.Align != "" {
					style = ` class="` + c.Align + `"`
				}
				w.element(cell, style, func() { w.spans(c.Spans) })
			}
		})
	}
	w.element("table", "", func() {
		if len(b.Blocks) > 0 {
			w.element("thead", "", func() { row(b.Blocks[0], "th") })
		}
		if len(b.Blocks) > 1 {
			w.element("tbody", "", func() {
				for _, r := range b.Blocks[1:] {
					row(r, "td")
				}
			})
		}
	})
}

// pictures reports whether a paragraph holds nothing but pictures.
func pictures(b Block) bool {
	found := false
	for _, s := range b.Spans {
		found = found || s.Role == Image
	}
	return found && empty(b)
}

func (w *hypertext) figure(s Span) {
	if s.Role != Image || w.names.Image == nil {
		return
	}
	if i, ok := w.names.Image(s.Link); ok {
		w.WriteString("<figure>" + ImageTag(i) + "</figure>\n")
	}
}

func (w *hypertext) image(s Span) {
	if w.names.Image == nil {
		return
	}
	if i, ok := w.names.Image(s.Link); ok {
		w.WriteString(ImageTag(i))
	}
}

// ImageTag is the HTML of one picture.
func ImageTag(i Picture) string {
	return `<img src="` + html.EscapeString(i.Src) + `" alt="` + html.EscapeString(i.Alt) +
		`" width="` + strconv.Itoa(i.Width) + `" height="` + strconv.Itoa(i.Height) + `" loading="lazy">`
}

var styles = [...]struct {
	style Style
	name  string
}{{Strong, "strong"}, {Em, "em"}, {Strike, "s"}, {Mono, "code"}}

func (w *hypertext) spans(spans []Span) {
	link := ""
	for _, s := range spans {
		if s.Link != link || s.Role == Image {
			w.endLink(&link)
		}
		if link == "" && s.Link != "" && s.Role != Image { // a link may hold several styles
			link = s.Link
			w.WriteString(`<a href="` + html.EscapeString(link) + `">`)
		}
		w.span(s)
	}
	w.endLink(&link)
}

func (w *hypertext) endLink(link *string) {
	if *link != "" {
		w.WriteString("</a>")
		*link = ""
	}
}

func (w *hypertext) span(s Span) {
	switch s.Role {
	case Break:
		w.WriteString("<br>\n")
		return
	case Image:
		w.image(s)
		return
	}
	for _, st := range styles {
		if s.Style&st.style != 0 {
			w.WriteString("<" + st.name + ">")
		}
	}
	if s.Role == Person {
		w.person(s.Text)
	} else {
		w.escape(s.Text)
	}
	for i := len(styles) - 1; i >= 0; i-- {
		if s.Style&styles[i].style != 0 {
			w.WriteString("</" + styles[i].name + ">")
		}
	}
}

func (w *hypertext) person(name string) {
	h := w.names.handle(name)
	if h.URL == "" {
		w.escape(h.Name)
		return
	}
	w.WriteString(`<a href="` + html.EscapeString(h.URL) + `">`)
	w.escape(h.Name)
	w.WriteString("</a>")
}
