// Package tend looks after what other people write: it fetches what is new,
// has rules decide, acts as mildly as the platform allows, and remembers every
// deed, an intent before and an outcome after each call. No answer is sent
// twice, no act is lost, and what a person decides holds for ever.
package tend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Home keeps deeds, as ledger.Home keeps receipts.
type Home interface {
	Read(ctx context.Context, f func(*schema.Deed)) (tip string, err error)
	Intend(ctx context.Context, tip string, ds []schema.Deed) error
	Record(ctx context.Context, ds []schema.Deed) error
	Flush(ctx context.Context) error
}

// A Source is a channel that can be read.
type Source struct {
	Channel   string
	Platform  string
	Reader    platform.Reader    // nil: it is not asked for what is new
	Moderator platform.Moderator // nil: nothing can be done there
	Conn      platform.Conn      // that answers go out by; nil: none do
	Repeat    time.Duration      // as platform.Platform has it
	// Write makes the part that answers an item; it says why it cannot.
	Write func(words string, item *platform.Item) (platform.Part, error)
}

func (s *Source) acts() []platform.Act {
	if s == nil || s.Moderator == nil {
		return nil
	}
	return s.Moderator.Acts()
}

// A Run is one look at all channels, and what is done about it.
type Run struct {
	ID      string
	Home    Home
	Names   *Names
	Rules   *moderate.Rules
	Sources []*Source // in the order they are read
	Desk    Desk      // nil: there is nobody to ask
	Clock   func() time.Time
	Lease   time.Duration // how long an intent keeps other runs away; 0: DefaultLease
	Frozen  string        // why nothing is done but to ask, or ""
	Most    int           // steps in one run; what is beyond waits; 0: DefaultMost
	Brand   string
	Items   []moderate.Item // recorded ones to look at; nil: what is new on the channels
	// Keep is given the items that are done with, to record them; nil: nobody
	// keeps them.
	Keep func([]moderate.Item) error
}

// What a run does at most, unless it is told otherwise.
const (
	DefaultLease = 15 * time.Minute
	DefaultMost  = 100
	mostPages    = 20   // of one channel
	mostItems    = 2000 // of one channel
)

// margin is what must be left of a lease when a call begins: longer than one
// call may last.
const (
	margin  = 3 * time.Minute
	perCall = 2 * time.Minute
)

// Step is one thing to do about an item, and what became of it.
type Step struct {
	Op    string `json:"op"`
	State string `json:"state,omitempty"` // "": not begun
	Why   string `json:"why,omitempty"`
	URL   string `json:"url,omitempty"` // of an answer or an issue

	first  time.Time
	lease  time.Time
	prior  bool // an earlier run may have done it
	tried  bool
	sealed string
	part   platform.Part
}

func (s *Step) settled() bool {
	return s.State == schema.DeedDone || s.State == schema.DeedRefused || s.State == schema.DeedLost
}

// Case is an item about which something is done, or was noticed.
type Case struct {
	Item    string          `json:"item"` // its name
	Channel string          `json:"channel"`
	URL     string          `json:"url,omitempty"` // not told of a private one
	Private bool            `json:"private,omitempty"`
	Action  moderate.Action `json:"action"`
	By      string          `json:"by"` // rules, or the person
	Rule    string          `json:"rule,omitempty"`
	Policy  string          `json:"policy,omitempty"`
	Shown   []string        `json:"shown,omitempty"` // what matched, masked
	Labels  []string        `json:"labels,omitempty"`
	Notify  []string        `json:"notify,omitempty"`
	Shadow  []string        `json:"shadow,omitempty"` // rules that would have acted, were they not in shadow
	Why     string          `json:"why,omitempty"`    // no more is done than that
	Steps   []*Step         `json:"steps"`

	item   *platform.Item // nil: it is not at hand
	grip   grip
	source *Source
	judge  *schema.Deed // to be written down
	decide *schema.Deed // so is this
	close  bool         // it is on the desk
	wait   bool         // for another run, or the next
	page   int          // it came with
}

// Settled reports whether there is nothing more to do about it.
func (c *Case) Settled() bool {
	return !c.wait && !slices.ContainsFunc(c.Steps, func(s *Step) bool { return !s.settled() })
}

