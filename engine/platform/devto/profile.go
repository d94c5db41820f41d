// Package devto describes dev.to, the largest community that runs Forem. There
// is no connector yet: posts are handed to a person.
package devto

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	articles = "https://github.com/forem/forem/blob/main/app/models/article.rb"
	checked  = "2026-08-22"
)

// Platform is dev.to.
var Platform = &platform.Platform{
	Name:    "devto",
	Title:   "DEV",
	Docs:    "https://developers.forem.com/api",
	Compose: "https://dev.to/new",
	Profile: platform.Profile{
		Markup:  text.DevTo,
		Text:    []platform.Limit{{Max: 800_000, Unit: text.Bytes, Source: articles, Checked: checked}}, // "800 KB"
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true, Max: platform.Limit{Max: 128, Unit: text.CodePoints, Source: articles, Checked: checked}},
		Summary: platform.Limit{Max: platform.NoLimit}, // its description
		Tags: platform.TagProfile{
			Place: platform.InField,
			Max:   platform.Limit{Max: 4, Source: articles, Checked: checked},
			All:   platform.Limit{Max: 126, Unit: text.CodePoints, Source: articles, Checked: checked},
		},
		Link:   platform.InText,
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
	Fields: []platform.Field{platform.AccountField("dupain")},
}
