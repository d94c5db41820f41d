package moderate

import (
	"cmp"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Hit is what a test of a rule for our own posts wants of a post in which the
// rule finds something; it is no action.
const Hit Action = "hit"

// Add adds what came of the tests of other rules.
func (t *Tested) Add(o Tested) {
	t.Cases, t.Lacking, t.Silent = append(t.Cases, o.Cases...), append(t.Lacking, o.Lacking...), append(t.Silent, o.Silent...)
	t.sort()
}

// Test tries every rule, alone, on its own tests, whether its time is over or
// not.
func (e *Editor) Test(parser *text.Parser) Tested {
	t := Tested{Cases: []Tried{}, Lacking: []Lack{}, Silent: []Silent{}}
	for _, r := range e.rules {
		lack := Lack{Pos: r.at(), Rule: r.ID, Hit: true, Miss: true}
		for i := range r.Tests {
			tried := e.try(parser, r, &r.Tests[i])
			tried.Pos = r.source.At(index(r.path+".tests", i))
			lack.Hit = lack.Hit && (!tried.OK || tried.Got != Hit)
			lack.Miss = lack.Miss && (!tried.OK || tried.Got != None)
			t.Cases = append(t.Cases, tried)
		}
		if r.Severity == "off" {
			continue
		}
		if lack.Hit || lack.Miss {
			t.Lacking = append(t.Lacking, lack)
		}
		if !slices.ContainsFunc(t.Cases, func(c Tried) bool { return c.Rule == r.ID && c.Got == Hit }) {
			t.Silent = append(t.Silent, Silent{r.at(), r.ID})
		}
	}
	t.sort()
	return t
}

// try asks a rule what it finds in a test's post.
func (e *Editor) try(parser *text.Parser, r *ownRule, c *schema.EditorialCase) Tried {
	t := Tried{Rule: r.ID, Want: Action(c.Want), Got: None}
	m, marks := e.marks(parser, r, c)
	switch {
	case m == nil:
		t.Why = "the rule is not for such posts: see its where"
	case len(marks) == 0:
		t.Why = "the rule finds nothing"
	default:
		t.Got, t.Why = Hit, "the rule says: "+r.says(marks[0])
	}
	t.OK = t.Got == t.Want
	if t.OK && c.Fixed != nil {
		if fixed := e.mended(parser, r, *c); fixed != *c.Fixed {
			t.OK, t.Why = false, "check --fix makes of it "+quoted(fixed)
		}
	}
	if t.OK {
		t.Why = ""
	}
	return t
}

// marks are those of one rule in a test's post; m is nil where the rule is not
// for it.
func (e *Editor) marks(parser *text.Parser, r *ownRule, c *schema.EditorialCase) (m *manuscript, marks []mark) {
	w := &r.Where
	among := func(list []string, s string) bool {
		return len(list) == 0 || slices.Contains(list, cmp.Or(s, list[0]))
	}
	lang := cmp.Or(c.Lang, first(w.Lang))
	if len(w.Lang) > 0 && !speaks(w.Lang, cmp.Or(lang, Und)) || !among(w.Channel, c.Channel) || !among(w.Platform, c.Platform) {
		return nil, nil
	}
	m = tried(parser, c, lang)
	l := e.look(m)
	defer e.free(l)
	return m, r.kind.marks(&reading{m, l, r.in})
}

// mended is what a rule's fixes make of a test's text, one after the other.
func (e *Editor) mended(parser *text.Parser, r *ownRule, c schema.EditorialCase) string {
	said := *c.Text
	for range len(said) {
		c.Text = &said
		m, marks := e.marks(parser, r, &c)
		i := slices.IndexFunc(marks, func(at mark) bool { _, _, ok := m.written(at); return ok })
		if i < 0 {
			break
		}
		from, to, _ := m.written(marks[i])
		said = said[:from] + marks[i].instead + said[to:]
	}
	return said
}

// written is where in the Markdown of a test a mark can be mended.
func (m *manuscript) written(at mark) (from, to int, ok bool) {
	for i := range m.pieces {
		p := &m.pieces[i]
		if p.block != nil && p.start <= at.start && at.end <= p.end && at.instead != "" && harmless(at.instead) && harmless(m.text[at.start:at.end]) {
			return text.Locate(p.block, p.markdown, at.start-p.start, at.end-p.start)
		}
	}
	return 0, 0, false
}
