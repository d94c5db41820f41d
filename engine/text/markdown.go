package text

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A markdown writes one dialect.
type markdown struct {
	styled
	*dialect
	kind  Markdown
	title bool // in a heading
	tail  int  // where the signs begin that would close the heading
	cell  bool // in a table
	label bool // in the words of a link
}

func (w *markdown) quote(*Block, string) bool { return false }

// mark changes its sign for a list right below another, which would go on
// otherwise.
func (w *markdown) mark(b *Block, nth int, other bool) {
	switch {
	case b.Kind == Bullets && other:
		w.write("* ")
	case b.Kind == Bullets:
		w.write("- ")
	default:
		w.out = strconv.AppendInt(w.out, int64(min(b.Level+nth, maxNumber)), 10)
		if other {
			w.write(") ")
		} else {
			w.write(". ")
		}
	}
}

// maxNumber is the highest that may stand before an item; see
// https://spec.commonmark.org/0.31.2/#ordered-list-marker.
const maxNumber = 999_999_999

func (w *markdown) empty(b *Block) bool {
	switch {
	case b.Kind == Rule:
		return w.rule == ""
	case !wordless(b):
		return false
	}
	for i := range b.Spans {
		if w.shows(&b.Spans[i]) {
			return false
		}
	}
	return true
}

func (w *markdown) shows(s *Span) bool {
	_, ok := w.names.picture(*s)
	return ok && w.pictures
}

func (w *markdown) leaf(b *Block, indent string, after *Block) {
	switch b.Kind {
	case Code:
		w.code(b, indent, after)
	case Table:
		w.table(b, indent)
	case Heading:
		w.heading(b, indent)
	case Rule:
		w.write(w.rule)
	default:
		w.spans(w.shown(b.Spans), indent, 0)
	}
}

// shown is the spans without pictures that are not in the text.
func (w *markdown) shown(spans []Span) []Span {
	for i := range spans {
		if w.shows(&spans[i]) {
			return spans
		}
	}
	return trim(spans)
}

func (w *markdown) heading(b *Block, indent string) {
	if b.Level > w.headings {
		w.spans(w.shown(b.Spans), indent, Strong)
		return
	}
	w.write("######"[:b.Level])
	w.write(" ")
	w.title = true
	w.spans(w.shown(b.Spans), indent, 0)
	w.title = false
}

// code writes a fence that its lines do not hold. Where there is none left,
// they are words.
func (w *markdown) code(b *Block, indent string, after *Block) {
	fence := "```"
	if fenced(b, fence) {
		if fence = "~~~"; fenced(b, fence) {
			fence = strings.Repeat("`", longest(b)+1)
		}
	}
	switch {
	case w.kind == Discord && fence != "```", w.kind == DevTo && fenced(b, "endraw"), len(indent) > deepest:
		for i := range b.Spans {
			if i > 0 {
				w.gap(indent, true)
			}
			w.fresh()
			w.words(b.Spans[i].Text)
		}
		return
	case !w.fences && strings.Trim(indent, "> ") == "" && !strings.HasSuffix(indent, "  ") && (after == nil || after.Kind != Bullets && after.Kind != Numbers):
		for i := range b.Spans {
			if i > 0 {
				w.gap(indent, true)
			}
			w.write("    ")
			w.write(b.Spans[i].Text)
		}
		return
	}
	w.write(fence)
	if lang(b.Lang) {
		w.write(b.Lang)
	}
	for i := range b.Spans {
		w.gap(indent, true)
		w.literal(b.Spans[i].Text)
	}
	w.gap(indent, true)
	w.write(fence)
}

// longest is the longest run of ` in a block of code.
func longest(b *Block) int {
	n := 0
	for i := range b.Spans {
		n = max(n, ticks(b.Spans[i].Text))
	}
	return n
}

func ticks(s string) int {
	most, n := 0, 0
	for i := range len(s) {
		if s[i] == '`' {
			n++
			most = max(most, n)
		} else {
			n = 0
		}
	}
	return most
}

// lang reports whether a language may stand behind a fence as it is.
func lang(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alnum(c) && strings.IndexByte("+#._-", c) < 0 {
			return false
		}
	}
	return true
}

// literal writes code. Discord looks for people in it all the same.
func (w *markdown) literal(s string) {
	if w.kind == Discord {
		for {
			i := called(s)
			if i < 0 {
				break
			}
			w.write(s[:i])
			w.write(w.part)
			s = s[i:]
		}
	}
	w.write(s)
}

// called is where to part the first mention in Discord's eyes, or -1.
func called(s string) int {
	for i := range len(s) {
		if s[i] == '@' && (strings.HasPrefix(s[i+1:], "everyone") || strings.HasPrefix(s[i+1:], "here") || i > 0 && s[i-1] == '<') {
			return i + 1
		}
	}
	return -1
}

