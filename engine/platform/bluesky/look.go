package bluesky

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Look reads the record: its CID is a hash of all that it says.
func (c *conn) Look(ctx context.Context, r platform.Ref) (platform.Ref, error) {
	me, err := c.login(ctx, nil)
	if err != nil {
		return r, err
	}
	rkey, err := me.rkey(r.ID)
	if err != nil {
		return r, err
	}
	cid, _, err := c.record(ctx, me, rkey)
	if err != nil {
		return r, err
	}
	return me.ref(rkey, cid), nil
}

// rkey is the key of the account's own post with an id. Where a person said
// where it is, the id may have the account's handle in the place of its DID.
func (s *session) rkey(id string) (string, error) {
	m := uriOfPost.FindStringSubmatch(id)
	if m == nil || m[1] != s.did && !strings.EqualFold(m[1], s.handle) || !isKey(m[len(m)-1]) {
		return "", fmt.Errorf("%w: %s is not a post of this account", platform.ErrRejected, wire.Brief(id))
	}
	return m[len(m)-1], nil
}

// whole fills in what a reply has to say of the parts before it and a ledger
// may not know: where a person said where they are and no one looked.
func (c *conn) whole(ctx context.Context, refs []platform.Ref) ([]platform.Ref, error) {
	whole := slices.Clone(refs)
	for i, r := range refs {
		if r.Rev != "" || i > 0 && i < len(refs)-1 { // only the first and the last are named
			continue
		}
		found, err := c.Look(ctx, r)
		switch {
		case errors.Is(err, platform.ErrNotFound):
			return nil, fmt.Errorf("%w: what it replies to is gone", platform.ErrRejected)
		case err != nil:
			return nil, err
		}
		whole[i] = found
	}
	return whole, nil
}

const didPattern = `did:[a-z]+:[a-zA-Z0-9._:-]+`

var (
	uriOfPost  = regexp.MustCompile(`^at://(` + didPattern + `|` + handlePattern + `)/` + regexp.QuoteMeta(collection) + `/([2-7a-z]{13})$`)
	pageOfPost = regexp.MustCompile(`^/profile/(` + didPattern + `|` + handlePattern + `)/post/([2-7a-z]{13})$`)
)

// locate is the post at an address: of its page, or of its record. Whether a
// DID is the account's only a look can tell.
func locate(settings map[string]string, address string) (platform.Ref, error) {
	const want = "give the address of the post's page, as in https://bsky.app/profile/dupain.example/post/3l6oveex3ii2l, or of its record, which begins with at://"
	address = strings.TrimSpace(address)
	m := uriOfPost.FindStringSubmatch(address)
	if u, err := url.Parse(address); m == nil && err == nil && (u.Scheme == "https" || u.Scheme == "http") && strings.EqualFold(u.Host, "bsky.app") && u.User == nil {
		m = pageOfPost.FindStringSubmatch(u.Path)
	}
	if m == nil {
		return platform.Ref{}, fmt.Errorf("%q is not the address of a post on Bluesky: %s", wire.Brief(address), want)
	}
	who, rkey := m[1], m[len(m)-1]
	own := strings.TrimPrefix(strings.TrimSpace(settings["handle"]), "@")
	if alike := strings.HasPrefix(own, "did:") == strings.HasPrefix(who, "did:") && !strings.Contains(own, "@"); alike && !strings.EqualFold(who, own) {
		return platform.Ref{}, fmt.Errorf("that is a post of %s, and the channel is %s: %s", who, own, want)
	}
	return platform.Ref{ID: "at://" + who + "/" + collection + "/" + rkey, URL: page("", who, rkey)}, nil
}
