package render

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// title holds the title to what the platform says of titles.
func (j *job) title(title string) {
	t, name := &j.profile.Title, j.c.Platform.Title
	if t.Place != platform.InField {
		return
	}
	if title == "" {
		if t.Needed {
			j.problem(j.at("title"), "title/missing", fmt.Sprintf("%s takes no post without a title; add title, or variants.%s.title", name, j.c.Name))
		}
		return
	}
	if n := t.Min.Count(title); n < t.Min.Max {
		j.problem(j.at("title"), "title/too-short", fmt.Sprintf("the title has %d %s, %s wants %d; make it longer, or write variants.%s.title", n, t.Min.Unit, name, t.Min.Max, j.c.Name))
	}
	if n := t.Max.Count(title); t.Max.Max > 0 && n > t.Max.Max {
		j.problem(j.at("title"), "title/too-long", fmt.Sprintf("the title has %d %s, %s takes %d; shorten it, or write variants.%s.title", n, t.Max.Unit, name, t.Max.Max, j.c.Name))
	}
}

// summary holds the summary to its limit.
func (j *job) summary(summary string) {
	if l := j.profile.Summary; l.Max > 0 && l.Count(summary) > l.Max {
		j.problem(j.at("summary"), "summary/too-long", fmt.Sprintf("the summary has %d %s, %s takes %d; shorten it, or write variants.%s.summary", l.Count(summary), l.Unit, j.c.Platform.Title, l.Max, j.c.Name))
	}
}

// tags holds the tags of part i to what the platform says of tags, be they in
// a field or in the text.
func (j *job) tags(doc text.Doc, i int, p *platform.Part) {
	t, name := &j.profile.Tags, j.c.Platform.Title
	if t.Max.Max == 0 && t.Each.Max == 0 && t.All.Max == 0 {
		return
	}
	tags := p.Tags
	if t.Place == platform.InText {
		for _, f := range text.Tags(p.Text) {
			tags = append(tags, f.Value)
		}
	}
	at := func() schema.Pos {
		if len(j.say.Tags) > 0 {
			return j.at("tags")
		}
		return j.partAt(doc, i)
	}
	if t.Max.Max > 0 && len(tags) > t.Max.Max {
		j.problem(at(), "tags/too-many", fmt.Sprintf("%s takes %d tags, this post has %d; take some out, or choose them in variants.%s.tags", name, t.Max.Max, len(tags), j.c.Name))
	}
	for _, tag := range tags {
		if n := t.Each.Count(tag); t.Each.Max > 0 && n > t.Each.Max {
			j.problem(at(), "tag/too-long", fmt.Sprintf("the tag %s has %d %s, %s takes %d; shorten it", tag, n, t.Each.Unit, name, t.Each.Max))
		}
	}
	if n := t.All.Count(strings.Join(tags, ",")); t.All.Max > 0 && n > t.All.Max {
		j.problem(at(), "tags/too-long", fmt.Sprintf("the tags have %d %s together, %s takes %d; take some out, or choose them in variants.%s.tags", n, t.All.Unit, name, t.All.Max, j.c.Name))
	}
}

// pictured refuses a post that shows no picture where it must. One whose
// picture cannot be used is not told that it has none.
func (j *job) pictured(doc text.Doc) {
	named := len(j.say.Media) > 0
	for _, p := range doc.Parts {
		p.Spans(func(s text.Span) { named = named || s.Role == text.Image })
	}
	if j.profile.Media.Needed && !named {
		j.problem(j.at("media"), "media/needed", fmt.Sprintf("%s takes no post without a picture; add media, or variants.%s.media", j.c.Platform.Title, j.c.Name))
	}
}
