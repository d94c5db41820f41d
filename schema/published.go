package schema

import (
	"embed"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed json/*.schema.json output/*.schema.json
var published embed.FS

// Schemas lists the kinds of file that have a JSON Schema.
func Schemas() []string { return slices.Sorted(maps.Keys(files)) }

// Outputs lists the commands whose --format json has a JSON Schema.
func Outputs() []string {
	found, _ := fs.Glob(published, "output/*.schema.json") // the pattern is good
	for i, name := range found {
		found[i] = strings.TrimSuffix(path.Base(name), ".schema.json")
	}
	return found
}

// Output returns the JSON Schema of what a command prints with --format json.
func Output(command string) ([]byte, bool) {
	if !slices.Contains(Outputs(), command) {
		return nil, false
	}
	data, err := published.ReadFile("output/" + command + ".schema.json")
	return data, err == nil
}

// Schema returns the published JSON Schema of a kind of file. What is
// published is what JSONSchema writes for all platforms.
func Schema(name string) ([]byte, bool) {
	if files[name] == nil {
		return nil, false
	}
	data, err := published.ReadFile("json/" + name + ".schema.json")
	return data, err == nil
}

// SchemaURL is where the JSON Schema of a kind of file is published.
func SchemaURL(name string) string {
	return "https://raw.githubusercontent.com/imprimatur-ci/imprimatur/main/schema/json/" + name + ".schema.json"
}

// Modeline is the line by which editors that speak to yaml-language-server
// find the schema of the file it stands in.
func Modeline(name string) string { return "# yaml-language-server: $schema=" + SchemaURL(name) }
