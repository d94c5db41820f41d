// Package check owns the checks of what was written, whatever channel it goes
// to. Whether a variant fits its channel is package render's to say.
package check

import (
	"cmp"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Channels binds the workspace's channels to their platforms, in order of
// name. One with a fault is a problem and is left out.
func Channels(w *workspace.Workspace, set platform.Set) ([]*platform.Channel, []schema.Problem) {
	var channels []*platform.Channel
	var ps []schema.Problem
	folders := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(w.Config.Channels)) {
		at := "channels." + name
		c, faults := platform.Bind(name, w.Config.Channels[name], set)
		if !plain(name) {
			faults = append(faults, platform.Fault{Check: "channel/name", Text: "the channel's name " + name + " is hard to refer to; write it with letters, digits, - and _"})
		}
		if c.Platform != nil {
			for _, f := range c.Platform.Fields {
				dir := strings.TrimSuffix(c.Settings[f.Name], "/")
				if dir == "" || !f.Folder && !f.Leaves {
					continue
				}
				kind, at := "folder", dir
				if f.Leaves {
					kind, at = f.Name, "the "+f.Name+" "+dir
				}
				if other, taken := folders[at]; taken {
					faults = append(faults, platform.Fault{Key: f.Name, Check: "channel/same-folder", Text: "the channel " + other + " writes to " + at + " too; give each a " + kind + " of its own"})
				} else {
					folders[at] = name
				}
			}
		}
		for _, f := range faults {
			place := w.Source.At(at)
			if f.Key != "" {
				place = w.Source.At(at + "." + f.Key)
			} else if p, ok := w.Source.KeyAt(at); ok {
				place = p
			}
			ps = append(ps, schema.Problem{Pos: place, Check: f.Check, Severity: schema.Error, Text: f.Text})
		}
		if len(faults) == 0 {
			channels = append(channels, &c)
		}
	}
	return channels, ps
}

