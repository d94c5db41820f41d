// Package nostr describes short notes on Nostr, those of kind 1. There is no
// connector yet: posts are handed to a person.
package nostr

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Platform is Nostr. Each relay has a limit of its own, and says so (NIP-11);
// there is none that holds everywhere.
var Platform = &platform.Platform{
	Name:  "nostr",
	Title: "Nostr",
	Docs:  "https://github.com/nostr-protocol/nips",
	Profile: platform.Profile{
		Markup:  text.Plain{},
		Warning: platform.InText,
		Thread:  platform.Limit{Max: platform.NoLimit}, // a chain of replies to oneself: NIP-10
		Tags:    platform.TagProfile{Place: platform.InText},
		Link:    platform.InText,
		People:  platform.AtHandle,
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit},
		},
	},
	Fields: []platform.Field{platform.AccountField("npub1dupain")},
}
