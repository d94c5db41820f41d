package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

const (
	pageOf  = 100 // notifications in an answer, at most
	back    = 100 // of them to look at again: for edits, and for what the network brings late
	atOnce  = 10  // pages that one Read returns
	deepest = 300 // pages that it walks down
	moment  = "2006-01-02T15:04:05.000Z"
)

// notification is one line of app.bsky.notification.listNotifications; see
// https://github.com/bluesky-social/atproto/blob/d6296a1/lexicons/app/bsky/notification/listNotifications.json
// (checked 2026-08-20).
type notification struct {
	URI    string `json:"uri"`
	CID    string `json:"cid"`
	Author struct {
		DID       string     `json:"did"`
		Handle    string     `json:"handle"`
		CreatedAt *time.Time `json:"createdAt"`
	} `json:"author"`
	Reason  string          `json:"reason"`
	Subject string          `json:"reasonSubject"`
	Record  json.RawMessage `json:"record"`
	At      time.Time       `json:"indexedAt"` // what the list is sorted by
}

// reasons are those for which there is something to be read.
var reasons = []string{"reply", "mention", "quote"}

// Read walks down the account's notifications, newest first as the network
// gives them, to where the cursor says, and returns the oldest.
func (c *conn) Read(ctx context.Context, cursor string) ([]platform.Item, string, error) {
	me, err := c.login(ctx, nil)
	if err != nil {
		return nil, cursor, err
	}
	var m platform.Mark
	var since time.Time
	depth := 1 // begin at what is recent
	if cursor != "" {
		if m, err = platform.ParseMark(cursor); err != nil {
			return nil, cursor, err
		}
		if since, err = time.Parse(moment, m.At); err != nil {
			return nil, cursor, errors.New("the cursor names no moment; begin without one")
		}
		depth = deepest
	}
	var entries []platform.Entry // newest first
	ask := url.Values{"limit": {fmt.Sprint(pageOf)}, "reasons": reasons, "priority": {"false"}}
	for n, more := 0, true; more; n++ {
		if n == depth {
			if cursor == "" {
				break
			}
			return nil, cursor, fmt.Errorf("more than %d replies and mentions came since; begin without a cursor", depth*pageOf)
		}
		list, next, err := c.notifications(ctx, me, ask)
		if err != nil {
			return nil, cursor, err
		}
		past := slices.IndexFunc(list, func(e platform.Entry) bool { return !after(e.At, since) })
		if more = next != "" && past < 0; past >= 0 {
			list = list[:past]
		}
		entries = append(entries, list...)
		entries = entries[max(0, len(entries)-atOnce*pageOf):] // the newer ones come with a later Read
		ask.Set("cursor", next)
	}
	slices.Reverse(entries)
	if cursor == "" {
		if m.At = time.Unix(0, 0).UTC().Format(moment); len(entries) > 0 {
			m.At = entries[0].At
		}
	}
	items, next := m.Next(entries, back)
	if err := c.count(ctx, items); err != nil {
		return nil, cursor, err
	}
	return items, next.String(), nil
}

func after(at string, since time.Time) bool {
	t, err := time.Parse(moment, at)
	return err == nil && t.After(since)
}

// notifications are one page of them, and the cursor of the next.
func (c *conn) notifications(ctx context.Context, me *session, ask url.Values) ([]platform.Entry, string, error) {
	var out struct {
		Notifications []notification `json:"notifications"`
		Cursor        string         `json:"cursor"`
	}
	if err := c.call(ctx, platform.SortRead, query("app.bsky.notification.listNotifications", ask), &out); err != nil {
		return nil, "", err
	}
	if out.Notifications == nil {
		return nil, "", &platform.BusyError{Err: errors.New("the server's answer holds no notifications")}
	}
	entries := make([]platform.Entry, len(out.Notifications))
	for i := range out.Notifications {
		n := &out.Notifications[i]
		entries[i] = platform.Entry{At: n.At.UTC().Format(moment), Item: n.item(me)}
	}
	return entries, out.Cursor, nil
}

