package check

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// tags checks the tags of the front matter, and how those in the text read.
func (c *Checker) tags(r *report) {
	takers := c.takers(r.post, func(o schema.Override) bool { return o.Tags != nil })
	look := func(list []string, path, key string) {
		strict, words := sterner(takers[path])
		seen := map[string]string{}
		for i, tag := range list {
			at := index(key, i)
			switch fault, id := badTag(tag, strict); {
			case fault != "":
				r.error(at, id, fault)
			case words:
				c.spell(r, tag, "", func() schema.Pos { return r.post.Source.At(at) })
			}
			plain := string(letters(tag))
			if first := seen[plain]; first != "" && first != tag {
				r.add(r.post.Source.At(at), schema.Warning, "tag/same", "readers and some platforms take "+tag+" and "+first+" for the same; keep the one your readers use")
			} else if first == "" {
				seen[plain] = tag
			}
		}
	}
	look(r.post.Front.Tags, "", "tags")
	for _, name := range slices.Sorted(maps.Keys(r.post.Front.Variants)) {
		look(r.post.Front.Variants[name].Tags, "variants."+name, "variants."+name+".tags")
	}
	for _, path := range texts(r.post) {
		doc, pos := c.textAt(r, path)
		for _, part := range doc.Parts {
			part.Spans(func(s text.Span) {
				if s.Role != text.Words || s.Style&text.Mono != 0 {
					return
				}
				for _, f := range text.Tags(s.Text) {
					c.spell(r, f.Value, "#", func() schema.Pos { return pos(s.At + f.Start) })
				}
			})
		}
	}
}

// sterner is the platform that lets a list of tags hold least: one that shows
// them as #words, or has a field with such a rule. It is nil where tags may be
// anything. Shown reports whether any writes #words.
func sterner(takers []*platform.Channel) (strict *platform.Platform, shown bool) {
	if len(takers) == 0 { // they may go anywhere yet
		return &platform.Platform{}, false
	}
	for _, ch := range takers {
		t := ch.Profile.Tags
		shown = shown || t.Place == platform.InText
		if strict == nil && (t.Place == platform.InText || !t.Free) {
			strict = ch.Platform
		}
	}
	return strict, shown
}

// badTag says what is wrong with a tag, and the check's id.
func badTag(tag string, strict *platform.Platform) (fault, id string) {
	switch {
	case strings.HasPrefix(tag, "#"):
		return "write the tag without #; it is added where a platform wants it", "tag/hash"
	case strict == nil:
		if strings.TrimSpace(tag) != tag || strings.ContainsAny(tag, ",<>") || strings.IndexFunc(tag, unicode.IsControl) >= 0 {
			return "a tag has no comma, < or >, and no blanks at its ends; write two tags for two things", "tag/signs"
		}
		return "", ""
	case strings.IndexFunc(tag, func(r rune) bool { return !text.TagRune(r) }) >= 0:
		on := ""
		if strict.Title != "" {
			on = " on " + strict.Title
		}
		return "the tag " + tag + " would end at its first blank or sign" + on + "; write it as one word of letters, digits and _", "tag/signs"
	case strings.IndexFunc(tag, unicode.IsLetter) < 0:
		return "platforms do not take a tag without a letter; add one", "tag/digits"
	}
	return "", ""
}

// letters is a tag or a word without case and accents, letter for letter.
func letters(s string) []rune {
	var out []rune
	for _, r := range norm.NFD.String(s) {
		if !accent(r) {
			out = append(out, unicode.ToLower(unicode.ToUpper(r))) // so that ı is i
		}
	}
	return out
}

// accent reports whether r is a mark that people leave out; those of other
// scripts make another word.
func accent(r rune) bool { return '\u0300' <= r && r <= '\u036f' }

// phrases are the words of a post, in order and as letters.
type phrases [][]rune

// phrases gathers all that a post says, but for its tags.
func (c *Checker) phrases(r *report) phrases {
	all := phrases{}
	add := func(s string) {
		if strings.IndexByte(s, '#') >= 0 {
			b := []byte(s)
			for _, f := range text.Tags(s) {
				copy(b[f.Start:f.End], strings.Repeat(" ", f.End-f.Start))
			}
			s = string(b)
		}
		for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !wordly(r) || r == '_' }) {
			all = append(all, letters(word))
		}
	}
	add(r.post.Front.Title)
	add(r.post.Front.Summary)
	for _, path := range texts(r.post) {
		doc, _ := c.textAt(r, path)
		for _, part := range doc.Parts {
			part.Spans(func(s text.Span) { add(s.Text) })
		}
	}
	return all
}

const (
	shortTag = 12  // letters; a shorter tag is still heard as words
	longTag  = 21  // letters; few words are that long in most languages
	mostTags = 100 // of one post are looked at
)

// spell warns of a tag that is several words in one, all lower case: a screen
// reader reads it as one. That it is several shows when the post says them,
// one after the other; no word is taken for several because it is long, unless
// it is longer than words are.
func (c *Checker) spell(r *report, tag, hash string, at func() schema.Pos) {
	const id = "tag/lower-case"
	lower := letters(tag)
	if len(lower) < shortTag || strings.IndexFunc(tag, unicode.IsLower) < 0 || strings.IndexFunc(tag, unicode.IsUpper) >= 0 || strings.Contains(tag, "_") {
		return
	}
	if r.spelled++; r.spelled > mostTags {
		return
	}
	if r.phrases == nil {
		r.phrases = c.phrases(r)
	}
	if camel := r.phrases.camel(tag, lower); camel != "" {
		if camel != tag {
			r.add(at(), schema.Warning, id, "a screen reader takes "+hash+tag+" for one word; write "+hash+camel)
		}
		return
	}
	compounds, _, _ := strings.Cut(r.post.Front.Lang, "-")
	if len(lower) >= longTag && !slices.Contains([]string{"da", "de", "et", "fi", "hu", "is", "nb", "nl", "nn", "no", "sv"}, compounds) {
		r.add(at(), schema.Warning, id, "a screen reader takes "+hash+tag+" for one word; if it is several, begin each with a capital, as in "+hash+"GaletteDesRois")
	}
}

// camel is a tag with a capital at each of the words it is made of, as the
// post says them; the tag itself where it is a word; or nothing.
func (ps phrases) camel(tag string, lower []rune) string {
	found := ""
	for i := range ps {
		rest, cuts := lower, map[int]bool{}
		for _, word := range ps[i:] {
			if len(word) > len(rest) || !slices.Equal(word, rest[:len(word)]) {
				break
			}
			cuts[len(lower)-len(rest)] = true
			if rest = rest[len(word):]; len(rest) == 0 {
				break
			}
		}
		switch {
		case len(rest) > 0:
		case len(cuts) == 1:
			return tag
		case found == "":
			n := -1
			found = norm.NFC.String(strings.Map(func(r rune) rune {
				if accent(r) {
					return r
				}
				if n++; cuts[n] {
					return unicode.ToUpper(r)
				}
				return r
			}, norm.NFD.String(tag)))
		}
	}
	return found
}
