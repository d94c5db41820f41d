package render

import (
	"hash/fnv"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// fewWords say too little to be the same but by chance: Merci à tous.
const fewWords = 3

// Words is a number for what a post says on a channel: the same, in every run,
// for texts and links that differ in signs, blanks and capitals only. It is 0
// for a text of too few words to compare.
func (r *Renderer) Words(post *workspace.Post, c *platform.Channel) uint64 {
	j := job{Renderer: r, post: post, c: c, profile: &c.Profile, say: voice(post, c)}
	hash := fnv.New64a()
	words, inside := 0, false
	var buf []byte
	add := func(s string) {
		buf = buf[:0]
		for _, r := range s {
			if !wordRune(r) {
				inside = false
				continue
			}
			if !inside {
				words, inside = words+1, true
			}
			buf = utf8.AppendRune(buf, unicode.ToLower(r))
		}
		_, _ = hash.Write(buf)
	}
	last := ""
	for _, p := range j.doc().Parts {
		p.Walk(func(b text.Block) {
			inside = false
			for _, s := range b.Spans {
				if s.Role == text.Break {
					inside = false
				} else if s.Role != text.Image {
					add(s.Text)
				}
				if s.Link != last && s.Role == text.Words {
					add(s.Link)
				}
				last = s.Link
			}
		})
	}
	if words <= fewWords {
		return 0
	}
	add(j.say.Link)
	return hash.Sum64()
}
