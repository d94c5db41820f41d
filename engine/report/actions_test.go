package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// attacks are what posts, file names and servers say to have the runner do
// something.
var attacks = []string{
	"_GitHubActionsFileCommandDelimeter_\napproved=true",
	"x\n_GitHubActionsFileCommandDelimeter_\npublished<<E\n99\nE",
	"EOF\nfailed=0",
	"published=99",
	"published<<X\n99\nX",
	"::error::forged",
	"  \t::error file=a.md,line=1::forged",
	"\u2028::error::forged",
	"\u00a0::warning::forged",
	"\u0085::warning::forged",
	"x\r::error::forged",
	"x\r\n::add-mask::e",
	"::add-mask::e",
	"##[add-mask]e",
	"a title ##[error]forged",
	"##[set-output name=published;]99",
	"::set-output name=published::99",
	"::set-env name=PATH::/tmp",
	"::add-path::/tmp",
	"::stop-commands::mine",
	"::stop-commands::mine\n::mine::",
	"::mine::\n::error::forged",
	"%0A::error::forged",
	"%0D%0A::error::forged",
	"%250A::error::forged",
	"::debug::forged\n::group::forged",
	"::save-state name=x::y",
	"::add-matcher::evil.json",
	"::echo::on",
	"posts/a,line=99,endLine=100.md",
	"posts/a:b\n::error::forged.md",
	"posts/x\n##[error]forged",
	",title=forged::forged",
	"a\x00b\x1b[31m::error::forged",
	"\xff\xfe::error::forged",
	"@everyone #1 <img src=x> ![x](https://evil.example/x.png)",
	"```\n# Forged\n",
	"</details><script>alert(1)</script>",
	"| a | b |\n|---|---|",
	"$x$ :tada: GH-1 www.evil.example",
	strings.Repeat("`", 40),
}

func at(t *testing.T, log *bytes.Buffer) *Actions {
	dir := t.TempDir()
	return &Actions{Log: log, OutputFile: filepath.Join(dir, "output"), SummaryFile: filepath.Join(dir, "summary"), Root: dir}
}

func read(t *testing.T, file string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// Whatever a post says, the runner gets our commands and no others, each with
// our fields, and our outputs and no others.
func TestActionsForged(t *testing.T) {
	for _, attack := range attacks {
		t.Run(fmt.Sprintf("%.30q", attack), func(t *testing.T) {
			var log bytes.Buffer
			x := at(t, &log)
			x.Begin()
			fmt.Fprint(x, attack) // with no end of its line
			x.Mask([]string{"s3cret", " ", "two\nlines"})
			fmt.Fprint(x, attack)
			p := plan.Plan{Now: time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC), Review: attack, Refused: attack,
				Actions: []plan.Action{{Verb: plan.Ask, Post: attack, Channel: attack, Why: attack, Answers: []plan.Answer{plan.AnswerLost}},
					{Verb: plan.Wait, Post: attack, Channel: attack, Why: attack, Due: time.Date(2027, 1, 5, 8, 0, 0, 0, time.UTC)}}}
			x.Plan(x.Root, attack, p)
			up := plan.Action{Verb: plan.Publish, Post: attack, Channel: attack}
			x.Published(x.Root, attack, p, []publish.Outcome{
				{Action: up, State: schema.Live, URL: attack},
				{Action: up, State: schema.Failed, Err: errors.New(attack), Next: attack},
			}, map[string][]string{attack: {attack}})
			x.Problems(x.Root, []schema.Problem{{Pos: schema.Pos{File: attack, Line: 3, Col: 7}, Check: "post/odd", Severity: schema.Warning, Text: attack}})
			fmt.Fprint(x, attack)
			if err := x.End(); err != nil {
				t.Fatal(err)
			}

			var r runner
			r.read(log.String())
			if r.stopped != "" {
				t.Fatal("the runner does not listen any more")
			}
			var got []string
			for _, c := range r.commands {
				got = append(got, c.name)
			}
			if want := []string{"add-mask", "add-mask", "error", "error", "error", "warning"}; !slices.Equal(got, want) {
				t.Fatalf("commands %q, want %q\n%s", got, want, &log)
			}
			if r.commands[0].data != "s3cret" || r.commands[1].data != "two\nlines" {
				t.Errorf("masks: %q", r.commands[:2])
			}
			for _, c := range r.commands[2:5] {
				if len(c.fields) != 0 || !strings.Contains(c.data, attack) {
					t.Errorf("error %q, %q", c.data, c.fields)
				}
			}
			warning := r.commands[5]
			want := map[string]string{"file": x.file(x.Root, attack), "line": "3", "col": "7", "title": "post/odd"}
			if !maps.Equal(warning.fields, want) || warning.data != attack {
				t.Errorf("warning %q with %q, want %q", warning.data, warning.fields, want)
			}

			out := values(t, read(t, x.OutputFile))
			if got, want := slices.Sorted(maps.Keys(out)), []string{"failed", "plan", "published", "urls", "waiting"}; !slices.Equal(got, want) {
				t.Fatalf("outputs %q, want %q", got, want)
			}
			if out["published"] != "1" || out["failed"] != "1" || out["waiting"] != "4" || strings.Contains(out["urls"], "\n") {
				t.Errorf("outputs: %q", out)
			}
			var all []entry
			if err := json.Unmarshal([]byte(out["plan"]), &all); err != nil || len(all) != 4 {
				t.Errorf("the output plan: %v %q", err, out["plan"])
			}
			page(t, read(t, x.SummaryFile), attack)
		})
	}
}

