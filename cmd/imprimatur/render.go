package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) renderCommand() *cobra.Command {
	return a.formatted(a.told(&cobra.Command{
		Use:   "render [POST...]",
		Short: "Show every variant of a post, with its length against the limit",
		Long:  "Show what a post will be on each of its channels, to the byte, with its length against the limit. POST is an id or a file; without one, every post is shown.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.each(c.Context(), func(s *engine.Space) error { return a.render(s, args) })
		},
	}))
}

func (a *app) render(s *engine.Space, names []string) error {
	posts, err := choose(s, names)
	if err != nil {
		return err
	}
	views := []report.View{}
	bad := false
	for _, p := range posts {
		for _, c := range s.Channels {
			if !slices.Contains(p.Front.Channels, c.Name) {
				continue
			}
			v := s.View(p, c.Name)
			views = append(views, v)
			bad = bad || schema.Errors(v.Problems)
		}
	}
	if a.format == "json" {
		if err := report.JSON(a.stdout, views); err != nil {
			return err
		}
	} else {
		t := a.text()
		t.Views(views)
		if t.Err() != nil {
			return t.Err()
		}
	}
	if bad {
		return exit(exitProblems)
	}
	return nil
}

// choose returns the posts with these names, or all.
func choose(s *engine.Space, names []string) ([]*workspace.Post, error) {
	if len(names) == 0 {
		return s.Posts, nil
	}
	var known []string
	for _, p := range s.Posts {
		known = append(known, p.ID())
	}
	var posts []*workspace.Post
	for _, name := range names {
		p := s.Post(name)
		if p == nil {
			hint := "`imprimatur status` lists what there is"
			if near := schema.Nearest(name, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			return nil, usage{fmt.Errorf("there is no post %s; %s", name, hint)}
		}
		posts = append(posts, p)
	}
	return posts, nil
}
