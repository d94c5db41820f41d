// Package discord describes Discord's channels. There is no connector yet:
// posts are handed to a person.
package discord

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	docs     = "https://github.com/discord/discord-api-docs/blob/c98d64bc/developers/"
	messages = docs + "resources/message.mdx"
	uploads  = docs + "reference.mdx"
	polls    = docs + "resources/poll.mdx"
	counting = "https://github.com/discord/discord-api-docs/issues/1315"
	checked  = "2026-08-06"
)

// Platform is Discord, for an account that does not pay. The files of one
// message may have 25 MiB together.
var Platform = &platform.Platform{
	Name:    "discord",
	Title:   "Discord",
	Docs:    "https://discord.com/developers/docs/resources/message",
	Compose: "https://discord.com/channels/@me",
	Profile: platform.Profile{
		Markup:  text.Discord,
		Text:    []platform.Limit{{Max: 2000, Unit: text.CodePoints, Source: counting, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{}, // # names a channel there
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: 10, Source: messages, Checked: checked},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: 10 << 20, Unit: text.Bytes, Source: uploads, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 1024, Unit: text.CodePoints, Source: messages, Checked: checked},
		},
		Poll: platform.PollProfile{
			Options:  platform.Limit{Max: 10},
			Option:   platform.Limit{Max: 55, Unit: text.CodePoints},
			Question: platform.Limit{Max: 300, Unit: text.CodePoints},
			Min:      time.Hour, // it counts in hours
			Max:      32 * 24 * time.Hour,
			Source:   polls,
			Checked:  checked,
		},
	},
	Fields: []platform.Field{
		platform.AccountField("Dupain"),
		{Name: "channel", Help: "the channel, with its server where you are on several", Example: "annonces", Required: true},
	},
}
