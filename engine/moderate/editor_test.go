package moderate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	words "github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var channels = []*platform.Channel{
	{Name: "bleu", Platform: &platform.Platform{Name: "bluesky"}},
	{Name: "masto", Platform: &platform.Platform{Name: "mastodon"}},
}

// editor makes an Editor of rules on lines of their own; other files come as
// they are.
func editor(t testing.TB, files memory) (*moderate.Editor, []schema.Problem) {
	t.Helper()
	all := memory{"moderation/POLICY.md": "## Be kind\n"}
	for name, src := range files {
		if strings.HasSuffix(name, ".yaml") {
			src = "version: 1\nkind: editorial\n" + src
		}
		all["moderation/"+name] = src
	}
	m, err := workspace.LoadModeration(all)
	if err != nil {
		t.Fatal(err)
	}
	return moderate.CompileOwn(m, setting)
}

// own is a rule for our own posts on one line.
func own(id, what string, more ...string) string {
	severity := "severity: warning, "
	if strings.Contains(strings.Join(more, " "), "severity:") {
		severity = ""
	}
	return "  - {id: " + id + ", policy: be-kind, " + severity + strings.Join(append([]string{what}, more...), ", ") + "}\n"
}

func owns(all ...string) memory { return memory{"own.yaml": "rules:\n" + strings.Join(all, "")} }

