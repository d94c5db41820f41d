package schema_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Each file of the fixture is laid out as the one of the same name with .want
// says; -update writes them.
func TestFormat(t *testing.T) {
	path := filepath.Join("testdata", "format", "format.txtar")
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for _, f := range ar.Files {
		if strings.HasSuffix(f.Name, ".want") {
			continue
		}
		got, ps, err := schema.FormatFile(kind(f.Name), f.Name, f.Data)
		switch {
		case err != nil:
			got = []byte(err.Error() + "\n")
		case len(ps) > 0:
			got = []byte(ps[0].String() + "\n")
		}
		if i := slices.IndexFunc(ar.Files, func(w txtar.File) bool { return w.Name == f.Name+".want" }); !*update && (i < 0 || !bytes.Equal(ar.Files[i].Data, got)) {
			t.Errorf("%s becomes\n%s", f.Name, got)
		}
		files = append(files, f, txtar.File{Name: f.Name + ".want", Data: got})
	}
	if ar.Files = files; *update {
		if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Line ends, the byte order mark and the body stay to the byte.
func TestFormatKeepsTheRest(t *testing.T) {
	const src = "\ufeff---\r\ntags:   [a,b]\r\ntitle: 'x'\r\n--- \t\r\nUn\r\n\r\n  deux\ntrois"
	const want = "\ufeff---\r\ntitle: x\r\ntags: [a, b]\r\n--- \t\r\nUn\r\n\r\n  deux\ntrois"
	for _, end := range []string{"\r\n", "\n", "\r"} {
		form := func(s string) string { return strings.ReplaceAll(s, "\r\n", end) }
		got, ps, err := schema.FormatFile("post", "a.md", []byte(form(src)))
		if string(got) != form(want) || len(ps) > 0 || err != nil {
			t.Errorf("%q, %v, %v", got, ps, err)
		}
	}
}

// FuzzFormat: the same is decoded before and after, every comment stays, and
// once is enough.
func FuzzFormat(f *testing.F) {
	seed(f, func(kind int, src []byte) {
		if _, body, ps := schema.FrontMatter("", src); len(ps) == 0 {
			src = bytes.TrimSuffix(bytes.TrimPrefix(src[:body], []byte("---\n")), []byte("---\n"))
		}
		f.Add(byte(kind), src)
	})
	if ar, err := txtar.ParseFile(filepath.Join("testdata", "format", "format.txtar")); err == nil {
		for _, file := range ar.Files {
			f.Add(byte(slices.Index(schema.Schemas(), kind(strings.TrimSuffix(file.Name, ".want")))), bytes.ReplaceAll(file.Data, []byte("---\n"), nil))
		}
	}
	f.Fuzz(func(t *testing.T, pick byte, src []byte) {
		name := schema.Schemas()[int(pick)%len(schema.Schemas())]
		src, ps := schema.Clean("a.yaml", src)
		if len(ps) > 0 {
			return
		}
		at := schema.Source{File: "a.yaml", YAML: src}
		out, ps, err := schema.Format(name, at)
		if len(ps) > 0 || err != nil {
			if out != nil || err != nil && !errors.Is(err, schema.ErrLayout) {
				t.Errorf("%q: %q, %v, %v", src, out, ps, err)
			}
			return
		}
		was, before := decodeAs(name, at)
		now, after := decodeAs(name, schema.Source{File: "a.yaml", YAML: out})
		if !reflect.DeepEqual(was, now) || !slices.Equal(said(before), said(after)) {
			t.Errorf("%q is laid out as %q, which says something else:\n%+v\n%+v\n%v\n%v", src, out, was, now, before, after)
		}
		again, ps, err := schema.Format(name, schema.Source{File: "a.yaml", YAML: out})
		if !bytes.Equal(again, out) || len(ps) > 0 || err != nil {
			t.Errorf("%q, and then %q, %v, %v", out, again, ps, err)
		}
	})
}

// said is what problems are about, wherever they stand.
func said(ps []schema.Problem) []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.Check)
	}
	slices.Sort(all)
	return all
}

// FuzzWritten: an edit of a text changes that text, and nothing else.
func FuzzWritten(f *testing.F) {
	for _, s := range []string{"title: Prix : 3\n", "title: \"a\\\"b\\u00e9 é\\\\\" # c\n", "title: 'l''eau'\n", "title: |\n    a\n\n     b\n  \n", "title: |2-\n    a\n", "{title: a b, tags: [x]}", "title: a\n  b\n", "title: >\n  a\n"} {
		f.Add([]byte(s), 2)
	}
	f.Fuzz(func(t *testing.T, src []byte, i int) {
		src, ps := schema.Clean("a.md", src)
		at := schema.Source{File: "a.md", YAML: src}
		was, bad := schema.Decode[schema.Post](at)
		text, ok := at.Written().Text("title")
		if len(ps)+len(bad) > 0 || !ok || !text.Sure() || i < 0 || i >= len(was.Title) {
			return
		}
		if i == 0 || !utf8.RuneStart(was.Title[i]) || was.Title[i] == '\n' || was.Title[i-1] == '\n' {
			return // no edit is made at the ends of lines
		}
		out := slices.Concat(src[:text.At(i)], []byte("\u202f"), src[text.At(i):])
		now, bad := schema.Decode[schema.Post](schema.Source{File: "a.md", YAML: out})
		was.Title = was.Title[:i] + "\u202f" + was.Title[i:]
		if len(bad) > 0 || !reflect.DeepEqual(was, now) {
			t.Errorf("%q becomes %q: %+v, not %+v, %v", src, out, now, was, bad)
		}
		if pos := text.PosAt(i); pos.Line < 1 || pos.Col < 1 {
			t.Errorf("%v", pos)
		}
	})
}
