package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// generator writes schemas of shapes, the same ones that the decoder reads by.
type generator struct {
	platforms []Platform
	checks    []Check
	defs      map[string]*node
	order     []string // of defs, as they are met
	err       error
}

// value is the schema of what s takes.
func (g *generator) value(s *shape) *node {
	if s.typ == severalType {
		return &node{AnyOf: []*node{g.value(s.elem), {Type: "array", Items: g.value(s.elem)}}}
	}
	if f, ok := forms[s.typ]; ok {
		return &node{Type: "string", Pattern: f.pattern}
	}
	switch s.kind {
	case reflect.Struct:
		name := strings.ToLower(s.typ.Name())
		if g.defs[name] == nil {
			g.defs[name] = &node{} // which it may hold itself
			g.order = append(g.order, name)
			*g.defs[name] = *g.mapping(s)
		}
		return &node{Ref: "#/$defs/" + name}
	case reflect.Map:
		return &node{Type: "object", PropertyNames: &node{Pattern: filledPattern}, Additional: g.value(s.elem)}
	case reflect.Slice:
		return &node{Type: "array", Items: g.value(s.elem)}
	case reflect.Pointer:
		return g.value(s.elem)
	case reflect.Bool:
		return &node{Type: "boolean"}
	case reflect.Int:
		return &node{Type: "integer"}
	case reflect.Float64:
		return &node{Type: "number"}
	case reflect.String:
		return &node{Type: "string", MinLength: ptr(1), Pattern: filledPattern}
	}
	g.fail("%v has no schema", s.typ)
	return &node{}
}

func (g *generator) mapping(s *shape) *node {
	n := &node{Type: "object", Additional: false}
	for _, f := range s.fields {
		v := g.value(f.shape)
		if f.word != "" {
			v = &node{AnyOf: []*node{{Const: f.word}, v}}
		}
		v.Description = f.tag.Get("doc")
		if f.emptyOK {
			v.MinLength, v.Pattern = nil, ""
		}
		if example := f.tag.Get("example"); example != "" {
			v.Examples = []any{typed(f.shape.kind, example)}
		}
		if g.rules(v, f.shape, f.tag.Get("validate")) {
			n.Required = append(n.Required, f.name)
		}
		n.Properties = append(n.Properties, property{f.name, v})
	}
	switch {
	case s.typ == reflect.TypeFor[Config]():
		g.advice(n)
	case s.typ == reflect.TypeFor[Channel]():
		g.channel(n)
	case s.typ == reflect.TypeFor[Person]():
		g.person(n)
	case s.rest != nil:
		n.Additional = anySetting()
	}
	return n
}

// rules says in v what the validator's tags ask of a field of shape s, and
// reports whether the field must be there.
func (g *generator) rules(v *node, s *shape, tags string) (required bool) {
	if s.kind == reflect.Pointer {
		s = s.elem
	}
	for tags != "" {
		var rule string
		rule, tags, _ = strings.Cut(tags, ",")
		tag, param, _ := strings.Cut(rule, "=")
		switch tag {
		case "omitempty":
		case "required":
			required = true
			switch {
			case s.kind == reflect.Map || s.kind == reflect.Struct:
				v.MinProperties = ptr(1)
			case s.typ == durationType:
				v.AllOf = []*node{{Pattern: "[1-9]"}}
			}
		case "dive":
			switch {
			case s.typ == severalType:
				g.rules(v.AnyOf[0], s.elem, tags)
				g.rules(v.AnyOf[1].Items, s.elem, tags)
			case s.kind == reflect.Slice:
				g.rules(v.Items, s.elem, tags)
			case s.kind == reflect.Map:
				g.rules(v.Additional.(*node), s.elem, tags)
			}
			return required
		case "oneof":
			v.MinLength, v.Pattern = nil, ""
			for word := range strings.FieldsSeq(param) {
				v.Enum = append(v.Enum, typed(s.kind, word))
			}
		case "eq":
			v.Const = typed(s.kind, param)
		case "unique":
			v.Unique = true
		case "http_url":
			v.Format, v.Pattern = "uri", addressPattern
		case "bcp47_language_tag":
			v.Pattern = languagePattern
		case "timezone":
			v.Pattern = zonePattern
		case "approver":
			v.Pattern = approverPattern
		case "min", "max", "len", "gte", "lte":
			g.bound(v, s, tag, param)
		default:
			g.fail("no schema says %s", rule)
		}
	}
	return required
}

func (g *generator) bound(v *node, s *shape, tag, param string) {
	n, err := strconv.Atoi(param)
	if err != nil {
		g.fail("%s=%s: %w", tag, param, err)
	}
	least, most := tag == "min" || tag == "gte" || tag == "len", tag == "max" || tag == "lte" || tag == "len"
	set := func(lower, upper **int) {
		if least {
			*lower = ptr(n)
		}
		if most {
			*upper = ptr(n)
		}
	}
	switch s.kind {
	case reflect.String:
		set(&v.MinLength, &v.MaxLength)
	case reflect.Slice:
		set(&v.MinItems, &v.MaxItems)
	case reflect.Map:
		set(&v.MinProperties, new(*int))
	default:
		if least {
			v.Minimum = ptr(float64(n))
		}
		if most {
			v.Maximum = ptr(float64(n))
		}
	}
}

func (g *generator) fail(format string, args ...any) {
	if g.err == nil {
		g.err = fmt.Errorf(format, args...)
	}
}

// typed is a word of a struct tag as a value of a kind.
func typed(kind reflect.Kind, word string) any {
	switch kind {
	case reflect.Int, reflect.Float64:
		return json.Number(word)
	case reflect.Bool:
		return word == "true"
	}
	return word
}

func ptr[T any](v T) *T { return &v }
