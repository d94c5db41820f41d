package bluesky

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// standin answers as the reference server does; see
// https://github.com/bluesky-social/atproto/tree/main/packages/pds
// (checked 2026-11-22 by running it). Only of facets it asks more: the
// reference takes any numbers, and readers would see the damage.
type standin struct {
	*http.ServeMux
	mu     sync.Mutex
	made   int             // tokens
	access map[string]bool // false: expired
	renew  map[string]bool // tokens that make new ones; false: used up
	blobs  map[string]stored
	people map[string]string // DIDs to the handles they were asked for by
	posts  []*shown          // oldest first
	crowd
}

type stored struct {
	kind string
	data []byte
}

// shown is a post that was accepted.
type shown struct {
	rkey, cid string
	raw       json.RawMessage
	*record
}

// fault is an answer that is no success.
type fault struct {
	status  int
	Name    string `json:"error"`
	Message string `json:"message"`
}

func (f fault) Error() string { return f.Name }

func invalid(format string, args ...any) error {
	return fault{http.StatusBadRequest, "InvalidRequest", fmt.Sprintf(format, args...)}
}

const (
	standinDID      = "did:plc:standin2standin2standin2"
	standinHandle   = "stand-in.example"
	standinPassword = "app-" + platform.Marker + "-word"
)

func newStandin() *standin {
	s := &standin{http.NewServeMux(), sync.Mutex{}, 0, map[string]bool{}, map[string]bool{}, map[string]stored{}, map[string]string{standinDID: standinHandle}, nil, crowd{gates: map[string]gateOf{}}}
	for _, m := range []struct {
		pattern string
		limit   int64
		answer  func(*http.Request, []byte) (any, error)
	}{
		{"POST /xrpc/com.atproto.server.createSession", 1e6, s.createSession},
		{"POST /xrpc/com.atproto.server.refreshSession", 1e6, s.refreshSession},
		{"GET /xrpc/com.atproto.server.describeServer", 0, s.describeServer},
		{"GET /xrpc/com.atproto.identity.resolveHandle", 0, s.resolveHandle},
		{"POST /xrpc/com.atproto.repo.uploadBlob", 5 << 20, s.authorized(s.uploadBlob)},
		{"POST /xrpc/com.atproto.repo.putRecord", 1e6, s.authorized(s.putRecord)},
		{"POST /xrpc/com.atproto.repo.deleteRecord", 1e6, s.authorized(s.deleteRecord)},
		{"GET /xrpc/com.atproto.repo.getRecord", 0, s.getRecord},
		{"GET /xrpc/com.atproto.repo.listRecords", 0, s.listRecords},
		{"GET /xrpc/app.bsky.notification.listNotifications", 0, s.authorized(s.listNotifications)},
		{"GET /xrpc/app.bsky.actor.getProfiles", 0, s.authorized(s.getProfiles)},
		{"POST /xrpc/app.bsky.graph.muteActor", 1e6, s.authorized(s.mute)},
		{"POST /xrpc/app.bsky.graph.unmuteActor", 1e6, s.authorized(s.mute)},
		{"POST /xrpc/com.atproto.moderation.createReport", 1e6, s.authorized(s.report)},
	} {
		s.HandleFunc(m.pattern, func(w http.ResponseWriter, r *http.Request) {
			var out any
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, m.limit))
			if err != nil {
				err = fault{http.StatusRequestEntityTooLarge, "PayloadTooLarge", "request entity too large"}
			} else {
				s.mu.Lock()
				out, err = m.answer(r, body)
				s.mu.Unlock()
			}
			send(w, out, err)
		})
	}
	s.HandleFunc("/xrpc/", func(w http.ResponseWriter, r *http.Request) {
		send(w, nil, fault{http.StatusNotImplemented, "MethodNotImplemented", "Method Not Implemented"})
	})
	return s
}

