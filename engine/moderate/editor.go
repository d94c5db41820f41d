package moderate

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// An Editor is the rules for our own posts, ready to read them. It is never
// written after CompileOwn, and may be used by many goroutines.
type Editor struct {
	rules  []*ownRule // in order of id
	finder finder
	leads  bool // a rule reads the words of links
	looks  *sync.Pool
}

// ownRule is one rule for our own posts.
type ownRule struct {
	schema.EditorialRule
	source  schema.Source
	path    string // in its source
	expires time.Time
	in      pieces
	kind    kind

	everywhere bool // it is for every post
}

// CompileOwn makes an Editor of what was read, and says what is wrong with it.
// Posts that rules with an error would have read must not go out.
func CompileOwn(m *workspace.Moderation, s Setting) (*Editor, []schema.Problem) {
	c := compiler{setting: s, moderation: m, lists: map[string]*list{}, ids: map[string]string{}}
	for i := range m.Files { // records hold the ids of both
		for n := range m.Files[i].Rules {
			c.ids[m.Files[i].Rules[n].ID] = m.Files[i].Source.File
		}
	}
	c.problems = slices.DeleteFunc(slices.Clone(m.Problems), func(p schema.Problem) bool { return !ofOurs(m, p) })
	for i := range m.Own {
		c.names(m.Own[i].Source, m.Own[i].Lists)
	}
	e := &Editor{looks: new(sync.Pool)}
	for i := range m.Own {
		for n := range m.Own[i].Rules {
			if r := c.own(&m.Own[i], n); r != nil {
				e.rules = append(e.rules, r)
				e.leads = e.leads || r.in&inLinks != 0
			}
		}
	}
	slices.SortFunc(e.rules, func(a, b *ownRule) int { return cmp.Compare(a.ID, b.ID) })
	e.finder = c.gather.build(func(at schema.Pos, err error) {
		c.problem(at, "moderation/term", "%s; write the letters that it has", reason(err))
	})
	for _, r := range e.rules {
		if k, is := r.kind.(substitution); is {
			e.endless(&c, r, k)
		}
	}
	return e, schema.Sort(c.problems)
}

// ofOurs and ofOthers report whether a problem is with rules for our own posts,
// or with the others. A list can be of both.
func ofOurs(m *workspace.Moderation, p schema.Problem) bool {
	return slices.Contains(m.OwnNames, p.File) || slices.ContainsFunc(m.Own, func(f workspace.OwnFile) bool { return lists(f.Lists, p.File) })
}

func ofOthers(m *workspace.Moderation, p schema.Problem) bool {
	return slices.ContainsFunc(m.Files, func(f workspace.RuleFile) bool { return lists(f.Lists, p.File) })
}

func lists(named map[string]schema.TermList, file string) bool {
	for _, l := range named {
		if workspace.ListFile(l.File) == file {
			return true
		}
	}
	return false
}

func (c *compiler) own(f *workspace.OwnFile, n int) *ownRule {
	at := index("rules", n)
	r := &ownRule{EditorialRule: f.Rules[n], source: f.Source, path: at}
	if !c.claim(r.at, r.ID, f.Source.File) {
		return nil
	}
	c.policy(f.Source, at, r.Policy)
	if !r.Expires.IsZero() {
		r.expires = moment(r.Expires, c.setting.Zone)
	}
	p := parser{c, f.Source, r.Slow}
	p.known(at+".where.platform", "platform", r.Where.Platform, c.setting.Platforms)
	p.known(at+".where.channel", "channel", r.Where.Channel, slices.Sorted(maps.Keys(c.setting.Channels)))
	for i, pattern := range r.Where.Path {
		if _, err := path.Match(pattern, ""); err != nil {
			p.odd(index(at+".where.path", i), "%s is no pattern; write it as in posts/jeux/*, or name a folder", quoted(pattern))
		}
	}
	w := &r.Where
	r.everywhere = len(w.Channel)+len(w.Platform)+len(w.Lang)+len(w.Pillar)+len(w.Campaign)+len(w.Path) == 0
	for _, name := range r.In {
		r.in |= pieceNames[name]
	}
	p.kinds(r, at)
	if r.kind == nil {
		return nil
	}
	for i, t := range r.Tests {
		path := index(at+".tests", i)
		switch {
		case t.Text == nil && t.Title == "" && t.Alt == "" && len(t.Tags) == 0:
			p.problem(f.Source.At(path), "moderation/case", "this test has no post and so shows nothing; write a text")
		case t.Fixed != nil && (t.Text == nil || r.Substitution == nil):
			p.problem(f.Source.At(path+".fixed"), "moderation/case", "only a substitution mends a text, and this rule is none, or the test has no text; take fixed out")
		}
	}
	return r
}

// at is the place of the rule.
func (r *ownRule) at() schema.Pos { return r.source.At(r.path + ".id") }

