package moderate_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// everything is rules of every kind, in several files.
var everything = memory{
	"a.yaml": `
lists:
  insults: {file: l.txt, lang: [fr], allow: ["c'est con", "con carne"]}
  other: {file: m.txt}
templates: {civil: {fr: "Bonjour {author}", und: "{policy}"}}
expectations: [{rule: words, at_most: 3}, {rule: spam, at_least: 1}]
rules:
` + rule("words", "hide", "all: [{words: {list: [insults, other], fold: evasion}}, {not: {author: {trusted: true}}}]", "also: [{reply: {template: civil}}, {label: rude}]", "limits: {max_share: 5%}") +
		rule("quote", "allow", "words: {any: [citation, '« con »']}", "overrides: [words]") +
		rule("odd", "mute", "any: [{capitals: {over: 60}, length: {over: 10}}, {repeats: {over: 6}}, {emoji: {over: 3}}]"),
	"b.yaml": "rules:\n" +
		rule("spam", "escalate", "any: [{links: {domains: [bit.ly, spam.example]}}, {links: {over: 2}}, {mentions: {over: 4}}, {regex: ['free +money', 'gratuit\\w+']}]", "overrides: [odd]") +
		rule("young", "hold", "author: {age: {under: 7d}}, words: {any: ['*gratuit*', 'pub*', '*isse', 'f*ck', 'acheter mon livre']}") +
		rule("expr", "label", `expr: "(links > 0 or lower(text) contains 'http') and author.followers < 5 and not (lang in ['fr', 'en'])"`) +
		rule("joke", "allow", "words: {any: [lol]}, length: {under: 40}"),
	"l.txt": "# insults\nconnard\ncon\nsalope\n\"#nul\"\nc0n\n",
	"m.txt": "bâtard # twice\nbatard\nconnard\nnasty thing\n",
}

// shuffle writes what was read in another order.
func shuffle(m *workspace.Moderation, r *rand.Rand) *workspace.Moderation {
	out := &workspace.Moderation{Lists: map[string]workspace.WordList{}, Policy: m.Policy}
	for name, l := range m.Lists {
		out.Lists[name] = mixed(l, r)
	}
	for _, f := range m.Files {
		f.Rules = mixed(f.Rules, r)
		for i := range f.Rules {
			f.Rules[i].Match = stir(f.Rules[i].Match, r)
			f.Rules[i].Overrides = mixed(f.Rules[i].Overrides, r)
		}
		out.Files = append(out.Files, f)
	}
	if len(out.Files) > 1 { // each rule may stand in either file
		a, b := &out.Files[0], &out.Files[1]
		all := mixed(slices.Concat(a.Rules, b.Rules), r)
		n := r.IntN(len(all))
		a.Rules, b.Rules = all[:n], all[n:]
	}
	out.Files = mixed(out.Files, r)
	return out
}

