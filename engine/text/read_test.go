package text

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// A reading is what somebody sees of a text, and how many links are in it.
type reading struct {
	text  string
	links int
}

// readers read what the markups write, none of them with a line of this
// package: HTML with encoding/xml, so that it must be well formed as well;
// Markdown with goldmark; mrkdwn and little text by their documentation.
var readers = map[string]func(string) (reading, error){
	"html":       readHTML,
	"mail":       readHTML,
	"matrix":     readHTML,
	"telegram":   readHTML,
	"slack":      readSlack,
	"linkedin":   readLittle,
	"github":     readGFM,
	"discourse":  readGFM,
	"devto":      readLiquid,
	"mattermost": readGFM,
	"reddit":     readGFM,
	"discord":    readDiscord,
}

// flavored is GitHub's but for task lists: goldmark takes a link [x](…) for one.
var flavored = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()))

func readGFM(s string) (reading, error) { return convert(flavored, s) }

func convert(md goldmark.Markdown, s string) (reading, error) {
	var b bytes.Buffer
	if err := md.Convert([]byte(s), &b); err != nil {
		return reading{}, err
	}
	return readHTML(b.String())
}

// chat is Markdown that finds addresses by their scheme only.
var chat = goldmark.New(goldmark.WithExtensions(extension.Strikethrough,
	extension.NewLinkify(extension.WithLinkifyWWWRegexp(never), extension.WithLinkifyEmailRegexp(never))),
	goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()))

var never = regexp.MustCompile(`[^\x00-\x{10FFFF}]`)

// readDiscord knows that Discord has no character references and no underlined
// headings.
func readDiscord(s string) (reading, error) {
	const and, line, part = "\u2e2e", "\u2e32", "\u2e31" // its marks count beside any sign
	r, err := convert(chat, strings.NewReplacer("&", and, "=", line, "\u200b", part).Replace(s))
	r.text = strings.NewReplacer(and, "&", line, "=", part, "").Replace(r.text)
	return r, err
}

// readLiquid is Markdown, and then Liquid: see
// https://shopify.github.io/liquid/tags/template/#raw.
func readLiquid(s string) (reading, error) {
	r, err := readGFM(s)
	if err != nil {
		return r, err
	}
	var b strings.Builder
	for rest := r.text; ; {
		before, after, found := strings.Cut(rest, "{% raw %}")
		b.WriteString(before)
		if !found {
			break
		}
		inside, after, found := strings.Cut(after, "{% endraw %}")
		if !found {
			return r, errors.New("raw has no end")
		}
		b.WriteString(inside)
		rest = after
	}
	r.text = b.String()
	return r, nil
}

// readHTML gives the text of well-formed HTML.
func readHTML(s string) (reading, error) {
	d := xml.NewDecoder(strings.NewReader("<x>" + s + "</x>"))
	d.AutoClose = []string{"br", "hr", "img"}
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var r reading
	var b strings.Builder
	var open []string
	link := 0 // where the words of the last begin
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			r.text = b.String()
			return r, nil
		}
		if err != nil {
			return r, err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			open = append(open, t.Name.Local)
			if t.Name.Local == "a" {
				link = b.Len()
			}
		case xml.EndElement:
			if last := len(open) - 1; last < 0 || open[last] != t.Name.Local {
				return r, fmt.Errorf("</%s> ends %v", t.Name.Local, open)
			}
			open = open[:len(open)-1]
			if t.Name.Local == "a" && said(b.String()[link:]) != "" {
				r.links++
			}
		}
	}
}

