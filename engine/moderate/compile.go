package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Setting is what rules refer to outside of their folder.
type Setting struct {
	Platforms []string // there are
	Channels  map[string]schema.Channel
	People    map[string]schema.Person
	Zone      *time.Location
}

// Compile makes rules of what was read, and says what is wrong with it. Rules
// with a problem that is an error must not be used to act: one that is
// missing could be the one that allows.
func Compile(m *workspace.Moderation, s Setting) (*Rules, []schema.Problem) {
	c := compiler{setting: s, moderation: m, lists: map[string]*list{}, ids: map[string]string{},
		rules: &Rules{templates: map[string]map[string]schema.Template{}, policy: m.Policy, team: team(s)}}
	c.problems = slices.DeleteFunc(slices.Clone(m.Problems), func(p schema.Problem) bool { return ofOurs(m, p) && !ofOthers(m, p) })
	for i := range m.Files {
		f := &m.Files[i]
		c.names(f.Source, f.Lists)
		c.templates(f)
	}
	for i := range m.Files {
		for n := range m.Files[i].Rules {
			c.rule(&m.Files[i], n)
		}
	}
	slices.SortFunc(c.rules.rules, func(a, b *rule) int { return cmp.Compare(a.ID, b.ID) })
	c.overrides()
	for i := range m.Files {
		c.expectations(&m.Files[i])
	}
	slices.SortStableFunc(c.rules.expectations, func(a, b schema.Expectation) int { return cmp.Compare(a.Rule, b.Rule) })
	c.rules.finder = c.gather.build(func(at schema.Pos, err error) {
		c.problem(at, "moderation/term", "%s; write the letters that it has", reason(err))
	})
	return c.rules, schema.Sort(c.problems)
}

// team is everybody who is never judged: our channels, and the people in
// people.yaml.
func team(s Setting) map[author]bool {
	all := map[author]bool{}
	for _, p := range s.People {
		for platform, handle := range p.Handles {
			all[author{platform, bare(handle)}] = true
		}
	}
	for _, c := range s.Channels {
		for _, key := range []string{"handle", "account"} {
			if handle := c.Settings[key]; handle != "" {
				all[author{c.Platform, bare(handle)}] = true
			}
		}
	}
	return all
}

// bare is a handle as it is compared.
func bare(handle string) string {
	return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// A list is a word list with its terms.
type list struct {
	schema.TermList
	terms   workspace.WordList
	allowAt func(i int) schema.Pos // of what it allows
}

// reason is an error of package match without what it is about.
func reason(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return err.Error()
}

type compiler struct {
	setting    Setting
	moderation *workspace.Moderation
	problems   []schema.Problem
	lists      map[string]*list
	ids        map[string]string // of rules, with their files
	gather     gather
	rules      *Rules
}

func (c *compiler) problem(at schema.Pos, check, format string, args ...any) {
	c.problems = append(c.problems, schema.Problem{Pos: at, Check: check, Severity: schema.Error, Text: fmt.Sprintf(format, args...)})
}

// names takes up the lists of a file: every file of its kind may use them.
func (c *compiler) names(source schema.Source, lists map[string]schema.TermList) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		path := "lists." + name
		if _, twice := c.lists[name]; twice {
			c.twice(source, path, "list", name)
			continue
		}
		c.lists[name] = &list{lists[name], c.moderation.Lists[workspace.ListFile(lists[name].File)],
			func(i int) schema.Pos { return source.At(index(path+".allow", i)) }}
		c.terms(source, path+".allow", lists[name].Allow)
	}
}

// templates takes up the templates of a file.
func (c *compiler) templates(f *workspace.RuleFile) {
	for _, name := range slices.Sorted(maps.Keys(f.Templates)) {
		path := "templates." + name
		if _, twice := c.rules.templates[name]; twice {
			c.twice(f.Source, path, "template", name)
			continue
		}
		c.rules.templates[name] = f.Templates[name]
		c.template(f, path, f.Templates[name])
	}
}

func (c *compiler) twice(source schema.Source, path, kind, name string) {
	at, _ := source.KeyAt(path)
	c.problem(at, "moderation/same-id", "there is a %s %s in another file already; give this one another name", kind, name)
}

