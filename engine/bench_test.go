//go:build unix

package engine

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	gtext "github.com/yuin/goldmark/text"

	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// generate writes a workspace of n posts on six channels: about 600 bytes of
// text with three links, two tags and one picture each.
func generate(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	write := func(name string, src []byte) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, src, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write("imprimatur.yaml", []byte(`version: 1
brand: Bench
language: en
timezone: Europe/Paris
channels:
  site: {platform: site, url: "https://bench.example/"}
  news: {platform: site, url: "https://news.example/", directory: news}
  one: {platform: mastodon, server: "https://one.example", token: "${ONE}"}
  two: {platform: mastodon, server: "https://two.example", token: "${TWO}"}
  sky: {platform: bluesky, handle: a.example, app_password: "${SKY}"}
  dusk: {platform: bluesky, handle: b.example, app_password: "${DUSK}"}
`))
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	img.Set(0, 0, color.White)
	var pic bytes.Buffer
	if err := jpeg.Encode(&pic, img, nil); err != nil {
		tb.Fatal(err)
	}
	for i := range 50 {
		write(fmt.Sprintf("media/%d.jpg", i), append(pic.Bytes(), byte(i)))
	}
	const words = "A short line about what we baked this morning and why it matters to the people who come by before work. "
	for i := range n {
		write(fmt.Sprintf("posts/%d/%05d.md", 2020+i%7, i), fmt.Appendf(nil, `---
title: Post number %d
publish_at: 2099-01-04 08:30
channels: [site, news, one, two, sky, dusk]
campaign: bench
lang: en
tags: [galette, epiphanie%d]
link: https://bench.example/%d
media:
  - {file: media/%d.jpg, alt: "A golden galette, cut into eight", focus: [0, 0.3]}
---
%s**Number %d** is here: [the recipe](https://bench.example/recipe/%d). %s

---

%s

Read https://bench.example/a/%d and [come by](https://bench.example/map). #bakery
`, i, i%20, i, i%50, words, i, i, words[:60], words+words[:60], i))
	}
	return dir
}

var sizes = []int{1000, 10_000}

