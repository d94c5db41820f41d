package text

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A Parser turns Markdown into Docs. It may be used by many goroutines.
type Parser struct {
	p parser.Parser
}

// NewParser returns a parser of CommonMark with tables, strikethrough and bare
// addresses. A line of dashes is always a break, never an underlined heading:
// people write it right below their text to begin the next part.
func NewParser() *Parser {
	return &Parser{parser.NewParser(
		parser.WithBlockParsers( // the default ones but for underlined headings
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(append(parser.DefaultInlineParsers(),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(address{}, 50))...),
		parser.WithParagraphTransformers(append(parser.DefaultParagraphTransformers(),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200))...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)}
}

// Parse lowers Markdown to a Doc and says what in it no platform can carry.
func (p *Parser) Parse(src []byte) (Doc, []Trouble) {
	l := lower{src: src, text: string(src)}
	root := p.p.Parse(gtext.NewReader(src))
	l.doc.Parts = append(l.doc.Parts, Part{})
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindThematicBreak {
			l.doc.Parts = append(l.doc.Parts, Part{})
			continue
		}
		part := &l.doc.Parts[len(l.doc.Parts)-1]
		part.Blocks = l.block(part.Blocks, n)
	}
	l.doc.Parts = slices.DeleteFunc(l.doc.Parts, func(p Part) bool { return len(p.Blocks) == 0 })
	return l.doc, l.troubles
}

type lower struct {
	src      []byte
	text     string // src, so that spans share its memory
	doc      Doc
	troubles []Trouble
}

func (l *lower) trouble(at int, check, text string) {
	l.troubles = append(l.troubles, Trouble{at, check, text})
}

// block appends what n lowers to.
func (l *lower) block(to []Block, n ast.Node) []Block {
	b := Block{At: l.pos(n)}
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		b.Spans = l.spans(n)
		if len(b.Spans) == 0 {
			return to
		}
	case *ast.Heading:
		b.Kind, b.Level, b.Spans = Heading, n.Level, l.spans(n)
	case *ast.CodeBlock:
		b.Kind, b.Spans = Code, l.lines(n)
	case *ast.FencedCodeBlock:
		b.Kind, b.Spans, b.Lang = Code, l.lines(n), string(n.Language(l.src))
	case *ast.Blockquote:
		b.Kind, b.Blocks = Quote, l.blocks(n)
	case *ast.List:
		b.Kind, b.Tight, b.Blocks = Bullets, n.IsTight, l.blocks(n)
		if n.IsOrdered() {
			b.Kind, b.Level = Numbers, n.Start
		}
	case *ast.ListItem:
		b.Kind, b.Blocks = Item, l.blocks(n)
	case *extast.Table:
		b.Kind, b.Blocks = Table, l.blocks(n)
	case *extast.TableHeader, *extast.TableRow:
		b.Kind, b.Blocks = Row, l.blocks(n)
	case *extast.TableCell:
		b.Kind, b.Spans = Cell, l.spans(n)
		if n.Alignment != extast.AlignNone {
			b.Align = n.Alignment.String()
		}
	case *ast.ThematicBreak:
		l.trouble(b.At, "text/break-inside", "a line of dashes inside a list or a quote; a part can only end outside of them")
		return to
	case *ast.HTMLBlock:
		if !comment(l.src[b.At:]) {
			l.trouble(b.At, "text/raw-html", "HTML does not reach any platform; write it as Markdown, or put it in `backquotes` to show it")
		}
		return to
	case *ast.LinkReferenceDefinition:
		return to
	default:
		l.trouble(b.At, "text/unknown", "this kind of Markdown ("+n.Kind().String()+") is not known; write it another way")
		return to
	}
	return append(to, b)
}

func (l *lower) blocks(n ast.Node) []Block {
	bs := make([]Block, 0, n.ChildCount())
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		bs = l.block(bs, c)
	}
	return bs
}

