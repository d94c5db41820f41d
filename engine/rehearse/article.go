package rehearse

import (
	"html"
	"html/template"
	"strconv"
	"strings"
)

// An article is the HTML of a page, made again from nothing but words and a
// few elements: whatever stood in it, no more than that comes out.
type article struct {
	out     strings.Builder
	words   strings.Builder // without any markup
	open    []string        // elements, outermost first
	picture func(n int) template.HTML
}

// elements are what may stand in an article. Headings go below that of the
// card they stand in.
var elements = map[string]string{
	"p": "p", "h2": "h5", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6", "pre": "pre", "code": "code", "blockquote": "blockquote",
	"ul": "ul", "ol": "ol", "li": "li", "table": "table", "thead": "thead", "tbody": "tbody", "tr": "tr", "th": "th", "td": "td",
	"strong": "strong", "em": "em", "s": "s", "a": "a", "figure": "figure",
}

// inline elements do not part words.
var inline = map[string]bool{"strong": true, "em": true, "s": true, "a": true, "code": true}

// deepest is how many elements may stand in one another.
const deepest = 60

// clean makes src again. Picture n of the post is what picture says.
func clean(src string, picture func(n int) template.HTML) (markup template.HTML, words string) {
	a := article{picture: picture}
	for src != "" {
		before, rest, found := strings.Cut(src, "<")
		a.text(before)
		if !found {
			break
		}
		tag, after, closed := strings.Cut(rest, ">")
		if !closed || !a.tag(tag) {
			a.text("<")
			src = rest
			continue
		}
		src = after
	}
	for len(a.open) > 0 {
		a.end(a.open[len(a.open)-1])
	}
	return template.HTML(a.out.String()), strings.Join(strings.Fields(a.words.String()), " ") // it was made here, of known elements and escaped words
}

func (a *article) text(s string) {
	s = html.UnescapeString(s)
	a.words.WriteString(s)
	a.out.WriteString(html.EscapeString(s))
}

// tag takes what stands between < and >, and reports whether it is known.
func (a *article) tag(s string) bool {
	name, attrs, _ := strings.Cut(s, " ")
	if end, is := strings.CutPrefix(name, "/"); is {
		el, known := elements[end]
		if known {
			a.end(el)
		}
		return known
	}
	switch name {
	case "br", "hr":
		a.words.WriteByte(' ')
		a.out.WriteString("<" + name + ">")
		return true
	case "img":
		n, err := strconv.Atoi(strings.TrimPrefix(attribute(attrs, "src"), "media:"))
		if err == nil && n >= 0 {
			a.out.WriteString(string(a.picture(n)))
		}
		return true
	}
	el, known := elements[name]
	if !known || len(a.open) == deepest {
		return false
	}
	if !inline[el] {
		a.words.WriteByte(' ')
	}
	a.open = append(a.open, el)
	a.out.WriteString("<" + el)
	switch {
	case el == "a" && web(attribute(attrs, "href")):
		a.out.WriteString(` href="` + html.EscapeString(attribute(attrs, "href")) + `" rel="noopener noreferrer"`)
	case el == "ol":
		if n, err := strconv.Atoi(attribute(attrs, "start")); err == nil {
			a.out.WriteString(` start="` + strconv.Itoa(n) + `"`)
		}
	}
	a.out.WriteString(">")
	return true
}

// end closes an element and all that was left open in it. One that is not
// open ends nothing.
func (a *article) end(el string) {
	at := len(a.open) - 1
	for at >= 0 && a.open[at] != el {
		at--
	}
	if at < 0 {
		return
	}
	for i := len(a.open) - 1; i >= at; i-- {
		a.out.WriteString("</" + a.open[i] + ">")
		if !inline[a.open[i]] {
			a.words.WriteByte(' ')
		}
	}
	a.open = a.open[:at]
}

// attribute is the value of an attribute, or "".
func attribute(attrs, name string) string {
	_, after, found := strings.Cut(" "+attrs, " "+name+`="`)
	value, _, closed := strings.Cut(after, `"`)
	if !found || !closed {
		return ""
	}
	return html.UnescapeString(value)
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "mailto:")
}