// readLittle follows
// https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format:
// a reserved character that is neither escaped nor part of an element is an
// error.
func readLittle(s string) (reading, error) {
	var b strings.Builder
	plain := func(end string) error {
		for s != "" && !strings.HasPrefix(s, end) {
			r, n := utf8.DecodeRuneInString(s)
			if r == '\\' {
				s = s[1:]
				if r, n = utf8.DecodeRuneInString(s); !strings.ContainsRune(`\|{}@[]()<>#*_~`, r) {
					return fmt.Errorf("%q needs no escape", r)
				}
			} else if strings.ContainsRune(`\|{}@[]()<>#*_~`, r) {
				return fmt.Errorf("%q is not escaped", s)
			}
			b.WriteRune(r)
			s = s[n:]
		}
		s = strings.TrimPrefix(s, end)
		return nil
	}
	for s != "" {
		var err error
		switch {
		case strings.HasPrefix(s, `{hashtag|\#|`):
			s = s[len(`{hashtag|\#|`):]
			b.WriteString("#")
			err = plain("}")
		case strings.HasPrefix(s, "@["):
			s = s[2:]
			if err = plain("](urn:li:"); err == nil {
				_, s, _ = strings.Cut(s, ")")
			}
		default:
			i := strings.IndexAny(s, "{@\\")
			if i < 0 {
				i = len(s)
			}
			rest := s[i:]
			if i == 0 && s[0] == '\\' {
				_, n := utf8.DecodeRuneInString(s[1:])
				rest = s[1+n:]
			} else if i == 0 {
				return reading{}, fmt.Errorf("%q is no element", s)
			}
			s = s[:len(s)-len(rest)]
			err = plain("\x00")
			s = rest
		}
		if err != nil {
			return reading{}, err
		}
	}
	return reading{text: b.String()}, nil
}

// readSlack follows https://docs.slack.dev/messaging/formatting-message-text/
// and how its clients pair marks: a mark opens after what is no letter and
// before what is no blank, and the other way round.
func readSlack(s string) (reading, error) {
	var r reading
	var b strings.Builder
	blocks := strings.Split(s, "```")
	if len(blocks)%2 == 0 {
		return r, errors.New("a block of code has no end")
	}
	for i, block := range blocks {
		if i%2 == 1 {
			b.WriteString(references(block))
			continue
		}
		for line := range strings.Lines(block) {
			if strings.HasPrefix(line, "&gt;") {
				return r, errors.New("a quote nobody wrote")
			}
			text, err := slackLine(line, &r)
			if err != nil {
				return r, err
			}
			b.WriteString(text)
		}
	}
	r.text = b.String()
	return r, nil
}

func references(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

var shortcode = regexp.MustCompile(`^:([+-]?[a-z][a-z0-9_+-]*|[+-]1|100|1234):`)

func slackLine(line string, r *reading) (string, error) {
	type sign struct {
		text string
		mark bool
	}
	var signs []sign
	for line != "" {
		c, n := utf8.DecodeRuneInString(line)
		switch {
		case c == '<':
			inside, rest, ok := strings.Cut(line[1:], ">")
			if !ok {
				return "", fmt.Errorf("%q has no end", line)
			}
			line = rest
			target, words, has := strings.Cut(inside, "|")
			switch {
			case target == "!date^0^{_}":
				signs = append(signs, sign{text: words})
			case strings.HasPrefix(inside, "@"):
				signs = append(signs, sign{text: inside})
			case strings.HasPrefix(inside, "http"), strings.HasPrefix(inside, "mailto:"):
				r.links++
				if !has {
					words = strings.NewReplacer("%7C", "|").Replace(inside)
				}
				signs = append(signs, sign{text: references(words)})
			default:
				return "", fmt.Errorf("<%s> does something", inside)
			}
			continue
		case c == '&':
			end := strings.IndexByte(line, ';') + 1
			if ref := line[:end]; ref != "&amp;" && ref != "&lt;" && ref != "&gt;" {
				return "", fmt.Errorf("%q is not escaped", line)
			}
			signs = append(signs, sign{text: references(line[:end])})
			line = line[end:]
			continue
		case c == '`':
			inside, rest, ok := strings.Cut(line[1:], "`")
			if !ok {
				return "", errors.New("code has no end")
			}
			signs = append(signs, sign{text: "\u200b"}, sign{text: references(inside)}, sign{text: "\u200b"})
			line = rest
			continue
		case c == ':' && shortcode.MatchString(line):
			return "", fmt.Errorf("%q begins with an emoji", line)
		}
		signs = append(signs, sign{line[:n], strings.ContainsRune("*_~", c)})
		line = line[n:]
	}
	near := func(i int) rune {
		if i < 0 || i >= len(signs) || signs[i].text == "" {
			return ' '
		}
		c, _ := utf8.DecodeRuneInString(signs[i].text)
		return c
	}
	wordy := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) }
	gone := make([]bool, len(signs))
	for i := range signs {
		if !signs[i].mark || gone[i] || wordy(near(i-1)) || unicode.IsSpace(near(i+1)) {
			continue
		}
		for j := i + 2; j < len(signs); j++ {
			if signs[j].mark && signs[j].text == signs[i].text && !unicode.IsSpace(near(j-1)) && !wordy(near(j+1)) {
				gone[i], gone[j] = true, true
				break
			}
		}
	}
	var b strings.Builder
	for i := range signs {
		if !gone[i] {
			b.WriteString(signs[i].text)
		}
	}
	return b.String(), nil
}

