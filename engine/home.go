package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// inGit is what imprimatur.yaml says for a ledger on a branch.
const inGit = "git"

var usualFolder = path.Join(workspace.StateDir, "ledger")

// Home is where the workspace's ledger lives. It is the same every time.
func (s *Space) Home(ctx context.Context) (ledger.Home, error) {
	if s.home == nil {
		home, err := s.engine.Ledger(ctx, s)
		if err != nil {
			return nil, err
		}
		s.home = home
	}
	return s.home, nil
}

// configured is the home that imprimatur.yaml names. A usual home that still
// has receipts of its own is not passed over in silence: without them
// everything would go out again.
func configured(ctx context.Context, s *Space) (ledger.Home, error) {
	at := cmp.Or(s.Config.Ledger, usualFolder)
	if at != usualFolder {
		switch left, err := ledger.NewFolder(s.Root, usualFolder).Holds(); {
		case err != nil:
			return nil, err
		case left:
			return nil, fmt.Errorf("there are receipts in %s, and imprimatur.yaml says `ledger: %s`: run `imprimatur ledger move %[2]s` to bring them there", usualFolder, at)
		}
	}
	return s.homeAt(ctx, at)
}

// homeAt is the home with a setting.
func (s *Space) homeAt(ctx context.Context, at string) (ledger.Home, error) {
	if at != inGit {
		return ledger.NewFolder(s.Root, at), nil
	}
	repo, err := s.repository(ctx)
	if err != nil {
		return nil, fmt.Errorf("the ledger cannot live in git here: %w", err)
	}
	if err := ours(ctx, repo, ledger.Unpushed); err != nil {
		return nil, err
	}
	return ledger.NewGit(repo, s.Root, workspace.StateDir), nil
}

// ours says what is wrong with a file of what waits to be pushed that came
// with the repository: whoever wrote it would be believed.
func ours(ctx context.Context, repo *git.Repo, name string) error {
	waits := path.Join(repo.Prefix, workspace.StateDir, name)
	tracked, err := repo.Tracks(ctx, waits)
	if err == nil && tracked {
		err = fmt.Errorf("%s came with the repository, and says what only a run on this machine can know: take it out with `git rm --cached %[1]s`, and commit that", waits)
	}
	return err
}

// repository is the one that holds the workspace. The channels' secrets are
// none of git's business, and neither is the key of moderation.
func (s *Space) repository(ctx context.Context) (*git.Repo, error) {
	secret := map[string]bool{s.ModerationKey(): true}
	for _, c := range s.Channels {
		for _, name := range c.Secrets() {
			secret[name] = true
		}
	}
	env := slices.DeleteFunc(s.engine.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return secret[name]
	})
	return git.Open(ctx, s.Dir, env)
}

// Fleeting reports whether the ledger would not outlive a machine that is
// thrown away: it is a folder that was not there when the machine began, or
// that came with the commit, as it will for the next machine.
func (s *Space) Fleeting(ctx context.Context) (bool, error) {
	if s.Config.Ledger == inGit {
		return false, nil
	}
	folder := cmp.Or(s.Config.Ledger, usualFolder)
	if _, err := s.Root.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	repo, err := s.repository(ctx)
	if err != nil { // nothing can have come with it
		return false, nil //nolint:nilerr // a folder without a history
	}
	return repo.Tracks(ctx, path.Join(repo.Prefix, folder))
}

// unrestored says that the pages of a channel are lost with an earlier
// machine: posts are live in a folder that is not there. To publish one more
// would leave a site of one page.
func (s *Space) unrestored(c *platform.Channel, l *ledger.Ledger) error {
	live := len(l.IDs(c.Name))
	for _, f := range c.Platform.Fields {
		dir := c.Settings[f.Name]
		if !f.Folder || dir == "" || live == 0 {
			continue
		}
		if _, err := s.Root.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return platform.Because(platform.ErrAddress, "the folder %s is not there, and %d published pages were in it: this machine is thrown away after the run; restore the folder before it, or push the pages to a branch of their own, as in `branch: gh-pages` in place of `%s: %s`",
				dir, live, f.Name, dir)
		}
	}
	return nil
}

// MoveLedger brings every receipt to another home, git or a folder, and
// writes that into imprimatur.yaml.
func (s *Space) MoveLedger(ctx context.Context, to string) (from, now string, n int, err error) {
	if to != inGit && (!fs.ValidPath(to) || to == "." || strings.Contains(to, `\`)) {
		return "", "", 0, fmt.Errorf("%q is neither git nor a folder below the workspace, as in %s", to, usualFolder)
	}
	at := cmp.Or(s.Config.Ledger, usualFolder)
	if at == to { // someone wrote it into the file already
		at = usualFolder
	}
	if at == to {
		return "", "", 0, fmt.Errorf("the ledger is in %s already", to)
	}
	old, err := s.homeAt(ctx, at)
	if err != nil {
		return "", "", 0, err
	}
	fresh, err := s.homeAt(ctx, to)
	if err != nil {
		return "", "", 0, err
	}
	if n, err = ledger.Move(ctx, old, fresh); err != nil {
		return "", "", n, err
	}
	return old.String(), fresh.String(), n, s.setLedger(to)
}

// setLedger writes the setting into imprimatur.yaml, and changes nothing else
// there.
func (s *Space) setLedger(to string) error {
	src, err := workspace.Read(s.Root, workspace.ConfigFile, schema.MaxFile)
	if err != nil {
		return err
	}
	src, err = schema.SetTop(src, "ledger", to)
	if err != nil {
		return err
	}
	if err := s.Root.WriteFile(workspace.ConfigFile, src, 0o644); err != nil {
		return fmt.Errorf("%s: %w", workspace.ConfigFile, err)
	}
	return nil
}

// AddReceipts writes receipts down that a run could not, and reports how many
// it wrote and how many it left out: they are there, or something newer is.
func (s *Space) AddReceipts(ctx context.Context, name string, src []byte) (written, left int, err error) {
	all, err := ledger.Parse(name, append(bytes.TrimSpace(src), '\n'))
	if err != nil {
		return 0, 0, err
	}
	home, err := s.Home(ctx)
	if err != nil {
		return 0, 0, err
	}
	l, err := home.Read(ctx)
	if err != nil {
		return 0, 0, err
	}
	rs := l.Missing(all)
	left = len(all) - len(rs)
	if len(rs) == 0 {
		return 0, left, nil
	}
	if err := home.Record(ctx, rs); err != nil {
		return 0, left, err
	}
	return len(rs), left, home.Flush(ctx)
}