func (c *compiler) terms(source schema.Source, path string, terms []string) {
	for i, t := range terms {
		if says := schema.NoTerm(t); says != "" {
			c.problem(source.At(index(path, i)), "moderation/term", "%s", says)
		}
	}
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (c *compiler) rule(f *workspace.RuleFile, n int) {
	at := index("rules", n)
	r := &rule{Rule: f.Rules[n], file: f.Source.File, at: f.Source.At(at + ".id"), source: f.Source, path: at}
	if !c.claim(func() schema.Pos { return r.at }, r.ID, f.Source.File) {
		return
	}
	c.rules.rules = append(c.rules.rules, r)
	c.policy(f.Source, at, r.Policy)
	if !r.Expires.IsZero() {
		r.expires = moment(r.Expires, c.setting.Zone)
	}
	p := parser{c, f.Source, r.Slow}
	r.where = where{r.Where.Platform, r.Where.Channel, r.Where.Surface, r.Where.Lang}
	p.known(at+".where.platform", "platform", r.Where.Platform, c.setting.Platforms)
	p.known(at+".where.channel", "channel", r.Where.Channel, slices.Sorted(maps.Keys(c.setting.Channels)))
	r.match = p.match(&r.Match, at+".match")
	for i, also := range r.Also {
		path := index(at+".also", i)
		if also.Reply != nil {
			p.known(path+".reply.template", "template", []string{also.Reply.Template}, slices.Sorted(maps.Keys(c.rules.templates)))
		}
		if also.Label == "" && also.Reply == nil && len(also.Notify) == 0 {
			c.problem(f.Source.At(path), "moderation/condition", "this says nothing to do; write label, reply or notify")
		}
		p.known(path+".notify", "person", also.Notify, slices.Sorted(maps.Keys(c.setting.People)))
	}
	if r.Action == string(Allow) && r.Limits != (schema.RuleLimits{}) {
		c.problem(f.Source.At(at+".limits"), "moderation/condition", "a rule that allows does nothing that could be limited; take limits out")
	}
	c.cases(f, r)
}

// claim takes an id for the rule of a file; ok is false where it is taken.
func (c *compiler) claim(at func() schema.Pos, id, file string) (ok bool) {
	if odd := strings.IndexFunc(id, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
	}); odd >= 0 {
		c.problem(at(), "moderation/id", "the id %s stands in records for ever; write it with letters, digits, dots, - and _", strconv.Quote(id))
	}
	if other, taken := c.ids[id]; taken {
		c.problem(at(), "moderation/same-id", "the id %s is that of a rule in %s too; give this rule another id", id, other)
		return false
	}
	c.ids[id] = file
	return true
}

// policy checks the anchor that a rule stands on.
func (c *compiler) policy(source schema.Source, path, anchor string) {
	if _, known := c.moderation.Policy[anchor]; !known {
		c.problem(source.At(path+".policy"), "moderation/unknown-policy", "%s has no heading %s, %s", workspace.PolicyFile, strconv.Quote(anchor), c.headings(anchor))
	}
}

// headings are the anchors there are, for a message.
func (c *compiler) headings(wrong string) string {
	if len(c.moderation.Policy) == 0 {
		return "or is not there; a rule stands on a policy that people can read, so write it"
	}
	known := slices.Sorted(maps.Keys(c.moderation.Policy))
	if near := schema.Nearest(wrong, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "known there: " + strings.Join(known, ", ")
}

// moment is a time in a zone, where it has none of its own.
func moment(t schema.Time, zone *time.Location) time.Time {
	if t.Zoned || zone == nil {
		return t.Wall
	}
	w := t.Wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone)
}

// cases says which tests say nothing, or what can never be.
func (c *compiler) cases(f *workspace.RuleFile, r *rule) {
	for i, t := range r.Tests {
		path := index(r.path+".tests", i)
		switch {
		case t.Want != string(None) && t.Want != r.Action:
			c.problem(f.Source.At(path+".want"), "moderation/case", "this rule never wants %s; write %s or none, for a test asks this rule alone", t.Want, r.Action)
		case t.Text == nil && t.Author == nil && t.Surface == "" && t.Lang == "" && t.Platform == "" && t.Channel == "":
			c.problem(f.Source.At(path), "moderation/case", "this test has no item and so shows nothing; write a text")
		}
	}
}

