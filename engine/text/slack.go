package text

import (
	"strings"
	"unicode/utf8"
)

// Slack writes mrkdwn. &, < and > are escaped, so that <!channel>, <@U123> and
// the like stay words; see
// https://docs.slack.dev/messaging/formatting-message-text/ (checked
// 2026-11-22). Slack has no escape for its marks: one that could count is
// written as the fallback text of a date that is none, which Slack shows as it
// is (https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md,
// checked 2026-11-22).
type Slack struct{}

func (Slack) Name() string           { return "Slack mrkdwn" }
func (Slack) Carries(f Feature) bool { return f == Strikethrough }

func (Slack) Write(p Part, n Names) Text {
	w := slack{styled: styled{marks: &slackMarks, seam: "\u200b", joints: apart}}
	w.begin(p, n, &w)
	return Text{String: string(w.out)}
}

var slackMarks = [3][2]string{{"*", "*"}, {"_", "_"}, {"~", "~"}}

// wordJoiner keeps signs apart that Slack would take together: a line break may
// not come of it.
const wordJoiner = "\u2060"

type slack struct {
	styled
	quoted bool
}

func (w *slack) mark(b *Block, nth int, _ bool) { w.typed(b, nth) }
func (w *slack) empty(b *Block) bool            { return wordless(b) }

func (w *slack) quote(b *Block, indent string) bool {
	was := w.quoted
	w.quoted = true
	w.write("> ")
	w.blocks(b.Blocks, indent+"> ", false)
	w.quoted = was
	return true
}

func (w *slack) leaf(b *Block, indent string, _ *Block) {
	switch b.Kind {
	case Code:
		w.code(b, indent)
	case Table:
		w.rows(b, indent, func(spans []Span, indent string) { w.spans(spans, indent, 0) })
	case Heading:
		w.spans(trim(b.Spans), indent, Strong)
	default:
		w.spans(trim(b.Spans), indent, 0)
	}
}

// code is never indented: the blanks would be part of it. In a quote, where a
// block cannot be, and where it holds the sign that ends one, it is words.
func (w *slack) code(b *Block, indent string) {
	if w.quoted || fenced(b, "```") {
		for i := range b.Spans {
			if i > 0 {
				w.gap(indent, true)
			}
			w.fresh()
			w.words(b.Spans[i].Text)
		}
		return
	}
	w.write("```\n")
	for i := range b.Spans {
		w.out = appendRefs(w.out, b.Spans[i].Text)
		w.write("\n")
	}
	w.write("```")
}

// fenced reports whether a line of code holds the sign.
func fenced(b *Block, sign string) bool {
	for i := range b.Spans {
		if strings.Contains(b.Spans[i].Text, sign) {
			return true
		}
	}
	return false
}

func (w *slack) spans(spans []Span, indent string, also Style) {
	w.fresh()
	for len(spans) > 0 {
		n := group(spans)
		switch s := &spans[0]; {
		case s.Role == URL:
			w.link(spans[:1], s.Style|also)
		case s.Link != "":
			style := s.Style | also
			for i := range n {
				style &= spans[i].Style | also
			}
			w.link(spans[:n], style&^Mono)
		case s.Role == Break:
			w.end()
			w.gap(indent, true)
			w.fresh()
		default:
			w.span(s, s.Style|also)
		}
		spans = spans[n:]
	}
	w.end()
}

// link writes an address and its words, or the words and the address where
// the words hold marks: between < and > there is no way to escape them.
func (w *slack) link(spans []Span, style Style) {
	label := ""
	for i := range spans {
		switch s := &spans[i]; s.Role {
		case Person:
			label += w.called(w.names.handle(s.Text))
		case Break:
			label += " "
		default:
			label += s.Text
		}
	}
	lead, core, trail := cut(label)
	if core == "" {
		w.blank += label
		return
	}
	to := encode(spans[0].Link, "|<> ")
	outer, inner := w.start(style, lead)
	if inner == w.closed {
		w.write(w.seam) // the words count, not the sign before them
	}
	loose := core != spans[0].Link && marked(core)
	if loose {
		w.words(core)
		w.write(" (")
	}
	w.write("<")
	w.out = appendRefs(w.out, to)
	if !loose && core != to {
		w.write("|")
		w.out = appendRefs(w.out, core)
	}
	w.write(">")
	if loose {
		w.write(")")
	}
	w.join(outer, inner)
	w.blank = trail
}

func (w *slack) span(s *Span, style Style) {
	if s.Role == Person {
		h := w.names.handle(s.Text)
		if h.Handle == "" && h.Name == "" {
			return
		}
		outer, inner := w.start(style, "")
		if member(h.Handle) {
			w.write("<@" + h.Handle + ">")
		} else {
			w.words(w.called(h))
		}
		w.join(outer, inner)
		return
	}
	lead, core, trail := cut(s.Text)
	if core == "" {
		w.blank += s.Text
		return
	}
	outer, inner := w.start(style&^Mono, lead)
	switch {
	case style&Mono == 0:
		w.words(core)
	case strings.IndexByte(core, '`') >= 0:
		w.words(core)
	default:
		w.mono(core)
		w.join(outer, max(inner, outer+1))
		w.closed, w.before, w.blank = len(w.out), '`', trail
		return
	}
	w.join(outer, inner)
	w.blank = trail
}

func (w *slack) mono(s string) {
	w.write("`")
	w.out = appendRefs(w.out, s)
	w.write("`")
}

// marked reports whether text holds a sign that Slack could take for a mark.
func marked(s string) bool {
	for i := range len(s) {
		if strings.IndexByte("*_~`", s[i]) >= 0 || s[i] == ':' && emoji(s[i:]) > 0 {
			return true
		}
	}
	return false
}

// called is what people call someone who is not a member.
func (w *slack) called(h Handle) string {
	if h.Handle != "" && !member(h.Handle) {
		return "@" + h.Handle
	}
	return h.Name
}

// member reports whether a handle is a member's id, such as U024BE7LH.
func member(handle string) bool {
	if len(handle) < 7 || handle[0] != 'U' && handle[0] != 'W' {
		return false
	}
	for i := range len(handle) {
		if c := handle[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// words writes text so that nothing in it counts as a mark, a quote or an
// emoji. A mark inside of a word, or with blanks around it, never counts.
func (w *slack) words(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		put := ""
		switch c := s[i]; c {
		case '&':
			put = "&amp;"
		case '<':
			put = "&lt;"
		case '>':
			if put = "&gt;"; i == 0 && len(w.out) == w.line {
				put = wordJoiner + "&gt;"
			}
		case ':':
			if emoji(s[i:]) == 0 {
				continue
			}
			put = ":" + wordJoiner
		case '*', '_', '~', '`':
			if c != '`' && w.idle(s, i) {
				continue
			}
			put = "<!date^0^{_}|" + string(c) + ">"
		default:
			continue
		}
		w.write(s[from:i])
		w.write(put)
		from = i + 1
	}
	w.write(s[from:])
}

// idle reports whether the mark at s[i] has letters on both sides, or blanks.
func (w *slack) idle(s string, i int) bool {
	a, _ := utf8.DecodeLastRuneInString(s[:i])
	b, n := utf8.DecodeRuneInString(s[i+1:])
	return i > 0 && n > 0 && (letter(a) && letter(b) || a == ' ' && b == ' ')
}
