package forge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"
)

// Blobs names the content of regular files; a link or a submodule is absent.
func (g *GitHub) Blobs(ctx context.Context, commit string, paths []string) (map[string]string, error) {
	out := map[string]string{}
	if !object.MatchString(commit) {
		return nil, fmt.Errorf("%w: %q is no commit", ErrNotFound, commit)
	}
	if len(paths) == 0 {
		return out, nil
	}
	all, err := g.tree(ctx, commit, true) // a commit stands for its tree
	if err != nil {
		return nil, err
	}
	if !all.GetTruncated() {
		wanted := map[string]bool{}
		for _, p := range paths {
			wanted[p] = true
		}
		for _, e := range all.Entries {
			if wanted[e.GetPath()] && regular(e) {
				out[e.GetPath()] = e.GetSHA()
			}
		}
		return out, nil
	}
	// too large for one answer: folder by folder
	folders := map[string]*github.Tree{}
	for _, p := range paths {
		e, err := g.entry(ctx, folders, commit, p)
		if err != nil {
			return nil, err
		}
		if e != nil && regular(e) {
			out[p] = e.GetSHA()
		}
	}
	return out, nil
}

func regular(e *github.TreeEntry) bool {
	return e.GetType() == "blob" && (e.GetMode() == "100644" || e.GetMode() == "100755")
}

// entry finds a path, and keeps the folders it looked into.
func (g *GitHub) entry(ctx context.Context, folders map[string]*github.Tree, at, path string) (*github.TreeEntry, error) {
	names := strings.Split(path, "/")
	for i, name := range names {
		folder, ok := folders[at]
		if !ok {
			var err error
			if folder, err = g.tree(ctx, at, false); err != nil {
				return nil, err
			}
			if folder.GetTruncated() {
				return nil, fmt.Errorf("github: a folder on the way to %q has more entries than GitHub tells", path)
			}
			folders[at] = folder
		}
		var found *github.TreeEntry
		for _, e := range folder.Entries {
			if e.GetPath() == name {
				found = e
			}
		}
		switch {
		case found == nil:
			return nil, nil
		case i == len(names)-1:
			return found, nil
		case found.GetType() != "tree":
			return nil, nil
		}
		at = found.GetSHA()
	}
	return nil, nil
}

func (g *GitHub) tree(ctx context.Context, sha string, deep bool) (*github.Tree, error) {
	if !object.MatchString(sha) {
		return nil, errors.New("github: the answer names no tree")
	}
	t, _, err := g.rest.Git.GetTree(ctx, g.owner, g.name, sha, deep)
	if err != nil {
		return nil, g.sort(err)
	}
	return t, nil
}

// Read returns a file.
func (g *GitHub) Read(ctx context.Context, ref, path string) ([]byte, error) {
	names := strings.Split(path, "/")
	for i, name := range names {
		if name == "" || name == "." || name == ".." {
			return nil, fmt.Errorf("%w: %q is no path", ErrNotFound, path)
		}
		names[i] = url.PathEscape(name)
	}
	// a folder is a list, which this is not
	var file struct{ Type, Encoding, Content, SHA string }
	at := fmt.Sprintf("repos/%s/%s/contents/%s?ref=%s", g.owner, g.name, strings.Join(names, "/"), url.QueryEscape(ref))
	var raw json.RawMessage
	if _, err := g.get(ctx, at, &raw); err != nil {
		return nil, g.sort(err)
	}
	if json.Unmarshal(raw, &file) != nil || file.Type != "file" {
		return nil, fmt.Errorf("%w: %s is no file", ErrNotFound, path)
	}
	switch {
	case file.Encoding == "base64":
		data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(file.Content, "\n", ""))
		if err != nil {
			return nil, fmt.Errorf("github: %s came garbled", path)
		}
		return data, nil
	case object.MatchString(file.SHA): // larger than a megabyte
		data, _, err := g.rest.Git.GetBlobRaw(ctx, g.owner, g.name, file.SHA)
		if err != nil {
			return nil, g.sort(err)
		}
		return data, nil
	}
	return nil, fmt.Errorf("github: %s came in a way we do not know", path)
}
