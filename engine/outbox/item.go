package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// about is the file that makes a folder an item. It is written last.
const about = "item.json"

// An item is what the page says of a handoff. The words to paste stand in
// files of their own, named here.
type item struct {
	Version  int            `json:"version"` // of this file: 1
	Channel  string         `json:"channel"`
	Platform string         `json:"platform"` // for people
	Post     string         `json:"post"`
	Task     task           `json:"task"`
	Due      time.Time      `json:"due"` // in the workspace's zone
	Zone     string         `json:"zone"`
	Lang     string         `json:"lang"`
	Compose  string         `json:"compose,omitempty"`
	Where    []setting      `json:"where,omitempty"`
	Live     []platform.Ref `json:"live,omitempty"`
	Video    bool           `json:"video,omitempty"` // the person adds one
	Alts     bool           `json:"alts,omitempty"`  // pictures take alternative texts there
	Visible  string         `json:"visibility,omitempty"`
	Fields   []field        `json:"fields,omitempty"`
	Parts    []part         `json:"parts,omitempty"`
	Poll     *poll          `json:"poll,omitempty"`
	Resolve  string         `json:"resolve"`
	Mark     string         `json:"mark"`
}

type task string

const (
	publish task = "publish"
	edit    task = "edit"
	remove  task = "remove"
)

// A setting of the channel tells where the post goes.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A field is words that are pasted somewhere else than the text.
type field struct {
	Name string `json:"name"` // title, summary, tags, link, warning
	File string `json:"file"`
}

type part struct {
	Text     string    `json:"text,omitempty"` // a file
	Pictures []picture `json:"pictures,omitempty"`
	Inline   bool      `json:"inline,omitempty"` // the text says where each picture goes
}

