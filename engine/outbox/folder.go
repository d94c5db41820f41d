package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many bytes of a name are kept.
const longest = 80

// reserved are names that mean a device on Windows.
var reserved = []string{"con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// slug is a name for a file or a folder: letters, digits and _, and - for
// everything else. It is never hidden, never leads anywhere, and is the same
// for names that are nearly the same.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if r == utf8.RuneError || r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !(unicode.IsMark(r) && b.Len() > 0) {
			gap = b.Len() > 0
			continue
		}
		more := utf8.RuneLen(r)
		if gap {
			more++
		}
		if b.Len()+more > longest {
			break
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	switch name := b.String(); {
	case name == "":
		return "post"
	case slices.Contains(reserved, strings.ToLower(name)):
		return name + "_"
	default:
		return name
	}
}

// place is where the item of a post is, or goes: two posts whose names are
// nearly the same do not share a folder. What is in the way and is not the
// outbox's is an error.
func (b *box) place(home, channel, post string) (name string, there bool, err error) {
	channel, post = string([]rune(channel)), string([]rune(post)) // as JSON has what is not UTF-8
	sum := sha256.Sum256([]byte(post))
	first := slug(post)
	second := first + "-" + hex.EncodeToString(sum[:4])
	for _, name := range []string{second, first} {
		if it, err := b.read(home, name); err == nil && it.Channel == channel && it.Post == post {
			return name, true, nil
		}
	}
	for _, name := range []string{first, second} {
		_, err := b.read(home, name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !b.has(path.Join(home, name)):
			return name, false, nil
		case err != nil:
			return "", false, fmt.Errorf("%s is not the outbox's; move it away, or choose another folder for outbox in imprimatur.yaml", path.Join(b.dir, home, name))
		}
	}
	return "", false, fmt.Errorf("%s: another item is in its place", path.Join(b.dir, home, second))
}

// ours demands that the page, where there is one, is the outbox's.
func (b *box) ours() error {
	data, err := b.some("index.html", 4096)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !strings.Contains(string(data), mark) {
		return fmt.Errorf("%s is not the outbox's page; move it away, or choose another folder for outbox in imprimatur.yaml", path.Join(b.dir, "index.html"))
	}
	return nil
}

// recover takes up what a crash left behind: what was moved aside goes back,
// unless the new item is in its place; what was being made or removed goes.
func (b *box) recover(home string) error {
	entries, err := fs.ReadDir(b.root.FS(), home)
	if err != nil {
		return b.fault(home, err)
	}
	for _, e := range entries {
		aside := path.Join(home, e.Name())
		name, old := strings.CutSuffix(strings.TrimPrefix(e.Name(), "."), ".old")
		err := error(nil)
		switch {
		case !strings.HasPrefix(e.Name(), "."):
		case old && !b.has(path.Join(home, name)):
			err = b.root.Rename(aside, path.Join(home, name))
		case old || strings.HasSuffix(e.Name(), ".new") || strings.HasSuffix(e.Name(), ".gone"):
			err = b.root.RemoveAll(aside)
		}
		if err != nil {
			return b.fault(aside, err)
		}
	}
	return nil
}

// swap moves the item that was made aside to its place.
func (b *box) swap(home, name string) error {
	at, fresh, old := path.Join(home, name), path.Join(home, "."+name+".new"), path.Join(home, "."+name+".old")
	if b.has(at) {
		if err := b.move(at, old); err != nil {
			return err
		}
	}
	if err := b.move(fresh, at); err != nil {
		return err
	}
	b.sync(home)
	b.step("remove " + old)
	if err := b.root.RemoveAll(old); err != nil {
		return b.fault(old, err)
	}
	return nil
}

// drop removes an item, whole or not at all.
func (b *box) drop(home, name string) error {
	gone := path.Join(home, "."+name+".gone")
	if err := b.move(path.Join(home, name), gone); err != nil {
		return err
	}
	b.sync(home)
	b.step("remove " + gone)
	if err := b.root.RemoveAll(gone); err != nil {
		return b.fault(gone, err)
	}
	return nil
}

func (b *box) move(from, to string) error {
	b.step("move " + to)
	if err := b.root.Rename(from, to); err != nil {
		return b.fault(to, err)
	}
	return nil
}

// put writes a file that is not there yet.
func (b *box) put(name string, data []byte) error {
	b.step("create " + name)
	f, err := b.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return b.fault(name, err)
	}
	_, err = f.Write(data[:len(data)/2])
	b.step("fill " + name)
	if err == nil {
		_, err = f.Write(data[len(data)/2:])
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return b.fault(name, err)
	}
	return nil
}

// replace makes a file say data: the old or the new, never half of each.
func (b *box) replace(name string, data []byte) error {
	aside := "." + name + ".new"
	if err := b.root.RemoveAll(aside); err != nil {
		return b.fault(aside, err)
	}
	if err := b.put(aside, data); err != nil {
		return err
	}
	if err := b.move(aside, name); err != nil {
		return err
	}
	b.sync(".")
	return nil
}

// sync makes sure that what was moved stays so when the power fails. Some
// systems cannot do that for a folder.
func (b *box) sync(name string) {
	if dir, err := b.root.Open(name); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}

func (b *box) has(name string) bool {
	_, err := b.root.Lstat(name)
	return err == nil
}

func (b *box) step(what string) {
	if b.before != nil {
		b.before(what)
	}
}

func (b *box) fault(name string, err error) error {
	return fmt.Errorf("%s: %w", path.Join(b.dir, name), plain(err))
}

// plain is an error without the system's own path in it.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if l := (*os.LinkError)(nil); errors.As(err, &l) {
		return l.Err
	}
	return err
}
