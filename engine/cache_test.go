package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// With the cache, a workspace says and plans to the letter what it does
// without, whatever changed in between.
func TestCacheChangesNothing(t *testing.T) {
	ar := txtar.Parse([]byte(`-- posts/a.md --
---
publish_at: 2027-01-04 08:30
channels: [site, mastodon]
media: [{file: media/a.png, alt: Un}]
---
Bonjour @{ana} ![deux](media/b.gif)
-- posts/b.md --
---
publish_at: 2027-01-05 08:30
chanels: [site]
---
Bonsoir.
-- posts/d.md --
---
publish_at: 2027-01-05 08:30
channels: [mastodon]
---
Toujours les mêmes mots, sans https://dupain.example/ à la fin.
-- posts/e.md --
---
publish_at: 2027-01-06 08:30
channels: [mastodon]
---
Toujours les mêmes mots, sans https://dupain.example/ à la fin.
-- people.yaml --
version: 1
people: {ana: {name: Ana}}
`))
	dir := unpack(t, ar)
	now := time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC)
	says := func(key string) string {
		t.Helper()
		e := New(platforms(), func(string) string { return "" }, "test")
		e.CacheKey = []byte(key)
		s, err := e.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		p, _, err := s.Plan(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		var held []string
		for _, a := range p.Actions {
			held = append(held, a.Why)
		}
		return fmt.Sprintf("%v\n%+v\n%q", s.Problems, p.Actions[0].Steps, held)
	}
	change := func(name, text string) func() {
		return func() {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, step := range []func(){
		func() {},
		func() {},
		change("posts/b.md", "---\npublish_at: 2027-01-05 08:30\nchannels: [site]\n---\nBonsoir.\n"),
		change("people.yaml", "version: 1\npeople: {ana: {name: Ana Martin}}\n"),
		change("media/a.png", "no picture any more"),
		func() { os.Remove(filepath.Join(dir, "media", "b.gif")) },
		change("posts/c.md", "---\nid: a\npublish_at: 2027-01-05 08:30\nchannels: [site]\n---\nEncore.\n"),
		func() { os.Remove(filepath.Join(dir, "posts", "a.md")) },
		change("imprimatur.yaml", usual+"checks: {text/same: error}\n"),
		change("imprimatur.yaml", usual+"checks: {text/same: off, link/not-last: error}\n"),
		change("calendars/a.yaml", "version: 1\ncampaigns:\n  - {id: c, from: 2027-01-01, to: 2027-01-31, tags: [deux], hashtags: [trois]}\n"),
		change("posts/f.md", "---\npublish_at: 2027-01-05 08:30\nchannels: [mastodon]\ntags: [deux]\nlink: https://dupain.example/\nevergreen: {every: 9d, texts: [\"![x](media/c.gif) et de un\"]}\n---\nEncore une fois, et plus de trois mots.\n"),
		change("calendars/a.yaml", "version: 1\ncampaigns:\n  - {id: c, from: 2027-01-01, to: 2027-01-31, tags: [deux], hashtags: [quatre], utm: {source: s}}\n"),
		change("media/c.gif", "no picture any more"),
		change("moderation/POLICY.md", "## Mots\n"),
		change("moderation/lists/a.txt", "jours\n"),
		change("moderation/a.yaml", "version: 1\nkind: editorial\nlists: {a: {file: lists/a.txt}}\nrules: [{id: a, policy: mots, severity: error, expires: 2027-01-01 00:00, existence: {words: {list: a}}}]\n"),
		change("moderation/lists/a.txt", "mots\n"),
		change("moderation/a.yaml", "version: 1\nkind: editorial\nrules: [{id: a, policy: mots, severity: error, where: {channel: site}, existence: {words: {any: [encore]}}}]\n"),
		change("moderation/a.yaml", "version: 1\nkind: editorial\nrules: [{id: a, policy: mots}]\n"),
		change("moderation/a.yaml", "version: 1\nkind: community\n"),
		change(cacheFile, "garbage that is longer than a signature, but is none"),
	} {
		step()
		if got, want := says("key"), says(""); got != want {
			t.Errorf("step %d: cached\n%s\nfresh\n%s", i, got, want)
		}
		if got, want := says("key"), says(""); got != want {
			t.Errorf("step %d again: cached\n%s\nfresh\n%s", i, got, want)
		}
	}
}

// A cache that somebody else signed is not believed.
func TestForeignCacheIsNotBelieved(t *testing.T) {
	ar := txtar.Parse([]byte("-- posts/a.md --\n---\nchanels: [site]\n---\nBonjour.\n"))
	dir := unpack(t, ar)
	e := New(platforms(), func(string) string { return "" }, "test")
	e.CacheKey = []byte("attacker")
	s, err := e.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c := s.openCache(t.Context())
	for i, p := range s.Posts { // no problems at all
		c.next[i] = cached{File: p.File, Sum: p.Digest}
	}
	c.missed.Store(true)
	c.save(t.Context())
	s.Close()
	for want, key := range []string{"attacker", "ours"} { // as many problems are seen
		e.CacheKey = []byte(key)
		s, err := e.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Problems) != want {
			t.Errorf("with the key %q there are %d problems, want %d", key, len(s.Problems), want)
		}
		s.Close()
	}
}
