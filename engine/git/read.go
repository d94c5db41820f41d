package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// Objects are what the repository holds, or is to hold. All reading is one git
// process. It is for one goroutine.
type Objects struct {
	ctx  context.Context
	repo *Repo
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said bounded
	bad  error // after which nothing more can be read
}

// An Entry is one name of a tree.
type Entry struct {
	Name string
	Mode string // as git has it: 100644 a file, 100755 an executable, 120000 a link, 40000 a tree, 160000 a submodule
	ID   string
}

// Dir reports whether the entry is a tree.
func (e *Entry) Dir() bool { return e.Mode == "40000" }

// Plain reports whether the entry is a file that is not executable.
func (e *Entry) Plain() bool { return e.Mode == "100644" || e.Mode == "100664" }

// Objects begins to read. It ends with Close, or with ctx.
func (r *Repo) Objects(ctx context.Context) (*Objects, error) {
	o := &Objects{ctx: ctx, repo: r, cmd: r.command(ctx, "cat-file", "--batch")}
	o.said.max = 64 << 10
	o.cmd.Stderr = &o.said
	in, err := o.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, failure("cat-file", err, "")
	}
	o.in, o.out = in, bufio.NewReaderSize(out, 256<<10)
	return o, nil
}

// Close ends the reading. What was read is whole, or said so: there is nothing
// more to report.
func (o *Objects) Close() {
	_ = o.in.Close()
	if o.bad != nil {
		_ = o.cmd.Cancel()
	}
	_ = o.cmd.Wait()
	finish(o.cmd)
}

// Known is the commit that a branch had when it was last fetched or pushed
// here, or "". It asks no remote.
func (o *Objects) Known(branch string) (string, error) {
	id, _, err := o.object(Ref(branch), "commit", 1<<20)
	if e := (*Error)(nil); errors.As(err, &e) && e.Said == Ref(branch)+" missing" {
		return "", nil
	}
	return id, err
}

// List lists a folder of a commit's tree, "" for its root, in git's order. A
// folder that is not there is empty.
func (o *Objects) List(commit, dir string) ([]Entry, error) {
	tree, err := o.tree(commit + "^{tree}")
	if err != nil || dir == "" {
		return tree, err
	}
	for name := range strings.SplitSeq(dir, "/") {
		var next string
		for _, e := range tree {
			if e.Name == name && e.Dir() {
				next = e.ID
			}
		}
		if next == "" {
			return nil, nil
		}
		if tree, err = o.tree(next); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// File returns a file of a commit's tree, or nil.
func (o *Objects) File(commit, name string) (*Entry, error) {
	dir, base := path.Split(name)
	es, err := o.List(commit, strings.TrimSuffix(dir, "/"))
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

// Tracks reports whether something at name, a path from the repository's root,
// came with the commit that is checked out: a file or a folder, or a link in
// the place of one on the way there. Case does not count: some disks do not
// mind it.
func (r *Repo) Tracks(ctx context.Context, name string) (bool, error) {
	head, err := r.Head(ctx)
	if err != nil || head == "" {
		return false, err
	}
	o, err := r.Objects(ctx)
	if err != nil {
		return false, err
	}
	defer o.Close()
	at := []string{""}
	for step := range strings.SplitSeq(name, "/") {
		var next []string
		for _, dir := range at {
			es, err := o.List(head, dir)
			if err != nil {
				return false, err
			}
			for _, e := range es {
				switch {
				case !strings.EqualFold(e.Name, step):
				case !e.Dir():
					return true, nil
				default:
					next = append(next, path.Join(dir, e.Name))
				}
			}
		}
		at = next
	}
	return len(at) > 0, nil
}

// Read returns the content of a file by its id, at most most bytes: one that
// is longer is an error.
func (o *Objects) Read(id string, most int64) ([]byte, error) {
	_, src, err := o.object(id, "blob", most)
	return src, err
}

// tree reads and takes apart a tree: "mode SP name NUL id" again and again.
func (o *Objects) tree(rev string) ([]Entry, error) {
	id, src, err := o.object(rev, "tree", 64<<20)
	if err != nil {
		return nil, err
	}
	var es []Entry
	for size := len(id) / 2; len(src) > 0; {
		head, rest, ok := bytes.Cut(src, []byte{0})
		mode, name, spaced := strings.Cut(string(head), " ")
		if !ok || !spaced || len(rest) < size {
			return nil, &Error{Kind: ErrMissing, Said: "the tree " + id + " cannot be read"}
		}
		es = append(es, Entry{Name: name, Mode: mode, ID: hex.EncodeToString(rest[:size])})
		src = rest[size:]
	}
	return es, nil
}

// object asks for one object and returns its id and content.
func (o *Objects) object(rev, kind string, most int64) (id string, src []byte, err error) {
	if o.bad != nil {
		return "", nil, o.bad
	}
	if strings.ContainsAny(rev, "\n\x00") {
		return "", nil, fmt.Errorf("git: %q is no object", rev)
	}
	if _, err := io.WriteString(o.in, rev+"\n"); err != nil {
		return "", nil, o.broken(err)
	}
	line, err := o.out.ReadString('\n')
	if err != nil {
		return "", nil, o.broken(err)
	}
	f := strings.Fields(line)
	if len(f) != 3 || strings.HasSuffix(line, " missing\n") {
		return "", nil, &Error{Kind: ErrMissing, Said: Brief(line)}
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return "", nil, o.broken(errors.New("an answer of git cat-file that cannot be understood"))
	}
	if f[1] != kind || size > most {
		if _, err := io.CopyN(io.Discard, o.out, size+1); err != nil {
			return "", nil, o.broken(err)
		}
		if f[1] != kind {
			return "", nil, &Error{Kind: ErrMissing, Said: fmt.Sprintf("%s is a %s, not a %s", f[0], f[1], kind)}
		}
		return "", nil, &SizeError{Size: size, Most: most}
	}
	src = make([]byte, size+1)
	if _, err := io.ReadFull(o.out, src); err != nil {
		return "", nil, o.broken(err)
	}
	return f[0], src[:size], nil
}

func (o *Objects) broken(err error) error {
	if ctx := o.ctx.Err(); ctx != nil {
		o.bad = fmt.Errorf("git cat-file was stopped: %w", context.Cause(o.ctx))
	} else {
		o.bad = &Error{Kind: ErrMissing, Doing: "cat-file", Said: Brief(o.said.String()), err: err}
	}
	return o.bad
}

// A SizeError is a file that is longer than was asked for.
type SizeError struct{ Size, Most int64 } // bytes

func (e *SizeError) Error() string {
	return fmt.Sprintf("it has %d bytes, %d is the most", e.Size, e.Most)
}
