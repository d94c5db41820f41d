package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// talk is what people write below issues and pull requests and in discussions
// of a repository. It stands here and not among the connectors, because what
// a github channel publishes is in a person's hands: a connector would take
// that over, and a forge is one already.
type talk struct {
	forge forge.Forge
	now   func() time.Time
	me    *forge.User
}

const (
	talkBack  = 40                 // comments to look at again, for edits
	talkSince = 7 * 24 * time.Hour // how far back a first look goes
	talkPlace = "2006-01-02T15:04:05Z"
)

// Read implements platform.Reader. A comment's place is when it was last
// changed.
func (t *talk) Read(ctx context.Context, cursor string) ([]platform.Item, string, error) {
	m := platform.Mark{At: t.now().Add(-talkSince).UTC().Format(talkPlace)}
	if cursor != "" {
		var err error
		if m, err = platform.ParseMark(cursor); err != nil {
			return nil, cursor, err
		}
	}
	day, _, _ := strings.Cut(m.At, "+")
	since, err := time.Parse(talkPlace, day)
	if err != nil {
		return nil, cursor, fmt.Errorf("%q is no place among comments; begin without a cursor", m.At)
	}
	if t.me == nil {
		me, err := t.forge.Me(ctx)
		if err != nil {
			return nil, cursor, told(err, true)
		}
		t.me = &me
	}
	said, err := t.forge.Said(ctx, since)
	if err != nil {
		return nil, cursor, told(err, true)
	}
	var entries []platform.Entry
	for i := range said {
		c := &said[i]
		at := c.Edited.UTC().Format(talkPlace) + "+" + fmt.Sprintf("%020d", c.ID)
		if at <= m.At && m.At != day {
			continue
		}
		e := platform.Entry{At: at}
		if c.By.ID != t.me.ID && !c.By.Bot && !c.Trusted && !c.Hidden && node.MatchString(c.Node) {
			e.Item = comment(c)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b platform.Entry) int { return cmp.Compare(a.At, b.At) })
	items, next := m.Next(entries, talkBack)
	if len(items) == 0 && len(entries) == 0 && cursor != "" {
		return nil, cursor, nil
	}
	return items, next.String(), nil
}

func comment(c *forge.Comment) *platform.Item {
	i := &platform.Item{ID: c.Node, Rev: c.Edited.UTC().Format(talkPlace), URL: c.URL, Surface: platform.SurfaceComment, On: c.On, At: c.At.UTC(), Text: c.Body,
		Author: platform.Author{ID: fmt.Sprint(c.By.ID), Handle: c.By.Login}}
	if !c.Since.IsZero() {
		since := c.Since.UTC()
		i.Author.Since = &since
	}
	return i
}

var node = regexp.MustCompile(`^[A-Za-z0-9_=-]{1,200}$`)

// Acts implements platform.Moderator.
func (t *talk) Acts() []platform.Act { return []platform.Act{platform.ActHide} }

// Moderate folds a comment away.
func (t *talk) Moderate(ctx context.Context, item platform.Item, act platform.Act, why platform.Reason) (string, error) {
	if act != platform.ActHide || !node.MatchString(item.ID) {
		return "", fmt.Errorf("%w: GitHub folds comments away, and no more", platform.ErrUnsupported)
	}
	reason := "OFF_TOPIC"
	switch why.Kind {
	case platform.KindSpam:
		reason = "SPAM"
	case platform.KindRude, platform.KindSexual, platform.KindIllegal:
		reason = "ABUSE"
	}
	return "restore " + item.ID, told(t.forge.Minimize(ctx, item.ID, reason), false)
}

// Undo unfolds it.
func (t *talk) Undo(ctx context.Context, undo string) error {
	id, ok := strings.CutPrefix(undo, "restore ")
	if !ok || !node.MatchString(id) {
		return fmt.Errorf("%w: nothing is to be undone", platform.ErrUnsupported)
	}
	return told(t.forge.Restore(ctx, id), false)
}

// told is what a forge says, in the words of connectors.
func told(err error, reads bool) error {
	kind := error(nil)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, forge.ErrBusy), reads && errors.Is(err, forge.ErrUnknown):
		return &platform.BusyError{Err: err}
	case errors.Is(err, forge.ErrUnknown):
		kind = platform.ErrUnknown
	case errors.Is(err, forge.ErrAuth):
		kind = platform.ErrAuth
	case errors.Is(err, forge.ErrNotFound):
		kind = platform.ErrNotFound
	case errors.Is(err, forge.ErrRejected):
		kind = platform.ErrUnsupported
	default:
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}
