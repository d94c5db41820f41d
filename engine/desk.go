package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// deskLabel is that of the issues in which people decide.
const deskLabel = "imprimatur:moderation"

// deskSpan is how far back issues are looked for. A tick changes an issue, so
// that it is as good as new.
const deskSpan = 90 * 24 * time.Hour

// issues is a desk on the forge: one issue an item, whose checklist is its
// buttons. Only issues that we opened ourselves count, and of these only what
// bears our mark. Who ticked cannot be known: GitHub lets everybody edit them
// who may triage, and does not tell.
type issues struct {
	space *Space
	forge forge.Forge
	names *tend.Names
	now   func() time.Time
	read  bool
	known map[string]forge.Issue // by item
}

func (d *issues) load(ctx context.Context) error {
	if d.read {
		return nil
	}
	me, err := d.forge.Me(ctx)
	if err != nil {
		return err
	}
	all, err := d.forge.Issues(ctx, deskLabel, d.now().Add(-deskSpan))
	if err != nil {
		return err
	}
	d.known = map[string]forge.Issue{}
	for _, i := range all {
		if item := marked(i.Body, d.names); item != "" && i.By.ID == me.ID && i.By.Login == me.Login {
			if _, twice := d.known[item]; !twice { // the first counts
				d.known[item] = i
			}
		}
	}
	d.read = true
	return nil
}

// Ask opens an issue, unless there is one.
func (d *issues) Ask(ctx context.Context, q *tend.Question) (string, error) {
	if err := d.load(ctx); err != nil {
		return "", err
	}
	if i, there := d.known[q.Item]; there {
		return i.URL, nil
	}
	i, err := d.forge.OpenIssue(ctx, title(q), d.space.question(q, d.names), []string{deskLabel})
	if err != nil {
		return "", err
	}
	d.known[q.Item] = i
	return i.URL, nil
}

// Answers reads what was ticked.
func (d *issues) Answers(ctx context.Context) ([]tend.Reply, error) {
	if err := d.load(ctx); err != nil {
		return nil, err
	}
	var all []tend.Reply
	for item, i := range d.known {
		if a, ok := ticked(item, i.Body, "#"+fmt.Sprint(i.Number)); ok && i.Open {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b tend.Reply) int { return strings.Compare(a.Item, b.Item) })
	return all, nil
}

// Close closes an issue.
func (d *issues) Close(ctx context.Context, item string) error {
	if err := d.load(ctx); err != nil {
		return err
	}
	i, there := d.known[item]
	if !there || !i.Open {
		return nil
	}
	return d.forge.CloseIssue(ctx, i.Number)
}

// drawer is a desk on this machine: one file an item.
type drawer struct {
	space *Space
	names *tend.Names
}

var drawerDir = path.Join(workspace.StateDir, "escalations")

func (d *drawer) file(item string) string { return path.Join(drawerDir, item+".md") }

// Ask writes a file, unless there is one.
func (d *drawer) Ask(_ context.Context, q *tend.Question) (string, error) {
	file := d.file(q.Item)
	if _, err := d.space.Root.Stat(file); err == nil {
		return file, nil
	}
	if err := d.space.private(drawerDir); err != nil {
		return "", err
	}
	return file, d.space.Root.WriteFile(file, []byte("# "+title(q)+"\n\n"+d.space.question(q, d.names)), 0o600)
}