// overrides finds who overrides whom.
func (c *compiler) overrides() {
	rules := c.rules.rules
	at := make(map[string]int, len(rules))
	for i, r := range rules {
		at[r.ID] = i
	}
	for i, r := range rules {
		for n, id := range r.Overrides {
			j, known := at[id]
			switch {
			case !known:
				c.problem(r.source.At(index(r.path+".overrides", n)), "moderation/unknown-name", "%s", schema.NotKnown("rule", id, c.rules.IDs()))
			case i == j:
				c.problem(r.source.At(index(r.path+".overrides", n)), "moderation/circle", "a rule cannot override itself; take it out")
			default:
				rules[j].out = append(rules[j].out, i)
			}
		}
	}
	for i, r := range rules {
		if r.Action != string(Allow) || len(r.Overrides) > 0 {
			continue
		}
		for j, other := range rules { // all that is not allowed by another, and does not override this one
			if other.Action != string(Allow) && !slices.Contains(r.out, j) {
				other.out = append(other.out, i)
			}
		}
	}
	state := make([]int, len(rules)) // 1: being looked at, 2: done
	var way []int                    // each overrides the one before
	var walk func(i int)
	walk = func(i int) {
		state[i], way = 1, append(way, i)
		for _, by := range rules[i].out {
			switch state[by] {
			case 0:
				walk(by)
			case 1:
				names := []string{rules[by].ID}
				for n := len(way) - 1; n == len(way)-1 || way[n+1] != by; n-- {
					names = append(names, rules[way[n]].ID)
				}
				c.problem(rules[i].at, "moderation/circle", "overrides go round in a circle (%s), so that none has a say; take one out", strings.Join(names, ", "))
			}
		}
		state[i], way = 2, way[:len(way)-1]
	}
	for i := range rules {
		if state[i] == 0 {
			walk(i)
		}
	}
}

func (c *compiler) expectations(f *workspace.RuleFile) {
	for i, e := range f.Expectations {
		path := index("expectations", i)
		c.rules.expectations = append(c.rules.expectations, e)
		if _, known := c.ids[e.Rule]; !known {
			c.problem(f.Source.At(path+".rule"), "moderation/unknown-name", "%s", schema.NotKnown("rule", e.Rule, c.rules.IDs()))
		}
		if e.AtLeast == nil && e.AtMost == nil || e.AtLeast != nil && e.AtMost != nil && *e.AtLeast > *e.AtMost {
			c.problem(f.Source.At(path), "moderation/condition", "no replay can come to something else, or none can come to this; write at_least or at_most, the first no larger than the second")
		}
	}
}

// A parser makes conditions of what one rule says.
type parser struct {
	*compiler
	source schema.Source
	slow   bool
}

// known checks names that stand under a path, alone or in a list.
func (p *parser) known(path, kind string, names, known []string) {
	for i, name := range names {
		if !slices.Contains(known, name) {
			p.problem(p.source.At(index(path, i)), "moderation/unknown-name", "%s", schema.NotKnown(kind, name, known))
		}
	}
}

func (p *parser) odd(path, format string, args ...any) {
	p.problem(p.source.At(path), "moderation/condition", format, args...)
}

