package outbox

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

//go:embed page
var files embed.FS

// mark is in every page that is the outbox's.
const mark = `<meta name="generator" content="Imprimatur, outbox">`

// page makes the page again from the items there are. Without any there is no
// page.
func (b *box) page() error {
	items, err := b.gather()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		if err := b.root.Remove("index.html"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return b.fault("index.html", err)
		}
		return nil
	}
	data, err := write(items)
	if err != nil {
		return err
	}
	return b.replace("index.html", data)
}

// A card is an item with the words that stand in its files.
type card struct {
	*item
	ID     string  // on the page
	folder string  // below the outbox
	Said   []*said // what goes to fields
	Bodies []body
}

// A body is a part on the page.
type body struct {
	Words    *said
	Pictures []shown
	Inline   bool
}

// said is words to copy.
type said struct {
	Label string // of a field, as the item names it
	Words string
	Whole bool // false: they are too long for the page
	URL   string
	File  string
}

// args are what the templates of a thing to copy are given.
type args struct {
	It    *said
	Label string
	ID    string
}

type shown struct {
	picture
	URL  string
	Said *said
}

// gather reads all items, soonest first. What is no item, or a damaged one, is
// not the page's to report.
func (b *box) gather() ([]card, error) {
	homes, err := fs.ReadDir(b.root.FS(), ".")
	if err != nil {
		return nil, b.fault(".", err)
	}
	var cards []card
	for _, home := range homes {
		if !home.IsDir() || strings.HasPrefix(home.Name(), ".") {
			continue
		}
		names, err := fs.ReadDir(b.root.FS(), home.Name())
		if err != nil {
			return nil, b.fault(home.Name(), err)
		}
		for _, e := range names {
			if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if it, err := b.read(home.Name(), e.Name()); err == nil {
				cards = append(cards, b.card(it, path.Join(home.Name(), e.Name())))
			}
		}
	}
	slices.SortStableFunc(cards, func(a, b card) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Post, b.Post))
	})
	for i := range cards {
		cards[i].ID = fmt.Sprintf("i%d", i+1)
	}
	return cards, nil
}

func (b *box) card(it *item, folder string) card {
	c := card{item: it, folder: folder}
	for _, f := range it.Fields {
		c.Said = append(c.Said, b.said(f.Name, folder, f.File))
	}
	for _, p := range it.Parts {
		out := body{Inline: p.Inline}
		if p.Text != "" {
			out.Words = b.said("", folder, p.Text)
		}
		for _, pic := range p.Pictures {
			s := shown{picture: pic, URL: link(folder, pic.File)}
			if pic.Alt != "" {
				s.Said = b.said("", folder, pic.Alt)
			}
			out.Pictures = append(out.Pictures, s)
		}
		c.Bodies = append(c.Bodies, out)
	}
	return c
}

func (b *box) said(label, folder, file string) *said {
	data, err := b.whole(path.Join(folder, file))
	return &said{label, string(data), err == nil, link(folder, file), file}
}

// link leads from the page to a file of an item.
func link(folder, file string) string {
	return (&url.URL{Path: "./" + path.Join(folder, file)}).String()
}

// write makes the page of items.
func write(items []card) ([]byte, error) {
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile("page/copy.js")
	if err != nil {
		return nil, err
	}
	w := wordsOf(items[0].Lang)
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"w":    func() *words { return w },
		"next": func(n int) int { return n + 1 },
		"args": func(it *said, label, id string) args { return args{it, label, id} },
	}).ParseFS(files, "page/page.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Mark   template.HTML
		Policy string
		Style  template.CSS
		Script template.JS
		Items  []card
	}{
		mark, "default-src 'none'; style-src " + digest(style) + "; script-src " + digest(script) + "; img-src 'self' file:; base-uri 'none'; form-action 'none'",
		template.CSS(style), template.JS(script), items,
	})
	if err != nil {
		return nil, fmt.Errorf("the outbox's page: %w", err)
	}
	return out.Bytes(), nil
}

// digest allows one style or script, and no other.
func digest(src []byte) string {
	sum := sha256.Sum256(src)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
