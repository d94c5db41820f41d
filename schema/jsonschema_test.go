package schema_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// compile makes a schema that instances can be held to.
func compile(t testing.TB, name string, platforms []schema.Platform) *jsonschema.Schema {
	t.Helper()
	src, err := schema.JSONSchema(name, platforms, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schema.SchemaURL(name), doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(schema.SchemaURL(name))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// Every kind of file has a published schema. That it is the one the generator
// writes for all platforms is tested where these are known.
func TestPublished(t *testing.T) {
	if got := schema.Schemas(); !slices.Equal(got, []string{"calendar", "editorial", "freeze", "moderation", "people", "post", "workspace"}) {
		t.Errorf("schemas %v", got)
	}
	for _, name := range schema.Schemas() {
		src, ok := schema.Schema(name)
		if !ok || !bytes.Contains(src, []byte(`"$id": "`+schema.SchemaURL(name)+`"`)) {
			t.Errorf("%s is not published", name)
		}
		first, err := schema.JSONSchema(name, twoPlatforms, nil)
		if again, _ := schema.JSONSchema(name, twoPlatforms, nil); err != nil || !bytes.Equal(again, first) {
			t.Errorf("%s: another run, another schema: %v", name, err)
		}
		if line := schema.Modeline(name); line != "# yaml-language-server: $schema=https://raw.githubusercontent.com/imprimatur-ci/imprimatur/main/schema/json/"+name+".schema.json" {
			t.Error(line)
		}
	}
	if _, ok := schema.Schema("../decode"); ok {
		t.Error("there is a schema that there is not")
	}
	if _, err := schema.JSONSchema("calendar of nobody", nil, nil); err == nil {
		t.Error("a schema of nothing")
	}
}

var twoPlatforms = []schema.Platform{
	{Name: "mastodon", Title: "Mastodon", Settings: []schema.Setting{
		{Name: "server", Help: "The server's address.", Example: "https://mastodon.example", Required: true, URL: true},
		{Name: "token", Help: "An access token.", Example: "${MASTODON_TOKEN}", Required: true, Secret: true},
	}},
	{Name: "site", Title: "A web site", Settings: []schema.Setting{
		{Name: "directory", Help: "Where it goes.", Default: "public"},
		{Name: "every", Help: "How often.", Choices: []string{"1", "7", "daily"}},
	}},
}

// With platforms, a schema knows which settings and handles there are.
func TestPlatformsInSchemas(t *testing.T) {
	workspace, people := compile(t, "workspace", twoPlatforms), compile(t, "people", twoPlatforms)
	for channel, want := range map[string]bool{
		`{platform: site}`: true,
		`{platform: site, directory: public, on_change: ask}`:                                true,
		`{platform: site, directory: 2027}`:                                                  true,
		`{platform: site, directory: ""}`:                                                    false,
		`{platform: site, directory: [a]}`:                                                   false,
		`{platform: site, every: 7}`:                                                         true,
		`{platform: site, every: "7"}`:                                                       true,
		`{platform: site, every: daily}`:                                                     true,
		`{platform: site, every: 8}`:                                                         false,
		`{platform: site, server: "https://a.example"}`:                                      false,
		`{platform: site, on_change: never}`:                                                 false,
		`{platform: fax}`:                                                                    false,
		`{directory: a}`:                                                                     false,
		`{platform: mastodon, server: "https://a.example", token: "${TOKEN}"}`:               true,
		`{platform: mastodon, server: "https://a.example"}`:                                  false,
		`{platform: mastodon, server: "a.example", token: "${TOKEN}"}`:                       false,
		`{platform: mastodon, server: "https://a.example", token: "abc"}`:                    false,
		`{platform: mastodon, server: "https://a.example", token: "${token}"}`:               false,
		`{platform: mastodon, server: "https://a.example", token: "${TOKEN}", directory: a}`: false,
	} {
		src := "version: 1\nbrand: Dupain\nchannels: {it: " + channel + "}\n"
		if got := accepts(t, workspace, []byte(src)); (got == nil) != want {
			t.Errorf("%s: %v", channel, got)
		}
	}
	for person, want := range map[string]bool{
		`{name: Ana}`: true,
		`{name: Ana, mastodon: "@ana@a.example", site: 1}`: true,
		`{name: Ana, fax: 1}`:                              false,
		`{name: Ana, mastodon: ""}`:                        false,
		`{mastodon: a}`:                                    false,
	} {
		if got := accepts(t, people, []byte("version: 1\npeople: {ana: "+person+"}\n")); (got == nil) != want {
			t.Errorf("%s: %v", person, got)
		}
	}
}

// accepts says why a schema does not accept some YAML.
func accepts(t testing.TB, s *jsonschema.Schema, src []byte) error {
	t.Helper()
	v, err := jsonOf(src)
	if err != nil {
		t.Fatal(fmt.Errorf("%w in\n%s", err, src))
	}
	return s.Validate(v)
}
