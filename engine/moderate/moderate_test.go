package moderate_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// memory is a folder of moderation rules.
type memory map[string]string

func (m memory) Names(dir string) ([]string, error) {
	var names []string
	for name := range m {
		if path.Dir(name) == dir {
			names = append(names, path.Base(name))
		}
	}
	return names, nil
}

func (m memory) Read(name string, limit int64) ([]byte, error) {
	src, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(src)[:min(int64(len(src)), limit)], nil
}

var setting = moderate.Setting{
	Platforms: []string{"bluesky", "mastodon"},
	Channels:  map[string]schema.Channel{"masto": {Platform: "mastodon"}, "bleu": {Platform: "bluesky", Settings: map[string]string{"handle": "dupain.example"}}},
	People:    map[string]schema.Person{"ana": {Name: "Ana", Handles: map[string]string{"mastodon": "@ana@m.example"}}},
	Zone:      time.UTC,
}

const head = "version: 1\nkind: community\n"

// compile makes rules of files below moderation; a file without a name of its
// own is rules.yaml, and the heading is put above.
func compile(t testing.TB, files memory) *moderate.Rules {
	t.Helper()
	rules, ps := read(t, files)
	if schema.Errors(ps) {
		t.Fatal(ps)
	}
	return rules
}

func read(t testing.TB, files memory) (*moderate.Rules, []schema.Problem) {
	t.Helper()
	all := memory{"moderation/POLICY.md": "# Our policy\n\n## Be kind\n"}
	for name, src := range files {
		if strings.HasSuffix(name, ".yaml") {
			src = head + src
		}
		all["moderation/"+name] = src
	}
	m, err := workspace.LoadModeration(all)
	if err != nil {
		t.Fatal(err)
	}
	return moderate.Compile(m, setting)
}

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// says is a decision in one line.
func says(d moderate.Decision) string {
	parts := []string{strings.TrimSpace(string(d.Action) + " " + d.Rule)}
	if d.By != moderate.ByRules {
		parts[0] += " by " + d.By
	}
	for _, m := range d.Matched {
		s := m.Rule + " " + string(m.State)
		if m.By != "" {
			s += " by " + m.By
		}
		if m.Why != "" {
			s += " (" + m.Why + ")"
		}
		for _, span := range m.Spans {
			s += " " + span.Shown
		}
		parts = append(parts, s)
	}
	for _, u := range d.Unknown {
		parts = append(parts, u.Rule+" cannot tell "+u.Field)
	}
	for _, a := range d.Allowed {
		parts = append(parts, "allowed "+a.Shown)
	}
	if len(d.Labels) > 0 {
		parts = append(parts, "labels "+strings.Join(d.Labels, ","))
	}
	if len(d.Notify) > 0 {
		parts = append(parts, "notify "+strings.Join(d.Notify, ","))
	}
	if d.Answer != nil {
		parts = append(parts, fmt.Sprint("answer ", d.Answer.Template, " ", d.Answer.Lang, " ", d.Answer.Every))
	}
	return strings.Join(parts, "; ")
}

// rule is a rule on one line.
func rule(id, action, match string, more ...string) string {
	mode := "mode: enforce, "
	for _, m := range more {
		if strings.HasPrefix(m, "mode:") {
			mode = ""
		}
	}
	return "  - {id: " + id + ", policy: be-kind, " + mode + "action: " + action + ", match: {" + match + "}" + strings.Join(append([]string{""}, more...), ", ") + "}\n"
}

func rules(all ...string) memory { return memory{"rules.yaml": "rules:\n" + strings.Join(all, "")} }

func text(s string) moderate.Item {
	return moderate.Item{Item: platform.Item{Surface: "comment", Text: s, At: now}, Platform: "mastodon", Channel: "masto"}
}

func with(i moderate.Item, f func(*moderate.Item)) moderate.Item {
	f(&i)
	return i
}

