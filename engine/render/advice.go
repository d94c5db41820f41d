package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// advice is what a good editor would say who knows the platform. Doc is the
// text as the author wrote it, parts are what becomes of it.
func (j *job) advice(doc text.Doc, parts []platform.Part) {
	j.rewarded(doc)
	j.repeated(doc)
	for i := range doc.Parts {
		if len(parts[i].Media) == 0 && parts[i].Poll == nil { // they take the card's place
			j.cards(doc.Parts[i], i == 0)
		}
	}
}

func (j *job) advise(at schema.Pos, check, what string) {
	j.problems = append(j.problems, schema.Problem{Pos: at, Check: check, Severity: schema.Warning, Text: what})
}

// rewarded counts the tags, wherever they stand.
func (j *job) rewarded(doc text.Doc) {
	best := j.profile.Tags.Best.Max
	if best == 0 {
		return
	}
	tags := map[string]bool{}
	if j.profile.Tags.Place != platform.Nowhere {
		for _, t := range j.say.Tags {
			tags[strings.ToLower(t)] = true
		}
	}
	for _, p := range doc.Parts {
		p.Spans(func(s text.Span) {
			if s.Role == text.Words && s.Link == "" && s.Style&text.Mono == 0 {
				for _, t := range text.Tags(s.Text) {
					tags[strings.ToLower(t.Value)] = true
				}
			}
		})
	}
	if len(tags) > best {
		at := j.post.Start()
		if len(j.say.Tags) > 0 {
			at = j.at("tags")
		}
		j.advise(at, "tag/more-than-rewarded", fmt.Sprintf("%s shows a post with more than %d tags to fewer people, and this has %d; keep the best, or choose them in variants.%s.tags",
			j.c.Platform.Title, best, len(tags), j.c.Name))
	}
}

// repeated looks for the title in the first line below it.
func (j *job) repeated(doc text.Doc) {
	if j.profile.Title.Place == platform.Nowhere || j.say.Title == "" || len(doc.Parts) == 0 || len(doc.Parts[0].Blocks) == 0 {
		return
	}
	first := doc.Parts[0].Blocks[0]
	var line strings.Builder
	for _, s := range first.Spans {
		if s.Role == text.Break {
			break
		}
		if s.Role != text.Image {
			line.WriteString(s.Text)
		}
	}
	if sameWords(line.String(), j.say.Title) {
		j.advise(j.textAt(first.At), "title/repeats-first-line", "the text begins with its own title, and both are shown; begin with something new, or leave the line out")
	}
}

// sameWords reports whether two lines differ in signs and capitals only.
func sameWords(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if wordRune(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	a = bare(a)
	return a != "" && a == bare(b)
}

// cards looks at the addresses of a part where the platform shows a card:
// which one it is of, and whether anything is said behind it.
func (j *job) cards(p text.Part, head bool) {
	var at []text.Span // each address
	behind := false
	p.Spans(func(s text.Span) {
		switch {
		case web(s.Link) && s.Role != text.Image:
			if len(at) == 0 || at[len(at)-1].Link != s.Link { // one link may have words in several styles
				at = append(at, s)
			}
			behind = false
		case s.Role == text.Person, s.Role == text.Words && says(s.Text):
			behind = true
		}
	})
	if len(at) == 0 {
		return
	}
	name, shows := j.c.Platform.Title, j.profile.Cards.Max
	if link := j.say.Link; head && link != "" {
		n := slices.IndexFunc(at, func(s text.Span) bool { return s.Link == link })
		switch {
		case j.profile.Link == platform.Card: // it is of that link, and no other
			shows = 0
			if n >= 0 {
				shows = 1
			}
		case j.profile.Link == platform.InText && shows > 0 && (n < 0 && len(at) >= shows || n >= shows):
			j.advise(j.at("link"), "link/other-card", fmt.Sprintf("%s shows a card of the first address in the text, which is %s and not this one; take that out in variants.%s.text, or write this one before it",
				name, at[0].Link, j.c.Name))
			return
		}
	}
	if shows > 0 && len(at) == 1 && at[0].Role == text.URL && behind {
		j.advise(j.textAt(at[0].At), "link/not-last", name+" shows a card of this address below the text, so that the words behind it come between the two; put the address last")
	}
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// says reports whether there are words in s besides tags, which people put
// behind everything.
func says(s string) bool {
	for word := range strings.FieldsSeq(s) {
		if !strings.HasPrefix(word, "#") && strings.IndexFunc(word, wordRune) >= 0 {
			return true
		}
	}
	return false
}
