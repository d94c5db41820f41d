package schema

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Source is one file's YAML: a whole file, or front matter that begins below
// the file's first line.
type Source struct {
	File string
	YAML []byte
	Line int // lines of the file above the YAML
}

// Decode reads src into a T, one of the file types of this package. It takes
// only the keys T declares, and every problem has the place it is about. The
// value is usable when no problem is an error.
func Decode[T any](src Source) (T, []Problem) {
	var v T
	d := decoder{src: src}
	root := d.parse()
	if root == nil {
		return v, Sort(d.problems)
	}
	read := func() {
		v, d.problems = *new(T), nil
		d.value(root, shapes[reflect.TypeFor[T]()], reflect.ValueOf(&v).Elem(), spot{"", "the file", d.pos(root)}, false)
	}
	read()
	if len(d.problems) == 0 && validate.Struct(&v) == nil {
		return v, nil
	}
	// once more, noting where everything stands: most files need no places
	d.at, d.broken = map[string]Pos{}, map[string]bool{}
	read()
	d.validate(&v)
	return v, Sort(d.problems)
}

type decoder struct {
	src      Source
	problems []Problem
	at       map[string]Pos  // of each value, by its path; nil while nobody needs to know
	broken   map[string]bool // paths of values that could not be read, and path[] of a list with one
}

// A spot is where a value stands in the structure of its file.
type spot struct {
	path string // as the validator writes it: a.b[0][key].c
	name string // as a message says it
	pos  Pos    // of the key, where there is one
}

func (d *decoder) problem(p Pos, check, format string, args ...any) {
	d.problems = append(d.problems, Problem{Pos: p, Check: check, Severity: Error, Text: fmt.Sprintf(format, args...)})
}

// refuse reports a value that stays unread.
func (d *decoder) refuse(at spot, p Pos, check, format string, args ...any) {
	d.unreadable(at.path)
	if i := strings.LastIndexByte(at.path, '['); i >= 0 {
		d.unreadable(at.path[:i] + "[]")
	}
	d.problem(p, check, format, args...)
}

func (d *decoder) unreadable(path string) {
	if d.broken != nil {
		d.broken[path] = true
	}
}

// note remembers where a value stands.
func (d *decoder) note(at spot, p Pos) {
	if d.at != nil {
		d.at[at.path] = p
	}
}

// below is the spot of a value inside another.
func (d *decoder) below(at spot, step, name string, pos Pos) spot {
	if d.at == nil {
		return spot{"", name, pos}
	}
	return spot{at.path + step, name, pos}
}

// value decodes n into v. Where n is not what s wants, it says so and leaves v
// as it is.
func (d *decoder) value(n *yaml.Node, s *shape, v reflect.Value, at spot, emptyOK bool) {
	d.note(at, d.pos(n))
	switch {
	case n.Kind == yaml.AliasNode:
		d.refuse(at, d.pos(n), "yaml/anchor", "%s", noAnchor)
		return
	case n.Style&yaml.TaggedStyle != 0:
		d.refuse(at, d.pos(n), "yaml/tag", "a value that begins with ! is read as a YAML tag, which has no use here; remove the tag, or put the whole value in quotes")
		return
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		d.note(at, at.pos)
		d.refuse(at, at.pos, "yaml/null", "%s has no value; write one or remove it", at.name)
		return
	case n.Anchor != "":
		d.problem(d.pos(n), "yaml/anchor", "%s", noAnchor)
	}
	switch s.kind {
	case reflect.Struct, reflect.Map:
		d.mapping(n, s, v, at)
	case reflect.Slice:
		d.list(n, s, v, at)
	case reflect.Pointer:
		p := reflect.New(s.typ.Elem())
		d.value(n, s.elem, p.Elem(), at, emptyOK)
		v.Set(p)
	default:
		d.scalar(n, s, v, at, emptyOK)
	}
}

const noAnchor = "YAML anchors and aliases are not read here; write the value out, or put it in quotes if it only begins with & or *"

func (d *decoder) list(n *yaml.Node, s *shape, v reflect.Value, at spot) {
	if s.typ == severalType && n.Kind == yaml.ScalarNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}} // one word is a list of it
	}
	if n.Kind != yaml.SequenceNode {
		how := "write [" + oneLine(n) + "]"
		if s.elem.kind == reflect.Struct {
			how = "begin each entry on a line of its own, with -"
		} else if n.Kind != yaml.ScalarNode || oneLine(n) == "…" {
			how = "write it as [one, two]"
		}
		d.refuse(at, d.pos(n), "yaml/type", "%s wants a list, not %s; %s", at.name, kindName(n), how)
		return
	}
	list := reflect.MakeSlice(s.typ, len(n.Content), len(n.Content))
	name := "an entry of " + at.name
	for i, c := range n.Content {
		d.value(c, s.elem, list.Index(i), d.below(at, "["+strconv.Itoa(i)+"]", name, d.pos(c)), false)
	}
	v.Set(list)
}

