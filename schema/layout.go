package schema

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The widths, in characters, up to which a list goes on one line: one that has
// a line for each entry, and one that is on one line already.
const (
	shortLine = 80
	longLine  = 120
)

// layouter writes lines anew. It keeps lines together and moves them whole, so
// that no comment is lost, and gives up where it meets what it does not know.
type layouter struct {
	lines
	text  []string // the lines
	out   []string
	dash  bool // the next line begins an entry of a list
	fresh bool // a block has just begun
	lost  bool
}

// layout lays out a source that is a mapping.
func layout(src []byte, root *yaml.Node, kind string) (out []byte, ok bool) {
	p := &layouter{lines: linesOf(src), fresh: true}
	for line := range strings.Lines(string(src)) {
		p.text = append(p.text, strings.TrimSuffix(line, "\n"))
	}
	end := len(p.text)
	for end > 0 && p.loose(end-1, 0) {
		end--
	}
	head := p.head(min(root.Content[0].Line-1, end))
	p.above(0, head, 0)
	p.mapping(root, shapes[files[kind]], head, end, 0)
	p.above(end, len(p.text), 0)
	for len(p.out) > 0 && p.out[len(p.out)-1] == "" {
		p.out = p.out[:len(p.out)-1]
	}
	return []byte(strings.Join(p.out, "\n") + "\n"), !p.lost
}

// head is how many of the lines above the first key are about the whole file:
// those above a blank line, and an editor's own.
func (p *layouter) head(first int) int {
	n := 0
	for i, line := range p.text[:first] {
		if strings.TrimSpace(line) == "" || line == "---" || strings.HasPrefix(line, "# yaml-language-server:") {
			n = i + 1
		}
	}
	return n
}

// loose reports whether a line is blank, or a comment no further in than col.
func (p *layouter) loose(line, col int) bool {
	words := strings.TrimLeft(p.text[line], " ")
	return strings.TrimSpace(words) == "" || words[0] == '#' && len(p.text[line])-len(words) <= col
}

func (p *layouter) add(indent int, s string) {
	if p.dash {
		indent, s = indent-2, "- "+s
	}
	p.out = append(p.out, strings.Repeat(" ", indent)+s)
	p.dash, p.fresh = false, false
}

// above writes lines that are blank, several as one, or comments.
func (p *layouter) above(from, to, indent int) {
	if p.dash {
		indent -= 2
	}
	for _, line := range p.text[from:max(from, to)] {
		words := strings.TrimSpace(line)
		switch {
		case words == "" && !p.fresh && p.out[len(p.out)-1] != "":
			p.out = append(p.out, "")
		case words == "":
		case words[0] == '#', line == "---" && indent == 0:
			p.out, p.fresh = append(p.out, strings.Repeat(" ", indent)+words), false
		default:
			p.lost = true
		}
	}
}

// An entry is the lines of one key or of one entry of a list.
type entry struct {
	key, value *yaml.Node
	from       int // the first line above it that belongs to it
	line, end  int
	col        int // of its key, or of its value behind the dash
	edge       int // of its key, or of the dash
}

// entries cuts lines into the entries that begin at some nodes, behind a dash
// in a list.
func (p *layouter) entries(begin []*yaml.Node, from, to int, list bool) []entry {
	es := make([]entry, len(begin))
	for i, n := range begin {
		at, line := p.node(n), n.Line-1
		if at < 0 || line < from || line >= to || i > 0 && line <= es[i-1].line {
			p.lost = true
			return nil
		}
		before := string(p.src[p.start[line]:at])
		es[i] = entry{from: from, line: line, end: to, col: len(before)}
		if list {
			var dashed bool
			before, dashed = strings.CutSuffix(strings.TrimRight(before, " "), "-")
			p.lost = p.lost || !dashed
		}
		inItem := i == 0 && !list && strings.Trim(before, " ") == "-" // the first key behind a dash
		p.lost = p.lost || strings.Trim(before, " ") != "" && !inItem
		es[i].edge = len(before)
		if i > 0 {
			es[i].from = line
			for es[i].from > es[i-1].line+1 && p.loose(es[i].from-1, len(before)) {
				es[i].from--
			}
			foot := es[i].from // comments right below an entry, with a blank line below them, are that entry's
			for foot < line && strings.TrimSpace(p.text[foot]) != "" {
				foot++
			}
			if foot < line {
				es[i].from = foot
			}
			es[i-1].end = es[i].from
		}
	}
	return es
}

