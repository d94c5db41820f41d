// Package youtube describes YouTube's videos. There is no connector yet, and
// nothing here handles video: title, description and tags are handed to a
// person, who adds the video. A picture is its thumbnail. YouTube's posts of
// text and pictures have no API and are not what is described.
package youtube

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	videos   = "https://developers.google.com/youtube/v3/docs/videos"
	observed = "https://docs.zernio.com/platforms/youtube"
	checked  = "2026-08-22"
)

// Platform is YouTube. It takes no < and no > in titles and descriptions.
var Platform = &platform.Platform{
	Name:    "youtube",
	Title:   "YouTube",
	Docs:    videos,
	Compose: "https://studio.youtube.com/",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Text:    []platform.Limit{{Max: 5000, Unit: text.Bytes, Source: videos, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true, Max: platform.Limit{Max: 100, Unit: text.UTF16, Source: videos, Checked: checked}},
		Tags:    platform.TagProfile{Place: platform.InField, Free: true, All: platform.Limit{Max: 500, Unit: text.QuotedTags, Source: videos, Checked: checked}},
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Video:  platform.VideoAlways,
			Max:    platform.Limit{Max: 1, Source: observed, Checked: checked},
			Types:  []string{"image/jpeg", "image/png"},
			Bytes:  platform.Limit{Max: 2_000_000, Unit: text.Bytes, Source: observed, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
		},
		Visible: []string{"unlisted", "private"},
	},
	Fields: []platform.Field{platform.AccountField("@boulangeriedupain")},
}
