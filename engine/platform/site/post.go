package site

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A post is all that its page says.
type post struct {
	entry
	Link     string // of the page the post is about
	Text     string // HTML; pictures in it are media:N
	Pictures []picture
	address  string // the page's own word for it; read sets it
}

// compose is the post that an attempt makes of the page old, or of none.
func (m *masthead) compose(a platform.Attempt, old *entry, page string, pictures []picture) (*post, error) {
	p := &post{
		entry: entry{
			Key:      a.Key,
			Post:     legible(a.Part.Post),
			Page:     page,
			Title:    legible(a.Part.Title),
			Warning:  legible(a.Part.Warning),
			Lang:     legible(a.Part.Lang),
			Media:    fileNames(pictures),
			Unlisted: a.Part.Visibility == "unlisted",
			Rev:      revision(&a.Part),
			First:    a.At.UTC().Truncate(time.Millisecond),
		},
		Link:     a.Part.Link,
		Text:     legible(a.Part.Text),
		Pictures: pictures,
	}
	for _, s := range []*string{&p.Title, &p.Warning} {
		if strings.TrimSpace(*s) == "" {
			*s = ""
		}
	}
	for _, tag := range a.Part.Tags {
		if tag = legible(tag); segment(tag) != "" {
			p.Tags = append(p.Tags, tag)
		}
	}
	if p.Lang == "" {
		p.Lang = m.Language
	}
	p.Published = a.At.UTC().Truncate(time.Second)
	if !a.Part.Due.IsZero() {
		p.Published = a.Part.Due.UTC().Truncate(time.Second)
	}
	p.ID = tagURI(m.host, a.At, a.Key)
	if old != nil {
		p.Key, p.ID, p.Post, p.Published, p.First = old.Key, old.ID, old.Post, old.Published, old.First
		if p.Modified = old.Modified; p.Rev != old.Rev {
			p.Modified = a.At.UTC().Truncate(time.Second)
		}
	}
	numbers, err := inText(p.Text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", platform.ErrRejected, err)
	}
	for _, n := range numbers {
		if n >= len(pictures) {
			return nil, fmt.Errorf("%w: the text shows picture %d of %d", platform.ErrRejected, n+1, len(pictures))
		}
	}
	p.derive(legible(a.Part.Summary))
	return p, nil
}

// tagURI names something for good: RFC 4151.
func tagURI(host string, day time.Time, name string) string {
	return "tag:" + host + "," + day.UTC().Format(time.DateOnly) + ":" + url.PathEscape(name)
}

// revision is short enough for a reference: it tells versions of one page
// apart.
func revision(p *platform.Part) string {
	digest := p.Digest()
	return strings.TrimPrefix(digest, "sha256:")[:16]
}

// derive fills in what lists and link cards need.
func (p *post) derive(summary string) {
	if p.Summary = oneLine(summary); p.Summary == "" {
		p.Summary = p.derived()
	}
	p.More = p.Summary != plainText(p.Text) || len(p.Pictures) > 1
	if p.Image = nil; len(p.Pictures) > 0 && p.Warning == "" {
		p.Image = &p.Pictures[0]
	}
}

// derived is the summary of a post whose author gave none. A warning hides
// what it warns of there too.
func (p *post) derived() string {
	if p.Warning != "" {
		return oneLine(p.Warning)
	}
	words := plainText(prose(p.Text))
	if words == "" {
		words = plainText(p.Text)
	}
	return shorten(words, 240)
}

// prose is a text without headings, tables and code, which say little one
// after the other.
func prose(text string) string {
	for _, name := range []string{"h2", "h3", "h4", "h5", "h6", "pre", "table"} {
		for {
			before, rest, found := strings.Cut(text, "<"+name+">")
			if !found {
				break
			}
			_, after, _ := strings.Cut(rest, "</"+name+">")
			text = before + after
		}
	}
	return text
}

// beside are the numbers of the pictures that do not stand in the text.
func (p *post) beside() []int {
	placed, _ := inText(p.Text)
	var numbers []int
	for n := range p.Pictures {
		if !slices.Contains(placed, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// plainText is the words of HTML on one line.
func plainText(s string) string {
	var b strings.Builder
	for s != "" {
		words, rest, found := strings.Cut(s, "<")
		b.WriteString(words)
		if !found {
			break
		}
		tag, rest, _ := strings.Cut(rest, ">")
		if name := strings.TrimLeft(tag, "/"); breaks(name) {
			b.WriteByte(' ')
		}
		s = rest
	}
	return oneLine(html.UnescapeString(b.String()))
}

// breaks reports whether a tag parts the words around it.
func breaks(tag string) bool {
	name, _, _ := strings.Cut(tag, " ")
	switch name {
	case "a", "strong", "em", "s", "code", "img":
		return false
	}
	return true
}

// shorten cuts s between words, to n characters at most.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut := string([]rune(s)[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.!?-–—(«“\"") + "…"
}
