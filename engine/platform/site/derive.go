package site

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// derive makes all that is made from the pages: of the tags, those given, and
// all of them when it is not known that the others are right.
func (w *work) derive(next *index, tags []string) error {
	if next.Look != w.look {
		if err := w.refresh(next); err != nil {
			return err
		}
	}
	listed := next.listed()
	all := topics(listed)
	if err := w.tags(all, tags); err != nil {
		return err
	}
	var posts []*post
	for _, e := range listed[:min(newestPosts, len(listed))] {
		p, err := w.post(e.Page)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errForeign) {
			continue // somebody took the page away: its post cannot be fed
		}
		if err != nil {
			return err
		}
		posts = append(posts, p)
	}
	for _, file := range []struct {
		name string
		make func() ([]byte, error)
	}{
		{"style.css", func() ([]byte, error) { return theme.ReadFile("theme/style.css") }},
		{"icon.svg", w.icon},
		{"index.html", func() ([]byte, error) { return w.home(listed) }},
		{"archive.html", func() ([]byte, error) { return w.archive(listed) }},
		{"tags/index.html", func() ([]byte, error) { return w.tagList(all) }},
		{"feed.atom", func() ([]byte, error) { return w.atom(next, posts) }},
		{"feed.json", func() ([]byte, error) { return w.json(posts) }},
		{"sitemap.xml", func() ([]byte, error) { return w.sitemap(next, listed), nil }},
	} {
		data, err := file.make()
		if err == nil {
			err = w.write(file.name, data)
		}
		if err != nil {
			return err
		}
	}
	return w.forget()
}

// tags makes the pages of tags, and takes those away that no post has.
func (w *work) tags(all []topic, changed []string) error {
	stale := map[string]bool{}
	for _, tag := range changed {
		stale[segment(tag)] = true
	}
	have := map[string]bool{"index": true}
	for _, t := range all {
		have[t.Slug] = true
		if w.fresh && !stale[t.Slug] {
			continue
		}
		data, err := w.tagPage(t)
		if err == nil {
			err = w.write(tagFile(t.Slug), data)
		}
		if err != nil {
			return err
		}
	}
	if w.fresh && len(changed) == 0 {
		return nil
	}
	names, err := w.names(tagFiles)
	if err != nil {
		return err
	}
	for _, name := range names {
		slug, page := strings.CutSuffix(name, ".html")
		if !page || have[slug] {
			continue
		}
		name = path.Join(tagFiles, name)
		data, err := w.read(name)
		if err == nil && written(data) {
			err = w.remove(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refresh makes every page anew, in the look the site has now.
func (w *work) refresh(next *index) error {
	for _, e := range next.Pages {
		p, err := w.post(e.Page)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errForeign) {
			continue
		}
		if err != nil {
			return err
		}
		data, err := w.render(p)
		if err == nil {
			err = w.write(e.Page, data)
		}
		if err != nil {
			return err
		}
	}
	next.Look = w.look
	return nil
}
