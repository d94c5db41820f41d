package site

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
)

// errForeign means that a page is not one of ours, or not whole.
var errForeign = errors.New("this page is not ours, or not whole")

// The text of a post stands between these. In it < is written &lt;, and no
// block of it is a div.
const textBegins, textEnds = "<div class=\"text\">\n", "\n</div>\n"

// read is the post of a page that render wrote.
func read(page string, data []byte) (*post, error) {
	head, rest, found := strings.Cut(string(data), textBegins)
	text := ""
	if found {
		if text, rest, found = strings.Cut(rest, textEnds); !found {
			return nil, errForeign
		}
	}
	if !strings.HasSuffix(head+rest, "</html>\n") {
		return nil, errForeign
	}
	r := reader{post: &post{entry: entry{Page: page}}}
	if err := r.page(head + rest); err != nil || r.post.Key == "" {
		return nil, errForeign
	}
	if err := r.text(text); err != nil {
		return nil, errForeign
	}
	p := r.post
	p.Media = fileNames(p.Pictures)
	p.derive(r.summary)
	return p, nil
}

// most is how many pictures a page is believed to have.
const most = 100_000

type reader struct {
	post    *post
	summary string
}

// page reads all that stands around the text.
func (r *reader) page(s string) error {
	p, in := r.post, ""
	return tokens(s, func(start *xml.StartElement, words string) error {
		if start == nil {
			switch in {
			case "h1":
				p.Title += words
			case "summary":
				p.Warning += words
			case "tag":
				p.Tags = append(p.Tags, words)
			}
			in = ""
			return nil
		}
		in = ""
		get := func(name string) string { return attribute(start, name) }
		switch name := start.Name.Local; name {
		case "html":
			p.Lang = get("lang")
		case "meta":
			switch get("name") {
			case "description":
				r.summary = get("content")
			case "robots":
				p.Unlisted = true
			}
		case "link":
			if get("rel") == "canonical" {
				p.address = get("href")
			}
		case "article":
			p.Key, p.ID, p.Post, p.Rev = get("data-key"), get("data-id"), get("data-post"), get("data-rev")
			return moment(&p.First, get("data-first"))
		case "h1":
			if get("class") == "" {
				in = name
			}
		case "summary":
			in = name
		case "time":
			switch get("class") {
			case "published":
				return moment(&p.Published, get("datetime"))
			case "modified":
				return moment(&p.Modified, get("datetime"))
			}
		case "img":
			return r.picture(start)
		case "a":
			if get("rel") == "tag" {
				in = "tag"
			} else if u := get("href"); web(u) {
				p.Link = u
			}
		}
		return nil
	})
}

func moment(t *time.Time, s string) error {
	read, err := time.Parse(time.RFC3339, s)
	*t = read.UTC()
	return err
}

// text reads the text, and its pictures back to what stood for them.
func (r *reader) text(s string) error {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<img ")
		b.WriteString(before)
		if !found {
			r.post.Text = b.String()
			return nil
		}
		tag, after, _ := strings.Cut(rest, ">")
		var n string
		err := tokens("<img "+tag+"/>", func(start *xml.StartElement, _ string) error {
			n = attribute(start, "data-n")
			return r.picture(start)
		})
		if err != nil {
			return err
		}
		_, more, _ := strings.Cut(tag, ` data-n="`+n+`"`)
		if strings.HasPrefix(more, ` data-focus="`) {
			_, more, _ = strings.Cut(more[len(` data-focus="`):], `"`)
		}
		b.WriteString(sourceMark + n + `"` + strings.Replace(more, eager, lazy, 1) + ">")
		s = after
	}
}

func (r *reader) picture(start *xml.StartElement) error {
	n, err := strconv.Atoi(attribute(start, "data-n"))
	if err != nil || n < 0 || n > most {
		return errForeign
	}
	p := picture{Name: path.Base(attribute(start, "src")), Alt: attribute(start, "alt")}
	p.Width, _ = strconv.Atoi(attribute(start, "width"))
	p.Height, _ = strconv.Atoi(attribute(start, "height"))
	if x, y, found := strings.Cut(attribute(start, "data-focus"), " "); found {
		p.Focus[0], _ = strconv.ParseFloat(x, 64)
		p.Focus[1], _ = strconv.ParseFloat(y, 64)
	}
	for len(r.post.Pictures) <= n {
		r.post.Pictures = append(r.post.Pictures, picture{})
	}
	r.post.Pictures[n] = p
	return nil
}

// tokens calls f with every element that begins and with the words between.
func tokens(s string, f func(start *xml.StartElement, words string) error) error {
	d := xml.NewDecoder(strings.NewReader(s))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		switch token := token.(type) {
		case xml.StartElement:
			err = f(&token, "")
		case xml.CharData:
			err = f(nil, string(token))
		case nil:
			if errors.Is(err, io.EOF) {
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

func attribute(start *xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