// A Channel is what was read of one.
type Channel struct {
	Channel string `json:"channel"`
	Items   int    `json:"items"`
	More    bool   `json:"more,omitempty"` // there is more to read, for the next run
	Trouble string `json:"trouble,omitempty"`

	source *Source
	pages  []page
	asked  string // the cursor it was read from
}

type page struct {
	cursor  string // behind it
	items   []moderate.Item
	authors []string // who never wrote before
}

// A Scene is what a run found.
type Scene struct {
	Now      time.Time
	Channels []*Channel
	Cases    []*Case
	Loud     []string // what people must know: brakes, a freeze, an answer that cannot be taken
	memory   *Memory
	left     int // steps that may be begun still
	fresh    map[string]bool
}

// Look reads every channel and has the rules decide. It changes nothing.
func (r *Run) Look(ctx context.Context) (*Scene, error) {
	m, err := Recall(ctx, r.Home)
	if err != nil {
		return nil, err
	}
	s := &Scene{Now: r.Clock(), memory: m, left: r.Most, fresh: map[string]bool{}}
	if s.left == 0 {
		s.left = DefaultMost
	}
	if err := r.answers(ctx, s); err != nil {
		return nil, err
	}
	h := m.history(s.Now)
	if r.Items != nil {
		r.recorded(s, &h)
		return s, nil
	}
	for _, src := range r.Sources {
		if src.Reader == nil {
			continue
		}
		c := &Channel{Channel: src.Channel, source: src, asked: m.cursors[src.Channel]}
		s.Channels = append(s.Channels, c)
		r.read(ctx, c)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for n := range c.pages {
			p := &c.pages[n]
			for i := range p.items {
				r.consider(s, src, &p.items[i], p, n, &h)
			}
		}
	}
	r.leftovers(s)
	return s, nil
}

// recorded judges items that were recorded, in the place of what is new.
func (r *Run) recorded(s *Scene, h *moderate.History) {
	counts := map[string]*Channel{}
	p := &page{}
	for i := range r.Items {
		item := &r.Items[i]
		c := counts[item.Channel]
		if c == nil {
			c = &Channel{Channel: item.Channel}
			counts[item.Channel] = c
			s.Channels = append(s.Channels, c)
		}
		c.Items++
		r.consider(s, r.source(item.Channel), item, p, 0, h)
	}
}

func (r *Run) source(channel string) *Source {
	for _, s := range r.Sources {
		if s.Channel == channel {
			return s
		}
	}
	return nil
}

// read fetches the pages of a channel, to the end or to the most there may be.
func (r *Run) read(ctx context.Context, c *Channel) {
	cursor := c.asked
	for len(c.pages) < mostPages && c.Items < mostItems {
		items, next, err := r.fetch(ctx, c.source, cursor)
		if err != nil {
			c.Trouble = err.Error()
			return
		}
		if len(items) == 0 && (next == cursor || len(c.pages) > 0 && next == c.pages[len(c.pages)-1].cursor) {
			return
		}
		p := page{cursor: next}
		for i := range items {
			p.items = append(p.items, moderate.Item{Item: items[i], Platform: c.source.Platform, Channel: c.source.Channel})
		}
		c.pages, c.Items = append(c.pages, p), c.Items+len(items)
		if next == cursor || len(items) == 0 {
			return
		}
		cursor = next
	}
	c.More = true
}

// fetch reads a page, and again after a short wait that a server asks for.
func (r *Run) fetch(ctx context.Context, src *Source, cursor string) (items []platform.Item, next string, err error) {
	err = again(ctx, func(ctx context.Context) error {
		items, next, err = src.Reader.Read(ctx, cursor)
		return err
	})
	return items, next, err
}

// How often a busy platform is tried, and how long is waited for it. Whoever
// moderates does so often: what waits is the next run's.
const (
	tries    = 3
	patience = 10 * time.Second
)

