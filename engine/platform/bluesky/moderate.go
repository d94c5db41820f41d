package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Acts are what an account can do about others. It hides replies in the
// threads that it began, and in no others.
func (c *conn) Acts() []platform.Act {
	return []platform.Act{platform.ActMute, platform.ActReport, platform.ActHide}
}

func (c *conn) Moderate(ctx context.Context, item platform.Item, act platform.Act, why platform.Reason) (string, error) {
	if !uriOfPost.MatchString(item.ID) || !isDID(item.Author.ID) {
		return "", fmt.Errorf("%w: %q by %q is not an item of Bluesky's", platform.ErrUnsupported, wire.Brief(item.ID), wire.Brief(item.Author.ID))
	}
	switch act {
	case platform.ActMute:
		return "mute " + item.Author.ID, c.mute(ctx, "muteActor", item.Author.ID)
	case platform.ActReport:
		return "", c.report(ctx, item, why)
	case platform.ActHide:
		return c.hide(ctx, item)
	}
	return "", fmt.Errorf("%w: Bluesky lets no account %s what others wrote", platform.ErrUnsupported, act)
}

var undoHide = regexp.MustCompile(`^hide (at://\S+) in ([2-7a-z]{13})$`)

func (c *conn) Undo(ctx context.Context, undo string) error {
	if did, ok := strings.CutPrefix(undo, "mute "); ok && isDID(did) {
		return c.mute(ctx, "unmuteActor", did)
	}
	m := undoHide.FindStringSubmatch(undo)
	if m == nil || !uriOfPost.MatchString(m[1]) {
		return fmt.Errorf("%w: %q names nothing to be undone", platform.ErrUnsupported, wire.Brief(undo))
	}
	return c.show(ctx, m[2], m[1])
}

// mute calls muteActor or its opposite: both answer with nothing.
func (c *conn) mute(ctx context.Context, name, did string) error {
	var raw []byte
	err := c.call(ctx, platform.Sort, procedure("app.bsky.graph."+name, map[string]string{"actor": did}), &raw)
	if err == nil && len(raw) > 0 && !json.Valid(raw) {
		return fmt.Errorf("%w: the server's answer is not one of Bluesky's", platform.ErrUnknown)
	}
	return err
}

const mostWords = 2000 // graphemes in a report

// report tells the moderators that the account's server names: Bluesky's own,
// for most.
func (c *conn) report(ctx context.Context, item platform.Item, why platform.Reason) error {
	kind := "Other"
	switch why.Kind {
	case platform.KindSpam:
		kind = "Spam"
	case platform.KindRude:
		kind = "Rude"
	case platform.KindSexual:
		kind = "Sexual"
	case platform.KindMisleading:
		kind = "Misleading"
	case platform.KindIllegal:
		kind = "Violation"
	}
	words := []rune(why.Words)
	words = words[:min(len(words), mostWords)] // no grapheme has less than one
	in := map[string]any{
		"reasonType": "com.atproto.moderation.defs#reason" + kind, "reason": string(words),
		"subject": map[string]string{"$type": "com.atproto.repo.strongRef", "uri": item.ID, "cid": item.Rev},
	}
	var out struct {
		ID *int64 `json:"id"`
	}
	err := c.call(ctx, platform.Sort, procedure("com.atproto.moderation.createReport", in), &out)
	if err == nil && out.ID == nil {
		err = fmt.Errorf("%w: the server's answer does not name the report", platform.ErrUnknown)
	}
	return err
}

const (
	gates      = "app.bsky.feed.threadgate"
	mostHidden = 300 // replies in one thread; see lexicons + "feed/threadgate.json"
)

// gate is the record that says who may answer a thread, and what of the
// answers is hidden. What we do not know of it stays as it is.
type gate struct {
	cid    string // "" where there is none yet
	fields map[string]json.RawMessage
	hidden []string
}

