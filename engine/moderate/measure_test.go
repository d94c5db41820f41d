package moderate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Found and false alarms are counted by category, plain matching beside.
func TestMeasure(t *testing.T) {
	m, ps := moderate.NewMeasure(moderate.OfList(workspace.WordList{{Text: "connard"}, {Text: "pain"}}), moderate.Setting{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	const table = "category,text,hit\nleet,c0nnard,true\nleet,connard,1\nbenign,un pain,no\nbenign,une brioche,false\n"
	if err := moderate.ReadLabelled(strings.NewReader(table), true, func(l moderate.Labelled) error { m.Add(l); return nil }); err != nil {
		t.Fatal(err)
	}
	const lines = `{"text":"c o n n a r d","hit":true,"category":"spaces"}` + "\n\n" + `{"text":"rien","hit":false}`
	if err := moderate.ReadLabelled(strings.NewReader(lines), false, func(l moderate.Labelled) error { m.Add(l); return nil }); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(m.Report())
	const want = `{"name":"all","hits":3,"found":3,"plain":1,"benign":3,"alarms":1,"loud":1,"categories":[` +
		`{"name":"","hits":0,"found":0,"plain":0,"benign":1,"alarms":0,"loud":0},` +
		`{"name":"benign","hits":0,"found":0,"plain":0,"benign":2,"alarms":1,"loud":1},` +
		`{"name":"leet","hits":2,"found":2,"plain":1,"benign":0,"alarms":0,"loud":0},` +
		`{"name":"spaces","hits":1,"found":1,"plain":0,"benign":0,"alarms":0,"loud":0}]}`
	if err != nil || string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for src, says := range map[string]string{`{"text":"secret"}`: "line 1 does not say", `{"text":3,"hit":true}`: "line 1 is not an item"} {
		if err := moderate.ReadLabelled(strings.NewReader(src), false, nil); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
	for _, src := range []string{"", "a,b\n", "text,hit\nsecret,maybe\n", "text,hit\nsecret\n"} {
		if err := moderate.ReadLabelled(strings.NewReader(src), true, nil); err == nil || strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}

// HateCheck with a public list: more is found than by plain matching, and no
// benign case more.
func TestMeasureHateCheck(t *testing.T) {
	folder := os.Getenv("IMPRIMATUR_TESTDATA")
	if folder == "" {
		t.Skip("IMPRIMATUR_TESTDATA names no folder with the moderation data")
	}
	src, err := os.ReadFile(filepath.Join(folder, "moderation", "ldnoobw", "en"))
	if err != nil {
		t.Fatal(err)
	}
	terms, _ := schema.Terms("en", src)
	m, ps := moderate.NewMeasure(moderate.OfList(terms), moderate.Setting{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	f, err := os.Open(filepath.Join(folder, "moderation", "hatecheck", "test_suite_cases.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := moderate.ReadLabelled(f, true, func(l moderate.Labelled) error { m.Add(l); return nil }); err != nil {
		t.Fatal(err)
	}
	out := m.Report()
	t.Logf("%+v", out.Category)
	if out.Hits < 2000 || out.Found <= out.Plain || out.Alarms > out.Loud {
		t.Errorf("%+v", out.Category)
	}
}
