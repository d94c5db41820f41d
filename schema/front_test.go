package schema_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/schema"
)

func TestSetFront(t *testing.T) {
	const at = "2027-01-05 10:00"
	for _, tt := range []struct{ name, src, want string }{
		{"changed", "---\npublish_at: 2027-01-04 08:30 # le matin\ntitle: é\n---\nOui.\n", "---\npublish_at: " + at + " # le matin\ntitle: é\n---\nOui.\n"},
		{"quoted", "---\npublish_at:   '2027-01-04 08:30'\n---\nOui.\n", "---\npublish_at:   " + at + "\n---\nOui.\n"},
		{"added", "---\ntitle: a\n# la fin\n---\nOui.\n", "---\ntitle: a\n# la fin\npublish_at: " + at + "\n---\nOui.\n"},
		{"added to nothing", "---\n---\nOui.\n", "---\npublish_at: " + at + "\n---\nOui.\n"},
		{"below a text", "---\nsummary: |\n  un\n  deux\n---\n", "---\nsummary: |\n  un\n  deux\npublish_at: " + at + "\n---\n"},
		{"without its pin", "---\npublish_at: next-slot conseil\npin: 2027-01-05 # le jour J\ntags: [a]\n---\n", "---\npublish_at: " + at + "\n# le jour J\ntags: [a]\n---\n"},
		{"the pin first", "---\npin: 2027-01-05\npublish_at: next-slot\n---\n", "---\npublish_at: " + at + "\n---\n"},
		{"as Windows has it", "\uFEFF---\r\ntitle: é\r\npin: 2027-01-05\r\n---\r\nOui.\r\n", "\uFEFF---\r\ntitle: é\r\npublish_at: " + at + "\r\n---\r\nOui.\r\n"},
		{"old ends of lines", "---\rtitle: é\r---\rOui.\r", "---\rtitle: é\rpublish_at: " + at + "\r---\rOui.\r"},
		{"in one line", "---\n{title: a, publish_at: next-slot}\n---\n", "---\n{title: a, publish_at: " + at + "}\n---\n"},
		{"in one line, and not there", "---\n{title: a}\n---\n", ""},
		{"in one line with a pin", "---\n{pin: 2027-01-05, publish_at: next-slot}\n---\n", ""},
		{"a list", "---\npublish_at: [a]\n---\n", ""},
		{"several lines", "---\npublish_at: >\n  next-slot\n---\n", ""},
		{"an anchor", "---\npublish_at: &a next-slot\nsummary: *a\n---\n", ""},
		{"no front matter", "Oui.\n", ""},
		{"never closed", "---\ntitle: a\n", ""},
	} {
		got, err := schema.SetFront("posts/a.md", []byte(tt.src), "publish_at", at, "pin")
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %q became %q, want %q (%v)", tt.name, tt.src, got, tt.want, err)
		}
	}
	if _, err := schema.SetFront("posts/a.md", []byte("---\n{title: a}\n---\n"), "publish_at", at); !errors.Is(err, schema.ErrLayout) {
		t.Errorf("what cannot be written ends with %v", err)
	}
}

// FuzzSetFront: what is written is read again, and the text below is as it was.
func FuzzSetFront(f *testing.F) {
	for _, s := range []string{"---\na: 1\n---\nx", "---\npublish_at: next-slot\npin: 2027-01-01 # é\n---\n", "\uFEFF---\r\na: |\r\n  b\r\n---\r\n", "---\n{publish_at: a}\n---\n", "---\npublish_at: &a x\nb: *a\n---\n", "---\n? publish_at\n: x\n---\n", "---\n\"publish_at\": x\n---\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		const at = "2027-01-05 10:00"
		out, err := schema.SetFront("posts/a.md", src, "publish_at", at, "pin")
		if err != nil {
			return
		}
		before, ps := schema.Clean("posts/a.md", src)
		after, more := schema.Clean("posts/a.md", out)
		if len(ps)+len(more) > 0 {
			t.Fatal(ps, more)
		}
		_, was, _ := schema.FrontMatter("posts/a.md", before)
		front, now, ps := schema.FrontMatter("posts/a.md", after)
		if len(ps) > 0 || !bytes.Equal(before[was:], after[now:]) || !strings.Contains(string(front.YAML), at) {
			t.Errorf("%q became %q", src, out)
		}
		if again, err := schema.SetFront("posts/a.md", out, "publish_at", at, "pin"); err != nil || !bytes.Equal(again, out) {
			t.Errorf("%q became %q, and then %q (%v)", src, out, again, err)
		}
	})
}
