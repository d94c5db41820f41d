// Package pack owns the rules to begin with: for a crisis, contests,
// partnerships, accessibility and typography, in French and in English. They
// are checklists, not legal advice, and each says what it stands on.
package pack

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed fr en
var files embed.FS

// Languages are those that packs are written in.
func Languages() []string { return []string{"en", "fr"} }

// Names lists the packs.
func Names() []string {
	return []string{"accessibility", "contest", "crisis", "disclosure", "typography"}
}

// also is what people call packs too.
func also(name string) string {
	switch strings.ToLower(name) {
	case "crise":
		return "crisis"
	case "jeu-concours", "jeux-concours", "concours", "jeu", "giveaway":
		return "contest"
	case "influence", "influenceurs", "influencers", "partenariats", "partnerships", "mention":
		return "disclosure"
	case "accessibilité", "accessibilite":
		return "accessibility"
	case "typographie":
		return "typography"
	}
	return name
}

// A Pack is some rules with what they need.
type Pack struct {
	Name, Lang string
	Rules      string            // of moderation/NAME.yaml
	Lists      map[string]string // by their names below moderation
	Policy     string            // what POLICY.md says of them: one heading, and text
}

// Get is the pack of a name, in a language: that of a BCP 47 tag where there
// is one, else English.
func Get(name, lang string) (Pack, bool) {
	p := Pack{Name: also(name), Lang: "en", Lists: map[string]string{}}
	if !slices.Contains(Names(), p.Name) {
		return p, false
	}
	if short, _, _ := strings.Cut(strings.ToLower(lang), "-"); slices.Contains(Languages(), short) {
		p.Lang = short
	}
	p.Rules, p.Policy = read(p.Lang, p.Name+".yaml"), read(p.Lang, p.Name+".md")
	lists, _ := fs.ReadDir(files, path.Join(p.Lang, "lists")) // it is in the program
	for _, l := range lists {
		if file := "lists/" + l.Name(); strings.Contains(p.Rules, file) {
			p.Lists[file] = read(p.Lang, file)
		}
	}
	return p, true
}

func read(lang, name string) string {
	src, _ := files.ReadFile(path.Join(lang, name)) // it is in the program
	return string(src)
}