// post loads a post from its file.
func post(t testing.TB, src string) *workspace.Post {
	t.Helper()
	dir := t.TempDir()
	for name, src := range map[string]string{"imprimatur.yaml": "version: 1\nbrand: Dupain\nchannels: {masto: {platform: mastodon}, bleu: {platform: bluesky}}\n", "posts/jeux/a.md": src} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w, err := workspace.Load(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	w.Decode(w.Posts[0])
	return w.Posts[0]
}

// finds is what rules find in a post, a line each: where, on which channels,
// whose rule, and with a + what can be mended.
func finds(e *moderate.Editor, p *workspace.Post) []string {
	var all []string
	for _, f := range e.Post(p, words.NewParser(), channels) {
		id := f.Text[strings.LastIndexByte(f.Text, '(')+1 : len(f.Text)-1]
		s := fmt.Sprintf("%d:%d %s", f.Line, f.Col, id)
		if f.Severity == schema.Error {
			s += "!"
		}
		if len(f.Fix) > 0 {
			s += "+" + f.Fix[0].Text
		}
		if f.Channels != nil {
			s += " on " + strings.Join(f.Channels, " ")
		}
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

const front = "---\nchannels: [masto, bleu]\n---\n"

// Each line of the second half of SEMANTICS.md, by its number.
var ownLines = []struct {
	line  int
	files memory
	post  string
	want  string
}{
	{26, memory{"z.yaml": "rules:\n" + own("z", "existence: {words: {any: [ugly]}}"), "a.yaml": "rules:\n" + own("a", "existence: {words: {any: [ugly]}}") + own("o", "existence: {words: {any: [ugly]}}", `severity: "off"`) +
		own("p", "existence: {words: {any: [ugly]}}", "where: {path: posts/jeux, lang: und}") + own("q", "existence: {words: {any: [ugly]}}", "where: {path: posts/*.md}") + own("r", "existence: {words: {any: [ugly]}}", "where: {campaign: crise}")},
		"---\n---\nso ugly\n", "3:4 a, 3:4 p, 3:4 z"},
	{27, owns(own("a", "existence: {words: {any: [ugly]}}", "where: {platform: mastodon}"), own("b", "existence: {words: {any: [ugly]}}", "where: {channel: bleu}"), own("c", "existence: {words: {any: [ugly]}}")),
		"---\nchannels: [masto, bleu]\nvariants:\n  masto: {text: fair, title: ugly}\n---\nso ugly\n", "4:30 a on masto, 4:30 c on masto, 6:4 b on bleu, 6:4 c on bleu"},
	{27, owns(own("a", "existence: {words: {any: [ugly]}}", "where: {platform: mastodon}")), "---\n---\nso ugly\n", ""},
	{28, owns(own("a", "existence: {words: {any: [ugly, ugly words]}}"), own("b", "existence: {words: {any: [ugly]}}", "in: [alt, links]")),
		"---\ntitle: Not ugly\ntags: [ugly]\n---\n`ugly` https://ugly.example/ugly @{ugly}\n\n![ugly](a.png) [an ugly link](https://a.example) so ugly\n\nwords\n", "2:12 a, 3:8 a, 7:20 a, 7:20 b, 7:3 a, 7:3 b, 7:53 a"},
	{29, owns(own("a", "existence: {words: {any: [laid]}}", "where: {lang: fr}"), own("u", "existence: {words: {any: [laid]}}", "where: {lang: und}")), "---\n---\nvous êtes laid dans le noir\n", "3:11 u"},
	{30, owns(own("a", "existence: {words: {any: [résumé]}}"), own("b", "substitution: {swap: {batard: croisé}}"), own("c", "substitution: {swap: {batard: croisé}, fold: standard}")), "---\n---\nRÉSUMÉ Bâtard\n", "3:1 a, 3:8 c+Croisé"},
	{31, memory{"r.yaml": "lists: {l: {file: l.txt, allow: [ugly duckling]}}\nrules:\n" + own("a", "existence: {words: {list: l}, regex: 'vile+', links: {domains: [bit.ly]}}"), "l.txt": "ugly\n"},
		"---\nlink: https://bit.ly/x\n---\nugly vileeee, ugly duckling [there](https://a.bit.ly)\n", "4:1 a, 4:30 a, 4:6 a"},
	{32, owns(own("a", "substitution: {swap: {e-mail: courriel, iphone: iPhone}}")), "---\ntitle: \"L'E-MAIL\"\n---\nE-mail, *e-*mail, Iphone iPhone `e-mail`\n", "2:11 a+COURRIEL, 4:1 a+Courriel, 4:10 a, 4:19 a+iPhone"},
	{34, owns(own("a", "occurrence: {of: emoji, at_most: 1}"), own("b", "occurrence: {of: words, at_most: 2, per: sentence}"), own("c", "occurrence: {of: links, at_least: 1, per: part}"), own("d", "occurrence: {words: {any: [pain]}, at_least: 1}"),
		own("e", "occurrence: {of: pictures, at_least: 1}"), own("f", "occurrence: {of: hashtags, at_most: 1}"), own("g", "occurrence: {of: mentions, at_most: 1}"), own("h", "occurrence: {of: characters, at_most: 30}"), own("i", "occurrence: {of: capitals, at_most: 0}")),
		"---\ntags: [un]\n---\nUn 🎉🎉. Un deux TROISIEME.\n\n---\n\n#deux @{ana} @bob https://a.example\n", "2:8 f, 4:1 c, 4:1 d, 4:1 e, 4:16 b, 4:16 i, 4:5 a, 8:14 g, 8:6 h"},
	{35, owns(own("a", "repetition: {of: words, except: [nous]}"), own("b", "repetition: {of: hashtags}")), "---\n---\nThe the bun, bun; nous nous 10 10 **so** so #Pain #pain\n", "3:42 a, 3:5 a, 3:51 b"},
	{36, owns(own("a", "consistency: {either: [clé, clef]}")), "---\ntitle: Une clef\n---\nLa clé, les clefs et la Clef.\n", "4:4 a"},
	{37, owns(own("a", "conditional: {if: {words: {any: ['#ad']}}, then: {words: {any: [Publicité]}}, within: 20}")), "---\ntags: [ad]\ntitle: Publicité\n---\nLe pain, et voici : Publicité\n", "2:8 a"},
	{37, owns(own("a", "conditional: {if: {words: {any: ['#ad']}}, then: {words: {any: [Publicité]}}, within: 20}")), "---\n---\nPublicité. Le pain #ad\n", ""},
	{37, owns(own("a", "conditional: {if: {words: {any: [jeu]}}, then: {links: {domains: [a.example]}}}")), "---\nlink: https://www.a.example/jeu\n---\nUn jeu\n", ""},
	{38, owns(own("a", "readability: {words_per_sentence: 4}"), own("b", "readability: {ease: 100}")), "---\nlang: fr\n---\nUn deux trois quatre. Un deux trois quatre cinq. Un #deux @trois quatre cinq six.\n", "4:23 a"},
	{38, owns(own("b", "readability: {ease: 60}")), "---\nlang: fr\n---\n" + strings.Repeat("Anticonstitutionnellement ", 30) + "\n", "4:1 b"},
	{38, owns(own("b", "readability: {ease: 60}")), "---\nlang: de\n---\n" + strings.Repeat("Anticonstitutionnellement ", 30) + "\n", ""},
	{39, owns(own("a", "existence: {words: {any: [ugly]}}", "severity: error", "where: {channel: bleu}")), front + "ugly\n", "4:1 a! on bleu"},
	{40, owns(own("a", "existence: {words: {any: [ugly]}}", "expires: 2026-11-22 12:00"), own("b", "existence: {words: {any: [ugly]}}", "expires: 2026-11-22 12:01")), "---\n---\nugly\n", "3:1 b"},
	{42, owns(own("a", "existence: {words: {any: [ugly]}}")), "---\n---\n" + strings.Repeat("ugly ", 60) + "\n", fifty()},
}

func fifty() string {
	var all []string
	for i := range 50 {
		all = append(all, fmt.Sprintf("3:%d a", 1+5*i))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Lines of the page that say what is a problem: see the fixtures, and package
// engine's test of what is kept back.
var elsewhere = []int{33, 41}

func TestOwnSemantics(t *testing.T) {
	for _, l := range ownLines {
		t.Run(fmt.Sprint(l.line), func(t *testing.T) {
			e, ps := editor(t, l.files)
			if len(ps) > 0 {
				t.Fatal(ps)
			}
			if got := strings.Join(finds(e.At(now), post(t, l.post)), ", "); got != l.want {
				t.Errorf("got\n%s\nwant\n%s", got, l.want)
			}
		})
	}
}

// A moment without a clock ends no rule.
func TestOwnAt(t *testing.T) {
	e, _ := editor(t, owns(own("a", "existence: {words: {any: [ugly]}}", "expires: 2026-11-22 12:00"), own("o", "existence: {words: {any: [ugly]}}", `severity: "off"`)))
	if got := e.At(time.Time{}).IDs(); !slices.Equal(got, []string{"a"}) {
		t.Error(got)
	}
	if got := e.Expired(now); len(got) != 1 || got[0].Check != "moderation/expired" {
		t.Error(got)
	}
}

// The formulas, worked out by hand.
func TestReadability(t *testing.T) {
	if got := moderate.Flesch(10, 1.5); got < 69.7 || got > 69.8 {
		t.Error(got)
	}
	if got := moderate.KandelMoles(10, 1.5); got < 86.4 || got > 86.5 {
		t.Error(got)
	}
}

// FuzzProof: no panic, every place is in the file, and a fix writes what it
// says and nothing else.
func FuzzProof(f *testing.F) {
	for _, l := range ownLines {
		if i := strings.LastIndex(l.post, "---\n"); !strings.Contains(l.post, "ugly ugly") {
			f.Add(l.post[i+4:], "un titre")
		}
	}
	f.Add("e-*mail* e&#45;mail \\#ad e\u0301-mail", "\"e-mail\" \\ e-mail")
	var all []string
	seen := map[string]bool{}
	for _, l := range ownLines {
		if src := l.files["own.yaml"]; src != "" && !seen[src] && !strings.Contains(src, "expires") {
			seen[src] = true
			for line := range strings.Lines(strings.TrimPrefix(src, "rules:\n")) {
				all = append(all, strings.Replace(line, "{id: ", fmt.Sprintf("{id: r%d", len(all)), 1))
			}
		}
	}
	e, ps := editor(f, owns(all...))
	if len(ps) > 0 {
		f.Fatal(ps)
	}
	e = e.At(now)
	f.Fuzz(func(t *testing.T, body, title string) {
		src := "---\nlang: fr\ntitle: " + schema.Quote(title) + "\nchannels: [masto, bleu]\n---\n" + body
		p := post(t, src)
		lines := strings.Count(src, "\n") + strings.Count(src, "\r") + 1
		var problems []schema.Problem
		for _, found := range e.Post(p, words.NewParser(), channels) {
			if found.Line < 1 || found.Col < 1 || found.Line > lines || strings.ContainsAny(found.Text, "\n\r") {
				t.Fatalf("%+v of %q", found, src)
			}
			problems = append(problems, found.Problem)
			for _, edit := range found.Fix {
				if edit.Start < 0 || edit.End <= edit.Start || edit.End > len(src) || !strings.Contains(found.Text, "“"+edit.Text+"”") || !strings.Contains(found.Text, "“"+src[edit.Start:edit.End]+"”") {
					t.Fatalf("%+v mends %+v in %q", found, edit, src)
				}
			}
		}
		schema.Mend([]byte(src), problems)
	})
}