// Ledger checks that the ledger is somewhere it can be.
func Ledger(w *workspace.Workspace) []schema.Problem {
	dir := w.Config.Ledger
	if dir == "" || dir == "git" || fs.ValidPath(dir) && dir != "." && !strings.Contains(dir, `\`) {
		return nil
	}
	what := "ledger is git, for a branch of the repository, or a folder below the workspace, as in .imprimatur/ledger"
	return []schema.Problem{{Pos: w.Source.At("ledger"), Check: "ledger/folder", Severity: schema.Error, Text: what}}
}

var variable = regexp.MustCompile(`^\$\{[A-Z][A-Z0-9_]*\}$`)

// Moderation checks that the key of moderation does not stand in a file.
func Moderation(w *workspace.Workspace) []schema.Problem {
	if key := w.Config.Moderation.Key; key == "" || variable.MatchString(key) {
		return nil
	}
	what := "key is a secret and must not stand in a file; write the name of an environment variable, as in ${MODERATION_KEY}"
	return []schema.Problem{{Pos: w.Source.At("moderation.key"), Check: "moderation/key", Severity: schema.Error, Text: what}}
}

// Outbox checks that the outbox is a folder that nothing else writes to.
func Outbox(w *workspace.Workspace, channels []*platform.Channel) []schema.Problem {
	dir := strings.TrimSuffix(cmp.Or(w.Config.Outbox, workspace.OutboxDir), "/")
	what := ""
	if !fs.ValidPath(dir) || dir == "." || strings.Contains(dir, `\`) {
		what = "outbox must be a folder below the workspace, as in outbox"
	}
	for _, c := range channels {
		for _, f := range c.Platform.Fields {
			if f.Folder && strings.TrimSuffix(c.Settings[f.Name], "/") == dir {
				what = "the channel " + c.Name + " writes to " + dir + " too; give each a folder of its own"
			}
		}
	}
	if what == "" {
		return nil
	}
	return []schema.Problem{{Pos: w.Source.At("outbox"), Check: "outbox/folder", Severity: schema.Error, Text: what}}
}

// plain reports whether a name can be written anywhere without quotes.
func plain(name string) bool {
	return name != "" && strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	}) < 0
}

// Posts checks what only shows when all posts are seen together.
func Posts(posts []*workspace.Post) []schema.Problem {
	var ps []schema.Problem
	first := make(map[string]*workspace.Post, len(posts))
	for _, p := range posts {
		id := p.ID()
		if other := first[id]; other != nil {
			ps = append(ps, schema.Problem{Pos: p.Source.At("id"), Check: "post/same-id", Severity: schema.Error,
				Text: "its id " + id + " is that of " + other.File + " too; give this post another id"})
			continue
		}
		first[id] = p
	}
	return ps
}

// A Checker checks one post at a time. It may be used by many goroutines.
type Checker struct {
	Workspace *workspace.Workspace
	Parser    *text.Parser
	Channels  []*platform.Channel // the usable ones
}

type report struct {
	post    *workspace.Post
	ps      []schema.Problem
	phrases phrases // what the post says, once a tag asks for it
	spelled int     // tags that did
}

func (r *report) add(at schema.Pos, s schema.Severity, id, what string) {
	r.ps = append(r.ps, schema.Problem{Pos: at, Check: id, Severity: s, Text: what})
}

func (r *report) error(key, id, what string) { r.add(r.post.Source.At(key), schema.Error, id, what) }

// Post checks what one post says.
func (c *Checker) Post(p *workspace.Post) []schema.Problem {
	r := report{post: p}
	c.names(&r)
	c.time(&r)
	c.urgent(&r)
	c.media(&r)
	c.tags(&r)
	c.text(&r)
	c.mentions(&r)
	c.titles(&r)
	c.links(&r)
	c.french(&r)
	return r.ps
}

// names checks the channels and platforms that the post refers to.
func (c *Checker) names(r *report) {
	f := &r.post.Front
	known := slices.Sorted(maps.Keys(c.Workspace.Config.Channels))
	key := "channels"
	for i, name := range f.Channels {
		if _, ok := c.Workspace.Config.Channels[name]; !ok {
			r.error(index(key, i), "post/unknown-channel", schema.NotKnown("channel", name, known))
		}
	}
	if len(f.Channels) == 0 && !f.PublishAt.IsZero() && len(r.post.Problems) == 0 { // else they may be there, unread
		r.error("publish_at", "post/no-channel", "the post has a time but no channel to go to; add channels")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
		if !slices.ContainsFunc(c.Channels, func(ch *platform.Channel) bool { return ch.Name == name || ch.Platform.Name == name }) {
			if _, ok := c.Workspace.Config.Channels[name]; !ok {
				place, _ := r.post.Source.KeyAt("variants." + name)
				r.add(place, schema.Error, "post/unknown-variant", schema.NotKnown("channel or platform", name, known))
			}
		}
	}
	if !f.Pin.IsZero() && !f.PublishAt.Next {
		r.error("pin", "calendar/unclear", "pin picks a slot, and this post waits for none; write publish_at: next-slot, or take the pin out")
	}
	if id := r.post.ID(); round.MatchString(id) {
		r.error("id", "post/id", "an id that ends like this is that of a post which comes back; write another")
	} else if strings.IndexFunc(id, unicode.IsControl) >= 0 || strings.TrimSpace(id) != id {
		r.error("id", "post/id", "the id has blanks at its ends or signs that cannot be seen; write it with letters, digits, / and -")
	}
}

// round is how the id of a post that comes back ends.
var round = regexp.MustCompile(`~[0-9]+$`)

// time checks a time where it is on each channel: zones may differ.
func (c *Checker) time(r *report) {
	f := &r.post.Front
	if f.PublishAt.IsZero() || f.PublishAt.Next {
		return
	}
	zones := []*time.Location{}
	for _, name := range f.Channels {
		if zone := c.Workspace.ZoneOf(f.Timezone, name); !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	if len(zones) == 0 {
		zones = append(zones, c.Workspace.ZoneOf(f.Timezone, ""))
	}
	for _, zone := range zones {
		switch moment, doubt := calendar.Moment(f.PublishAt.Time, zone); doubt {
		case calendar.Skipped:
			r.add(r.post.Source.At("publish_at"), schema.Warning, "time/skipped",
				"clocks jump over this time in "+zone.String()+"; it will be taken as "+moment.Format("15:04")+", so better write that")
		case calendar.Twice:
			r.add(r.post.Source.At("publish_at"), schema.Warning, "time/twice",
				"clocks show this time twice that night in "+zone.String()+"; the first is taken, add the offset (as in "+moment.Format("2006-01-02T15:04:05-07:00")+") to be sure")
		}
	}
}

func (c *Checker) media(r *report) {
	look := func(list []schema.Media, key string) {
		for i, m := range list {
			at := index(key, i)
			c.picture(r, m.File, func() schema.Pos { return r.post.Source.At(at + ".file") })
			if m.Alt == nil {
				r.add(r.post.Source.At(at), schema.Warning, "media/no-alt", altText)
			} else if says := notAlt(*m.Alt, m.File); says != "" {
				r.add(r.post.Source.At(at+".alt"), schema.Warning, "media/alt-file-name", says)
			}
		}
	}
	look(r.post.Front.Media, "media")
	for _, name := range slices.Sorted(maps.Keys(r.post.Front.Variants)) {
		look(r.post.Front.Variants[name].Media, "variants."+name+".media")
	}
}

const altText = "this picture says nothing to people who cannot see it; describe it in alt, or write alt: \"\" if it is only decoration"

func (c *Checker) picture(r *report, file string, at func() schema.Pos) {
	if pic := c.Workspace.Picture(r.post, file); pic.Problem != "" {
		r.add(at(), schema.Error, "media/unusable", file+": "+pic.Problem)
	}
}

// text checks the Markdown: what no platform carries, people nobody knows,
// pictures that are not there.
func (c *Checker) text(r *report) {
	doc, bad := r.post.Doc(c.Parser)
	for _, t := range bad {
		r.add(r.post.Pos(t.At), schema.Error, t.Check, t.Text)
	}
	c.spans(r, doc, r.post.Pos)
	c.style(r, doc, r.post.Pos)
	for _, name := range slices.Sorted(maps.Keys(r.post.Front.Variants)) {
		if v := r.post.Front.Variants[name]; v.Text != "" {
			doc, _ := r.post.Text(c.Parser, v.Text) // render reports what is wrong with it
			at := func(int) schema.Pos { return r.post.Source.At("variants." + name + ".text") }
			c.spans(r, doc, at)
			c.style(r, doc, at)
		}
	}
	if e := r.post.Front.Evergreen; e != nil {
		for i, markdown := range e.Texts {
			doc, _ := r.post.Text(c.Parser, markdown)
			at := func(int) schema.Pos { return r.post.Source.At(index("evergreen.texts", i)) }
			c.spans(r, doc, at)
			c.style(r, doc, at)
		}
	}
	if len(doc.Parts) == 0 && len(r.post.Front.Media) == 0 && !r.post.Front.PublishAt.IsZero() && len(r.post.Problems) == 0 {
		r.add(r.post.Start(), schema.Error, "post/empty", "the post has a time but no words; write some below the settings")
	}
}

func (c *Checker) spans(r *report, doc text.Doc, pos func(int) schema.Pos) {
	for _, part := range doc.Parts {
		part.Spans(func(s text.Span) {
			switch s.Role {
			case text.Person:
				c.person(r, s.Text, func() schema.Pos { return pos(s.At) })
			case text.Image:
				c.picture(r, s.Link, func() schema.Pos { return pos(s.At) })
				if s.Text == "" {
					r.add(pos(s.At), schema.Warning, "media/no-alt", strings.Replace(altText, "in alt, or write alt: \"\" if", "between the brackets, unless", 1))
				} else if says := notAlt(s.Text, s.Link); says != "" {
					r.add(pos(s.At), schema.Warning, "media/alt-file-name", says)
				}
			}
		})
	}
}

func index(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }
