package site

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/platformtest"
)

func TestConformance(t *testing.T) { platformtest.Run(t, Platform) }

// The same posts make the same site, to the byte, wherever and whenever.
func TestSameBytes(t *testing.T) {
	a, b := newWorkspace(t), newWorkspace(t)
	for _, p := range posts(40) {
		a.publish(p)
		b.open()
		b.publish(p)
		b.publish(p)
	}
	same(t, "published again, run by run", b.tree(), a.tree())
}

// The folder keeps what is in it: an index that was lost is made again from
// the pages.
func TestIndexLost(t *testing.T) {
	want, got := newWorkspace(t), newWorkspace(t)
	for _, p := range posts(40) {
		want.publish(p)
		got.publish(p)
	}
	for _, name := range []string{indexFile, unlistedFiles, "index.html", "tags", "style.css"} {
		if err := os.RemoveAll(filepath.Join(got.dir, "public", name)); err != nil {
			t.Fatal(err)
		}
	}
	extra := numbered(1)
	want.publish(extra)
	got.open()
	got.publish(extra)
	same(t, "without its index", got.tree(), want.tree())

	got.open()
	if _, err := got.conn.Find(t.Context(), posts(40)[7], nil); err != nil {
		t.Errorf("Find of the unlisted page: %v", err)
	}
}

// A site that changes its name, address, zone or look has it changed on every
// page, and is then as if it had always been so; only ids stay.
func TestLook(t *testing.T) {
	change := func(w *workspace) {
		zone, err := time.LoadLocation("Indian/Mauritius")
		if err != nil {
			t.Fatal(err)
		}
		w.Zone = zone
		w.Language = "en"
		w.Settings["title"] = "Le carnet <de> Dupain"
		w.open()
	}
	got, want := newWorkspace(t), newWorkspace(t)
	change(want)
	for _, p := range posts(40) {
		got.publish(p)
		want.publish(p)
	}
	change(got)
	got.publish(numbered(1))
	want.publish(numbered(1))
	same(t, "in a new look", got.tree(), want.tree())

	ids := regexp.MustCompile(`<id>[^<]*</id>`)
	before := ids.FindAllString(got.read("feed.atom"), -1)
	got.Settings["url"] = "https://user.example/blog"
	got.open()
	a := posts(40)[8]
	a.At = a.At.Add(time.Hour)
	a.Part.Title = "Encore là"
	r := got.edit(platform.Ref{ID: "2027/galette.html"}, a)
	if r.URL != "https://user.example/blog/2027/galette.html" {
		t.Errorf("the page is at %s", r.URL)
	}
	if after := ids.FindAllString(got.read("feed.atom"), -1); strings.Join(after, "") != strings.Join(before, "") {
		t.Errorf("another address changed the ids\n%v\nto\n%v", before, after)
	}
	for name, data := range got.tree() {
		if strings.Contains(strings.ReplaceAll(data, "tag:dupain.example", ""), "https://dupain.example/2") {
			t.Errorf("%s still has the old address", name)
		}
	}
	valid(t, got.tree())
}

// An edit keeps the page's address and id, moves only its own date, and takes
// away what nothing shows any more.
func TestEdit(t *testing.T) {
	w := newWorkspace(t)
	a := posts(40)[8]
	first := w.publish(a)
	other := posts(40)[5]
	other.Part.Media = append(other.Part.Media, a.Part.Media[0])
	w.publish(other)
	old := w.conn.index.byPage(first.ID)

	b := a
	b.Key = keyOf("the engine's own key for the edit")
	b.At = a.At.Add(48 * time.Hour)
	b.Part.Post = "2027/moved"
	b.Part.Title = "Il n’y a plus de galette"
	b.Part.Tags = []string{"souvenir"}
	b.Part.Media = []platform.Media{paint(31, 40, 30, "Une assiette vide")}
	r := w.edit(first, b)
	e := w.conn.index.byPage(r.ID)
	if r.ID != first.ID || r.URL != first.URL || r.Rev == first.Rev {
		t.Errorf("the edit gave %+v, the first was %+v", r, first)
	}
	if e.ID != old.ID || e.Key != old.Key || e.Post != old.Post || !e.Published.Equal(old.Published) || !e.Modified.Equal(b.At.Truncate(time.Second)) {
		t.Errorf("the edit made of\n%+v\n%+v", *old, *e)
	}
	files := w.tree()
	if _, there := files["tags/galette.html"]; there {
		t.Error("no post has the tag galette, and its page is there")
	}
	if _, there := files["media/"+old.Media[0]]; !there {
		t.Error("another post shows the picture, and it is gone")
	}
	changed := e.Media[0]
	c := b
	c.At = b.At.Add(time.Hour)
	c.Part.Media = nil
	w.edit(r, c)
	if _, there := w.tree()["media/"+changed]; there {
		t.Error("no post shows the picture, and it is there")
	}

	// What changes nothing is no edit: feed readers would show it again.
	before := w.tree()
	c.At = c.At.Add(time.Hour)
	w.edit(r, c)
	same(t, "edited to what it is", w.tree(), before)
}

