package schema_test

import (
	"bytes"
	"testing"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// FuzzMend: each fix is applied whole or not at all, none over another, the
// first one always; and a cleaned file's bytes are where Before says.
func FuzzMend(f *testing.F) {
	f.Add([]byte("\ufeffa\r\nb\rc\r\n\r\n"), []byte{0, 1, 4, 4, 2, 3})
	f.Add([]byte("abc"), []byte{1, 1, 1, 1, 0, 3})
	f.Fuzz(func(t *testing.T, src, at []byte) {
		if clean, ps := schema.Clean("a.md", bytes.Clone(src)); len(ps) == 0 {
			raw := schema.Before(src)
			for i, c := range clean {
				if was := src[raw.At(i)]; was != c && !(was == '\r' && c == '\n') {
					t.Errorf("byte %d of %q is not %q, at %d", i, src, c, raw.At(i))
				}
			}
			if raw.At(len(clean)) != len(src) {
				t.Errorf("%q ends at %d", src, raw.At(len(clean)))
			}
		}
		var ps []schema.Problem
		for ; len(at) >= 2; at = at[2:] {
			i, j := int(at[0])%(len(src)+1), int(at[1])%(len(src)+1)
			e := schema.Edit{Start: min(i, j), End: max(i, j), Text: "x"}
			if n := len(ps); n > 0 && at[0] > 200 { // a second edit of the same fix
				ps[n-1].Fix = append(ps[n-1].Fix, e)
				continue
			}
			ps = append(ps, schema.Problem{Fix: schema.Fix{e}})
		}
		out, done := schema.Mend(src, ps)
		size, any := len(src), false
		for i, p := range ps {
			for _, e := range p.Fix {
				if done[i] {
					size, any = size+len(e.Text)-(e.End-e.Start), true
				}
			}
		}
		if len(out) != size || !any && !bytes.Equal(out, src) {
			t.Errorf("%q becomes %q by %v of %+v", src, out, done, ps)
		}
		if len(ps) == 1 && len(ps[0].Fix) == 1 && !done[0] {
			t.Errorf("%+v of %q stays", ps, src)
		}
	})
}
