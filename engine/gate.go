package engine

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/review"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// approve asks the forge who approved each wish as it stands. Where nobody can
// be asked, everything is held, and says why. What imprimatur.yaml says today
// is not enough: to stop asking for approvals needs approval too.
func approve(ctx context.Context, s *Space, l *ledger.Ledger, ws []*plan.Wish) error {
	verdicts, err := s.verdicts(ctx, l, ws)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s.unasked(err) {
		for _, w := range ws {
			w.Approval = &plan.Approval{}
		}
		return nil
	}
	for _, w := range ws {
		v, known := verdicts[review.Key{Post: w.Post, Channel: w.Channel.Name}]
		switch {
		case err != nil:
			w.Approval = &plan.Approval{Held: "nobody knows who approved it: " + err.Error()}
		case !known:
			w.Approval = &plan.Approval{Held: "nobody knows who approved it: another post has its id too; give each an id of its own"}
		case !v.OK:
			w.Approval = &plan.Approval{Held: v.Why, Pull: v.Pull}
		default:
			w.Approval = &plan.Approval{By: v.By, Pull: v.Pull}
		}
	}
	return nil
}

// guard holds what would show a channel's secret to a server that nobody
// approved. To take a post down needs nobody's leave, but where it is taken
// down from is what imprimatur.yaml says.
func (s *Space) guard(ctx context.Context, p *plan.Plan) error {
	var asks []review.Post
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Bare() {
			asks = append(asks, review.Post{ID: a.Post, Channels: []string{a.Channel}})
		}
	}
	if len(asks) == 0 || s.Unbound {
		return nil
	}
	var verdicts map[review.Key]review.Verdict
	g, err := s.gate(ctx)
	if err == nil {
		verdicts, err = g.Ask(ctx, asks)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.unasked(err):
		return nil
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		switch v := verdicts[review.Key{Post: a.Post, Channel: a.Channel}]; {
		case !a.Bare():
		case err != nil:
			a.Withhold("nobody knows who approved imprimatur.yaml, which says where it is taken down: " + err.Error())
		case !v.OK:
			a.Withhold(v.Why)
		}
	}
	return nil
}

// unasked reports whether nobody was ever asked for approvals: in a folder
// without a history.
func (s *Space) unasked(err error) bool {
	return s.Config.Review == nil && (errors.Is(err, git.ErrNoRepository) || errors.Is(err, git.ErrNoGit))
}

func (s *Space) verdicts(ctx context.Context, l *ledger.Ledger, ws []*plan.Wish) (map[review.Key]review.Verdict, error) {
	g, err := s.gate(ctx)
	if err != nil {
		return nil, err
	}
	var posts []review.Post
	at := map[string]int{}
	only := s.only()
	for _, w := range ws {
		i, there := at[w.Post]
		if !there {
			p := only(w.Post)
			if p == nil {
				continue
			}
			i = len(posts)
			at[w.Post] = i
			posts = append(posts, s.toApprove(w.Post, p))
			posts[i].Since = s.since(l, w.Post, p)
		}
		posts[i].Channels = append(posts[i].Channels, w.Channel.Name)
	}
	return g.Ask(ctx, posts)
}

// since is when the round before this one went out, of a post that needs an
// approval each time it comes back.
func (s *Space) since(l *ledger.Ledger, id string, p *workspace.Post) time.Time {
	var last time.Time
	if e := p.Front.Evergreen; e == nil || e.Approval != "each" || id == p.BaseID() {
		return last
	}
	round, _ := strconv.Atoi(id[strings.LastIndexByte(id, '~')+1:])
	before := p.BaseID()
	if round > 2 {
		before = workspace.RoundID(before, round-1)
	}
	for _, channel := range p.Front.Channels {
		if e := l.Of(before, channel); e != nil && len(e.Parts) > 0 && e.Parts[0].Up.After(last) {
			last = e.Parts[0].Up
		}
	}
	return last
}

// gate is what stands between the workspace and its readers.
func (s *Space) gate(ctx context.Context) (*review.Gate, error) {
	repo, err := s.repository(ctx)
	if err != nil {
		return nil, err
	}
	g := &review.Gate{Repo: repo, Read: func(file string, most int64) ([]byte, error) { return workspace.Read(s.Root, file, most) }}
	address, _ := repo.Address(ctx) // without a remote there is nobody to ask either
	if g.Forge, err = s.engine.Forge(ctx, address); err != nil && s.Config.Review != nil {
		return nil, err
	}
	return g, nil
}