func send(w http.ResponseWriter, out any, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if f := (fault{}); errors.As(err, &f) {
		w.WriteHeader(f.status)
		out = f
	}
	_ = json.NewEncoder(w).Encode(out) // a client that went away does not matter
}

func (s *standin) Settings(base string) map[string]string {
	return map[string]string{"handle": standinHandle, "app_password": standinPassword, "server": base}
}

func (s *standin) session(r *http.Request) any {
	s.made++
	access, renew := fmt.Sprintf("access-%s-%d", platform.Marker, s.made), fmt.Sprintf("renew-%s-%d", platform.Marker, s.made)
	s.access[access], s.renew[renew] = true, true
	return map[string]any{
		"accessJwt": access, "refreshJwt": renew, "did": standinDID, "handle": standinHandle, "active": true,
		"didDoc": map[string]any{"id": standinDID, "service": []map[string]string{
			{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "http://" + r.Host}}},
	}
}

func (s *standin) createSession(r *http.Request, body []byte) (any, error) {
	var in struct{ Identifier, Password string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("Input must have a valid identifier and password")
	}
	if id := strings.ToLower(in.Identifier); id != standinHandle && id != standinDID || in.Password != standinPassword {
		return nil, fault{http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password"}
	}
	return s.session(r), nil
}

func (s *standin) refreshSession(r *http.Request, _ []byte) (any, error) {
	token, err := bearer(r, s.renew)
	if err != nil {
		return nil, err
	}
	s.renew[token] = false
	return s.session(r), nil
}

func (s *standin) describeServer(*http.Request, []byte) (any, error) {
	return map[string]any{"did": "did:web:localhost", "availableUserDomains": []string{".example"}, "inviteCodeRequired": false, "blobUploadLimit": 5 << 20}, nil
}

// bearer is the token a request has, if it is one of the good ones.
func bearer(r *http.Request, tokens map[string]bool) (string, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", fault{http.StatusUnauthorized, "AuthMissing", "Authentication Required"}
	}
	good, known := tokens[token]
	switch {
	case !known:
		return "", fault{http.StatusBadRequest, "InvalidToken", "Token could not be verified"}
	case !good:
		return "", fault{http.StatusBadRequest, "ExpiredToken", "Token has expired"}
	}
	return token, nil
}

func (s *standin) authorized(answer func(*http.Request, []byte) (any, error)) func(*http.Request, []byte) (any, error) {
	return func(r *http.Request, body []byte) (any, error) {
		if _, err := bearer(r, s.access); err != nil {
			return nil, err
		}
		return answer(r, body)
	}
}

// resolveHandle knows everybody whose handle could be one, so that a rehearsal
// shows mentions; nobody can be called .invalid.
func (s *standin) resolveHandle(r *http.Request, _ []byte) (any, error) {
	handle := strings.ToLower(r.FormValue("handle"))
	if !isHandle(handle) {
		return nil, invalid("Invalid com.atproto.identity.resolveHandle params: Invalid handle (got %q)", handle)
	}
	if strings.HasSuffix(handle, ".invalid") {
		return nil, fault{http.StatusBadRequest, "HandleNotFound", "Unable to resolve handle"}
	}
	did := standinDID
	if handle != standinHandle {
		sum := sha256.Sum256([]byte(handle))
		did = "did:plc:" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:24]
		s.people[did] = handle
	}
	return map[string]string{"did": did}, nil
}

func (s *standin) uploadBlob(r *http.Request, body []byte) (any, error) {
	kind := http.DetectContentType(body)
	if !strings.HasPrefix(kind, "image/") {
		kind = cmp.Or(r.Header.Get("Content-Type"), "application/octet-stream")
	}
	id := cid(0x55, body)
	s.blobs[id] = stored{kind, body}
	return map[string]any{"blob": map[string]any{"$type": "blob", "ref": map[string]string{"$link": id}, "mimeType": kind, "size": len(body)}}, nil
}

