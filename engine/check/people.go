package check

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// People checks people.yaml against the platforms there are.
func People(w *workspace.Workspace, set platform.Set) []schema.Problem {
	var ps []schema.Problem
	add := func(at schema.Pos, id, what string) {
		ps = append(ps, schema.Problem{Pos: at, Check: id, Severity: schema.Error, Text: what})
	}
	forms := map[string]*regexp.Regexp{}
	for _, name := range slices.Sorted(maps.Keys(w.People)) {
		person := w.People[name]
		if word, _ := mention(person.Name); word != "" {
			add(w.PeopleAt.At("people."+name+".name"), "people/name",
				word+" in a name is a mention wherever the name is written; leave out the @, and give the handle under its platform")
		}
		for _, key := range slices.Sorted(maps.Keys(person.Handles)) {
			at := "people." + name + "." + key
			p := set.Named(key)
			if p == nil {
				place, _ := w.PeopleAt.KeyAt(at)
				add(place, "people/unknown-platform", schema.NotKnown("platform", key, set.Names()))
				continue
			}
			if forms[key] == nil {
				forms[key] = p.Profile.Handle.Regexp()
			}
			if handle := strings.TrimPrefix(person.Handles[key], "@"); !forms[key].MatchString(handle) {
				add(w.PeopleAt.At(at), "people/handle", badHandle(p, handle))
			}
		}
	}
	return ps
}

func badHandle(p *platform.Platform, handle string) string {
	form, h := "one word", p.Profile.Handle
	if h.Form != "" {
		form = h.Form + ", as in " + h.Example
	}
	return fmt.Sprintf("%q is not %s; on %s it could be somebody else: mend it, or take it out, and the name is written", handle, form, p.Title)
}

// person checks somebody that a text refers to.
func (c *Checker) person(r *report, name string, at func() schema.Pos) {
	if _, ok := c.Workspace.People[name]; ok {
		return
	}
	known := slices.Sorted(maps.Keys(c.Workspace.People))
	what := "nobody in people.yaml is called " + name + "; add them, or write the name without @{}"
	if near := schema.Nearest(name, known); near != "" {
		what = "nobody in people.yaml is called " + name + "; did you mean " + near + "?"
	}
	r.add(at(), schema.Error, "person/unknown", what)
}

// mentions checks what else could become a mention, or was meant to be one.
func (c *Checker) mentions(r *report) {
	warned := false
	takers := c.takers(r.post, func(o schema.Override) bool { return o.Text != "" })
	for _, path := range texts(r.post) {
		doc, pos := c.textAt(r, path)
		for _, part := range doc.Parts {
			part.Walk(func(b text.Block) {
				for i, s := range b.Spans {
					switch {
					case s.Role == text.Person:
						c.joined(r, b.Spans, i, pos)
					case s.Role == text.Words && !warned: // once a post says it all
						warned = c.typed(r, s, takers[path], pos)
					}
				}
			})
		}
	}
	c.misplaced(r)
}

// joined refuses a sign that would become part of the handle it stands at.
func (c *Checker) joined(r *report, spans []text.Span, i int, pos func(int) schema.Pos) {
	before, after := ' ', ' '
	if i > 0 && spans[i-1].Role == text.Words {
		before, _ = utf8.DecodeLastRuneInString(spans[i-1].Text)
	}
	if i+1 < len(spans) && spans[i+1].Role == text.Words {
		next := spans[i+1].Text
		var n int
		if after, n = utf8.DecodeRuneInString(next); after == '.' || after == '-' { // the end of a sentence, mostly
			after, _ = utf8.DecodeRuneInString(next[n:])
		}
	}
	if i+1 < len(spans) && spans[i+1].Role == text.Person || wordly(before) || wordly(after) || after == '@' {
		r.add(pos(spans[i].At), schema.Error, "person/joined",
			"a letter or sign right at @{"+spans[i].Text+"} would make another handle of it; put a blank between them")
	}
}

// typed warns of the first mention in a span that could go astray.
func (c *Checker) typed(r *report, s text.Span, takers []*platform.Channel, pos func(int) schema.Pos) bool {
	for from := 0; ; {
		word, at := mention(s.Text[from:])
		if word == "" {
			return false
		}
		if who := c.known(word); c.pings(who, takers) {
			r.add(pos(s.At+from+at), schema.Warning, "person/raw-mention", rawMention(word, who))
			return true
		}
		from += at + len(word)
	}
}

