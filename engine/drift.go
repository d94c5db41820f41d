package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

const (
	looksAtOnce = 4                // on one channel
	perLook     = 30 * time.Second // for a platform to answer
	shortWait   = 10 * time.Second // that a busy platform may ask for
)

// Drift asks the platforms what became of the parts that the ledger says are
// live, channels side by side: of all posts, or of those with some ids. A
// channel that cannot be looked at keeps no other from it. Tell, which may be
// nil, hears how many of the looks are done, from many goroutines.
func (s *Space) Drift(ctx context.Context, now time.Time, posts []string, tell func(done, of int)) (report.Drift, error) {
	p, l, err := s.Plan(ctx, now)
	if err != nil {
		return report.Drift{}, err
	}
	views := s.views(l, posts)
	of := 0
	for _, v := range views {
		if v.why == "" {
			of += len(v.looks)
		}
	}
	var done atomic.Int64
	var wg sync.WaitGroup
	for _, v := range views {
		if v.why != "" {
			continue
		}
		wg.Go(func() {
			v.look(ctx, func() {
				if n := int(done.Add(1)); tell != nil {
					tell(n, of)
				}
			})
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return report.Drift{}, context.Cause(ctx)
	}
	d := report.Drift{Parts: []report.Drifted{}, Channels: []report.Looked{}}
	for _, v := range views {
		seen, parts := v.seen()
		d.Channels, d.Parts = append(d.Channels, seen), append(d.Parts, parts...)
	}
	slices.SortFunc(d.Parts, func(a, b report.Drifted) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Post, b.Post), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Part, b.Part))
	})
	for i := range d.Parts {
		d.Parts[i].At = d.Parts[i].At.In(s.Zone)
	}
	s.foresee(d.Parts, p, l, now)
	return d, nil
}

// A view is a channel with what is live there.
type view struct {
	name   string
	looker platform.Looker
	looks  []look // newest first
	why    string // what keeps us from looking, at any or any more; "": nothing
	failed bool   // and that is something to look into

	mu sync.Mutex
}

// A look is one part of a post.
type look struct {
	post     string
	part, of int
	live     *schema.Receipt
	up       time.Time
	done     bool
	now      platform.Ref
	err      error
}

// views are all channels with something live, in order of their names. What is
// being changed right now is left out: only the run that does so can tell.
func (s *Space) views(l *ledger.Ledger, posts []string) []*view {
	by := map[string]*view{}
	for _, e := range l.Entries() {
		if posts != nil && !slices.Contains(posts, e.Post) {
			continue
		}
		of := len(e.Parts)
		for of > 0 && e.Parts[of-1].Live == nil {
			of--
		}
		for i := range of {
			p := &e.Parts[i]
			if p.Live == nil || p.Pending != nil || p.Removing != nil {
				continue
			}
			v := by[e.Channel]
			if v == nil {
				v = s.view(e.Channel)
				by[e.Channel] = v
			}
			v.looks = append(v.looks, look{post: e.Post, part: i + 1, of: of, live: p.Live, up: p.Up})
		}
	}
	views := make([]*view, 0, len(by))
	for _, v := range by {
		slices.SortStableFunc(v.looks, func(a, b look) int { return b.up.Compare(a.up) })
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b *view) int { return cmp.Compare(a.name, b.name) })
	return views
}

// view opens a channel, or says why it cannot be looked at.
func (s *Space) view(name string) *view {
	v := &view{name: name}
	c := s.Channel(name)
	switch {
	case c == nil:
		v.why = "the workspace has no channel of that name any more"
	case c.Platform.ByHand():
		v.why = "a person publishes there, and has to look"
	case !c.Platform.Can(platform.Look):
		v.why = "nobody can ask " + c.Platform.Title + " for it"
	case len(s.engine.missing(c)) > 0:
		v.why = "set " + strings.Join(s.engine.missing(c), " and ")
	default:
		conn, err := s.Connect(c)
		if err != nil {
			v.why, v.failed = err.Error(), true
			break
		}
		v.looker = conn.(platform.Looker)
	}
	return v
}

