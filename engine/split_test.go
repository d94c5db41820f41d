package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/render"
)

// A long text as a thread on each channel, to be read: testdata/split/*.txt.
func TestSplit(t *testing.T) {
	src, err := os.ReadFile("testdata/split/levain.md")
	if err != nil {
		t.Fatal(err)
	}
	ar := txtar.Parse([]byte(`-- people.yaml --
version: 1
people:
  ana: {name: Ana Martin, mastodon: "@ana@photo.example", bluesky: ana.example}
-- imprimatur.yaml --
version: 1
brand: Dupain
channels:
  bluesky: {platform: bluesky, split: true, handle: dupain.example, app_password: "${BLUESKY_APP_PASSWORD}"}
  bluesky-numbered: {platform: bluesky, split: true, numbered: true, handle: dupain.example, app_password: "${BLUESKY_APP_PASSWORD}"}
  mastodon: {platform: mastodon, split: true, server: "https://mastodon.example", token: "${MASTODON_TOKEN}"}
  mastodon-numbered: {platform: mastodon, split: true, numbered: true, server: "https://mastodon.example", token: "${MASTODON_TOKEN}"}
`))
	ar.Files = append(ar.Files, txtar.File{Name: "posts/levain.md", Data: src})
	s, err := New(platforms(), func(string) string { return "" }, "test").Open(t.Context(), unpack(t, ar))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Problems) > 0 {
		t.Fatal(s.Problems)
	}
	for i, c := range s.Channels {
		var got strings.Builder
		v, _ := s.Render(s.Posts[0], c)
		for i, p := range v.Parts {
			size := render.Measure(&p, &c.Profile)[0]
			fmt.Fprintf(&got, "[%d/%d: %d of %d %s", i+1, len(v.Parts), size.Length, size.Limit, size.Unit)
			for _, m := range p.Media {
				got.WriteString(", with " + m.File)
			}
			if p.Link != "" {
				got.WriteString(", a card of " + p.Link)
			}
			got.WriteString("]\n" + p.Text + "\n\n")
		}
		if on := s.results[0].Channels[i]; on.Name != c.Name || fmt.Sprint(on.Digests) != fmt.Sprint(v.Digests) {
			t.Errorf("the plan has other parts on %s than are rendered", c.Name)
		}
		file := filepath.Join("testdata", "split", c.Name+".txt")
		want, _ := os.ReadFile(file)
		if got.String() == string(want) {
			continue
		}
		if !*update {
			t.Errorf("%s: got\n%s", file, &got)
		} else if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
