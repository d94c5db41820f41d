package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/workflow"
)

// beginGitHub writes the workflows of the repository that holds the
// workspaces.
func (a *app) beginGitHub(ctx context.Context, dirs []string, form, force bool) error {
	if form && len(dirs) > 1 {
		return usage{errors.New("--issue-form is for one workspace: a filled form does not say which it means")}
	}
	top, branch, err := topFolder(ctx, dirs[0])
	if err != nil {
		return err
	}
	s := workflow.Setup{Name: filepath.Base(top), Branch: branch, Form: form}
	for _, dir := range dirs {
		full, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, full)
		if err != nil || !filepath.IsLocal(rel) {
			return usage{fmt.Errorf("%s is not in the repository %s: one repository has one set of workflows", dir, top)}
		}
		if strings.ContainsAny(rel, "\n\r${}") { // a line of a workflow
			return usage{fmt.Errorf("%q cannot be written into a workflow; give the folder another name", rel)}
		}
		s.Folders = append(s.Folders, filepath.ToSlash(rel))
		if err := a.one(ctx, dir, func(sp *engine.Space) error { return survey(&s, sp) }); err != nil {
			return err
		}
	}
	slices.Sort(s.Secrets)
	s.Secrets = slices.Compact(s.Secrets)
	slices.Sort(s.Keys)
	s.Keys = slices.Compact(s.Keys)
	files, err := s.Files()
	if err != nil {
		return err
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(top, filepath.FromSlash(f.Name))
		if rel, err := filepath.Rel(here, name); err == nil {
			name = rel
		}
		if force {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := a.write(name, f.Text); err != nil {
			return err
		}
	}
	if all := slices.Concat(s.Secrets, s.Keys); len(all) > 0 {
		fmt.Fprintf(a.stdout, "\nOn GitHub, below Settings, Secrets and variables, Actions: %s.\n", strings.Join(all, ", "))
	}
	if form {
		fmt.Fprintln(a.stdout, "Below Settings, Actions, General: «Allow GitHub Actions to create and approve pull requests», for the form.")
	}
	return nil
}

// survey adds what the workflows must know of a workspace.
func survey(s *workflow.Setup, sp *engine.Space) error {
	if s.Language == "" {
		s.Language = sp.Config.Language
	}
	s.Channels = slices.Sorted(maps.Keys(sp.Config.Channels))
	for _, c := range sp.Channels {
		s.Secrets = append(s.Secrets, c.Secrets()...)
		s.ByHand = s.ByHand || c.Platform.ByHand()
	}
	if key := sp.ModerationKey(); key != "" {
		s.Keys = append(s.Keys, key)
	}
	info, err := sp.Root.Stat("moderation")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s.Moderates = s.Moderates || err == nil && info.IsDir()
	return err
}

// topFolder is the top folder of the repository that holds dir, and its
// branch; where there is none yet, dir is its top.
func topFolder(ctx context.Context, dir string) (top, branch string, err error) {
	if top, err = filepath.Abs(dir); err != nil {
		return "", "", err
	}
	repo, err := git.Open(ctx, dir, os.Environ())
	if err != nil {
		return top, "main", nil
	}
	if repo.Prefix != "" {
		for range strings.Split(repo.Prefix, "/") {
			top = filepath.Dir(top)
		}
	}
	if branch, err = repo.Current(ctx); err != nil || branch == "" {
		branch = "main"
	}
	return top, branch, nil
}
