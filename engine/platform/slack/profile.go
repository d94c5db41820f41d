// Package slack describes Slack's channels. There is no connector yet: posts
// are handed to a person.
package slack

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	messages = "https://docs.slack.dev/reference/methods/chat.postMessage"
	blocks   = "https://github.com/slackapi/node-slack-sdk/blob/4322e14f/packages/types/src/block-kit/blocks.ts"
	checked  = "2026-08-21"
)

// Platform is Slack.
var Platform = &platform.Platform{
	Name:    "slack",
	Title:   "Slack",
	Docs:    messages,
	Compose: "https://app.slack.com/client",
	Profile: platform.Profile{
		Markup: text.Slack{},
		Paste:  text.Plain{},
		// Longer ones have been split, refused and cut; the unit is not said,
		// so the largest of characters there is.
		Text:    []platform.Limit{{Max: 4000, Unit: text.UTF16, Source: messages, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{}, // # names a channel there
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit}, // no number is documented
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 2000, Unit: text.UTF16, Source: blocks, Checked: checked},
		},
	},
	Fields: []platform.Field{
		platform.AccountField("Dupain"),
		{Name: "channel", Help: "the channel, with its workspace where you are on several", Example: "annonces", Required: true},
	},
}
