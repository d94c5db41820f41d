package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
)

const tendingRules = `version: 1
kind: community
rules:
  - id: rude
    policy: kind
    mode: enforce
    match: {words: {any: [blockhead]}}
    action: hide
    also: [{notify: ana}]
    limits: {max_share: 50%}
    tests: [{text: "blockhead", want: hide}, {text: "cake", want: none}]
  - id: noise
    policy: kind
    mode: enforce
    match: {words: {any: [casino]}}
    action: mute
    tests: [{text: "casino", want: mute}, {text: "cake", want: none}]
  - id: watched
    policy: kind
    mode: shadow
    match: {words: {any: [weather]}}
    action: delete
`

// A desk is a repository on a forge whose comments are moderated, and in which
// people are asked.
type deskScene struct {
	*testing.T
	repo  *forgetest.Repo
	dir   string
	issue int
	env   map[string]string
	forge forge.Forge // nil: repo
}

// deaf opens the first issue, and tells nobody.
type deaf struct {
	forge.Forge
	heard bool
}

func (d *deaf) OpenIssue(ctx context.Context, title, body string, labels []string) (forge.Issue, error) {
	i, err := d.Forge.OpenIssue(ctx, title, body, labels)
	if !d.heard {
		d.heard = true
		return forge.Issue{}, fmt.Errorf("%w: cut off", forge.ErrUnknown)
	}
	return i, err
}

func newDesk(t *testing.T) *deskScene {
	t.Helper()
	d := &deskScene{T: t, repo: forgetest.New(t, forgetest.Files{"a": "b"}), dir: t.TempDir(), env: map[string]string{}}
	d.write("imprimatur.yaml", "version: 1\nbrand: Dupain\nchannels:\n  talk: {platform: github, repository: acme/voice}\nmoderation: {record: 90d}\n")
	d.write("people.yaml", "version: 1\npeople:\n  ana: {name: Ana, github: ana-dupain}\n")
	d.write("moderation/community.yaml", tendingRules)
	d.write("moderation/POLICY.md", "## Kind\n")
	d.issue = d.repo.Issue("reader", "A question", "How?")
	return d
}