type picture struct {
	File   string `json:"file"`
	Alt    string `json:"alt,omitempty"` // a file
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

type poll struct {
	Options  []string      `json:"options"`
	Open     time.Duration `json:"open"`
	Multiple bool          `json:"multiple,omitempty"`
}

// fill writes the files of an item to a folder.
func (b *box) fill(dir string, h *Handoff) error {
	c := h.Channel
	it := item{Version: 1, Channel: c.Name, Platform: c.Platform.Title, Post: h.Variant.Post, Task: publish, Due: h.Due.In(h.Zone), Zone: h.Zone.String(),
		Lang: h.Lang, Live: h.Live, Resolve: h.Resolve, Mark: h.Mark()}
	for _, f := range c.Platform.Fields {
		if v := c.Settings[f.Name]; v != "" && !f.Secret {
			it.Where = append(it.Where, setting{f.Name, v})
		}
	}
	switch {
	case h.Remove:
		it.Task = remove
	case len(h.Live) > 0:
		it.Task = edit
	default:
		it.Compose = c.Compose()
	}
	if !h.Remove {
		if err := b.words(dir, h, &it); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(&it, "", "  ")
	if err != nil {
		return err
	}
	if err := b.put(path.Join(dir, about), append(data, '\n')); err != nil {
		return err
	}
	b.sync(dir)
	return nil
}

// words writes all that is pasted and uploaded.
func (b *box) words(dir string, h *Handoff, it *item) error {
	parts, profile := h.Variant.Parts, &h.Channel.Profile
	it.Alts = profile.Media.Alt.Max > 0
	for i := range parts {
		p, out := &parts[i], part{}
		said := p.Text
		for j := range p.Media {
			number := strconv.Itoa(j + 1)
			if len(parts) > 1 {
				number = strconv.Itoa(i+1) + "-" + number
			}
			pic, err := b.picture(dir, number, &p.Media[j], it.Alts)
			if err != nil {
				return err
			}
			out.Pictures = append(out.Pictures, pic)
		}
		if profile.Media.Inline {
			said, out.Inline = placed(said, out.Pictures)
		}
		if said != "" {
			out.Text = strconv.Itoa(i+1) + ".txt"
			if err := b.put(path.Join(dir, out.Text), []byte(said)); err != nil {
				return err
			}
		}
		it.Parts = append(it.Parts, out)
	}
	if len(parts) == 0 {
		return nil
	}
	head := &parts[0]
	it.Visible = head.Visibility
	it.Video = profile.Media.Video == platform.VideoAlways || profile.Media.Video == platform.VideoAlone && len(head.Media) == 0
	var asked []string
	if head.Poll != nil {
		it.Poll = &poll{head.Poll.Options, head.Poll.Open, head.Poll.Multiple}
		asked = head.Poll.Options
	}
	for _, f := range []struct{ name, words string }{
		{"title", head.Title}, {"summary", head.Summary}, {"tags", strings.Join(head.Tags, ", ")}, {"link", head.Link},
		{"warning", head.Warning}, {"poll", strings.Join(asked, "\n")},
	} {
		if f.words == "" {
			continue
		}
		file := f.name + ".txt"
		if err := b.put(path.Join(dir, file), []byte(f.words)); err != nil {
			return err
		}
		if f.name != "poll" { // whose answers go to a field each
			it.Fields = append(it.Fields, field{f.name, file})
		}
	}
	return nil
}

var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}

// picture writes a picture as it is uploaded, and its alternative text where
// there is a place for it.
func (b *box) picture(dir, number string, m *platform.Media, alts bool) (picture, error) {
	pic, err := m.Open()
	if err != nil {
		return picture{}, err
	}
	base := path.Base(m.File)
	name := number + "-" + slug(strings.TrimSuffix(base, path.Ext(base)))
	out := picture{File: name + endings[pic.Type], Width: pic.Width, Height: pic.Height}
	if err := b.put(path.Join(dir, out.File), pic.Data); err != nil {
		return picture{}, err
	}
	if m.Alt == "" || !alts {
		return out, nil
	}
	out.Alt = name + ".alt.txt"
	return out, b.put(path.Join(dir, out.Alt), []byte(m.Alt))
}

// reference is a picture that stands in HTML or Markdown.
var reference = regexp.MustCompile(`(src="|\]\()media:(\d{1,4})(["\s)])`)

// placed names the pictures in a text by their files, so that a person sees
// which goes where. It reports whether there are any.
func placed(s string, pictures []picture) (string, bool) {
	found := false
	s = reference.ReplaceAllStringFunc(s, func(at string) string {
		m := reference.FindStringSubmatch(at)
		i, err := strconv.Atoi(m[2])
		if err != nil || i >= len(pictures) {
			return at
		}
		found = true
		return m[1] + pictures[i].File + m[3]
	})
	return s, found
}

// most is the largest file of an item that is read, in bytes.
const most = 4 << 20

// read is the item in a folder. What does not make one is an error;
// fs.ErrNotExist where there is nothing that tries to.
func (b *box) read(home, name string) (*item, error) {
	data, err := b.whole(path.Join(home, name, about))
	if err != nil {
		return nil, err
	}
	it := new(item)
	if err := json.Unmarshal(data, it); err != nil {
		return nil, b.fault(path.Join(home, name, about), err)
	}
	if it.Version != 1 {
		return nil, b.fault(path.Join(home, name, about), fmt.Errorf("version %d is of another program", it.Version))
	}
	for _, file := range it.files() {
		if file == about || strings.HasPrefix(file, ".") || strings.ContainsAny(file, `/\`) || !fs.ValidPath(file) {
			return nil, b.fault(path.Join(home, name, about), fmt.Errorf("%q is no file of an item", file))
		}
	}
	return it, nil
}

// Kind is the platform, unless the channel's name says it.
func (it *item) Kind() string {
	if strings.EqualFold(it.Platform, it.Channel) {
		return ""
	}
	return it.Platform
}

// Linked reports whether what is live can be opened.
func (it *item) Linked() bool {
	return slices.ContainsFunc(it.Live, func(r platform.Ref) bool { return r.URL != "" })
}

// files are the names of an item's files, but for its own.
func (it *item) files() []string {
	var names []string
	add := func(name string) {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, f := range it.Fields {
		names = append(names, f.File)
	}
	for _, p := range it.Parts {
		add(p.Text)
		for _, pic := range p.Pictures {
			names = append(names, pic.File)
			add(pic.Alt)
		}
	}
	return names
}

// whole reads a plain file that is not too large.
func (b *box) whole(name string) ([]byte, error) {
	data, err := b.some(name, most+1)
	if err == nil && len(data) > most {
		err = b.fault(name, errors.New("the file is too large"))
	}
	return data, err
}

// some reads a plain file, or the first limit bytes of it.
func (b *box) some(name string, limit int64) ([]byte, error) {
	if info, err := b.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fs.ErrNotExist)
	}
	f, err := b.root.Open(name)
	if err != nil {
		return nil, b.fault(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, b.fault(name, err)
	}
	return data, nil
}
