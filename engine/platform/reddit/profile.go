// Package reddit describes Reddit's text posts, with pictures where there are
// some. There is no connector yet: posts are handed to a person.
package reddit

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	// Its own source, as it was last public.
	titles  = "https://github.com/reddit-archive/reddit/blob/753b17407/r2/r2/lib/validator/validator.py"
	texts   = "https://github.com/reddit-archive/reddit/blob/753b17407/r2/r2/models/link.py"
	client  = "https://github.com/praw-dev/praw/blob/7b697581/praw/models/reddit/subreddit.py"
	checked = "2026-08-17"
)

// Platform is Reddit.
var Platform = &platform.Platform{
	Name:    "reddit",
	Title:   "Reddit",
	Docs:    "https://www.reddit.com/dev/api",
	Compose: "https://www.reddit.com/r/{subreddit}/submit",
	Profile: platform.Profile{
		Markup:  text.Reddit,
		Text:    []platform.Limit{{Max: 40_000, Unit: text.CodePoints, Source: texts, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true, Max: platform.Limit{Max: 300, Unit: text.CodePoints, Source: titles, Checked: checked}},
		Tags:    platform.TagProfile{}, // it has flairs, which each subreddit chooses
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{ // which have captions, but no alternative text: from memory, unverified
			Max:    platform.Limit{Max: platform.NoLimit}, // no number is documented
			Types:  []string{"image/jpeg", "image/png", "image/gif"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
		},
		Poll: platform.PollProfile{
			Options: platform.Limit{Max: 6},
			Option:  platform.Limit{Max: platform.NoLimit}, // no number is documented
			Min:     24 * time.Hour,
			Max:     7 * 24 * time.Hour,
			Source:  client,
			Checked: checked,
		},
	},
	Fields: []platform.Field{
		platform.AccountField("dupain"),
		{Name: "subreddit", Help: "the subreddit that posts go to, without r/", Example: "breadit", Required: true},
	},
}
