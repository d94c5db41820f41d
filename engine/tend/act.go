package tend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// often is how often outcomes are made known to every other run while there is
// more to do.
const often = 30 * time.Second

// An actor carries out a scene.
type actor struct {
	*Run
	scene *Scene
	mu    sync.Mutex
	last  time.Time // when outcomes were flushed
	desk  sync.Mutex
}

// Do carries out what a scene calls for: intents first, known to every other
// run, then the calls, channels side by side. ledger.ErrConflict asks for
// another look, nothing having been done.
func (r *Run) Do(ctx context.Context, s *Scene) error {
	a := &actor{Run: r, scene: s, last: r.now()}
	var ds []schema.Deed
	byChannel := map[string][]*Case{}
	var names []string
	for _, c := range s.Cases {
		ds = append(ds, a.intents(c)...)
		if byChannel[c.Channel] == nil {
			names = append(names, c.Channel)
		}
		byChannel[c.Channel] = append(byChannel[c.Channel], c)
	}
	if len(ds) > 0 {
		if err := r.Home.Intend(ctx, s.memory.Tip, ds); err != nil {
			return err
		}
	}
	var wg sync.WaitGroup
	errs := make([]error, len(names))
	for i, name := range names {
		wg.Go(func() { errs[i] = a.channel(ctx, byChannel[name]) })
	}
	wg.Wait()
	if r.Items == nil {
		errs = append(errs, a.advance(ctx, byChannel))
	}
	return errors.Join(errors.Join(errs...), a.end(ctx))
}

// now is the present as deeds have it. Leases go by the real clock, as those
// of the calls do.
func (r *Run) now() time.Time { return r.Clock().UTC().Truncate(time.Millisecond) }

// deed begins a line of the memory.
func (r *Run) deed(d schema.Deed) schema.Deed {
	d.At, d.Run = r.now(), r.ID
	return d
}

// intents are the lines that must be known before anything is done about a
// case.
func (a *actor) intents(c *Case) []schema.Deed {
	if c.wait {
		return nil
	}
	var ds []schema.Deed
	for _, d := range []*schema.Deed{c.judge, c.decide} {
		if d != nil {
			ds = append(ds, a.deed(*d))
		}
	}
	for _, s := range c.Steps {
		if s.settled() { // it came to nothing
			d := a.about(c, s, s.State)
			d.Why = s.Why
			ds = append(ds, d)
			continue
		}
		ds = append(ds, a.intent(c, s))
	}
	return ds
}

func (a *actor) intent(c *Case, s *Step) schema.Deed {
	lease := a.Lease
	if lease == 0 {
		lease = DefaultLease
	}
	d := a.about(c, s, schema.DeedIntent)
	if s.first.IsZero() {
		s.first = d.At
	}
	if s.sealed == "" {
		s.sealed = a.Names.close(c.grip)
	}
	s.lease = d.At.Add(lease)
	d.First, d.Lease, d.Sealed = s.first, s.lease, s.sealed
	if s.Op == schema.OpReply {
		d.Key = a.Names.reply(c.Channel, c.grip.ID)
	}
	return d
}

func (a *actor) about(c *Case, s *Step, state string) schema.Deed {
	d := a.deed(schema.Deed{Op: s.Op, State: state, Item: c.Item, Channel: c.Channel})
	if s.Op == schema.OpUndo {
		d.Action = schema.OpHide
	}
	return d
}

