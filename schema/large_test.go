package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Files that nobody writes by hand cost little and are told apart.
func TestLarge(t *testing.T) {
	t.Parallel()
	head := "version: 1\nbrand: Dupain\nchannels: {blog: {platform: site}}\n"
	half := schema.MaxFile / 2
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, src string
		want      string // the check of the first problem; "" is none
	}{
		{"five megabytes", strings.Repeat("# nothing\n", 5<<20/10), "file/too-large"},
		{"one byte too many", head + "#" + strings.Repeat("x", schema.MaxFile-len(head)), "file/too-large"},
		{"as large as it may be", head + "#" + strings.Repeat("x", schema.MaxFile-len(head)-1), ""},
		{"a long value", head + "ledger: " + strings.Repeat("x", half), ""},
		{"lists in lists", head + "defaults: {tags: " + strings.Repeat("[", half) + "\n", "yaml/syntax"},
		{"lists in lists, closed", head + "defaults: {tags: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}\n", "yaml/type"},
		{"mappings in mappings", head + "x: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000) + "\n", "yaml/unknown-key"},
		{"entries in entries", head + "x:\n " + strings.Repeat("- ", half/2) + "a\n", "yaml/syntax"},
		{"a huge key", head + "? " + strings.Repeat("k", half) + "\n: 1\n", "yaml/unknown-key"},
		{"many unknown keys", head + numbered("k%d: 1\n", half/50), "yaml/unknown-key"},
		{"the same key often", head + strings.Repeat("brand: a\n", half/10), "yaml/duplicate-key"},
		{"many channels", "version: 1\nbrand: Dupain\nchannels:\n" + numbered("  c%d: {platform: site}\n", half/100), ""},
		{"many tags", head + "defaults: {tags: [" + numbered("t%d, ", half/50) + "]}\n", ""},
		{"many lines and a mistake", head + strings.Repeat("# nothing\n", half/10) + "title: a: b\n", "yaml/syntax"},
		{"few lines, long ones, and a mistake", head + strings.Repeat("# "+strings.Repeat("x", 400)+"\n", 100) + "title: a: b\n", "yaml/syntax"},
		{"an open quote", head + "ledger: \"" + strings.Repeat("x\n", half/2), "yaml/syntax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			ps := read("imprimatur.yaml", []byte(c.src))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			got := ""
			if len(ps) > 0 {
				got = ps[0].Check
			}
			if got != c.want {
				t.Fatalf("got %.200v, want %s", ps, c.want)
			}
			for _, p := range ps[:min(len(ps), 100)] {
				inside(t, []byte(c.src), p)
				if len(p.Text) > 400 {
					t.Errorf("a message of %d bytes", len(p.Text))
				}
			}
		})
	}
}