// said is a text without blanks and without what cannot be seen.
func said(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' {
			return -1
		}
		return r
	}, s)
}

// hostile are texts that some platform takes for more than words.
var hostile = []string{
	"*", "**", "_", "__", "~", "~~", "`", "```", "~~~", "\\", "\\\\", "|", "||", "[", "]", "](", "(", ")", "!", "![", "<", ">", "&", "#", "##", "+", "-", "=", "===", "---", "^", "$", "{", "}", "{{", "}}", "{%", "%}", ":", "@", "/", ".", ",", "\"", "'",
	"*pas*", "**gras**", "_a_", "~b~", "~~c~~", "`d`", "||e||", ">!f!<", "[g](http:h)", "![i](j)", "[k]: l", "<b>", "</b>", "<!-- m -->", "<!channel>", "<!here|here>", "<@U024BE7LH>", "<#C123>", "<@80351110224678912>", "<@&1>", "<:n:1>", "<t:1>",
	"&amp;", "&copy;", "&#64;", "&lt;b&gt;", "@everyone", "@here", "@channel", "@all", "@ana", "u/ana", "/r/pain", "r/pain", "#123", "GH-12", "a/b#1", ":tada:", ":+1:", "10:30:45", "www.example.com", "a@b.example", "mailto:a@b.example",
	"{% raw %}", "{% endraw %}", "{%endraw%}", "{{ x }}", "{% youtube 1 %}", "{hashtag|\\#|x}", "@[x](urn:li:person:1)", "*|FNAME|*", "[gallery]", "[quote]", "$5", "$x$", "^(a)", "a^b", "1.", "1)", "12. a", "- [ ] x", "-# x", ":-:", "|---|", "===", "\u00a0", " ", " ", "\u202f", "« »", "l'eau", "…", "é", "👩‍👩‍👧", "क्षि", "word", "mot", "x", "7",
}

// A text of hostile characters, in any style, is read as it was written, and
// no link comes of it.
func TestLiteral(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	texts := slices.Clone(hostile)
	for range 500 {
		var b strings.Builder
		for range 1 + rnd.IntN(6) {
			b.WriteString(hostile[rnd.IntN(len(hostile))])
		}
		texts = append(texts, b.String())
	}
	for _, m := range markups {
		read := readers[m.name]
		if read == nil {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			for _, s := range texts {
				style := Style(rnd.IntN(8))
				for _, spans := range [][]Span{
					{{Text: s}},
					{{Text: s, Style: style}},
					{{Text: "mot"}, {Text: s, Style: style}, {Text: "mot", Style: Style(rnd.IntN(8))}},
					{{Text: "« "}, {Text: s, Style: style}, {Text: s}},
					{{Text: "a"}, {Role: Break}, {Text: s, Style: style}, {Role: Break}, {Text: s}},
				} {
					for _, kind := range []Kind{Paragraph, Heading} {
						p := Part{[]Block{{Kind: kind, Level: 2, Spans: spans}}}
						want := ""
						for _, s := range spans {
							want += s.Text
						}
						got := m.Write(p, Names{}).String
						r, err := read(got)
						if err != nil || said(r.text) != said(want) || r.links > 0 {
							t.Fatalf("%q is written\n%s\nand read %q, with %d links (%v)", want, got, r.text, r.links, err)
						}
					}
				}
			}
		})
	}
}

