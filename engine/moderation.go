package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Setting is what moderation rules refer to outside of their folder.
func (s *Space) Setting() moderate.Setting {
	return moderate.Setting{Platforms: s.engine.Platforms.Names(), Channels: s.Config.Channels, People: s.People, Zone: s.Zone}
}

// TestEditor runs the tests of the rules for our own posts; there must be an
// Editor.
func (s *Space) TestEditor() moderate.Tested { return s.Editor.Test(s.engine.parser) }

// OldRules compiles the moderation rules as they were: in another folder, or
// at a commit of the repository that holds the workspace. Where there were
// none they are empty.
func (s *Space) OldRules(ctx context.Context, old string) (*moderate.Rules, error) {
	m, err := s.oldModeration(ctx, old)
	if err != nil {
		return nil, fmt.Errorf("cannot read the rules of %s: %w", old, err)
	}
	if m == nil {
		m = &workspace.Moderation{}
	}
	rules, ps := moderate.Compile(m, s.Setting())
	for _, p := range ps {
		if p.Severity == schema.Error {
			return nil, fmt.Errorf("the rules of %s have problems, so nothing can be compared with them; the first: %s", old, p)
		}
	}
	return rules, nil
}

func (s *Space) oldModeration(ctx context.Context, old string) (*workspace.Moderation, error) {
	if info, err := os.Stat(old); err == nil && info.IsDir() {
		root, err := os.OpenRoot(old)
		if err != nil {
			return nil, cause(err)
		}
		defer root.Close()
		if filepath.Base(old) != workspace.ModerationDir {
			return workspace.LoadModeration(workspace.OnDisk{Root: root})
		}
		return nil, errors.New("name the folder of the workspace, which holds moderation")
	}
	repo, err := s.repository(ctx)
	if err != nil {
		return nil, err
	}
	objects, err := repo.Objects(ctx)
	if err != nil {
		return nil, err
	}
	defer objects.Close()
	return workspace.LoadModeration(commit{objects, old, repo.Prefix})
}

// A commit is a workspace as it was.
type commit struct {
	objects *git.Objects
	rev     string
	prefix  string // of the workspace in the repository
}

// Names implements workspace.Folder.
func (c commit) Names(dir string) ([]string, error) {
	es, err := c.objects.List(c.rev, path.Join(c.prefix, dir))
	var names []string
	for i := range es {
		if !es[i].Dir() {
			names = append(names, es[i].Name)
		}
	}
	return names, err
}

// Read implements workspace.Folder.
func (c commit) Read(name string, limit int64) ([]byte, error) {
	e, err := c.objects.File(c.rev, path.Join(c.prefix, name))
	switch {
	case err != nil:
		return nil, err
	case e == nil:
		return nil, fs.ErrNotExist
	case e.Mode == "120000":
		return nil, errors.New("it is a link")
	}
	return c.objects.Read(e.ID, limit)
}