const ugly = "words: {any: [ugly]}"

var day = moderate.History{Now: now}

type step struct {
	item    moderate.Item
	history moderate.History
	want    string
}

// Each line of SEMANTICS.md, by its number, on an example of it.
var lines = []struct {
	line  int
	files memory
	steps []step
}{
	{1, rules(rule("a", "label", ugly), rule("b", "hide", ugly), rule("c", "hold", ugly), rule("d", "delete", ugly, "mode: off"), rule("e", "mute", "words: {any: [fair]}")), []step{
		{text("so ugly"), day, "hide b; a acts u…y; b acts u…y; c acts u…y"}}},
	{2, memory{"z.yaml": "rules:\n" + rule("a", "hide", "any: [{words: {list: l}}, {words: {any: [vile]}}]"), "a.yaml": "lists: {l: {file: l.txt}}\n", "l.txt": "ugly\nmean\n"}, []step{
		{text("vile, mean, ugly"), day, "hide a; a acts v…e m…n u…y"}}},
	{3, rules(rule("a", "hide", ugly, "where: {lang: fr, surface: [reply, mention], platform: mastodon, channel: [masto]}"), rule("u", "hold", ugly, "where: {lang: und}")), []step{
		{with(text("ugly"), func(i *moderate.Item) { i.Lang, i.Surface = "fr-CA", "reply" }), day, "hide a; a acts u…y"},
		{with(text("ugly"), func(i *moderate.Item) { i.Lang, i.Surface = "FR", "comment" }), day, "none"},
		{with(text("ugly"), func(i *moderate.Item) { i.Lang, i.Surface = "fro", "reply" }), day, "none"},
		{with(text("ugly"), func(i *moderate.Item) { i.Lang, i.Surface, i.Platform = "fr", "reply", "bluesky" }), day, "none"},
		{text("ugly"), day, "hold u; u acts u…y"}}},
	{4, rules(rule("e", "hide", ugly, "where: {lang: en}"), rule("f", "hold", ugly, "where: {lang: fr}"), rule("u", "label", ugly, "where: {lang: und}")), []step{
		{with(text("vous êtes ugly dans le noir"), func(i *moderate.Item) { i.Lang = "en" }), day, "hide e; e acts u…y"},
		{text("vous êtes ugly dans le noir"), day, "hold f; f acts u…y"},
		{text("you are the ugly one"), day, "hide e; e acts u…y"},
		{text("ugly ugly"), day, "label u; u acts u…y u…y"}}},
	{5, memory{"r.yaml": "lists: {l: {file: l.txt, lang: [fr]}}\nrules:\n" + rule("a", "hide", "words: {list: l}"), "l.txt": "con\n"}, []step{
		{with(text("con"), func(i *moderate.Item) { i.Lang = "fr-BE" }), day, "hide a; a acts c…n"},
		{with(text("con"), func(i *moderate.Item) { i.Lang = "en" }), day, "none"},
		{text("con"), day, "hide a; a acts c…n"}}},
	{6, rules(rule("a", "hide", "words: {any: [ugly]}, length: {over: 6}")), []step{
		{text("so ugly!"), day, "hide a; a acts u…y"},
		{text("ugly"), day, "none"},
		{text("beautiful"), day, "none"}}},
	{7, rules(rule("a", "hide", "author: {followers: {under: 5}}"), rule("b", "hold", "not: {author: {followers: {under: 5}}}"), rule("c", "mute", "author: {age: {under: 7d}}"),
		rule("d", "label", "author: {seen_before: false}"), rule("e", "label", ugly, "where: {surface: reply}")), []step{
		{with(text("ugly"), func(i *moderate.Item) { i.Surface = "" }), day, "none; a cannot tell author.followers; b cannot tell author.followers; c cannot tell author.age; d cannot tell author.seen_before; e cannot tell surface"},
		{with(text("ugly"), func(i *moderate.Item) {
			i.Author.Followers, i.SeenBefore = new(9), new(true)
			i.Author.Since = new(now.Add(-8 * 24 * time.Hour))
		}), day, "hold b; b acts"}}},
	{8, rules(rule("a", "hide", "all: [{words: {any: [ugly]}}, {author: {seen_before: false}}]"), rule("b", "hold", "any: [{words: {any: [ugly]}}, {author: {seen_before: false}}]"),
		rule("c", "mute", `expr: "length > 3 or author.followers < 5"`)), []step{
		{text("ugly"), day, "hold b; b acts u…y; a cannot tell author.seen_before; c cannot tell author.followers"},
		{text("nice"), day, "none; b cannot tell author.seen_before; c cannot tell author.followers"}}},
	{9, rules(rule("a", "hide", "author: {followers: {under: 5}}"), rule("b", "label", ugly)), []step{
		{text("ugly"), day, "label b; b acts u…y; a cannot tell author.followers"}}},
	{10, memory{"r.yaml": "lists: {l: {file: l.txt, allow: [\"c'est con\"]}}\nrules:\n" + rule("a", "hide", "words: {list: l}") + rule("b", "label", "words: {any: [con]}"), "l.txt": "con\n"}, []step{
		{text("c'est con, mais oui"), day, "label b; b acts c…n; allowed c…n"},
		{text("c'est con, pauvre con"), day, "hide a; a acts c…n; b acts c…n c…n; allowed c…n"}}},
	{11, rules(rule("a", "delete", ugly, "mode: shadow", "overrides: [b]", "also: [{label: x}]"), rule("b", "label", ugly)), []step{
		{text("ugly"), day, "label b; a shadow u…y; b acts u…y"}}},
	{12, rules(rule("a", "delete", ugly, "expires: 2026-11-22 12:00", "overrides: [b]"), rule("b", "label", ugly, "expires: 2026-11-22 12:01")), []step{
		{text("ugly"), day, "label b; a expired u…y; b acts u…y"}}},
	{13, rules(rule("a", "label", ugly, "overrides: [b]"), rule("b", "delete", ugly, "overrides: [c]"), rule("c", "hide", ugly), rule("d", "mute", "words: {any: [fair]}", "overrides: [a]")), []step{
		{text("ugly"), day, "hide c; a acts u…y; b overridden by a u…y; c acts u…y"},
		{text("fair ugly"), day, "delete b; a overridden by d u…y; b acts u…y; c overridden by b u…y; d acts f…r"}}},
	{14, rules(rule("a", "allow", "words: {any: [joke]}"), rule("b", "hide", ugly), rule("c", "hold", "words: {any: [joke]}", "overrides: [a]"),
		rule("n", "allow", "words: {any: [quote]}", "overrides: [b]"), rule("o", "label", ugly)), []step{
		{text("ugly quote"), day, "label o; b overridden by n u…y; n acts q…e; o acts u…y"},
		{text("ugly joke"), day, "hide b; a overridden by c j…e; b acts u…y; c acts j…e; o acts u…y"}}},
	{14, rules(rule("a", "allow", "words: {any: [joke]}"), rule("b", "hide", ugly)), []step{
		{text("ugly joke"), day, "none; a acts j…e; b overridden by a u…y"}}},
	{15, rules(rule("a", "none", ugly), rule("b", "label", "words: {any: [b]}"), rule("c", "mute", "words: {any: [c]}"), rule("d", "escalate", "words: {any: [d]}"),
		rule("e", "hold", "words: {any: [e]}"), rule("f", "hide", "words: {any: [f]}"), rule("g", "delete", "words: {any: [g]}")), []step{
		{text("ugly"), day, "none a; a acts u…y"},
		{text("ugly b"), day, "label b; a acts u…y; b acts b…"},
		{text("b c"), day, "mute c; b acts b…; c acts c…"},
		{text("c d"), day, "escalate d; c acts c…; d acts d…"},
		{text("d e"), day, "hold e; d acts d…; e acts e…"},
		{text("e f"), day, "hide f; e acts e…; f acts f…"},
		{text("g f"), day, "delete g; f acts f…; g acts g…"}}},
	{16, memory{"r.yaml": "templates: {one: {und: One}, two: {und: Two}}\nrules:\n" + rule("b", "hide", ugly, "also: [{reply: {template: two}}]") + rule("a", "hide", ugly, "also: [{reply: {template: one, once_per: author/7d}}]")}, []step{
		{text("ugly"), day, "hide a; a acts u…y; b acts u…y; answer one und 168h0m0s"}}},
	{17, rules(rule("a", "label", ugly, "also: [{label: rude}, {notify: ana}]"), rule("b", "hide", ugly, "also: [{label: bad}, {label: rude}]"), rule("c", "mute", ugly, "mode: shadow", "also: [{label: never}]")), []step{
		{text("ugly"), day, "hide b; a acts u…y; b acts u…y; c shadow u…y; labels bad,rude; notify ana"}}},
	{18, rules(rule("a", "hide", ugly)), []step{{text("lovely"), day, "none"}, {text(""), day, "none"}}},
	{19, rules(rule("a", "hide", ugly)), []step{
		{with(text("ugly"), func(i *moderate.Item) { i.Decided = moderate.None }), day, "none by person"},
		{with(text("ugly"), func(i *moderate.Item) { i.Decided = moderate.Delete }), day, "delete by person"}}},
	{20, rules(rule("a", "hide", ugly)), []step{
		{with(text("ugly"), func(i *moderate.Item) { i.Author.Handle = "Ana@m.example" }), day, "none by team"},
		{with(text("ugly"), func(i *moderate.Item) { i.Author.Handle, i.Platform = "ana@m.example", "bluesky" }), day, "hide a; a acts u…y"},
		{with(text("ugly"), func(i *moderate.Item) { i.Author.Handle, i.Platform = "@dupain.example", "bluesky" }), day, "none by team"},
		{with(text("ugly"), func(i *moderate.Item) { i.Trusted = true }), day, "none by team"},
		{with(text("ugly"), func(i *moderate.Item) { i.Author.Handle = "bob@m.example" }), day, "hide a; a acts u…y"}}},
	{21, rules(rule("a", "hide", ugly, "limits: {per_day: 3}")), []step{
		{text("ugly"), tally(moderate.Tally{Since: now.Add(-99 * 24 * time.Hour), Today: 2}, 10), "hide a; a acts u…y"},
		{text("ugly"), tally(moderate.Tally{Since: now.Add(-99 * 24 * time.Hour), Today: 3}, 10), "escalate a; a braked (it acted on 3 items today, its most) u…y"}}},
	{22, rules(rule("a", "hide", ugly, "limits: {max_share: 5%}")), []step{
		{text("ugly"), day, "hide a; a acts u…y"},
		{text("ugly"), tally(moderate.Tally{Acted: 2, Since: now}, 59), "hide a; a acts u…y"},
		{text("ugly"), tally(moderate.Tally{Acted: 2, Since: now}, 58), "escalate a; a braked (it is new, and would act on more than its share of what comes in) u…y"},
		{text("ugly"), tally(moderate.Tally{Acted: 2, Since: now.Add(-7 * 24 * time.Hour)}, 3), "hide a; a acts u…y"}}},
	{23, rules(rule("a", "label", ugly, "limits: {per_day: 3}", "also: [{label: x}]")), []step{
		{text("ugly"), tally(moderate.Tally{Today: 3}, 10), "none a; a braked (it acted on 3 items today, its most) u…y"}}},
	{24, rules(rule("a", "hide", "words: {any: [ugly, bad thing]}")), []step{
		{text("UGLY, a bad thing"), day, "hide a; a acts U…Y b…g"}}},
	{25, memory{"r.yaml": "templates: {civil: {fr: 'Bonjour {author}', fr-CA: 'Salut {author}', und: Hello}}\nrules:\n" + rule("a", "hide", ugly, "also: [{reply: {template: civil}}]")}, []step{
		{with(text("ugly"), func(i *moderate.Item) { i.Lang = "fr-FR" }), day, "hide a; a acts u…y; answer civil fr 24h0m0s"},
		{with(text("ugly"), func(i *moderate.Item) { i.Lang = "fr-CA" }), day, "hide a; a acts u…y; answer civil fr-CA 24h0m0s"},
		{with(text("ugly"), func(i *moderate.Item) { i.Lang = "de" }), day, "hide a; a acts u…y; answer civil und 24h0m0s"}}},
}

