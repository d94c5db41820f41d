// Package matrix describes rooms of Matrix. There is no connector yet: posts
// are handed to a person.
package matrix

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	sizes   = "https://spec.matrix.org/v1.18/client-server-api/#size-limits"
	checked = "2026-08-22"
)

// Platform is Matrix.
var Platform = &platform.Platform{
	Name:    "matrix",
	Title:   "Matrix",
	Docs:    "https://spec.matrix.org/v1.18/client-server-api/",
	Compose: "https://matrix.to/#/{room}",
	Profile: platform.Profile{
		Markup: text.MatrixHTML{},
		Paste:  text.Plain{},
		// An event has 65,536 bytes at most, in which the text stands twice,
		// with markup and without, beside signatures.
		Text:    []platform.Limit{{Max: 30_000, Unit: text.Bytes, Source: sizes, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Tags:    platform.TagProfile{}, // # names a room there
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{ // each a message of its own, with a caption but no alternative text
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit}, // each server has its own
			Pixels: platform.Limit{Max: platform.NoLimit},
		},
	},
	Fields: []platform.Field{
		platform.AccountField("@dupain:matrix.example"),
		{Name: "room", Help: "the room that posts go to", Example: "#fournil:matrix.example", Required: true},
	},
}