// toApprove is a post with all files of the workspace that decide how it
// reads, but for imprimatur.yaml.
func (s *Space) toApprove(id string, p *workspace.Post) review.Post {
	r := review.Post{ID: id, File: p.File, Digest: "sha256:" + hex.EncodeToString(p.Digest[:]), Campaign: p.Front.Campaign, Urgent: p.Front.Urgent, Says: words(p)}
	r.People = strings.Contains(r.Says, "@{")
	for _, pic := range s.looked(p) {
		if pic.Problem == "" {
			r.Media = append(r.Media, review.Media{File: pic.File, Digest: pic.Digest})
		}
	}
	if campaign, file := s.CampaignOf(p); campaign != nil {
		r.Media = append(r.Media, review.Media{File: file}) // it adds tags and parameters
	}
	slices.SortFunc(r.Media, func(a, b review.Media) int { return strings.Compare(a.File, b.File) })
	r.Media = slices.Compact(r.Media)
	return r
}

// only returns a function that finds the one post with an id, or with that of
// its round before the ~; nil where several claim it. A post's author chooses
// the id, so that nothing else which a post can be called by counts here.
func (s *Space) only() func(id string) *workspace.Post {
	by := make(map[string][]*workspace.Post, len(s.Posts))
	for _, p := range s.Posts {
		by[p.ID()] = append(by[p.ID()], p)
	}
	return func(id string) *workspace.Post {
		all := by[id]
		if i := strings.LastIndexByte(id, '~'); i > 0 {
			all = slices.Concat(all, by[id[:i]])
		}
		if len(all) != 1 {
			return nil
		}
		return all[0]
	}
}

// words are all that a post says, on whichever channel and in whichever round.
func words(p *workspace.Post) string {
	f := &p.Front
	said := []string{f.Title, f.Summary, f.Warning, string(p.Body())}
	media, tags := slices.Clone(f.Media), slices.Clone(f.Tags)
	for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
		v := f.Variants[name]
		said = append(said, v.Title, v.Summary, v.Warning, v.Text)
		media, tags = append(media, v.Media...), append(tags, v.Tags...)
	}
	for _, m := range media {
		if m.Alt != nil {
			said = append(said, *m.Alt)
		}
	}
	if f.Poll != nil {
		said = append(said, f.Poll.Options...)
	}
	if f.Evergreen != nil {
		said = append(said, f.Evergreen.Texts...)
	}
	return strings.Join(append(said, tags...), "\n\n")
}

// pending tells how far the approvals of a pull request are.
func pending(ctx context.Context, s *Space, o Proposal, changes []report.Change) ([]report.ReviewOf, error) {
	if o.Pull == 0 {
		return nil, nil
	}
	g, err := s.gate(ctx)
	if errors.Is(err, forge.ErrAuth) {
		return nil, nil // without a token nobody can be asked, which the page says
	}
	if err != nil || g.Forge == nil {
		return nil, err
	}
	var posts []review.Post
	only := s.only()
	for _, c := range changes {
		p := only(c.Post)
		if p == nil || c.View == nil {
			continue
		}
		if n := len(posts); n > 0 && posts[n-1].ID == c.Post {
			posts[n-1].Channels = append(posts[n-1].Channels, c.Channel)
			continue
		}
		post := s.toApprove(c.Post, p)
		post.Channels = []string{c.Channel}
		posts = append(posts, post)
	}
	verdicts, err := g.Pending(ctx, o.Pull, posts)
	if errors.Is(err, forge.ErrAuth) {
		return nil, nil // nor with one that may not
	}
	if err != nil {
		return nil, err
	}
	var all []report.ReviewOf
	add := func(post, channel string, v review.Verdict) {
		r := report.ReviewOf{Post: post, By: v.By}
		if !v.OK {
			r.By, r.Why = nil, v.Why
		}
		i := slices.IndexFunc(all, func(o report.ReviewOf) bool {
			return o.Post == r.Post && o.Why == r.Why && slices.Equal(o.By, r.By)
		})
		if i < 0 {
			i, all = len(all), append(all, r)
		}
		if channel != "" {
			all[i].Channels = append(all[i].Channels, channel)
		}
	}
	if v, is := verdicts[review.Key{}]; is {
		add(workspace.ConfigFile, "", v)
	}
	for _, p := range posts {
		for _, channel := range p.Channels {
			add(p.ID, channel, verdicts[review.Key{Post: p.ID, Channel: channel}])
		}
	}
	return all, nil
}
