package mastodon

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Acts are what an account can do about others: nobody but the server's own
// moderators hides or deletes what others wrote.
func (c *conn) Acts() []platform.Act { return []platform.Act{platform.ActMute, platform.ActReport} }

func (c *conn) Moderate(ctx context.Context, item platform.Item, act platform.Act, why platform.Reason) (string, error) {
	if !valid(item.ID) || !valid(item.Author.ID) {
		return "", fmt.Errorf("%w: %q by %q is not an item of Mastodon's", platform.ErrUnsupported, wire.Brief(item.ID), wire.Brief(item.Author.ID))
	}
	switch act {
	case platform.ActMute:
		undo := "mute " + item.Author.ID
		return undo, c.mute(ctx, item.Author.ID, true)
	case platform.ActReport:
		return "", c.report(ctx, item, why)
	}
	return "", fmt.Errorf("%w: Mastodon lets no account %s what others wrote", platform.ErrUnsupported, act)
}

func (c *conn) Undo(ctx context.Context, undo string) error {
	id, ok := strings.CutPrefix(undo, "mute ")
	if !ok || !valid(id) {
		return fmt.Errorf("%w: %q names nothing to be undone", platform.ErrUnsupported, wire.Brief(undo))
	}
	return c.mute(ctx, id, false)
}

// mute makes an account muted, notifications included, or no longer so.
func (c *conn) mute(ctx context.Context, id string, muted bool) error {
	path := "/api/v1/accounts/" + id + "/unmute"
	if muted {
		path = "/api/v1/accounts/" + id + "/mute"
	}
	var out struct {
		ID     string `json:"id"`
		Muting bool   `json:"muting"`
	}
	err := c.do(ctx, wire.Request{Method: http.MethodPost, Path: path, JSON: map[string]bool{"notifications": true}}, &out)
	if err == nil && (out.ID != id || out.Muting != muted) {
		err = &wire.LostError{Err: errAnother}
	}
	return platform.Sort(err)
}

// mostWords a report may have; see
// https://docs.joinmastodon.org/methods/reports/#post (checked 2026-07-02).
const mostWords = 1000

// report tells the server's own moderators, and not those of the author's.
func (c *conn) report(ctx context.Context, item platform.Item, why platform.Reason) error {
	category := "other"
	switch why.Kind {
	case platform.KindSpam:
		category = "spam"
	case platform.KindIllegal:
		category = "legal"
	}
	words := []rune(why.Words)
	in := map[string]any{
		"account_id": item.Author.ID, "status_ids": []string{item.ID}, "category": category,
		"comment": string(words[:min(len(words), mostWords)]), "forward": false,
	}
	var out struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, wire.Request{Method: http.MethodPost, Path: "/api/v1/reports", JSON: in}, &out)
	if err == nil && out.ID == "" {
		err = &wire.LostError{Err: errNoID}
	}
	return platform.Sort(err)
}
