package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// However a file is written, mending changes its spaces, to the byte nothing
// else, and once is enough.
func TestMend(t *testing.T) {
	const post = `---
title: "L'heure : \"oui !\" \\ ?" # non !
summary: 'L''attente : finie !'
warning: Attention !
poll: {options: [Oui !, "Non !"], open: 3d}
media: [{file: media/a.png, alt: "Quoi ?"}]
variants:
  mastodon:
    text: |

      « Un » ; **deux**!

        trois:
      <!-- ! --> quatre !
    title: une longue
      ligne !
  site: {lang: en, title: "Now !", text: Now !}
  bluesky:
    text: >
      folded !
    summary: "deux\nlignes !"
---
Elle est là! «Non», <b !> et ` + "`a !`" + ` : oui ?

---

- Deux ; trois&nbsp;!`
	strip := func(src []byte) string {
		return strings.Map(func(r rune) rune {
			if r != '\n' && r != '\r' && unicode.IsSpace(r) {
				return -1
			}
			return r
		}, string(src))
	}
	for name, form := range map[string]*strings.Replacer{
		"plain": strings.NewReplacer(), "windows": strings.NewReplacer("\n", "\r\n"), "mac": strings.NewReplacer("\n", "\r"),
		"mark": strings.NewReplacer("---\ntitle", "\ufeff---\r\ntitle"),
	} {
		src := []byte(form.Replace(post))
		ar := txtar.Parse(nil)
		ar.Files = []txtar.File{{Name: "posts/a.md", Data: src}}
		dir := unpack(t, ar)
		e := New(platforms(), func(string) string { return "" }, "test")
		e.CacheKey = []byte("key")
		for round := range 2 {
			s, err := e.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time from the cache
				s.Close()
				if s, err = e.Open(t.Context(), dir); err != nil {
					t.Fatal(err)
				}
			}
			now, mended, err := e.Mend(t.Context(), s)
			if err != nil || (len(mended) > 0) != (round == 0) {
				t.Errorf("%s: round %d: %v, %v", name, round, mended, err)
			}
			left := 0
			for _, p := range now.Problems {
				if len(p.Fix) > 0 {
					t.Errorf("%s: %v can be mended, and was not", name, p)
				}
				if p.Check == "text/french-spacing" {
					left++
				}
			}
			if left != 2 { // the folded text and the title of two lines are the author's to mend
				t.Errorf("%s: %d are left: %v", name, left, now.Problems)
			}
			s.Close()
			now.Close()
		}
		out, err := os.ReadFile(filepath.Join(dir, "posts", "a.md"))
		if err != nil {
			t.Fatal(err)
		}
		if strip(out) != strip(src) || bytes.Count(out, []byte("\u202f")) < 12 || schema.Before(out).At(0) != schema.Before(src).At(0) {
			t.Errorf("%s: %q", name, out)
		}
	}
}
