package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Platform is what a JSON Schema says about a kind of place: the settings that
// a channel on it takes.
type Platform struct {
	Name     string // as channels and people write it
	Title    string // for people
	Settings []Setting
}

// Setting is one setting of a channel.
type Setting struct {
	Name     string
	Help     string // one sentence
	Example  string
	Default  string
	Choices  []string // the only values there are
	Required bool
	Secret   bool // the name of an environment variable, as in ${TOKEN}
	URL      bool // an http or https address
}

// Check is what a JSON Schema says about a check that a workspace may weigh.
type Check struct {
	ID   string
	Help string // one sentence
}

// JSONSchema writes the JSON Schema (draft 2020-12) of a kind of file, one of
// Schemas. It takes what Decode takes. With platforms, a channel takes the
// settings of its platform and no others, and a person has handles on those
// platforms only; without, any setting and any handle will do, as for Decode.
// With checks, imprimatur.yaml weighs those and no others. The same arguments
// give the same bytes.
func JSONSchema(name string, platforms []Platform, checks []Check) ([]byte, error) {
	typ := files[name]
	if typ == nil {
		return nil, fmt.Errorf("there is no schema %q", name)
	}
	g := generator{platforms: platforms, checks: checks, defs: map[string]*node{}}
	root := g.mapping(shapes[typ])
	root.Schema, root.ID, root.Title = "https://json-schema.org/draft/2020-12/schema", SchemaURL(name), titles[name]
	for _, def := range g.order {
		root.Defs = append(root.Defs, property{def, g.defs[def]})
	}
	if g.err != nil {
		return nil, g.err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(root)
	return out.Bytes(), err
}

var titles = map[string]string{
	"workspace":  "imprimatur.yaml: one brand, its channels and its rules",
	"post":       "The front matter of a post",
	"people":     "people.yaml: who @{name} is on each platform",
	"calendar":   "A file of calendars/: when something may go out, or should",
	"freeze":     "freeze.yaml: while it is there, nothing goes out",
	"moderation": "moderation/*.yaml: what is done about what others write",
	"editorial":  "moderation/*.yaml: how the brand itself writes",
}

// The patterns of values that the validator knows more about: here they have
// the right form, and it knows whether there is such a thing.
const (
	filledPattern   = `\S`
	addressPattern  = `^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\s]`
	languagePattern = `^([A-Za-z]{2,8}|[xXiI])([-_][A-Za-z0-9]{1,8})*$`
	zonePattern     = `^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`
	secretPattern   = `^\$\{[A-Z][A-Z0-9_]*\}$`
)

// node is a schema, with its keywords in the order they are written.
type node struct {
	Schema        string     `json:"$schema,omitempty"`
	ID            string     `json:"$id,omitempty"`
	Title         string     `json:"title,omitempty"`
	Description   string     `json:"description,omitempty"`
	Ref           string     `json:"$ref,omitempty"`
	Type          any        `json:"type,omitempty"` // a word or a list of them
	Const         any        `json:"const,omitempty"`
	Enum          []any      `json:"enum,omitempty"`
	Default       any        `json:"default,omitempty"`
	Examples      []any      `json:"examples,omitempty"`
	Format        string     `json:"format,omitempty"`
	MinLength     *int       `json:"minLength,omitempty"`
	MaxLength     *int       `json:"maxLength,omitempty"`
	Pattern       string     `json:"pattern,omitempty"`
	Minimum       *float64   `json:"minimum,omitempty"`
	Maximum       *float64   `json:"maximum,omitempty"`
	Items         *node      `json:"items,omitempty"`
	MinItems      *int       `json:"minItems,omitempty"`
	MaxItems      *int       `json:"maxItems,omitempty"`
	Unique        bool       `json:"uniqueItems,omitempty"`
	Properties    properties `json:"properties,omitempty"`
	PropertyNames *node      `json:"propertyNames,omitempty"`
	Required      []string   `json:"required,omitempty"`
	Additional    any        `json:"additionalProperties,omitempty"` // false or a schema
	MinProperties *int       `json:"minProperties,omitempty"`
	AllOf         []*node    `json:"allOf,omitempty"`
	AnyOf         []*node    `json:"anyOf,omitempty"`
	If            *node      `json:"if,omitempty"`
	Then          *node      `json:"then,omitempty"`
	Defs          properties `json:"$defs,omitempty"`
}

type property struct {
	name   string
	schema *node
}

// properties keep their order: editors offer them in it.
type properties []property

func (ps properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for i, p := range ps {
		out.WriteByte("{,"[min(i, 1)])
		if err := enc.Encode(p.name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := enc.Encode(p.schema); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
