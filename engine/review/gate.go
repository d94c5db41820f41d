package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Gate tells which posts of a workspace were approved. Posts are judged as
// they are committed and checked out; what was not committed is held.
type Gate struct {
	Repo   *git.Repo   // that holds the workspace
	Forge  forge.Forge // nil: there is nobody to ask, and what needs approval is held
	Branch string      // that is published from; "": the one that is checked out
	// Read reads a file of the workspace as it is on disk, at most most bytes.
	Read func(file string, most int64) ([]byte, error)
}

const (
	maxVersions = 2000     // of what asks for approvals, that are looked at
	maxMedia    = 64 << 20 // bytes of a file
	atOnce      = 6        // questions that GitHub is asked side by side
	maxRounds   = 400      // of questions that follow from answers
)

// Ask judges posts, each on every channel that it is to go to now. What GitHub
// does not tell holds the posts it is about; an error is about all of them.
func (g *Gate) Ask(ctx context.Context, posts []Post) (map[Key]Verdict, error) {
	in, err := g.look(ctx, posts)
	if err != nil {
		return nil, err
	}
	return in.judge(ctx)
}

// judge judges all cases, finding out what is asked for on the way.
func (in *inquiry) judge(ctx context.Context) (map[Key]Verdict, error) {
	verdicts := map[Key]Verdict{}
	for {
		var open []Question
		for i := range in.cases {
			c := &in.cases[i]
			k := Key{c.Post.ID, c.Channel}
			if _, done := verdicts[k]; done {
				continue
			}
			if v := Judge(c, &in.facts); len(v.Ask) == 0 {
				verdicts[k] = v
			} else {
				open = append(open, v.Ask...)
			}
		}
		if len(open) == 0 {
			return verdicts, nil
		}
		if in.rounds++; in.rounds > maxRounds {
			return nil, errors.New("imprimatur.yaml was changed without approval too often to find out who must approve")
		}
		if err := in.find(ctx, open); err != nil {
			return nil, err
		}
	}
}

// An inquiry is what is known while posts are judged.
type inquiry struct {
	gate    *Gate
	branch  string
	cases   []Case
	facts   Facts
	rounds  int
	mu      sync.Mutex
	objects *git.Objects
}

func newInquiry(g *Gate) *inquiry {
	return &inquiry{gate: g, facts: Facts{
		Brought: map[string]Known[[]forge.Pull]{}, Talk: map[int]Known[Talk]{}, Blobs: map[Place]Known[string]{},
		Can: map[string]Known[forge.Permission]{}, Member: map[Membership]Known[bool]{}}}
}

// look makes a case of each post and channel, from what git knows.
func (g *Gate) look(ctx context.Context, posts []Post) (*inquiry, error) {
	in := newInquiry(g)
	var err error
	if in.branch = g.Branch; in.branch == "" {
		if in.branch, err = g.Repo.Current(ctx); err != nil {
			return nil, err
		}
	}
	head, err := g.Repo.Head(ctx)
	if err != nil {
		return nil, err
	}
	if head == "" { // nothing was committed, so nothing ever asked
		if src, err := g.Read(ConfigFile, schema.MaxFile); err == nil {
			if v := version(src); v.Review == nil && !v.Bad {
				return in.free(posts), nil
			}
		}
		return nil, errors.New("nothing is committed yet, so nothing can have been approved")
	}
	if in.objects, err = g.Repo.Objects(ctx); err != nil {
		return nil, err
	}
	defer in.objects.Close()
	versions, cut, err := in.versions(ctx, head)
	if err != nil {
		return nil, err
	}
	stands, err := in.file(head, ConfigFile, "")
	if err != nil {
		return nil, err
	}
	if versions != nil && in.branch == "" {
		return nil, errors.New("no branch is checked out, so nobody can tell what was approved for it")
	}
	if versions == nil && stands.Bad != "" { // whoever turns it on must commit that first
		if src, err := g.Read(ConfigFile, schema.MaxFile); err == nil {
			if v := version(src); v.Review != nil || v.Bad {
				versions = []Version{v}
			}
		}
	}
	people, err := in.file(head, PeopleFile, "")
	if err != nil {
		return nil, err
	}
	known := map[string]*File{ConfigFile: &stands, PeopleFile: &people}
	for _, p := range posts {
		c := Case{Post: p, Branch: in.branch, Settings: versions, Cut: cut}
		add := func(file, digest string) error {
			if known[file] == nil {
				f, err := in.file(head, file, digest)
				if err != nil {
					return err
				}
				known[file] = &f
			}
			c.Files = append(c.Files, *known[file])
			return nil
		}
		if p.File != "" {
			if err := add(p.File, p.Digest); err != nil {
				return nil, err
			}
		}
		for _, m := range p.Media {
			if err := add(m.File, m.Digest); err != nil {
				return nil, err
			}
		}
		if p.People {
			c.Files = append(c.Files, people)
		}
		if stands.Bad != "" {
			c.Files = append(c.Files, stands)
		}
		for _, channel := range p.Channels {
			c.Channel = channel
			in.cases = append(in.cases, c)
		}
	}
	return in, in.origins(ctx, head)
}

// free is an inquiry in which nothing asks for approvals.
func (in *inquiry) free(posts []Post) *inquiry {
	for _, p := range posts {
		for _, channel := range p.Channels {
			in.cases = append(in.cases, Case{Post: p, Channel: channel})
		}
	}
	return in
}

