package engine

import (
	"cmp"
	"context"
	"crypto/hmac"
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
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
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
	Unbound  bool             // a rehearsal: posts go out however late and however many
	Broken   bool             // the problems of the workspace itself stop every post
	Rules    *moderate.Rules  // of moderation/; nil where there are none, or where a problem is in them
	Editor   *moderate.Editor // its rules for our own posts; nil likewise

	temporary string // the folder that goes with Close

	engine   *Engine
	home     ledger.Home // once it was asked for
	renderer *render.Renderer
	weights  check.Weights
	calendar *calendar.Calendar
	clashes  []schema.Problem  // of posts with the calendar, as of when it was opened
	agenda   *agenda           // as it was last asked for; nil: every post has a time of its own
	limits   map[string]string // of each channel's server, as text
	results  []result          // of Posts, one by one
}

// A result is what the pure stages say of one post.
type result struct {
	Front    schema.Post
	Problems []schema.Problem // that it has wherever it goes
	Channels []onChannel      // those the post goes to, in order
}

// onChannel is what became of a post on one channel.
type onChannel struct {
	Name     string
	Digests  []string   // of its parts
	Turns    [][]string // the same, of each text that it may come back with
	Words    uint64     // a number for what it says
	Problems []schema.Problem
	Trouble  string // why it must not go out there, or ""
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
	weights, odd := check.Weigh(w)
	s.weights = weights
	var dates []schema.Problem
	s.calendar, dates = calendar.Read(w)
	ps = weights.Apply(slices.Concat(w.Problems, ps, odd, dates, check.People(w, e.Platforms), check.LinkSettings(w), check.Ledger(w), check.Moderation(w), check.Outbox(w, s.Channels), check.Review(w)))
	s.Broken = schema.Errors(ps)
	if w.Moderation != nil { // what is wrong there keeps no post from going out
		rules, wrong := moderate.Compile(w.Moderation, s.Setting())
		if ps = append(ps, wrong...); !schema.Errors(wrong) {
			s.Rules = rules
		}
		editor, wrong := moderate.CompileOwn(w.Moderation, s.Setting())
		if ps = append(ps, wrong...); !schema.Errors(wrong) {
			s.Editor = editor
		} else { // nobody knows what it would have said
			s.Broken = true
		}
	}
	s.limits = make(map[string]string, len(s.Channels))
	for _, c := range s.Channels {
		l := s.serverLimits(c.Name)
		c.Profile, s.limits[c.Name] = c.Platform.Profile.With(l), fmt.Sprint(l)
	}
	if err := s.examine(ctx); err != nil {
		root.Close()
		return nil, err
	}
	var campaigns []string
	for _, p := range s.Posts {
		campaigns = append(campaigns, p.Front.Campaign)
	}
	ps = append(ps, weights.Apply(check.Campaigns(w, slices.Compact(slices.Sorted(slices.Values(campaigns)))))...)
	for i := range s.results {
		r := &s.results[i]
		ps = append(ps, r.Problems...)
		for n := range r.Channels {
			ps = append(ps, r.Channels[n].Problems...)
		}
	}
	s.Problems = schema.Sort(append(ps, weights.Apply(s.clashes)...))
	return s, nil
}

// Close lets go of the folder.
func (s *Space) Close() error {
	err := s.Root.Close()
	if s.temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.temporary))
	}
	return err
}

// examine decodes, checks and renders every post, side by side.
func (s *Space) examine(ctx context.Context) error {
	checker := &check.Checker{Workspace: s.Workspace, Parser: s.engine.parser, Channels: s.Channels}
	editor := s.editor()
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
			for n, c := range s.Channels {
				if !slices.Contains(p.Front.Channels, c.Name) {
					continue
				}
				if twin := s.twin(n, p, r); twin != nil {
					r.Channels = append(r.Channels, onChannel{Name: c.Name, Digests: twin.Digests, Turns: twin.Turns, Words: twin.Words})
					continue
				}
				v, ps := s.renderer.Render(p, c, time.Time{}) // when it is due changes nothing that is compared
				on := onChannel{Name: c.Name, Digests: v.Digests, Problems: ps}
				s.turns(p, c, &on)
				if len(r.Channels) > 0 && len(p.Front.Variants) == 0 { // it says everywhere what it says first
					on.Words = r.Channels[0].Words
				} else {
					on.Words = s.renderer.Words(p, c)
				}
				r.Channels = append(r.Channels, on)
			}
			r.proofread(editor.Post(p, s.engine.parser, s.Channels))
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
		s.results[i].Problems = append(s.results[i].Problems, problem)
	}
	s.clashes = s.conflicts(ctx)
	s.repeats()
	s.settle()
	return nil
}