// A removal leaves nothing of the post.
func TestRemove(t *testing.T) {
	w := newWorkspace(t)
	all := posts(40)
	w.publish(all[1])
	w.publish(numbered(0))
	before := w.tree()
	r := w.publish(all[5])
	w.remove(r)
	after := w.tree()
	for _, files := range []map[string]string{before, after} { // the feeds were updated; that is no secret
		for _, name := range []string{"feed.atom", "sitemap.xml", indexFile} {
			files[name] = regexp.MustCompile(`"?updated"?[>:][^<,]*|<lastmod>[^<]*`).ReplaceAllString(files[name], "")
		}
	}
	same(t, "published and removed", after, before)
	if err := w.conn.Remove(t.Context(), r); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("second Remove: %v, want ErrNotFound", err)
	}
	if _, err := w.conn.Edit(t.Context(), r, all[5]); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("Edit of what is gone: %v, want ErrNotFound", err)
	}
	if again := w.publish(all[5]); again.ID != r.ID {
		t.Errorf("published again, the page is %s, was %s", again.ID, r.ID)
	}
}

// Find believes only a page that is there, whole, and known to the index.
func TestFind(t *testing.T) {
	w := newWorkspace(t)
	a := posts(40)[8]
	find := func(want error) {
		t.Helper()
		r, err := w.conn.Find(t.Context(), a, nil)
		if !errors.Is(err, want) || err == nil && r.ID != "2027/galette.html" {
			t.Errorf("Find = %+v, %v, want %v", r, err, want)
		}
	}
	find(platform.ErrNotFound)
	if entries, _ := os.ReadDir(w.dir); len(entries) > 0 {
		t.Errorf("Find made %v", entries)
	}
	w.publish(a)
	find(nil)
	page := filepath.Join(w.dir, "public", "2027", "galette.html")
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{data[:len(data)/2], data[:len(data)-1], nil, []byte("<p>Bonjour</p>\n</html>\n")} {
		if err := os.WriteFile(page, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		find(platform.ErrNotFound)
	}
	w.publish(a)
	find(nil)
	if err := os.Remove(page); err != nil {
		t.Fatal(err)
	}
	find(platform.ErrNotFound)
	w.publish(a)
	find(nil)
}

// A post leaves alone every file but its own and the lists.
func TestLeavesAlone(t *testing.T) {
	w := newWorkspace(t)
	for _, a := range posts(40) {
		w.publish(a)
	}
	var long = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for name := range w.tree() {
		if err := os.Chtimes(filepath.Join(w.dir, "public", name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	touched := func() string {
		var names []string
		for _, name := range sortedKeys(w.tree()) {
			info, err := os.Stat(filepath.Join(w.dir, "public", name))
			if err != nil {
				t.Fatal(err)
			}
			if !info.ModTime().Equal(long) {
				names = append(names, name)
			}
		}
		return strings.Join(names, " ")
	}
	a := posts(40)[6]
	w.open()
	w.publish(a)
	if got := touched(); got != "" {
		t.Errorf("published again, it wrote %s", got)
	}
	b := numbered(1)
	b.Part.Visibility = "unlisted"
	w.publish(b)
	if got, want := touched(), "2017/billet-1.html unlisted/"+b.Key+".json"; got != want {
		t.Errorf("an unlisted post wrote %s, want %s", got, want)
	}
	c := numbered(2)
	c.Part.Tags = []string{"pain"}
	w.publish(c)
	want := "2017/billet-1.html 2017/billet-2.html archive.html feed.atom feed.json index.html posts.json sitemap.xml tags/index.html tags/pain.html unlisted/" + b.Key + ".json"
	if got := strings.ReplaceAll(touched(), "  ", " "); got != want {
		t.Errorf("a post wrote\n%s\nwant\n%s", got, want)
	}
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// Nothing is written outside the folder, nor over what somebody else wrote.
func TestStays(t *testing.T) {
	outside := t.TempDir()
	for _, dir := range []string{"/etc", "../up", "a/../../up", "..", ".", "", ".git", "a/.b", `c:\x`, `a\b`} {
		w := newWorkspace(t)
		w.Settings["directory"] = dir
		if c, err := Platform.Open(w.Account); err == nil {
			_, err := c.Publish(t.Context(), posts(40)[1])
			t.Errorf("directory %q: Open took it, Publish says %v", dir, err)
		}
	}
	link := func(t *testing.T, w *workspace, name string) {
		t.Helper()
		if err := os.Symlink(outside, filepath.Join(w.dir, name)); err != nil {
			t.Skip(err)
		}
	}
	for _, name := range []string{"public", "public/2026", "public/media", "public/tags"} {
		w := newWorkspace(t)
		if name != "public" {
			if err := os.Mkdir(filepath.Join(w.dir, "public"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		link(t, w, name)
		if _, err := w.conn.Publish(t.Context(), posts(40)[5]); err == nil {
			t.Errorf("%s leads out of the workspace, and Publish took it", name)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside there is %v, %v", entries, err)
	}

	w := newWorkspace(t)
	write := func(name, data string) {
		t.Helper()
		full := filepath.Join(w.dir, "public", name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("index.html", "<p>my own page</p>")
	if _, err := w.conn.Publish(t.Context(), posts(40)[1]); err == nil || !strings.Contains(err.Error(), "not ours") {
		t.Errorf("over somebody's index.html: %v", err)
	}
	if len(w.tree()) != 1 {
		t.Errorf("and yet it wrote %v", sortedKeys(w.tree()))
	}

	w = newWorkspace(t)
	write("about.html", "<p>my own page</p>")
	write("tags/mine.html", "<p>my own page</p>")
	a := posts(40)[1]
	a.Part.Post = "about"
	if r := w.publish(a); r.ID != "about-2.html" || w.read("about.html") != "<p>my own page</p>" || w.read("tags/mine.html") != "<p>my own page</p>" {
		t.Errorf("beside somebody's about.html the post is %s", r.ID)
	}
	w.Channel = "other"
	w.open()
	if _, err := w.conn.Publish(t.Context(), posts(40)[5]); err == nil || !strings.Contains(err.Error(), "belongs to the channel blog") {
		t.Errorf("two channels in one folder: %v", err)
	}
	w.Settings["directory"] = "public/en"
	w.open()
	b := posts(40)[1]
	b.Part.Post = "hello"
	w.publish(b)
	w.Channel, w.Settings["directory"] = "blog", "public"
	w.open()
	c := posts(40)[5]
	c.Part.Post = "en/hello"
	if _, err := w.conn.Publish(t.Context(), c); err == nil || !strings.Contains(err.Error(), "another site") {
		t.Errorf("a page in another site's folder: %v", err)
	}

	write(indexFile, "<<<<<<< HEAD\n{}\n")
	if _, err := w.conn.Publish(t.Context(), c); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("over an index that is none: %v", err)
	}
	for _, bad := range []string{"../../etc/passwd.html", "index.html", "/x.html", "posts.json", ""} {
		write(indexFile, `{"version":1,"channel":"blog","pages":[{"key":"k","page":"`+bad+`"}]}`)
		if err := w.conn.Remove(t.Context(), platform.Ref{ID: bad}); err == nil || errors.Is(err, platform.ErrNotFound) {
			t.Errorf("an index that names %q: %v", bad, err)
		}
	}
}

// What a page cannot be is refused before anything is written.
func TestRefuses(t *testing.T) {
	for name, set := range map[string]func(*platform.Attempt){
		"private":  func(a *platform.Attempt) { a.Part.Visibility = "private" },
		"unknown":  func(a *platform.Attempt) { a.Part.Visibility = "friends" },
		"a poll":   func(a *platform.Attempt) { a.Part.Poll = &platform.Poll{Options: []string{"a", "b"}} },
		"a reply":  func(a *platform.Attempt) { a.After = []platform.Ref{{ID: "x.html"}} },
		"a script": func(a *platform.Attempt) { a.Part.Link = "javascript:alert(1)" },
		"nothing":  func(a *platform.Attempt) { a.Part = platform.Part{Post: "x", Text: " \n"} },
		"no picture": func(a *platform.Attempt) {
			a.Part.Text, a.Part.Media = `<img src="media:7" alt="">`, posts(40)[5].Part.Media
		},
		"no number":  func(a *platform.Attempt) { a.Part.Text = `<img src="media:x" alt="">` },
		"unbalanced": func(a *platform.Attempt) { a.Part.Text = "<p>a</p>\n</div>\n<p>b</p>" },
		"a picture from elsewhere": func(a *platform.Attempt) {
			a.Part.Text = `<p><img src="https://example.org/x.png" alt=""></p>`
		},
		"a film": func(a *platform.Attempt) {
			a.Part.Media = []platform.Media{posts(40)[5].Part.Media[0], {File: "x.mp4", Open: func() (platform.Picture, error) { return platform.Picture{Type: "video/mp4"}, nil }}}
		},
	} {
		w := newWorkspace(t)
		a := posts(40)[0]
		set(&a)
		_, err := w.conn.Publish(t.Context(), a)
		if !errors.Is(err, platform.ErrRejected) || errors.Is(err, platform.ErrUnknown) {
			t.Errorf("%s: %v, want ErrRejected", name, err)
		}
		if files := w.tree(); len(files) > 0 {
			t.Errorf("%s: refused, and yet there is %v", name, sortedKeys(files))
		}
	}
}

// What is not known to be absent is unknown; before the page is there, it is
// known.
func TestDiskFails(t *testing.T) {
	full := errors.New("no space left")
	for n := 0; ; n++ {
		w := newWorkspace(t)
		passed := 0
		w.conn.refuse = func(string) error {
			if passed++; passed == n+1 {
				return full
			}
			return nil
		}
		_, err := w.conn.Publish(t.Context(), posts(40)[8])
		if err == nil {
			break
		}
		_, up := w.tree()["2027/galette.html"]
		if !errors.Is(err, full) || up && !errors.Is(err, platform.ErrUnknown) || strings.Contains(err.Error(), w.dir) {
			t.Errorf("step %d: %v", n, err)
		}
		w.publish(posts(40)[8]) // the same connection gets over it
		valid(t, w.tree())
	}
}

// A file takes its place only after the disk has it, and the index only after
// the disk has what it speaks of.
func TestSynced(t *testing.T) {
	w := newWorkspace(t)
	w.publish(posts(40)[1])
	var events []string
	w.conn.refuse = func(step string) error { events = append(events, step); return nil }
	w.conn.flush = func(f *os.File) error {
		name := filepath.ToSlash(strings.TrimPrefix(f.Name(), filepath.Join(w.dir, "public")))
		events = append(events, "flush "+strings.TrimPrefix(name, "/"))
		return f.Sync()
	}
	w.publish(posts(40)[8])
	for i, e := range events {
		name, moved := strings.CutPrefix(e, "move ")
		if !moved {
			continue
		}
		dir, base := filepath.Split(name)
		if want := "flush " + dir + "." + base + ".new"; !strings.HasSuffix(events[i-1], strings.TrimPrefix(want, "flush ")) || !strings.HasPrefix(events[i-1], "flush ") {
			t.Errorf("before %q comes %q, want %q", e, events[i-1], want)
		}
		if name == indexFile && i > 3 {
			if !strings.HasPrefix(events[i-4], "flush ") || strings.HasSuffix(events[i-4], ".new") {
				t.Errorf("the folders are not flushed before the index is written: %q", events[max(0, i-6):i+1])
			}
		}
	}
	if len(events) < 20 {
		t.Errorf("only %q", events)
	}
}
