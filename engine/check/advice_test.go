package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reported lists the ids of checks that stand in the code which reports
// problems.
func reported(t *testing.T) []string {
	t.Helper()
	id := regexp.MustCompile(`^"([a-z-]+)/[a-z-]+"$`)
	var ids []string
	for _, dir := range []string{"..", "../calendar", "../check", "../render", "../text", "../platform", "../workspace", "../moderate", "../../schema"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || filepath.Base(file) == "advice.go" && dir == "../check" {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if _, is := n.(*ast.ImportSpec); is {
					return false
				}
				if lit, is := n.(*ast.BasicLit); is {
					if m := id.FindStringSubmatch(lit.Value); m != nil && m[1] != "image" && m[1] != "km" { // image/gif is a kind of picture, km/h a speed
						ids = append(ids, strings.Trim(lit.Value, `"`))
					}
				}
				return true
			})
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Every check is known, as advice or as firm, and what is known is a check.
func TestEveryCheckIsKnown(t *testing.T) {
	ids := append(reported(t), "checks/unknown-id", "checks/not-advice")
	known := slices.Clone(firm)
	for _, a := range advices {
		known = append(known, a.ID)
		if a.About == "" || !strings.HasSuffix(a.About, ".") {
			t.Errorf("%s says nothing of itself", a.ID)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			t.Errorf("the code reports %s; add it to the advices in advice.go if a workspace may weigh it, else to the firm ones", id)
		}
	}
	for _, id := range known {
		if !slices.Contains(ids, id) {
			t.Errorf("advice.go knows %s, which nothing reports", id)
		}
	}
	if !slices.IsSortedFunc(advices, func(a, b Advice) int { return strings.Compare(a.ID, b.ID) }) || !slices.IsSorted(firm) {
		t.Error("the lists are not in order")
	}
}

// Every check has a fixture that is named after it. Those of package schema
// are in schema/testdata.
func TestEveryCheckHasAFixture(t *testing.T) {
	ids := slices.Clone(firm)
	for _, a := range advices {
		ids = append(ids, a.ID)
	}
	for _, id := range ids {
		switch id {
		case "text/unknown": // Markdown that the parser is not set up to find
			continue
		case "moderation/expired": // check has no clock; cmd's script of moderate test has one
			continue
		case "file/too-large": // as a fixture would be
			continue
		}
		_, engine := os.Stat(filepath.Join("..", "testdata", "checks", strings.Replace(id, "/", ".", 1)+".txtar"))
		_, schema := os.Stat(filepath.Join("..", "..", "schema", "testdata", strings.Replace(id, "/", "-", 1)+".txtar"))
		if engine != nil && schema != nil {
			t.Errorf("%s has no fixture", id)
		}
	}
}
