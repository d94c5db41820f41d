package schema_test

import (
	"testing"

	"github.com/imprimatur-ci/imprimatur/schema"
)

func TestAt(t *testing.T) {
	src := schema.Source{File: "imprimatur.yaml", Line: 1, YAML: []byte(`été: 1
channels:
  blog: {platform: site, url: x}
  my.site:
    platform: site
media:
  - file: é
    alt: b
  - {file: c, alt: d}
`)}
	for path, want := range map[string]string{
		"":                          "2:1",
		"été":                       "2:6",
		"channels":                  "4:3",
		"channels.blog":             "4:9",
		"channels.blog.url":         "4:31",
		"channels.blog.token":       "4:9",
		"channels.my.site.platform": "6:15",
		"channels.no.token":         "4:3",
		"media[0].alt":              "9:10",
		"media[1]":                  "10:5",
		"media[1].alt":              "10:20",
		"media[1].focus[0]":         "10:5",
		"media[7].alt":              "8:3",
		"nothing.at.all":            "2:1",
	} {
		if got := src.At(path); got.String() != "imprimatur.yaml:"+want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"channels":              "3:1",
		"channels.blog":         "4:3",
		"channels.blog.url":     "4:26",
		"channels.my.site":      "5:3",
		"channels.my.site.none": "",
		"media[1].alt":          "10:15",
		"brand":                 "",
	} {
		got, ok := src.KeyAt(path)
		if ok != (want != "") || ok && got.String() != "imprimatur.yaml:"+want {
			t.Errorf("the key of %s is at %s, %v, want %s", path, got, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"title", "tags", "publish_at", "variants"}
	for word, want := range map[string]string{
		"titel": "title", "Title": "title", "publishat": "publish_at", "tag": "tags", "variant": "variants",
		"colour": "", "x": "", "": "", "été": "",
	} {
		if got := schema.Nearest(word, known); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	if got, want := schema.NotKnown("channel", "blgo", nil), `unknown channel "blgo"; there is none yet`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSetTop(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"a: 1\n", "a: 1\nledger: git\n"},
		{"a: 1", "a: 1\nledger: git\n"},
		{"# é\nledger: .imprimatur/ledger  # where?\nb: 2\n", "# é\nledger: git  # where?\nb: 2\n"},
		{"ledger: 'a b'\r\nb: 2\r\n", "ledger: git\r\nb: 2\r\n"},
		{"{a: é, ledger: \"x\", b: 1}\n", "{a: é, ledger: git, b: 1}\n"},
		{"ledger: [a]\n", ""},
		{"ledger: >\n  a\n", ""},
		{"- a\n", ""},
		{"a: {ledger: x}\n", "a: {ledger: x}\nledger: git\n"},
	} {
		got, err := schema.SetTop([]byte(tt.src), "ledger", "git")
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q became %q, want %q (%v)", tt.src, got, tt.want, err)
		}
	}
}
