package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// The JSON Schemas that editors fetch say what the decoder and the platforms
// say today.
func TestSchemasAreFresh(t *testing.T) {
	var platforms []schema.Platform
	for _, p := range all.Platforms() {
		out := schema.Platform{Name: p.Name, Title: p.Title}
		for _, f := range p.Fields {
			out.Settings = append(out.Settings, schema.Setting{Name: f.Name, Help: f.Help, Example: f.Example, Default: f.Default,
				Choices: f.Choices, Required: f.Required, Secret: f.Secret, URL: f.URL})
		}
		platforms = append(platforms, out)
	}
	var checks []schema.Check
	for _, a := range check.Advices() {
		checks = append(checks, schema.Check{ID: a.ID, Help: a.About})
	}
	for _, name := range schema.Schemas() {
		want, err := schema.JSONSchema(name, platforms, checks)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(filepath.Join("..", "schema", "json", name+".schema.json"), want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, _ := schema.Schema(name); string(got) != string(want) {
			t.Errorf("schema/json/%s.schema.json is not fresh; run go test ./engine -update", name)
		}
	}
}
