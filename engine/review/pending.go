package review

import (
	"context"
	"errors"
	"path"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Pending judges what an open pull request changes of posts, as if it were
// merged as it stands: Verdict.Missing are the approvals it still lacks. What
// is asked for is read from the branch that it goes to, never from the pull
// request. Under the empty Key is the verdict on imprimatur.yaml or
// CODEOWNERS, if it changes one: until those who must approve a post have
// approved that, the post is held.
func (g *Gate) Pending(ctx context.Context, number int, posts []Post) (map[Key]Verdict, error) {
	if g.Forge == nil {
		return nil, errNobody
	}
	p, err := g.Forge.Pull(ctx, number)
	if err != nil {
		return nil, err
	}
	files, err := g.Forge.Files(ctx, number)
	if err != nil {
		return nil, err
	}
	now, err := g.base(ctx, p.Base)
	if err != nil {
		return nil, err
	}
	in := newInquiry(g)
	changes := map[string]bool{}
	var settings []File
	for _, f := range files {
		for _, name := range []string{f.Path, f.Was} {
			switch owners := now.Review != nil && now.Review.CodeOwners && slices.Contains(OwnersFiles[:], name); {
			case changes[name]:
			case name == g.full(ConfigFile):
				settings = append(settings, File{Path: ConfigFile, Full: name})
			case owners:
				settings = append(settings, File{Full: name})
			}
			changes[name] = true
		}
	}
	c := Case{Branch: p.Base, Settings: []Version{now}, Open: &p, Changes: changes}
	if c.Files = settings; len(settings) > 0 {
		in.cases = append(in.cases, c)
	}
	for _, post := range posts {
		c.Post = post
		c.Files = []File{{Path: post.File, Full: g.full(post.File)}}
		for _, m := range post.Media {
			c.Files = append(c.Files, File{Path: m.File, Full: g.full(m.File)})
		}
		if post.People {
			c.Files = append(c.Files, File{Path: PeopleFile, Full: g.full(PeopleFile)})
		}
		for _, channel := range post.Channels {
			c.Channel = channel
			in.cases = append(in.cases, c)
		}
	}
	return in.judge(ctx)
}

// full is the path of a file of the workspace in the repository.
func (g *Gate) full(file string) string {
	if g.Repo == nil {
		return file
	}
	return path.Join(g.Repo.Prefix, file)
}

// base is what a branch on GitHub asks for.
func (g *Gate) base(ctx context.Context, branch string) (Version, error) {
	src, err := g.Forge.Read(ctx, branch, g.full(ConfigFile))
	switch {
	case errors.Is(err, forge.ErrNotFound):
		return Version{}, nil // a first workspace: nobody is asked for yet
	case err != nil:
		return Version{}, err
	case len(src) > schema.MaxFile:
		return Version{Bad: true}, nil
	}
	v := version(src)
	for _, name := range OwnersFiles {
		src, err := g.Forge.Read(ctx, branch, name)
		if errors.Is(err, forge.ErrNotFound) {
			continue
		}
		if err == nil {
			v.Owners = ParseOwners(name, src)
		}
		return v, err
	}
	return v, nil
}
