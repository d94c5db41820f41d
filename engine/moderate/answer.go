package moderate

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// An Answer is a reply to write, from a template.
type Answer struct {
	Template string        `json:"template"`
	Lang     string        `json:"lang"`  // of the text that was chosen
	Every    time.Duration `json:"every"` // at most once in this time, in nanoseconds, to one author
}

// Values are what stands for the names in a template.
type Values struct {
	Author  string // the handle, as the platform mentions it
	Brand   string
	Channel string
}

// answerNames are the names in templates. What others wrote is not among them:
// we would say it in our own name.
var answerNames = []string{"author", "brand", "channel", "policy"}

// usualPace is how rarely the same author gets an answer, unless a rule says.
const usualPace = 24 * time.Hour

func (r *Rules) answer(rule *rule, lang string) *Answer {
	for _, also := range rule.Also {
		if also.Reply == nil {
			continue
		}
		a := &Answer{Template: also.Reply.Template, Lang: Und, Every: usualPace}
		if also.Reply.OncePer.In > 0 {
			a.Every = time.Duration(also.Reply.OncePer.In)
		}
		for _, tag := range slices.Sorted(maps.Keys(r.templates[a.Template])) {
			if speaks([]string{tag}, lang) && (a.Lang == Und || len(tag) > len(a.Lang)) {
				a.Lang = tag
			}
		}
		return a
	}
	return nil
}

// Text is the words of an answer; "" where a value is missing that they need.
func (r *Rules) Text(a *Answer, policy string, v Values) string {
	return r.templates[a.Template][a.Lang].Fill(func(name string) string {
		return plain(map[string]string{"author": v.Author, "brand": v.Brand, "channel": v.Channel, "policy": r.policy[policy]}[name])
	})
}

// plain is a value as it may stand in our own words: one line, not long.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 200 {
		return ""
	}
	return strings.TrimSpace(s)
}

// template checks the texts of one template.
func (c *compiler) template(f *workspace.RuleFile, path string, texts map[string]schema.Template) {
	wrong := func(at, what string) { c.problem(f.Source.At(at), "moderation/template", "%s", what) }
	if _, usual := texts[Und]; !usual {
		wrong(path, "the template has no text for languages that it does not name; write one under und")
	}
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		names, stray := texts[lang].Names()
		for _, name := range names {
			if !slices.Contains(answerNames, name) {
				wrong(path+"."+lang, schema.NotKnown("name", name, answerNames))
			}
		}
		if stray {
			wrong(path+"."+lang, "a brace that opens or closes no name; write names as in {author}")
		}
	}
}