// cid names bytes by their hash. What the reference hashes of a record is
// CBOR; here it is JSON with its keys in order, and the names differ.
func cid(codec byte, data []byte) string {
	sum := sha256.Sum256(data)
	return "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(append([]byte{1, codec, 0x12, 0x20}, sum[:]...)))
}

type place struct{ Repo, Collection, Rkey string }

func (p place) check() error {
	switch {
	case p.Repo != standinDID && p.Repo != standinHandle:
		return fault{http.StatusUnauthorized, "AuthenticationRequired", "Authentication Required"}
	case p.Collection != collection && p.Collection != gates:
		return invalid("Unknown lexicon type: %s", p.Collection)
	}
	return nil
}

// at is where the post with a key is in s.posts, or -1.
func (s *standin) at(rkey string) int {
	return slices.IndexFunc(s.posts, func(p *shown) bool { return p.rkey == rkey })
}

func (s *standin) putRecord(_ *http.Request, body []byte) (any, error) {
	var in struct {
		place
		Record     json.RawMessage
		SwapRecord json.RawMessage
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("Invalid input: %v", err)
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if !isTID(in.Rkey) {
		return nil, invalid("Invalid record key for %s: Invalid TID", collection)
	}
	if in.Collection == gates {
		return s.putGate(in.Rkey, in.Record, in.SwapRecord)
	}
	post, ordered, err := parse(in.Record)
	if err != nil {
		return nil, invalid("Invalid %s record: %v", collection, err)
	}
	next := &shown{in.Rkey, cid(0x71, ordered), in.Record, post}
	out := map[string]any{"uri": next.uri(), "cid": next.cid, "validationStatus": "valid"}

	at, was := s.at(in.Rkey), "null"
	if at >= 0 {
		was = s.posts[at].cid
	}
	if was == next.cid {
		return out, nil // without a commit
	}
	if swap := strings.Trim(string(in.SwapRecord), `"`); swap != "" && swap != was {
		return nil, fault{http.StatusBadRequest, "InvalidSwap", "Record was at " + was}
	}
	if err := s.attached(post); err != nil {
		return nil, err
	}
	if at >= 0 {
		s.posts[at] = next
	} else {
		s.posts = append(s.posts, next)
	}
	out["commit"] = map[string]string{"cid": cid(0x71, []byte(next.cid)), "rev": in.Rkey}
	return out, nil
}

// attached checks that the pictures were uploaded.
func (s *standin) attached(p *record) error {
	if p.Embed == nil {
		return nil
	}
	for _, i := range p.Embed.Images {
		b, ok := s.blobs[i.Image.Ref.Link]
		switch {
		case !ok:
			return fault{http.StatusBadRequest, "BlobNotFound", "Could not find blob: " + i.Image.Ref.Link}
		case b.kind != i.Image.MimeType:
			return fault{http.StatusBadRequest, "InvalidMimeType", "Referenced Mimetype does not match stored blob."}
		case len(b.data) != i.Image.Size:
			return fault{http.StatusBadRequest, "InvalidSize", "Referenced Size does not match stored blob."}
		}
	}
	return nil
}

func (s *standin) deleteRecord(_ *http.Request, body []byte) (any, error) {
	var in struct {
		place
		SwapRecord json.RawMessage
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalid("Invalid input: %v", err)
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.Collection == gates {
		return s.deleteGate(in.Rkey, in.SwapRecord)
	}
	at := s.at(in.Rkey)
	if at < 0 {
		return struct{}{}, nil
	}
	s.posts = slices.Delete(s.posts, at, at+1)
	return map[string]any{"commit": map[string]string{"cid": cid(0x71, body), "rev": in.Rkey}}, nil
}

func (p *shown) uri() string { return "at://" + standinDID + "/" + collection + "/" + p.rkey }

func (p *shown) answer() any {
	return map[string]any{"uri": p.uri(), "cid": p.cid, "value": p.raw}
}

func (s *standin) getRecord(r *http.Request, _ []byte) (any, error) {
	in := place{r.FormValue("repo"), r.FormValue("collection"), r.FormValue("rkey")}
	at := s.at(in.Rkey)
	if g, ok := s.gates[in.Rkey]; ok && in.Collection == gates && in.check() == nil {
		return map[string]any{"uri": "at://" + standinDID + "/" + gates + "/" + in.Rkey, "cid": g.cid, "value": g.raw}, nil
	}
	if in.check() != nil || at < 0 || in.Collection != collection {
		return nil, fault{http.StatusBadRequest, "RecordNotFound", fmt.Sprintf("Could not locate record: at://%s/%s/%s", in.Repo, in.Collection, in.Rkey)}
	}
	return s.posts[at].answer(), nil
}

// listRecords gives the newest first, or the oldest with reverse.
func (s *standin) listRecords(r *http.Request, _ []byte) (any, error) {
	limit, _ := strconv.Atoi(cmp.Or(r.FormValue("limit"), "50"))
	if limit < 1 || limit > 100 {
		return nil, invalid("limit must be 1 to 100")
	}
	order, cursor := -1, r.FormValue("cursor")
	if r.FormValue("reverse") == "true" {
		order = 1
	}
	posts := slices.SortedFunc(slices.Values(s.posts), func(a, b *shown) int { return order * cmp.Compare(a.rkey, b.rkey) })
	records := []any{}
	last := ""
	for _, p := range posts {
		if (cursor == "" || order*cmp.Compare(p.rkey, cursor) > 0) && len(records) < limit {
			records = append(records, p.answer())
			last = p.rkey
		}
	}
	return map[string]any{"records": records, "cursor": last}, nil
}

// Tamper is what another program of the account's owner does: Bluesky's own
// app cannot edit.
func (s *standin) Tamper(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.posts, func(p *shown) bool { return p.uri() == id })
	switch {
	case at < 0:
	case text == "":
		s.posts = slices.Delete(s.posts, at, at+1)
	default:
		changed := *s.posts[at].record
		changed.Text, changed.Facets = text, nil
		raw, err := json.Marshal(&changed)
		if err == nil {
			s.posts[at] = &shown{s.posts[at].rkey, cid(0x71, order(raw)), raw, &changed}
		}
	}
}

func (s *standin) Timeline() []platform.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []platform.Shown
	for _, p := range s.posts {
		out = append(out, s.show(p))
	}
	return out
}