// channel carries out the cases of one channel in order.
func (a *actor) channel(ctx context.Context, cases []*Case) error {
	var stop error // why the rest of the channel is not tried
	for _, c := range cases {
		if c.wait {
			continue
		}
		for i := 0; i < len(c.Steps); i++ { // an act that cannot be done becomes a question
			s := c.Steps[i]
			if s.settled() {
				continue
			}
			if i > 0 && c.Steps[i-1].Op == schema.OpReply && !c.Steps[i-1].settled() { // what is hidden may not be read again
				s.State, s.Why = schema.DeedFailed, "it waits for the answer"
				if s.prior {
					s.State = schema.DeedUnknown
				}
				if err := a.record(ctx, c, s, ""); err != nil {
					return err
				}
				continue
			}
			if stop == nil && ctx.Err() != nil {
				stop = context.Cause(ctx)
			}
			if stop != nil && s.Op != schema.OpAsk {
				s.State, s.Why = schema.DeedFailed, "not tried: "+stop.Error()
				if s.prior {
					s.State = schema.DeedUnknown
				}
				if err := a.record(ctx, c, s, ""); err != nil {
					return err
				}
				continue
			}
			if err := a.renew(ctx, c, i); err != nil {
				return err
			}
			err := a.take(ctx, c, s)
			if errors.Is(err, errRecord) {
				return err
			}
			if busy := (*platform.BusyError)(nil); s.Op != schema.OpAsk && (errors.As(err, &busy) || errors.Is(err, platform.ErrAuth) || errors.Is(err, platform.ErrAddress)) {
				stop = err
			}
			if s.State == schema.DeedRefused && s.Why != "" && acts(s.Op) && c.decide == nil {
				a.askInstead(ctx, c, s)
			}
		}
		if c.close && c.Settled() && a.Desk != nil {
			a.desk.Lock()
			err := once(ctx, func(ctx context.Context) error { return a.Desk.Close(ctx, c.Item) })
			a.desk.Unlock()
			if err != nil {
				a.say(fmt.Sprintf("an item that is decided could not be taken off the desk; the next run tries again: %v", err))
			}
		}
	}
	return nil
}

func (a *actor) say(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scene.loud(what)
}

func acts(op string) bool {
	return op != schema.OpReply && op != schema.OpAsk && op != schema.OpUndo
}

// askInstead has a person decide about what the platform does not do.
func (a *actor) askInstead(ctx context.Context, c *Case, s *Step) {
	if slices.ContainsFunc(c.Steps, func(o *Step) bool { return o.Op == schema.OpAsk }) {
		return
	}
	c.Why = s.Why
	k := a.scene.memory.items[c.Item]
	if k != nil && k.steps[schema.OpAsk].settled() {
		return
	}
	ask := &Step{Op: schema.OpAsk}
	d := a.intent(c, ask)
	if err := a.Home.Record(context.WithoutCancel(ctx), []schema.Deed{d}); err == nil {
		c.Steps = append(c.Steps, ask)
	}
}

// errRecord means that the memory cannot be written: nothing more is done.
var errRecord = errors.New("the memory of moderation cannot be written")

// take carries out one step and writes down what became of it.
func (a *actor) take(ctx context.Context, c *Case, s *Step) error {
	s.tried = true
	var undo string
	var err error
	switch s.Op {
	case schema.OpReply:
		err = a.reply(ctx, c, s)
	case schema.OpAsk:
		err = a.ask(ctx, c, s)
	case schema.OpUndo:
		err = a.undo(ctx, c)
		s.State = stateOf(err)
	default:
		undo, err = a.act(ctx, c, s)
	}
	if s.Why == "" && err != nil {
		s.Why = err.Error()
	}
	if lost := a.record(ctx, c, s, undo); lost != nil {
		return lost
	}
	return err
}

// record writes an outcome down, also when the run is being stopped.
func (a *actor) record(ctx context.Context, c *Case, s *Step, undo string) error {
	d := a.about(c, s, s.State)
	d.Why, d.First, d.URL = s.Why, s.first, s.URL
	if undo != "" {
		g := c.grip
		g.Undo = undo
		d.Sealed = a.Names.close(g)
	}
	if err := a.Home.Record(context.WithoutCancel(ctx), []schema.Deed{d}); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	a.mu.Lock()
	due := a.now().Sub(a.last) > often
	if due {
		a.last = a.now()
	}
	a.mu.Unlock()
	if due {
		_ = a.Home.Flush(ctx) // the end tries again, and tells
	}
	return nil
}

