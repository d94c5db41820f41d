package ledger

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Branch is where the ledgers of a repository's workspaces live: each in the
// folder that the workspace has in the repository.
const Branch = "imprimatur-ledger"

// A Git is a home on a branch of the repository's remote. The push that goes
// on from exactly the commit that was read is the lock. Outcomes wait in a file
// on this machine until they are pushed.
type Git struct {
	repo    *git.Repo
	prefix  string // the folder on the branch
	form    form
	journal journal
	turn    chan struct{} // to fetch or push, one at a time
	full    int           // bytes, after which a file is followed by another
}

// full is what keeps a push from costing more with every post: git writes, and
// both sides compare and compress, the whole file each time.
const full = 128 << 10

// Unpushed is where outcomes wait, below the workspace's state folder.
const Unpushed = "unpushed" + ending

// NewGit returns the home on the branch, for the workspace that repo was
// opened at. Outcomes wait in the folder state below root, the workspace.
func NewGit(repo *git.Repo, root *os.Root, state string) *Git {
	return newGit(repo, repo.Prefix, receipts, root, path.Join(state, Unpushed))
}

func newGit(repo *git.Repo, prefix string, f form, root *os.Root, waiting string) *Git {
	return &Git{repo: repo, prefix: prefix, form: f, journal: journal{root, waiting, f}, turn: make(chan struct{}, 1), full: full}
}

func (g *Git) String() string {
	if g.prefix == "" {
		return "the branch " + Branch
	}
	return "the branch " + Branch + ", folder " + g.prefix
}

// A view is what the branch says of the workspace at a commit.
type view struct {
	commit string // "" where the branch is not there
	readme bool
	months []git.Entry
	mark   *git.Entry // that the ledger was moved away
	tip    string     // changes with anything of the workspace's, and nothing else
}

func (g *Git) view(o *git.Objects, commit string) (*view, error) {
	v := &view{commit: commit}
	sum := sha256.New()
	defer func() { v.tip = hex.EncodeToString(sum.Sum(nil)) }()
	if commit == "" {
		return v, nil
	}
	root, err := o.File(commit, readmeFile)
	if err != nil {
		return nil, g.trouble(err)
	}
	v.readme = root != nil
	es, err := o.List(commit, g.prefix)
	if err != nil {
		return nil, g.trouble(err)
	}
	for i, e := range es {
		switch {
		case e.Dir():
			continue // another workspace's
		case stray(e.Name):
			return nil, g.damage(&Damage{File: g.place(e.Name), Why: whyStray})
		case !isMonth(e.Name) && e.Name != movedFile:
			continue
		case !e.Plain():
			return nil, g.damage(&Damage{File: g.place(e.Name), Why: "it is not a plain file"})
		case e.Name == movedFile:
			v.mark = &es[i]
		default:
			v.months = append(v.months, e)
		}
		fmt.Fprintf(sum, "%s %s\n", e.Name, e.ID)
	}
	slices.SortFunc(v.months, func(a, b git.Entry) int { return cmp.Compare(a.Name, b.Name) })
	return v, nil
}

// moved is the setting of the home that the receipts were moved to, or "".
func (g *Git) moved(o *git.Objects, v *view) (string, error) {
	if v.mark == nil {
		return "", nil
	}
	src, err := o.Read(v.mark.ID, maxFile)
	if err != nil {
		return "", g.trouble(err)
	}
	return marked(src), nil
}

// place is how a file of the workspace is called in messages: as git show
// takes it.
func (g *Git) place(name string) string { return Branch + ":" + path.Join(g.prefix, name) }

func (g *Git) file(o *git.Objects, e *git.Entry) ([]byte, error) {
	src, err := o.Read(e.ID, maxFile)
	if long := (*git.SizeError)(nil); errors.As(err, &long) {
		return nil, g.damage(&Damage{File: g.place(e.Name), Why: "it is too long: " + long.Error()})
	}
	if err != nil {
		return nil, g.trouble(err)
	}
	return src, nil
}

// damage says how to mend what is damaged on the branch.
func (g *Git) damage(err error) error {
	if d := (*Damage)(nil); errors.As(err, &d) && d.Mend == "" {
		remote, _ := g.repo.Remote()
		d.Mend = fmt.Sprintf("it is mended: `git fetch %s %s && git worktree add --detach ../mend FETCH_HEAD`, correct the file there, commit it, and `git push %[1]s HEAD:%[2]s`", remote, Branch)
	}
	return err
}