// kinds makes the one kind of a rule.
func (p *parser) kinds(r *ownRule, at string) {
	counted, repeated := inText, inAll
	if r.Occurrence != nil && r.Occurrence.Of == "hashtags" {
		counted |= inTags
	}
	if r.Repetition != nil && r.Repetition.Of == "hashtags" {
		repeated = inText // tag/same is about the others
	}
	first := ""
	for _, k := range []struct {
		name  string
		given bool
		in    pieces // unless the rule says it
		of    func(path string) kind
	}{
		{"existence", r.Existence != nil, inAll, func(path string) kind { return existence{p.sought(r.Existence, path)} }},
		{"substitution", r.Substitution != nil, inAll, func(path string) kind { return p.substitution(r.Substitution, path) }},
		{"occurrence", r.Occurrence != nil, counted, func(path string) kind { return p.occurrence(r.Occurrence, path) }},
		{"repetition", r.Repetition != nil, repeated, func(path string) kind { return p.repetition(r.Repetition, path) }},
		{"consistency", r.Consistency != nil, inAll, func(path string) kind { return p.consistency(r.Consistency, path) }},
		{"conditional", r.Conditional != nil, inAll, func(path string) kind { return p.conditional(r.Conditional, path) }},
		{"readability", r.Readability != nil, inText, func(path string) kind { return p.readability(r.Readability, path) }},
	} {
		switch {
		case !k.given:
		case first != "":
			p.odd(at+"."+k.name, "this rule is one of %s already; make a second rule of %s", first, k.name)
		default:
			first, r.kind, r.in = k.name, k.of(at+"."+k.name), cmp.Or(r.in, k.in)
		}
	}
	if first == "" {
		p.odd(at, "this rule looks for nothing; give it a kind: existence, substitution, occurrence, repetition, consistency, conditional or readability")
	}
}

// sought is what is sought under a path.
func (p *parser) sought(s *schema.Sought, path string) sought {
	var out sought
	add := func(f found) {
		out.groups, out.langs = append(out.groups, f.groups...), append(out.langs, f.langs...)
	}
	if s.Words != nil {
		add(p.words(s.Words, path+".words").(found))
	}
	if s.Regex != nil {
		add(p.regexes(s.Regex, path+".regex").(found))
	}
	if s.Links != nil {
		l := p.links(&schema.LinkMatch{Domains: s.Links.Domains, Except: s.Links.Except}, path+".links").(links)
		out.links = &l
	}
	return out
}

func (p *parser) substitution(s *schema.Substitution, path string) kind {
	k := substitution{}
	for _, was := range slices.Sorted(maps.Keys(s.Swap)) {
		at := func() schema.Pos {
			at, _ := p.source.KeyAt(path + ".swap." + was)
			return at
		}
		switch says := schema.NoTerm(was); {
		case says != "":
			p.problem(at(), "moderation/term", "%s", says)
			continue
		case strings.Contains(was, "*"):
			p.problem(at(), "moderation/term", "a word is swapped whole, with its ending; write each form of it on a line of its own, without *")
		}
		g := p.gather.group("words")
		p.gather.term(g, termOf(was, match.Word, cmp.Or(match.Fold(s.Fold), match.FoldNone), s.Case), at)
		k.groups, k.langs, k.instead = append(k.groups, g), append(k.langs, nil), append(k.instead, s.Swap[was])
	}
	return k
}

// endless refuses a substitution that finds something in what it writes: it
// would mend for ever.
func (e *Editor) endless(c *compiler, r *ownRule, k substitution) {
	for _, was := range slices.Sorted(maps.Keys(r.Substitution.Swap)) {
		now := r.Substitution.Swap[was]
		m := &manuscript{text: now, pieces: []piece{{of: inText, end: len(now)}}}
		l := e.look(m)
		if ms := k.marks(&reading{m, l, inText}); len(ms) > 0 {
			c.problem(r.source.At(r.path+".substitution.swap."+was), "moderation/condition", "%s is written in place of %s, and has itself a word that is swapped; write one that is right", quoted(now), quoted(was))
		}
		e.free(l)
	}
}