func (w *markdown) table(b *Block, indent string) {
	if !w.tables || len(indent) > deepest {
		w.rows(b, indent, func(spans []Span, indent string) { w.spans(spans, indent, 0) })
		return
	}
	w.cell = true
	for i := range b.Blocks {
		if i > 0 {
			w.gap(indent, true)
		}
		for _, c := range b.Blocks[i].Blocks {
			w.write("| ")
			w.spans(w.shown(c.Spans), indent, 0)
			w.write(" ")
		}
		w.write("|")
		if i > 0 {
			continue
		}
		w.gap(indent, true)
		for _, c := range b.Blocks[i].Blocks {
			switch c.Align {
			case "left":
				w.write("|:--")
			case "right":
				w.write("|--:")
			case "center":
				w.write("|:-:")
			default:
				w.write("|---")
			}
		}
		w.write("|")
	}
	w.cell = false
}

func (w *markdown) spans(spans []Span, indent string, also Style) {
	w.fresh()
	for i := 0; i < len(spans); {
		n := group(spans[i:])
		switch s := &spans[i]; {
		case s.Role == Image:
			w.image(s)
		case s.Role == URL:
			w.address(s, spans[i+1:], also)
		case s.Link != "":
			w.link(spans[i:i+n], also)
		case s.Role == Break && (w.title || w.cell):
			w.blank += " "
		case s.Role == Break:
			w.end()
			w.write(w.newline[:len(w.newline)-1])
			w.gap(indent, true)
			w.fresh()
		default:
			w.span(s, s.Style|also)
		}
		i += n
	}
	w.end()
}

func (w *markdown) span(s *Span, style Style) {
	if s.Role == Person {
		w.person(w.names.handle(s.Text), style)
		return
	}
	lead, core, trail := cut(s.Text)
	if style&Mono != 0 && (w.kind != DevTo || !strings.Contains(core, "endraw")) {
		lead, core, trail = "", s.Text, ""
		if strings.Trim(core, " ") != "" {
			w.mono(core, style&^Mono)
			return
		}
	}
	if core == "" {
		w.blank += s.Text
		return
	}
	outer, inner := w.start(style&^Mono, lead)
	w.words(core)
	w.ended(outer, inner, trail)
}

func (w *markdown) ended(outer, inner int, trail string) {
	if w.kind == Mattermost && inner > outer && inner < len(w.out) && (w.out[inner] == '"' || w.out[inner] == '<') {
		w.out = slices.Insert(w.out, inner, []byte(w.part)...) // its emphasis begins with neither
	}
	if w.kind == Discord && w.depth > 0 && w.out[len(w.out)-1] == '~' {
		w.write(w.part) // its ~~ ends at the first ~~, backslash or not
	}
	w.join(outer, inner)
	w.blank = trail
}

