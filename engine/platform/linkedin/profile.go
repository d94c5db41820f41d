// Package linkedin describes LinkedIn, for members and for organizations.
// There is no connector yet: posts are handed to a person.
package linkedin

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	docs     = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/"
	posts    = docs + "posts-api"
	images   = docs + "images-api"
	polls    = docs + "poll-post-api"
	observed = "https://www.ayrshare.com/docs/media-guidelines/linkedin"
	checked  = "2026-08-22"
)

// Platform is LinkedIn.
var Platform = &platform.Platform{
	Name:    "linkedin",
	Title:   "LinkedIn",
	Docs:    posts,
	Compose: "https://www.linkedin.com/feed/?shareActive=true",
	Profile: platform.Profile{
		Markup: text.LittleText{},
		Paste:  text.Plain{},
		// The reference gives no number, the help for members this one, and
		// neither says what is counted: so every escape is, too.
		Text:    []platform.Limit{{Max: 3000, Unit: text.Escaped, Source: posts, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InText, // its editor makes a card of it
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: 20, Source: posts, Checked: checked},
			Types:  []string{"image/jpeg", "image/png", "image/gif"},
			Bytes:  platform.Limit{Max: 5_000_000, Unit: text.Bytes, Source: observed, Checked: checked}, // no number is documented
			Pixels: platform.Limit{Max: 36_152_319, Source: images, Checked: checked},
			Alt:    platform.Limit{Max: 4086, Unit: text.UTF16, Source: images, Checked: checked},
		},
		Poll: platform.PollProfile{ // all of it from memory, unverified
			Options:  platform.Limit{Max: 4},
			Option:   platform.Limit{Max: 30, Unit: text.UTF16},
			Question: platform.Limit{Max: 140, Unit: text.UTF16},
			Min:      24 * time.Hour,
			Max:      14 * 24 * time.Hour,
			Source:   polls,
			Checked:  checked,
		},
	},
	Fields: []platform.Field{platform.AccountField("Boulangerie Dupain")},
}