// file finds a file of the workspace in a commit. One with another digest than
// was read, or than is on disk where digest is "", is not committed.
func (in *inquiry) file(commit, name, digest string) (File, error) {
	f := File{Path: name, Full: in.gate.full(name)}
	e, err := in.objects.File(commit, f.Full)
	if err != nil {
		return f, err
	}
	if digest == "" {
		src, err := in.gate.Read(name, maxMedia+1)
		if err != nil && e == nil { // there is none, and there was none
			return f, nil
		}
		if err != nil {
			f.Bad = NotCommitted
			return f, nil
		}
		digest = sum(src)
	}
	if e == nil {
		f.Bad = NotCommitted
		return f, nil
	}
	f.Blob = e.ID
	src, err := in.objects.Read(e.ID, maxMedia)
	var large *git.SizeError
	switch {
	case errors.As(err, &large):
		f.Bad = NotCommitted // nothing so large is ever read
	case err != nil:
		return f, err
	case !holds(src, digest):
		f.Bad = NotCommitted
	}
	return f, nil
}

// holds reports whether the bytes of a commit are those with a digest: as they
// are, with the line ends of Windows, or as the pointer that Git LFS leaves.
func holds(src []byte, digest string) bool {
	if sum(src) == digest {
		return true
	}
	text := string(src)
	if len(text) < 1024 && strings.HasPrefix(text, "version https://git-lfs.github.com/spec/v1\n") {
		return slices.Contains(strings.Split(text, "\n"), "oid "+digest)
	}
	return len(text) <= schema.MaxFile && !strings.ContainsAny(text, "\r\x00") && sum([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) == digest
}

func sum(src []byte) string {
	s := sha256.Sum256(src)
	return "sha256:" + hex.EncodeToString(s[:])
}

// origins finds the commits that brought the files of all cases.
func (in *inquiry) origins(ctx context.Context, head string) error {
	var names []string
	for _, c := range in.cases {
		for _, f := range c.Files {
			if f.Bad == "" && f.Blob != "" {
				names = append(names, f.Full)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	found := make([][]git.Change, len(names))
	err := sideBySide(len(names), func(i int) (err error) {
		found[i], err = in.gate.Repo.Changes(ctx, head, 1, names[i])
		return err
	})
	if err != nil {
		return err
	}
	for i := range in.cases {
		files := slices.Clone(in.cases[i].Files) // the cases of a post share them
		for n := range files {
			f := &files[n]
			at, is := slices.BinarySearch(names, f.Full)
			if !is || f.Bad != "" {
				continue
			}
			switch {
			case len(found[at]) == 0:
				f.Bad = NotCommitted
			case found[at][0].Cut:
				f.Bad = Shallow
			default:
				f.Commit = found[at][0].Commit
			}
		}
		in.cases[i].Files = slices.DeleteFunc(files, func(f File) bool { return f.Blob == "" && f.Bad == "" }) // a people.yaml that is not there
	}
	return nil
}

// versions lists what asked for approvals, the oldest first; none where nothing
// ever did.
func (in *inquiry) versions(ctx context.Context, head string) (all []Version, cut bool, err error) {
	config := in.gate.full(ConfigFile)
	changes, err := in.gate.Repo.Changes(ctx, head, maxVersions, append([]string{config}, OwnersFiles[:]...)...)
	if err != nil {
		return nil, false, err
	}
	cut = len(changes) == maxVersions
	asked := false
	ids := map[string]string{} // of the files, as the version before had them
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		cut = cut || c.Cut
		e, err := in.objects.File(c.Commit, config)
		if err != nil {
			return nil, false, err
		}
		if e == nil {
			ids[config] = ""
			continue // the workspace is not there, or not any more
		}
		v := Version{Bad: true}
		if src, err := in.objects.Read(e.ID, schema.MaxFile); err == nil {
			v = version(src)
		} else if large := (*git.SizeError)(nil); !errors.As(err, &large) {
			return nil, false, err
		}
		if e.ID != ids[config] {
			v.Files = append(v.Files, File{Path: ConfigFile, Full: config, Blob: e.ID, Commit: c.Commit})
			ids[config] = e.ID
		}
		owners, err := in.owners(c.Commit, ids, &v)
		if err != nil {
			return nil, false, err
		}
		v.Owners = owners
		asked = asked || v.Review != nil || v.Bad
		all = append(all, v)
	}
	if !asked {
		return nil, false, nil
	}
	return all, cut, nil
}

// version is what one imprimatur.yaml asks for.
func version(src []byte) Version {
	clean, ps := schema.Clean(ConfigFile, src)
	if len(ps) > 0 {
		return Version{Bad: true}
	}
	r, ok := schema.ReadReview(schema.Source{File: ConfigFile, YAML: clean})
	return Version{Review: r, Bad: !ok}
}

// owners reads the CODEOWNERS of a commit.
func (in *inquiry) owners(commit string, ids map[string]string, v *Version) (*Owners, error) {
	was := ids["CODEOWNERS"]
	for _, name := range OwnersFiles {
		e, err := in.objects.File(commit, name)
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		if now := e.ID + " " + name; now != was {
			v.Files = append(v.Files, File{Full: name, Blob: e.ID, Commit: commit})
			ids["CODEOWNERS"] = now
		}
		src, err := in.objects.Read(e.ID, maxOwners)
		if large := (*git.SizeError)(nil); errors.As(err, &large) {
			return &Owners{File: name, Bad: name + " is too large"}, nil
		} else if err != nil {
			return nil, err
		}
		return ParseOwners(name, src), nil
	}
	if _, name, there := strings.Cut(was, " "); there { // taking it away lowers the bar too
		v.Files = append(v.Files, File{Full: name, Commit: commit})
		ids["CODEOWNERS"] = ""
	}
	return nil, nil
}

// sideBySide calls f with every index below n, a few at a time, and returns
// their errors.
func sideBySide(n int, f func(i int) error) error {
	errs := make([]error, n)
	turn := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i := range n {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			errs[i] = f(i)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
