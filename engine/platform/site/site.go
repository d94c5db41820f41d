// Package site publishes to a place that is always there: a small static web
// site and its feeds, in a folder of the workspace.
//
//	index.html           the newest posts
//	archive.html         all posts, by month
//	POST.html            one page a post, named after the post's id
//	tags/TAG.html        the posts of a tag; tags/index.html lists the tags
//	feed.atom, feed.json the newest posts, whole
//	sitemap.xml          every page that is listed
//	media/               pictures, named after their content
//	style.css, icon.svg
//	posts.json           what the lists and feeds are made from
//	unlisted/            the same of pages that no list names
//	calendar/            the workspace's calendar, for the team
//
// A page is the only home of its post: everything else is made from the pages
// and can be made again. The folder must outlive a run: it is committed to the
// repository, or restored before the next run. Or the site has a branch of the
// repository to itself, at its root: then what is published is pushed there,
// and nothing need be kept.
package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Platform is a web site in a folder of the workspace, or on a branch of its
// repository.
var Platform = &platform.Platform{
	Name:  "site",
	Title: "Web site",
	Docs:  "https://html.spec.whatwg.org/multipage/",
	Local: true,
	Profile: platform.Profile{
		Markup:  text.HTML{},
		Warning: platform.InField,
		Thread:  platform.Limit{Max: 1},
		Title:   platform.TitleProfile{Place: platform.InField},
		Summary: platform.Limit{Max: platform.NoLimit},
		Tags:    platform.TagProfile{Place: platform.InField, Free: true},
		Link:    platform.InField,
		People:  platform.PageLink,
		Handle: platform.HandleProfile{
			Pattern: `https?://[^\s/]+\.[^\s/]+(/\S*)?`,
			Form:    "the address of a page",
			Example: "https://ana.example/",
		},
		Media: platform.MediaProfile{
			Max:    platform.Limit{Max: platform.NoLimit},
			Types:  []string{"image/jpeg", "image/png", "image/gif", "image/webp"},
			Bytes:  platform.Limit{Max: platform.NoLimit},
			Pixels: platform.Limit{Max: platform.NoLimit},
			Alt:    platform.Limit{Max: platform.NoLimit},
			Inline: true,
		},
		Langs:   true,
		Visible: []string{"unlisted"},
	},
	Ops: []platform.Op{platform.Find, platform.Edit, platform.Remove, platform.Look},
	Fields: []platform.Field{
		{Name: "url", Help: "the address the folder will be served at", Example: "https://dupain.example/", Required: true, URL: true},
		{Name: "directory", Help: "the folder the pages are written to; no other channel may use it", Example: "public", Default: "public", Folder: true},
		{Name: "branch", Help: "the branch the pages are pushed to, in place of a directory; nothing else need put them online where a host serves it",
			Example: "gh-pages", Instead: "directory", Leaves: true, Fits: isBranch},
		{Name: "title", Help: "the name of the site; the brand where there is none", Example: "Le carnet de Dupain"},
		{Name: "description", Help: "one sentence about the site", Example: "Des nouvelles du fournil."},
		{Name: "calendar", Help: "a file in calendar/ for the team to subscribe to; whoever knows its address can read all plans there, so give it a name that nobody guesses", Example: "equipe-3f9a.ics", Calendar: true, Fits: isCalendar},
	},
	Repeat:  platform.Forever,
	Open:    open,
	Locate:  locate,
	Standin: newStandin,
}

// A conn is one site. Calls wait for each other: every one of them writes
// the lists.
type conn struct {
	root     *os.Root // the workspace
	dir      string
	calendar string  // the file of the team's calendar, or ""
	branch   *branch // nil: in the folder dir
	channel  string
	masthead

	mu    sync.Mutex
	raw   []byte // the index as this connection wrote it
	index *index // what it says

	// Tests stop the work at a step, and do not wait for the disk.
	refuse func(step string) error
	flush  func(*os.File) error
}

// masthead is what all pages of a site share.
type masthead struct {
	URL         string // ends with /
	Title       string
	Description string
	Author      string
	Language    string // BCP 47
	Words       *words
	host        string
	zone        *time.Location
	theme       *template.Template
	look        string // digest of all that a page shows besides its post
}

//go:embed theme
var theme embed.FS

func open(a platform.Account) (platform.Conn, error) {
	dir, on := path.Clean(a.Settings["directory"]), a.Settings["branch"]
	if on == "" && (!fs.ValidPath(dir) || strings.ContainsAny(dir, `\:`) || strings.HasPrefix(dir, ".") || strings.Contains(dir, "/.")) {
		return nil, fmt.Errorf("directory %q is not a folder below the workspace; write one, as in public", a.Settings["directory"])
	}
	if a.Root == nil {
		return nil, errors.New("a site needs the workspace's folder")
	}
	m, err := newMasthead(a)
	if err != nil {
		return nil, err
	}
	c := &conn{root: a.Root, dir: dir, channel: a.Channel, calendar: a.Settings["calendar"], masthead: m, flush: (*os.File).Sync}
	if on != "" {
		if !isBranch(on) || a.Repo == nil {
			return nil, fmt.Errorf("the branch %q cannot be used here", on)
		}
		c.branch = &branch{name: on, open: a.Repo}
	}
	return c, nil
}

// where is what to call the place the site is at.
func (c *conn) where() string {
	if c.branch != nil {
		return "the branch " + c.branch.name
	}
	return "the folder " + c.dir
}

func newMasthead(a platform.Account) (masthead, error) {
	u, err := url.Parse(a.Settings["url"])
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return masthead{}, errors.New("url is not the address of a site; write it whole, as in https://dupain.example/")
	}
	m := masthead{
		URL:         strings.TrimSuffix(u.String(), "/") + "/",
		Title:       legible(a.Settings["title"]),
		Description: legible(a.Settings["description"]),
		Author:      legible(a.Brand),
		Language:    legible(a.Language),
		host:        strings.ReplaceAll(u.Hostname(), ":", "."), // an IPv6 address is no tag authority
		zone:        a.Zone,
	}
	if m.Title == "" {
		m.Title = m.Author
	}
	if m.Title == "" {
		m.Title = u.Hostname()
	}
	if m.Author == "" {
		m.Author = m.Title
	}
	if m.Language == "" {
		m.Language = "en"
	}
	if m.zone == nil {
		m.zone = time.UTC
	}
	m.Words = wordsOf(m.Language)
	if m.theme, err = template.New("").Funcs(functions()).ParseFS(theme, "theme/*.html"); err != nil {
		return masthead{}, fmt.Errorf("theme: %w", err)
	}
	m.look, err = m.digest()
	return m, err
}

// digest names everything that a page shows besides its post, so that a page
// made with another look is made again.
func (m *masthead) digest() (string, error) {
	h := sha256.New()
	for _, s := range []string{m.URL, m.Title, m.Description, m.Author, m.Language, m.zone.String()} {
		fmt.Fprintf(h, "%d %s", len(s), s)
	}
	said := *m.Words
	said.Locale = nil // an address says nothing
	fmt.Fprintf(h, "%+v %+v", said, *m.Words.Locale)
	files, err := fs.Glob(theme, "theme/*.html")
	for _, name := range files {
		data, err := theme.ReadFile(name)
		if err != nil {
			return "", err
		}
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], err
}

// legible is s without what neither XML nor HTML can hold.
func legible(s string) string { return strings.Map(legibleRune, strings.ToValidUTF8(s, "\uFFFD")) }

func legibleRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\u0085':
		return r
	case r < ' ', r >= 0x7F && r <= 0x9F, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
		return -1
	}
	return r
}