func (p *parser) occurrence(o *schema.Occurrence, path string) kind {
	k := occurrence{of: o.Of, most: -1, per: cmp.Or(o.Per, "post"), counted: o.Of, each: "in the post"}
	if k.per != "post" {
		k.each = "in this " + k.per
	}
	if o.AtLeast != nil {
		k.least = *o.AtLeast
	}
	if o.AtMost != nil {
		k.most = *o.AtMost
	}
	seeks := o.Words != nil || o.Regex != nil
	switch {
	case seeks == (o.Of != ""):
		p.odd(path, "it must be plain what is counted; write of, or else words or regex")
	case o.AtLeast == nil && o.AtMost == nil || o.AtLeast != nil && o.AtMost != nil && k.least > k.most:
		p.odd(path, "no number is too many or too few by this, or every one is; write at_least or at_most, the first no larger than the second")
	case k.of == "pictures" && k.per != "post":
		p.odd(path+".per", "pictures are counted in the whole post; take per out")
	}
	if seeks {
		k.sought = p.sought(&schema.Sought{Words: o.Words, Regex: o.Regex}, path)
		k.counted = "times what this counts"
		if o.Words != nil && len(o.Words.Any) > 0 {
			k.counted = "times " + orTheLike(o.Words.Any)
		}
	}
	if k.of == "capitals" {
		k.counted = "words in capitals"
	}
	return k
}

func (p *parser) repetition(r *schema.Repetition, path string) kind {
	if r.Of == "hashtags" && len(r.Except) > 0 {
		p.odd(path+".except", "only words have exceptions; take them out")
	}
	return repetition{r.Of == "hashtags", r.Except}
}

func (p *parser) consistency(c *schema.Consistency, path string) kind {
	k := consistency{either: c.Either}
	for i, spelling := range c.Either {
		if says := schema.NoTerm(spelling); says != "" {
			p.problem(p.source.At(index(path+".either", i)), "moderation/term", "%s", says)
		}
		g := p.gather.group("words")
		p.gather.term(g, termOf(spelling, match.Word, match.FoldNone, false), func() schema.Pos { return p.source.At(index(path+".either", i)) })
		k.groups, k.langs = append(k.groups, g), append(k.langs, nil)
	}
	return k
}

func (p *parser) conditional(c *schema.Conditional, path string) kind {
	k := conditional{given: p.sought(&c.If, path+".if"), then: p.sought(&c.Then, path+".then"), within: c.Within}
	switch {
	case c.Then.Words != nil && len(c.Then.Words.Any) > 0:
		k.wanted = orTheLike(c.Then.Words.Any)
	case c.Then.Links != nil && len(c.Then.Links.Domains) > 0:
		k.wanted = "a link to " + c.Then.Links.Domains[0]
	case c.Then.Links != nil:
		k.wanted = "a link"
	default:
		k.wanted = "what belongs to it"
	}
	return k
}

// orTheLike names some words by the first.
func orTheLike(words []string) string {
	s := quoted(words[0])
	if len(words) > 1 {
		s += " or the like"
	}
	return s
}

func (p *parser) readability(r *schema.Readability, path string) kind {
	k := readability{}
	if r.Ease != nil {
		k.ease = *r.Ease
	}
	if r.WordsPerSentence != nil {
		k.perSentence = *r.WordsPerSentence
	}
	if k.ease+k.perSentence == 0 {
		p.odd(path, "every text may be as hard as this; write ease or words_per_sentence")
	}
	return k
}

// look looks once through a manuscript for the words of all rules.
func (e *Editor) look(m *manuscript) *look {
	l, _ := e.looks.Get().(*look)
	if l == nil {
		l = new(look)
	}
	lang := cmp.Or(m.lang, Und)
	item := l.item
	if item == nil {
		item = new(Item)
	}
	item.Text = m.text
	*l = look{item: item, lang: lang, hits: l.hits[:0], groups: l.groups, full: l.full}
	e.finder.find(l)
	return l
}

// free keeps a look's memory for another manuscript.
func (e *Editor) free(l *look) {
	l.item.Text = ""
	e.looks.Put(l)
}

// At is the editor of a moment: rules whose time is over have no say. A zero
// time ends none.
func (e *Editor) At(now time.Time) *Editor {
	out := *e
	out.rules = slices.DeleteFunc(slices.Clone(e.rules), func(r *ownRule) bool { return r.Severity == "off" || !now.IsZero() && r.over(now) })
	return &out
}

// IDs lists the rules, in order.
func (e *Editor) IDs() []string {
	ids := make([]string, len(e.rules))
	for i, r := range e.rules {
		ids[i] = r.ID
	}
	return ids
}

// Expired are problems of rules whose time is over: they do nothing any more.
func (e *Editor) Expired(now time.Time) []schema.Problem {
	var ps []schema.Problem
	for _, r := range e.rules {
		if r.over(now) {
			ps = append(ps, expired(r.source, r.path, r.ID, r.expires))
		}
	}
	return ps
}

func (r *ownRule) over(now time.Time) bool { return !r.expires.IsZero() && !now.Before(r.expires) }

// says is a mark in words: what is wrong, what to do, whose rule it is.
func (r *ownRule) says(m mark) string {
	advice := cmp.Or(r.Message, m.advice)
	more := r.ID
	if r.Link != "" {
		more += ", " + r.Link
	}
	return fmt.Sprintf("%s; %s (%s)", m.what, strings.TrimRight(advice, "."), more)
}