// match makes a condition of a match: of several keys, all must hold.
func (p *parser) match(m *schema.Match, path string) condition {
	var parts all
	list := func(ms []schema.Match, key string) []condition {
		var conditions []condition
		for i := range ms {
			conditions = append(conditions, p.match(&ms[i], index(path+"."+key, i)))
		}
		if ms != nil && len(ms) == 0 {
			p.odd(path+"."+key, "%s is an empty list; write conditions into it, or take it out", key)
		}
		return conditions
	}
	if m.All != nil {
		parts = append(parts, all(list(m.All, "all")))
	}
	if m.Any != nil {
		parts = append(parts, anyOf(list(m.Any, "any")))
	}
	if m.Not != nil {
		parts = append(parts, not{p.match(m.Not, path+".not")})
	}
	if m.Words != nil {
		parts = append(parts, p.words(m.Words, path+".words"))
	}
	if m.Regex != nil {
		parts = append(parts, p.regexes(m.Regex, path+".regex"))
	}
	if m.Links != nil {
		parts = append(parts, p.links(m.Links, path+".links"))
	}
	for _, c := range []struct {
		name   string
		bounds *schema.Count
	}{{"mentions", m.Mentions}, {"capitals", m.Capitals}, {"emoji", m.Emoji}, {"length", m.Length}, {"repeats", m.Repeats}} {
		if c.bounds != nil {
			parts = append(parts, count{p.bounds(c.bounds, path+"."+c.name), numberOf(c.name)})
		}
	}
	if m.Author != nil {
		parts = append(parts, p.author(m.Author, path+".author")...)
	}
	if m.Expr != "" {
		e, err := compileExpr(m.Expr)
		if err != nil {
			p.problem(p.source.At(path+".expr"), "moderation/expr", "%s", err)
		} else {
			parts = append(parts, e)
		}
	}
	if len(parts) == 0 && m.Expr == "" {
		p.odd(path, "this condition is empty and would take every item; write what to look for")
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return parts
}

func (p *parser) words(w *schema.Words, path string) condition {
	f := found{}
	p.known(path+".list", "list", w.List, slices.Sorted(maps.Keys(p.lists)))
	for _, name := range w.List {
		if l, known := p.lists[name]; known {
			f.groups = append(f.groups, p.gather.list(name, l, w))
			f.langs = append(f.langs, l.Lang)
		}
	}
	p.terms(p.source, path+".any", w.Any)
	if len(w.Any) > 0 {
		g := p.gather.group("words")
		for i, t := range w.Any {
			p.gather.term(g, termOf(t, asOf(w), foldOf(w), w.Case), func() schema.Pos { return p.source.At(index(path+".any", i)) })
		}
		f.groups, f.langs = append(f.groups, g), append(f.langs, nil)
	}
	if len(w.List)+len(w.Any) == 0 {
		p.odd(path, "there are no words here; name a list, or write some under any")
	}
	return f
}

func (p *parser) regexes(exprs []string, path string) condition {
	g := p.gather.group("regex")
	for i, e := range exprs {
		at := func() schema.Pos { return p.source.At(index(path, i)) }
		r := match.Regex{Expr: "(?i)" + e, Slow: p.slow}
		_, err := match.New(nil, []match.Regex{r})
		if err == nil {
			p.gather.regex(g, r)
			continue
		}
		if _, other := match.New(nil, []match.Regex{{Expr: r.Expr, Slow: true}}); other == nil {
			p.problem(at(), "moderation/slow", "no three letters of this must be in a text, so it is tried on every one; write some that must be there, or slow: true in the rule")
		} else {
			says := strings.Replace(strings.TrimPrefix(reason(err), "error parsing regexp: "), "`(?i)", "`", 1)
			if !strings.Contains(says, "; ") {
				says += "; write it as RE2 has it, see https://github.com/google/re2/wiki/Syntax"
			}
			p.problem(at(), "moderation/regex", "%s", says)
		}
	}
	if len(exprs) == 0 {
		p.odd(path, "regex is an empty list; write one into it, or take it out")
	}
	return found{[]int{g}, make([][]string, 1)}
}

func (p *parser) links(l *schema.LinkMatch, path string) condition {
	c := links{bounds{0, int(^uint(0) >> 1)}, hosts(l.Domains), hosts(l.Except)}
	if l.Over != nil || l.Under != nil {
		c.bounds = p.bounds(&l.Count, path)
	}
	for _, of := range []struct {
		key   string
		names []string
	}{{"domains", l.Domains}, {"except", l.Except}} {
		for i, name := range of.names {
			if strings.ContainsAny(name, "/:*@ ") || !strings.Contains(name, ".") {
				p.odd(index(path+"."+of.key, i), "%s is not the name of a host; write it as in bit.ly, its subdomains are meant too", strconv.Quote(name))
			}
		}
	}
	return c
}

func hosts(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, strings.ToLower(strings.TrimPrefix(n, ".")))
	}
	return all
}

func (p *parser) bounds(c *schema.Count, path string) bounds {
	b := boundsOf(c)
	if c.Over == nil && c.Under == nil {
		p.odd(path, "this bounds nothing; write over or under")
	} else if b.over+1 >= b.under {
		p.odd(path, "no number is over %d and under %d; correct one", b.over, b.under)
	}
	return b
}

func (p *parser) author(a *schema.AuthorMatch, path string) []condition {
	var parts []condition
	if a.Age != nil {
		c := age{time.Duration(a.Age.Over), time.Duration(a.Age.Under)}
		if c.over == 0 && c.under == 0 || c.under > 0 && c.over >= c.under {
			p.odd(path+".age", "no age is meant by this; write over or under, as in under: 7d")
		}
		parts = append(parts, c)
	}
	if a.Followers != nil {
		parts = append(parts, followers{p.bounds(a.Followers, path+".followers")})
	}
	if a.Trusted != nil {
		parts = append(parts, trusted(*a.Trusted))
	}
	if a.SeenBefore != nil {
		parts = append(parts, before(*a.SeenBefore))
	}
	if len(parts) == 0 {
		p.odd(path, "this says nothing of the author; write age, followers, trusted or seen_before")
	}
	return parts
}
