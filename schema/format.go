package schema

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// ErrLayout says that YAML is laid out in a way that Format does not know.
var ErrLayout = errors.New("its settings are laid out in a way that fmt does not know; it stays as it is")

// FormatFile is a file with its YAML in the usual layout: a post's front
// matter, or the whole of another. Nothing else of it changes, not even how
// its lines end. kind is one of Schemas. A file that cannot be read as YAML
// has problems; ErrLayout leaves it alone too.
func FormatFile(kind, file string, src []byte) ([]byte, []Problem, error) {
	clean, ps := Clean(file, src)
	if len(ps) > 0 {
		return nil, ps, nil
	}
	at, start := Source{File: file, YAML: clean}, 0
	if kind == "post" {
		if at, _, ps = FrontMatter(file, clean); len(ps) > 0 {
			return nil, ps, nil
		}
		start = bytes.IndexByte(clean, '\n') + 1
	}
	out, ps, err := Format(kind, at)
	if len(ps) > 0 || err != nil {
		return nil, ps, err
	}
	raw := Before(src)
	if i := bytes.IndexAny(src, "\r\n"); i >= 0 && src[i] == '\r' {
		end := "\r"
		if bytes.HasPrefix(src[i:], []byte("\r\n")) {
			end = "\r\n"
		}
		out = bytes.ReplaceAll(out, []byte("\n"), []byte(end))
	}
	return slices.Concat(src[:raw.At(start)], out, src[raw.At(start+len(at.YAML)):]), nil, nil
}

// Format is the YAML of a source in the usual layout: keys in the order of the
// documentation, two blanks of indentation, no quotes that are not needed,
// times as 2027-01-04 08:30 or in RFC 3339, short lists on one line. Its values
// and comments stay, and what is formatted once stays as it is.
func Format(kind string, src Source) ([]byte, []Problem, error) {
	d := decoder{src: src}
	root := d.parse()
	if root == nil {
		return nil, d.problems, nil
	}
	if !tidy(root) {
		if ps := d.untidy(root, kind); len(ps) > 0 {
			return nil, ps, nil
		}
		return nil, nil, ErrLayout
	}
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 || root.Style&yaml.FlowStyle != 0 {
		return src.YAML, nil, nil // nothing that stands in lines of its own
	}
	out, ok := layout(src.YAML, root, kind)
	if !ok {
		return nil, nil, ErrLayout
	}
	twin := decoder{src: Source{File: src.File, YAML: out}}
	after := twin.parse()
	if after == nil || !same(root, after) || !slices.Equal(notes(src.YAML), notes(out)) {
		return nil, nil, ErrLayout
	}
	if again, ok := layout(out, after, kind); !ok || !bytes.Equal(again, out) {
		return nil, nil, ErrLayout
	}
	return out, nil, nil
}

// tidy reports whether a tree is only keys, lists and values, each key once.
func tidy(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return false
	}
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]bool, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" || seen[key.Value] {
				return false
			}
			seen[key.Value] = true
		}
	}
	return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !tidy(c) })
}

// untidy lists the problems that keep a tree from being tidy.
func (d *decoder) untidy(root *yaml.Node, kind string) []Problem {
	d.value(root, shapes[files[kind]], reflect.New(files[kind]).Elem(), spot{"", "the file", d.pos(root)}, false)
	return Sort(slices.DeleteFunc(d.problems, func(p Problem) bool {
		return !slices.Contains([]string{"yaml/anchor", "yaml/tag", "yaml/null", "yaml/key", "yaml/duplicate-key"}, p.Check)
	}))
}

// same reports whether two trees say the same, in whatever order.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.MappingNode:
		at := make(map[string]*yaml.Node, len(b.Content)/2)
		for i := 0; i+1 < len(b.Content); i += 2 {
			at[b.Content[i].Value] = b.Content[i+1]
		}
		for i := 0; i+1 < len(a.Content); i += 2 {
			if other := at[a.Content[i].Value]; other == nil || !same(a.Content[i+1], other) {
				return false
			}
		}
		return true
	case yaml.SequenceNode:
		return slices.EqualFunc(a.Content, b.Content, same)
	}
	if a.Value == b.Value && a.ShortTag() == b.ShortTag() {
		return true
	}
	was, err := ParseTime(a.Value)
	now, errNow := ParseTime(b.Value)
	return err == nil && errNow == nil && was.Wall.Equal(now.Wall) && was.Zoned == now.Zoned
}

// notes are the lines of a source's comments, sorted.
func notes(src []byte) []string {
	var all []string
	var look func(*yaml.Node)
	look = func(n *yaml.Node) {
		for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
			for line := range strings.Lines(c) {
				if line = strings.TrimSpace(line); line != "" {
					all = append(all, line)
				}
			}
		}
		for _, c := range n.Content {
			look(c)
		}
	}
	docs, _ := documents(src) // what cannot be read has none
	for _, doc := range docs {
		look(doc)
	}
	slices.Sort(all)
	return all
}