// lines are the lines of a code block.
func (l *lower) lines(n ast.Node) []Span {
	var spans []Span
	for _, seg := range n.Lines().Sliced(0, n.Lines().Len()) {
		line := strings.TrimSuffix(string(seg.Value(l.src)), "\n")
		spans = append(spans, Span{Text: line, Style: Mono, At: seg.Start})
	}
	return spans
}

// A run gathers the pieces that the Markdown parser cut one stretch of words
// into.
type run struct {
	Span
	start, stop int // in the source, while the pieces lie side by side
}

type inline struct {
	*lower
	spans []Span
	run   run
	open  bool
	notes bool // an author's note was left out
}

func (l *lower) spans(n ast.Node) []Span {
	in := inline{lower: l, spans: make([]Span, 0, n.ChildCount())}
	in.children(n, Span{})
	in.flush()
	if in.notes {
		return tidy(in.spans)
	}
	return in.spans
}

// tidy takes out the second of two blanks that meet where something between
// them was dropped.
func tidy(spans []Span) []Span {
	for i := 1; i < len(spans); i++ {
		if second, ok := strings.CutPrefix(spans[i].Text, " "); ok && strings.HasSuffix(spans[i-1].Text, " ") {
			spans[i].Text = second
			spans[i].At++
		}
	}
	return spans
}

func (in *inline) children(n ast.Node, as Span) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		in.node(c, as)
	}
}

func (in *inline) node(n ast.Node, as Span) {
	switch n := n.(type) {
	case *ast.Text:
		in.words(n.Segment, as)
		if n.SoftLineBreak() || n.HardLineBreak() {
			in.flush()
			in.spans = append(in.spans, Span{Role: Break, Style: as.Style, Link: as.Link, At: n.Segment.Stop})
		}
	case *ast.String:
		in.flush()
		in.spans = append(in.spans, Span{Text: string(n.Value), Style: as.Style, Link: as.Link})
	case *ast.Emphasis:
		if n.Level == 2 {
			as.Style |= Strong
		} else {
			as.Style |= Em
		}
		in.children(n, as)
	case *extast.Strikethrough:
		as.Style |= Strike
		in.children(n, as)
	case *ast.CodeSpan:
		in.flush()
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.WriteString(strings.ReplaceAll(string(t.Segment.Value(in.src)), "\n", " "))
			}
		}
		in.spans = append(in.spans, Span{Text: b.String(), Style: as.Style | Mono, Link: as.Link, At: in.pos(n)})
	case *ast.Link:
		in.flush()
		to, at := string(n.Destination), in.pos(n)
		if !web(to) {
			in.trouble(at, "text/link", "the link "+strconv.Quote(to)+" leads nowhere outside this folder; write a whole address, as in https://example.org/page")
		}
		as.Link = to
		in.children(n, as)
		in.flush()
	case *ast.AutoLink:
		in.flush()
		to := string(n.URL(in.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(to, "mailto:") {
			to = "mailto:" + to
		}
		s := Span{Text: string(n.Label(in.src)), Style: as.Style, Link: to, Role: URL, At: in.pos(n)}
		if s.Text != s.Link {
			s.Role = Words
		}
		in.spans = append(in.spans, s)
	case *ast.Image:
		in.flush()
		var alt strings.Builder
		_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
			if t, ok := c.(*ast.Text); ok && entering {
				alt.WriteString(unescape(string(t.Segment.Value(in.src))))
			}
			return ast.WalkContinue, nil
		})
		in.spans = append(in.spans, Span{Text: alt.String(), Link: string(n.Destination), Role: Image, At: in.pos(n)})
	case *ast.RawHTML:
		at := n.Segments.At(0).Start
		if in.notes = true; !comment(in.src[at:]) {
			in.trouble(at, "text/raw-html", "HTML does not reach any platform; write it as Markdown, or put it in `backquotes` to show it")
		}
	default:
		in.trouble(in.pos(n), "text/unknown", "this kind of Markdown ("+n.Kind().String()+") is not known; write it another way")
	}
}

