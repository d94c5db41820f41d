package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Space is a workspace that was loaded, checked and rendered.
type Space struct {
	*workspace.Workspace
	Dir      string // as it was asked for
	Channels []*platform.Channel
	Problems []schema.Problem // of everything, sorted
	Broken   bool             // the problems of the workspace itself stop every post

	engine   *Engine
	renderer *render.Renderer
	limits   map[string]string // of each channel's server, as text
	results  []result          // of Posts, one by one
}

// A result is what the pure stages say of one post.
type result struct {
	Front    schema.Post
	Problems []schema.Problem
	Channels []onChannel // those the post goes to, in order
}

// onChannel is what became of a post on one channel.
type onChannel struct {
	Name    string
	Digests []string // of its parts
	Trouble string   // why it must not go out there, or ""
}

// Open loads the workspace at dir, checks it and renders it.
func (e *Engine) Open(ctx context.Context, dir string) (*Space, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("cannot open the workspace %s: %w", dir, err)
	}
	w, err := workspace.Load(ctx, root)
	if err != nil {
		root.Close()
		return nil, err
	}
	s := &Space{Workspace: w, Dir: dir, engine: e, renderer: &render.Renderer{Workspace: w, Parser: e.parser}}
	var ps []schema.Problem
	s.Channels, ps = check.Channels(w, e.Platforms)
	ps = slices.Concat(w.Problems, ps, check.People(w, e.Platforms), check.Ledger(w))
	s.Broken = schema.Errors(ps)
	s.limits = make(map[string]string, len(s.Channels))
	for _, c := range s.Channels {
		l := s.serverLimits(c.Name)
		c.Profile, s.limits[c.Name] = c.Platform.Profile.With(l), fmt.Sprint(l)
	}
	if err := s.examine(ctx); err != nil {
		root.Close()
		return nil, err
	}
	for i := range s.results {
		ps = append(ps, s.results[i].Problems...)
	}
	s.Problems = schema.Sort(ps)
	return s, nil
}

// Close lets go of the folder.
func (s *Space) Close() error { return s.Root.Close() }

// examine decodes, checks and renders every post, side by side.
func (s *Space) examine(ctx context.Context) error {
	checker := &check.Checker{Workspace: s.Workspace, Parser: s.engine.parser, Channels: s.Channels}
	s.results = make([]result, len(s.Posts))
	cache := s.openCache(ctx)
	err := workspace.Each(ctx, len(s.Posts), func(i int) error {
		p, r := s.Posts[i], &s.results[i]
		if cache.get(i, p, r) {
			p.Front = r.Front
			return nil
		}
		s.Decode(p)
		r.Front, r.Problems = p.Front, p.Problems
		if p.Readable() { // every problem of a file in one run
			r.Problems = append(checker.Post(p), r.Problems...)
			whole := trouble(r.Problems)
			for n, c := range s.Channels {
				if !slices.Contains(p.Front.Channels, c.Name) {
					continue
				}
				if twin := s.twin(n, p, r); twin != nil {
					r.Channels = append(r.Channels, onChannel{c.Name, twin.Digests, whole})
					continue
				}
				v, ps := s.Render(p, c)
				r.Channels = append(r.Channels, onChannel{c.Name, v.Digests, cmp.Or(whole, trouble(ps))})
				r.Problems = append(r.Problems, ps...)
			}
		}
		if len(p.Problems) > 0 {
			r.Channels = s.unreadable(p)
		}
		cache.put(i, p, r)
		p.Release()
		return nil
	})
	if err != nil {
		return err
	}
	cache.save(ctx)
	for _, problem := range check.Posts(s.Posts) {
		i := slices.IndexFunc(s.Posts, func(p *workspace.Post) bool { return p.File == problem.File })
		r := &s.results[i]
		r.Problems = append(r.Problems, problem)
		for n := range r.Channels {
			r.Channels[n].Trouble = cmp.Or(r.Channels[n].Trouble, trouble([]schema.Problem{problem}))
		}
	}
	return nil
}

// twin is what became of a post on an earlier channel where it is the same to
// the byte, and without a problem: a second account on a platform costs no
// second rendering.
func (s *Space) twin(n int, p *workspace.Post, r *result) *onChannel {
	_, own := p.Front.Variants[s.Channels[n].Name]
	for i := range r.Channels {
		on := &r.Channels[i]
		_, others := p.Front.Variants[on.Name]
		if c := s.Channel(on.Name); !own && !others && len(on.Digests) > 0 && on.Trouble == "" &&
			c.Platform == s.Channels[n].Platform && s.limits[c.Name] == s.limits[s.Channels[n].Name] {
			return on
		}
	}
	return nil
}

// unreadable is where a post may be meant to go, or be live, when nobody can
// tell what it says: it is held everywhere, and nowhere taken for gone.
func (s *Space) unreadable(p *workspace.Post) []onChannel {
	var all []onChannel
	for _, c := range s.Channels {
		if len(p.Front.Channels) == 0 || slices.Contains(p.Front.Channels, c.Name) {
			all = append(all, onChannel{Name: c.Name, Trouble: trouble(p.Problems)})
		}
	}
	return all
}

// Render returns what a post will be on a channel, and what keeps it from it.
func (s *Space) Render(p *workspace.Post, c *platform.Channel) (platform.Variant, []schema.Problem) {
	return s.renderer.Render(p, c, s.Due(p))
}

// Due is when a post is to go out; zero for a draft.
func (s *Space) Due(p *workspace.Post) time.Time {
	if p.Front.PublishAt.IsZero() {
		return time.Time{}
	}
	due, _ := calendar.Moment(p.Front.PublishAt, s.Zone)
	return due
}

// Home is where the workspace's ledger lives.
func (s *Space) Home() ledger.Home {
	dir := s.Config.Ledger
	if dir == "" {
		dir = path.Join(workspace.StateDir, "ledger")
	}
	return ledger.NewFolder(s.Root, dir)
}

// Channel returns the channel called name, or nil.
func (s *Space) Channel(name string) *platform.Channel {
	for _, c := range s.Channels {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Post returns the post with an id or a file name, or nil.
func (s *Space) Post(name string) *workspace.Post {
	name = strings.TrimPrefix(path.Clean(name), "./")
	for _, p := range s.Posts {
		if p.ID() == name || p.File == name || strings.TrimSuffix(p.File, ".md") == name {
			return p
		}
	}
	return nil
}

func limitsFile(channel string) string {
	return path.Join(workspace.StateDir, "limits", channel+".json")
}

// serverLimits are the limits that the channel's server told us last.
func (s *Space) serverLimits(channel string) platform.ServerLimits {
	var l platform.ServerLimits
	src, err := workspace.Read(s.Root, limitsFile(channel), schema.MaxFile)
	if err != nil || json.Unmarshal(src, &l) != nil {
		return nil // not told yet: the platform's usual ones hold
	}
	return l
}
