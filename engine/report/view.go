package report

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// View is one variant as it will be, measured.
type View struct {
	platform.Variant
	Platform string           `json:"platform"`
	Sizes    [][]render.Size  `json:"sizes"` // of each part, by each limit
	Problems []schema.Problem `json:"problems,omitempty"`
	// Cost is what the platform's API takes for it, in thousandths of a US
	// dollar. What a person publishes by hand costs nothing.
	Cost int `json:"cost,omitempty"`

	html bool // the parts are HTML
}

// NewView measures a variant on its channel.
func NewView(v platform.Variant, c *platform.Channel, ps []schema.Problem) View {
	out := View{Variant: v, Platform: c.Platform.Name, Problems: schema.Sort(ps)}
	switch c.Markup().(type) {
	case text.HTML, text.Mail, text.MatrixHTML, text.TelegramHTML:
		out.html = true
	}
	for i := range v.Parts {
		out.Sizes = append(out.Sizes, render.Measure(&v.Parts[i], &c.Profile))
		if !c.Platform.ByHand() {
			out.Cost += c.Profile.Price.Of(&v.Parts[i])
		}
	}
	return out
}

// read is the text of a part as its readers see it, with the addresses that
// its links lead to.
func (v *View) read(n int) string {
	p := &v.Parts[n]
	if v.html {
		return text.FromHTML(p.Text).Spelled()
	}
	return text.Text{String: p.Text, Facets: p.Facets}.Spelled()
}

// Views shows variants as a reader would see them.
func (t *Text) Views(vs []View) {
	for i, v := range vs {
		if i > 0 {
			t.printf("\n")
		}
		t.printf("%s\n", t.paint(bold, Clean(v.Post)+" on "+Clean(v.Channel)))
		for n := range v.Parts {
			t.part(&v, n)
		}
		for _, p := range v.Problems {
			t.printf("  %s %s\n", t.paint(red, string(p.Severity)+":"), Clean(p.Text))
		}
	}
}

func (t *Text) part(v *View, n int) {
	p := &v.Parts[n]
	var about []string
	if len(v.Parts) > 1 {
		about = append(about, fmt.Sprintf("part %d of %d", n+1, len(v.Parts)))
	}
	for _, s := range v.Sizes[n] {
		size := fmt.Sprintf("%d of %d %s", s.Length, s.Limit, s.Unit)
		if s.Limit == platform.NoLimit {
			size = fmt.Sprintf("%d %s", s.Length, s.Unit)
		}
		if !s.Fits {
			size = t.paint(red, size)
		}
		about = append(about, size)
	}
	if p.Lang != "" {
		about = append(about, "language "+p.Lang)
	}
	if p.Visibility != "" {
		about = append(about, p.Visibility)
	}
	if len(about) > 0 {
		t.printf("  %s\n", t.paint(faint, strings.Join(about, ", ")))
	}
	for _, f := range []struct{ name, text string }{{"title", p.Title}, {"summary", p.Summary}, {"warning", p.Warning}} {
		if f.text != "" {
			t.printf("  %s %s\n", t.paint(faint, f.name+":"), Clean(f.text))
		}
	}
	for _, line := range strings.Split(p.Text, "\n") {
		t.printf("  %s %s\n", t.paint(faint, "│"), Clean(line))
	}
	for _, f := range p.Facets {
		if label := p.Text[f.Start:f.End]; f.Kind == text.FacetLink && label != f.Value {
			t.printf("  %s %s → %s\n", t.paint(faint, "leads to"), Clean(label), Clean(f.Value))
		}
	}
	for _, m := range p.Media {
		alt := Clean(m.Alt)
		if alt == "" {
			alt = "(no description)"
		}
		t.printf("  %s %s %d×%d: %s\n", t.paint(faint, "picture"), Clean(m.File), m.Width, m.Height, alt)
	}
	if p.Link != "" {
		t.printf("  %s %s\n", t.paint(faint, "link"), Clean(p.Link))
	}
	if p.Poll != nil {
		t.printf("  %s %s, open %s\n", t.paint(faint, "poll"), Clean(strings.Join(p.Poll.Options, " / ")), schema.Duration(p.Poll.Open))
	}
	if len(p.Tags) > 0 {
		t.printf("  %s %s\n", t.paint(faint, "tags"), Clean(strings.Join(p.Tags, ", ")))
	}
}
