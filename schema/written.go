package schema

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Written is where the texts of a source stand in it.
type Written struct {
	src   Source
	lines lines
	nodes map[string]*yaml.Node // by path, as in "media[0].alt"
}

// Written finds them.
func (s Source) Written() Written {
	w := Written{s, linesOf(s.YAML), map[string]*yaml.Node{}}
	d := decoder{src: s}
	if root := d.parse(); root != nil {
		w.index(root, "")
	}
	return w
}

func (w Written) index(n *yaml.Node, path string) {
	if _, twice := w.nodes[path]; !twice {
		w.nodes[path] = n
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			w.index(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."))
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			w.index(c, path+"["+strconv.Itoa(i)+"]")
		}
	}
}

// Text finds the text under a path; ok is false where there is none.
func (w Written) Text(path string) (t Text, ok bool) {
	n := w.nodes[path]
	if n == nil || n.Kind != yaml.ScalarNode {
		return t, false
	}
	d := decoder{src: w.src}
	t.Pos = d.pos(n)
	if read := w.lines.spell(n); read.sure(n) {
		t.src, t.at = w.src, read.at
	}
	return t, true
}

// A Text is one text of a source. Its bytes may be spelt otherwise there, as
// in "\"" or in lines that are indented.
type Text struct {
	Pos
	src Source
	at  []int // of each byte in the YAML, and of what follows; nil where that is not sure
}

// Sure reports whether the place of each byte is known.
func (t Text) Sure() bool { return t.at != nil }

// At is where a byte of a sure text is in the YAML.
func (t Text) At(i int) int { return t.at[i] }

// PosAt is the place of a byte, or that of the whole text.
func (t Text) PosAt(i int) Pos {
	if t.at == nil {
		return t.Pos
	}
	return PosAt(t.src.File, t.src.YAML, t.at[i], t.src.Line)
}
