package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/pack"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) newRulesCommand() *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use:   "rules PACK...",
		Short: "Begin rules for your own posts",
		Long: "Begin rules for your own posts with a pack: " + strings.Join(pack.Names(), ", ") + ". Each is a file of the folder moderation, " +
			"with its word lists and a section of POLICY.md, in French or English. They are checklists, not legal advice. Files that are " +
			"there already stay as they are; POLICY.md gets the sections that it lacks at its end.",
		Example: "  imprimatur new rules crisis accessibility\n  imprimatur new rules jeu-concours --language fr",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, name := range args {
				if _, known := pack.Get(name, lang); !known {
					return usage{errors.New(schema.NotKnown("pack", name, pack.Names()))}
				}
			}
			if lang != "" && !slices.Contains(pack.Languages(), lang) {
				return usage{errors.New(schema.NotKnown("language", lang, pack.Languages()))}
			}
			return a.each(c.Context(), func(s *engine.Space) error {
				for _, name := range args {
					p, _ := pack.Get(name, cmp.Or(lang, s.Config.Language))
					if err := a.begins(s, p); err != nil {
						return err
					}
				}
				_, err := fmt.Fprintf(a.stdout, "\nNext: read %s, then imprimatur moderate test, imprimatur check.\n", workspace.PolicyFile)
				return err
			})
		},
	}
	c.Flags().StringVar(&lang, "language", "", "fr or en (default: the workspace's)")
	return c
}

// begins writes what a pack has and the workspace has not.
func (a *app) begins(s *engine.Space, p pack.Pack) error {
	dir := filepath.Join(s.Dir, workspace.ModerationDir)
	rules := filepath.Join(dir, p.Name+".yaml")
	if _, err := os.Lstat(rules); err == nil {
		_, err = fmt.Fprintf(a.stdout, "kept     %s\n", rules)
		return err
	}
	for _, list := range slices.Sorted(maps.Keys(p.Lists)) {
		if err := a.write(filepath.Join(dir, filepath.FromSlash(list)), p.Lists[list]); err != nil {
			return err
		}
	}
	if err := a.stand(s, p); err != nil {
		return err
	}
	return a.write(rules, schema.Modeline("editorial")+"\n"+p.Rules)
}

// stand adds to the policy what the pack's rules stand on.
func (a *app) stand(s *engine.Space, p pack.Pack) error {
	name := filepath.Join(s.Dir, filepath.FromSlash(workspace.PolicyFile))
	src, err := workspace.Read(s.Root, workspace.PolicyFile, schema.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		title := "# Policy\n\nWhat our rules stand on. Each rule names one of these headings.\n\n"
		if p.Lang == "fr" {
			title = "# Ligne éditoriale et modération\n\nCe sur quoi reposent nos règles. Chaque règle nomme l'un de ces titres.\n\n"
		}
		return a.write(name, title+p.Policy)
	}
	if err != nil {
		return err
	}
	there := workspace.Anchors(string(src))
	for anchor := range workspace.Anchors(p.Policy) {
		if _, has := there[anchor]; has {
			_, err = fmt.Fprintf(a.stdout, "kept     %s\n", name)
			return err
		}
	}
	f, err := s.Root.OpenFile(workspace.PolicyFile, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + p.Policy)
	if err = errors.Join(err, f.Close()); err == nil {
		_, err = fmt.Fprintf(a.stdout, "added to %s\n", name)
	}
	return err
}
