// Package discourse describes forums that run Discourse. There is no connector
// yet: posts are handed to a person.
package discourse

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	settings = "https://github.com/discourse/discourse/blob/002becf8/config/site_settings.yml"
	checked  = "2026-08-22"
)

// Platform is Discourse, with the limits of a forum that changed none. It
// takes no text below 20 characters, and no title that another topic has.
var Platform = &platform.Platform{
	Name:    "discourse",
	Title:   "Discourse",
	Docs:    "https://docs.discourse.org/",
	Compose: "{server}/new-topic",
	Profile: platform.Profile{
		Markup:  text.Discourse,
		Text:    []platform.Limit{{Max: 32_000, Unit: text.UTF16, Source: settings, Checked: checked}}, // "characters": which, is from memory
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title: platform.TitleProfile{
			Place:  platform.InField,
			Needed: true,
			Min:    platform.Limit{Max: 15, Unit: text.Graphemes, Source: settings, Checked: checked},
			Max:    platform.Limit{Max: 255, Unit: text.UTF16, Source: settings, Checked: checked},
		},
		Tags:   platform.TagProfile{Place: platform.InField, Max: platform.Limit{Max: 5, Source: settings, Checked: checked}},
		Link:   platform.InText, // the forum makes a card of it itself
		People: platform.AtHandle,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit},
			Inline: true,
		},
	},
	Fields: []platform.Field{
		{Name: "server", Help: "the forum's address", Example: "https://forum.dupain.example", Required: true, URL: true},
		platform.AccountField("dupain"),
		{Name: "category", Help: "the category that topics go to", Example: "Annonces"},
	},
}
