// Package all lists every platform, in the order they are shown: those with a
// connector, then those that are described, whose posts a person publishes.
package all

import (
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/bluesky"
	"github.com/imprimatur-ci/imprimatur/engine/platform/devto"
	"github.com/imprimatur-ci/imprimatur/engine/platform/discord"
	"github.com/imprimatur-ci/imprimatur/engine/platform/discourse"
	"github.com/imprimatur-ci/imprimatur/engine/platform/email"
	"github.com/imprimatur-ci/imprimatur/engine/platform/facebook"
	"github.com/imprimatur-ci/imprimatur/engine/platform/ghost"
	"github.com/imprimatur-ci/imprimatur/engine/platform/github"
	"github.com/imprimatur-ci/imprimatur/engine/platform/instagram"
	"github.com/imprimatur-ci/imprimatur/engine/platform/linkedin"
	"github.com/imprimatur-ci/imprimatur/engine/platform/mastodon"
	"github.com/imprimatur-ci/imprimatur/engine/platform/matrix"
	"github.com/imprimatur-ci/imprimatur/engine/platform/mattermost"
	"github.com/imprimatur-ci/imprimatur/engine/platform/nostr"
	"github.com/imprimatur-ci/imprimatur/engine/platform/pinterest"
	"github.com/imprimatur-ci/imprimatur/engine/platform/reddit"
	"github.com/imprimatur-ci/imprimatur/engine/platform/site"
	"github.com/imprimatur-ci/imprimatur/engine/platform/slack"
	"github.com/imprimatur-ci/imprimatur/engine/platform/telegram"
	"github.com/imprimatur-ci/imprimatur/engine/platform/threads"
	"github.com/imprimatur-ci/imprimatur/engine/platform/tiktok"
	"github.com/imprimatur-ci/imprimatur/engine/platform/wordpress"
	"github.com/imprimatur-ci/imprimatur/engine/platform/x"
	"github.com/imprimatur-ci/imprimatur/engine/platform/youtube"
)

// Platforms is every platform this program knows.
func Platforms() platform.Set {
	return platform.Set{
		bluesky.Platform,
		mastodon.Platform,
		site.Platform,

		x.Platform,
		facebook.Platform,
		instagram.Platform,
		threads.Platform,
		linkedin.Platform,
		youtube.Platform,
		tiktok.Platform,
		pinterest.Platform,
		telegram.Platform,
		discord.Platform,
		slack.Platform,
		mattermost.Platform,
		matrix.Platform,
		reddit.Platform,
		discourse.Platform,
		github.Platform,
		wordpress.Platform,
		ghost.Platform,
		devto.Platform,
		email.Platform,
		nostr.Platform,
	}
}
