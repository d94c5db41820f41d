package engine

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// floors says which floor each package stands on. A package may import only
// lower floors; "*" stands for every connector.
var floors = map[string]int{
	"schema":                       0,
	"engine/text":                  0,
	"engine/match":                 0,
	"engine/wire":                  0,
	"engine/image":                 0,
	"engine/visit":                 0,
	"engine/git":                   0,
	"engine/workflow":              1,
	"engine/forge":                 1,
	"engine/locale":                0,
	"engine/almanac":               1,
	"engine/observance":            0,
	"engine/forge/forgetest":       2,
	"engine/ics":                   0,
	"engine/workspace":             1,
	"engine/platform":              1,
	"engine/ledger":                1,
	"engine/platform/*":            2,
	"engine/platform/platformtest": 2,
	"engine/calendar":              2,
	"engine/moderate":              2,
	"engine/pack":                  0,
	"engine/check":                 3,
	"engine/render":                3,
	"engine/platform/all":          3,
	"engine/plan":                  3,
	"engine/review":                3,
	"engine/publish":               4,
	"engine/outbox":                4,
	"engine/tend":                  4,
	"engine/report":                5,
	"engine":                       6,
	"engine/rehearse":              7,
	"cmd/imprimatur":               8,
}

// only names the one package that may import a module.
var only = map[string]string{
	"gopkg.in/yaml.v3":                       "schema",
	"github.com/go-playground/validator/v10": "schema",
	"github.com/yuin/goldmark":               "engine/text",
	"github.com/expr-lang/expr":              "engine/moderate",
	"github.com/google/go-github":            "engine/forge",
	"github.com/sethvargo/go-githubactions":  "engine/report",
}

func floor(pkg string) (int, bool) {
	if n, ok := floors[pkg]; ok {
		return n, true
	}
	n, ok := floors[path.Dir(pkg)+"/*"]
	return n, ok
}

func TestFloors(t *testing.T) {
	const module = "github.com/imprimatur-ci/imprimatur/"
	root := os.DirFS("..")
	seen := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && name != "." && strings.HasPrefix(path.Base(name), ".") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		pkg := path.Dir(name)
		on, ok := floor(pkg)
		if !ok {
			t.Errorf("%s has no floor; add it to the table", pkg)
		}
		if f.Doc != nil {
			if seen[pkg] {
				t.Errorf("%s has a second package comment in %s", pkg, name)
			}
			seen[pkg] = true
		}
		for _, imp := range f.Imports {
			what := strings.Trim(imp.Path.Value, `"`)
			if to, ours := strings.CutPrefix(what, module); ours {
				if below, _ := floor(to); below >= on {
					t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, on, to, below)
				}
			}
			for mod, may := range only {
				if strings.HasPrefix(what, mod) && pkg != may {
					t.Errorf("%s imports %s, which only %s may", pkg, what, may)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range floors {
		if !strings.HasSuffix(pkg, "*") && !seen[pkg] {
			t.Errorf("%s is in the table but has no package comment, or is not there", pkg)
		}
	}
}