// act does one thing on the platform.
func (a *actor) act(ctx context.Context, c *Case, s *Step) (undo string, err error) {
	if s.Op == schema.OpReport && s.prior { // another report would be one more
		s.State, s.Why = schema.DeedLost, "an earlier run may have reported it, and a second report would be one more"
		return "", nil
	}
	if c.source == nil || c.source.Moderator == nil {
		s.State = schema.DeedRefused
		return "", fmt.Errorf("%w: nothing can be done on %s", platform.ErrUnsupported, c.Channel)
	}
	if c.grip.ID == "" {
		s.State = schema.DeedRefused
		return "", errKey
	}
	item := c.item
	if item == nil {
		it := c.grip.item()
		item = &it
	}
	err = again(ctx, func(ctx context.Context) error {
		undo, err = c.source.Moderator.Moderate(ctx, *item, platform.Act(s.Op), c.reason())
		return err
	})
	s.State = stateOf(err)
	switch {
	case errors.Is(err, platform.ErrNotFound): // it is gone, whoever did it
		s.Why = "it is gone"
		return "", nil
	case s.State == schema.DeedUnknown && s.Op == schema.OpReport:
		s.State = schema.DeedLost
	}
	return undo, err
}

func (a *actor) undo(ctx context.Context, c *Case) error {
	if c.source == nil || c.source.Moderator == nil {
		return fmt.Errorf("%w: nothing can be done on %s", platform.ErrUnsupported, c.Channel)
	}
	err := again(ctx, func(ctx context.Context) error { return c.source.Moderator.Undo(ctx, c.grip.Undo) })
	if errors.Is(err, platform.ErrNotFound) {
		return nil // there is nothing left to undo
	}
	return err
}

// stateOf is what an error leaves behind.
func stateOf(err error) string {
	var busy *platform.BusyError
	switch {
	case err == nil, errors.Is(err, platform.ErrNotFound):
		return schema.DeedDone
	case errors.As(err, &busy), errors.Is(err, platform.ErrAuth), errors.Is(err, platform.ErrAddress):
		return schema.DeedFailed
	case errors.Is(err, platform.ErrUnknown):
		return schema.DeedUnknown
	case errors.Is(err, platform.ErrRejected), errors.Is(err, platform.ErrUnsupported):
		return schema.DeedRefused
	}
	return schema.DeedFailed // it ended before it was made
}

// tooLate is when an answer is given up whose outcome cannot be learned: acts
// wait for it.
const tooLate = 24 * time.Hour

// reply sends an answer, at most once whatever happens.
func (a *actor) reply(ctx context.Context, c *Case, s *Step) error {
	if c.item == nil {
		s.State, s.Why = schema.DeedLost, "the item is not there any more"
		return nil
	}
	src := c.source
	if src == nil || src.Conn == nil || s.part.Text == "" {
		s.State, s.Why = schema.DeedLost, "the rules do not ask for an answer any more"
		return nil
	}
	at := platform.Attempt{Key: a.Names.reply(c.Channel, c.grip.ID), At: s.first, Part: s.part, After: c.item.After()}
	finder, finds := src.Conn.(platform.Finder)
	repeats := src.Repeat == platform.Forever || a.now().Sub(s.first) < src.Repeat
	if s.prior {
		g, err := a.Names.open(s.sealed)
		switch {
		case a.now().Sub(s.first) > tooLate:
			s.State, s.Why = schema.DeedLost, "an earlier run may have answered, and for a day nobody could tell"
			return nil
		case err != nil || g.Digest != s.part.Digest(): // nothing could tell whether it is the same
			s.State, s.Why = schema.DeedLost, "an earlier run may have answered in other words"
			return nil
		case repeats:
		case finds:
			ref, err := a.find(ctx, finder, at)
			if err == nil {
				s.State, s.URL = schema.DeedDone, ref.URL
				return nil
			}
			if !errors.Is(err, platform.ErrNotFound) {
				s.State = schema.DeedUnknown
				return err
			}
		default:
			s.State, s.Why = schema.DeedLost, "an earlier run may have answered, and nobody can tell"
			return nil
		}
	}
	var ref platform.Ref
	err := again(ctx, func(ctx context.Context) error {
		var err error
		ref, err = src.Conn.Publish(ctx, at)
		return err
	})
	if errors.Is(err, platform.ErrUnknown) && finds {
		if found, again := a.find(ctx, finder, at); again == nil {
			ref, err = found, nil
		}
	}
	s.URL = ref.URL
	switch s.State = stateOf(err); {
	case errors.Is(err, platform.ErrNotFound):
		s.State, s.Why = schema.DeedRefused, "what it answers is gone"
		return nil
	case s.State == schema.DeedUnknown && !finds && !repeats:
		s.State = schema.DeedLost
	}
	return err
}

