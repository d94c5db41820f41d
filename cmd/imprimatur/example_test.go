package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// Every example is sound, and reads as its golden file says.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("../../examples/*/imprimatur.yaml")
	if err != nil || len(dirs) < 2 {
		t.Fatal("no examples", err)
	}
	for _, config := range dirs {
		src := filepath.Dir(config)
		t.Run(filepath.Base(src), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), filepath.Base(src))
			if err := os.CopyFS(dir, os.DirFS(src)); err != nil {
				t.Fatal(err)
			}
			os.RemoveAll(filepath.Join(dir, "public"))
			os.RemoveAll(filepath.Join(dir, ".imprimatur"))
			var out, errs bytes.Buffer
			a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
				now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }}
			a.engine = engine.New(all.Platforms(), a.getenv, "test")
			a.engine.Now = a.now
			for _, args := range [][]string{{"check"}, {"render"}, {"plan"}, {"plan", "--at", "2027-01-04 09:00"}} {
				out.WriteString("$ imprimatur " + strings.Join(args, " ") + "\n\n")
				if code := a.run(t.Context(), append(args, "-C", dir)); code != exitClean {
					t.Errorf("%v ends with %d: %s", args, code, &errs)
				}
				a.dirs = nil
				out.WriteString("\n")
			}
			golden := filepath.Join("testdata", "examples", filepath.Base(src)+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != string(want) {
				t.Errorf("%s is not what it says; run with -update and read the difference\n%s", golden, got)
			}
		})
	}
}
