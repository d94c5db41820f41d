// Package github describes GitHub's Discussions. There is no connector yet:
// posts are handed to a person.
package github

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	bodies  = "https://github.com/github/gh-aw/issues/43911"
	docs    = "https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions"
	checked = "2026-08-22"
)

// Platform is GitHub Discussions.
var Platform = &platform.Platform{
	Name:    "github",
	Title:   "GitHub Discussions",
	Docs:    docs,
	Compose: "https://github.com/{repository}/discussions/new/choose",
	Profile: platform.Profile{
		Markup:  text.GitHub,
		Text:    []platform.Limit{{Max: 65_536, Unit: text.UTF16, Source: bodies, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true, Max: platform.Limit{Max: 256, Unit: text.UTF16, Source: docs, Checked: checked}}, // from memory, unverified
		Tags:    platform.TagProfile{},                                                                                                                         // its labels are chosen from a list
		Link:    platform.InText,
		People:  platform.AtHandle,
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
		{Name: "repository", Help: "the repository whose Discussions it goes to", Example: "dupain/four", Required: true},
		platform.AccountField("dupain"),
		{Name: "category", Help: "the category that discussions go to", Example: "Announcements"},
	},
}
