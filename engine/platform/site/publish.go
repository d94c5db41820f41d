package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// Publish writes a post's page, then all that is made from it, then the index.
// An attempt repeated writes the same page, and whatever a try before it did
// not get to.
func (c *conn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	if err := cmp.Or(ctx.Err(), carries(&a)); err != nil {
		return platform.Ref{}, err
	}
	if c.branch == nil {
		if err := c.root.MkdirAll(c.dir, 0o755); err != nil {
			return platform.Ref{}, fmt.Errorf("%s: %w", c.where(), plain(err))
		}
	}
	return c.change(ctx, func(w *work) (platform.Ref, error) { return w.publish(a) })
}

func (w *work) publish(a platform.Attempt) (platform.Ref, error) {
	if old := w.index.byKey(a.Key); old != nil {
		return w.put(a, old, nil, old.Page)
	}
	page, err := w.free(address(a.Part.Post, a.Key))
	if err != nil {
		return platform.Ref{}, err
	}
	return w.put(a, nil, nil, page)
}

// Find looks for the page of an attempt. A page that the index does not know
// yet is not all there: publishing it again completes it.
func (c *conn) Find(ctx context.Context, a platform.Attempt, _ []string) (platform.Ref, error) {
	return c.change(ctx, func(w *work) (platform.Ref, error) {
		e := w.index.byKey(a.Key)
		if e == nil {
			return platform.Ref{}, platform.ErrNotFound
		}
		p, err := w.post(e.Page)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, errForeign), err == nil && p.Key != e.Key:
			return platform.Ref{}, platform.ErrNotFound
		case err != nil:
			return platform.Ref{}, err
		}
		return w.ref(p), nil
	})
}

// Edit writes a page anew. Its address stays.
func (c *conn) Edit(ctx context.Context, r platform.Ref, a platform.Attempt) (platform.Ref, error) {
	if err := cmp.Or(ctx.Err(), carries(&a)); err != nil {
		return platform.Ref{}, err
	}
	return c.change(ctx, func(w *work) (platform.Ref, error) {
		old := w.index.byPage(r.ID)
		if old == nil {
			return platform.Ref{}, platform.ErrNotFound
		}
		return w.put(a, old, old, old.Page)
	})
}

// Remove takes a page away, and the pictures that only it showed.
func (c *conn) Remove(ctx context.Context, r platform.Ref) error {
	_, err := c.change(ctx, func(w *work) (platform.Ref, error) {
		old := w.index.byPage(r.ID)
		if old == nil {
			return platform.Ref{}, platform.ErrNotFound
		}
		next := w.index.with(nil, old)
		err := w.derive(next, old.Tags)
		if err == nil {
			err = w.remove(old.Page)
		}
		if err == nil {
			err = w.settle(next, old, nil)
		}
		if err != nil {
			err = w.unsure(err)
		}
		return platform.Ref{}, err
	})
	return err
}

// work is one change of the site, from reading its index to writing it.
type work struct {
	*conn
	house
	index *index
	fresh bool // nothing but what changes now has to be made
}

// change runs f alone. In a folder, a change is not stopped halfway: it is
// short, and whole is better.
func (c *conn) change(ctx context.Context, f func(*work) (platform.Ref, error)) (platform.Ref, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return platform.Ref{}, err
	}
	if c.branch != nil {
		return c.branch.change(ctx, c, f)
	}
	dir, err := c.folder()
	if errors.Is(err, fs.ErrNotExist) {
		return platform.Ref{}, platform.ErrNotFound
	}
	if err != nil {
		return platform.Ref{}, err
	}
	defer dir.close()
	r, err := c.work(dir, f)
	if errors.Is(err, platform.ErrUnknown) {
		c.index = nil // what is there has to be looked at again
	}
	return r, err
}

// work does one change of files.
func (c *conn) work(in files, f func(*work) (platform.Ref, error)) (platform.Ref, error) {
	w := &work{conn: c, house: house{in}}
	var err error
	if w.index, w.fresh, err = c.load(w.house); err != nil {
		return platform.Ref{}, err
	}
	return f(w)
}