func (s *standin) show(p *shown) platform.Shown {
	at, _ := time.Parse(time.RFC3339, p.CreatedAt) // it was checked
	out := platform.Shown{ID: p.uri(), URL: page(standinHandle, standinDID, p.rkey), Text: p.Text, Tags: p.Tags, At: at}
	if len(p.Langs) > 0 {
		out.Lang = p.Langs[0]
	}
	if p.Reply != nil {
		out.ReplyTo = p.Reply.Parent.URI
	}
	for _, f := range p.Facets {
		for _, what := range f.Features {
			n := text.Facet{Start: f.Index.Start, End: f.Index.End}
			switch what.Type {
			case linkFeature:
				n.Kind, n.Value = text.FacetLink, what.URI
			case tagFeature:
				n.Kind, n.Value = text.FacetTag, what.Tag
			case mentionFeature:
				n.Kind, n.Value = text.FacetMention, cmp.Or(s.people[what.DID], what.DID)
			}
			out.Facets = append(out.Facets, n)
		}
	}
	if p.Embed == nil {
		return out
	}
	for _, i := range p.Embed.Images {
		b := s.blobs[i.Image.Ref.Link]
		out.Media = append(out.Media, platform.ShownMedia{Alt: i.Alt, Type: b.kind, Data: b.data})
	}
	if e := p.Embed.External; e != nil {
		out.Link, out.Title, out.Summary = e.URI, e.Title, e.Description
	}
	return out
}
