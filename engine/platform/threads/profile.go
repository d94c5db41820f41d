// Package threads describes Threads. There is no connector yet: posts are
// handed to a person.
package threads

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	docs    = "https://developers.facebook.com/documentation/threads/"
	posts   = docs + "posts"
	polls   = docs + "create-posts/polls"
	checked = "2026-07-02"
)

// Platform is Threads. It refuses a post with more than five different links.
var Platform = &platform.Platform{
	Name:    "threads",
	Title:   "Threads",
	Docs:    posts,
	Compose: "https://www.threads.com/",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Text:    []platform.Limit{{Max: 500, Unit: text.ThreadsChars, Source: posts, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: platform.NoLimit}, // a chain of replies to oneself
		Tags: platform.TagProfile{
			Place: platform.InText,
			// The first tag is the post's topic; others are plain text.
			Best: platform.Limit{Max: 1, Source: posts, Checked: checked},
			Each: platform.Limit{Max: 50, Unit: text.CodePoints, Source: posts, Checked: checked},
		},
		Link:   platform.InText, // Threads makes a card of it itself
		People: platform.AtHandle,
		Media: platform.MediaProfile{ // all of it from secondary sources
			Max:    platform.Limit{Max: 20, Source: posts, Checked: checked},
			Types:  []string{"image/jpeg", "image/png"},
			Bytes:  platform.Limit{Max: 8_000_000, Unit: text.Bytes, Source: posts, Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 1000, Unit: text.UTF16, Source: posts, Checked: checked},
		},
		Poll: platform.PollProfile{
			Options: platform.Limit{Max: 4},
			Option:  platform.Limit{Max: 25, Unit: text.ThreadsChars},
			Min:     24 * time.Hour, // a day and nothing else: from memory, unverified
			Max:     24 * time.Hour,
			Source:  polls,
			Checked: checked,
		},
	},
	Fields: []platform.Field{platform.AccountField("boulangerie.dupain")},
}