func (w *work) ref(p *post) platform.Ref {
	return platform.Ref{ID: p.Page, URL: w.URL + p.Page, Rev: p.says()}
}

// put writes the page of an attempt in the place of old, or where none was.
// An edit keeps what the page before was known by.
func (w *work) put(a platform.Attempt, old, edited *entry, page string) (platform.Ref, error) {
	pictures, files, err := develop(a.Part.Media)
	if err != nil {
		return platform.Ref{}, err
	}
	p, err := w.compose(a, edited, page, pictures)
	if err != nil {
		return platform.Ref{}, err
	}
	data, err := w.render(p)
	if err != nil {
		return platform.Ref{}, err
	}
	back, err := read(page, data)
	if err != nil || back.Text != p.Text || len(back.Pictures) != len(p.Pictures) {
		return platform.Ref{}, fmt.Errorf("%w: the text is not what our HTML markup writes", platform.ErrRejected)
	}
	e := &p.entry
	next := w.index.with(e, old)
	tags := e.Tags
	if old != nil {
		tags = slices.Concat(tags, old.Tags)
	}
	if next.ID == "" {
		next.ID = tagURI(w.host, a.At, "feed")
	}
	for _, name := range p.Media {
		if err := w.write(path.Join(mediaFiles, name), files[name]); err != nil {
			return platform.Ref{}, err
		}
	}
	if err = w.write(page, data); err == nil {
		err = w.derive(next, tags)
	}
	if err == nil {
		err = w.settle(next, old, e)
	}
	if err != nil {
		return platform.Ref{}, w.unsure(err)
	}
	return w.ref(back), nil
}

// carries refuses what a page cannot be.
func carries(a *platform.Attempt) error {
	p := &a.Part
	wrong := ""
	switch {
	case p.Visibility == "private":
		wrong = "everyone can read a web site; leave it out there, or make it unlisted"
	case p.Visibility != "" && p.Visibility != "public" && p.Visibility != "unlisted":
		wrong = "no page can be " + strconv.Quote(p.Visibility)
	case p.Poll != nil:
		wrong = "a page has no poll"
	case len(a.After) > 0:
		wrong = "a page is one part"
	case p.Link != "" && !web(p.Link):
		wrong = "the link " + strconv.Quote(p.Link) + " is not a web address"
	case strings.TrimSpace(p.Text) == "" && p.Title == "" && len(p.Media) == 0:
		wrong = "there is nothing to show"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", platform.ErrRejected, wrong)
}

// free is the first page that a post can have. One that the index does not
// know is what an attempt left that was never finished, unless it is
// somebody else's.
func (w *work) free(stem string) (string, error) {
	for dir := path.Dir(stem); dir != "."; dir = path.Dir(dir) {
		if w.has(path.Join(dir, indexFile)) {
			return "", w.fault(dir, errors.New("another site is in this folder; give each channel a directory beside the other's"))
		}
	}
	for n := 1; ; n++ {
		page := stem + ".html"
		if n > 1 {
			page = stem + "-" + strconv.Itoa(n) + ".html"
		}
		if w.index.byPage(page) != nil {
			continue
		}
		_, err := w.post(page)
		switch {
		case err == nil, errors.Is(err, fs.ErrNotExist):
			return page, nil
		case !errors.Is(err, errForeign):
			return "", err
		}
	}
}

// settle takes away the pictures that no page shows any more, and writes the
// index.
func (w *work) settle(next *index, old, e *entry) error {
	if old != nil {
		for _, name := range old.Media {
			used := func(e *entry) bool { return slices.Contains(e.Media, name) }
			if slices.ContainsFunc(next.Pages, used) {
				continue
			}
			if err := w.remove(path.Join(mediaFiles, name)); err != nil {
				return err
			}
		}
	}
	return w.commit(w.files, next, old, e)
}
