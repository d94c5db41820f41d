package mastodon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Look reads the status. A reference without a Rev is one that a person gave,
// or one of a ledger from before there were any: it may be anybody's.
func (c *conn) Look(ctx context.Context, r platform.Ref) (platform.Ref, error) {
	if !valid(r.ID) {
		return r, fmt.Errorf("%w: %q is no id of a status", platform.ErrRejected, wire.Brief(r.ID))
	}
	var s status
	err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/statuses/" + r.ID}, &s)
	if err == nil && s.ID != r.ID {
		err = &wire.LostError{Err: errAnother}
	}
	if err != nil {
		return r, platform.SortRead(err)
	}
	if r.Rev == "" {
		me, err := c.account(ctx)
		switch {
		case err != nil:
			return r, err
		case s.Account.ID != me:
			return r, fmt.Errorf("%w: that is a post of @%s, not of this account", platform.ErrRejected, wire.Brief(s.Account.Acct))
		}
	}
	return s.ref(), nil
}

// rev names the version of a status: when it was last edited, and its
// pictures, whose descriptions some servers change without calling it an edit
// (GoToSocial 0.19, seen 2026-11-22). A server that knows of no edits is taken
// at its words; not so the others, for a server may come to write its HTML
// another way.
func (s status) rev() string {
	says := []string{"never"}
	var at time.Time
	switch {
	case string(s.EditedAt) == "null":
	case json.Unmarshal(s.EditedAt, &at) == nil:
		says[0] = at.UTC().Format("2006-01-02T15:04:05.000Z")
	default:
		says = []string{fold(plain(s.Content)), fold(s.Spoiler)}
		if s.Poll != nil {
			for _, o := range s.Poll.Options {
				says = append(says, o.Title)
			}
		}
	}
	for _, m := range s.Media {
		says = append(says, m.ID, m.Description)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", says))
	return hex.EncodeToString(sum[:8])
}

// onServer are the paths that statuses of a server's own accounts have: those
// of Mastodon, of its old and its advanced web page, of GoToSocial and of
// Pleroma; and the id among all their subpatterns.
var onServer = regexp.MustCompile(`^(?:/web)?/@([A-Za-z0-9_.-]+)(?:/statuses)?/([0-9A-Za-z_-]{1,100})$|^/users/([A-Za-z0-9_.-]+)/statuses/([0-9A-Za-z_-]{1,100})$|^/notice/()([0-9A-Za-z_-]{1,100})$`)

// locate is the status at an address.
func locate(settings map[string]string, address string) (platform.Ref, error) {
	server, err := url.Parse(strings.TrimRight(settings["server"], "/"))
	if err != nil || server.Host == "" {
		return platform.Ref{}, errors.New("the channel's server is not a web address")
	}
	u, err := url.Parse(strings.TrimSpace(address))
	want := fmt.Sprintf("give the whole address of the post on %s, as in %s/@name/110224538612341312", server.Host, server)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil:
		return platform.Ref{}, fmt.Errorf("%q is not a web address: %s", wire.Brief(address), want)
	case !strings.EqualFold(u.Host, server.Host):
		return platform.Ref{}, fmt.Errorf("%s is on another server than the channel: %s", wire.Brief(u.Host), want)
	}
	m := onServer.FindStringSubmatch(strings.TrimPrefix(u.Path, strings.TrimRight(server.Path, "/")))
	if m == nil {
		return platform.Ref{}, fmt.Errorf("%q is not the address of one post: %s", wire.Brief(u.Path), want)
	}
	id := m[2] + m[4] + m[6]
	return platform.Ref{ID: id, URL: (&url.URL{Scheme: server.Scheme, Host: server.Host, Path: u.Path}).String()}, nil
}
