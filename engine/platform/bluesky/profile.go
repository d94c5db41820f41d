package bluesky

import (
	"os"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	lexicons = "https://github.com/bluesky-social/atproto/blob/d6296a1/lexicons/app/bsky/"
	checked  = "2026-08-20"

	handlePattern = `([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`
)

// Platform is Bluesky, and every other server of the AT Protocol that keeps
// Bluesky's posts.
var Platform = &platform.Platform{
	Name:  "bluesky",
	Title: "Bluesky",
	Docs:  "https://docs.bsky.app",
	Profile: platform.Profile{
		Markup: text.Rich{},
		Text: []platform.Limit{
			{Max: 300, Unit: text.Graphemes, Source: lexicons + "feed/post.json", Checked: checked},
			{Max: 3000, Unit: text.Bytes, Source: lexicons + "feed/post.json", Checked: checked},
		},
		Warning: platform.InText, // its labels are a fixed few, without words of ours
		Thread:  platform.Limit{Max: platform.NoLimit, Source: lexicons + "feed/post.json", Checked: checked},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.Card,
		People:  platform.AtHandle,
		Handle: platform.HandleProfile{
			Pattern: handlePattern,
			Form:    "the name of a host",
			Example: "ana.bsky.social",
			Source:  "https://atproto.com/specs/handle",
			Checked: checked,
		},
		Media: platform.MediaProfile{
			Max: platform.Limit{Max: 4, Source: lexicons + "embed/images.json", Checked: checked},
			// A GIF would be shown as a still picture: it moves only as a video.
			Types: []string{"image/jpeg", "image/png", "image/webp"},
			// Old servers of people's own take 1,000,000. They say so before
			// anything is posted: no reason to make everyone's pictures worse.
			Bytes:  platform.Limit{Max: 2_000_000, Unit: text.Bytes, Source: lexicons + "embed/images.json", Checked: checked},
			Pixels: platform.Limit{Max: platform.NoLimit, Source: lexicons + "embed/images.json", Checked: checked},
			// Bluesky's own app lets people type 2,000 graphemes; servers take,
			// and readers see, more.
			Alt: platform.Limit{Max: platform.NoLimit, Source: lexicons + "embed/images.json", Checked: checked},
		},
		Langs: true,
	},
	Ops: []platform.Op{platform.Find, platform.Remove, platform.Read, platform.Moderate, platform.Look},
	Fields: []platform.Field{
		{Name: "handle", Help: "the account's handle, without @", Example: "dupain.example", Required: true,
			Fits: func(v string) bool { return isAccount(strings.TrimPrefix(strings.TrimSpace(v), "@")) }},
		{Name: "app_password", Help: "an app password, made under Settings, Privacy and security, App passwords",
			Example: "${BLUESKY_APP_PASSWORD}", Required: true, Secret: true},
		{Name: "server", Help: "the server the account logs in to", Example: "https://bsky.social", Default: "https://bsky.social", URL: true},
	},
	Repeat:  platform.Forever, // the key names the record
	Open:    open,
	Locate:  locate,
	Standin: func(*os.Root) platform.Standin { return newStandin() },
}
