// Package email describes letters to a list of people, whatever sends them.
// There is no connector yet: posts are handed to a person.
package email

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Platform is e-mail. No letter is refused for its length, but a long one is
// cut in some programs: Gmail hides what comes after about 102 KB of HTML.
var Platform = &platform.Platform{
	Name:  "email",
	Title: "E-mail",
	Docs:  "https://www.rfc-editor.org/rfc/rfc5322",
	Profile: platform.Profile{
		Markup:  text.Mail{},
		Paste:   text.Plain{},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true}, // the subject
		Tags:    platform.TagProfile{},
		Link:    platform.InText,
		People:  platform.PageLink,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit},
		},
	},
	Fields: []platform.Field{
		platform.AccountField("bonjour@dupain.example"),
		{Name: "list", Help: "the list or newsletter that gets it", Example: "Les amis du fournil", Required: true},
	},
}
