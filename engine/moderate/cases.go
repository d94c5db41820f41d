package moderate

import (
	"cmp"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Tested is what came of the rules' own tests.
type Tested struct {
	Cases   []Tried  `json:"cases"`   // in order of their places
	Lacking []Lack   `json:"lacking"` // rules that enforce and are not tested both ways
	Silent  []Silent `json:"silent"`  // rules that no test makes match
}

// OK reports whether every test passed and none is lacking.
func (t *Tested) OK() bool {
	return len(t.Lacking) == 0 && !slices.ContainsFunc(t.Cases, func(c Tried) bool { return !c.OK })
}

// Tried is one test of a rule.
type Tried struct {
	schema.Pos
	Rule string `json:"rule"`
	Want Action `json:"want"`
	Got  Action `json:"got"`
	OK   bool   `json:"ok"`
	Why  string `json:"why,omitempty"` // it is not
}

// Lack is a rule without a test that it matches, or that it leaves alone.
type Lack struct {
	schema.Pos
	Rule string `json:"rule"`
	Hit  bool   `json:"hit"`  // no test matches
	Miss bool   `json:"miss"` // no test is left alone
}

// Silent is a rule that no test makes match.
type Silent struct {
	schema.Pos
	Rule string `json:"rule"`
}

// Test tries every rule, alone, on its own tests.
func (r *Rules) Test() Tested {
	t := Tested{Cases: []Tried{}, Lacking: []Lack{}, Silent: []Silent{}}
	fired := make([]bool, len(r.rules))
	for _, rule := range r.rules {
		lack := Lack{Pos: rule.at, Rule: rule.ID, Hit: true, Miss: true}
		for i := range rule.Tests {
			c := &rule.Tests[i]
			tried := r.try(rule, c)
			tried.Pos = rule.source.At(index(rule.path+".tests", i))
			if tried.OK && tried.Want == None && rule.Action != string(None) {
				lack.Miss = false
			} else if tried.OK {
				lack.Hit = false
			}
			if rule.Action == string(None) { // its hits and misses look alike
				lack.Hit, lack.Miss = false, false
			}
			t.Cases = append(t.Cases, tried)
			item := rule.item(c)
			l := r.look(&item, language(&item))
			for n, other := range r.rules {
				fired[n] = fired[n] || other.where.test(l) == yes && other.match.test(l) == yes
			}
			r.free(l)
		}
		if rule.Mode == "enforce" && (lack.Hit || lack.Miss) {
			t.Lacking = append(t.Lacking, lack)
		}
	}
	for n, rule := range r.rules {
		if !fired[n] && rule.Mode != "off" {
			t.Silent = append(t.Silent, Silent{rule.at, rule.ID})
		}
	}
	t.sort()
	return t
}

// sort puts everything in order of its place.
func (t *Tested) sort() {
	inOrder := func(a, b schema.Pos) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	}
	slices.SortFunc(t.Cases, func(a, b Tried) int { return inOrder(a.Pos, b.Pos) })
	slices.SortFunc(t.Lacking, func(a, b Lack) int { return inOrder(a.Pos, b.Pos) })
	slices.SortFunc(t.Silent, func(a, b Silent) int { return inOrder(a.Pos, b.Pos) })
}

// try asks a rule, whatever its mode, what it wants for a test's item.
func (r *Rules) try(rule *rule, c *schema.Case) Tried {
	item := rule.item(c)
	t := Tried{Rule: rule.ID, Want: Action(c.Want), Got: None}
	if r.Ours(&item) {
		t.OK = t.Want == None
		if !t.OK {
			t.Why = "nobody judges an author that we trust"
		}
		return t
	}
	l := r.look(&item, language(&item))
	defer r.free(l)
	v := rule.where.test(l)
	if v == no {
		t.Why = "the rule is not for such items: see its where"
	} else if v = min(v, rule.match.test(l)); v == no {
		t.Why = "the rule does not match"
	}
	switch v {
	case unknown:
		t.Why = "the rule cannot tell without " + l.missing + "; write it into the test"
		return t
	case yes:
		t.Got, t.Why = Action(rule.Action), "the rule matches"
		if spans := tidy(l.spans); len(spans) > 0 {
			t.Why += " " + spans[0].Shown
		}
	}
	if t.OK = t.Got == t.Want; t.OK {
		t.Why = ""
	}
	return t
}

// item is what a test gives, and what it leaves out as the rule is for it.
func (r *rule) item(c *schema.Case) Item {
	var i Item
	if c.Text != nil {
		i.Text = *c.Text
	}
	i.Lang = cmp.Or(c.Lang, first(r.Where.Lang))
	i.Surface = cmp.Or(c.Surface, first(r.Where.Surface), "comment")
	i.Platform = cmp.Or(c.Platform, first(r.Where.Platform))
	i.Channel = cmp.Or(c.Channel, first(r.Where.Channel))
	if a := c.Author; a != nil {
		i.Author.Followers, i.SeenBefore = a.Followers, a.SeenBefore
		i.Trusted = a.Trusted
		if a.Age != nil {
			i.At = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
			since := i.At.Add(-time.Duration(*a.Age))
			i.Author.Since = &since
		}
	}
	return i
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