// Answers reads what was ticked.
func (d *drawer) Answers(context.Context) ([]tend.Reply, error) {
	es, err := fs.ReadDir(d.space.Root.FS(), drawerDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []tend.Reply
	for _, e := range es {
		if !strings.HasSuffix(e.Name(), ".md") {
			continue
		}
		body, err := workspace.Read(d.space.Root, path.Join(drawerDir, e.Name()), schema.MaxFile)
		if err != nil {
			return nil, err
		}
		item := marked(string(body), d.names)
		if a, ok := ticked(item, string(body), path.Join(drawerDir, e.Name())); ok && item+".md" == e.Name() {
			all = append(all, a)
		}
	}
	return all, nil
}

// Close takes the file away.
func (d *drawer) Close(_ context.Context, item string) error {
	err := d.space.Root.Remove(d.file(item))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func title(q *tend.Question) string {
	if q.Rule == "" {
		return report.Clean(fmt.Sprintf("Moderation on %s: what is to become of this?", q.Channel))
	}
	return report.Clean(fmt.Sprintf("Moderation on %s: %s?", q.Channel, q.Rule))
}

// buttons are the words of the choices.
var buttons = map[tend.Choice]string{
	"hide": "hide it", "delete": "delete it, for good", "mute": "mute the author", "report": "report it to whoever runs the place, which nothing takes back",
	tend.Leave: "leave it: it is fine", tend.ByHand: "I dealt with it there myself",
}

// question is what an issue says. It does nothing but show: not a word of it
// is somebody else's but masked letters and an address, and these stand as
// code or plain text.
func (s *Space) question(q *tend.Question, names *tend.Names) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- imprimatur:moderation %s %s -->\n", q.Item, names.Mark(q.Item))
	switch {
	case q.Private:
		fmt.Fprintf(&b, "A private message on %s needs a person. It is not shown here; look for it there.\n\n", report.Inert(q.Channel))
	case linked.MatchString(q.URL):
		fmt.Fprintf(&b, "[This on %s](%s) needs a person.\n\n", report.Inert(q.Channel), q.URL)
	default:
		fmt.Fprintf(&b, "Something on %s needs a person.\n\n", report.Inert(q.Channel))
	}
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- %s: %s\n", name, value)
		}
	}
	row("rule", report.Inert(q.Rule))
	row("policy", report.Inert(q.Policy))
	row("it wants", report.Inert(string(q.Action)))
	row("found", report.Inert(strings.Join(q.Shown, " ")))
	row("why it is not just done", report.Inert(q.Why))
	if q.Done != "" {
		row("until somebody decides", report.Inert(q.Done))
	}
	row("for", s.called(q.Notify))
	b.WriteString("\nTick one. The next run does it, and no rule is asked about this item again:\n\n")
	for _, c := range q.Choices {
		fmt.Fprintf(&b, "- [ ] %s <!-- %s -->\n", buttons[c], c)
	}
	return b.String()
}

var (
	linked = regexp.MustCompile(`^https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9_.~/@?&=%#:+,-]*$`)
	button = regexp.MustCompile(`(?m)^- \[([ xX])\] .*<!-- ([a-z]+) -->\s*$`)
	mark   = regexp.MustCompile(`(?m)^<!-- imprimatur:moderation ([a-z2-7]{25}) ([a-z2-7]{13}) -->\s*$`)
	login  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,38}$`)
)

// called are people as GitHub calls them, so that they are told.
func (s *Space) called(people []string) string {
	var all []string
	for _, name := range people {
		p := s.People[name]
		if handle := strings.TrimPrefix(p.Handles["github"], "@"); login.MatchString(handle) {
			all = append(all, "@"+handle)
		} else {
			all = append(all, report.Inert(name))
		}
	}
	return strings.Join(all, ", ")
}

// marked is the item that a text of ours is about, or "".
func marked(body string, names *tend.Names) string {
	m := mark.FindStringSubmatch(body)
	if m == nil || names.Mark(m[1]) != m[2] {
		return ""
	}
	return m[1]
}

// ticked is what a person answered, if somebody did.
func ticked(item, body, place string) (tend.Reply, bool) {
	a := tend.Reply{Item: item, By: "a person"}
	n := 0
	for _, m := range button.FindAllStringSubmatch(body, -1) {
		if m[1] == " " {
			continue
		}
		n++
		a.Choice = tend.Choice(m[2])
		if _, known := buttons[a.Choice]; !known {
			n = 2
		}
	}
	if n > 1 {
		a.Wrong = place + " has more than one answer; tick one"
	}
	return a, item != "" && n > 0
}
