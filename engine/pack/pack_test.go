package pack_test

import (
	"flag"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/pack"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var update = flag.Bool("update", false, "lay the packs out")

type folder map[string]string

func (f folder) Names(dir string) (names []string, err error) {
	for name := range f {
		if path.Dir(name) == dir {
			names = append(names, path.Base(name))
		}
	}
	return names, nil
}

func (f folder) Read(name string, _ int64) ([]byte, error) {
	src, ok := f[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(src), nil
}

// All packs of a language stand side by side, their tests pass in both ways,
// they are laid out as fmt has it, and each has one heading for the policy.
func TestPacks(t *testing.T) {
	for _, lang := range pack.Languages() {
		all := folder{}
		for _, name := range pack.Names() {
			p, ok := pack.Get(name, lang+"-BE")
			if !ok || p.Lang != lang || p.Rules == "" {
				t.Fatalf("%s %s: %+v", lang, name, p)
			}
			all["moderation/"+name+".yaml"] = p.Rules
			all["moderation/POLICY.md"] += p.Policy + "\n"
			for list, src := range p.Lists {
				all["moderation/"+list] = src
			}
			if len(workspace.Anchors(p.Policy)) != 1 || !strings.HasPrefix(p.Policy, "## ") {
				t.Errorf("%s %s: its policy is not one section", lang, name)
			}
			if out, ps, err := schema.FormatFile("editorial", name, []byte(p.Rules)); err != nil || len(ps) > 0 {
				t.Error(lang, name, ps, err)
			} else if file := path.Join(lang, name+".yaml"); *update {
				if err := os.WriteFile(file, out, 0o644); err != nil {
					t.Fatal(err)
				}
			} else if string(out) != p.Rules {
				t.Errorf("%s is not as fmt lays it out; run go test ./engine/pack -update", file)
			}
		}
		m, err := workspace.LoadModeration(all)
		if err != nil {
			t.Fatal(err)
		}
		e, ps := moderate.CompileOwn(m, moderate.Setting{Zone: time.UTC})
		for _, p := range ps {
			t.Error(p)
		}
		tested := e.Test(text.NewParser())
		for _, c := range tested.Cases {
			if !c.OK {
				t.Errorf("%s: %s wants %s and gets %s: %s", c.Pos, c.Rule, c.Want, c.Got, c.Why)
			}
		}
		for _, l := range tested.Lacking {
			t.Errorf("%s: %s is not tested both ways", l.Pos, l.Rule)
		}
		t.Logf("%s: %d rules, %d tests", lang, len(e.IDs()), len(tested.Cases))
	}
	for name, want := range map[string]string{"crise": "crisis", "jeu-concours": "contest", "influence": "disclosure", "accessibilité": "accessibility"} {
		if p, ok := pack.Get(name, "fr"); !ok || p.Name != want {
			t.Errorf("%s is %s", name, p.Name)
		}
	}
	if _, ok := pack.Get("../crisis", "fr"); ok {
		t.Error("there is no such pack")
	}
}
