package render

import (
	"fmt"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// carries refuses Markdown that the platform would lose.
func (j *job) carries(p text.Part) {
	used := p.Features()
	for _, f := range []text.Feature{text.Tables, text.Strikethrough} {
		if at, is := used[f]; is && !j.c.Markup().Carries(f) {
			j.problem(j.textAt(at), "text/cannot-carry", fmt.Sprintf("%s cannot show %s; write it another way, or give it its own words in variants.%s.text", j.c.Platform.Title, f, j.c.Name))
		}
	}
}

// Size is the length of a part on a platform, as the platform measures it.
type Size struct {
	Length int       `json:"length"`
	Limit  int       `json:"limit"`
	Unit   text.Unit `json:"unit"`
	Fits   bool      `json:"fits"`
}

// Measure returns the size of a part's text by each of the profile's limits.
func Measure(p *platform.Part, profile *platform.Profile) []Size {
	limits := profile.Texts(p)
	sizes := make([]Size, len(limits))
	for i, l := range limits {
		n := l.Count(p.Text)
		if profile.Warning == platform.Counted && p.Warning != "" {
			n += text.Count(p.Warning, text.Graphemes, 0) // as it stands: an address in it is no link
		}
		sizes[i] = Size{n, l.Max, l.Unit, n <= l.Max}
	}
	return sizes
}

// fits holds the parts to the profile's limits.
func (j *job) fits(doc text.Doc, parts []platform.Part) {
	name := j.c.Platform.Title
	if l := j.profile.Thread; len(parts) > l.Max {
		what := fmt.Sprintf("%s takes %d parts, this post has %d; join some", name, l.Max, len(parts))
		if j.typed <= l.Max {
			what = fmt.Sprintf("%s takes %d parts, this post would be split into %d; shorten it", name, l.Max, len(parts))
		}
		j.problem(j.partAt(doc, l.Max), "thread/too-long", what)
	}
	for i := range parts {
		p := &parts[i]
		which := "the text"
		if len(parts) > 1 {
			which = fmt.Sprintf("part %d", i+1)
		}
		if len(p.Media) > 0 && j.profile.Caption.Max > 0 {
			which += ", which stands beside pictures,"
		}
		for _, size := range Measure(p, j.profile) {
			if !size.Fits {
				j.problem(j.partAt(doc, i), "text/too-long", fmt.Sprintf("%s has %d %s on %s, %d more than its %d; %s",
					which, size.Length, size.Unit, j.c.Name, size.Length-size.Limit, size.Limit, j.shorter()))
			}
		}
		j.pictures(doc, i, p)
		j.tags(doc, i, p)
	}
	j.title(parts[0].Title)
	j.summary(parts[0].Summary)
	j.pictured(doc)
	if p := parts[0].Poll; p != nil {
		j.poll(p, &parts[0])
	}
}

func (j *job) pictures(doc text.Doc, i int, p *platform.Part) {
	m := &j.profile.Media
	at := func() schema.Pos {
		if i == 0 && len(j.say.Media) > 0 {
			return j.at("media")
		}
		return j.partAt(doc, i)
	}
	if len(p.Media) > m.Max.Max {
		j.problem(at(), "media/too-many", fmt.Sprintf("%s shows %d pictures with a post, this has %d; take some out, or choose them in variants.%s.media", j.c.Platform.Title, m.Max.Max, len(p.Media), j.c.Name))
	}
	for _, pic := range p.Media {
		if !slices.Contains(m.Types, pic.Type) && pic.Type == "image/gif" {
			j.problem(at(), "media/type", fmt.Sprintf("%s does not take %s pictures (%s); save it as JPEG or PNG", j.c.Platform.Title, pic.Type, pic.File))
		}
	}
}

func (j *job) poll(p *platform.Poll, part *platform.Part) {
	limit, at := &j.profile.Poll, j.post.Source.At
	if n := len(p.Options); n > limit.Options.Max {
		j.problem(at("poll.options"), "poll/too-many-options", fmt.Sprintf("%s takes %d answers, this poll has %d; take some out", j.c.Platform.Title, limit.Options.Max, n))
	}
	for i, o := range p.Options {
		if n := limit.Option.Count(o); n > limit.Option.Max {
			j.problem(at(fmt.Sprintf("poll.options[%d]", i)), "poll/option-too-long", fmt.Sprintf("this answer has %d %s, %s takes %d; shorten it", n, limit.Option.Unit, j.c.Platform.Title, limit.Option.Max))
		}
	}
	if p.Open < limit.Min || p.Open > limit.Max {
		j.problem(at("poll.open"), "poll/duration", fmt.Sprintf("on %s a poll is open from %s to %s; change open", j.c.Platform.Title, schema.Duration(limit.Min), schema.Duration(limit.Max)))
	}
	if len(part.Media) > 0 {
		j.problem(at("poll"), "poll/with-media", j.c.Platform.Title+" shows a poll or pictures, not both; take one out")
	}
}

// partAt is where a part begins.
func (j *job) partAt(doc text.Doc, i int) schema.Pos {
	if j.say.textAt != "" {
		return j.post.Source.At(j.say.textAt)
	}
	if j.profile.Thread.Max > 1 && i < len(doc.Parts) && len(doc.Parts[i].Blocks) > 0 && i > 0 {
		return j.post.Pos(doc.Parts[i].Blocks[0].At)
	}
	return j.post.Start()
}
