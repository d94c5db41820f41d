package engine

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Proposal is a change of the workspace that is not merged yet.
type Proposal struct {
	Base string // the branch or commit that it is to be merged into
	Pull int    // its number; 0: there is no pull request yet
	// Head is its own last commit, or "". Where its merge into the base is
	// checked out, as GitHub makes one to try it, what it is merged into
	// counts, and not the base that it was opened for.
	Head string
	Now  time.Time
}

// Review tells an editor what a proposal would do. What the base says counts
// for who must approve, never what the proposal says.
func (s *Space) Review(ctx context.Context, o Proposal) (report.Review, error) {
	r := report.Review{Brand: s.Config.Brand, Lang: s.Config.Language, Zone: s.Zone.String()}
	repo, err := s.repository(ctx)
	if err != nil {
		return r, err
	}
	if merged, err := repo.Commit(ctx, "HEAD^2"); err == nil && merged == o.Head {
		o.Base = "HEAD^1"
	}
	common, err := s.Common(ctx, o.Base)
	if err != nil {
		return r, err
	}
	r.Folder = repo.Prefix
	base, err := s.At(ctx, common)
	if err != nil {
		return r, err
	}
	if base != nil {
		defer base.Close()
	}
	home, err := s.Home(ctx)
	if err != nil {
		return r, err
	}
	l, err := home.Read(ctx)
	if err != nil {
		return r, err
	}
	in := s.input(l, o.Now, 0)
	in.Reviewed = false // once it is approved and merged
	p := plan.Make(in)
	if in.Freeze != nil && (in.Freeze.Until.IsZero() || o.Now.Before(in.Freeze.Until)) {
		r.Frozen = in.Freeze.Reason
	}
	if r.Refused = p.Refused; s.Broken {
		r.Refused = "imprimatur.yaml or a file beside it has problems"
	}
	r.Changes = s.Changes(base, p)
	r.Weeks = s.Weeks(r.Changes, p, l, o.Now)
	r.Settings = s.settings(base)
	r.Problems, r.Older = s.fresh(base)
	policy := base
	if policy == nil {
		policy = s
	}
	r.Asks = policy.Config.Review.String()
	if policy.Config.Review != nil {
		if r.Approvals, err = pending(ctx, s, o, r.Changes); err != nil {
			return r, err
		}
	}
	return r, nil
}

// settings lists the files that changed and are neither posts nor media.
func (s *Space) settings(base *Space) []string {
	read := func(of *Space) map[string][]byte {
		files := map[string][]byte{}
		if of == nil {
			return files
		}
		_ = fs.WalkDir(of.Root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
			top, _, _ := strings.Cut(name, "/")
			switch {
			case err != nil || name == ".":
				return nil
			case e.IsDir() && !slices.Contains([]string{workspace.CalendarsDir, workspace.ModerationDir}, top):
				return fs.SkipDir
			case e.Type().IsRegular() && (path.Ext(name) == ".yaml" || strings.Contains(name, "/")):
				files[name], _ = workspace.Read(of.Root, name, schema.MaxFile)
			}
			return nil
		})
		return files
	}
	was, is := read(base), read(s)
	var changed []string
	for name, src := range is {
		if old, there := was[name]; !there || !bytes.Equal(old, src) {
			changed = append(changed, name)
		}
	}
	for name := range was {
		if _, there := is[name]; !there {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// fresh lists the problems that base does not have, and counts the others. A
// problem that only stands on another line is not a new one.
func (s *Space) fresh(base *Space) (fresh []schema.Problem, older int) {
	known := map[[3]string]int{}
	name := func(p schema.Problem) [3]string { return [3]string{p.File, p.Check, p.Text} }
	if base != nil {
		for _, p := range base.Problems {
			known[name(p)]++
		}
	}
	for _, p := range s.Problems {
		if known[name(p)] > 0 {
			known[name(p)]--
			older++
			continue
		}
		fresh = append(fresh, p)
	}
	return fresh, older
}
