// Package telegram describes Telegram's channels and groups. There is no
// connector yet: posts are handed to a person.
package telegram

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	api     = "https://github.com/PaulSonOfLars/telegram-bot-api-spec/blob/160fd99/api.json"
	server  = "https://github.com/tdlib/td/blob/022d60202/td/telegram/MessageContent.cpp"
	raw     = "https://github.com/tdlib/telegram-bot-api/blob/01a3679/telegram-bot-api/Client.cpp"
	checked = "2026-07-17"
)

// Platform is Telegram. Of more than 100 links and styles in one message, the
// rest are dropped without a word.
var Platform = &platform.Platform{
	Name:    "telegram",
	Title:   "Telegram",
	Docs:    "https://core.telegram.org/bots/api",
	Compose: "https://t.me/{chat}",
	Profile: platform.Profile{
		Markup: text.TelegramHTML{},
		Paste:  text.Plain{},
		Text: []platform.Limit{
			{Max: 4096, Unit: text.Parsed, Source: server, Checked: checked},
			{Max: 32_768, Unit: text.Bytes, Source: raw, Checked: checked}, // before it is parsed
		},
		Caption: platform.Limit{Max: 1024, Unit: text.Parsed, Source: server, Checked: checked},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{ // which have no alternative text
			Max:   platform.Limit{Max: 10, Source: api, Checked: checked},
			Types: []string{"image/jpeg", "image/png"},
			Bytes: platform.Limit{Max: 10_000_000, Unit: text.Bytes, Source: api, Checked: checked},
			// What it says is that width and height make 10,000 at most: a
			// picture of 2:1 then has this many.
			Pixels: platform.Limit{Max: 22_000_000, Source: api, Checked: checked},
		},
		Poll: platform.PollProfile{
			Options:  platform.Limit{Max: 12},
			Option:   platform.Limit{Max: 100, Unit: text.CodePoints},
			Question: platform.Limit{Max: 300, Unit: text.Parsed},
			Min:      5 * time.Second,
			Max:      2_628_000 * time.Second,
			Source:   api,
			Checked:  checked,
		},
	},
	Fields: []platform.Field{
		platform.AccountField("Boulangerie Dupain"),
		{Name: "chat", Help: "the channel or group, by its public name without @", Example: "dupain", Required: true},
	},
}
