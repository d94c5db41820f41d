// Package facebook describes Facebook's Pages; profiles and groups are not
// for programs. There is no connector yet: posts are handed to a person.
package facebook

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	photos   = "https://developers.facebook.com/docs/graph-api/reference/page/photos"
	observed = "https://github.com/gitroomhq/postiz-app/blob/74b01ad/libraries/nestjs-libraries/src/integrations/social/facebook.provider.ts"
	checked  = "2026-08-21"
)

// Platform is Facebook.
var Platform = &platform.Platform{
	Name:    "facebook",
	Title:   "Facebook",
	Docs:    "https://developers.facebook.com/docs/pages-api/posts",
	Compose: "https://business.facebook.com/latest/composer",
	Profile: platform.Profile{
		Markup: text.Plain{},
		// Meta gives no number and no unit. This is what a cross-poster in
		// production keeps to, in the largest unit of characters there is.
		Text:    []platform.Limit{{Max: 63_206, Unit: text.UTF16, Source: observed, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InText, // Facebook makes a card of it itself
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Max:   platform.Limit{Max: platform.NoLimit}, // no number is documented
			Types: []string{"image/jpeg", "image/png", "image/gif"},
			// The reference says 10 MB, an error of the API 4 MB.
			Bytes:  platform.Limit{Max: 4_000_000, Unit: text.Bytes, Source: photos, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit}, // no number is documented
		},
	},
	Fields: []platform.Field{platform.AccountField("Boulangerie Dupain")},
}
