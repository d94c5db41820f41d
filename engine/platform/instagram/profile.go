// Package instagram describes Instagram's professional accounts. There is no
// connector yet: posts are handed to a person.
package instagram

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	media    = "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media"
	observed = "https://www.ayrshare.com/docs/apis/post/social-networks/instagram"
	checked  = "2026-08-22"
)

// Platform is Instagram. It wants pictures between 4:5 and 1.91:1, 320 to 1440
// pixels wide; its app crops and scales others.
var Platform = &platform.Platform{
	Name:    "instagram",
	Title:   "Instagram",
	Docs:    "https://developers.facebook.com/docs/instagram-platform/content-publishing",
	Compose: "https://www.instagram.com/",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Text:    []platform.Limit{{Max: 2200, Unit: text.CodePoints, Source: media, Checked: checked}}, // "characters": how they are counted is not said
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags: platform.TagProfile{
			Place: platform.InText,
			// The reference says 30; those who publish there in production are
			// held to 5 since 2026.
			Max: platform.Limit{Max: 5, Source: observed, Checked: "2026-11-22"},
		},
		Link:   platform.Nowhere, // an address in a caption leads nowhere
		People: platform.AtHandle,
		Media: platform.MediaProfile{
			Needed: true,
			Max:    platform.Limit{Max: 10, Source: media, Checked: checked},
			Types:  []string{"image/jpeg"},
			Bytes:  platform.Limit{Max: 8_000_000, Unit: text.Bytes, Source: media, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
			// From a secondary source.
			Alt: platform.Limit{Max: 1000, Unit: text.UTF16, Source: media, Checked: checked},
		},
	},
	Fields: []platform.Field{platform.AccountField("boulangerie.dupain")},
}