func mixed[T any](s []T, r *rand.Rand) []T {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

func stir(m schema.Match, r *rand.Rand) schema.Match {
	m.All, m.Any, m.Regex = mixed(m.All, r), mixed(m.Any, r), mixed(m.Regex, r)
	for i := range m.All {
		m.All[i] = stir(m.All[i], r)
	}
	for i := range m.Any {
		m.Any[i] = stir(m.Any[i], r)
	}
	if m.Words != nil {
		w := *m.Words
		w.Any, w.List = mixed(w.Any, r), mixed(w.List, r)
		m.Words = &w
	}
	return m
}

// FuzzDecide: no panic; a decision does not depend on any order, shows no more
// than first and last letters, and its spans are at characters of the text.
func FuzzDecide(f *testing.F) {
	files := memory{"moderation/POLICY.md": "## Be kind\n"}
	for name, src := range everything {
		if strings.HasSuffix(name, ".yaml") {
			src = head + src
		}
		files["moderation/"+name] = src
	}
	m, err := workspace.LoadModeration(files)
	if err != nil {
		f.Fatal(err)
	}
	usual, ps := moderate.Compile(m, setting)
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	var turns []*moderate.Rules
	for seed := range uint64(8) {
		other, ps := moderate.Compile(shuffle(m, rand.New(rand.NewPCG(seed, 1))), setting)
		if len(ps) > 0 {
			f.Fatal(ps)
		}
		turns = append(turns, other)
	}
	for _, s := range []string{"bande de c0nnards", "c'est con, mais oui", "pauvre con lol", "FREE   money http://a.bit.ly/x bit.ly/y @a @b @c @d @e", "chili con carne", "nasty thing 🎉🎉🎉🎉",
		"ACHETEZ MAINTENANT!!!!!!!!!", "publicité gratuitement jaunisse", "https://@/ http:// ://", "https://user@bit.ly:443/?q", "\xff\xfe", "co\u0301n", "c\u200bon", "@@a a@b.c", "citation con #nul"} {
		for known := range byte(4) {
			f.Add(s, "", known)
		}
	}
	f.Fuzz(func(t *testing.T, said, lang string, known byte) {
		item := with(text(said), func(i *moderate.Item) { i.Lang = lang })
		if known&1 > 0 {
			item.Author.Followers = new(int(known))
			item.Author.Since = new(now.AddDate(0, 0, -int(known)))
		}
		d := usual.Decide(item, day)
		for i, other := range turns {
			if got := other.Decide(item, day); !reflect.DeepEqual(got, d) {
				t.Errorf("in order %d\n%s\nand else\n%s", i, says(got), says(d))
			}
		}
		spans := slices.Clone(d.Allowed)
		for _, m := range d.Matched {
			spans = append(spans, m.Spans...)
		}
		for _, s := range spans {
			if s.Start < 0 || s.End > len(said) || s.Start >= s.End || utf8.ValidString(said) && !utf8.ValidString(said[s.Start:s.End]) {
				t.Errorf("%+v of %q", s, said)
			}
			if utf8.RuneCountInString(s.Shown) > 3 {
				t.Errorf("%q shows more than is right", s.Shown)
			}
		}
		if d.Rule != "" && !slices.Contains(moderate.Actions, d.Action) {
			t.Errorf("%+v", d)
		}
		e := usual.Explain(item, day)
		if !reflect.DeepEqual(e.Decision, d) || len(e.Rules) != len(usual.IDs()) {
			t.Errorf("explained otherwise: %+v", e)
		}
	})
}

// FuzzCompile: no panic, every problem has a place, and what has no problem
// decides.
func FuzzCompile(f *testing.F) {
	for _, l := range lines {
		for name, src := range l.files {
			if strings.HasSuffix(name, ".yaml") {
				f.Add([]byte(head+src), []byte("con\n"))
			}
		}
	}
	for _, expr := range []string{"links", "text matches 'a'", "1..9", "author", "author.nobody > 3", "len(text) > 1", "map(1..3, #)", "let a = 1; a", "true ? true : false", "text[0:1] == 'a'", "links % 0 == 1", "links > 1 |", "now()", "'a' + text == lang"} {
		f.Add([]byte(head+"rules:\n"+rule("a", "hide", `expr: "`+expr+`"`)), []byte("con"))
	}
	f.Fuzz(func(t *testing.T, src, list []byte) {
		m, err := workspace.LoadModeration(memory{"moderation/a.yaml": string(src), "moderation/l.txt": string(list), "moderation/POLICY.md": "## Be kind"})
		if err != nil {
			t.Fatal(err)
		}
		r, ps := moderate.Compile(m, setting)
		for _, p := range ps {
			if p.Line < 1 || p.Col < 1 || p.Text == "" || p.Check == "" || strings.ContainsAny(p.Text, "\n") {
				t.Errorf("%#v", p)
			}
		}
		if schema.Errors(ps) {
			return
		}
		r.Test()
		r.Decide(text("con http://a.b/c @d"), day)
	})
}

// FuzzRead: no panic, and what is read is judged; an error does not repeat what
// was written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"id":"1","surface":"comment","at":"2026-11-01T10:00:00Z","text":"ugly","author":{"handle":"a"},"decided":"hide"}` + "\n\n{}\n"))
	f.Add([]byte(`{"text":3}`))
	f.Add([]byte(`{"text":"secret words`))
	f.Add([]byte(`{"decided":"burn"}`))
	f.Add(bytes.Repeat([]byte("a"), 1<<20+1))
	r, ps := read(f, rules(rule("a", "hide", ugly)))
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n := 0
		replay := moderate.NewReplay(r, r, now)
		err := moderate.Read(bytes.NewReader(src), func(i moderate.Item) error {
			n++
			replay.Add(i)
			return nil
		})
		if out := replay.Report(); out.Items != n || out.Changed != 0 {
			t.Errorf("%d items, %+v", n, out)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	})
}

// A replay says what changed, where, and how people decided.
func TestReplay(t *testing.T) {
	before := compile(t, rules(rule("a", "hold", ugly), rule("gone", "label", "words: {any: [vile]}")))
	after := compile(t, memory{"r.yaml": "expectations: [{rule: a, at_most: 1}, {rule: b, at_least: 1}]\nrules:\n" + rule("a", "hide", ugly) + rule("b", "mute", "author: {followers: {under: 3}}")})
	r := moderate.NewReplay(before, after, now)
	for i, s := range []string{"ugly", "so ugly", "fine", "vile"} {
		r.Add(with(text(s), func(item *moderate.Item) {
			item.ID = string(rune('0' + i))
			if i != 1 {
				item.Decided = []moderate.Action{"hide", "", "none", "delete"}[i]
			}
		}))
	}
	got, err := json.Marshal(r.Report())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"items":4,"decided":3,"changed":3,"moves":[{"from":"hold","to":"hide","items":2,"samples":[{"id":"0","before":"a","after":"a","shown":["u…y"],"decided":"hide"},{"id":"1","before":"a","after":"a","shown":["u…y"]}]},{"from":"label","to":"none","items":1,"samples":[{"id":"3","before":"gone","shown":["v…e"],"decided":"delete"}]},{"from":"none","to":"none","items":1,"samples":[]}],"rules":[{"rule":"a","before":2,"after":2,"unknown":0,"right":1,"wrong":0},{"rule":"b","before":0,"after":0,"unknown":4,"right":0,"wrong":0},{"rule":"gone","before":1,"after":0,"unknown":0,"right":0,"wrong":0}],"before":{"precision":1,"recall":1},"after":{"precision":1,"recall":0.5},"expectations":[{"rule":"a","at_most":1,"got":2,"ok":false},{"rule":"b","at_least":1,"got":0,"ok":false}]}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
