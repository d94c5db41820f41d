package rehearse

import (
	"cmp"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// A Post is one post that was due, on every channel it went to.
type Post struct {
	*workspace.Post
	Due      time.Time
	Variants []Variant // in order of channels
}

// A Variant is what one channel's readers see of a post.
type Variant struct {
	Channel *platform.Channel
	Held    string           // why it was not tried, or ""
	Outcome *publish.Outcome // nil where Held
	Parts   []Part
}

// A Part is one part as it was rendered and as it is seen.
type Part struct {
	Want  platform.Part
	Sizes []render.Size
	Shown *platform.Shown // nil: readers do not see it
}

// Missing is how many parts readers do not see.
func (v *Variant) Missing() int {
	n := 0
	for i := range v.Parts {
		if v.Parts[i].Shown == nil {
			n++
		}
	}
	return n
}

// A Stray is on a channel's timeline though the ledger knows nothing of it: it
// went out twice, or came from nowhere.
type Stray struct {
	Channel string
	Shown   platform.Shown
}

// gather finds on the timelines what the ledger says is live.
func (r *Rehearsal) gather(l *ledger.Ledger) {
	s := r.Space
	timelines := map[string]map[string]*platform.Shown{} // by channel and id
	order := map[string][]platform.Shown{}
	for _, c := range s.Channels {
		if c.Platform.ByHand() {
			continue
		}
		order[c.Name] = r.stage.standins[c.Name].Timeline()
		timelines[c.Name] = map[string]*platform.Shown{}
		for i := range order[c.Name] {
			shown := &order[c.Name][i]
			timelines[c.Name][shown.ID] = shown
		}
	}
	outcomes := map[[2]string]*publish.Outcome{}
	for i := range r.Published.Outcomes {
		o := &r.Published.Outcomes[i]
		outcomes[[2]string{o.Action.Post, o.Action.Channel}] = o
	}
	held := map[[2]string]string{}
	for _, a := range r.Published.Plan.Actions {
		if troubled(&a) {
			held[[2]string{a.Post, a.Channel}] = a.Why
		}
	}
	known := map[*platform.Shown]bool{}
	for _, p := range s.Posts {
		post := Post{Post: p, Due: s.First(p)}
		out := false
		for _, c := range s.Channels {
			at := [2]string{p.ID(), c.Name}
			o, e := outcomes[at], l.Of(p.ID(), c.Name)
			if o == nil {
				if why := held[at]; why != "" {
					post.Variants = append(post.Variants, Variant{Channel: c, Held: why})
				}
				continue
			}
			out = true
			v := r.variant(p, c, e, timelines[c.Name])
			v.Outcome = o
			for i := range v.Parts {
				part := &v.Parts[i]
				if c.Platform.ByHand() && o.OK() {
					part.Shown = pasted(&part.Want)
				}
				known[part.Shown] = true
			}
			post.Variants = append(post.Variants, v)
		}
		if out {
			r.Posts = append(r.Posts, post)
		}
	}
	slices.SortStableFunc(r.Posts, func(a, b Post) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID(), b.ID()))
	})
	for _, c := range s.Channels {
		for i := range order[c.Name] {
			if shown := &order[c.Name][i]; !known[shown] {
				r.Strays = append(r.Strays, Stray{c.Name, *shown})
			}
		}
	}
}

// variant is a post on a channel, with what readers see of it.
func (r *Rehearsal) variant(p *workspace.Post, c *platform.Channel, e *ledger.Entry, timeline map[string]*platform.Shown) Variant {
	v := Variant{Channel: c}
	want, _ := r.Space.Render(p, c)
	for i := range want.Parts {
		part := Part{Want: want.Parts[i], Sizes: render.Measure(&want.Parts[i], &c.Profile)}
		if e != nil && i < len(e.Parts) && e.Parts[i].Live != nil {
			part.Shown = timeline[e.Parts[i].Live.ID]
		}
		v.Parts = append(v.Parts, part)
	}
	return v
}

// pasted is what readers will see of a part that a person publishes as it is
// handed over.
func pasted(p *platform.Part) *platform.Shown {
	s := &platform.Shown{Text: p.Text, Facets: p.Facets, Title: p.Title, Summary: p.Summary, Lang: p.Lang, Tags: p.Tags, Link: p.Link,
		Poll: p.Poll, Warning: p.Warning, Visibility: p.Visibility}
	for i := range p.Media {
		shown := platform.ShownMedia{Alt: p.Media[i].Alt}
		if pic, err := p.Media[i].Open(); err == nil { // else the outcome says so
			shown.Type, shown.Data = pic.Type, pic.Data
		}
		s.Media = append(s.Media, shown)
	}
	return s
}