// heard is a post of somebody else's, which may hold what no record of ours
// does.
type heard struct {
	Text   string   `json:"text"`
	Langs  []string `json:"langs"`
	Tags   []string `json:"tags"`
	At     string   `json:"createdAt"`
	Facets []facet  `json:"facets"`
	Reply  *reply   `json:"reply"`
	Embed  *shownBy `json:"embed"`
}

// shownBy is whatever a post shows besides its text.
type shownBy struct {
	Alt    string `json:"alt"` // of a video
	Images []struct {
		Alt string `json:"alt"`
	} `json:"images"`
	Items []struct { // of a gallery
		Alt string `json:"alt"`
	} `json:"items"`
	External *external `json:"external"`
	Media    *shownBy  `json:"media"` // beside a quote
}

// item is what a notification brings, or nil.
func (n *notification) item(me *session) *platform.Item {
	m := uriOfPost.FindStringSubmatch(n.URI)
	var p heard
	// what is of another form than we know must not hide the rest
	err := json.Unmarshal(n.Record, &p)
	if errors.As(err, new(*json.UnmarshalTypeError)) {
		err = nil
	}
	if err != nil || !slices.Contains(reasons, n.Reason) || m == nil || m[1] != n.Author.DID || m[1] == me.did {
		return nil
	}
	i := &platform.Item{
		ID: n.URI, Rev: n.CID, URL: page(n.Author.Handle, n.Author.DID, m[len(m)-1]), Surface: n.Reason, At: n.At.UTC(), Text: p.words(),
		Author: platform.Author{ID: n.Author.DID, Handle: n.Author.Handle, Since: n.Author.CreatedAt},
	}
	if at, err := time.Parse(time.RFC3339, p.At); err == nil && at.Before(i.At) {
		i.At = at.UTC()
	}
	if len(p.Langs) > 0 {
		i.Lang = p.Langs[0]
	}
	if p.Reply != nil {
		i.On, i.Root = p.Reply.Parent.URI, platform.Ref{ID: p.Reply.Root.URI, Rev: p.Reply.Root.CID}
	}
	if n.Reason == platform.SurfaceQuote {
		i.On = n.Subject
	}
	return i
}

// words are all that a reader sees.
func (p *heard) words() string {
	t := text.Text{String: p.Text}
	for _, f := range p.Facets {
		for _, what := range f.Features {
			if what.Type == linkFeature {
				t.Facets = append(t.Facets, text.Facet{Start: f.Index.Start, End: f.Index.End, Kind: text.FacetLink, Value: what.URI})
			}
		}
	}
	slices.SortStableFunc(t.Facets, func(a, b text.Facet) int { return a.Start - b.Start })
	all := []string{t.Spelled()}
	for e := p.Embed; e != nil; e = e.Media {
		all = append(all, e.Alt)
		for _, i := range slices.Concat(e.Images, e.Items) {
			all = append(all, i.Alt)
		}
		if e.External != nil {
			all = append(all, e.External.Title, e.External.Description, e.External.URI)
		}
	}
	for _, t := range p.Tags {
		all = append(all, "#"+t)
	}
	return strings.Join(slices.DeleteFunc(all, func(w string) bool { return strings.TrimSpace(w) == "" }), "\n\n")
}

const profiles = 25 // in one call, at most

// count fills in how many follow the authors of items.
func (c *conn) count(ctx context.Context, items []platform.Item) error {
	var who []string
	for _, i := range items {
		if !slices.Contains(who, i.Author.ID) {
			who = append(who, i.Author.ID)
		}
	}
	followers := map[string]*int{}
	for some := range slices.Chunk(who, profiles) {
		var out struct {
			Profiles []struct {
				DID       string `json:"did"`
				Followers *int   `json:"followersCount"`
			} `json:"profiles"`
		}
		if err := c.call(ctx, platform.SortRead, query("app.bsky.actor.getProfiles", url.Values{"actors": some}), &out); err != nil {
			return err
		}
		for _, p := range out.Profiles {
			followers[p.DID] = p.Followers
		}
	}
	for i := range items {
		items[i].Author.Followers = followers[items[i].Author.ID]
	}
	return nil
}