// trouble says what to do about what git could not do.
func (g *Git) trouble(err error) error {
	remote, _ := g.repo.Remote()
	switch {
	case errors.Is(err, git.ErrRewritten):
		return fmt.Errorf("the ledger cannot be trusted: %s: %w; nothing is published, because what went out may be forgotten. "+
			"To put back what this machine knows: `git push --force %s %s:refs/heads/%[1]s`. To take it as it is now: `git update-ref -d %[4]s`",
			Branch, err, remote, git.Ref(Branch))
	case errors.Is(err, git.ErrMissing):
		return fmt.Errorf("the ledger cannot be read: %w; nothing is published. A fresh clone may help", err)
	case errors.Is(err, git.ErrNoRemote):
		return fmt.Errorf("the ledger cannot live in git: %w; add one with `git remote add origin URL`, or write `ledger: .imprimatur/ledger` in imprimatur.yaml", err)
	case errors.Is(err, git.ErrAuth):
		return fmt.Errorf("the ledger on %s cannot be reached: %w; this needs the right to push (in GitHub Actions `permissions: contents: write`)", remote, err)
	case errors.Is(err, git.ErrDenied):
		return fmt.Errorf("the ledger on %s cannot be written: %w; allow pushes to the branch %s, and no review for it", remote, err, Branch)
	case errors.As(err, new(*git.Error)):
		return fmt.Errorf("the ledger on %s cannot be reached: %w", remote, err)
	}
	return err
}

// Read fetches the branch and replays every receipt, those that wait on this
// machine last.
func (g *Git) Read(ctx context.Context) (*Ledger, error) {
	l := New()
	v, mark, err := g.each(ctx, func(_ []byte, r *schema.Receipt) { l.add(r) })
	if err == nil && mark != "" {
		err = &MovedError{g.String(), mark}
	}
	if err != nil {
		return nil, err
	}
	l.Tip = v.tip
	return l, nil
}

// each calls add with every line in order, and returns what they were read
// from, and where they were moved to.
func (g *Git) each(ctx context.Context, add func(text []byte, r *schema.Receipt)) (v *view, mark string, err error) {
	waiting, err := g.journal.lines() // before the branch: they only ever go from here to there
	if err != nil {
		return nil, "", err
	}
	commit, err := g.fetch(ctx)
	if err != nil {
		return nil, "", err
	}
	o, err := g.repo.Objects(ctx)
	if err != nil {
		return nil, "", err
	}
	defer o.Close()
	if v, err = g.view(o, commit); err != nil {
		return nil, "", err
	}
	if mark, err = g.moved(o, v); err != nil {
		return nil, "", err
	}
	home := make(map[string]bool, len(waiting))
	for _, w := range waiting {
		home[w.text] = false
	}
	all := 0
	for i := range v.months {
		src, err := g.file(o, &v.months[i])
		if err != nil {
			return nil, "", err
		}
		name := g.place(v.months[i].Name)
		if all += len(src); all > maxAll {
			return nil, "", g.damage(&Damage{File: name, Why: "the ledger is too long"})
		}
		err = g.form.scan(name, src, func(text []byte, r *schema.Receipt) {
			if len(home) > 0 {
				if _, ours := home[string(text)]; ours {
					home[string(text)] = true
				}
			}
			add(text, r)
		})
		if err != nil {
			return nil, "", g.damage(err)
		}
	}
	for i := range waiting {
		if !home[waiting[i].text] {
			home[waiting[i].text] = true
			add([]byte(waiting[i].text), &waiting[i].receipt)
		}
	}
	return v, mark, nil
}

// fetch brings the branch here, and tries again while the network fails.
func (g *Git) fetch(ctx context.Context) (string, error) {
	if err := g.wait(ctx); err != nil {
		return "", err
	}
	defer g.done()
	return g.fetchNow(ctx)
}

func (g *Git) fetchNow(ctx context.Context) (string, error) {
	for try := 1; ; try++ {
		commit, err := g.repo.Fetch(ctx, Branch)
		if err == nil || !errors.Is(err, git.ErrNetwork) || try == tries {
			return commit, g.trouble(err)
		}
		if err := git.Pause(ctx, try, patience); err != nil {
			return "", err
		}
	}
}

// How often a network that fails is tried, and how long apart; and how often a
// race may be lost. Of twenty runs that push again and again, each loses six
// races or so for one it wins, and the unlucky fifty. To wait longer between
// them leaves the branch idle and brings nobody home earlier: see
// BenchmarkFleet.
const (
	tries    = 4
	patience = time.Second
	races    = 120
	apart    = 60 * time.Millisecond
)

