package schema

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// lines are where the lines of a source begin.
type lines struct {
	src   []byte
	start []int
	last  *struct{ line, col, at int } // the node found last: the next one is often in the same line
}

func linesOf(src []byte) lines {
	l := lines{src: src, last: &struct{ line, col, at int }{}}
	at := 0
	for line := range bytes.Lines(src) {
		l.start = append(l.start, at)
		at += len(line)
	}
	return l
}

// node is where a node begins; -1 where the library puts it outside.
func (l lines) node(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(l.start) {
		return -1
	}
	col, at := 1, l.start[n.Line-1]
	if l.last.line == n.Line && l.last.col <= n.Column {
		col, at = l.last.col, l.last.at
	}
	for ; col < n.Column; col++ {
		if at >= len(l.src) {
			return -1
		}
		_, size := utf8.DecodeRune(l.src[at:])
		at += size
	}
	l.last.line, l.last.col, l.last.at = n.Line, col, at
	return at
}

// A spelling is how a scalar stands in its source.
type spelling struct {
	value []byte
	at    []int // where each byte of value is, and what follows
	start int
	end   int // behind a closing quote
}

// sure reports whether the scalar was read as the library reads it.
func (s *spelling) sure(n *yaml.Node) bool { return s.start >= 0 && string(s.value) == n.Value }

// spell reads a scalar once more, byte by byte: plain and quoted ones of one
// line, and literal ones. Of any other it makes something that is not sure.
func (l lines) spell(n *yaml.Node) spelling {
	s := speller{src: l.src}
	s.start = l.node(n)
	s.end = s.start
	if n.Kind != yaml.ScalarNode || s.start < 0 {
		s.start = -1
		return s.spelling
	}
	quote := 0
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		quote = 1
		s.double()
	case n.Style&yaml.SingleQuotedStyle != 0:
		quote = 1
		s.single()
	case n.Style&yaml.LiteralStyle != 0:
		s.literal(n.Value)
	case n.Style&yaml.FoldedStyle == 0 && bytes.HasPrefix(l.src[s.start:], []byte(n.Value)):
		s.take(len(n.Value))
	}
	s.at = append(s.at, s.end)
	s.end = min(s.end+quote, len(l.src))
	return s.spelling
}

type speller struct {
	spelling
	src []byte
}

// take reads n bytes that stand for themselves.
func (s *speller) take(n int) {
	for range n {
		s.value, s.at = append(s.value, s.src[s.end]), append(s.at, s.end)
		s.end++
	}
}

// mean reads n bytes that stand for something else.
func (s *speller) mean(what string, n int) {
	for i := range len(what) {
		s.value, s.at = append(s.value, what[i]), append(s.at, s.end)
	}
	s.end += n
}

func (s *speller) single() {
	for s.end++; s.end < len(s.src) && s.src[s.end] != '\n'; {
		switch {
		case s.src[s.end] != '\'':
			s.take(1)
		case bytes.HasPrefix(s.src[s.end:], []byte("''")):
			s.mean("'", 2)
		default:
			return
		}
	}
	s.start = -1
}

// escapes are those of YAML that stand for one character.
var escapes = map[byte]string{'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1b", ' ': " ", '"': `"`, '\'': "'", '/': "/", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029"}

func (s *speller) double() {
	for s.end++; s.end < len(s.src) && s.src[s.end] != '\n'; {
		switch rest := s.src[s.end:]; {
		case rest[0] == '"':
			return
		case rest[0] != '\\':
			s.take(1)
		case len(rest) > 1 && escapes[rest[1]] != "":
			s.mean(escapes[rest[1]], 2)
		default:
			digits := 0
			if len(rest) > 1 {
				digits = map[byte]int{'x': 2, 'u': 4, 'U': 8}[rest[1]]
			}
			if digits == 0 || len(rest) < 2+digits {
				s.start = -1
				return
			}
			code, err := strconv.ParseUint(string(rest[2:2+digits]), 16, 32)
			if err != nil {
				s.start = -1
				return
			}
			s.mean(string(rune(code)), 2+digits)
		}
	}
	s.start = -1
}

// literal reads the lines below a |, which are indented alike.
func (s *speller) literal(value string) {
	indent := -1
	for line := range strings.Lines(value) {
		i := bytes.IndexByte(s.src[s.end:], '\n')
		if i < 0 {
			s.start = -1
			return
		}
		s.end += i + 1
		raw, _, _ := bytes.Cut(s.src[s.end:], []byte("\n"))
		words := strings.TrimSuffix(line, "\n")
		if indent < 0 && words != "" {
			indent = len(raw) - len(words)
		}
		skip := len(raw) - len(words)
		if skip < 0 || words != "" && skip != indent || strings.Trim(string(raw[:skip]), " ") != "" {
			s.start = -1
			return
		}
		s.end += skip
		s.take(len(words))
		if words != line {
			s.value, s.at = append(s.value, '\n'), append(s.at, s.end)
		}
	}
}
