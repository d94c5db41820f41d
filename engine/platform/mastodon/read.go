package mastodon

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

const (
	page = 80 // notifications in an answer, at most
	back = 40 // of them to look at again, for edits
)

// notification is what the server tells the account about. Those that are not
// asked for, servers may send all the same.
type notification struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Status *heard `json:"status"`
}

// heard is a status of somebody else's.
type heard struct {
	status
	InReplyToAccount string          `json:"in_reply_to_account_id"`
	Language         string          `json:"language"`
	Quote            json.RawMessage `json:"quote"` // other servers have other things there
	Mentions         []struct {
		URL string `json:"url"`
	} `json:"mentions"`
	Tags []struct {
		URL string `json:"url"`
	} `json:"tags"`
	Author struct {
		ID        string    `json:"id"`
		Acct      string    `json:"acct"`
		CreatedAt time.Time `json:"created_at"`
		Followers *int      `json:"followers_count"`
	} `json:"account"`
}

// Read asks for the mentions and quotes among the account's notifications:
// every reply to it mentions it.
func (c *conn) Read(ctx context.Context, cursor string) ([]platform.Item, string, error) {
	me, err := c.account(ctx)
	if err != nil {
		return nil, cursor, err
	}
	if cursor == "" {
		entries, err := c.notifications(ctx, me, "")
		if err != nil {
			return nil, cursor, err
		}
		m := platform.Mark{At: "0"}
		if len(entries) > 0 {
			m.At = entries[0].At
		}
		items, next := m.Next(entries, back)
		return items, next.String(), nil
	}
	m, err := platform.ParseMark(cursor)
	if err != nil {
		return nil, cursor, err
	}
	entries, err := c.notifications(ctx, me, m.At)
	if err != nil {
		return nil, cursor, err
	}
	items, next := m.Next(entries, back)
	if len(items) > 0 {
		return items, next.String(), nil
	}
	// How long the server's pages are at most, it does not say: this one may
	// have ended before what is new.
	if m.Last != "" {
		m.At = m.Last
	}
	if entries, err = c.notifications(ctx, me, m.At); err != nil {
		return nil, cursor, err
	}
	if len(entries) == 0 {
		return nil, cursor, nil
	}
	items, next = m.Next(entries, back)
	return items, next.String(), nil
}

// notifications are those right after one, or the newest, in order.
func (c *conn) notifications(ctx context.Context, me, after string) ([]platform.Entry, error) {
	query := url.Values{
		"types[]": {"mention", "quote"}, "limit": {strconv.Itoa(page)},
		"include_filtered": {"true"}, // what the account's settings put aside is what moderation is for
	}
	if after != "" {
		query.Set("min_id", after)
	}
	var list []notification
	if err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/notifications", Query: query}, &list); err != nil {
		return nil, lacks(err, platform.ErrUnsupported, platform.SortRead)
	}
	entries := make([]platform.Entry, 0, len(list))
	for _, n := range list {
		if !valid(n.ID) || n.ID == after {
			continue
		}
		entries = append(entries, platform.Entry{At: n.ID, Item: n.item(me)})
	}
	slices.SortFunc(entries, func(a, b platform.Entry) int {
		return cmp.Or(cmp.Compare(len(a.At), len(b.At)), cmp.Compare(a.At, b.At)) // numbers, or letters of one length
	})
	return entries, nil
}

// item is what a notification brings, or nil.
func (n *notification) item(me string) *platform.Item {
	s := n.Status
	if s == nil || !valid(s.ID) || !valid(s.Author.ID) || s.Author.ID == me || n.Type != "mention" && n.Type != "quote" {
		return nil
	}
	ref := s.ref()
	i := &platform.Item{
		ID: s.ID, Rev: ref.Rev, URL: ref.URL, Surface: platform.SurfaceMention, On: s.InReplyTo, At: s.CreatedAt.UTC(),
		Private: s.Visible == "private" || s.Visible == "direct", Lang: s.Language, Text: s.words(),
		Author: platform.Author{ID: s.Author.ID, Handle: s.Author.Acct, Followers: s.Author.Followers},
	}
	switch {
	case n.Type == "quote":
		var quote struct {
			Status struct {
				ID string `json:"id"`
			} `json:"quoted_status"`
		}
		i.Surface, i.On = platform.SurfaceQuote, ""
		if json.Unmarshal(s.Quote, &quote) == nil {
			i.On = quote.Status.ID
		}
	case s.InReplyToAccount == me:
		i.Surface = platform.SurfaceReply
	}
	if at := s.Author.CreatedAt.UTC(); !at.IsZero() {
		i.Author.Since = &at
	}
	if i.Author.Followers != nil && *i.Author.Followers < 0 { // hidden
		i.Author.Followers = nil
	}
	return i
}

// words are all that a reader sees. The people and tags of the status lead
// where the server says; any other link is spelled out.
func (s *heard) words() string {
	content := text.FromHTML(s.Content)
	content.Facets = slices.DeleteFunc(content.Facets, func(f text.Facet) bool {
		for _, m := range s.Mentions {
			if f.Value == m.URL {
				return true
			}
		}
		for _, t := range s.Tags {
			if f.Value == t.URL {
				return true
			}
		}
		return false
	})
	all := []string{s.Spoiler, content.Spelled()}
	if s.Poll != nil {
		for _, o := range s.Poll.Options {
			all = append(all, o.Title)
		}
	}
	for _, m := range s.Media {
		all = append(all, m.Description)
	}
	return strings.Join(slices.DeleteFunc(all, func(w string) bool { return strings.TrimSpace(w) == "" }), "\n\n")
}
