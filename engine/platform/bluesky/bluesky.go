// Package bluesky publishes to Bluesky and to other servers of the AT
// Protocol. A post is a record whose key comes from the attempt, so that a try
// repeated finds the first one in its place.
package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

type conn struct {
	client   wire.Client // to the server the channel names, without a token
	handle   string
	password string

	mu      sync.Mutex // held over a login, so that many calls make one session
	session *session   // nil before the first call
}

func open(a platform.Account) (platform.Conn, error) {
	u, err := url.Parse(a.Settings["server"])
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("server is not a web address; write it whole, as in https://bsky.social")
	}
	return &conn{
		client:   wire.Client{HTTP: a.HTTP, Base: u.Scheme + "://" + u.Host, Secrets: a.Secrets},
		handle:   strings.TrimPrefix(strings.TrimSpace(a.Settings["handle"]), "@"),
		password: a.Settings["app_password"],
	}, nil
}

func (c *conn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	me, err := c.login(ctx, nil)
	if err != nil {
		return platform.Ref{}, err
	}
	if a.After, err = c.whole(ctx, a.After); err != nil {
		return platform.Ref{}, err
	}
	r := draft(a)
	if err := c.mention(ctx, r, a.Part.Facets); err != nil {
		return platform.Ref{}, err
	}
	if err := c.upload(ctx, r, a.Part.Media); err != nil {
		return platform.Ref{}, err
	}
	in := struct {
		Repo       string  `json:"repo"`
		Collection string  `json:"collection"`
		Rkey       string  `json:"rkey"`
		Record     *record `json:"record"`
		// Null, which has to be there to be heard: only where no record is.
		SwapRecord *string `json:"swapRecord"`
	}{me.did, collection, tid(a), r, nil}
	var out struct {
		CID string `json:"cid"`
	}
	err = c.call(ctx, platform.Sort, procedure("com.atproto.repo.putRecord", in), &out)
	switch {
	case names(err, "InvalidSwap"):
		return c.taken(ctx, a)
	case err == nil && out.CID == "":
		err = fmt.Errorf("%w: the server's answer does not name the post's version", platform.ErrUnknown)
	}
	if err != nil {
		return platform.Ref{}, err
	}
	return me.ref(in.Rkey, out.CID), nil
}

// taken is what became of an attempt whose place holds a record of other
// bytes. An earlier try can have left it, when since then a name has come to
// stand for another account or a picture is made another way.
func (c *conn) taken(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	ref, err := c.Find(ctx, a, nil)
	switch {
	case errors.Is(err, platform.ErrNotFound):
		return ref, fmt.Errorf("%w: another post has its place", platform.ErrRejected)
	case err != nil && !errors.Is(err, platform.ErrUnknown):
		//nolint:errorlint // why it cannot be read must not decide what is done next
		return ref, fmt.Errorf("%w: a post has its place, and cannot be read: %v", platform.ErrUnknown, err)
	}
	return ref, err
}

// Find reads the one place where the attempt can be.
func (c *conn) Find(ctx context.Context, a platform.Attempt, known []string) (platform.Ref, error) {
	me, err := c.login(ctx, nil)
	if err != nil {
		return platform.Ref{}, err
	}
	if a.After, err = c.whole(ctx, a.After); err != nil {
		return platform.Ref{}, err
	}
	rkey := tid(a)
	cid, value, err := c.record(ctx, me, rkey)
	if err != nil {
		return platform.Ref{}, err
	}
	ref, want := me.ref(rkey, cid), draft(a)
	var got record
	// the key and the moment together are no other attempt's
	ours := json.Unmarshal(value, &got) == nil && got.CreatedAt == want.CreatedAt && !slices.Contains(known, ref.ID)
	switch {
	case !ours:
		return platform.Ref{}, fmt.Errorf("%w: another post has its place", platform.ErrNotFound)
	case !got.same(want):
		return platform.Ref{}, fmt.Errorf("%w: it is there, and someone has changed it since: %s", platform.ErrUnknown, ref.URL)
	}
	return ref, nil
}

// Remove looks first, because deleting what is not there succeeds too.
func (c *conn) Remove(ctx context.Context, r platform.Ref) error {
	me, err := c.login(ctx, nil)
	if err != nil {
		return err
	}
	rkey, err := me.rkey(r.ID)
	if err != nil {
		return err
	}
	if _, _, err := c.record(ctx, me, rkey); err != nil {
		return err
	}
	in := map[string]string{"repo": me.did, "collection": collection, "rkey": rkey}
	return c.call(ctx, platform.Sort, procedure("com.atproto.repo.deleteRecord", in), &struct{}{})
}