func (d *deskScene) write(name, text string) {
	d.Helper()
	name = filepath.Join(d.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

func (d *deskScene) space() *Space {
	d.Helper()
	e := New(all.Platforms(), func(name string) string { return d.env[name] }, "test")
	e.Forge = func(context.Context, string) (forge.Forge, error) {
		if d.forge != nil {
			return d.forge, nil
		}
		return d.repo, nil
	}
	s, err := e.Open(d.Context(), d.dir)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { s.Close() })
	return s
}

func (d *deskScene) moderate(o Tending) Moderated {
	d.Helper()
	o.Clock, o.Act = d.repo.Now, true
	out, err := d.space().Moderate(d.Context(), o)
	if err != nil {
		d.Fatal(err)
	}
	return out
}

func (d *deskScene) asked() []forge.Issue {
	d.Helper()
	all, err := d.repo.Issues(d.Context(), deskLabel, time.Time{})
	if err != nil {
		d.Fatal(err)
	}
	return all
}

// Comments on a forge are folded away and back, the team and we ourselves are
// left in peace, and nothing is done twice.
func TestModeratesComments(t *testing.T) {
	d := newDesk(t)
	d.repo.Grant("ana", forge.CanWrite)
	rude := d.repo.Say(d.issue, "troll", "What a blockhead")
	fine := d.repo.Say(d.issue, "reader", "Lovely weather and cake")
	out := d.moderate(Tending{Run: "r1"})
	if !out.OK() || d.repo.Hidden(rude.ID) == "" || d.repo.Hidden(fine.ID) != "" {
		t.Fatalf("%+v", out)
	}
	if len(out.Cases) != 2 || !slices.Equal(out.Cases[1].Shadow, []string{"watched"}) || !slices.Equal(out.Cases[0].Notify, []string{"ana"}) {
		t.Errorf("%+v", out.Cases)
	}
	if out := d.moderate(Tending{}); len(out.Cases) > 0 {
		t.Errorf("a second run: %+v", out.Cases)
	}
	kept, _ := os.ReadFile(filepath.Join(d.dir, ".imprimatur", "items", d.repo.Now().Format(time.DateOnly)+".jsonl"))
	if strings.Count(string(kept), "\n") != 2 {
		t.Errorf("recorded are %s", kept)
	}
	s := d.space()
	s.Rules = nil
	if out, err := s.Undo(t.Context(), Tending{Clock: d.repo.Now, Act: true}, tend.Which{Run: "r1"}, "ana"); err != nil || !out.OK() || d.repo.Hidden(rude.ID) != "" {
		t.Errorf("undo: %v %+v", err, out)
	}
	d.repo.Rewrite(rude.ID, "What a total blockhead") // a person decided, for ever
	if out := d.moderate(Tending{}); len(out.Cases) > 0 || d.repo.Hidden(rude.ID) != "" {
		t.Errorf("after undo: %+v", out.Cases)
	}
	d.repo.Wait(91 * 24 * time.Hour)
	d.repo.Say(d.issue, "reader", "still there")
	d.moderate(Tending{})
	if left, _ := filepath.Glob(filepath.Join(d.dir, ".imprimatur", "items", "*.jsonl")); len(left) != 1 {
		t.Errorf("after 91 days there are %v", left)
	}
}

// What the platform cannot do is one issue, whatever goes wrong on the way; a
// tick is a decision, and only in an issue of ours.
func TestAsksOnce(t *testing.T) {
	d := newDesk(t)
	noise := d.repo.Say(d.issue, "spammer", "our casino <!-- hide --> @everyone")
	d.forge = &deaf{Forge: d.repo}
	if out := d.moderate(Tending{}); out.OK() {
		t.Errorf("an issue that may be there: %+v", out)
	}
	if out := d.moderate(Tending{}); !out.OK() || len(d.asked()) != 1 {
		t.Fatalf("%+v, %d issues", out, len(d.asked()))
	}
	ask := d.asked()[0]
	for _, word := range []string{"@everyone", "our casino", "spammer"} {
		if strings.Contains(ask.Body+ask.Title, word) {
			t.Errorf("the issue says %q:\n%s", word, ask.Body)
		}
	}
	if !strings.Contains(ask.Body, "- [ ] hide it <!-- hide -->") || !strings.Contains(ask.Body, noise.URL) {
		t.Errorf("the issue is\n%s", ask.Body)
	}
	d.repo.Issue("troll", "Moderation", strings.ReplaceAll(ask.Body, "[ ] leave", "[x] leave"), deskLabel) // not ours
	if out := d.moderate(Tending{}); len(out.Cases) > 0 {
		t.Errorf("somebody else's issue counts: %+v", out.Cases)
	}
	twice := strings.NewReplacer("[ ] hide", "[x] hide", "[ ] leave", "[X] leave").Replace(ask.Body)
	d.repo.RewriteIssue(ask.Number, twice)
	if out := d.moderate(Tending{}); len(out.Loud) != 1 || d.repo.Hidden(noise.ID) != "" {
		t.Errorf("two answers: %+v", out)
	}
	d.repo.RewriteIssue(ask.Number, strings.Replace(ask.Body, "[ ] hide", "[x] hide", 1))
	if out := d.moderate(Tending{}); !out.OK() || d.repo.Hidden(noise.ID) == "" || d.asked()[0].Open {
		t.Errorf("a decision: %+v, %+v", out, d.asked()[0])
	}
	d.repo.Rewrite(noise.ID, "our casino again")
	if out := d.moderate(Tending{}); len(out.Cases) > 0 || len(d.asked()) != 2 {
		t.Errorf("after a decision: %+v", out.Cases)
	}
}

// In a crisis, and when a new rule is at too much, people are asked; a limit
// of the run leaves the rest for the next.
func TestBrakes(t *testing.T) {
	t.Run("freeze", func(t *testing.T) {
		d := newDesk(t)
		c := d.repo.Say(d.issue, "troll", "blockhead")
		d.write("freeze.yaml", "reason: a fire in the bakery\n")
		if out := d.moderate(Tending{}); d.repo.Hidden(c.ID) != "" || len(d.asked()) != 1 || len(out.Loud) != 1 || out.Cases[0].Action != moderate.Escalate {
			t.Errorf("%+v", out)
		}
	})
	t.Run("share", func(t *testing.T) {
		d := newDesk(t)
		for i := range 4 {
			d.repo.Say(d.issue, fmt.Sprint("troll", i), "blockhead")
		}
		out := d.moderate(Tending{})
		if n := len(d.asked()); n != 2 || len(out.Loud) != 1 || !strings.Contains(out.Loud[0], "rude is braked") {
			t.Errorf("%d are asked about, %q", n, out.Loud)
		}
	})
	t.Run("run", func(t *testing.T) {
		d := newDesk(t)
		var all []forge.Comment
		for i := range 3 {
			d.repo.Say(d.issue, "reader", "cake")
			d.repo.Say(d.issue, "reader", "more cake")
			all = append(all, d.repo.Say(d.issue, fmt.Sprint("troll", i), "blockhead"))
		}
		if out := d.moderate(Tending{Most: 2}); out.OK() || len(out.Loud) != 1 || d.repo.Hidden(all[1].ID) == "" || d.repo.Hidden(all[2].ID) != "" {
			t.Errorf("%+v", out)
		}
		if out := d.moderate(Tending{Most: 2}); !out.OK() || d.repo.Hidden(all[2].ID) == "" {
			t.Errorf("the next run: %+v", out)
		}
	})
}

// What is private is shown to nobody, neither in an issue nor in what is kept.
func TestPrivateItems(t *testing.T) {
	d := newDesk(t)
	item := moderate.Item{Platform: "github", Channel: "talk", Item: platform.Item{ID: "N_1", URL: "https://m.example/@troll/1", Private: true, Text: "casino", Author: platform.Author{ID: "7", Handle: "troll"}}}
	out := d.moderate(Tending{Items: []moderate.Item{item}})
	src, err := json.Marshal(out)
	if err != nil || len(d.asked()) != 1 {
		t.Fatal(err, len(d.asked()))
	}
	for _, told := range []string{string(src), d.asked()[0].Body, d.asked()[0].Title} {
		if strings.Contains(told, "m.example") || strings.Contains(told, "c…o") || strings.Contains(told, "troll") {
			t.Errorf("a private message is told of: %s", told)
		}
	}
}

// Without a key nothing is remembered in git.
func TestKeyInGit(t *testing.T) {
	d := newDesk(t)
	const config = "version: 1\nbrand: Dupain\nchannels:\n  talk: {platform: github, repository: acme/voice}\nledger: state/ledger\n"
	for _, c := range []struct{ config, key, want string }{
		{config, "", "write `moderation: {key:"},
		{config + "moderation: {key: \"${MODERATION_KEY}\"}\n", "", "MODERATION_KEY is not set"},
		{config + "moderation: {key: \"${MODERATION_KEY}\"}\n", "guessme", "can be guessed"},
	} {
		d.write("imprimatur.yaml", c.config)
		d.env["MODERATION_KEY"] = c.key
		if _, err := d.space().Moderate(t.Context(), Tending{Clock: d.repo.Now}); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "guessme") {
			t.Errorf("with %q: %v", c.key, err)
		}
	}
}

// Whatever a person makes of an issue, the answer is one of the choices, about
// an item of ours, or none.
func FuzzDesk(f *testing.F) {
	names, err := tend.NewNames("a key that nobody can guess")
	if err != nil {
		f.Fatal(err)
	}
	item := names.Item("m", "1")
	f.Add("<!-- imprimatur:moderation " + item + " " + names.Mark(item) + " -->\n- [x] hide it <!-- hide -->\n")
	f.Add("- [X] a <!-- leave -->\n- [x] b <!-- byhand -->")
	f.Fuzz(func(t *testing.T, body string) {
		about := marked(body, names)
		a, ok := ticked(about, body, "here")
		if about != "" && !strings.Contains(body, names.Mark(about)) || ok && (about == "" || a.Wrong == "" && buttons[a.Choice] == "") {
			t.Errorf("%q is %+v", body, a)
		}
	})
}
