package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// An index is what the lists and feeds are made from, so that no page has to
// be read for them. It is written last: what it says has happened.
type index struct {
	Version int       `json:"version"`
	Channel string    `json:"channel"`
	ID      string    `json:"id"`      // of the Atom feed
	Look    string    `json:"look"`    // of every page
	Updated time.Time `json:"updated"` // of the feeds
	Pages   []*entry  `json:"pages"`   // newest first; in the file, those that are listed
}

const (
	indexFile     = "posts.json"
	indexVersion  = 1
	unlistedFiles = "unlisted"
)

// An entry is what the index keeps of a page. It is never changed: another
// takes its place.
type entry struct {
	Key       string    `json:"key"`  // of the attempt that made the page
	ID        string    `json:"id"`   // in the feeds, for good
	Post      string    `json:"post"` // the post's id when it was published
	Page      string    `json:"page"` // the file
	Title     string    `json:"title,omitempty"`
	Summary   string    `json:"summary"`        // the author's, or the beginning of the text
	More      bool      `json:"more,omitempty"` // the page says more than the summary
	Warning   string    `json:"warning,omitempty"`
	Lang      string    `json:"lang"`
	Published time.Time `json:"published"`
	Modified  time.Time `json:"modified,omitzero"`
	First     time.Time `json:"first"` // when it was first tried: it orders posts of one moment
	Tags      []string  `json:"tags,omitempty"`
	Image     *picture  `json:"image,omitempty"` // for lists and link cards
	Media     []string  `json:"media,omitempty"` // files, without the folder
	Unlisted  bool      `json:"unlisted,omitempty"`
	Rev       string    `json:"rev"` // digest of the part

	line []byte // as the index has it
}

// name is what to call a post: its title, or how it begins. Nothing is without
// a name.
func (e *entry) name() string {
	switch {
	case e.Title != "":
		return oneLine(e.Title)
	case e.Warning != "":
		return oneLine(e.Warning)
	case e.Summary != "":
		return shorten(e.Summary, 60)
	case e.Image != nil && oneLine(e.Image.Alt) != "":
		return shorten(oneLine(e.Image.Alt), 60)
	}
	return e.Published.Format(time.DateOnly)
}

func (e *entry) updated() time.Time {
	if e.Modified.IsZero() {
		return e.Published
	}
	return e.Modified
}

// newest orders pages, newest first.
func newest(a, b *entry) int {
	return cmp.Or(b.Published.Compare(a.Published), b.First.Compare(a.First), cmp.Compare(b.Page, a.Page))
}

func (ix *index) find(is func(*entry) bool) *entry {
	if i := slices.IndexFunc(ix.Pages, is); i >= 0 {
		return ix.Pages[i]
	}
	return nil
}

func (ix *index) byKey(key string) *entry {
	return ix.find(func(e *entry) bool { return e.Key == key })
}

func (ix *index) byPage(page string) *entry {
	return ix.find(func(e *entry) bool { return e.Page == page })
}

// with is the index with one entry in the place of another. Either may be nil.
func (ix *index) with(e, old *entry) *index {
	next := *ix
	next.Pages = make([]*entry, 0, len(ix.Pages)+1)
	for _, p := range ix.Pages {
		if p != old {
			next.Pages = append(next.Pages, p)
		}
	}
	if e != nil {
		i, _ := slices.BinarySearchFunc(next.Pages, e, newest)
		next.Pages = slices.Insert(next.Pages, i, e)
		next.note(e)
	}
	return &next
}

// note moves the moment the feeds were last updated on.
func (ix *index) note(e *entry) {
	if u := e.updated(); ix.Updated.IsZero() || !e.Unlisted && u.After(ix.Updated) {
		ix.Updated = u
	}
}

// listed is the pages that lists may name.
func (ix *index) listed() []*entry {
	pages := make([]*entry, 0, len(ix.Pages))
	for _, e := range ix.Pages {
		if !e.Unlisted {
			pages = append(pages, e)
		}
	}
	return pages
}

// encode writes a page a line, so that a change of one is a change of a line.
func (ix *index) encode() ([]byte, error) {
	head := *ix
	head.Pages = []*entry{}
	data, err := json.Marshal(&head)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(data, []byte("]}")))
	gap := "\n"
	for _, e := range ix.listed() {
		if e.line == nil {
			if e.line, err = json.Marshal(e); err != nil {
				return nil, err
			}
		}
		b.WriteString(gap)
		b.Write(e.line)
		gap = ",\n"
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// load reads the index. Fresh says that this connection wrote it, and so that
// everything made from it is as it says.
func (c *conn) load(f house) (ix *index, fresh bool, err error) {
	raw, err := f.read(indexFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		ix, err = c.gather(f)
		return ix, false, err
	case err != nil:
		return nil, false, err
	case c.index != nil && bytes.Equal(raw, c.raw):
		return c.index, true, nil
	}
	ix = &index{}
	if err := json.Unmarshal(raw, ix); err != nil || ix.Version != indexVersion || !ix.sound() {
		return nil, false, f.fault(indexFile, errors.New("this is not the index of a site; if the pages are ours, remove it and it is made again from them"))
	}
	if ix.Channel != c.channel {
		return nil, false, fmt.Errorf("%s belongs to the channel %s; give each channel a directory or a branch of its own, or change the name in %s", c.where(), ix.Channel, indexFile)
	}
	names, err := f.names(unlistedFiles)
	if err != nil {
		return nil, false, err
	}
	for _, name := range names {
		e := &entry{}
		raw, err := f.read(path.Join(unlistedFiles, name))
		if err != nil {
			return nil, false, err
		}
		if err := json.Unmarshal(raw, e); err != nil || !e.sound() {
			return nil, false, f.fault(path.Join(unlistedFiles, name), errors.New("this is not a page of a site"))
		}
		if ix.byKey(e.Key) == nil {
			ix.Pages = append(ix.Pages, e)
		}
	}
	slices.SortFunc(ix.Pages, newest)
	return ix, false, nil
}

// sound reports whether an index can be acted on: files are removed by it.
func (ix *index) sound() bool {
	return !slices.ContainsFunc(ix.Pages, func(e *entry) bool { return e == nil || !e.sound() })
}

func (e *entry) sound() bool {
	return e.Key != "" && fs.ValidPath(e.Page) && strings.HasSuffix(e.Page, ".html") && e.Page != "index.html" &&
		!slices.ContainsFunc(e.Media, func(name string) bool { return !fs.ValidPath(name) || strings.Contains(name, "/") })
}

// commit writes the index: from now on, what it says has happened.
func (c *conn) commit(f files, ix *index, old, e *entry) error {
	for _, e := range ix.Pages {
		if !e.Unlisted {
			continue
		}
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := f.write(record(e), append(data, '\n')); err != nil {
			return err
		}
	}
	raw, err := ix.encode()
	if err != nil {
		return err
	}
	f.sync()
	if err := f.write(indexFile, raw); err != nil {
		return err
	}
	if gone := cmp.Or(e, old); !(e != nil && e.Unlisted) && f.has(record(gone)) {
		if err := f.remove(record(gone)); err != nil {
			return err
		}
	}
	f.sync()
	c.raw, c.index = raw, ix
	return nil
}

// record is the file that keeps the entry of an unlisted page.
func record(e *entry) string { return path.Join(unlistedFiles, segment(e.Key)+".json") }