// look looks at every part, a few at once, until something keeps it from it.
func (v *view) look(ctx context.Context, done func()) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(looksAtOnce, len(v.looks)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(v.looks) && v.goesOn(ctx); i = int(next.Add(1)) - 1 {
				v.one(ctx, &v.looks[i])
				done()
			}
		})
	}
	wg.Wait()
}

func (v *view) goesOn(ctx context.Context) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.why == "" && ctx.Err() == nil
}

// one looks at one part. Who is busy for a moment is asked once more.
func (v *view) one(ctx context.Context, l *look) {
	ref := platform.Ref{ID: l.live.ID, URL: l.live.URL, Rev: l.live.Rev}
	now, err := v.ask(ctx, ref)
	if wait := (*platform.BusyError)(nil); errors.As(err, &wait) && wait.After > 0 && wait.After <= shortWait {
		select {
		case <-ctx.Done():
		case <-time.After(wait.After):
			now, err = v.ask(ctx, ref)
		}
	}
	var busy *platform.BusyError
	if errors.As(err, &busy) || errors.Is(err, platform.ErrAuth) || errors.Is(err, platform.ErrUnsupported) {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.why == "" {
			v.why, v.failed = err.Error(), true
			if busy != nil && busy.After > 0 {
				v.why += "; try again in " + busy.After.Round(time.Second).String()
			}
		}
		return
	}
	l.now, l.err, l.done = now, err, true
}

func (v *view) ask(ctx context.Context, r platform.Ref) (platform.Ref, error) {
	within, cancel := context.WithTimeout(ctx, perLook)
	defer cancel()
	now, err := v.looker.Look(within, r)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		err = &platform.BusyError{Err: fmt.Errorf("no answer within %s", perLook)}
	}
	return now, err
}

// seen is what all the looks came to.
func (v *view) seen() (report.Looked, []report.Drifted) {
	c := report.Looked{Channel: v.name, Live: len(v.looks), Why: v.why, Failed: v.failed}
	var parts []report.Drifted
	for i := range v.looks {
		l := &v.looks[i]
		d := report.Drifted{Post: l.post, Channel: v.name, Part: l.part, Of: l.of, At: l.up, URL: l.live.URL}
		about := plan.Action{Post: l.post, Channel: v.name}
		if l.of > 1 {
			about.Part = l.part
		}
		switch {
		case !l.done:
			c.Left++
			continue
		case errors.Is(l.err, platform.ErrNotFound):
			d.State, d.Accept = report.Deleted, about.Say(plan.AnswerLost, "")
		case l.err != nil:
			d.State, d.Why, c.Failed = report.NotLooked, l.err.Error(), true
		case l.live.Rev == "":
			c.Untold++
			continue
		case l.now.Rev != l.live.Rev:
			d.State, d.URL = report.Changed, cmp.Or(l.now.URL, l.live.URL, l.live.ID)
			d.Accept = about.Say(plan.AnswerLive, d.URL)
		default:
			c.Same++
			continue
		}
		parts = append(parts, d)
	}
	return c, parts
}

// foresee says what the next run does about each part: of itself, and once
// everything that is deleted is said to be.
func (s *Space) foresee(parts []report.Drifted, p plan.Plan, l *ledger.Ledger, now time.Time) {
	lost := false
	for _, d := range parts {
		if d.State == report.Deleted {
			lost = true
			was := l.Of(d.Post, d.Channel).Parts[d.Part-1].Live
			l.Add(schema.Receipt{At: now, Run: "resolve", By: "you", Post: d.Post, Channel: d.Channel, Part: d.Part, State: schema.Gone, Op: ledger.Lost, Digest: was.Digest})
		}
	}
	var then plan.Plan
	if lost {
		in := s.input(l, now, 0)
		in.Reviewed = false // a foresight needs nobody's leave
		then = plan.Make(in)
	}
	verb := func(p *plan.Plan, d *report.Drifted) plan.Verb {
		for i := range p.Actions {
			if a := &p.Actions[i]; a.Post == d.Post && a.Channel == d.Channel {
				return a.Verb
			}
		}
		return ""
	}
	for i := range parts {
		d := &parts[i]
		d.Next = verb(&p, d)
		if d.State == report.Deleted {
			d.Then = verb(&then, d)
		}
	}
}
