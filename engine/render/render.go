// Package render turns a post into the variant that one channel will show, and
// says whether it fits. It is pure: no clock, no network, no files.
package render

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/image"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Renderer renders the posts of one workspace. It may be used by many
// goroutines.
type Renderer struct {
	Workspace *workspace.Workspace
	Parser    *text.Parser
}

// Render returns what post will be on c, and what keeps it from being that. A
// variant with an error among its problems must not be published.
func (r *Renderer) Render(post *workspace.Post, c *platform.Channel, due time.Time) (platform.Variant, []schema.Problem) {
	j := job{Renderer: r, post: post, c: c, profile: &c.Profile, say: voice(post, c), links: newLinks(r.Workspace, post, c)}
	v := platform.Variant{Post: post.ID(), Channel: c.Name}
	doc := j.links.doc(j.doc())
	if c.Profile.Thread.Max == 1 {
		doc = doc.Joined()
	}
	if len(doc.Parts) == 0 { // a picture needs no words
		doc.Parts = []text.Part{{}}
	}
	var fields platform.Part
	j.fields(&fields)
	j.typed = len(doc.Parts)
	doc = j.split(doc, fields)
	first := &doc.Parts[0]
	v.Parts = make([]platform.Part, len(doc.Parts))
	head := &v.Parts[0]
	*head = fields
	placed := j.media(doc, v.Parts)
	blocks := j.frame(first.Blocks, head, doc)
	for i := range v.Parts {
		p := &v.Parts[i]
		part := doc.Parts[i]
		if i == 0 {
			part.Blocks = blocks
		}
		p.Post, p.Due, p.Visibility = v.Post, due, j.say.Visibility
		if c.Profile.Langs { // elsewhere nobody would see it change
			p.Lang = j.say.Lang
		}
		p.Warning = head.Warning // each part can be met alone
		if p.Visibility == "public" {
			p.Visibility = ""
		}
		part.Blocks = numbered(part.Blocks, j.number(i, len(v.Parts)))
		j.carries(part)
		written := c.Markup().Write(part, text.Names{Person: j.handle, Image: placed[i].find})
		p.Text, p.Facets = written.String, written.Facets
	}
	j.fits(doc, v.Parts)
	j.bare(doc, v.Parts)
	j.advice(doc, v.Parts)
	v.Digests = make([]string, len(v.Parts))
	for i := range v.Parts {
		v.Digests[i] = v.Parts[i].Digest()
	}
	return v, j.problems
}

type job struct {
	*Renderer
	post     *workspace.Post
	c        *platform.Channel
	profile  *platform.Profile
	say      said
	links    links
	typed    int // parts, as the author began them
	problems []schema.Problem
}

func (j *job) problem(at schema.Pos, check, what string) {
	j.problems = append(j.problems, schema.Problem{Pos: at, Check: check, Severity: schema.Error, Text: what})
}

func (j *job) warn(at schema.Pos, check, what string) {
	j.problems = append(j.problems, schema.Problem{Pos: at, Check: check, Severity: schema.Warning, Text: what})
}

// said is what a post says on one channel, overrides applied.
type said struct {
	schema.Override
	path   string // of the override in the front matter, or ""
	textAt string // of the text in it, or "": the body
	poll   *schema.Poll
}

// voice applies what the post says for the channel or, failing that, for its
// platform, whole value by whole value. A post that comes back has the text
// whose turn it is, everywhere.
func voice(post *workspace.Post, c *platform.Channel) said {
	s := override(post, c)
	if turn := post.Turn(); turn > 0 {
		s.Text, s.textAt = post.Front.Evergreen.Texts[turn-1], "evergreen.texts["+strconv.Itoa(turn-1)+"]"
	}
	return s
}

func override(post *workspace.Post, c *platform.Channel) said {
	f := &post.Front
	s := said{poll: f.Poll, Override: schema.Override{Title: f.Title, Summary: f.Summary, Lang: f.Lang, Tags: f.Tags,
		Link: f.Link, Media: f.Media, Warning: f.Warning, Visibility: f.Visibility}}
	name := c.Name
	o, ok := f.Variants[name]
	if !ok {
		name = c.Platform.Name
		if o, ok = f.Variants[name]; !ok {
			return s
		}
	}
	s.path = "variants." + name
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	if set(&s.Text, o.Text); o.Text != "" {
		s.textAt = s.path + ".text"
	}
	set(&s.Title, o.Title)
	set(&s.Summary, o.Summary)
	set(&s.Lang, o.Lang)
	set(&s.Link, o.Link)
	set(&s.Warning, o.Warning)
	set(&s.Visibility, o.Visibility)
	if o.Tags != nil {
		s.Tags = o.Tags
	}
	if o.Media != nil {
		s.Media = o.Media
	}
	return s
}

// doc is the text for the channel: the post's body, or what replaces it.
func (j *job) doc() text.Doc {
	if j.say.Text == "" {
		doc, _ := j.post.Doc(j.Parser)
		return doc
	}
	doc, bad := j.post.Text(j.Parser, j.say.Text)
	for _, t := range bad {
		j.problem(j.post.Source.At(j.say.textAt), t.Check, t.Text)
	}
	return doc
}