func (d *decoder) mapping(n *yaml.Node, s *shape, v reflect.Value, at spot) {
	if n.Kind != yaml.MappingNode {
		d.refuse(at, d.pos(n), "yaml/type", "%s wants key: value lines, not %s; write them one below the other", at.name, kindName(n))
		return
	}
	var seen map[string]int // lines of keys
	if len(n.Content) > 32 {
		seen = make(map[string]int, len(n.Content)/2)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		if !d.key(key, at) {
			continue
		}
		line, twice := seen[key.Value]
		if seen == nil {
			line, twice = d.earlier(n.Content[:i], key.Value)
		}
		if twice {
			d.problem(d.pos(key), "yaml/duplicate-key", "%s is given twice, first on line %d; keep one", brief(key.Value), line)
			continue
		}
		if seen != nil {
			seen[key.Value] = d.pos(key).Line
		}
		d.entry(key, val, s, v, at)
	}
}

// earlier finds a key among the few before it.
func (d *decoder) earlier(content []*yaml.Node, key string) (line int, found bool) {
	for i := 0; i < len(content); i += 2 {
		if content[i].Kind == yaml.ScalarNode && content[i].Value == key {
			return d.pos(content[i]).Line, true
		}
	}
	return 0, false
}

// key reports whether a key can be looked up.
func (d *decoder) key(key *yaml.Node, at spot) bool {
	switch p := d.pos(key); {
	case key.Kind == yaml.AliasNode || key.Anchor != "":
		d.problem(p, "yaml/anchor", "%s", noAnchor)
	case key.Style&yaml.TaggedStyle != 0:
		d.problem(p, "yaml/tag", "a key that begins with ! is read as a YAML tag, which has no use here; remove the tag, or put the whole key in quotes")
	case key.Kind != yaml.ScalarNode || strings.TrimSpace(key.Value) == "" || key.ShortTag() == "!!null":
		d.problem(p, "yaml/key", "a key must be a word before a colon; write one, as in key: value")
	case key.ShortTag() == "!!merge":
		d.refuse(at, p, "yaml/anchor", "<< is not read here; write the values out")
	default:
		return true
	}
	return false
}

// entry decodes what stands under one key of a mapping.
func (d *decoder) entry(key, val *yaml.Node, s *shape, v reflect.Value, at spot) {
	child := d.below(at, "["+key.Value+"]", brief(key.Value), d.pos(key))
	if s.kind == reflect.Map {
		d.put(val, s.elem, v, child, key.Value)
		return
	}
	f := s.field(key.Value)
	if d.at != nil && (f != nil || s.rest == nil) {
		child.path = strings.TrimPrefix(at.path+"."+key.Value, ".")
	}
	switch {
	case f != nil && f.word != "" && val.Kind == yaml.ScalarNode && val.Style&yaml.TaggedStyle == 0 && val.ShortTag() != "!!null" && val.Anchor == "":
		d.note(child, d.pos(val))
		if val.Value != f.word {
			d.refuse(child, d.pos(val), "value/unknown", "%s cannot be %q; write %s, or key: value lines below it", child.name, oneLine(val), f.word)
		}
	case f != nil:
		d.value(val, f.shape, v.FieldByIndex(f.index), child, f.emptyOK)
		d.zero(val, f, v.FieldByIndex(f.index), child)
	case s.rest != nil:
		d.setting(val, v.FieldByIndex(s.rest), child, key.Value)
	default:
		if near := Nearest(key.Value, s.names()); near != "" { // it is there, if misspelt
			d.unreadable(strings.TrimPrefix(at.path+"."+near, "."))
		}
		d.problem(child.pos, "yaml/unknown-key", "%s", NotKnown("key", key.Value, s.names()))
	}
}

// put decodes n and puts it into a map.
func (d *decoder) put(n *yaml.Node, s *shape, m reflect.Value, at spot, key string) {
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	v := reflect.New(m.Type().Elem()).Elem()
	d.value(n, s, v, at, false)
	m.SetMapIndex(reflect.ValueOf(key), v)
}

// setting keeps a scalar as it was written: whoever owns the key reads it.
func (d *decoder) setting(n *yaml.Node, m reflect.Value, at spot, key string) {
	text := *n
	if n.Kind == yaml.ScalarNode && n.Style&yaml.TaggedStyle == 0 {
		switch n.ShortTag() {
		case "!!int":
			if !plainInt(n.Value) {
				d.refuse(at, d.pos(n), "yaml/type", "some programs read %s as another number; put it in quotes", n.Value)
				return
			}
			text.Tag = "!!str"
		case "!!bool", "!!float":
			text.Tag = "!!str"
		}
	}
	d.put(&text, &shape{kind: reflect.String, typ: m.Type().Elem()}, m, at, key)
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "key: value pairs"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "a single value"
	}
}

// oneLine is a scalar as it may stand in a message.
func oneLine(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || strings.ContainsAny(n.Value, "\n") || len(n.Value) > 40 {
		return "…"
	}
	return n.Value
}

// brief is a name as it may stand in a message.
func brief(name string) string {
	if len(name) <= 40 {
		return name
	}
	if r := []rune(name); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return name
}
