// Package wordpress describes web sites that run WordPress. There is no
// connector yet: posts are handed to a person.
package wordpress

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	posts   = "https://github.com/WP-API/docs/blob/ab20319/reference/posts.md"
	checked = "2026-08-22"
)

// Platform is WordPress. What a host lets people upload is its own affair.
var Platform = &platform.Platform{
	Name:    "wordpress",
	Title:   "WordPress",
	Docs:    "https://developer.wordpress.org/rest-api/reference/posts/",
	Compose: "{url}/wp-admin/post-new.php",
	Profile: platform.Profile{
		Markup:  text.HTML{},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		// What the database column holds: from memory, unverified.
		Title:   platform.TitleProfile{Place: platform.InField, Max: platform.Limit{Max: 65_535, Unit: text.Bytes, Source: posts, Checked: checked}},
		Summary: platform.Limit{Max: platform.NoLimit}, // its excerpt
		Tags:    platform.TagProfile{Place: platform.InField, Free: true},
		Link:    platform.InText,
		People:  platform.PageLink,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit},
			Inline: true,
		},
		Visible: []string{"private"},
	},
	Fields: []platform.Field{
		{Name: "url", Help: "the site's address", Example: "https://blog.dupain.example", Required: true, URL: true},
		platform.AccountField("dupain"),
	},
}