func (c *conn) gate(ctx context.Context, me *session, rkey string) (*gate, error) {
	cid, value, err := c.read(ctx, me, gates, rkey)
	if errors.Is(err, platform.ErrNotFound) {
		return &gate{fields: map[string]json.RawMessage{}}, nil
	} else if err != nil {
		return nil, err
	}
	g := &gate{cid: cid}
	if json.Unmarshal(value, &g.fields) != nil || g.fields == nil || g.fields["hiddenReplies"] != nil && json.Unmarshal(g.fields["hiddenReplies"], &g.hidden) != nil {
		return nil, fmt.Errorf("%w: the thread's gate is not one we can read", platform.ErrUnsupported)
	}
	return g, nil
}

// hide adds the item to what is hidden in our own thread.
func (c *conn) hide(ctx context.Context, item platform.Item) (string, error) {
	me, err := c.login(ctx, nil)
	if err != nil {
		return "", err
	}
	m := uriOfPost.FindStringSubmatch(item.Root.ID)
	if m == nil || m[1] != me.did {
		return "", fmt.Errorf("%w: only who began a thread can hide replies in it", platform.ErrUnsupported)
	}
	rkey := m[len(m)-1]
	undo := "hide " + item.ID + " in " + rkey
	g, err := c.gate(ctx, me, rkey)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(g.hidden, item.ID):
		return undo, nil
	case len(g.hidden) >= mostHidden:
		return "", fmt.Errorf("%w: %d replies are hidden in the thread already, and Bluesky keeps no more", platform.ErrUnsupported, len(g.hidden))
	case g.cid == "":
		g.set("$type", gates)
		g.set("post", item.Root.ID)
		g.set("createdAt", item.At.UTC().Format(moment))
	}
	g.set("hiddenReplies", append(g.hidden, item.ID))
	return undo, c.put(ctx, me, rkey, g)
}

// show takes an item out of what is hidden. A gate that then says nothing,
// not even who may answer, is one that only hid.
func (c *conn) show(ctx context.Context, rkey, id string) error {
	me, err := c.login(ctx, nil)
	if err != nil {
		return err
	}
	g, err := c.gate(ctx, me, rkey)
	if err != nil || !slices.Contains(g.hidden, id) {
		return err
	}
	hidden := slices.DeleteFunc(g.hidden, func(o string) bool { return o == id })
	if len(hidden) > 0 || len(g.fields) > len([]string{"$type", "post", "createdAt", "hiddenReplies"}) {
		g.set("hiddenReplies", hidden)
		return c.put(ctx, me, rkey, g)
	}
	in := map[string]string{"repo": me.did, "collection": gates, "rkey": rkey, "swapRecord": g.cid}
	return swapped(c.call(ctx, platform.Sort, procedure("com.atproto.repo.deleteRecord", in), &struct{}{}))
}

func (g *gate) set(name string, value any) {
	g.fields[name], _ = json.Marshal(value) // strings
}

// put writes the gate in the place of the one that was read, and of no other.
func (c *conn) put(ctx context.Context, me *session, rkey string, g *gate) error {
	in := map[string]any{"repo": me.did, "collection": gates, "rkey": rkey, "record": g.fields, "swapRecord": nil}
	if g.cid != "" {
		in["swapRecord"] = g.cid
	}
	var out struct {
		CID string `json:"cid"`
	}
	err := c.call(ctx, platform.Sort, procedure("com.atproto.repo.putRecord", in), &out)
	if err == nil && out.CID == "" {
		err = fmt.Errorf("%w: the server's answer does not name the gate's version", platform.ErrUnknown)
	}
	return swapped(err)
}

// swapped says of a record that someone changed meanwhile that nothing was
// done, and that it may work later.
func swapped(err error) error {
	if names(err, "InvalidSwap") {
		return &platform.BusyError{Err: errors.New("someone changed the thread's gate at the same time")}
	}
	return err
}
