// Package ghost describes publications that run Ghost. There is no connector
// yet: posts are handed to a person.
package ghost

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	columns = "https://github.com/TryGhost/Ghost/blob/0025b329/ghost/core/core/server/data/schema/schema.js"
	checked = "2026-08-22"
)

// Platform is Ghost. Its lengths are what JavaScript counts.
var Platform = &platform.Platform{
	Name:    "ghost",
	Title:   "Ghost",
	Docs:    "https://docs.ghost.org/admin-api/posts/creating-a-post",
	Compose: "{url}/ghost/#/editor/post",
	Profile: platform.Profile{
		Markup:  text.HTML{},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Needed: true, Max: platform.Limit{Max: 255, Unit: text.UTF16, Source: columns, Checked: checked}},
		Summary: platform.Limit{Max: 300, Unit: text.UTF16, Source: columns, Checked: checked}, // its excerpt
		Tags:    platform.TagProfile{Place: platform.InField, Free: true},
		Link:    platform.InText,
		People:  platform.PageLink,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 191, Unit: text.UTF16, Source: columns, Checked: checked}, // of the picture above a post; any of them may be that
			Inline: true,
		},
	},
	Fields: []platform.Field{
		{Name: "url", Help: "the publication's address", Example: "https://lettre.dupain.example", Required: true, URL: true},
		platform.AccountField("dupain"),
	},
}
