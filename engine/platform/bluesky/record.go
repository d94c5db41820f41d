package bluesky

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

const (
	collection     = "app.bsky.feed.post"
	imagesEmbed    = "app.bsky.embed.images"
	externalEmbed  = "app.bsky.embed.external"
	linkFeature    = "app.bsky.richtext.facet#link"
	mentionFeature = "app.bsky.richtext.facet#mention"
	tagFeature     = "app.bsky.richtext.facet#tag"
)

// record is a post as the server keeps it; see
// https://github.com/bluesky-social/atproto/blob/d6296a1/lexicons/app/bsky/feed/post.json
// (checked 2026-08-20). The server names it by a hash of all of it, so every
// try has to make the same one.
type record struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Langs     []string `json:"langs,omitempty"`
	Facets    []facet  `json:"facets,omitempty"`
	Reply     *reply   `json:"reply,omitempty"`
	Embed     *embed   `json:"embed,omitempty"`
	Tags      []string `json:"tags,omitempty"`
}

type facet struct {
	Index struct {
		Start int `json:"byteStart"`
		End   int `json:"byteEnd"`
	} `json:"index"`
	Features []feature `json:"features"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"`
	Tag  string `json:"tag,omitempty"`
	DID  string `json:"did,omitempty"`
}

type reply struct {
	Root   strongRef `json:"root"`
	Parent strongRef `json:"parent"`
}

type strongRef struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

type embed struct {
	Type     string    `json:"$type"`
	Images   []picture `json:"images,omitempty"`
	External *external `json:"external,omitempty"`
}

type picture struct {
	Image  blob    `json:"image"`
	Alt    string  `json:"alt"` // required, though it may be empty
	Aspect *aspect `json:"aspectRatio,omitempty"`
}

// blob is what the server calls uploaded bytes. It is found again by a hash of
// them, so uploading twice gives the same one.
type blob struct {
	Type string `json:"$type"`
	Ref  struct {
		Link string `json:"$link"`
	} `json:"ref"`
	MimeType string `json:"mimeType"`
	Size     int    `json:"size"`
}

type aspect struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