func TestActionsValue(t *testing.T) {
	for _, attack := range attacks {
		x := at(t, new(bytes.Buffer))
		x.Output("urls", attack)
		x.Output("published", "1")
		got := values(t, read(t, x.OutputFile))
		if len(got) != 2 || got["urls"] != attack || got["published"] != "1" {
			t.Errorf("%q: outputs %q", attack, got)
		}
	}
}

func TestActionsMany(t *testing.T) {
	var log bytes.Buffer
	x := at(t, &log)
	x.Begin()
	for i := range 25 {
		x.Problems(filepath.Join(x.Root, "brand"), []schema.Problem{
			{Pos: schema.Pos{File: "posts/a.md", Line: i + 1, Col: 1}, Severity: schema.Error, Check: "a/b", Text: "wrong"},
			{Pos: schema.Pos{File: "posts/a.md", Line: i + 1, Col: 1}, Severity: schema.Warning, Check: "a/b", Text: "odd"}})
	}
	if err := x.End(); err != nil {
		t.Fatal(err)
	}
	var r runner
	r.read(log.String())
	count := map[string]int{}
	for _, c := range r.commands {
		count[c.name]++
	}
	if want := map[string]int{"error": 10, "warning": 10, "notice": 1}; !maps.Equal(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
	if first := r.commands[0]; first.fields["file"] != "brand/posts/a.md" {
		t.Errorf("annotated %q", first.fields["file"])
	}
	if last := r.commands[len(r.commands)-1]; last.data != "15 errors and 15 warnings more are only in the log of this step: GitHub shows 10 of each" {
		t.Errorf("%q", last.data)
	}
}

func TestActionsSummaryFull(t *testing.T) {
	x := at(t, new(bytes.Buffer))
	block := strings.Repeat("é", 50_000) // 100 kB
	for range 20 {
		x.Summary(block)
	}
	src := read(t, x.SummaryFile)
	if len(src) > maxSummary {
		t.Errorf("%d bytes", len(src))
	}
	blocks := strings.Split(strings.TrimSpace(src), "\n\n")
	if len(blocks) != 11 || blocks[9] != block || !strings.Contains(blocks[10], "does not fit") {
		t.Errorf("%d blocks, the last: %.80s", len(blocks), blocks[len(blocks)-1])
	}
	x.Summary("more")
	if read(t, x.SummaryFile) != src {
		t.Error("something comes after the note")
	}
}

func TestActionsPlanLong(t *testing.T) {
	var done tally
	for range 10_000 {
		done.planned = append(done.planned, json.RawMessage(`{"post":"`+strings.Repeat("x", 100)+`"}`))
	}
	var all []entry
	if err := json.Unmarshal([]byte(done.plan()), &all); err != nil || len(done.plan()) > maxOutput || len(all) < 2000 {
		t.Errorf("%v, %d bytes, %d entries", err, len(done.plan()), len(all))
	}
}

func TestActionsNone(t *testing.T) {
	var x *Actions
	x.Begin()
	x.Mask([]string{"s"})
	x.Problems(".", []schema.Problem{{}})
	x.Error("x")
	x.Plan(".", "b", plan.Plan{})
	x.Published(".", "b", plan.Plan{}, nil, nil)
	x.Summary("x")
	x.Output("a", "b")
	if err := x.End(); err != nil {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestActionsBroken(t *testing.T) {
	x := &Actions{Log: broken{}, OutputFile: filepath.Join(t.TempDir(), "no", "file")}
	x.Begin()
	x.Mask([]string{"s"})
	x.Output("a", "b")
	if err := x.End(); err == nil {
		t.Error("nothing was told, and nobody says so")
	}
}