// record reads a post of the account.
func (c *conn) record(ctx context.Context, me *session, rkey string) (cid string, value json.RawMessage, err error) {
	return c.read(ctx, me, collection, rkey)
}

// read is one of the account's own records. It is ErrNotFound only when the
// server says that there is none.
func (c *conn) read(ctx context.Context, me *session, collection, rkey string) (cid string, value json.RawMessage, err error) {
	var out struct {
		CID   string          `json:"cid"`
		Value json.RawMessage `json:"value"`
	}
	q := url.Values{"repo": {me.did}, "collection": {collection}, "rkey": {rkey}}
	err = c.call(ctx, platform.SortRead, query("com.atproto.repo.getRecord", q), &out)
	if err == nil && (out.CID == "" || out.Value == nil) {
		err = &platform.BusyError{Err: errors.New("the server's answer holds no record")}
	}
	return out.CID, out.Value, err
}

func procedure(name string, in any) wire.Request {
	return wire.Request{Method: http.MethodPost, Path: "/xrpc/" + name, JSON: in}
}

func query(name string, q url.Values) wire.Request {
	return wire.Request{Method: http.MethodGet, Path: "/xrpc/" + name, Query: q}
}

// session is what a login gives. It is never changed.
type session struct {
	did     string
	handle  string
	refresh string
	client  wire.Client // to the account's own server, with the token
}

func (s *session) uri(rkey string) string { return "at://" + s.did + "/" + collection + "/" + rkey }

func (s *session) ref(rkey, cid string) platform.Ref {
	return platform.Ref{ID: s.uri(rkey), URL: page(s.handle, s.did, rkey), Rev: cid}
}

// page is where people read a post.
func page(handle, did, rkey string) string {
	if handle == "" || handle == "handle.invalid" { // the account's domain no longer names it
		handle = did
	}
	return "https://bsky.app/profile/" + url.PathEscape(handle) + "/post/" + rkey
}

// call makes one call as the account. A server that no longer takes the token
// has done nothing, so the call is made once more with a new one.
func (c *conn) call(ctx context.Context, sort func(error) error, r wire.Request, out any) error {
	s, err := c.login(ctx, nil)
	if err != nil {
		return err
	}
	err = do(ctx, &s.client, r, out)
	if stale(err) {
		if s, err = c.login(ctx, s); err != nil {
			return err
		}
		err = do(ctx, &s.client, r, out)
	}
	return kind(err, sort)
}

// login returns the session, or makes one. Old is a session that the server no
// longer takes. Nothing is posted here, so no outcome of it is unknown.
func (c *conn) login(ctx context.Context, old *session) (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil && c.session != old {
		return c.session, nil // another call was faster
	}
	if old != nil && c.session == old {
		c.session = nil
		s, err := c.start(ctx, wire.Request{
			Method: http.MethodPost,
			Path:   "/xrpc/com.atproto.server.refreshSession",
			Header: http.Header{"Authorization": {"Bearer " + old.refresh}},
		}, old.refresh)
		if err == nil {
			c.session = s
			return s, nil
		}
		if !refused(err) {
			c.session = old // to be tried again
			return nil, kind(err, platform.SortRead)
		}
	}
	s, err := c.start(ctx, procedure("com.atproto.server.createSession", map[string]string{"identifier": c.handle, "password": c.password}))
	if err != nil {
		return nil, kind(err, platform.SortRead)
	}
	c.session = s
	return s, nil
}

// start asks the server that the channel names for a session. Secrets are the
// request's own.
func (c *conn) start(ctx context.Context, r wire.Request, secrets ...string) (*session, error) {
	client := c.client
	client.Secrets = slices.Concat(secrets, client.Secrets)
	var raw []byte // decoded here: an error about it must not quote a token
	if err := do(ctx, &client, r, &raw); err != nil {
		return nil, err
	}
	var out struct {
		AccessJwt  string          `json:"accessJwt"`
		RefreshJwt string          `json:"refreshJwt"`
		DID        string          `json:"did"`
		Handle     string          `json:"handle"`
		Active     *bool           `json:"active"`
		Status     string          `json:"status"`
		DIDDoc     json.RawMessage `json:"didDoc"`
	}
	if json.Unmarshal(raw, &out) != nil || out.AccessJwt == "" || out.RefreshJwt == "" || !strings.HasPrefix(out.DID, "did:") || strings.ContainsAny(out.DID, "/?# ") {
		return nil, &wire.LostError{Err: errors.New("the answer to the login is no session")}
	}
	if out.Active != nil && !*out.Active {
		return nil, fmt.Errorf("%w: the account is not active: %s", platform.ErrAuth, wire.Brief(out.Status))
	}
	client.Base = home(client.Base, out.DID, out.DIDDoc)
	client.Header = http.Header{"Authorization": {"Bearer " + out.AccessJwt}}
	client.Secrets = slices.Concat([]string{out.AccessJwt, out.RefreshJwt}, c.client.Secrets)
	return &session{out.DID, out.Handle, out.RefreshJwt, client}, nil
}