func (p *layouter) mapping(n *yaml.Node, s *shape, from, to, indent int) {
	var keys []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		keys = append(keys, n.Content[i])
	}
	es := p.entries(keys, from, to, false)
	for i := range es {
		es[i].key, es[i].value = keys[i], n.Content[2*i+1]
	}
	slices.SortStableFunc(es, func(a, b entry) int { return s.rank(a.key.Value) - s.rank(b.key.Value) })
	for _, e := range es {
		key := p.spell(e.key)
		colon := key.end
		for colon >= 0 && colon < len(p.src) && p.src[colon] == ' ' {
			colon++
		}
		if !key.sure(e.key) || colon >= len(p.src) || p.src[colon] != ':' || p.lost {
			p.lost = true
			return
		}
		p.above(e.from, e.line, indent)
		p.value(e, s.below(e.key.Value), p.scalar(e.key, textShape, false)+":", colon+1, indent, indent+2)
	}
}

func (p *layouter) sequence(n *yaml.Node, s *shape, from, to, indent int) {
	for i, e := range p.entries(n.Content, from, to, true) {
		if p.lost {
			return
		}
		e.value = n.Content[i]
		p.above(e.from, e.line, indent)
		p.dash = true
		if e.value.Kind != yaml.ScalarNode && e.value.Style&yaml.FlowStyle == 0 {
			if e.value.Kind != yaml.MappingNode { // a list right in a list
				p.lost = true
				return
			}
			end := p.inner(e)
			p.mapping(e.value, s.below(""), e.line, end, indent+2)
			p.above(end, e.end, indent)
			continue
		}
		p.value(e, s.below(""), "", p.node(e.value), indent+2, indent+2)
	}
}

// value writes what stands from byte at of an entry's line on, behind start.
// What it holds goes in to column in.
func (p *layouter) value(e entry, s *shape, start string, at, indent, in int) {
	n, rest := e.value, p.text[e.line][at-p.start[e.line]:]
	flow := n.Style&yaml.FlowStyle != 0
	switch {
	case n.Kind != yaml.ScalarNode && !flow:
		p.block(e, s, start, rest, indent, in)
	case n.Line-1 == e.line && flow && p.inFlow(e, s, start, indent, in):
	case n.Line-1 == e.line && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && p.word(e, s, start, indent):
	default:
		p.asIs(e, start, rest, indent, in)
	}
}

// block writes a mapping or a list whose entries have lines of their own.
func (p *layouter) block(e entry, s *shape, start, rest string, indent, in int) {
	tail, ok := remark(rest)
	if list := p.short(e, s); list != "" && rest == "" && indent+utf8.RuneCountInString(start+list) < shortLine {
		p.add(indent, start+" "+list)
		return
	}
	p.lost = p.lost || !ok
	p.add(indent, start+tail)
	p.fresh = true
	end := p.inner(e)
	if e.value.Kind == yaml.MappingNode {
		p.mapping(e.value, s, e.line+1, end, in)
	} else {
		p.sequence(e.value, s, e.line+1, end, in)
	}
	p.above(end, e.end, indent)
}

// inner is where the lines of a block end, and comments that are no further in
// than what holds it begin.
func (p *layouter) inner(e entry) int {
	end := e.end
	for end > e.line+1 && p.loose(end-1, e.edge) {
		end--
	}
	return end
}

// short is a list of words, each on a line of its own with nothing beside it,
// as it is on one line; "" for anything else.
func (p *layouter) short(e entry, s *shape) string {
	n := e.value
	if n.Kind != yaml.SequenceNode || len(n.Content) != e.end-e.line-1 {
		return ""
	}
	words := make([]string, len(n.Content))
	for i, c := range n.Content {
		read := p.spell(c)
		if c.Kind != yaml.ScalarNode || c.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || !read.sure(c) {
			return ""
		}
		line := p.start[c.Line-1] + len(p.text[c.Line-1])
		words[i] = p.scalar(c, s.below(""), true)
		if read.end > line || strings.TrimSpace(string(p.src[read.end:line])) != "" || c.Style == 0 && strings.ContainsAny(words[i], ",[]{}") {
			return ""
		}
	}
	return p.list(n, words)
}

