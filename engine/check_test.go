package engine

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var update = flag.Bool("update", false, "rewrite the expected output")

// usual is the workspace of a fixture that brings none: a channel of each kind.
const usual = `version: 1
brand: Dupain
language: fr
timezone: Europe/Paris
channels:
  site: {platform: site, url: "https://dupain.example/"}
  mastodon: {platform: mastodon, server: "https://mastodon.example", token: "${MASTODON_TOKEN}"}
  bluesky: {platform: bluesky, handle: dupain.example, app_password: "${BLUESKY_APP_PASSWORD}"}
`

// platforms are the real ones, and a toy with what none of them has.
func platforms() platform.Set {
	limit := platform.Limit{Max: 2}
	toy := &platform.Platform{Name: "toy", Title: "Toy", Profile: platform.Profile{Markup: text.Plain{}, Thread: limit, Media: platform.MediaProfile{Max: limit}}}
	return append(all.Platforms(), toy)
}

// unpack writes a fixture's files, with two pictures beside them.
func unpack(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("imprimatur.yaml", []byte(usual))
	var still, moving bytes.Buffer
	img := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	if err := png.Encode(&still, img); err != nil {
		t.Fatal(err)
	}
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{img, img}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	write("media/a.png", still.Bytes())
	write("media/a.gif", moving.Bytes())
	for _, other := range []string{"b", "c", "d"} { // the same pictures by other names
		write("media/"+other+".gif", append(moving.Bytes(), other...))
	}
	for _, f := range ar.Files {
		if f.Name != "want" {
			write(f.Name, f.Data)
		}
	}
	return dir
}

// Each check has a fixture that is named after it: what is wrong, and the
// problems that are reported. Read them aloud: each says what to do.
func TestChecks(t *testing.T) {
	files, err := filepath.Glob("testdata/checks/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := unpack(t, ar)
			if strings.HasPrefix(filepath.Base(file), "workspace.escape") {
				if err := os.Symlink(t.TempDir(), filepath.Join(dir, "posts", "away")); err != nil {
					t.Skip(err)
				}
			}
			s, err := New(platforms(), func(string) string { return "" }, "test").Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var got strings.Builder
			for _, p := range s.Problems {
				got.WriteString(p.String() + "\n")
			}
			area, what, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txtar"), ".")
			if !strings.Contains(got.String(), "["+area+"/"+what+"]") {
				t.Errorf("the check %s/%s does not fire:\n%s", area, what, &got)
			}
			for i := range ar.Files {
				if f := &ar.Files[i]; f.Name == "want" {
					if string(f.Data) != got.String() && !*update {
						t.Errorf("got\n%swant\n%s", &got, f.Data)
					}
					f.Data = []byte(got.String())
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Every check that the code can report has a fixture.
func TestEveryCheckHasAFixture(t *testing.T) {
	id := regexp.MustCompile(`"((?:channel|ledger|people|post|media|tag|text|person|time|warning|visibility|poll|thread|workspace)/[a-z-]+)"`)
	for _, dir := range []string{"check", "render", "text", "platform", "workspace"} {
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range sources {
			if strings.HasSuffix(src, "_test.go") {
				continue
			}
			code, err := os.ReadFile(src)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range id.FindAllStringSubmatch(string(code), -1) {
				if m[1] == "text/unknown" {
					continue // Markdown that the parser is not set up to find
				}
				fixture := filepath.Join("testdata", "checks", strings.Replace(m[1], "/", ".", 1)+".txtar")
				if _, err := os.Stat(fixture); err != nil {
					t.Errorf("%s reports %s, and %s is not there", src, m[1], fixture)
				}
			}
		}
	}
}

// A workspace that no check finds fault with has no problems at all.
func TestSoundWorkspace(t *testing.T) {
	ar := txtar.Parse([]byte(`-- posts/a.md --
---
title: Bonjour
publish_at: 2027-01-04 08:30
channels: [site, mastodon, bluesky]
tags: [galette]
media: [{file: media/a.png, alt: "Rien du tout"}]
---
Bonjour <!-- à relire --> **tout le monde**.
`))
	s, err := New(platforms(), func(string) string { return "" }, "test").Open(t.Context(), unpack(t, ar))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Problems) > 0 || schema.Errors(s.Problems) {
		t.Errorf("problems: %v", s.Problems)
	}
}
