package forgetest

import (
	"crypto/sha1" //nolint:gosec // git's own
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Files are contents by path. Gone as a content removes the file; one that
// begins with Link makes a symbolic link to what follows.
type Files map[string]string

// Gone is no content, but the removal of a file.
const Gone = "\x00gone"

// Link begins the content of a symbolic link.
const Link = "\x00link "

// tree is a commit's files; never changed once made.
type tree map[string]file

type file struct {
	content, sha string
	link         bool
}

func newFile(content string) file {
	target, link := strings.CutPrefix(content, Link)
	return file{target, Blob(target), link}
}

// whole is a file as Files have it.
func (f file) whole() string {
	if f.link {
		return Link + f.content
	}
	return f.content
}

// mode is what git calls its kind.
func (f file) mode() string {
	if f.link {
		return "120000"
	}
	return "100644"
}

type commit struct {
	sha     string
	tree    tree
	parents []string
	message string
	author  string // login
	date    time.Time
}

func (t tree) with(files Files) tree {
	out := maps.Clone(t)
	for path, content := range files {
		if content == Gone {
			delete(out, path)
		} else {
			out[path] = newFile(content)
		}
	}
	return out
}

// since is what turns before into t.
func (t tree) since(before tree) Files {
	out := Files{}
	for path, f := range t {
		if was, ok := before[path]; !ok || was.sha != f.sha || was.link != f.link {
			out[path] = f.whole()
		}
	}
	for path := range before {
		if _, ok := t[path]; !ok {
			out[path] = Gone
		}
	}
	return out
}

func name(kind, content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content)) //nolint:gosec // git's own
	return hex.EncodeToString(sum[:])
}

// Blob is the name that git gives a content.
func Blob(content string) string { return name("blob", content) }

// An entry is one line of a folder, as git keeps it.
type entry struct {
	mode, kind, sha, path string
	size                  int
}

// folder lists what is directly in a folder ("" is the root), in git's order.
func (t tree) folder(at string) []entry {
	var out []entry
	seen := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(t)) {
		rest, ok := strings.CutPrefix(path, at)
		if !ok {
			continue
		}
		first, _, deep := strings.Cut(rest, "/")
		if !deep {
			out = append(out, entry{t[path].mode(), "blob", t[path].sha, at + first, len(t[path].content)})
		} else if !seen[first] {
			seen[first] = true
			out = append(out, entry{"040000", "tree", t.sha(at + first + "/"), at + first, 0})
		}
	}
	key := func(e entry) string {
		if e.kind == "tree" {
			return e.path + "/"
		}
		return e.path
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(key(a), key(b)) })
	return out
}

// sha is the name that git gives a folder.
func (t tree) sha(at string) string {
	var b strings.Builder
	for _, e := range t.folder(at) {
		raw, _ := hex.DecodeString(e.sha)
		fmt.Fprintf(&b, "%s %s\x00%s", strings.TrimPrefix(e.mode, "0"), strings.TrimPrefix(e.path, at), raw)
	}
	return name("tree", b.String())
}

// commit makes one and returns its name.
func (s *state) commit(author, message string, date time.Time, t tree, parents ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", t.sha(""))
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	who := s.user(author).Login
	line := fmt.Sprintf("%s <%s@example.org> %d +0000", who, who, date.Unix())
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s\n", line, line, message)
	sha := name("commit", b.String())
	s.commits[sha] = &commit{sha, t, parents, message, who, date}
	return sha
}

// past is a commit and all before it, nearest first.
func (s *state) past(sha string) []string {
	out := []string{sha}
	for i := 0; i < len(out); i++ {
		for _, p := range s.commits[out[i]].parents {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// fork is where two lines of commits part.
func (s *state) fork(a, b string) string {
	of := s.past(b)
	for _, sha := range s.past(a) {
		if slices.Contains(of, sha) {
			return sha
		}
	}
	s.t.Fatalf("%s and %s have nothing in common", a, b)
	return ""
}

// tip finds the commit of a branch, or the commit itself.
func (s *state) tip(ref string) (*commit, bool) {
	ref = strings.TrimPrefix(ref, "refs/heads/")
	if sha, ok := s.branches[ref]; ok {
		ref = sha
	}
	c, ok := s.commits[ref]
	return c, ok
}

// Tip is the commit that a branch is at.
func (r *Repo) Tip(branch string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.tip(branch)
	if !ok {
		r.t.Fatalf("there is no branch %q", branch)
	}
	return c.sha
}

// Tree is all files of a branch or a commit.
func (r *Repo) Tree(ref string) Files {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.tip(ref)
	if !ok {
		r.t.Fatalf("there is no branch or commit %q", ref)
	}
	return c.tree.since(nil)
}

// Commit pushes straight to a branch, past every pull request.
func (r *Repo) Commit(by, branch string, files Files) string {
	return r.CommitSaying("Change "+branch, by, branch, files)
}

// CommitSaying does so with a message, which may claim anything.
func (r *Repo) CommitSaying(message, by, branch string, files Files) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.branches[branch]
	if !ok {
		r.t.Fatalf("there is no branch %q", branch)
	}
	sha := r.commit(by, message, r.tick(), r.commits[at].tree.with(files), at)
	r.branches[branch] = sha
	return sha
}

// Branch makes a branch at another one's tip.
func (r *Repo) Branch(name, from string) {
	at := r.Tip(from)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.branches[name] = at
}
