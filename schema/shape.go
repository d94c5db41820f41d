package schema

import (
	"reflect"
	"slices"
	"strings"
)

// A shape is what one Go type may look like in YAML. The decoder and the JSON
// Schema both come from it, so they cannot disagree.
type shape struct {
	kind   reflect.Kind
	typ    reflect.Type
	elem   *shape  // of a list, a map or a pointer
	fields []field // of a struct, embedded ones in place
	rest   []int   // index of the map that takes the keys no field has
}

type field struct {
	name    string
	index   []int
	shape   *shape
	tag     reflect.StructTag
	emptyOK bool
	word    string // that may stand in place of a mapping, and leaves the field nil
}

var durationType = reflect.TypeFor[Duration]()

// shapeOf looks at t once: known holds the shapes there are, so that a type may
// hold itself.
func shapeOf(t reflect.Type, known map[reflect.Type]*shape) *shape {
	if s := known[t]; s != nil {
		return s
	}
	s := &shape{kind: t.Kind(), typ: t}
	known[t] = s
	_, scalar := forms[t]
	switch {
	case scalar:
		s.kind = reflect.Invalid
	case t.Kind() == reflect.Struct:
		s.addFields(t, nil, known)
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer:
		s.elem = shapeOf(t.Elem(), known)
	}
	return s
}

func (s *shape) addFields(t reflect.Type, at []int, known map[reflect.Type]*shape) {
	for f := range t.Fields() {
		index := slices.Concat(at, f.Index)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			s.addFields(f.Type, index, known)
		case option == "rest":
			s.rest = index
		default:
			s.fields = append(s.fields, field{name, index, shapeOf(f.Type, known), f.Tag, f.Tag.Get("empty") == "ok", f.Tag.Get("word")})
		}
	}
}

func (s *shape) field(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

func (s *shape) names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

// files are the types that stand at the top of a file, by their schema's name.
var files = map[string]reflect.Type{
	"workspace":  reflect.TypeFor[Config](),
	"post":       reflect.TypeFor[Post](),
	"people":     reflect.TypeFor[People](),
	"calendar":   reflect.TypeFor[Calendar](),
	"freeze":     reflect.TypeFor[Freeze](),
	"moderation": reflect.TypeFor[Moderation](),
	"editorial":  reflect.TypeFor[Editorial](),
}

// shapes holds the shape of every file type and of what is in them. It is
// never written after start.
var shapes = func() map[reflect.Type]*shape {
	m := map[reflect.Type]*shape{}
	for _, t := range files {
		shapeOf(t, m)
	}
	return m
}()