func tally(t moderate.Tally, items int) moderate.History {
	return moderate.History{Now: now, Items: items, Rules: map[string]moderate.Tally{"a": t}}
}

func TestSemantics(t *testing.T) {
	page, err := os.ReadFile("SEMANTICS.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?m)^(\d+)\. (.*)`).FindAllStringSubmatch(string(page), -1)
	for i, line := range said {
		if line[1] != fmt.Sprint(i+1) {
			t.Errorf("line %d of the page has the number %s", i+1, line[1])
		}
		if !slices.ContainsFunc(lines, func(l struct {
			line  int
			files memory
			steps []step
		}) bool {
			return l.line == i+1
		}) && !slices.ContainsFunc(ownLines, func(l struct {
			line  int
			files memory
			post  string
			want  string
		}) bool {
			return l.line == i+1
		}) && !slices.Contains(elsewhere, i+1) {
			t.Errorf("nothing tests %s. %s", line[1], line[2])
		}
	}
	for _, l := range lines {
		t.Run(fmt.Sprint(said[l.line-1][1], " ", said[l.line-1][2]), func(t *testing.T) {
			r := compile(t, l.files)
			for _, s := range l.steps {
				if got := says(r.Decide(s.item, s.history)); got != s.want {
					t.Errorf("%q is\n%s\nnot\n%s", s.item.Text, got, s.want)
				}
			}
		})
	}
}

// An answer holds values as plain words, once.
func TestAnswer(t *testing.T) {
	r := compile(t, memory{"r.yaml": "templates: {a: {und: '{author}: {policy} {brand} {channel}'}}\nrules:\n" + rule("a", "hide", ugly, "also: [{reply: {template: a}}]")})
	d := r.Decide(text("ugly"), day)
	for author, want := range map[string]string{
		"@bob":                   "@bob: Be kind Dupain masto",
		"{brand}":                "{brand}: Be kind Dupain masto",
		"a\n\u202eb\x00":         "a b: Be kind Dupain masto",
		"":                       "",
		strings.Repeat("a", 300): "",
	} {
		if got := r.Text(d.Answer, d.Policy, moderate.Values{Author: author, Brand: "Dupain", Channel: "masto"}); got != want {
			t.Errorf("%q: %q", author, got)
		}
	}
}

// What brakes count is what rules did.
func TestHistory(t *testing.T) {
	r := compile(t, rules(rule("a", "hide", ugly, "limits: {per_day: 2}"), rule("b", "label", ugly, "mode: shadow")))
	h := moderate.History{Now: now}
	var got []string
	for range 3 {
		d := r.Decide(text("ugly"), h)
		h.Add(&d)
		got = append(got, string(d.Action))
	}
	team := r.Decide(with(text("ugly"), func(i *moderate.Item) { i.Trusted = true }), h)
	h.Add(&team)
	if want := []string{"hide", "hide", "escalate"}; !slices.Equal(got, want) || h.Items != 3 || h.Rules["a"].Acted != 2 || len(h.Rules) != 1 {
		t.Errorf("%v, %+v", got, h)
	}
}