// cpu is the processor time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// readAndParse reads the same files and parses their Markdown with goldmark alone:
// what everything else is compared with.
func readAndParse(tb testing.TB, dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	var files []string
	filepath.WalkDir(filepath.Join(dir, "posts"), func(name string, e os.DirEntry, err error) error {
		if !e.IsDir() {
			files = append(files, name)
		}
		return err
	})
	parser := goldmark.DefaultParser()
	err = workspace.Each(context.Background(), len(files), func(i int) error {
		src, err := os.ReadFile(files[i])
		if err == nil {
			_, body, _ := schema.FrontMatter("", src)
			parser.Parse(gtext.NewReader(src[body:]))
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func benchEngine() *Engine {
	e := New(all.Platforms(), func(string) string { return "" }, "bench")
	e.CacheKey = []byte("bench")
	return e
}

// openAndPlan opens and plans the workspace once.
func openAndPlan(tb testing.TB, e *Engine, dir string, at time.Time) plan.Plan {
	s, err := e.Open(context.Background(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	defer s.Close()
	p, _, err := s.Plan(context.Background(), at)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// BenchmarkPlan reports load, check, render and plan of a whole workspace: its
// processor time as a multiple of merely reading the files and parsing their
// Markdown, measured in turn in the same run; cold and from the cache.
func BenchmarkPlan(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program runs
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(110 << 20))
	for _, n := range sizes {
		for _, warm := range []bool{false, true} {
			b.Run(fmt.Sprintf("posts=%d/cached=%v", n, warm), func(b *testing.B) {
				dir := generate(b, n)
				e := benchEngine()
				if !warm {
					e.CacheKey = nil
				}
				at := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
				var base, full time.Duration
				b.ReportAllocs()
				if warm {
					openAndPlan(b, e, dir, at)
				}
				for b.Loop() {
					b.StopTimer()
					t := cpu()
					readAndParse(b, dir)
					base += cpu() - t
					runtime.GC()
					b.StartTimer()
					t = cpu()
					if p := openAndPlan(b, e, dir, at); p.Count(plan.Wait) != 6*n {
						b.Fatalf("%s", p.Refused)
					}
					full += cpu() - t
				}
				b.ReportMetric(float64(full)/float64(base), "cpu/floor")
				b.ReportMetric(float64(full.Nanoseconds())/float64(b.N)/float64(n), "cpu-ns/post")
				b.ReportMetric(0, "ns/op")
				var u syscall.Rusage
				syscall.Getrusage(syscall.RUSAGE_SELF, &u)
				b.ReportMetric(float64(u.Maxrss)/1024, "peak-MB")
			})
		}
	}
}

// BenchmarkStages reports where the time goes.
func BenchmarkStages(b *testing.B) {
	const n = 1000
	dir := generate(b, n)
	e := benchEngine()
	root, err := os.OpenRoot(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			w, err := workspace.Load(context.Background(), root)
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range w.Posts {
				w.Decode(p)
			}
		}
		perPost(b, n)
	})
	s, err := e.Open(context.Background(), dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("check", func(b *testing.B) {
		c := &check.Checker{Workspace: s.Workspace, Parser: e.parser, Channels: s.Channels}
		for b.Loop() {
			for _, p := range s.Posts {
				c.Post(p)
				p.Release()
			}
		}
		perPost(b, n)
	})
	b.Run("render", func(b *testing.B) {
		for b.Loop() {
			for _, p := range s.Posts {
				for _, c := range s.Channels {
					s.Render(p, c)
				}
			}
		}
		perPost(b, n)
	})
	b.Run("plan", func(b *testing.B) {
		l := ledger.New()
		for b.Loop() {
			plan.Make(plan.Input{Wishes: s.wishes(), Ledger: l, Now: time.Unix(0, 0), Channels: s.Channels})
		}
		perPost(b, n)
	})
}

func perPost(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/post")
}

// BenchmarkEditorial opens ten thousand posts without rules for our own posts,
// with two hundred terms in eighty of them, and with those and what counts
// words, tags, emoji and syllables; it reports how much more time the processor
// takes.
func BenchmarkEditorial(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program runs
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(110 << 20))
	const n = 10_000
	plain, ruled, all := generate(b, n), generate(b, n), generate(b, n)
	var rules bytes.Buffer
	rules.WriteString("version: 1\nkind: editorial\nrules:\n")
	for i := range 20 {
		fmt.Fprintf(&rules, "  - {id: e%d, policy: p, severity: error, existence: {words: {any: [ban%[1]d, a ban%[1]d phrase, prefix%[1]d*, '#tag%[1]d']}}}\n", i)
		fmt.Fprintf(&rules, "  - {id: s%d, policy: p, severity: warning, substitution: {swap: {bad%[1]d: good, worse%[1]d: good, worst%[1]d: good}}}\n", i)
		fmt.Fprintf(&rules, "  - {id: c%d, policy: p, severity: warning, conditional: {if: {words: {any: [if%[1]d]}}, then: {words: {any: [then%[1]d]}}}}\n", i)
		fmt.Fprintf(&rules, "  - {id: k%d, policy: p, severity: warning, consistency: {either: [one%[1]d, two%[1]d]}}\n", i)
	}
	const counting = `  - {id: o1, policy: p, severity: warning, occurrence: {of: emoji, at_most: 3}}
  - {id: o2, policy: p, severity: warning, occurrence: {of: hashtags, at_most: 5}}
  - {id: r, policy: p, severity: warning, repetition: {of: words}}
  - {id: x, policy: p, severity: warning, readability: {ease: 1, words_per_sentence: 90}}
`
	for name, src := range map[string]string{ruled + "/a.yaml": rules.String(), all + "/a.yaml": rules.String() + counting, ruled + "/POLICY.md": "## P\n", all + "/POLICY.md": "## P\n"} {
		name = filepath.Join(filepath.Dir(name), workspace.ModerationDir, filepath.Base(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(src), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	e := benchEngine()
	e.CacheKey = nil
	open := func(dir string) time.Duration {
		runtime.GC()
		t := cpu()
		s, err := e.Open(context.Background(), dir)
		if err != nil {
			b.Fatal(err)
		}
		t = cpu() - t
		if s.Broken || schema.Errors(s.Problems) {
			b.Fatal(s.Problems[0])
		}
		_ = s.Close()
		return t
	}
	var without, terms, counts time.Duration
	for b.Loop() {
		without += open(plain)
		terms += open(ruled)
		counts += open(all)
	}
	b.ReportMetric(float64(terms)/float64(without), "terms/without")
	b.ReportMetric(float64(counts)/float64(without), "all/without")
	b.ReportMetric(0, "ns/op")
}
