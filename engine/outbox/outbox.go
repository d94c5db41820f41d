// Package outbox writes what a person publishes by hand to a folder of the
// workspace, ready to paste, and keeps one page that lists all of it.
//
//	index.html               what waits, by when it is due
//	CHANNEL/POST/            one item: a post for a channel
//	  1.txt, 2.txt           the parts, exactly as they are pasted
//	  title.txt, tags.txt    and whatever else has a field of its own
//	  1-galette.jpg          the pictures, as they are uploaded, in order;
//	                         in a thread 2-1-galette.jpg, of part 2
//	  1-galette.alt.txt      their alternative texts
//	  item.json              what the page is made from
//
// An item is made aside and moved to its place whole: there is the old one or
// the new one, never half of each.
package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A Handoff is what a person is asked to do: publish a variant, make what is
// live say what it says, or take it down.
type Handoff struct {
	Channel *platform.Channel
	Variant platform.Variant // with Remove, its Parts are not looked at
	Due     time.Time
	Zone    *time.Location // of the times that people read
	Lang    string         // of the page: the workspace's, a BCP 47 tag
	Live    []platform.Ref // what is out already and must be changed or removed
	Remove  bool
	Resolve string // the command that says it is done
}

// Mark names what a handoff asks for: an item with the same mark need not be
// written anew.
func (h *Handoff) Mark() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q %t %q %s", h.Variant.Digests, h.Live, h.Resolve, h.Remove, h.Lang, h.Due.UTC())
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// An Item is what the outbox holds for a person.
type Item struct{ Channel, Post, Mark string }

// List lists the items of an outbox, which need not be there.
func List(root *os.Root, dir string) ([]Item, error) {
	b, err := open(root, dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer b.root.Close()
	cards, err := b.gather()
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(cards))
	for i, c := range cards {
		items[i] = Item{c.Channel, c.Post, c.Mark}
	}
	return items, nil
}

// Write writes the item of a handoff, in place of an older one of the same
// post and channel, and then the page. Dir is the outbox's folder below root,
// the workspace; path is the item's, below root too. An error names the file;
// a picture that cannot be read is one. Only one call may run at a time.
func Write(root *os.Root, dir string, h Handoff) (string, error) {
	b, err := open(root, dir, true)
	if err != nil {
		return "", err
	}
	defer b.root.Close()
	return b.write(&h)
}

// Clear removes the item of a post on a channel, if there is one, and then
// writes the page; with the last item the page goes, too. Only one call may
// run at a time.
func Clear(root *os.Root, dir, channel, post string) error {
	b, err := open(root, dir, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer b.root.Close()
	return b.clear(channel, post)
}

// A box is the outbox's folder.
type box struct {
	root *os.Root
	dir  string

	before func(step string) // nil outside tests, which end the work at a step
}

func open(root *os.Root, dir string, create bool) (*box, error) {
	if !fs.ValidPath(dir) || dir == "." {
		return nil, fmt.Errorf("the outbox %q: want a folder below the workspace, as in outbox", dir)
	}
	if create {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("the outbox %s: %w", dir, plain(err))
		}
	}
	inside, err := root.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the outbox %s: %w", dir, plain(err))
	}
	b := &box{root: inside, dir: dir}
	if err := b.ours(); err != nil {
		return nil, errors.Join(err, inside.Close())
	}
	return b, nil
}

func (b *box) write(h *Handoff) (string, error) {
	channel, post := h.Channel.Name, h.Variant.Post
	home := slug(channel)
	if err := b.root.MkdirAll(home, 0o755); err != nil {
		return "", b.fault(home, err)
	}
	if err := b.recover(home); err != nil {
		return "", err
	}
	name, _, err := b.place(home, channel, post)
	if err != nil {
		return "", err
	}
	aside := path.Join(home, "."+name+".new")
	if err := b.root.Mkdir(aside, 0o755); err != nil {
		return "", b.fault(aside, err)
	}
	if err := b.fill(aside, h); err != nil {
		return "", errors.Join(err, b.root.RemoveAll(aside))
	}
	if err := b.swap(home, name); err != nil {
		return "", err
	}
	return path.Join(b.dir, home, name), b.page()
}

func (b *box) clear(channel, post string) error {
	home := slug(channel)
	if _, err := b.root.Lstat(home); err == nil {
		if err := b.recover(home); err != nil {
			return err
		}
		name, there, err := b.place(home, channel, post)
		if err != nil {
			return err
		}
		if there {
			if err := b.drop(home, name); err != nil {
				return err
			}
		}
		_ = b.root.Remove(home) // if it is empty now
	}
	return b.page()
}
