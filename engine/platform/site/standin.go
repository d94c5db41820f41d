package site

import (
	"errors"
	"html"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// standin is the web server that a site's folder is meant for.
type standin struct{ root *os.Root }

const standinDirectory = "public"

func newStandin(root *os.Root) platform.Standin { return &standin{root} }

func (s *standin) Settings(base string) map[string]string {
	return map[string]string{"url": strings.TrimSuffix(base, "/") + "/", "directory": standinDirectory, "branch": ""}
}

func (s *standin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	files, err := fs.Sub(s.root.FS(), standinDirectory)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	switch path.Base(r.URL.Path) {
	case "feed.atom":
		w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	case "feed.json":
		w.Header().Set("Content-Type", "application/feed+json; charset=utf-8")
	}
	http.FileServerFS(files).ServeHTTP(w, r)
}

// Tamper changes or removes a file, as a person with an editor does.
func (s *standin) Tamper(id, text string) {
	name := path.Join(standinDirectory, id)
	if text == "" {
		_ = s.root.Remove(name) // a test sees what is there
		return
	}
	data, err := s.root.ReadFile(name)
	before, rest, found := strings.Cut(string(data), textBegins)
	_, after, whole := strings.Cut(rest, textEnds)
	if err == nil && found && whole {
		_ = s.root.WriteFile(name, []byte(before+textBegins+"<p>"+html.EscapeString(text)+"</p>"+textEnds+after), 0o644)
	}
}

// Timeline reads the pages back, as a reader would.
func (s *standin) Timeline() []platform.Shown {
	root, err := s.root.OpenRoot(standinDirectory)
	if err != nil {
		return nil
	}
	defer root.Close()
	f := house{&folder{root: root, name: standinDirectory}}
	posts, err := f.posts()
	if err != nil {
		return nil
	}
	slices.Reverse(posts)
	shown := make([]platform.Shown, 0, len(posts))
	for _, p := range posts {
		shown = append(shown, f.shown(p))
	}
	return shown
}

func (f house) shown(p *post) platform.Shown {
	s := platform.Shown{
		ID: p.Page, URL: p.address, Text: p.Text, Title: p.Title, Lang: p.Lang, Tags: p.Tags, Link: p.Link,
		Warning: p.Warning, At: p.Published,
	}
	if said := p.Summary; p.derived() != said {
		s.Summary = said
	}
	if p.Unlisted {
		s.Visibility = "unlisted"
	}
	for _, pic := range p.Pictures {
		m := platform.ShownMedia{Alt: pic.Alt}
		for kind, ending := range endings {
			if strings.HasSuffix(pic.Name, ending) {
				m.Type = kind
			}
		}
		data, err := f.read(path.Join(mediaFiles, pic.Name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s
		}
		m.Data = data
		s.Media = append(s.Media, m)
	}
	return s
}
