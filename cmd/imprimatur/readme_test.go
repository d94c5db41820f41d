package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// The README's table of platforms is what the platforms say of themselves.
func TestReadmePlatforms(t *testing.T) {
	const file, begin, end = "../../README.md", "do not edit -->\n", "<!-- /platforms -->"
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(src), begin)
	table, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	var want bytes.Buffer
	r := report.Text{W: &want}
	r.PlatformTable(all.Platforms())
	if table == want.String() {
		return
	}
	if !*update {
		t.Fatalf("the table is not fresh; run go test ./cmd/... -update\n%s", &want)
	}
	if err := os.WriteFile(file, []byte(head+begin+want.String()+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