// again calls f, and once more while the platform says that nothing was done
// and that it is a matter of seconds.
func again(ctx context.Context, f func(context.Context) error) error {
	for try := 1; ; try++ {
		err := once(ctx, f)
		var busy *platform.BusyError
		if !errors.As(err, &busy) || try == tries || busy.After > patience {
			return err
		}
		pause := busy.After
		if pause == 0 {
			pause = time.Duration(try) * 500 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// grace is what a call that is under way gets to end when the run is stopped.
const grace = 6 * time.Second

// once makes one call. A run that is stopped lets it end: a call cut off is an
// outcome nobody knows.
func once(ctx context.Context, f func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), perCall)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-call.Done():
		}
	})()
	return f(call)
}

// answers makes cases of what people decided.
func (r *Run) answers(ctx context.Context, s *Scene) error {
	if r.Desk == nil || !slices.ContainsFunc(s.memory.list(), func(k *known) bool { return k.steps[schema.OpAsk] != nil }) {
		return nil
	}
	replies, err := r.Desk.Answers(ctx)
	if err != nil {
		return fmt.Errorf("what people decided cannot be read, and nothing is done without it: %w", err)
	}
	for _, a := range replies {
		k := s.memory.items[a.Item]
		if k == nil || k.steps[schema.OpAsk] == nil {
			continue // nobody was asked about it
		}
		c := r.remembered(k)
		if a.Wrong != "" {
			s.Loud = append(s.Loud, a.Wrong)
			continue
		}
		action, act := a.Choice.decides()
		if k.Decided != "" { // an earlier run took the answer
			action, act = k.Decided, ""
			a.By = k.By
		} else {
			c.decide = &schema.Deed{Op: schema.OpDecide, State: schema.DeedDone, Item: k.Item, Channel: k.Channel, Action: string(action), By: a.By}
			k.Decided, k.By = action, a.By
		}
		c.Action, c.By, c.Rule, c.close = action, a.By, "", true
		if hide := k.steps[schema.OpHide]; a.Choice == Leave && hide != nil && hide.State == schema.DeedDone && !hide.undone {
			act = schema.OpUndo
			c.grip.Undo = r.undoOf(hide)
		}
		if done := k.steps[act]; act != "" && (done == nil || done.State != schema.DeedDone || done.undone) {
			r.plan(s, c, k, act)
		}
		if act == "" {
			for _, op := range k.open() {
				if op != schema.OpAsk {
					r.plan(s, c, k, op)
				}
			}
		}
		s.fresh[k.Item] = true
		s.Cases = append(s.Cases, c)
	}
	return nil
}

func (r *Run) undoOf(st *step) string {
	g, err := r.Names.open(st.Sealed)
	if err != nil {
		return ""
	}
	return g.Undo
}

// remembered is a case of what the memory knows alone.
func (r *Run) remembered(k *known) *Case {
	c := &Case{Item: k.Item, Channel: k.Channel, URL: k.URL, Action: moderate.Action(k.Action), By: moderate.ByRules, Rule: k.Rule, Policy: k.Policy, Shown: k.Shown,
		Labels: k.Labels, Steps: []*Step{}, source: r.source(k.Channel), page: -1}
	if k.Decided != "" {
		c.Action, c.By = k.Decided, k.By
	}
	for _, op := range order {
		if st := k.steps[op]; st != nil && st.Sealed != "" && c.grip.ID == "" {
			if g, err := r.Names.open(st.Sealed); err == nil {
				g.Undo, g.Digest = "", ""
				c.grip, c.Private = g, g.Secret
			}
		}
	}
	return c
}

// leftovers makes cases of what earlier runs began, of items that cannot be
// read any more.
func (r *Run) leftovers(s *Scene) {
	whole := map[string]bool{} // channels that were read to their end
	for _, c := range s.Channels {
		whole[c.Channel] = c.Trouble == "" && !c.More
	}
	for _, k := range s.memory.list() {
		ops := k.open()
		if len(ops) == 0 || s.fresh[k.Item] {
			continue
		}
		c := r.remembered(k)
		for _, op := range ops {
			if op == schema.OpReply && !whole[k.Channel] {
				continue // it may come again
			}
			r.plan(s, c, k, op)
		}
		if len(c.Steps) > 0 {
			s.Cases = append(s.Cases, c)
		}
	}
}