// FuzzMarkups writes whatever can be parsed through every markup: nothing
// panics, all is UTF-8, facets cut at character boundaries, in order, and what
// can be read back says what the document says, with its links and no other.
func FuzzMarkups(f *testing.F) {
	seeds(f)
	for i := 0; i+7 < len(hostile); i += 7 {
		f.Add(strings.Join(hostile[i:i+7], " "))
		f.Add("- " + strings.Join(hostile[i:i+7], "\n  "))
	}
	p := NewParser()
	f.Fuzz(func(t *testing.T, src string) {
		if !utf8.ValidString(src) || len(src) > 4096 {
			return
		}
		doc, _ := p.Parse([]byte(src))
		for _, part := range append(doc.Parts, doc.Joined().Parts...) {
			for _, m := range markups {
				sound(t, m.Write(part, names(m.name)))
				if s := seen(part); s.readable(m.name) {
					w := m.Write(part, Names{})
					sound(t, w)
					r, err := readers[m.name](w.String)
					if err != nil || said(r.text) != s.text || r.links != s.links {
						t.Errorf("%s of %q is\n%s\nand read %q with %d links (%v), not %q with %d", m.name, src, w.String, said(r.text), r.links, err, s.text, s.links)
					}
				}
			}
			if again, _ := p.Parse([]byte(GitHub.Write(part, Names{}).String)); seen(again.one()).text != seen(part).text {
				t.Errorf("%q comes back from %q as %q", src, GitHub.Write(part, Names{}).String, seen(again.one()).text)
			}
		}
	})
}

func (d Doc) one() Part {
	var p Part
	for _, part := range d.Parts {
		p.Blocks = append(p.Blocks, part.Blocks...)
	}
	return p
}

func sound(t *testing.T, w Text) {
	t.Helper()
	if !utf8.ValidString(w.String) {
		t.Errorf("not UTF-8: %q", w.String)
	}
	end := 0
	for _, f := range w.Facets {
		if f.Start < end || f.End <= f.Start || f.End > len(w.String) {
			t.Fatalf("facet %+v after %d in %q", f, end, w.String)
		}
		if end = f.End; !utf8.ValidString(w.String[f.Start:f.End]) {
			t.Errorf("facet %+v cuts a character of %q", f, w.String)
		}
	}
}

// sight is what a reader must see of a part.
type sight struct {
	text   string
	links  int
	words  bool // a link has words
	lists  bool
	quotes bool
	tables bool
	odd    bool // it holds what HTML cannot
}

func seen(p Part) sight {
	var s sight
	var b strings.Builder
	p.Walk(func(k Block) {
		s.lists = s.lists || k.Kind == Bullets || k.Kind == Numbers
		s.quotes = s.quotes || k.Kind == Quote
		s.tables = s.tables || k.Kind == Table
		link := "" // that words were met of
		for _, span := range k.Spans {
			s.odd = s.odd || strings.ContainsFunc(span.Text+span.Link, odd)
			switch {
			case span.Role == Break && span.Link == link:
				continue
			case span.Role == Image, span.Role == Break, span.Link == "":
				link = ""
			case span.Role == URL:
				s.links++
				link = ""
			case said(span.Text) != "" && span.Link != link:
				s.links++
				s.words = true
				link = span.Link
			}
			if span.Role != Image {
				b.WriteString(span.Text)
			}
		}
	})
	s.text = said(b.String())
	return s
}

func odd(r rune) bool { return unicode.IsControl(r) && r != '\t' || r == 0xfffe || r == 0xffff }

// readable reports whether a markup's reader can tell the part's words from
// what a person types around them.
func (s sight) readable(markup string) bool {
	switch markup {
	case "plain", "rich":
		return false
	case "html", "mail", "matrix":
		return !s.odd
	case "telegram":
		return !s.odd && !s.lists && !s.quotes && !s.tables && s.links == 0
	case "slack", "linkedin":
		return !s.odd && !s.lists && !s.quotes && !s.tables && !s.words && (markup == "slack" || s.links == 0)
	case "discord":
		return !s.odd && !s.tables && !s.words
	default:
		return !s.odd
	}
}
