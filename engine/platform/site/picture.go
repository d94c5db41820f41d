package site

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/image"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A picture is one of a post's, as a page shows it.
type picture struct {
	Name   string     `json:"name"` // the file below media/
	Alt    string     `json:"alt"`
	Width  int        `json:"width"`
	Height int        `json:"height"`
	Focus  [2]float64 `json:"focus,omitzero"` // -1 to 1, y upwards
}

const mediaFiles = "media"

// maxPixels is what a large screen shows of a picture across the page, twice
// as dense.
const maxPixels = 3_000_000

var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}

// develop reads a part's pictures, and gives the bytes of each by its name. A
// name has a digest of the bytes, so that a file never changes what it shows.
func develop(media []platform.Media) ([]picture, map[string][]byte, error) {
	var pictures []picture
	files := map[string][]byte{}
	for i, m := range media {
		data, err := m.Open()
		if err != nil {
			return nil, nil, fmt.Errorf("picture %d: %w", i+1, err)
		}
		// A page needs no more than a screen shows. What cannot be made smaller,
		// because it moves, stays as it is.
		if out, info, err := image.Fit(data.Data, image.Bounds{Pixels: maxPixels}); err == nil {
			data.Data, data.Type = out, info.Type
		}
		ending := endings[data.Type]
		if ending == "" {
			return nil, nil, fmt.Errorf("%w: picture %d is of type %q; save it as JPEG or PNG", platform.ErrRejected, i+1, data.Type)
		}
		sum := sha256.Sum256(data.Data)
		stem := segment(strings.TrimSuffix(path.Base(m.File), path.Ext(m.File)))
		if stem == "" {
			stem = "picture"
		}
		p := picture{stem + "-" + hex.EncodeToString(sum[:6]) + ending, legible(m.Alt), m.Width, m.Height, m.Focus}
		if p.Width == 0 || p.Height == 0 {
			p.Width, p.Height = data.Width, data.Height
		}
		pictures, files[p.Name] = append(pictures, p), data.Data
	}
	return pictures, files, nil
}

// fileNames are the files of some pictures, each once.
func fileNames(pictures []picture) []string {
	var names []string
	for _, p := range pictures {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// sourceMark begins the tag of a picture that stands in a post's text. Words
// cannot look like it: in them < is written &lt;.
const sourceMark = `<img src="media:`

// inText are the pictures, by number, that stand in a text, in order.
func inText(text string) ([]int, error) {
	var numbers []int
	for rest := text; ; {
		_, after, found := strings.Cut(rest, sourceMark)
		if !found {
			return numbers, nil
		}
		n, tail, _ := strings.Cut(after, `"`)
		i, err := strconv.Atoi(n)
		if err != nil || i < 0 {
			return nil, errors.New("a picture in the text has no number")
		}
		numbers, rest = append(numbers, i), tail
	}
}

// place gives the pictures that stand in a text their addresses. What it
// writes for picture n in place of src="media:n" is up to the caller.
func place(text string, source func(n int) string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, sourceMark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n, rest, _ := strings.Cut(after, `"`)
		i, _ := strconv.Atoi(n)
		b.WriteString(`<img ` + source(i))
		text = rest
	}
}

const lazy, eager = ` loading="lazy"`, ` loading="eager"`

// hasten lets the first picture of a text load at once.
func hasten(text string) string {
	i := strings.Index(text, "<img ")
	if i < 0 {
		return text
	}
	tag, rest, _ := strings.Cut(text[i:], ">")
	return text[:i] + strings.Replace(tag, lazy, eager, 1) + ">" + rest
}

// tag is the picture in HTML, n being its number on a page, or -1.
func (p *picture) tag(source string, n int, loading string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<img src="%s"`, html.EscapeString(source))
	if n >= 0 {
		b.WriteString(p.mark(n))
	}
	fmt.Fprintf(&b, ` alt="%s"`, html.EscapeString(p.Alt))
	if p.Width > 0 && p.Height > 0 {
		fmt.Fprintf(&b, ` width="%d" height="%d"`, p.Width, p.Height)
	}
	return b.String() + loading + ">"
}

// mark keeps on a page what its picture does not show.
func (p *picture) mark(n int) string {
	mark := ` data-n="` + strconv.Itoa(n) + `"`
	if p.Focus != [2]float64{} {
		mark += ` data-focus="` + strconv.FormatFloat(p.Focus[0], 'g', -1, 64) + " " + strconv.FormatFloat(p.Focus[1], 'g', -1, 64) + `"`
	}
	return mark
}

// crop is the classes that keep the point of interest in view, in fifths:
// style attributes are not allowed by the pages' own policy.
func (p *picture) crop() string {
	fifth := func(v float64) int { return min(max(int((v+1)*2.5), 0), 4) }
	return fmt.Sprintf("x%d y%d", fifth(p.Focus[0]), fifth(-p.Focus[1]))
}