func (a *actor) find(ctx context.Context, f platform.Finder, at platform.Attempt) (ref platform.Ref, err error) {
	err = once(ctx, func(ctx context.Context) error {
		ref, err = f.Find(ctx, at, nil)
		return err
	})
	return ref, err
}

// ask puts an item on the desk.
func (a *actor) ask(ctx context.Context, c *Case, s *Step) error {
	if a.Desk == nil {
		s.State = schema.DeedFailed
		return errors.New("there is nobody to ask here")
	}
	q := &Question{Item: c.Item, Channel: c.Channel, URL: c.URL, Private: c.Private, Action: c.Action, Rule: c.Rule, Policy: c.Policy,
		Shown: c.Shown, Why: c.Why, Notify: c.Notify, Choices: choices(c.source.acts())}
	if q.Private {
		q.URL, q.Shown = "", nil
	}
	for _, o := range c.Steps {
		if acts(o.Op) && o.State == schema.DeedDone {
			q.Done = o.Op
		}
	}
	a.desk.Lock()
	defer a.desk.Unlock()
	err := once(ctx, func(ctx context.Context) error {
		var err error
		s.URL, err = a.Desk.Ask(ctx, q)
		return err
	})
	if s.State = schema.DeedDone; err != nil {
		s.State = schema.DeedUnknown // the desk looks before it asks again
	}
	return err
}

// renew makes sure that enough of a case's lease is left for one more call.
func (a *actor) renew(ctx context.Context, c *Case, i int) error {
	left := c.Steps[i].lease.Sub(a.now())
	if left > margin {
		return nil
	}
	if left < 0 {
		return errors.New("the run was away longer than its lease; the next goes on")
	}
	var ds []schema.Deed
	for _, s := range c.Steps[i:] {
		if !s.settled() {
			ds = append(ds, a.intent(c, s))
		}
	}
	if err := a.Home.Record(ctx, ds); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	return a.Home.Flush(ctx)
}

// advance notes how far each channel is done with: to the last page before
// anything that is still to be done.
func (a *actor) advance(ctx context.Context, cases map[string][]*Case) error {
	var ds []schema.Deed
	rules := a.newRules()
	for _, ch := range a.scene.Channels {
		done := len(ch.pages)
		for _, c := range cases[ch.Channel] {
			if c.page >= 0 && !c.Settled() {
				done = min(done, c.page)
			}
		}
		if done == 0 {
			continue
		}
		d := a.deed(schema.Deed{Op: schema.OpRead, Channel: ch.Channel, Cursor: ch.pages[done-1].cursor, Rules: rules})
		var items []moderate.Item
		for _, p := range ch.pages[:done] {
			d.Items += len(p.items)
			d.Authors = append(d.Authors, p.authors...)
			items = append(items, p.items...)
		}
		if d.Cursor == ch.asked && d.Items == 0 {
			continue
		}
		rules = nil
		if a.Keep != nil && len(items) > 0 {
			if err := a.Keep(items); err != nil {
				return fmt.Errorf("the items cannot be recorded: %w", err)
			}
		}
		ds = append(ds, d)
	}
	if len(ds) == 0 {
		return nil
	}
	if err := a.Home.Record(context.WithoutCancel(ctx), ds); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	return nil
}

// newRules are those that enforce and did not when the memory last heard.
func (a *actor) newRules() []string {
	return slices.DeleteFunc(a.Rules.Enforcing(), func(id string) bool { return !a.scene.memory.since[id].IsZero() })
}

// end makes every outcome known, and tries again for a while.
func (a *actor) end(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	for try := range tries {
		if err = a.Home.Flush(ctx); err == nil {
			return nil
		}
		<-time.After(time.Duration(try+1) * time.Second)
	}
	return fmt.Errorf("what was done is noted on this machine only; run it again: %w", err)
}
