package text

import "strings"

// TelegramHTML writes the HTML of Telegram's parse mode: b i s code pre a and
// blockquote are all there is, lines end as they do in plain text, and any
// other tag is refused. See https://core.telegram.org/bots/api#formatting-options
// (checked 2026-11-22). Telegram finds @people, #tags and addresses by itself.
type TelegramHTML struct{}

func (TelegramHTML) Name() string           { return "Telegram HTML" }
func (TelegramHTML) Carries(f Feature) bool { return f == Strikethrough }

func (TelegramHTML) Write(p Part, n Names) Text {
	w := telegram{}
	w.begin(p, n, &w)
	return Text{String: string(w.out)}
}

type telegram struct {
	sheet
	quoted bool // quotes cannot be nested
}

func (w *telegram) mark(b *Block, nth int, _ bool) { w.typed(b, nth) }
func (w *telegram) empty(b *Block) bool            { return wordless(b) }

func (w *telegram) quote(b *Block, indent string) bool {
	if w.quoted {
		return false
	}
	w.quoted = true
	w.write("<blockquote>")
	w.blocks(b.Blocks, indent, false)
	w.write("</blockquote>")
	w.quoted = false
	return true
}

func (w *telegram) leaf(b *Block, indent string, _ *Block) {
	switch b.Kind {
	case Code:
		w.code(b)
	case Table:
		w.rows(b, indent, func(spans []Span, indent string) { w.spans(spans, indent, 0) })
	case Heading:
		w.spans(trim(b.Spans), indent, Strong)
	default:
		w.spans(trim(b.Spans), indent, 0)
	}
}

// code is never indented: the blanks would be part of it.
func (w *telegram) code(b *Block) {
	w.write("<pre>")
	named := b.Lang != "" && lang(b.Lang)
	if named {
		w.write(`<code class="language-`)
		w.escape(b.Lang)
		w.write(`">`)
	}
	for i := range b.Spans {
		if i > 0 {
			w.write("\n")
		}
		w.escape(b.Spans[i].Text)
	}
	if named {
		w.write("</code>")
	}
	w.write("</pre>")
}

func (w *telegram) spans(spans []Span, indent string, also Style) {
	for len(spans) > 0 {
		n := group(spans)
		link := spans[0].Link
		if spans[0].Role == URL || strings.HasPrefix(link, "mailto:") {
			link = "" // Telegram makes a link of these itself
		}
		if link != "" {
			w.write(`<a href="`)
			w.escape(encode(link, `"`))
			w.write(`">`)
		}
		start := len(w.out)
		for i := range n {
			w.span(&spans[i], indent, also)
		}
		switch {
		case link != "":
			w.write("</a>")
		case spans[0].Link != "" && !sameAddress(w.out[start:], spans[0].Link):
			w.write(" (")
			w.escape(strings.TrimPrefix(spans[0].Link, "mailto:"))
			w.write(")")
		}
		spans = spans[n:]
	}
}

// telegramTags are the tags of the styles, in their order.
var telegramTags = [...]string{"b", "i", "s", "code"}

func (w *telegram) span(s *Span, indent string, also Style) {
	if s.Role == Break {
		w.gap(indent, true)
		return
	}
	style := s.Style | also
	if style&Mono != 0 { // code holds no other style, and links hold no code
		if style = Mono; s.Link != "" {
			style = 0
		}
	}
	for i, tag := range telegramTags {
		if style>>i&1 != 0 {
			w.write("<" + tag + ">")
		}
	}
	if s.Role == Person {
		h := w.names.handle(s.Text)
		if h.Handle != "" {
			h.Name = "@" + h.Handle
		}
		w.escape(h.Name)
	} else {
		w.escape(s.Text)
	}
	for i := len(telegramTags) - 1; i >= 0; i-- {
		if style>>i&1 != 0 {
			w.write("</" + telegramTags[i] + ">")
		}
	}
}

func (w *telegram) escape(s string) { w.out = appendRefs(w.out, s) }

// appendRefs appends s with &, < and > as character references, which is all
// that Telegram and Slack ask for.
func appendRefs(to []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		ref := ""
		switch s[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		default:
			continue
		}
		to = append(to, s[from:i]...)
		to = append(to, ref...)
		from = i + 1
	}
	return append(to, s[from:]...)
}
