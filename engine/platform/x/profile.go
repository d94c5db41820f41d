// Package x describes X, once Twitter. There is no connector yet: posts are
// handed to a person.
package x

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	docs     = "https://github.com/xdevplatform/docs/blob/2871328/"
	api      = docs + "openapi.json"
	pictures = docs + "x-api/media/quickstart/best-practices.mdx"
	counting = "https://github.com/twitter/twitter-text/blob/30e2430/config/v3.json"
	checked  = "2026-08-22"
)

// Platform is X, for an account that does not pay: Premium ones may write
// 25,000 characters.
var Platform = &platform.Platform{
	Name:    "x",
	Title:   "X",
	Docs:    "https://docs.x.com/x-api",
	Compose: "https://x.com/compose/post",
	Profile: platform.Profile{
		Markup:    text.Plain{},
		Text:      []platform.Limit{{Max: 280, Unit: text.Weighted, Reserve: 23, Source: counting, Checked: checked}},
		Warning:   platform.InText,
		Thread:    platform.Limit{Max: platform.NoLimit}, // a chain of replies to oneself
		Tags:      platform.TagProfile{Place: platform.InText},
		BareLinks: true,
		Price:     platform.Price{Post: 15, Linked: 200, Alt: 5, Source: docs + "x-api/getting-started/pricing.mdx", Checked: checked},
		Link:      platform.InText, // X makes a card of it itself
		People:    platform.AtHandle,
		Media: platform.MediaProfile{
			// Four pictures, or one that moves.
			Max:    platform.Limit{Max: 4, Source: pictures, Checked: checked},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: 5_000_000, Unit: text.Bytes, Source: pictures, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 1000, Unit: text.CodePoints, Source: api, Checked: checked},
		},
		Poll: platform.PollProfile{
			Options: platform.Limit{Max: 4},
			Option:  platform.Limit{Max: 25, Unit: text.CodePoints},
			Min:     5 * time.Minute,
			Max:     7 * 24 * time.Hour,
			Source:  api,
			Checked: checked,
		},
	},
	Fields: []platform.Field{platform.AccountField("dupain")},
}