type external struct {
	URI         string `json:"uri"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// draft is the record of an attempt without what a server has to tell: the
// blobs of its pictures, and who its mentions are.
func draft(a platform.Attempt) *record {
	p := a.Part
	r := &record{
		Type:      collection,
		Text:      p.Text,
		CreatedAt: a.At.UTC().Format(moment),
		Langs:     langs(p.Lang),
		Tags:      p.Tags,
	}
	if n := len(a.After); n > 0 {
		root, parent := a.After[0], a.After[n-1]
		r.Reply = &reply{strongRef{root.ID, root.Rev}, strongRef{parent.ID, parent.Rev}}
	}
	switch {
	case len(p.Media) > 0:
		r.Embed = &embed{Type: imagesEmbed, Images: make([]picture, len(p.Media))}
		for i, m := range p.Media {
			r.Embed.Images[i].Alt = m.Alt
		}
	case p.Link != "":
		title := p.Title
		if u, err := url.Parse(p.Link); err == nil {
			title = cmp.Or(title, u.Hostname())
		}
		r.Embed = &embed{Type: externalEmbed, External: &external{p.Link, title, p.Summary}}
	}
	for _, f := range p.Facets {
		switch f.Kind {
		case text.FacetLink:
			r.add(f, feature{Type: linkFeature, URI: f.Value})
		case text.FacetTag:
			if text.Count(f.Value, text.Graphemes, 0) <= 64 { // a longer one would have the whole post refused
				r.add(f, feature{Type: tagFeature, Tag: f.Value})
			}
		}
	}
	return r
}

// add gives a stretch of the text a meaning, keeping them in order.
func (r *record) add(f text.Facet, what feature) {
	n := facet{Features: []feature{what}}
	n.Index.Start, n.Index.End = f.Start, f.End
	at, _ := slices.BinarySearchFunc(r.Facets, n, func(a, b facet) int { return cmp.Compare(a.Index.Start, b.Index.Start) })
	r.Facets = slices.Insert(r.Facets, at, n)
}

// mention adds the mentions to r. A handle that stands for nobody stays
// words: its post can go out all the same.
func (c *conn) mention(ctx context.Context, r *record, facets []text.Facet) error {
	for _, f := range facets {
		if f.Kind != text.FacetMention {
			continue
		}
		var out struct {
			DID string `json:"did"`
		}
		q := url.Values{"handle": {strings.TrimPrefix(f.Value, "@")}}
		err := c.call(ctx, platform.SortRead, query("com.atproto.identity.resolveHandle", q), &out)
		switch {
		case err == nil && strings.HasPrefix(out.DID, "did:"):
			r.add(f, feature{Type: mentionFeature, DID: out.DID})
		case err != nil && !errors.Is(err, platform.ErrRejected):
			return err
		}
	}
	return nil
}

// upload sends the pictures. It comes right before the write, because a server
// soon forgets what no record holds.
func (c *conn) upload(ctx context.Context, r *record, media []platform.Media) error {
	for i, m := range media {
		p, err := m.Open()
		if err != nil {
			return err
		}
		var out struct {
			Blob blob `json:"blob"`
		}
		up := wire.Request{Method: http.MethodPost, Path: "/xrpc/com.atproto.repo.uploadBlob", Body: p.Data, Type: p.Type}
		if err := c.call(ctx, platform.SortRead, up, &out); err != nil {
			return fmt.Errorf("%s: %w", m.File, err)
		}
		if out.Blob.Ref.Link == "" {
			return &platform.BusyError{Err: errors.New("the server's answer to an upload names nothing")}
		}
		to := &r.Embed.Images[i]
		to.Image = out.Blob
		if p.Width > 0 && p.Height > 0 {
			to.Aspect = &aspect{p.Width, p.Height}
		}
	}
	return nil
}

// same reports whether a reader sees the same in both. Mentions and blobs may
// differ: what a handle stands for can change between two tries, and so can
// the bytes a picture is made into.
func (r *record) same(o *record) bool {
	if r.Text != o.Text || r.CreatedAt != o.CreatedAt || !slices.Equal(r.Langs, o.Langs) || !slices.Equal(r.Tags, o.Tags) {
		return false
	}
	if (r.Reply == nil) != (o.Reply == nil) || r.Reply != nil && (r.Reply.Root.URI != o.Reply.Root.URI || r.Reply.Parent.URI != o.Reply.Parent.URI) {
		return false
	}
	if r.Embed == nil || o.Embed == nil {
		return r.Embed == o.Embed
	}
	if (r.Embed.External == nil) != (o.Embed.External == nil) || r.Embed.External != nil && *r.Embed.External != *o.Embed.External {
		return false
	}
	return slices.EqualFunc(r.Embed.Images, o.Embed.Images, func(a, b picture) bool { return a.Alt == b.Alt })
}

const sortable = "234567abcdefghijklmnopqrstuvwxyz"

// tid is the record key of an attempt: 53 bits of microseconds and 10 of a
// clock's name; see https://atproto.com/specs/tid (checked 2026-08-20). An
// attempt knows its milliseconds; its key fills the rest, so that every try
// gives the same one and no two attempts share one.
func tid(a platform.Attempt) string {
	sum := sha256.Sum256([]byte(a.Key))
	micros := uint64(a.At.UnixMilli())*1000 + uint64(binary.BigEndian.Uint32(sum[:4])%1000)
	n := (micros<<10 | uint64(binary.BigEndian.Uint16(sum[4:6])&0x3ff)) & (1<<63 - 1)
	var s [13]byte
	for i := len(s) - 1; i >= 0; i-- {
		s[i] = sortable[n&31]
		n >>= 5
	}
	return string(s[:])
}

var uriSyntax = regexp.MustCompile(`^\w+:(?://)?[^\s/]\S*$`)

// parse reads a record as a server does that holds it to its lexicon. Ordered
// is the same JSON with its keys in order.
func parse(raw json.RawMessage) (r *record, ordered []byte, err error) {
	if json.Unmarshal(raw, &r) != nil || r == nil {
		return nil, nil, errors.New("not a record")
	}
	// What has to be there is in our own JSON even when it is empty, and what
	// has no place there is not.
	ours, err := json.Marshal(r)
	if err != nil {
		return nil, nil, err
	}
	if ordered = order(raw); !bytes.Equal(ordered, order(ours)) {
		return nil, nil, errors.New("a key is missing or has no place there")
	}
	if !isDatetime(r.CreatedAt) || r.Type != collection {
		return nil, nil, errors.New("wrong createdAt or $type")
	}
	if !fits(r.Text, 3000, 300) || len(r.Langs) > 3 || len(r.Tags) > 8 {
		return nil, nil, errors.New("too big: the text has at most 300 graphemes and 3000 bytes, langs 3 values, tags 8")
	}
	for _, l := range r.Langs {
		if !isLanguage(l) {
			return nil, nil, fmt.Errorf("invalid language %q", l)
		}
	}
	for _, t := range r.Tags {
		if !fits(t, 640, 64) {
			return nil, nil, fmt.Errorf("tag too big: %q", t)
		}
	}
	return r, ordered, errors.Join(r.checkFacets(), r.checkEmbed())
}

func order(raw []byte) []byte {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	ordered, _ := json.Marshal(v) // what was decoded can be encoded
	return ordered
}

func fits(s string, size, graphemes int) bool {
	return len(s) <= size && text.Count(s, text.Graphemes, 0) <= graphemes
}

func (r *record) checkFacets() error {
	border := func(i int) bool { return i == len(r.Text) || utf8.RuneStart(r.Text[i]) }
	last := 0
	for _, f := range r.Facets {
		start, end := f.Index.Start, f.Index.End
		if start < last || end <= start || end > len(r.Text) || !border(start) || !border(end) {
			return fmt.Errorf("facet %d to %d is outside the text, overlaps another or cuts a character", start, end)
		}
		last = end
		for _, what := range f.Features {
			if !(what.Type == linkFeature && uriSyntax.MatchString(what.URI) ||
				what.Type == tagFeature && what.Tag != "" && fits(what.Tag, 640, 64) ||
				what.Type == mentionFeature && strings.HasPrefix(what.DID, "did:")) {
				return fmt.Errorf("invalid feature %+v", what)
			}
		}
	}
	return nil
}

func (r *record) checkEmbed() error {
	switch e := r.Embed; {
	case e == nil || e.Type == externalEmbed && e.External != nil && e.Images == nil && uriSyntax.MatchString(e.External.URI):
		return nil
	case e.Type != imagesEmbed || e.External != nil || len(e.Images) > 4:
		return errors.New("embed is neither at most 4 images nor a card")
	}
	for _, i := range r.Embed.Images {
		if i.Image.Type != "blob" || !strings.HasPrefix(i.Image.MimeType, "image/") || i.Image.Size > 2_000_000 {
			return fmt.Errorf("not a picture of at most 2000000 bytes: %d of %s", i.Image.Size, i.Image.MimeType)
		}
		if i.Aspect != nil && (i.Aspect.Width < 1 || i.Aspect.Height < 1) {
			return errors.New("aspectRatio is at least 1 by 1")
		}
	}
	return nil
}
