package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// jsonOf reads YAML as an editor does that holds it to a JSON Schema: a date
// is text, a key is text, a file that says nothing is an empty mapping.
func jsonOf(src []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(src)).Decode(&doc); errors.Is(err, io.EOF) {
		return map[string]any{}, nil
	} else if err != nil {
		return nil, err
	}
	v, err := plain(doc.Content[0])
	if err != nil {
		return nil, err
	}
	if v == nil && doc.Content[0].Value == "" {
		v = map[string]any{}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

// errWriting: the decoder does not look below a key that is not known.
var errWriting = errors.New("an alias or a tag")

func plain(n *yaml.Node) (any, error) {
	if n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0 {
		return nil, errWriting
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := plain(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			v, err := plain(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!int", "!!float", "!!bool":
		var v any
		err := n.Decode(&v)
		if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
			return n.Value, err // JSON has no such number
		}
		return v, err
	}
	return n.Value, nil
}

// writing are the checks of how something is written. A schema never sees it:
// it is given values.
var writing = map[string]bool{
	"yaml/syntax": true, "yaml/tab": true, "yaml/documents": true, "yaml/character": true,
	"yaml/duplicate-key": true, "yaml/anchor": true, "yaml/tag": true, "yaml/key": true,
}

// stricter are the cases where the decoder refuses what a schema accepts, and
// why that is so.
var stricter = []struct {
	name   string
	why    string
	covers func(p schema.Problem, written string) bool
}{
	{"days that no calendar has", "a pattern does not know the months", func(p schema.Problem, _ string) bool {
		return p.Check == "yaml/time" && strings.Contains(p.Text, "no calendar")
	}},
	{"languages", "the pattern has the form of a tag, the decoder knows the registry", func(p schema.Problem, _ string) bool { return p.Check == "value/language" }},
	{"time zones", "the pattern has the form of a name, the decoder knows the zones", func(p schema.Problem, _ string) bool { return p.Check == "value/timezone" }},
	{"addresses", "the pattern has the beginning of an address, the decoder reads it whole", func(p schema.Problem, written string) bool {
		return p.Check == "value/address" && strings.HasPrefix(strings.ToLower(strings.Trim(written, `"'`)), "http")
	}},
	{"numbers written in an unusual way", "a schema sees that 1.0, 0x1 and 01 are the number 1; other programs read them as others", func(p schema.Problem, written string) bool {
		return p.Check == "yaml/type" && regexp.MustCompile(`^[-+.0-9]`).MatchString(written)
	}},
	{"blanks of other scripts", `\S in the regular expressions of Go is any character but the blanks of ASCII; in those of editors it is as in the decoder`, func(p schema.Problem, written string) bool {
		return p.Check == "yaml/empty" && strings.ContainsFunc(written, func(r rune) bool { return r > 0x7f && unicode.IsSpace(r) })
	}},
}

// agree fails unless the decoder and the schema say the same of src. It
// returns the exception that it took.
func agree(t testing.TB, s *jsonschema.Schema, kind string, src schema.Source) string {
	t.Helper()
	_, ps := decodeAs(kind, src)
	for _, p := range ps {
		if writing[p.Check] {
			return ""
		}
	}
	v, err := jsonOf(src.YAML)
	if errors.Is(err, errWriting) && len(ps) > 0 {
		return ""
	} else if err != nil {
		t.Fatalf("the decoder reads it, and as JSON: %v\n%s", err, src.YAML)
	}
	refusal := s.Validate(v)
	if (len(ps) == 0) == (refusal == nil) {
		return ""
	}
	if refusal != nil {
		t.Errorf("the decoder accepts\n%s\nand the schema of %s does not: %v", src.YAML, kind, refusal)
		return ""
	}
	lines, took := strings.Split(string(src.YAML), "\n"), ""
problems:
	for _, p := range ps {
		written := string([]rune(lines[p.Line-1-src.Line])[p.Col-1:])
		for _, e := range stricter {
			if e.covers(p, written) {
				took = e.name
				continue problems
			}
		}
		t.Errorf("the schema of %s accepts\n%s\nand the decoder does not: %v", kind, src.YAML, ps)
		return ""
	}
	return took
}

// The decoder and the JSON Schemas take the same files. With IMPRIMATUR_LONG
// every variation of them is tried, else one in seven.
func TestSchemasAgreeWithDecoder(t *testing.T) {
	t.Parallel()
	every := 7
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		every = 1
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range schema.Schemas() {
		schemas[name] = compile(t, name, nil)
	}
	taken := map[string]int{}
	cases := 0
	try := func(kind string, src schema.Source) {
		cases++
		if e := agree(t, schemas[kind], kind, src); e != "" {
			taken[e]++
		}
	}
	for _, f := range fixtures(t) {
		for _, file := range f.files {
			src, ps := schema.Clean(file.Name, file.Data)
			at := schema.Source{File: file.Name, YAML: src}
			if kind(file.Name) == "post" && len(ps) == 0 {
				at, _, ps = schema.FrontMatter(file.Name, src)
			}
			if len(ps) > 0 {
				continue // there is no YAML to hold to a schema
			}
			try(kind(file.Name), at)
			if strings.HasPrefix(f.name, "ok/") {
				for _, v := range variations(t, at.YAML, every) {
					try(kind(file.Name), schema.Source{File: file.Name, YAML: v})
				}
			}
		}
	}
	for _, e := range stricter {
		if taken[e.name] == 0 && every == 1 {
			t.Errorf("nothing needs the exception for %s (%s)", e.name, e.why)
		}
	}
	t.Log(cases, "cases, exceptions taken:", taken)
}

// others are what a value is replaced by, as YAML writes it.
var others = []string{
	`~`, `""`, `"  "`, "\"\u00a0\"", `x`, `"7"`, `0`, `1`, `2`, `-1`, `1.0`, `0.5`, `-2.5`, `007`, `0x1F`, `1_000`, `+1`, `.nan`, `99999999999999999999`,
	`true`, `True`, `yes`, `off`, `[]`, `[x]`, `[x, x]`, `[x, y]`, `[x, 1]`, `[x, ~]`, `[0, 1]`, `[0, 1, 2]`, `[[]]`, `[{}]`, `{}`, `{x: y}`, `{"": y}`, `{" ": y}`, `{1: y}`, `{platform: site}`, `{file: a.jpg}`,
	`2027-01-04`, `2027-01-04 08:30`, `2027-1-4 08:30`, `2027-01-04 8:30`, `2027-02-30 08:30`, `2027-01-04T08:30:00Z`, `2027-01-04T08:30:00.5Z`, `2027-01-04 08:30+01:00`, `2027-01-04T00:30:00+01:00`, `2027-01-04T23:30:00-14:00`, `2027-01-04T08:30.5`, `0001-01-01 00:00`, `2027-01-04 24:00`,
	`next-slot`, `next-slot: x`, `next-slot x y`, `next`, `next-slot `, `"next-slot  x"`, `8:30`, `08:30`, `24:00`, `22:00 - 7:00`, `22:00-07:00`, `12-25`, `02-30`, `-7d`, `+1d 18:00`, `-1h 18:00`, `+30m`, `7d`, `2h`, `0m`, `0d 0h`, `1d 12h`, `12h 1d`, `1d12h30m5s`, `100000d`, `2 h`, `-2h`, `ask`, `publish`, `none`, `public`,
	`fr`, `en-GB`, `en_gb`, `zz`, `français`, `x-private`, `i-klingon`, `Europe/Paris`, `Paris`, `Local`, `UTC`, `Etc/GMT+1`,
	`https://a.example`, `HTTPS://A.EXAMPLE/b c`, `https://`, `http:///a`, `https://a.example:port/`, `https://%zz/`, `ftp://a.example`, `//a.example`, `${TOKEN}`, `<<`,
	`"` + strings.Repeat("é", 201) + `"`, `"` + strings.Repeat("é", 200) + `"`,
}

// variations are src with each value replaced by others, each key dropped or
// misspelt, each entry written twice: one in so many of them.
func variations(t *testing.T, src []byte, every int) [][]byte {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	var all [][]byte
	n := 0
	emit := func() {
		if n++; n%every > 0 {
			return
		}
		out, err := yaml.Marshal(&doc)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out)
	}
	replacements := make([]*yaml.Node, len(others))
	for i, o := range others {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(o), &n); err != nil {
			t.Fatal(o, err)
		}
		replacements[i] = n.Content[0]
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		was := *n
		for _, r := range replacements {
			*n = *r
			emit()
		}
		*n = was
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(was.Content); i += 2 {
				walk(was.Content[i+1])
				n.Content = append(append([]*yaml.Node{}, was.Content[:i]...), was.Content[i+2:]...)
				emit()
				n.Content = was.Content
				key := was.Content[i].Value
				for _, other := range []string{key + "x", strings.ToUpper(key), "x" + key[1:], "0", " "} {
					was.Content[i].Value = other
					emit()
				}
				was.Content[i].Value = key
			}
		case yaml.SequenceNode:
			for i, c := range was.Content {
				walk(c)
				n.Content = append(append([]*yaml.Node{}, was.Content...), was.Content[i])
				emit()
				n.Content = was.Content
			}
		}
	}
	walk(doc.Content[0])
	return all
}

// A schema tells a person what a key is for.
func TestSchemasDescribe(t *testing.T) {
	for _, name := range schema.Schemas() {
		src, err := schema.JSONSchema(name, twoPlatforms, nil)
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(src, &root); err != nil {
			t.Fatal(err)
		}
		if root["title"] == "" || root["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: %v", name, root["title"])
		}
		described(t, name, root)
		defs, _ := root["$defs"].(map[string]any)
		for def, s := range defs {
			described(t, name+"/"+def, s.(map[string]any))
		}
	}
}

func described(t *testing.T, name string, s map[string]any) {
	keys, _ := s["properties"].(map[string]any)
	if len(keys) == 0 {
		t.Errorf("%s has no keys", name)
	}
	for key, v := range keys {
		if text, _ := v.(map[string]any)["description"].(string); !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %s has the description %q", name, key, text)
		}
	}
	if _, closed := s["additionalProperties"]; !closed && s["allOf"] == nil {
		t.Error(fmt.Sprint(name, " takes any key"))
	}
}
