package moderate

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Pieces is a set of kinds of pieces.
type pieces uint16

// What of a post a rule can read.
const (
	inText pieces = 1 << iota
	inTitle
	inSummary
	inWarning
	inAlt
	inPoll
	inTags
	inLinks
	inAll = inText | inTitle | inSummary | inWarning | inAlt | inPoll | inTags // the words of links are in the text too
)

var pieceNames = map[string]pieces{"text": inText, "title": inTitle, "summary": inSummary, "warning": inWarning, "alt": inAlt, "poll": inPoll, "tags": inTags, "links": inLinks}

// A manuscript is what a post says on some channels, in one piece: every text
// of it, apart from each other.
type manuscript struct {
	text     string
	pieces   []piece
	links    []lead
	mentions []int // where people are named
	pictures int
	lang     string
	channels []*platform.Channel // that it goes to; none: it is a draft
	names    []string            // of them
	words    [][][2]int          // of each piece, once they were asked for
}

// A piece is one text of a manuscript.
type piece struct {
	of         pieces // one kind
	start, end int    // in the manuscript
	part       int    // of a thread, from 0

	block    *text.Block // it is made of, of Markdown
	markdown string
	key      string // in the front matter; "": the body
	skip     int    // bytes of it that are not written under the key
}

// A lead is a link of a manuscript.
type lead struct {
	at, end int
	host    string
}

// apart stands between two pieces, so that nothing goes over both.
const apart = "\n\ufffc\n"

// A scribe writes a manuscript.
type scribe struct {
	manuscript
	b     strings.Builder
	leads bool // the words of links are pieces of their own, too
}

func (s *scribe) add(p piece, words string) {
	if strings.TrimSpace(words) == "" {
		return
	}
	if s.b.Len() > 0 {
		s.b.WriteString(apart)
	}
	p.start = s.b.Len()
	s.b.WriteString(words)
	p.end = s.b.Len()
	s.pieces = append(s.pieces, p)
}

func (s *scribe) plain(of pieces, key, words string) { s.add(piece{of: of, key: key}, words) }

func (s *scribe) tags(key string, tags []string) {
	for i, tag := range tags {
		s.add(piece{of: inTags, key: index(key, i), skip: 1}, "#"+tag)
	}
}

func (s *scribe) media(key string, media []schema.Media) {
	for i, m := range media {
		s.pictures++
		if m.Alt != nil {
			s.plain(inAlt, index(key, i)+".alt", *m.Alt)
		}
	}
}

