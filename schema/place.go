package schema

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// PosAt is the place of byte i of src, which begins below line lines of file.
func PosAt(file string, src []byte, i, line int) Pos {
	i = max(0, min(i, len(src)))
	head := src[:i]
	start := bytes.LastIndexByte(head, '\n') + 1
	return Pos{file, 1 + line + bytes.Count(head, []byte("\n")), 1 + utf8.RuneCount(head[start:])}
}

// pos is the place of a node. The library puts what is not there past the end.
func (d *decoder) pos(n *yaml.Node) Pos {
	return Pos{d.src.File, max(1, n.Line) + d.src.Line, max(1, n.Column)}
}

// offset is the place of a byte of the source.
func (d *decoder) offset(i int) Pos {
	return PosAt(d.src.File, d.src.YAML, i, d.src.Line)
}

// At finds the place of a value by its path, as in "media[0].alt" or
// "channels.blog.url", or of its nearest parent that is written. It reads the
// source again: places are asked for only when there is a problem.
func (s Source) At(path string) Pos {
	return s.places().at(path)
}

// KeyAt finds the place of a key by the path of its value.
func (s Source) KeyAt(path string) (Pos, bool) {
	places := s.places()
	for i := len(path); i >= 0; i = strings.LastIndexByte(path[:i], '.') { // a key may hold dots itself
		parent, key := path[:i], strings.TrimPrefix(path[i:], ".")
		if pos, ok := places.m[parent+"#"+key]; ok {
			return pos, true
		}
	}
	if pos, ok := places.m["#"+path]; ok {
		return pos, true
	}
	return places.at(path), false
}

type places struct {
	file string
	line int
	m    map[string]Pos // of values by path, of keys by parent#key
}

func (s Source) places() places {
	d := decoder{src: s}
	p := places{s.File, 1 + s.Line, map[string]Pos{}}
	if root := d.parse(); root != nil {
		p.index(&d, root, "")
	}
	return p
}

func (p places) index(d *decoder, n *yaml.Node, path string) {
	p.m[path] = d.pos(n)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			p.index(d, n.Content[i+1], strings.TrimPrefix(path+"."+key.Value, "."))
			p.m[path+"#"+key.Value] = d.pos(key)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			p.index(d, c, path+"["+strconv.Itoa(i)+"]")
		}
	}
}

func (p places) at(path string) Pos {
	for {
		if pos, ok := p.m[path]; ok {
			return pos
		}
		if path == "" {
			return Pos{p.file, p.line, 1}
		}
		path = path[:max(0, strings.LastIndexAny(path, ".[#"))]
	}
}