// editor is the rules for our own posts that hold now.
func (s *Space) editor() *moderate.Editor {
	switch {
	case s.Editor == nil:
		return new(moderate.Editor)
	case s.engine.Now == nil:
		return s.Editor.At(time.Time{})
	}
	return s.Editor.At(s.engine.Now())
}

// proofread adds what rules find in a post: to the post where it is so on
// every channel, else to the channels.
func (r *result) proofread(found []moderate.Finding) {
	for _, f := range found {
		if len(f.Channels) == len(r.Channels) {
			r.Problems = append(r.Problems, f.Problem)
			continue
		}
		for i := range r.Channels {
			if on := &r.Channels[i]; slices.Contains(f.Channels, on.Name) {
				on.Problems = append(on.Problems, f.Problem)
			}
		}
	}
}

// turns renders each text that a post may come back with.
func (s *Space) turns(p *workspace.Post, c *platform.Channel, on *onChannel) {
	e := p.Front.Evergreen
	if e == nil || c.Platform.Local {
		return
	}
	for i := range e.Texts {
		v, ps := s.renderer.Render(p.InRound(i+2), c, time.Time{})
		on.Turns, on.Problems = append(on.Turns, v.Digests), append(on.Problems, ps...)
	}
}

// settle gives every problem the weight that the workspace wants, and says
// which posts must not go out. Only what no weight changes is in the cache.
func (s *Space) settle() {
	for i := range s.results {
		r := &s.results[i]
		r.Problems = s.weights.Apply(r.Problems)
		whole := trouble(r.Problems)
		for n := range r.Channels {
			on := &r.Channels[n]
			on.Problems = s.weights.Apply(on.Problems)
			on.Trouble = cmp.Or(whole, trouble(on.Problems))
		}
	}
}

// twin is what became of a post on an earlier channel where it is the same to
// the byte, and without a problem: a second account on a platform costs no
// second rendering.
func (s *Space) twin(n int, p *workspace.Post, r *result) *onChannel {
	_, own := p.Front.Variants[s.Channels[n].Name]
	for i := range r.Channels {
		on := &r.Channels[i]
		_, others := p.Front.Variants[on.Name]
		if c, to := s.Channel(on.Name), s.Channels[n]; !own && !others && !s.renderer.NamesChannel() && len(on.Digests) > 0 && len(on.Problems) == 0 &&
			c.Platform == to.Platform && c.Split == to.Split && c.Numbered == to.Numbered && s.limits[c.Name] == s.limits[to.Name] {
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
			all = append(all, onChannel{Name: c.Name})
		}
	}
	return all
}

// Render returns what a post will be on a channel, and what keeps it from it.
func (s *Space) Render(p *workspace.Post, c *platform.Channel) (platform.Variant, []schema.Problem) {
	v, ps := s.renderer.Render(p, c, s.Due(p, c.Name))
	return v, s.weights.Apply(ps)
}

// embargo is when a post's ends; zero where there is none.
func (s *Space) embargo(p *workspace.Post) time.Time {
	if p.Front.Embargo.IsZero() {
		return time.Time{}
	}
	ends, _ := calendar.Moment(p.Front.Embargo, s.Zone)
	return ends
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

// toldLimits are what a server said of its limits, as it is kept. Like the cache, it
// is believed only where it was written here: it decides how posts are cut.
type toldLimits struct {
	Limits platform.ServerLimits `json:"limits"`
	By     []byte                `json:"by"` // the signature
}

func (s *Space) newTold(channel string, l platform.ServerLimits) toldLimits {
	src, _ := json.Marshal(l)
	return toldLimits{l, s.engine.sign([]byte(channel + "\n" + string(src)))}
}

// serverLimits are the limits that the channel's server told us last.
func (s *Space) serverLimits(channel string) platform.ServerLimits {
	var t toldLimits
	src, err := workspace.Read(s.Root, limitsFile(channel), schema.MaxFile)
	if err != nil || json.Unmarshal(src, &t) != nil || len(s.engine.CacheKey) == 0 || !hmac.Equal(t.By, s.newTold(channel, t.Limits).By) {
		return nil // not told yet: the platform's usual ones hold
	}
	return t.Limits
}

// Weigh gives problems the weight that the workspace wants.
func (s *Space) Weigh(ps []schema.Problem) []schema.Problem { return s.weights.Apply(ps) }
