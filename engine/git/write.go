package git

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Commit writes a commit on top of parent, or one without a parent where that
// is "", and returns its id. Changes are whole files by their path; nil takes
// one away. Nothing refers to the commit until it is pushed.
func (o *Objects) Commit(parent string, changes map[string][]byte, message string) (string, error) {
	for name := range changes {
		if !sane(name) {
			return "", fmt.Errorf("git: %q cannot be a file of a commit", name)
		}
	}
	var root []Entry
	if parent != "" {
		var err error
		if root, err = o.tree(parent + "^{tree}"); err != nil {
			return "", err
		}
	}
	tree, err := o.write(root, changes)
	if err != nil {
		return "", err
	}
	if tree == "" {
		if tree, err = o.make(nil, "mktree"); err != nil {
			return "", err
		}
	}
	args := []string{"commit-tree", tree}
	if parent != "" {
		args = append(args, "-p", parent)
	}
	return o.make([]byte(message), args...)
}

// sane reports whether a path can be checked out anywhere.
func sane(name string) bool {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00\n") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") {
			return false
		}
	}
	return true
}

// write writes a tree with changes, and those below it, and returns its id; ""
// for one that is empty.
func (o *Objects) write(old []Entry, changes map[string][]byte) (string, error) {
	below := map[string]map[string][]byte{}
	entries := map[string]Entry{}
	for _, e := range old {
		entries[e.Name] = e
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		dir, rest, deep := strings.Cut(name, "/")
		switch {
		case deep && below[dir] == nil:
			below[dir] = map[string][]byte{rest: changes[name]}
		case deep:
			below[dir][rest] = changes[name]
		case changes[name] == nil:
			delete(entries, name)
		default:
			id, err := o.make(changes[name], "hash-object", "-w", "--no-filters", "--stdin")
			if err != nil {
				return "", err
			}
			entries[name] = Entry{name, "100644", id}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(below)) {
		var sub []Entry
		if e := entries[dir]; e.Dir() {
			var err error
			if sub, err = o.tree(e.ID); err != nil {
				return "", err
			}
		}
		switch id, err := o.write(sub, below[dir]); {
		case err != nil:
			return "", err
		case id == "":
			delete(entries, dir)
		default:
			entries[dir] = Entry{dir, "40000", id}
		}
	}
	if len(entries) == 0 {
		return "", nil
	}
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(entries)) { // mktree has an order of its own
		e := entries[name]
		kind := "blob"
		switch e.Mode {
		case "40000":
			kind = "tree"
		case "160000":
			kind = "commit"
		}
		fmt.Fprintf(&list, "%s %s %s\t%s\x00", e.Mode, kind, e.ID, name)
	}
	return o.make([]byte(list.String()), "mktree", "-z", "--missing")
}

// make runs a command that answers with an object's id.
func (o *Objects) make(stdin []byte, args ...string) (string, error) {
	out, err := o.repo.run(o.ctx, stdin, args...)
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(out))
	if len(id) < 40 {
		return "", &Error{Kind: ErrFailed, Doing: args[0], Said: "no object came of it"}
	}
	return id, nil
}
