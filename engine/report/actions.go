package report

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sethvargo/go-githubactions"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Actions tells GitHub Actions what was found and done: the outputs and the
// summary of a step, annotations in files, masks. A nil one tells nothing.
//
// It is the writer that everything else of the step's log goes through. From
// Begin to End the runner takes what is written for mere text: a post cannot
// say anything to it. Outputs stand between delimiters that cannot be guessed.
type Actions struct {
	Log         io.Writer
	OutputFile  string // GITHUB_OUTPUT; "" where there are no outputs
	SummaryFile string // GITHUB_STEP_SUMMARY; "" where there is none
	Root        string // GITHUB_WORKSPACE: annotations name files from there

	mu      sync.Mutex
	token   string // that ends the text; "" while the runner listens
	inLine  bool   // the log's last line has no end yet
	failed  error
	full    bool // the summary takes no more
	notes   []note
	omitted map[schema.Severity]int
	done    tally
}

// A note is an annotation.
type note struct {
	severity schema.Severity
	fields   map[string]string
	text     string
}

// What GitHub takes: bytes of a step's summary, annotations of one kind of a
// step, and bytes of an output, of which a job has 1 MiB.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
// https://github.com/actions/toolkit/issues/734 (seen 2026-11-22)
const (
	maxSummary = 1 << 20
	maxNotes   = 10
	maxOutput  = 256 << 10
)

// Write writes text to the log.
func (x *Actions) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(p) > 0 {
		x.inLine = p[len(p)-1] != '\n' && p[len(p)-1] != '\r'
	}
	n, err := x.Log.Write(p)
	x.fail(err)
	return n, err
}

// say writes commands, each of which begins a line.
func (x *Actions) say(f func(*githubactions.Action)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var b bytes.Buffer // the library panics where it cannot write
	if x.inLine {
		b.WriteByte('\n')
	}
	f(githubactions.New(githubactions.WithWriter(&b)))
	x.inLine = false
	_, err := x.Log.Write(b.Bytes())
	x.fail(err)
}

func (x *Actions) fail(err error) {
	if x.failed == nil {
		x.failed = err
	}
}

// Begin has the runner take what follows for text, until End.
func (x *Actions) Begin() {
	if x != nil && x.token == "" {
		x.token = rand.Text()
		x.say(func(a *githubactions.Action) {
			a.IssueCommand(&githubactions.Command{Name: "stop-commands", Message: x.token})
		})
	}
}

// listen has the runner take commands again.
func (x *Actions) listen() {
	if x.token != "" {
		x.say(func(a *githubactions.Action) { a.IssueCommand(&githubactions.Command{Name: x.token}) })
		x.token = ""
	}
}

// Mask hides values in everything the job's log shows from now on.
func (x *Actions) Mask(secrets []string) {
	if x == nil || len(secrets) == 0 {
		return
	}
	within := x.token != ""
	x.listen()
	x.say(func(a *githubactions.Action) {
		for _, s := range secrets {
			if strings.TrimSpace(s) != "" { // the runner refuses a mask of nothing
				a.AddMask(s)
			}
		}
	})
	if within {
		x.Begin()
	}
}

// Problems annotates the files of a workspace, which is in the folder dir.
func (x *Actions) Problems(dir string, ps []schema.Problem) {
	if x == nil {
		return
	}
	for _, p := range ps {
		fields := map[string]string{"file": x.file(dir, p.File), "title": p.Check}
		if p.Line > 0 {
			fields["line"] = strconv.Itoa(p.Line)
		}
		if p.Line > 0 && p.Col > 0 {
			fields["col"] = strconv.Itoa(p.Col)
		}
		x.annotate(note{p.Severity, fields, p.Text})
	}
}

// Error is an annotation of no file.
func (x *Actions) Error(text string) {
	if x != nil {
		x.annotate(note{schema.Error, nil, text})
	}
}

func (x *Actions) annotate(n note) {
	same := 0
	for _, other := range x.notes {
		if other.severity == n.severity {
			same++
		}
	}
	if same < maxNotes {
		x.notes = append(x.notes, n)
		return
	}
	if x.omitted == nil {
		x.omitted = map[schema.Severity]int{}
	}
	x.omitted[n.severity]++
}

// file is a workspace's file as the repository has it.
func (x *Actions) file(dir, name string) string {
	full, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(name)))
	if err == nil && x.Root != "" {
		if rel, err := filepath.Rel(x.Root, full); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return path.Join(filepath.ToSlash(dir), name)
}