// link notes where something leads that stands from at to end.
func (s *scribe) link(at, end int, address string) {
	_, host, ok := strings.Cut(address, "://")
	if !ok {
		return
	}
	if i := strings.IndexAny(host, `/?#\`); i >= 0 {
		host = host[:i]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	host, _, _ = strings.Cut(host, ":")
	s.links = append(s.links, lead{at, end, strings.ToLower(strings.Trim(host, "."))})
}

// markdown adds the words of a parsed text. Code is nobody's words.
func (s *scribe) markdown(key, source string, doc text.Doc) {
	for i := range doc.Parts {
		s.blocks(piece{of: inText, part: i, key: key, markdown: source}, doc.Parts[i].Blocks)
	}
}

func (s *scribe) blocks(like piece, blocks []text.Block) {
	for i := range blocks {
		if b := &blocks[i]; b.Kind != text.Code {
			s.block(like, b)
			s.blocks(like, b.Blocks)
		}
	}
}

// block adds the words of one block, and who and what its spans lead to; those
// of pictures and links are pieces of their own.
func (s *scribe) block(like piece, b *text.Block) {
	if len(b.Spans) == 0 {
		return
	}
	if s.b.Len() > 0 {
		s.b.WriteString(apart)
	}
	p, last, more := like, "", false
	p.block, p.start = b, s.b.Len()
	for i := range b.Spans {
		span := &b.Spans[i]
		at := s.b.Len()
		s.b.WriteString(text.SpanProse(span))
		switch {
		case span.Role == text.Person:
			s.mentions = append(s.mentions, at)
		case span.Role == text.Image:
			s.pictures++
			more = true
		case span.Link != "":
			if span.Link != last {
				s.link(at, s.b.Len(), span.Link)
			}
			more = more || s.leads
		}
		last = span.Link
	}
	p.end = s.b.Len()
	s.pieces = append(s.pieces, p)
	if !more {
		return
	}
	for _, span := range b.Spans {
		p := like
		switch {
		case span.Role == text.Image:
			p.of = inAlt
			span.At += len("![")
		case s.leads && span.Role == text.Words && span.Link != "":
			p.of = inLinks
		default:
			continue
		}
		span.Role, span.Style = text.Words, 0
		p.block = &text.Block{Spans: []text.Span{span}, At: span.At}
		s.add(p, span.Text)
	}
}

func (s *scribe) done() *manuscript {
	s.text = s.b.String()
	return &s.manuscript
}

// manuscripts are what a post says, once for all channels on which it says the
// same. Where it comes back with other texts, these are more of them.
func (e *Editor) manuscripts(p *workspace.Post, parser *text.Parser, channels []*platform.Channel) []*manuscript {
	f := &p.Front
	by := map[string][]*platform.Channel{}
	for _, c := range channels {
		if !slices.Contains(f.Channels, c.Name) {
			continue
		}
		name := c.Name
		if _, own := f.Variants[name]; !own {
			if name = c.Platform.Name; f.Variants != nil {
				_, own = f.Variants[name]
			}
			if !own {
				name = ""
			}
		}
		by[name] = append(by[name], c)
	}
	if len(by) == 0 {
		by[""] = nil
	}
	var all []*manuscript
	for _, name := range slices.Sorted(maps.Keys(by)) {
		v, at := f.Variants[name], "variants."+name+"."
		all = append(all, e.manuscript(p, parser, v, at, at+"text", by[name]))
		if f.Evergreen != nil {
			for i, markdown := range f.Evergreen.Texts {
				v.Text = markdown
				all = append(all, e.manuscript(p, parser, v, at, "evergreen.texts["+strconv.Itoa(i)+"]", by[name]))
			}
		}
	}
	return all
}

// manuscript is a post with what its variant v, below the key at, has in place
// of its own.
func (e *Editor) manuscript(p *workspace.Post, parser *text.Parser, v schema.Override, at, textAt string, channels []*platform.Channel) *manuscript {
	f := &p.Front
	s := scribe{leads: e.leads}
	s.lang, s.channels = cmp.Or(v.Lang, f.Lang), channels
	for _, c := range channels {
		s.names = append(s.names, c.Name)
	}
	either := func(of pieces, key, own, other string) {
		if other != "" {
			key, own = at+key, other
		}
		s.plain(of, key, own)
	}
	s.b.Grow(len(p.Body()) + 200)
	s.pieces = make([]piece, 0, 16)
	either(inTitle, "title", f.Title, v.Title)
	if v.Text != "" {
		doc, _ := p.Text(parser, v.Text)
		s.markdown(textAt, v.Text, doc)
	} else {
		doc, _ := p.Doc(parser)
		s.markdown("", string(p.Body()), doc)
	}
	either(inSummary, "summary", f.Summary, v.Summary)
	either(inWarning, "warning", f.Warning, v.Warning)
	if v.Media != nil {
		s.media(at+"media", v.Media)
	} else {
		s.media("media", f.Media)
	}
	if f.Poll != nil {
		for i, option := range f.Poll.Options {
			s.plain(inPoll, index("poll.options", i), option)
		}
	}
	if v.Tags != nil {
		s.tags(at+"tags", v.Tags)
	} else {
		s.tags("tags", f.Tags)
	}
	s.link(s.b.Len(), s.b.Len(), cmp.Or(v.Link, f.Link))
	return s.done()
}

// tried is the manuscript of a rule's test.
func tried(parser *text.Parser, c *schema.EditorialCase, lang string) *manuscript {
	s := scribe{leads: true}
	s.lang = lang
	s.plain(inTitle, "title", c.Title)
	if c.Text != nil {
		doc, _ := parser.Parse([]byte(*c.Text))
		s.markdown("", *c.Text, doc)
	}
	s.plain(inAlt, "alt", c.Alt)
	s.tags("tags", c.Tags)
	return s.done()
}