// words adds a piece of text, joined to the last where that is the same run.
func (in *inline) words(seg gtext.Segment, as Span) {
	if seg.Len() == 0 {
		return
	}
	r := &in.run
	if in.open && r.Style == as.Style && r.Link == as.Link && r.stop == seg.Start {
		r.stop = seg.Stop
		return
	}
	in.flush()
	in.run = run{Span: Span{Style: as.Style, Link: as.Link, At: seg.Start}, start: seg.Start, stop: seg.Stop}
	in.open = true
}

// flush ends the run: escapes are resolved, and people called by @{name} are
// parted from the words around them.
func (in *inline) flush() {
	if !in.open {
		return
	}
	in.open = false
	r := in.run
	s, raw := r.Span, in.text[r.start:r.stop]
	for from := 0; ; {
		i := strings.IndexAny(raw[from:], "@h")
		if i < 0 {
			break
		}
		i += from
		special, n := in.special(raw, i, s)
		if n == 0 {
			from = i + 1
			continue
		}
		in.add(s, raw[:i])
		in.spans = append(in.spans, special)
		raw, s.At, from = raw[i+n:], s.At+i+n, 0
	}
	in.add(s, raw)
}

// special is the person or the bare address at raw[i:], and its length.
func (in *inline) special(raw string, i int, s Span) (Span, int) {
	s.At += i
	if strings.HasPrefix(raw[i:], "@{") && (i == 0 || raw[i-1] != '\\') {
		if end := strings.IndexByte(raw[i:], '}'); end > 0 {
			s.Text, s.Role = strings.TrimSpace(raw[i+2:i+end]), Person
			return s, end + 1
		}
	}
	if before, _ := utf8.DecodeLastRuneInString(raw[:i]); raw[i] == 'h' && s.Link == "" && (i == 0 || boundary(before)) {
		if n := Address(raw[i:]); n > 0 {
			s.Text, s.Link, s.Role = raw[i:i+n], raw[i:i+n], URL
			return s, n
		}
	}
	return s, 0
}

func (in *inline) add(s Span, raw string) {
	if raw != "" {
		s.Text = unescape(raw)
		in.spans = append(in.spans, s)
	}
}

// pos is where a node begins, or the nearest thing inside it does.
func (l *lower) pos(n ast.Node) int {
	if p := n.Pos(); p >= 0 {
		return min(p, len(l.src))
	}
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	if c := n.FirstChild(); c != nil {
		return l.pos(c)
	}
	return 0
}

// unescape resolves backslashes and character references.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 && strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		out, n := piece(s)
		b.WriteString(out)
		s = s[n:]
	}
	return b.String()
}

// piece is what the backslash, the character reference or the byte that s
// begins with stands for, and its length.
func piece(s string) (string, int) {
	if s[0] == '\\' && len(s) > 1 && util.IsPunct(s[1]) {
		return s[1:2], 2
	}
	if s[0] == '&' {
		if n := reference(s); n > 0 {
			ref := []byte(s[:n])
			if got := util.ResolveEntityNames(util.ResolveNumericReferences(ref)); !bytes.Equal(got, ref) {
				return string(got), n
			}
		}
	}
	return s[:1], 1
}

// reference is the length of what may be a character reference at the
// beginning of s, or 0. The longest name has 31 letters.
func reference(s string) int {
	for i := 1; i < min(len(s), 40); i++ {
		if s[i] == ';' {
			if i == 1 {
				return 0
			}
			return i + 1
		}
		if !alnum(s[i]) && (s[i] != '#' || i > 1) {
			return 0
		}
	}
	return 0
}

// comment reports whether HTML is only an author's note.
func comment(html []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(html, " "), []byte("<!--"))
}

func web(to string) bool {
	return strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "mailto:")
}
