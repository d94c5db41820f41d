package schema

import (
	"encoding/json"
	"slices"
)

// channel gives each platform's channels the platform's own settings.
func (g *generator) channel(n *node) {
	if len(g.platforms) == 0 {
		n.Additional = anySetting()
		return
	}
	common := n.Properties
	n.Additional = nil // each platform has its own
	for i, p := range common {
		if p.name == "platform" {
			kinds := &node{Type: "string", Description: p.schema.Description}
			for _, platform := range g.platforms {
				kinds.Enum = append(kinds.Enum, platform.Name)
			}
			n.Properties = slices.Clone(common)
			n.Properties[i].schema = kinds
		}
	}
	for _, platform := range g.platforms {
		then := &node{Additional: false}
		for _, p := range common {
			then.Properties = append(then.Properties, property{p.name, &node{}})
		}
		for _, s := range platform.Settings {
			then.Properties = append(then.Properties, property{s.Name, s.schema()})
			if s.Required {
				then.Required = append(then.Required, s.Name)
			}
		}
		is := &node{Properties: properties{{"platform", &node{Const: platform.Name}}}, Required: []string{"platform"}}
		n.AllOf = append(n.AllOf, &node{If: is, Then: then})
	}
}

// advice names the checks that there are to weigh.
func (g *generator) advice(n *node) {
	for _, p := range n.Properties {
		weight, open := p.schema.Additional.(*node)
		if p.name != "checks" || !open || len(g.checks) == 0 {
			continue
		}
		p.schema.PropertyNames, p.schema.Additional = nil, false
		for _, c := range g.checks {
			p.schema.Properties = append(p.schema.Properties, property{c.ID, &node{Description: c.Help, Enum: weight.Enum}})
		}
	}
}

// person takes a handle on each platform.
func (g *generator) person(n *node) {
	if len(g.platforms) == 0 {
		n.Additional = anySetting()
		return
	}
	for _, platform := range g.platforms {
		handle := anySetting()
		handle.Description = "The person's handle on " + platform.Title + "."
		n.Properties = append(n.Properties, property{platform.Name, handle})
	}
}

// anySetting is what the decoder takes for a setting: numbers stay as they are
// written.
func anySetting() *node {
	return &node{Type: []string{"string", "number", "boolean"}, MinLength: ptr(1), Pattern: filledPattern}
}

func (s *Setting) schema() *node {
	n := anySetting()
	switch {
	case s.Secret:
		n = &node{Type: "string", Pattern: secretPattern}
	case s.URL:
		n = &node{Type: "string", Format: "uri", Pattern: addressPattern}
	case len(s.Choices) > 0:
		n = &node{}
		for _, c := range s.Choices {
			n.Enum = append(n.Enum, c)
			var plain any // what YAML reads where there are no quotes
			if json.Unmarshal([]byte(c), &plain) == nil && plain != nil {
				n.Enum = append(n.Enum, plain)
			}
		}
	}
	n.Description = s.Help
	if s.Default != "" {
		n.Default = s.Default
	}
	if s.Example != "" {
		n.Examples = []any{s.Example}
	}
	return n
}