// home is the address of the account's own server: bsky.social only lets in,
// and names the server behind it; see
// https://docs.bsky.app/docs/advanced-guides/entryway (checked 2026-11-22).
//
// The token that goes there is one the server made and could give away itself,
// it lasts two hours, and who can change the account's document owns the
// account anyway. The password and the token that makes new ones go to no
// server but the one the channel names. No server may send us to an address
// that is not encrypted, but for one on this machine that names this machine.
func home(server, did string, doc json.RawMessage) string {
	var d struct {
		ID      string
		Service []struct {
			ID       string
			Type     string
			Endpoint json.RawMessage `json:"serviceEndpoint"`
		}
	}
	if json.Unmarshal(doc, &d) != nil || d.ID != did {
		return server
	}
	for _, s := range d.Service {
		var endpoint string
		if s.ID != "#atproto_pds" && s.ID != did+"#atproto_pds" || s.Type != "AtprotoPersonalDataServer" || json.Unmarshal(s.Endpoint, &endpoint) != nil {
			continue
		}
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			continue
		}
		if from, err := url.Parse(server); u.Scheme == "https" || u.Scheme == "http" && err == nil && local(from) && local(u) {
			return u.Scheme + "://" + u.Host
		}
	}
	return server
}

func local(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// refusal is a server's own word for what is wrong.
type refusal struct {
	name    string // from the method's lexicon, such as InvalidSwap
	message string
	*wire.StatusError
}

func (e *refusal) Error() string {
	return strings.TrimSuffix(wire.Brief(e.name)+": "+e.message, ": ")
}

func (e *refusal) Unwrap() error { return e.StatusError }

// do makes one call and finds the server's word in a refusal.
func do(ctx context.Context, c *wire.Client, r wire.Request, out any) error {
	_, err := c.Do(ctx, r, out)
	var status *wire.StatusError
	if !errors.As(err, &status) || status.Status >= 500 {
		return err
	}
	var body struct{ Error, Message string }
	if json.Unmarshal(status.Body, &body) != nil || body.Error == "" {
		return err
	}
	return &refusal{c.Redact(body.Error), wire.Brief(c.Redact(body.Message)), status}
}

// kind sorts by the server's word, and then as sort does.
func kind(err error, sort func(error) error) error {
	var r *refusal
	if errors.As(err, &r) {
		switch r.name {
		case "ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "AuthFactorTokenRequired",
			"AccountTakedown", "AccountDeactivated", "AccountNotFound":
			return fmt.Errorf("%w: %w", platform.ErrAuth, err)
		case "RecordNotFound":
			return fmt.Errorf("%w: %w", platform.ErrNotFound, err)
		}
	}
	var s *wire.StatusError
	if errors.As(err, &s) && (s.Status == http.StatusNotFound || s.Status == http.StatusMethodNotAllowed || s.Status == http.StatusGone) {
		return fmt.Errorf("%w: the server does not know this call, so it may not be a Bluesky server: %w", platform.ErrAddress, err)
	}
	return sort(err)
}

// names reports whether the server's word for err is name.
func names(err error, name string) bool {
	var r *refusal
	return errors.As(err, &r) && r.name == name
}

// stale reports whether a new token may help. An expired one is a 400 to
// Bluesky's own server.
func stale(err error) bool {
	var s *wire.StatusError
	return names(err, "ExpiredToken") || names(err, "InvalidToken") ||
		errors.As(err, &s) && s.Status == http.StatusUnauthorized && !names(err, "AccountTakedown") && !names(err, "AccountDeactivated")
}

// refused reports whether the server heard the request and will not do it,
// now or later.
func refused(err error) bool {
	var s *wire.StatusError
	return errors.Is(err, platform.ErrAuth) || errors.As(err, &s) && s.Status < 500 && s.Status != http.StatusTooManyRequests
}
