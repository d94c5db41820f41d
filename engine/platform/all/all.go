// Package all lists every connector, in the order they are shown.
package all

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/bluesky"
	"github.com/imprimatur-ci/imprimatur/engine/platform/mastodon"
	"github.com/imprimatur-ci/imprimatur/engine/platform/site"
)

// Platforms is every platform this program knows.
func Platforms() platform.Set {
	return platform.Set{
		bluesky.Platform,
		mastodon.Platform,
		site.Platform,
	}
}
