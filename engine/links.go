package engine

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/imprimatur-ci/imprimatur/engine/check"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/visit"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Visit visits the pages that posts lead to which are not out yet, each page
// once, and adds to the problems what readers would meet. Pages of the
// workspace's own sites are left out: they may be about to go out themselves.
// Tell, unless nil, is told how many of how many pages were visited, from any
// goroutine.
func (s *Space) Visit(ctx context.Context, tell func(done, of int)) error {
	home, err := s.Home(ctx)
	if err != nil {
		return err
	}
	l, err := home.Read(ctx)
	if s.Broken && err != nil { // what is wrong is said, and nothing is known to be out
		l, err = ledger.New(), nil
	}
	if err != nil {
		return err
	}
	type place struct {
		at       schema.Pos
		fragment string
	}
	var pages []string
	places := map[string][]place{}
	for _, p := range s.Posts {
		if !p.Readable() || p.Front.Retracted || out(p, l) {
			continue
		}
		for to, at := range check.Links(p, s.engine.parser) {
			if s.own(to) {
				continue
			}
			page, fragment, _ := strings.Cut(to, "#")
			if places[page] == nil {
				pages = append(pages, page)
			}
			places[page] = append(places[page], place{at(), fragment})
		}
		p.Release()
	}
	web := s.engine.Web
	if web == nil {
		web = visit.Public()
	}
	var n atomic.Int64
	answers, err := (&visit.Visitor{Web: web}).Visit(ctx, pages, func() {
		if now := int(n.Add(1)); tell != nil {
			tell(now, len(pages))
		}
	})
	if err != nil {
		return err
	}
	var ps []schema.Problem
	for i, a := range answers {
		page := pages[i]
		for _, to := range places[page] {
			p := schema.Problem{Pos: to.at, Severity: schema.Warning}
			switch a.State {
			case visit.There:
				continue
			case visit.Broken:
				p.Check, p.Text = "link/broken", "there is no page at "+page+" ("+a.Why+"); correct the link, or take it out"
			case visit.Unreachable:
				p.Check, p.Text = "link/unreachable", page+" "+a.Why+"; open it in a browser, and correct it if that fails too"
			case visit.Moved:
				p.Check, p.Text = "link/moved", page+" has moved for good; write "+a.To
				if to.fragment != "" && !strings.Contains(a.To, "#") {
					p.Text += "#" + to.fragment
				}
			}
			ps = append(ps, p)
		}
	}
	s.Problems = schema.Sort(append(s.Problems, s.weights.Apply(ps)...))
	return nil
}

// out reports whether a post is live wherever it goes.
func out(p *workspace.Post, l *ledger.Ledger) bool {
	for _, c := range p.Front.Channels {
		if e := l.Of(p.ID(), c); e == nil || !e.Live() {
			return false
		}
	}
	return len(p.Front.Channels) > 0
}

// own reports whether an address is on a site that the workspace writes.
func (s *Space) own(address string) bool {
	return slices.ContainsFunc(s.Channels, func(c *platform.Channel) bool {
		return c.Platform.Local && slices.ContainsFunc(c.Platform.Fields, func(f platform.Field) bool {
			site := strings.TrimSuffix(c.Settings[f.Name], "/")
			return f.URL && site != "" && (address == site || strings.HasPrefix(address, site+"/"))
		})
	})
}
