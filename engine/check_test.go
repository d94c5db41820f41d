package engine

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/check"
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
	toy := &platform.Platform{Name: "toy", Title: "Toy", Profile: platform.Profile{Markup: text.Plain{}, Thread: limit, BareLinks: true,
		Text: []platform.Limit{{Max: 60, Unit: text.Graphemes}},
		Tags: platform.TagProfile{Place: platform.InText, Best: platform.Limit{Max: 3}}, Media: platform.MediaProfile{Max: limit}}}
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
	write("media/IMG_2034.png", still.Bytes())
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

// pages is the web that a fixture has, or nil: each line a status, an address
// and where it sends its visitors. Nothing else is there.
func pages(t *testing.T, ar *txtar.Archive) http.RoundTripper {
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "web" })
	if i < 0 {
		return nil
	}
	m := web{}
	for line := range strings.Lines(string(ar.Files[i].Data)) {
		fields := append(strings.Fields(line), "")
		status, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		address, _, _ := strings.Cut(fields[1], "#")
		m[address] = http.Response{StatusCode: status, Header: http.Header{"Location": {fields[2]}}, Body: http.NoBody}
	}
	return m
}

// clock is the time that a fixture has, or nil.
func clock(t *testing.T, ar *txtar.Archive) func() time.Time {
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "now" })
	if i < 0 {
		return nil
	}
	now, err := time.Parse(time.RFC3339, strings.TrimSpace(string(ar.Files[i].Data)))
	if err != nil {
		t.Fatal(err)
	}
	return func() time.Time { return now }
}

type web map[string]http.Response

func (m web) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer, is := m[r.URL.String()]; is {
		return &answer, nil
	}
	return nil, &net.DNSError{Name: r.URL.Host, IsNotFound: true}
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
			e := New(platforms(), func(string) string { return "" }, "test")
			e.Web, e.Now = pages(t, ar), clock(t, ar)
			s, err := e.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if e.Web != nil {
				if err := s.Visit(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
			}
			var got strings.Builder
			for _, p := range s.Problems {
				got.WriteString(p.String() + "\n")
				if advice := slices.ContainsFunc(check.Advices(), func(a check.Advice) bool { return a.ID == p.Check }); p.Severity == schema.Warning && !advice {
					t.Errorf("%s warns and is not among the advices of package check", p.Check)
				}
			}
			area, rest, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txtar"), ".")
			what, _, _ := strings.Cut(rest, ".") // and the case
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
