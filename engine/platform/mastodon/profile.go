// Package mastodon publishes to Mastodon and to the servers that speak its
// API, such as GoToSocial.
package mastodon

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

const (
	instance   = "https://docs.joinmastodon.org/methods/instance/#v2"
	posting    = "https://docs.joinmastodon.org/user/posting/"
	attachment = "https://github.com/mastodon/mastodon/blob/main/app/models/media_attachment.rb"
	accounts   = "https://github.com/mastodon/mastodon/blob/main/app/models/account.rb"
	statuses   = "https://docs.joinmastodon.org/methods/statuses/#create"
	cards      = "https://github.com/mastodon/mastodon/blob/main/app/services/fetch_link_card_service.rb"
	read       = "2026-07-02"
)

// profile is what a server takes that changed no limits.
var profile = platform.Profile{
	Markup:  text.Plain{},
	Text:    []platform.Limit{{Max: 500, Unit: text.Toots, Reserve: 23, Source: posting, Checked: read}},
	Warning: platform.Counted,
	Thread:  platform.Limit{Max: platform.NoLimit, Source: statuses, Checked: read},
	Tags:    platform.TagProfile{Place: platform.InText},
	Link:    platform.InText,
	Cards:   platform.Limit{Max: 1, Source: cards, Checked: "2026-11-22"},
	People:  platform.AtHandle,
	Handle: platform.HandleProfile{
		Pattern: `[A-Za-z0-9_]+([.-]+[A-Za-z0-9_]+)*@[\p{L}\p{N}_]+(-+[\p{L}\p{N}_]+)*(\.[\p{L}\p{N}_]+(-+[\p{L}\p{N}_]+)*)+`,
		Form:    "a name and its server", // without one it is somebody on the server that is posted to
		Example: "ana@mastodon.example",
		Source:  accounts,
		Checked: read,
	},
	Media: platform.MediaProfile{
		Max:    platform.Limit{Max: 4, Source: instance, Checked: read},
		Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
		Bytes:  platform.Limit{Max: 16_777_216, Unit: text.Bytes, Source: instance, Checked: read},
		Pixels: platform.Limit{Max: 33_177_600, Source: instance, Checked: read},
		Alt:    platform.Limit{Max: 1500, Unit: text.CodePoints, Source: attachment, Checked: read},
	},
	Poll: platform.PollProfile{
		Options: platform.Limit{Max: 4, Source: instance, Checked: read},
		Option:  platform.Limit{Max: 50, Unit: text.Graphemes, Source: instance, Checked: read},
		Min:     5 * time.Minute,
		Max:     2_629_746 * time.Second,
		Source:  instance,
		Checked: read,
	},
	Langs:   true,
	Visible: []string{"unlisted", "private"},
}

// Platform is Mastodon. Its limits are those of a server that changed none;
// what a server says of itself replaces them.
var Platform = &platform.Platform{
	Name:    "mastodon",
	Title:   "Mastodon",
	Docs:    "https://docs.joinmastodon.org/client/intro/",
	Profile: profile,
	Ops:     []platform.Op{platform.Find, platform.Edit, platform.Remove, platform.Read, platform.Moderate, platform.Limits, platform.Look},
	Fields: []platform.Field{
		{Name: "server", Help: "the server the account is on", Example: "https://mastodon.social", Required: true, URL: true},
		{Name: "token", Help: "an access token, made under Preferences, Development, with the scopes read:accounts, read:statuses, write:media and write:statuses; to moderate also read:notifications, write:mutes and write:reports",
			Example: "${MASTODON_TOKEN}", Required: true, Secret: true},
	},
	// Mastodon keeps an Idempotency-Key for an hour. Other servers may ignore
	// it: there, too, Find tells what became of an attempt.
	Repeat:  time.Hour,
	Open:    open,
	Locate:  locate,
	Standin: func(*os.Root) platform.Standin { return newStandin(time.Now) }, //nolint:forbidigo // a server has a clock of its own
}

// rules is what a server says of itself, in either version of the answer.
type rules struct {
	Configuration struct {
		Statuses struct {
			Text    int `json:"max_characters"`
			Media   int `json:"max_media_attachments"`
			Address int `json:"characters_reserved_per_url"`
		} `json:"statuses"`
		Media struct {
			Bytes  int `json:"image_size_limit"`
			Pixels int `json:"image_matrix_limit"`
			Alt    int `json:"description_limit"`
		} `json:"media_attachments"`
		Polls struct {
			Options int `json:"max_options"`
			Option  int `json:"max_characters_per_option"`
			Min     int `json:"min_expiration"`
			Max     int `json:"max_expiration"`
		} `json:"polls"`
	} `json:"configuration"`
	Text int `json:"max_toot_chars"` // of servers without configuration
}

// Limits asks the server, in the old way where it does not know the new one.
func (c *conn) Limits(ctx context.Context) (platform.ServerLimits, error) {
	var r rules
	err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v2/instance"}, &r)
	if errors.Is(platform.SortRead(err), platform.ErrNotFound) {
		err = c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/instance"}, &r)
	}
	if err != nil {
		return nil, platform.SortRead(err)
	}
	s, m, p := r.Configuration.Statuses, r.Configuration.Media, r.Configuration.Polls
	if s.Text == 0 {
		s.Text = r.Text
	}
	limits := platform.ServerLimits{}
	for name, n := range map[string]int{
		platform.LimitText: s.Text, platform.LimitAddress: s.Address, platform.LimitMedia: s.Media,
		platform.LimitMediaBytes: m.Bytes, platform.LimitMediaPixels: m.Pixels, platform.LimitAlt: m.Alt,
		platform.LimitPollOptions: p.Options, platform.LimitPollOption: p.Option,
		platform.LimitPollMinSeconds: p.Min, platform.LimitPollMaxSeconds: p.Max,
	} {
		if n > 0 { // what a server does not say stays as it is known
			limits[name] = n
		}
	}
	return limits, nil
}

// instance is the stand-in's answer of version 2; that of version 1 differs in nothing
// that is asked for.
func (s *standin) instance(*http.Request) (int, any, error) {
	pr := profile
	return http.StatusOK, map[string]any{
		"domain": "stand-in.example", "title": "A stand-in", "version": "4.4.0",
		"configuration": map[string]any{
			"statuses": map[string]int{
				"max_characters": pr.Text[0].Max, "max_media_attachments": pr.Media.Max.Max, "characters_reserved_per_url": pr.Text[0].Reserve,
			},
			"media_attachments": map[string]any{
				"supported_mime_types": pr.Media.Types, "description_limit": pr.Media.Alt.Max,
				"image_size_limit": pr.Media.Bytes.Max, "image_matrix_limit": pr.Media.Pixels.Max,
			},
			"polls": map[string]int{
				"max_options": pr.Poll.Options.Max, "max_characters_per_option": pr.Poll.Option.Max,
				"min_expiration": int(pr.Poll.Min.Seconds()), "max_expiration": int(pr.Poll.Max.Seconds()),
			},
		},
	}, nil
}
