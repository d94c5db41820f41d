package schema_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// seed gives every file of the fixtures to a fuzz target.
func seed(f *testing.F, add func(kind int, src []byte)) {
	for _, fixture := range fixtures(f) {
		for _, file := range fixture.files {
			for i, name := range schema.Schemas() {
				if name == kind(file.Name) {
					add(i, file.Data)
				}
			}
		}
	}
}

// FuzzDecode: no panic, every problem has a place in the file, and the JSON
// Schema agrees.
func FuzzDecode(f *testing.F) {
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range schema.Schemas() {
		schemas[name] = compile(f, name, nil)
	}
	seed(f, func(kind int, src []byte) {
		if _, body, ps := schema.FrontMatter("", src); len(ps) == 0 {
			src = bytes.TrimSuffix(bytes.TrimPrefix(src[:body], []byte("---\n")), []byte("---\n"))
		}
		f.Add(byte(kind), byte(1), src)
	})
	f.Fuzz(func(t *testing.T, pick, line byte, src []byte) {
		name := schema.Schemas()[int(pick)%len(schema.Schemas())]
		if raw := (schema.Source{File: "a.yaml", YAML: src}); !utf8.Valid(src) {
			_, _ = decodeAs(name, raw) // what Clean refuses does no harm either
		}
		src, ps := schema.Clean("a.yaml", src)
		if len(ps) > 0 {
			return
		}
		at := schema.Source{File: "a.yaml", YAML: src, Line: int(line)}
		v, ps := decodeAs(name, at)
		above := bytes.Repeat([]byte("\n"), int(line))
		for _, p := range ps {
			if p.Line <= int(line) {
				t.Errorf("%v is above the YAML", p)
			}
			inside(t, append(above, src...), p)
		}
		if _, again := decodeAs(name, at); len(again) != len(ps) {
			t.Errorf("problems %v and then %v", ps, again)
		}
		agree(t, schemas[name], name, at)
		if post, ok := v.(schema.Post); ok && len(ps) == 0 {
			if len(post.ID) > 0 && utf8.RuneCountInString(post.ID) > 200 {
				t.Error("an id that is too long is accepted")
			}
		}
		at.At(strings.TrimSpace(string(src)))
		at.KeyAt(strings.TrimSpace(string(src)))
	})
}

// FuzzFrontMatter: the settings and the body are parts of the post, in place.
func FuzzFrontMatter(f *testing.F) {
	seed(f, func(_ int, src []byte) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src []byte) {
		clean, ps := schema.Clean("a.md", src)
		for _, p := range ps {
			inside(t, src, p)
		}
		if len(ps) > 0 {
			return
		}
		front, body, ps := schema.FrontMatter("a.md", clean)
		for _, p := range ps {
			inside(t, clean, p)
		}
		if len(ps) > 0 {
			if body != 0 || front.YAML != nil {
				t.Error("problems, and parts all the same")
			}
			return
		}
		lines := bytes.Split(clean, []byte("\n"))
		n := bytes.Count(front.YAML, []byte("\n"))
		if !bytes.Equal(bytes.Join(lines[front.Line:front.Line+n], []byte("\n")), bytes.TrimSuffix(front.YAML, []byte("\n"))) {
			t.Errorf("the settings are not at line %d", front.Line)
		}
		if !bytes.HasPrefix(lines[front.Line+n], []byte("---")) || !bytes.HasSuffix(clean, clean[body:]) || body < len(front.YAML)+6 {
			t.Errorf("the body begins at %d of %q", body, clean)
		}
	})
}

// FuzzClean: what comes out is text with one kind of line end, and as it is
// when it goes in again.
func FuzzClean(f *testing.F) {
	seed(f, func(_ int, src []byte) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src []byte) {
		out, ps := schema.Clean("a.md", bytes.Clone(src))
		for _, p := range ps {
			inside(t, src, p)
		}
		if len(ps) > 0 {
			return
		}
		if !utf8.Valid(out) || bytes.ContainsAny(out, "\r\x00") {
			t.Errorf("%q", out)
		}
		if again, ps := schema.Clean("a.md", out); !bytes.HasPrefix(out, []byte("\ufeff")) && (len(ps) > 0 || !bytes.Equal(again, out)) {
			t.Errorf("%q, and then %q", out, again)
		}
	})
}

// FuzzTime: what is accepted is the moment that is written.
func FuzzTime(f *testing.F) {
	for _, s := range others {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := schema.ParseTime(s)
		if err != nil {
			if !got.IsZero() || err.Error() == "" {
				t.Errorf("%q: %v, %v", s, got, err)
			}
			return
		}
		if got.IsZero() || !strings.HasPrefix(got.Wall.Format("2006-01-02"), s[:10]) {
			t.Errorf("%q is %v", s, got.Wall)
		}
		layout := "2006-01-02T15:04:05.999999999"
		if got.Zoned {
			layout = time.RFC3339Nano
		} else if got.Wall.Location() != time.UTC {
			t.Errorf("%q has a zone", s)
		}
		again, err := schema.ParseTime(got.Wall.Format(layout))
		if err != nil || !again.Wall.Equal(got.Wall) || again.Zoned != got.Zoned {
			t.Errorf("%q is %v, and then %v, %v", s, got, again, err)
		}
	})
}

// FuzzDuration: what is accepted is written back as the same length.
func FuzzDuration(f *testing.F) {
	for _, s := range others {
		f.Add(s)
	}
	read := func(s string) (time.Duration, bool) {
		src := schema.Source{File: "a.md", YAML: []byte("late: {policy: skip, after: " + s + "}\n")}
		v, ps := schema.Decode[schema.Post](src)
		if len(ps) > 0 || v.Late == nil {
			return 0, false
		}
		return time.Duration(v.Late.After), true
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "{},\n\r#\x00") || !utf8.ValidString(s) {
			return
		}
		got, ok := read(s)
		if !ok {
			return
		}
		if got <= 0 {
			t.Fatalf("%q is %v", s, got)
		}
		if std, err := time.ParseDuration(strings.Trim(strings.ReplaceAll(s, " ", ""), `"'`)); err == nil && std != got {
			t.Errorf("%q is %v, not %v", s, got, std)
		}
		if again, ok := read(schema.Duration(got).String()); got < 9999*24*time.Hour && (!ok || again != got) {
			t.Errorf("%q is %v, and then %v", s, got, again)
		}
	})
}