func rawMention(word, who string) string {
	what := word + " is whoever has that name on each platform, a stranger perhaps; "
	if who != "" {
		return what + "write @{" + who + "}"
	}
	return what + "put them into people.yaml and write @{name}, or leave out the @"
}

// known is whom a typed mention means: by their name in people.yaml, or by one
// of their handles; or nobody.
func (c *Checker) known(word string) string {
	word = strings.TrimPrefix(word, "@")
	best := ""
	for name, person := range c.Workspace.People {
		is := name == word
		for _, handle := range person.Handles {
			is = is || strings.EqualFold(strings.TrimPrefix(handle, "@"), word)
		}
		if is && (best == "" || name < best) {
			best = name
		}
	}
	return best
}

// pings reports whether a mention that was typed goes where nobody meant it
// to: to several platforms, or past people.yaml. A text for one platform only
// may well name a handle of that platform.
func (c *Checker) pings(who string, takers []*platform.Channel) bool {
	var first *platform.Platform
	for _, ch := range takers {
		switch {
		case ch.Profile.People != platform.AtHandle:
		case who != "", first != nil && first != ch.Platform:
			return true
		default:
			first = ch.Platform
		}
	}
	return false
}

// mention is the first @word in s that a platform could take for a mention,
// and where it is; or nothing.
func mention(s string) (word string, at int) {
	before := ' '
	for i, r := range s {
		if r == '@' && !wordly(before) && !strings.ContainsRune("@./+-=", before) {
			end := i + 1
			for end < len(s) {
				r, n := utf8.DecodeRuneInString(s[end:])
				if !wordly(r) && !(strings.ContainsRune("@.-", r) && end > i+1) {
					break
				}
				end += n
			}
			if word = strings.TrimRight(s[i:end], "@.-"); len(word) > 1 {
				return word, i
			}
		}
		before = r
	}
	return "", 0
}

func wordly(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

var reference = regexp.MustCompile(`@\{[^{}]*\}`)

// misplaced refuses @{name} where it would be shown as it stands.
func (c *Checker) misplaced(r *report) {
	look := func(at, value string) {
		if m := reference.FindString(value); m != "" {
			r.error(at, "person/not-here", m+" is only understood in the text; write the name itself here")
		}
	}
	media := func(at string, list []schema.Media) {
		for i, m := range list {
			if m.Alt != nil {
				look(index(at, i)+".alt", *m.Alt)
			}
		}
	}
	f := &r.post.Front
	look("title", f.Title)
	look("summary", f.Summary)
	look("warning", f.Warning)
	media("media", f.Media)
	if f.Poll != nil {
		for i, o := range f.Poll.Options {
			look(index("poll.options", i), o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
		at, o := "variants."+name+".", f.Variants[name]
		look(at+"title", o.Title)
		look(at+"summary", o.Summary)
		look(at+"warning", o.Warning)
		media(at+"media", o.Media)
	}
}

// takers are the channels that a post goes to, by where what they take was
// written: "" for the post's own, else the path of the override that has it.
func (c *Checker) takers(p *workspace.Post, has func(schema.Override) bool) map[string][]*platform.Channel {
	all := map[string][]*platform.Channel{}
	for _, ch := range c.Channels {
		if !slices.Contains(p.Front.Channels, ch.Name) {
			continue
		}
		name, path := ch.Name, ""
		o, own := p.Front.Variants[name]
		if !own {
			name = ch.Platform.Name
			o = p.Front.Variants[name]
		}
		if has(o) {
			path = "variants." + name
		}
		all[path] = append(all[path], ch)
	}
	return all
}

// texts are the paths of a post's texts, "" being its body.
func texts(p *workspace.Post) []string {
	paths := []string{""}
	for _, name := range slices.Sorted(maps.Keys(p.Front.Variants)) {
		if p.Front.Variants[name].Text != "" {
			paths = append(paths, "variants."+name)
		}
	}
	return paths
}

// textAt is the text at a path, and where its bytes are.
func (c *Checker) textAt(r *report, path string) (text.Doc, func(int) schema.Pos) {
	if path == "" {
		doc, _ := r.post.Doc(c.Parser)
		return doc, r.post.Pos
	}
	doc, _ := r.post.Text(c.Parser, r.post.Front.Variants[strings.TrimPrefix(path, "variants.")].Text)
	return doc, func(int) schema.Pos { return r.post.Source.At(path + ".text") }
}
