// Package tiktok describes TikTok's photo posts and videos. There is no
// connector yet, and nothing here handles video: posts are handed to a person.
// One with pictures is a photo post; to one without, the person adds a video.
package tiktok

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	docs    = "https://developers.tiktok.com/doc/content-posting-api-"
	video   = docs + "reference-direct-post"
	photo   = docs + "reference-photo-post"
	files   = docs + "media-transfer-guide"
	checked = "2026-08-22"
)

// Platform is TikTok.
var Platform = &platform.Platform{
	Name:    "tiktok",
	Title:   "TikTok",
	Docs:    video,
	Compose: "https://www.tiktok.com/tiktokstudio/upload",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Text:    []platform.Limit{{Max: 2200, Unit: text.UTF16, Source: video, Checked: checked}},
		Caption: platform.Limit{Max: 4000, Unit: text.UTF16, Source: photo, Checked: checked},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Max: platform.Limit{Max: 90, Unit: text.UTF16, Source: photo, Checked: checked}}, // of a photo post
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.Nowhere, // an address in a post leads nowhere
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Video:  platform.VideoAlone,
			Max:    platform.Limit{Max: 35, Source: photo, Checked: checked},
			Types:  []string{"image/jpeg", "image/webp"},
			Bytes:  platform.Limit{Max: 20_000_000, Unit: text.Bytes, Source: files, Checked: checked},
			Pixels: platform.Limit{Max: 1080 * 1920, Source: files, Checked: checked},
		},
	},
	Fields: []platform.Field{platform.AccountField("boulangeriedupain")},
}
