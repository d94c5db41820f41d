package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// french checks the spaces beside the punctuation of every French text that
// readers see.
func (c *Checker) french(r *report) {
	f := &r.post.Front
	if custom, ok := text.FrenchOf(f.Lang); ok {
		c.frenchBody(r, custom)
	}
	front := frenchFront{r: r, parser: c.Parser}
	front.in(f.Lang)
	front.plain("title", f.Title)
	front.plain("summary", f.Summary)
	front.plain("warning", f.Warning)
	front.media("media", f.Media)
	if f.Poll != nil {
		for i, option := range f.Poll.Options {
			front.plain(index("poll.options", i), option)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
		v, key := f.Variants[name], "variants."+name
		front.in(cmp.Or(v.Lang, f.Lang))
		front.markdown(key+".text", v.Text)
		front.plain(key+".title", v.Title)
		front.plain(key+".summary", v.Summary)
		front.plain(key+".warning", v.Warning)
		front.media(key+".media", v.Media)
	}
}

func (c *Checker) frenchBody(r *report, f text.French) {
	doc, _ := r.post.Doc(c.Parser)
	for _, p := range f.Passages(c.Parser, doc, string(r.post.Body())) {
		var fix schema.Fix
		for _, g := range p.Gaps {
			if g.At >= 0 {
				fix = append(fix, r.post.Edit(g.At, g.End, g.Want))
			}
		}
		r.french(r.post.Pos(p.At), p.Gaps, fix)
	}
}

// frenchFront checks the texts of the front matter. Where they stand is looked
// up once something is wrong.
type frenchFront struct {
	r       *report
	parser  *text.Parser
	custom  text.French
	french  bool
	written *schema.Written
}

func (c *frenchFront) in(lang string) { c.custom, c.french = text.FrenchOf(lang) }

func (c *frenchFront) plain(key, s string) {
	if !c.french {
		return
	}
	if gaps := c.custom.Gaps(s); len(gaps) > 0 {
		c.report(key, gaps[0].At, gaps)
	}
}

func (c *frenchFront) media(key string, list []schema.Media) {
	for i, m := range list {
		if m.Alt != nil {
			c.plain(index(key, i)+".alt", *m.Alt)
		}
	}
}

func (c *frenchFront) markdown(key, s string) {
	if !c.french || s == "" {
		return
	}
	doc, _ := c.r.post.Text(c.parser, s)
	for _, p := range c.custom.Passages(c.parser, doc, s) {
		c.report(key, p.At, p.Gaps)
	}
}

// report reports gaps of the text under a key, at a byte of it. A text that is
// not written in this file, but shared by all posts, is not the post's.
func (c *frenchFront) report(key string, at int, gaps []text.Gap) {
	if c.written == nil {
		w := c.r.post.Source.Written()
		c.written = &w
	}
	t, here := c.written.Text(key)
	if !here {
		return
	}
	var fix schema.Fix
	for _, g := range gaps {
		if t.Sure() && g.At >= 0 {
			fix = append(fix, c.r.post.EditFront(t.At(g.At), t.At(g.End), g.Want))
		}
	}
	c.r.french(t.PosAt(at), gaps, fix)
}

// french reports the gaps of one place. Part of a fix is none.
func (r *report) french(at schema.Pos, gaps []text.Gap, fix schema.Fix) {
	g := gaps[0]
	space := "a no-break space (U+00A0)"
	if g.Want == text.Narrow {
		space = "a narrow no-break space (U+202F)"
	}
	where := "before "
	if g.Sign == "«" {
		where = "behind "
	}
	what := where + g.Sign + " French has " + space + ", which keeps it on its line; write one"
	if n := len(gaps) - 1; n > 0 {
		what += fmt.Sprintf(", and mend %d more here", n)
	}
	if len(fix) < len(gaps) {
		fix = nil
	}
	r.ps = append(r.ps, schema.Problem{Pos: at, Check: "text/french-spacing", Severity: schema.Warning, Text: what, Fix: fix})
}