func (g *Git) wait(ctx context.Context) error {
	select {
	case g.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g *Git) done() { <-g.turn }

// Intend pushes intents, and with them what waits, if nothing of the
// workspace's changed since tip.
func (g *Git) Intend(ctx context.Context, tip string, rs []schema.Receipt) error {
	ls, err := encodeAll(rs)
	if err != nil {
		return err
	}
	return g.intend(ctx, tip, ls)
}

func (g *Git) intend(ctx context.Context, tip string, ls []line) error {
	return g.push(ctx, change{tip: &tip, lines: ls})
}

// Record keeps outcomes on this machine, for Flush or the next Intend to push.
func (g *Git) Record(ctx context.Context, rs []schema.Receipt) error {
	ls, err := encodeAll(rs)
	if err != nil {
		return err
	}
	return g.record(ctx, ls)
}

func (g *Git) record(ctx context.Context, ls []line) error {
	if len(ls) == 0 {
		return nil
	}
	return g.journal.add(ctx, ls)
}

// Flush pushes what waits.
func (g *Git) Flush(ctx context.Context) error { return g.push(ctx, change{}) }

// A change is what one push does.
type change struct {
	tip   *string // that must still be; nil: any
	lines []line  // to append, after what waits
	moved *string // nil: a home that was moved is an error; "": it is moved no more
}

// push makes one commit of a change and of what waits, and brings it to the
// branch, on top of whatever others bring there meanwhile.
func (g *Git) push(ctx context.Context, c change) error {
	if err := g.wait(ctx); err != nil {
		return err
	}
	defer g.done()
	waiting, err := g.journal.lines()
	if err != nil {
		return err
	}
	c.lines = slices.Concat(waiting, c.lines)
	if len(c.lines) == 0 && c.moved == nil {
		return nil
	}
	o, err := g.repo.Objects(ctx)
	if err != nil {
		return g.trouble(err)
	}
	defer o.Close()
	base, err := o.Known(Branch) // most often it is still that: no need to ask
	if err != nil {
		return g.trouble(err)
	}
	asked := false
	for lost, failed := 0, 0; ; {
		commit, err := g.commit(o, base, c)
		switch {
		case errors.Is(err, ErrConflict) && !asked:
			err = git.ErrRejected // what we know here may be old
		case err != nil:
			return err
		case commit == base:
			return g.journal.drop(ctx, waiting)
		default:
			err = g.repo.Push(ctx, Branch, commit, base)
		}
		switch {
		case err == nil:
			return g.journal.drop(ctx, waiting)
		case errors.Is(err, git.ErrRejected):
			lost++
		case errors.Is(err, git.ErrNetwork):
			failed++
		default:
			return g.trouble(err)
		}
		if lost == races || failed == tries {
			return g.trouble(err)
		}
		if commit != "" {
			pause := apart << min(lost, 5)
			if failed > 0 {
				pause = patience * time.Duration(failed)
			}
			if err := git.Pause(ctx, 1, pause); err != nil {
				return err
			}
		}
		if base, err = g.fetchNow(ctx); err != nil {
			return err
		}
		asked = true
		if commit != "" && base != "" { // an answer that was lost
			if here, err := g.repo.Holds(ctx, base, commit); err == nil && here {
				return g.journal.drop(ctx, waiting)
			}
		}
	}
}

// commit makes a commit of a change on top of base. It is base itself where
// there is nothing to do.
func (g *Git) commit(o *git.Objects, base string, c change) (string, error) {
	v, err := g.view(o, base)
	if err != nil {
		return "", err
	}
	if c.tip != nil && *c.tip != v.tip {
		return "", ErrConflict
	}
	to, err := g.moved(o, v)
	if err != nil {
		return "", err
	}
	if to != "" && c.moved == nil {
		return "", &MovedError{g.String(), to}
	}
	fresh, newest, err := g.fresh(o, v, c.lines)
	if err != nil {
		return "", err
	}
	name := ""
	if len(v.months) > 0 {
		name = v.months[len(v.months)-1].Name
	}
	files := map[string][]byte{}
	for _, chunk := range spread(name, len(newest), g.full, fresh) {
		src := chunk.lines
		if chunk.file == name {
			src = slices.Concat(newest, src)
		}
		files[path.Join(g.prefix, chunk.file)] = src
	}
	if c.moved != nil && *c.moved != to {
		files[path.Join(g.prefix, movedFile)] = nil
		if *c.moved != "" {
			files[path.Join(g.prefix, movedFile)] = mark(*c.moved)
		}
	}
	if len(files) == 0 {
		return base, nil
	}
	if !v.readme {
		files[readmeFile] = []byte(readme)
	}
	id, err := o.Commit(base, files, g.form.message(g.prefix, fresh, c.moved))
	return id, g.trouble(err)
}

// fresh leaves the lines that the branch does not hold yet, and returns the
// newest file.
func (g *Git) fresh(o *git.Objects, v *view, ls []line) (fresh []line, newest []byte, err error) {
	if len(v.months) == 0 || len(ls) == 0 {
		return distinct(ls), nil, nil
	}
	want := make(map[string]bool, len(ls))
	oldest := ls[0].receipt.At
	for _, l := range ls {
		want[l.text] = true
		if l.receipt.At.Before(oldest) {
			oldest = l.receipt.At
		}
	}
	// No line stands in a month before its own, nor in a file that was full a
	// day before it was written.
	for i := len(v.months) - 1; i >= 0; i-- {
		newer := i < len(v.months)-1
		if newer && v.months[i].Name < month(oldest) {
			break
		}
		src, err := g.file(o, &v.months[i])
		if err != nil {
			return nil, nil, err
		}
		if !newer {
			newest = src
			if len(src) > 0 && src[len(src)-1] != '\n' {
				return nil, nil, g.damage(&Damage{File: g.place(v.months[i].Name), Line: bytes.Count(src, []byte("\n")) + 1, Why: "the last line has no end"})
			}
		}
		var first time.Time
		for l := range bytes.Lines(src) {
			l = bytes.TrimSuffix(l, []byte("\n"))
			delete(want, string(l))
			if r := (schema.Receipt{}); first.IsZero() && g.form.line(l, &r) == nil {
				first = r.At
			}
		}
		if !first.IsZero() && first.AddDate(0, 0, 1).Before(oldest) {
			break
		}
	}
	for _, l := range ls {
		if want[l.text] {
			delete(want, l.text)
			fresh = append(fresh, l)
		}
	}
	return fresh, newest, nil
}

func (g *Git) setting() string { return "git" }

func (g *Git) all(ctx context.Context) (tip string, ls []line, moved string, err error) {
	var rs []schema.Receipt
	v, moved, err := g.each(ctx, func(_ []byte, r *schema.Receipt) { rs = append(rs, *r) })
	if err != nil {
		return "", nil, "", err
	}
	ls, err = encodeAll(rs)
	return v.tip, ls, moved, err
}

func (g *Git) put(ctx context.Context, tip string, ls []line, moved string) error {
	return g.push(ctx, change{tip: &tip, lines: ls, moved: &moved})
}

const readmeFile = "README.md"

const readme = `# What was published

This branch is the ledger of [Imprimatur](https://github.com/imprimatur-ci/imprimatur): one line for each thing it was about to do, and
one for what became of it. It is how nothing goes out twice. Runs add lines; **do not change, delete, merge or rebase
anything here by hand**, and do not merge the branch into another.

Each workspace has the folder here that it has in the repository; a month is a file of JSON lines. What moderation did
stands in a folder .moderation in it, and names nobody.
` + "`imprimatur status`" + ` says the same in words.
`

// message is the commit's: what a person wants to see in the branch's log.
func message(prefix string, ls []line, moved *string) string {
	var said []string
	posts := map[schema.State]map[string]bool{}
	channels, runs := map[string]bool{}, map[string]bool{}
	for _, l := range ls {
		r := &l.receipt
		if posts[r.State] == nil {
			posts[r.State] = map[string]bool{}
		}
		posts[r.State][r.Post] = true
		channels[r.Channel], runs[r.Run] = true, true
	}
	for _, s := range []struct {
		state schema.State
		word  string
	}{
		{schema.Live, "live"}, {schema.Gone, "taken down"}, {schema.Moved, "renamed"}, {schema.Failed, "failed"}, {schema.Refused, "refused"},
		{schema.Unknown, "unknown"}, {schema.Handed, "handed over"}, {schema.Intent, "to be sent"},
	} {
		switch n := len(posts[s.state]); n {
		case 0:
		case 1:
			said = append(said, "1 post "+s.word)
		default:
			said = append(said, fmt.Sprintf("%d posts %s", n, s.word))
		}
	}
	text := strings.Join(said, ", ")
	if len(ls) > 0 {
		text += ": " + few(channels) + " (run " + few(runs) + ")"
	}
	if moved != nil && *moved != "" {
		text = "the ledger was moved to " + *moved
	} else if moved != nil {
		text = cmp.Or(text, "the ledger is here again")
	}
	if prefix != "" {
		text = prefix + ": " + text
	}
	return tidied(text)
}

// tidied is a commit's message of one line, whatever names are in it.
func tidied(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	return text + "\n\n[skip ci]\n" // nothing here is to be built
}

// few names at most three.
func few(set map[string]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	if n := len(names); n > 3 {
		return strings.Join(names[:2], ", ") + fmt.Sprintf(" and %d more", n-2)
	}
	return strings.Join(names, ", ")
}
