// Package pinterest describes Pinterest's pins. There is no connector yet:
// posts are handed to a person.
package pinterest

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	api     = "https://github.com/pinterest/api-description/blob/c05b189/v5/openapi.yaml"
	checked = "2026-08-22"
)

// Platform is Pinterest. The pictures of one pin must share their size; 2:3 is
// what it likes best. A pin's link may have 2,048 characters.
var Platform = &platform.Platform{
	Name:    "pinterest",
	Title:   "Pinterest",
	Docs:    "https://developers.pinterest.com/docs/api/v5/",
	Compose: "https://www.pinterest.com/pin-creation-tool/",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Text:    []platform.Limit{{Max: 800, Unit: text.CodePoints, Source: api, Checked: checked}},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField, Max: platform.Limit{Max: 100, Unit: text.CodePoints, Source: api, Checked: checked}},
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InField,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Needed: true,
			Max:    platform.Limit{Max: 5, Source: api, Checked: checked},
			Types:  []string{"image/jpeg", "image/png"},
			Bytes:  platform.Limit{Max: platform.NoLimit}, // no number is documented
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: 500, Unit: text.CodePoints, Source: api, Checked: checked},
		},
	},
	Fields: []platform.Field{
		platform.AccountField("boulangeriedupain"),
		{Name: "board", Help: "the board that pins go to", Example: "Pains et brioches", Required: true},
	},
}
