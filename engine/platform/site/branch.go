package site

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A branch of the repository's remote that is the site's. A change is one
// commit, pushed only on top of exactly what it was made from: it is there
// whole or not at all, and two runs at once both get in.
type branch struct {
	name   string
	open   func(context.Context) (*git.Repo, error)
	repo   *git.Repo          // nil before the first call
	base   string             // what the remote had when we last looked or pushed; "" where there is no such branch
	known  bool               // base was read
	next   []platform.Attempt // announced, and not there yet
	pushed int                // how often
}

var branchName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$`)

// isBranch reports whether a branch can be called so. That of the ledger is no
// site's.
func isBranch(name string) bool {
	return len(name) < 200 && branchName.MatchString(name) && !strings.Contains(name, "..") && !strings.HasSuffix(name, ".") &&
		!strings.Contains(name+"/", ".lock/") && name != "HEAD" && name != "imprimatur-ledger"
}

// races is how often a push may come second before others get their turn.
const races = 40

// change runs f on what the branch holds, and pushes what it changed. It does
// f again on what others pushed meanwhile.
func (b *branch) change(ctx context.Context, c *conn, f func(*work) (platform.Ref, error)) (platform.Ref, error) {
	if err := b.ready(ctx, c); err != nil {
		return platform.Ref{}, err
	}
	o, err := b.repo.Objects(ctx)
	if err != nil {
		return platform.Ref{}, b.fault(err)
	}
	defer o.Close()
	for lost := 0; ; lost++ {
		if lost > 0 || !b.known {
			if err := b.fetch(ctx); err != nil {
				return platform.Ref{}, err
			}
		}
		t := &tree{objects: o, base: b.base, name: b.name, changes: map[string][]byte{}}
		r, err := c.work(t, f)
		if err != nil {
			c.index = nil
			return platform.Ref{}, err
		}
		count := b.gather(c, t)
		if len(t.changes) == 0 {
			return r, nil
		}
		err = b.push(ctx, c, t, count)
		if err == nil {
			b.next = nil
			return r, nil
		}
		c.index = nil // it is of a commit that nobody has
		if !errors.Is(err, git.ErrRejected) {
			return platform.Ref{}, err
		}
		if lost == races {
			return platform.Ref{}, &platform.BusyError{Err: fmt.Errorf("%s: %w", c.where(), err)}
		}
		if err := git.Pause(ctx, lost+1, 100*time.Millisecond); err != nil {
			return platform.Ref{}, err
		}
	}
}

// gather carries out what was announced, all that can be: one push brings it
// there. What cannot says so when its turn comes. It returns how many did.
func (b *branch) gather(c *conn, t *tree) int {
	n := 0
	for _, a := range b.next {
		before, index, raw := maps.Clone(t.changes), c.index, c.raw
		if carries(&a) != nil {
			continue
		}
		if _, err := c.work(t, func(w *work) (platform.Ref, error) { return w.publish(a) }); err != nil {
			t.changes, c.index, c.raw = before, index, raw
			continue
		}
		n++
	}
	return n
}

// push makes a commit of the changes and brings it to the remote. ErrRejected
// asks to do it all again.
func (b *branch) push(ctx context.Context, c *conn, t *tree, posts int) error {
	if err := c.step("commit"); err != nil {
		return err
	}
	if !t.has(noJekyll) {
		t.changes[noJekyll] = []byte{}
	}
	said := "update " + c.channel
	if posts > 1 {
		said = fmt.Sprintf("publish %d posts to %s", posts, c.channel)
	}
	id, err := t.objects.Commit(b.base, t.changes, said+"\n")
	if err != nil {
		return b.fault(err)
	}
	if err := c.step("push"); err != nil {
		return err
	}
	b.pushed++
	err = b.repo.Push(ctx, b.name, id, b.base)
	if err == nil {
		err = c.step("pushed")
	}
	switch {
	case err == nil:
		b.base = id
		return nil
	case errors.Is(err, git.ErrRejected), errors.As(err, new(*git.Error)) && !errors.Is(err, git.ErrNetwork):
		if !errors.Is(err, git.ErrRejected) {
			err = b.fault(err)
		}
		return err
	}
	// The answer was lost, or the run is over: what the remote has now tells.
	b.known = false
	if again := b.fetch(ctx); again != nil {
		return fmt.Errorf("%w: %w", platform.ErrUnknown, err)
	}
	switch here, again := b.repo.Holds(ctx, b.base, id); {
	case again != nil && b.base != "":
		return fmt.Errorf("%w: %w", platform.ErrUnknown, err)
	case here:
		return nil
	}
	return &platform.BusyError{Err: err}
}

// ready opens the repository, once.
func (b *branch) ready(ctx context.Context, c *conn) error {
	if b.repo != nil {
		return nil
	}
	repo, err := b.open(ctx)
	if err != nil {
		return b.fault(err)
	}
	switch current, err := repo.Current(ctx); {
	case err != nil:
		return b.fault(err)
	case current == b.name:
		return platform.Because(platform.ErrAddress, "the branch %s is the one that is checked out here, with the posts; give the site a branch of its own, as in gh-pages", b.name)
	}
	b.repo = repo
	c.channel = path.Join(repo.Prefix, c.channel) // workspaces of one repository may call their channels the same
	return nil
}

// fetch reads what the remote has. A branch that somebody rewrote is taken as
// it is: all that the site knows of itself is there.
func (b *branch) fetch(ctx context.Context) error {
	base, err := b.repo.Fetch(ctx, b.name)
	if errors.Is(err, git.ErrRewritten) {
		if err = b.repo.Forget(ctx, b.name); err == nil {
			base, err = b.repo.Fetch(ctx, b.name)
		}
	}
	if err != nil {
		return b.fault(err)
	}
	b.base, b.known = base, true
	return nil
}

// fault sorts what git could not do, none of which changed anything, and says
// what to do about it.
func (b *branch) fault(err error) error {
	switch {
	case errors.Is(err, git.ErrNetwork):
		return &platform.BusyError{Err: err}
	case errors.Is(err, git.ErrNoRemote):
		return platform.Because(platform.ErrAddress, "the branch %s: %w; add one with `git remote add origin URL`, or write directory: in place of branch:", b.name, err)
	case errors.Is(err, git.ErrNoGit), errors.Is(err, git.ErrNoRepository):
		return platform.Because(platform.ErrAddress, "the branch %s: %w; write directory: in place of branch:, or run this in a clone", b.name, err)
	case errors.Is(err, git.ErrAuth):
		return platform.Because(platform.ErrAuth, "the branch %s: %w; this needs the right to push (in GitHub Actions `permissions: contents: write`)", b.name, err)
	case errors.Is(err, git.ErrDenied):
		return platform.Because(platform.ErrAuth, "the branch %s: %w; allow pushes to it, and no review for it", b.name, err)
	case errors.As(err, new(*git.Error)):
		return fmt.Errorf("the branch %s: %w", b.name, err)
	}
	return err
}

// Gather: what is published together is one push.
func (c *conn) Gather(attempts []platform.Attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.branch != nil {
		c.branch.next = slices.Clone(attempts)
	}
}

// step is asked before anything of a branch is changed.
func (c *conn) step(what string) error {
	if c.refuse == nil {
		return nil
	}
	return c.refuse(what)
}

// sight is the site, to be read.
func (c *conn) sight(ctx context.Context) (files, error) {
	if c.branch == nil {
		return c.folder()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.branch
	if err := b.ready(ctx, c); err != nil {
		return nil, err
	}
	if err := b.fetch(ctx); err != nil {
		return nil, err
	}
	o, err := b.repo.Objects(ctx)
	if err != nil {
		return nil, b.fault(err)
	}
	return &tree{objects: o, base: b.base, name: b.name, own: true, changes: map[string][]byte{}}, nil
}

// noJekyll keeps GitHub Pages from making something else of the pages.
const noJekyll = ".nojekyll"

// mostBytes is the most that one file of a branch may have.
const mostBytes = 64 << 20

// A tree is what a commit holds, and what is to be changed of it.
type tree struct {
	objects *git.Objects
	own     bool   // to be closed
	base    string // "" where there is nothing yet
	name    string
	listed  map[string][]git.Entry // folders that were looked at
	changes map[string][]byte      // nil: to be taken away
}

// entries are a folder's, as the commit has them.
func (t *tree) entries(dir string) ([]git.Entry, error) {
	if es, known := t.listed[dir]; known || t.base == "" {
		return es, nil
	}
	es, err := t.objects.List(t.base, dir)
	if err != nil {
		return nil, err
	}
	if t.listed == nil {
		t.listed = map[string][]git.Entry{}
	}
	t.listed[dir] = es
	return es, nil
}

// entry is a plain file of the commit, or nil.
func (t *tree) entry(name string) (*git.Entry, error) {
	dir, base := path.Split(name)
	es, err := t.entries(strings.TrimSuffix(dir, "/"))
	if err != nil {
		return nil, err
	}
	for i := range es {
		if es[i].Name == base && !es[i].Dir() {
			return &es[i], nil
		}
	}
	return nil, nil
}

func (t *tree) fault(name string, err error) error {
	return fmt.Errorf("%s:%s: %w", t.name, name, err)
}

func (t *tree) read(name string) ([]byte, error) {
	if data, changed := t.changes[name]; changed {
		if data == nil {
			return nil, t.fault(name, fs.ErrNotExist)
		}
		return data, nil
	}
	e, err := t.entry(name)
	switch {
	case err != nil:
		return nil, t.fault(name, err)
	case e == nil:
		return nil, t.fault(name, fs.ErrNotExist)
	case !e.Plain() && e.Mode != "100755":
		return nil, t.fault(name, errors.New("it is not a plain file"))
	}
	data, err := t.objects.Read(e.ID, mostBytes)
	if err != nil {
		return nil, t.fault(name, err)
	}
	return data, nil
}

func (t *tree) has(name string) bool {
	if data, changed := t.changes[name]; changed {
		return data != nil
	}
	e, err := t.entry(name)
	return err == nil && e != nil
}

func (t *tree) write(name string, data []byte) error {
	switch now, err := t.read(name); {
	case err == nil && bytes.Equal(now, data):
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	t.changes[name] = append([]byte{}, data...) // not nil
	return nil
}

func (t *tree) remove(name string) error {
	switch e, err := t.entry(name); {
	case err != nil:
		return t.fault(name, err)
	case e == nil:
		delete(t.changes, name)
	default:
		t.changes[name] = nil
	}
	return nil
}

func (t *tree) names(dir string) ([]string, error) {
	es, err := t.entries(dir)
	if err != nil {
		return nil, t.fault(dir, err)
	}
	there := map[string]bool{}
	for _, e := range es {
		if e.Plain() && e.Name[0] != '.' {
			there[e.Name] = true
		}
	}
	for name, data := range t.changes {
		if path.Dir(name) == cmp.Or(dir, ".") && path.Base(name)[0] != '.' {
			there[path.Base(name)] = data != nil
		}
	}
	maps.DeleteFunc(there, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(there)), nil
}

func (t *tree) pages() ([]string, error) {
	there := map[string]bool{}
	var walk func(dir string) error
	walk = func(dir string) error {
		es, err := t.entries(dir)
		if err != nil {
			return t.fault(dir, err)
		}
		for _, e := range es {
			name := path.Join(dir, e.Name)
			switch {
			case e.Dir() && t.has(path.Join(name, indexFile)): // another site
			case e.Dir():
				if err := walk(name); err != nil {
					return err
				}
			case e.Plain() && strings.HasSuffix(name, ".html"):
				there[name] = true
			}
		}
		return nil
	}
	if err := walk(""); err != nil {
		return nil, err
	}
	for name, data := range t.changes {
		if strings.HasSuffix(name, ".html") {
			there[name] = data != nil
		}
	}
	maps.DeleteFunc(there, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(there)), nil
}

// unsure: nothing was pushed.
func (t *tree) unsure(err error) error { return err }

func (t *tree) sync() {}

func (t *tree) close() {
	if t.own {
		t.objects.Close()
	}
}