// list joins the entries of a list. Where one needs quotes, the others keep
// theirs: a row of titles with and without reads badly.
func (p *layouter) list(n *yaml.Node, parts []string) string {
	if slices.ContainsFunc(parts, quoted) {
		for i, c := range n.Content {
			if read := p.spell(c); c.Kind == yaml.ScalarNode && c.Style != 0 && read.sure(c) {
				parts[i] = string(p.src[read.start:read.end])
			}
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func quoted(s string) bool { return strings.HasPrefix(s, `"`) || strings.HasPrefix(s, "'") }

// word writes a value that is on the line of its key, and the comments below.
func (p *layouter) word(e entry, s *shape, start string, indent int) bool {
	read, line := p.spell(e.value), p.start[e.line]
	if !read.sure(e.value) || read.end > line+len(p.text[e.line]) {
		return false
	}
	tail, ok := remark(p.text[e.line][read.end-line:])
	if !ok {
		return false
	}
	p.add(indent, behind(start, p.scalar(e.value, s, false))+tail)
	p.above(e.line+1, e.end, indent)
	return true
}

// inFlow writes a list in [] or pairs in {}, unless comments stand inside. A
// list that is too long for a line gets one for each entry.
func (p *layouter) inFlow(e entry, s *shape, start string, indent, in int) bool {
	n := e.value
	end, ok := p.flowEnd(n)
	if !ok {
		return false
	}
	last := e.line + bytes.Count(p.src[p.start[e.line]:end], []byte("\n"))
	tail, ok := remark(p.text[last][end-p.start[last]:])
	if !ok {
		return false
	}
	line := behind(start, p.flow(n, s))
	if start != "" && n.Kind == yaml.SequenceNode && tail == "" && indent+utf8.RuneCountInString(line) > longLine {
		p.add(indent, start)
		for _, c := range n.Content {
			p.add(in, "- "+p.flow(c, s.below("")))
		}
	} else {
		p.add(indent, line+tail)
	}
	p.above(last+1, e.end, indent)
	return true
}

// flow is a value as it stands between others on a line.
func (p *layouter) flow(n *yaml.Node, s *shape) string {
	var parts []string
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, p.flow(c, s.below("")))
		}
		return p.list(n, parts)
	case yaml.MappingNode:
		var es []entry
		for i := 0; i+1 < len(n.Content); i += 2 {
			es = append(es, entry{key: n.Content[i], value: n.Content[i+1]})
		}
		slices.SortStableFunc(es, func(a, b entry) int { return s.rank(a.key.Value) - s.rank(b.key.Value) })
		for _, e := range es {
			parts = append(parts, p.scalar(e.key, textShape, true)+": "+p.flow(e.value, s.below(e.key.Value)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return p.scalar(n, s, true)
}

// flowEnd is where a value in [] or {} ends; ok is false if it holds comments
// or what is not known here.
func (p *layouter) flowEnd(n *yaml.Node) (end int, ok bool) {
	if n.Kind == yaml.ScalarNode {
		read := p.spell(n)
		return read.end, read.sure(n)
	}
	at := p.node(n)
	closing := map[yaml.Kind]string{yaml.SequenceNode: "[]", yaml.MappingNode: "{}"}[n.Kind]
	if at < 0 || closing == "" || p.src[at] != closing[0] {
		return 0, false
	}
	at++
	for _, c := range n.Content {
		next := p.node(c)
		if next < at || strings.Trim(string(p.src[at:next]), " \n,:") != "" {
			return 0, false
		}
		if at, ok = p.flowEnd(c); !ok {
			return 0, false
		}
	}
	rest := bytes.TrimLeft(p.src[at:], " \n,")
	if len(rest) == 0 || rest[0] != closing[1] {
		return 0, false
	}
	return len(p.src) - len(rest) + 1, true
}

// asIs writes a value as it stands, further in or out: a text of several
// lines, or what has comments inside.
func (p *layouter) asIs(e entry, start, rest string, indent, in int) {
	end := p.inner(e)
	below := p.text[e.line+1 : end]
	by := indent - e.col
	if header := strings.TrimSpace(rest); header != "" && strings.Trim(header, "|>-+") == "" { // its lines say how far in they are
		if i := slices.IndexFunc(below, func(l string) bool { return strings.TrimSpace(l) != "" }); i >= 0 {
			by = in - (len(below[i]) - len(strings.TrimLeft(below[i], " ")))
		}
	}
	p.add(indent, behind(start, strings.TrimSpace(rest)))
	for _, l := range below {
		blank := len(l) - len(strings.TrimLeft(l, " "))
		if by > 0 && blank < len(l) {
			l = strings.Repeat(" ", by) + l
		}
		p.out = append(p.out, l[min(blank, max(0, -by)):])
	}
	p.above(end, e.end, indent)
}

// behind is what follows a key, or a dash.
func behind(start, s string) string {
	if start == "" || s == "" {
		return start + s
	}
	return start + " " + s
}

// remark is the comment at the end of a line, with the blanks before it; ok is
// false if there is something else.
func remark(rest string) (tail string, ok bool) {
	words := strings.TrimSpace(rest)
	return strings.TrimRight(rest, " \t"), words == "" || words[0] == '#' && rest[0] == ' '
}

// rank is where a key comes among others. What nobody knows comes last, as it
// is written; where any key may be, all stay as they are.
func (s *shape) rank(key string) int {
	if s == nil || s.rest != nil {
		return 0
	}
	if i := slices.IndexFunc(s.fields, func(f field) bool { return f.name == key }); i >= 0 {
		return i
	}
	return len(s.fields)
}

// below is the shape of what stands under a key, or in a list; nil where
// nobody knows.
func (s *shape) below(key string) *shape {
	var at *shape
	switch {
	case s == nil:
	case s.elem != nil:
		at = s.elem
	case s.field(key) != nil:
		at = s.field(key).shape
	case s.rest != nil:
		at = textShape
	}
	if at != nil && at.kind == reflect.Pointer {
		at = at.elem
	}
	return at
}

var textShape = &shape{kind: reflect.String}
