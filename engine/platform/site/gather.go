package site

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// A house is where a site is, with its posts.
type house struct{ files }

// post reads a page.
func (f house) post(page string) (*post, error) {
	data, err := f.read(page)
	if err != nil {
		return nil, err
	}
	p, err := read(page, data)
	if err != nil {
		return nil, f.fault(page, err)
	}
	return p, nil
}

// posts reads every page that is ours, newest first.
func (f house) posts() ([]*post, error) {
	names, err := f.pages()
	if err != nil {
		return nil, err
	}
	var all []*post
	for _, name := range names {
		p, err := f.post(name)
		switch {
		case err == nil:
			all = append(all, p)
		case !errors.Is(err, errForeign) && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b *post) int { return newest(&a.entry, &b.entry) })
	return all, nil
}

// written reports whether a file is one that we wrote: each of them says so.
func written(data []byte) bool { return bytes.Contains(data, []byte("Imprimatur")) }

// gather makes the index again from the pages. Where there are none, nothing
// that the site would write may be there either: it would be somebody else's.
func (c *conn) gather(f house) (*index, error) {
	ix := &index{Version: indexVersion, Channel: c.channel}
	all, err := f.posts()
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		ix.Pages = append(ix.Pages, &p.entry)
		ix.note(&p.entry)
	}
	if len(all) > 0 {
		feed, _ := f.read("feed.atom")
		_, id, _ := bytes.Cut(feed, []byte("<id>"))
		id, _, _ = bytes.Cut(id, []byte("</id>"))
		if ix.ID = string(id); ix.ID == "" {
			oldest := all[len(all)-1].ID
			ix.ID = oldest[:strings.LastIndexByte(oldest, ':')+1] + "feed"
		}
		return ix, nil
	}
	for _, name := range []string{"index.html", "archive.html", "feed.atom", "feed.json", "sitemap.xml", "style.css"} {
		if data, err := f.read(name); err == nil && !written(data) {
			return nil, f.fault(name, errors.New("this file is there and not ours; give the site a folder or a branch of its own"))
		}
	}
	return ix, nil
}
