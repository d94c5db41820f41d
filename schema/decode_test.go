package schema_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/imprimatur-ci/imprimatur/schema"
)

var update = flag.Bool("update", false, "write what the tests see into testdata")

// read decodes a file as the workspace does: its name tells what it is.
func read(name string, src []byte) []schema.Problem {
	src, ps := schema.Clean(name, src)
	if len(ps) > 0 {
		return ps
	}
	at := schema.Source{File: name, YAML: src}
	if kind(name) == "post" {
		if at, _, ps = schema.FrontMatter(name, src); len(ps) > 0 {
			return ps
		}
	}
	_, ps = decodeAs(kind(name), at)
	return ps
}

// kind is the name of the schema for a file.
func kind(name string) string {
	base := filepath.Base(name)
	switch {
	case strings.HasSuffix(base, ".md"):
		return "post"
	case strings.HasPrefix(base, "people"):
		return "people"
	case strings.HasPrefix(base, "freeze"):
		return "freeze"
	case strings.HasPrefix(base, "moderation"):
		return "moderation"
	case strings.HasPrefix(base, "editorial"):
		return "editorial"
	case strings.HasPrefix(base, "calendar"), strings.HasPrefix(name, "calendars/"):
		return "calendar"
	}
	return "workspace"
}

func decodeAs(kind string, src schema.Source) (any, []schema.Problem) {
	switch kind {
	case "post":
		return both(schema.Decode[schema.Post](src))
	case "people":
		return both(schema.Decode[schema.People](src))
	case "calendar":
		return both(schema.Decode[schema.Calendar](src))
	case "freeze":
		return both(schema.Decode[schema.Freeze](src))
	case "moderation":
		return both(schema.Decode[schema.Moderation](src))
	case "editorial":
		return both(schema.Decode[schema.Editorial](src))
	default:
		return both(schema.Decode[schema.Config](src))
	}
}

func both[T any](v T, ps []schema.Problem) (any, []schema.Problem) { return v, ps }

// A fixture is a txtar file: what it shows, the files, and the problems they
// have. A file whose name ends in .quoted has bytes that an editor would not
// keep: it holds Go strings, one a line.
type fixture struct {
	name  string // area/what-is-wrong
	files []txtar.File
	want  string
}

func fixtures(t testing.TB) []fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	var all []fixture
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := fixture{name: checkOf(path)}
		for _, file := range archive.Files {
			name, quoted := strings.CutSuffix(file.Name, ".quoted")
			switch {
			case name == "problems":
				f.want = string(file.Data)
				continue
			case quoted:
				var raw string
				for line := range strings.Lines(string(file.Data)) {
					s, err := strconv.Unquote(strings.TrimSpace(line))
					if err != nil {
						t.Fatalf("%s: %s: %v", path, line, err)
					}
					raw += s
				}
				file.Data = []byte(raw)
			}
			f.files = append(f.files, txtar.File{Name: name, Data: file.Data})
		}
		all = append(all, f)
	}
	return all
}

// checkOf is the check id that a fixture is named after: the areas are known,
// because both sides of an id may hold a hyphen.
func checkOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".txtar")
	for _, area := range []string{"file", "front-matter", "yaml", "value", "ok"} {
		if what, ok := strings.CutPrefix(name, area+"-"); ok {
			return area + "/" + what
		}
	}
	return name
}

func TestProblems(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			var got strings.Builder
			shown := false
			for _, file := range f.files {
				for _, p := range read(file.Name, file.Data) {
					fmt.Fprintln(&got, p)
					shown = shown || p.Check == f.name
					inside(t, file.Data, p)
				}
			}
			if !shown && !strings.HasPrefix(f.name, "ok/") {
				t.Errorf("nothing here is %s", f.name)
			}
			if *update {
				rewrite(t, f.name, got.String())
			} else if got.String() != f.want {
				t.Errorf("got\n%swant\n%s(go test ./schema -update writes what it sees)", got.String(), f.want)
			}
		})
	}
}

func rewrite(t *testing.T, name, problems string) {
	path := filepath.Join("testdata", strings.Replace(name, "/", "-", 1)+".txtar")
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "problems" })
	archive.Files = append(archive.Files, txtar.File{Name: "problems", Data: []byte(problems)})
	if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

// inside fails unless a problem is at a place that the file has.
func inside(t testing.TB, src []byte, p schema.Problem) {
	t.Helper()
	text := strings.ReplaceAll(strings.ReplaceAll(string(src), "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > 1+len([]rune(lines[p.Line-1])) {
		t.Errorf("%v is outside of the file", p)
	}
	if p.Text == "" || p.Check == "" || p.Severity == "" || p.File == "" {
		t.Errorf("%#v lacks something", p)
	}
}

// Every check of this package has a fixture, and no fixture is of a check that
// is gone.
func TestEveryCheckHasAFixture(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	id := regexp.MustCompile(`"((?:file|front-matter|yaml|value)/[a-z-]+)"`)
	for _, path := range sources {
		src, err := os.ReadFile(path)
		if err != nil || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, m := range id.FindAllStringSubmatch(string(src), -1) {
			want = append(want, m[1])
		}
	}
	have := []string{"file/too-large"} // TestLarge makes it
	for _, f := range fixtures(t) {
		if !strings.HasPrefix(f.name, "ok/") {
			have = append(have, f.name)
		}
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(want, slices.Sorted(slices.Values(have))) {
		t.Errorf("checks   %v\nfixtures %v", want, have)
	}
}