// at is the place of a front matter value that holds for the channel.
func (j *job) at(key string) schema.Pos {
	if j.say.path != "" {
		if p := j.post.Source.At(j.say.path + "." + key); p != j.post.Source.At(j.say.path) {
			return p
		}
	}
	return j.post.Source.At(key)
}

// textAt is the place of a byte of the channel's text.
func (j *job) textAt(at int) schema.Pos {
	if j.say.textAt != "" {
		return j.post.Source.At(j.say.textAt)
	}
	return j.post.Pos(at)
}

// fields fills in what has a field of its own on the platform, and refuses
// what has no place there at all.
func (j *job) fields(p *platform.Part) {
	if j.profile.Title.Place == platform.InField {
		p.Title = j.say.Title
	}
	if j.profile.Summary.Max > 0 {
		p.Summary = j.say.Summary
	}
	if j.profile.Tags.Place == platform.InField {
		p.Tags = j.say.Tags
	}
	if j.profile.Link == platform.InField {
		p.Link = j.links.add(j.say.Link)
	}
	if j.profile.Warning == platform.InField || j.profile.Warning == platform.Counted {
		p.Warning = j.say.Warning
	}
	if j.say.Warning != "" && j.profile.Warning == platform.Nowhere {
		j.problem(j.at("warning"), "warning/not-here", j.c.Platform.Title+" has no content warnings; write it into the text of variants."+j.c.Name)
	}
	if v := j.say.Visibility; v != "" && v != "public" && !slices.Contains(j.profile.Visible, v) {
		j.problem(j.at("visibility"), "visibility/not-here", "on "+j.c.Platform.Title+" no post can be "+v+"; take "+j.c.Name+" out of this post's channels, or give it a visibility of its own in variants."+j.c.Name)
	}
	if j.say.poll == nil {
		return
	}
	if j.profile.Poll.Options.Max == 0 {
		j.problem(j.post.Source.At("poll"), "poll/not-here", j.c.Platform.Title+" has no polls; give "+j.c.Name+" a post of its own")
		return
	}
	p.Poll = &platform.Poll{Options: j.say.poll.Options, Open: time.Duration(j.say.poll.Open), Multiple: j.say.poll.Multiple}
}

// frame puts around the first part's text what the platform shows in it.
func (j *job) frame(blocks []text.Block, p *platform.Part, doc text.Doc) []text.Block {
	out := make([]text.Block, 0, len(blocks)+4)
	add := func(spans ...text.Span) { out = append(out, text.Block{Kind: text.Paragraph, Spans: spans}) }
	if j.say.Warning != "" && j.profile.Warning == platform.InText {
		add(text.Span{Text: j.say.Warning})
	}
	if j.say.Title != "" && j.profile.Title.Place == platform.InText {
		add(text.Span{Text: j.say.Title})
	}
	out = append(out, blocks...)
	if j.profile.Tags.Place == platform.InText {
		if tags := j.missingTags(doc); tags != "" {
			add(text.Span{Text: tags})
		}
	}
	link := j.links.add(j.say.Link)
	switch {
	case link == "":
	case j.profile.Link == platform.Card && len(p.Media) == 0:
		p.Link, p.Title, p.Summary = link, j.say.Title, j.say.Summary
	case (j.profile.Link == platform.Card || j.profile.Link == platform.InText) && !mentions(doc, link):
		add(j.links.span(text.Span{Text: j.say.Link, Link: j.say.Link, Role: text.URL}))
	}
	return out
}

// missingTags are the post's tags as words, but for those its text says.
func (j *job) missingTags(doc text.Doc) string {
	if len(j.say.Tags) == 0 {
		return ""
	}
	var said []text.Facet
	for _, p := range doc.Parts {
		p.Spans(func(s text.Span) { said = append(said, text.Tags(s.Text)...) })
	}
	var tags []string
	for _, t := range j.say.Tags {
		if !slices.ContainsFunc(said, func(f text.Facet) bool { return text.SameTag(f.Value, t) }) {
			tags = append(tags, "#"+t)
		}
	}
	return strings.Join(tags, " ")
}

func mentions(doc text.Doc, link string) bool {
	found := false
	for _, p := range doc.Parts {
		p.Spans(func(s text.Span) { found = found || s.Link == link })
	}
	return found
}

// handle is how a person is called on the platform. An unknown one is a
// problem that the checks report.
func (j *job) handle(name string) text.Handle {
	person := j.Workspace.People[name]
	h := text.Handle{Name: person.Name}
	if h.Name == "" {
		h.Name = name
	}
	at := strings.TrimPrefix(person.Handles[j.c.Platform.Name], "@")
	if j.profile.People == platform.PageLink {
		h.URL = at
	} else {
		h.Handle = at
	}
	return h
}

// bounds are the profile's limits on pictures.
func (j *job) bounds() image.Bounds {
	bound := func(l platform.Limit) int {
		if l.Max == platform.NoLimit {
			return 0
		}
		return l.Max
	}
	m := &j.profile.Media
	return image.Bounds{Types: m.Types, Bytes: bound(m.Bytes), Pixels: bound(m.Pixels)}
}
