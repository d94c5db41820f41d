package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// outputs is what each command prints with --format json.
var outputs = map[string]reflect.Type{
	"calendar":  reflect.TypeFor[almanac.Almanac](),
	"check":     reflect.TypeFor[[]report.Finding](),
	"checks":    reflect.TypeFor[[]check.Advice](),
	"plan":      reflect.TypeFor[plan.Plan](),
	"platforms": reflect.TypeFor[[]report.PlatformInfo](),
	"publish":   reflect.TypeFor[engine.Published](),
	"render":    reflect.TypeFor[[]report.View](),
	"status":    reflect.TypeFor[[]report.Standing](),
	"drift":     reflect.TypeFor[report.Drift](),        // of status --drift
	"suggest":   reflect.TypeFor[[]report.Suggestion](), // of calendar --suggest

	"moderate":         reflect.TypeFor[engine.Moderated](),
	"moderate-test":    reflect.TypeFor[moderate.Tested](),
	"moderate-replay":  reflect.TypeFor[moderate.Replayed](),
	"moderate-explain": reflect.TypeFor[moderate.Explanation](),
	"moderate-measure": reflect.TypeFor[moderate.Measured](),
}

// The JSON that commands print is documented by a schema, which is fresh, and
// which what they print satisfies.
func TestOutputs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "boulangerie")
	if err := os.CopyFS(dir, os.DirFS("../../examples/boulangerie")); err != nil {
		t.Fatal(err)
	}
	for name, typ := range outputs {
		s, err := jsonschema.ForType(typ, &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
			reflect.TypeFor[schema.Fix](): {Type: "boolean"},
		}})
		if err != nil {
			t.Fatal(name, err)
		}
		s.Schema, s.Title = "https://json-schema.org/draft/2020-12/schema", "What imprimatur "+name+" --format json prints"
		want, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		file := filepath.Join("..", "..", "schema", "output", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got, _ := schema.Output(name); !bytes.Equal(got, want) {
			t.Errorf("%s is not fresh; run go test ./cmd/... -update and read the difference: programs depend on it", file)
		}
		resolved, err := s.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		a := &app{stdin: new(bytes.Buffer), stdout: &out, stderr: os.Stderr, getenv: func(string) string { return "" },
			now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }}
		a.engine = engine.New(all.Platforms(), a.getenv, "test")
		args := []string{name, "--format", "json", "-C", dir}
		switch name {
		case "publish":
			args = append(args, "--yes")
		case "suggest":
			args = append(args, "--suggest")
			args[0] = "calendar"
		case "drift":
			args = append(args, "--drift")
			args[0] = "status"
		case "moderate-test":
			args = append([]string{"moderate", "test"}, args[1:]...)
		case "moderate-replay":
			a.stdin = strings.NewReader(`{"text":"bande de c0nnards","surface":"reply","decided":"hide"}`)
			args = append([]string{"moderate", "replay", "--input", "-", "--old", dir}, args[1:]...)
		case "moderate-measure":
			a.stdin = strings.NewReader(`{"text":"bande de c0nnards","hit":true,"category":"leet"}`)
			args = append([]string{"moderate", "measure", "--input", "-"}, args[1:]...)
		case "moderate-explain":
			args = append([]string{"moderate", "explain", "bande de c0nnards"}, args[1:]...)
		}
		if code := a.run(t.Context(), args); code != exitClean {
			t.Fatalf("%s ends with %d", name, code)
		}
		var v any
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := resolved.Validate(v); err != nil {
			t.Errorf("%s prints what its schema refuses: %v", name, err)
		}
	}
	if len(outputs) != len(schema.Outputs()) {
		t.Errorf("schemas of outputs: %v", schema.Outputs())
	}
}
