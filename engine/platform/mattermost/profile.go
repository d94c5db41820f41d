// Package mattermost describes channels of servers that run Mattermost. There
// is no connector yet: posts are handed to a person.
package mattermost

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	posts   = "https://github.com/mattermost/mattermost/blob/004340fa/server/public/model/post.go"
	files   = "https://github.com/mattermost/mattermost-api-reference/blob/a00af94/v4/source/posts.yaml"
	checked = "2026-08-22"
)

// Platform is Mattermost.
var Platform = &platform.Platform{
	Name:    "mattermost",
	Title:   "Mattermost",
	Docs:    "https://developers.mattermost.com/api-documentation/",
	Compose: "{server}",
	Profile: platform.Profile{
		Markup:  text.Mattermost,
		Text:    []platform.Limit{{Max: 16_383, Unit: text.CodePoints, Source: posts, Checked: checked}}, // old databases: 4,000
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InText, // the server makes a card of it itself
		People:  platform.AtHandle,
		Media: platform.MediaProfile{ // without alternative text: from memory, unverified
			Max:    platform.Limit{Max: 5, Source: files, Checked: checked}, // newer servers take 10: from memory, unverified
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit}, // each server has its own
			Pixels: platform.Limit{Max: platform.NoLimit},
		},
	},
	Fields: []platform.Field{
		{Name: "server", Help: "the server's address", Example: "https://chat.dupain.example", Required: true, URL: true},
		platform.AccountField("dupain"),
		{Name: "channel", Help: "the channel that posts go to, with its team where there are several", Example: "annonces", Required: true},
	},
}