// mono writes a span of code within more backquotes than it holds.
func (w *markdown) mono(s string, style Style) {
	outer, inner := w.start(style, "")
	if inner > 0 && w.out[inner-1] == '`' {
		w.write(w.seam)
	}
	sign := "`"
	if n := ticks(s); n > 0 {
		sign = strings.Repeat("`", n+1)
	}
	w.write(sign)
	pad := s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' '
	if pad {
		w.write(" ")
	}
	if w.cell {
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	w.literal(s)
	if pad {
		w.write(" ")
	}
	w.write(sign)
	w.ended(outer, inner, "")
}

// person writes a mention, a link to a page, or a name.
func (w *markdown) person(h Handle, style Style) {
	text, raw := h.Name, false
	switch {
	case h.Handle != "" && w.kind == Discord && digits(h.Handle):
		text, raw = "<@"+h.Handle+">", true
	case h.Handle != "":
		text, raw = w.at+h.Handle, account(h.Handle) && !w.label
	}
	if text == "" {
		return
	}
	outer, inner := w.start(style, "")
	switch {
	case raw && !w.label:
		w.write(text)
	case h.Handle == "" && h.URL != "" && !w.label:
		w.write("[")
		w.label = true
		w.words(text)
		w.label = false
		w.destination(h.URL)
	default:
		w.words(text)
	}
	w.ended(outer, inner, "")
}

func digits[T string | []byte](s T) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

// account reports whether a handle may stand as it is, and calls one person
// only.
func account(handle string) bool {
	switch handle {
	case "everyone", "here", "all", "channel":
		return false
	}
	for i := range len(handle) {
		if c := handle[i]; !alnum(c) && strings.IndexByte("_-.", c) < 0 {
			return false
		}
	}
	return true
}

func (w *markdown) image(s *Span) {
	i, ok := w.names.picture(*s)
	if !ok || !w.pictures {
		return
	}
	w.stop()
	w.write("![")
	w.label = true
	w.words(strings.TrimSpace(i.Alt))
	w.label = false
	if w.kind == Discourse && i.Width > 0 && i.Height > 0 {
		w.write("|")
		w.out = strconv.AppendInt(w.out, int64(i.Width), 10)
		w.write("x")
		w.out = strconv.AppendInt(w.out, int64(i.Height), 10)
	}
	w.destination(i.Src)
}

// address writes a bare address as it is where nothing beside it could be
// taken for a part of it, and else between < and >.
func (w *markdown) address(s *Span, rest []Span, also Style) {
	to := encode(s.Link, w.unsafe())
	alone := (s.Style|also)&7 == 0 && common(to) && w.free(rest)
	if to != s.Link && w.kind != Discord { // people see it as it was written
		w.link([]Span{{Text: s.Text, Link: s.Link, Style: s.Style}}, also)
		return
	}
	outer, inner := w.start(s.Style|also, "")
	if last, _ := utf8.DecodeLastRune(w.out[w.line:]); alone && (outer == w.line || last == ' ' || last == '(') {
		w.write(to)
	} else {
		w.write("<")
		w.write(to)
		w.write(">")
	}
	w.ended(outer, inner, "")
}

// common reports whether every dialect finds the whole of an address by
// itself.
func common(to string) bool {
	_, to, _ = strings.Cut(to, "://")
	host, path := to, ""
	if i := strings.IndexAny(to, "/?#"); i >= 0 {
		host, path = to[:i], to[i:]
	}
	top := 0
	for i := range len(host) {
		c := host[i]
		if c == '.' {
			top = i + 1
		} else if !alnum(c) && c != '-' {
			return false
		}
	}
	for i := range len(path) {
		if c := path[i]; !alnum(c) && strings.IndexByte("/-_.~%?#=&+", c) < 0 {
			return false
		}
	}
	for i := top; i < len(host); i++ {
		if host[i] < 'a' || host[i] > 'z' {
			return false
		}
	}
	return top > 1 && top < len(host) && (path == "" || path[len(path)-1] == '/' || alnum(path[len(path)-1]))
}

// free reports whether what follows an address ends it in every reader's
// eyes: a blank, or the end, perhaps after a sign that ends a sentence.
func (w *markdown) free(rest []Span) bool {
	if len(rest) == 0 || rest[0].Role == Break {
		return true
	}
	if rest[0].Role != Words || rest[0].Style != 0 || rest[0].Link != "" {
		return false
	}
	s := rest[0].Text
	s = strings.TrimLeft(s, ".,!?")
	return s == "" && len(rest) == 1 || s != "" && s[0] == ' '
}

// unsafe are the bytes of an address that the dialect could take for its own.
func (w *markdown) unsafe() string {
	switch {
	case w.cell:
		return "<> \\`|{}"
	case w.kind == DevTo:
		return "<> \\`{}"
	default:
		return "<> \\`"
	}
}

// link writes words that lead somewhere.
func (w *markdown) link(spans []Span, also Style) {
	to := spans[0].Link
	mail := strings.HasPrefix(to, "mailto:")
	style := also
	w.stop()
	if address := strings.TrimPrefix(to, "mailto:"); mail && w.kind != Discord && len(spans) == 1 && spans[0].Text == address && mailbox(address) {
		w.write("<")
		w.write(address)
		w.write(">")
		return
	}
	plain := w.kind == Discord && (mail || strings.Contains(spans[0].Text, "://"))
	if !plain {
		if n := len(w.out); n > w.line && w.out[n-1] == '!' {
			w.out = append(w.out[:n-1], `\!`...)
		}
		w.write("[")
	}
	w.label = true
	start := len(w.out)
	for i := range spans {
		if spans[i].Role == Break {
			w.blank += " "
			continue
		}
		w.span(&spans[i], spans[i].Style|style)
	}
	w.close(0)
	w.label = false
	trail := w.blank
	w.blank = ""
	switch {
	case len(w.out) == start: // nothing to click on
		if !plain {
			w.out = w.out[:start-1]
		}
	case !plain:
		w.destination(to)
	case !sameAddress(w.out[start:], to):
		w.write(" (")
		w.write(encode(strings.TrimPrefix(to, "mailto:"), w.unsafe()))
		w.write(")")
	}
	w.blank = trail
}

// mailbox reports whether an address of e-mail is one in every dialect.
func mailbox(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && host != "" && account(user) && account(host)
}

func (w *markdown) destination(to string) {
	w.write("](")
	w.write(encode(to, w.unsafe()+"()"))
	w.write(")")
}