// Summary adds blocks of Markdown to the step's summary. What is no longer
// taken is left out from a whole block on, and the summary says so.
func (x *Actions) Summary(blocks ...string) {
	if x == nil || x.SummaryFile == "" || x.full {
		return
	}
	const note = "*The rest does not fit here: the log of this step has all of it.*\n\n"
	room := maxSummary - len(note)
	if info, err := os.Stat(x.SummaryFile); err == nil {
		room -= int(info.Size())
	}
	var b strings.Builder
	for _, block := range blocks {
		if b.Len()+len(block)+2 > room {
			x.full = true
			b.WriteString(note)
			break
		}
		b.WriteString(block + "\n\n")
	}
	x.append(x.SummaryFile, b.String())
}

// Output sets an output of the step. The name is ours, the value anybody's.
func (x *Actions) Output(name, value string) {
	if x == nil || x.OutputFile == "" {
		return
	}
	end := rand.Text()
	x.append(x.OutputFile, name+"<<"+end+"\n"+value+"\n"+end+"\n")
}

func (x *Actions) append(file, text string) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	x.fail(err)
}

// End says what was gathered. The error is the first of writing anything.
func (x *Actions) End() error {
	if x == nil {
		return nil
	}
	x.listen()
	x.say(func(a *githubactions.Action) {
		for _, n := range x.notes {
			say := a.WithFieldsMap(n.fields).Errorf
			if n.severity == schema.Warning {
				say = a.WithFieldsMap(n.fields).Warningf
			}
			say("%s", n.text)
		}
		if e, w := x.omitted[schema.Error], x.omitted[schema.Warning]; e+w > 0 {
			a.Noticef("%s and %s more are only in the log of this step: GitHub shows %d of each", Many(e, "error"), Many(w, "warning"), maxNotes)
		}
	})
	if x.done.told {
		x.Output("published", strconv.Itoa(x.done.published))
		x.Output("failed", strconv.Itoa(x.done.failed))
		x.Output("waiting", strconv.Itoa(x.done.waiting))
		x.Output("plan", x.done.plan())
		x.Output("urls", strings.Join(x.done.urls, "\n"))
	}
	return x.failed
}

// A tally is what the outputs say, of all workspaces together.
type tally struct {
	told                       bool
	published, failed, waiting int
	urls                       []string
	planned                    []json.RawMessage
}

// An entry is an action as the output plan has it.
type entry struct {
	Workspace string    `json:"workspace"`
	Verb      plan.Verb `json:"verb"`
	Post      string    `json:"post"`
	Channel   string    `json:"channel"`
	Due       time.Time `json:"due,omitzero"`
	Why       string    `json:"why"`
}

// plan is a JSON list that is short enough for an output: what comes last, by
// time, is left out.
func (t *tally) plan() string {
	b := []byte{'['}
	for i, a := range t.planned {
		if len(b)+len(a)+2 > maxOutput {
			break
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, a...)
	}
	return string(append(b, ']'))
}

// Plan tells what would be done in the workspace in the folder dir.
func (x *Actions) Plan(dir, brand string, p plan.Plan) {
	if x == nil {
		return
	}
	x.planned(dir, p)
	var m Markdown
	m.Plan(brand, p)
	x.Summary(m.Blocks...)
}

// Published tells what was done in the workspace in the folder dir, and what
// was left alone, by channel.
func (x *Actions) Published(dir, brand string, p plan.Plan, outs []publish.Outcome, alone map[string][]string) {
	if x == nil {
		return
	}
	x.planned(dir, p)
	for i := range outs {
		o := &outs[i]
		up := o.Action.Verb == plan.Publish || o.Action.Verb == plan.Resolve && o.State == schema.Live
		switch {
		case !o.OK():
			x.done.failed++
			x.Error(fmt.Sprintf("%s on %s: %v; %s", o.Action.Post, o.Action.Channel, o.Err, o.Next))
		case up:
			x.done.published++
			if url := strings.Join(strings.Fields(Clean(o.URL)), "%20"); url != "" {
				x.done.urls = append(x.done.urls, url)
			}
		}
	}
	var m Markdown
	m.Published(brand, p, outs, alone)
	x.Summary(m.Blocks...)
}

func (x *Actions) planned(dir string, p plan.Plan) {
	x.done.told = true
	if p.Refused != "" {
		x.done.waiting++
		x.Error("nothing of this may be carried out: " + p.Refused)
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Verb == plan.Ask || a.Verb == plan.Hold {
			x.done.waiting++
		}
		line, err := json.Marshal(entry{x.file(dir, ""), a.Verb, a.Post, a.Channel, a.Due, a.Why})
		x.fail(err)
		x.done.planned = append(x.done.planned, line)
	}
}
