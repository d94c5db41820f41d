package engine

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/publish"
)

// Alone is a channel that was left alone, for want of credentials.
type Alone struct {
	Channel string   `json:"channel"`
	Missing []string `json:"missing"` // environment variables
	Posts   int      `json:"posts"`   // that were to go there now
}

// Published is what a publish did.
type Published struct {
	Plan     plan.Plan         `json:"plan"`
	Outcomes []publish.Outcome `json:"outcomes"`
	Alone    []Alone           `json:"alone"`
}

// Options say how to publish.
type Options struct {
	Clock func() time.Time
	Run   string        // names the run in the ledger; made up when empty
	Lease time.Duration // how long an intent keeps other runs away; 0: publish.DefaultLease
	// Confirm is asked before anything leaves the machine, with the plan as it
	// will be carried out. Nil means yes.
	Confirm func(plan.Plan, []Alone) (bool, error)
	Report  func(publish.Outcome)
	// Exactly is the only plan that may be carried out.
	Exactly *plan.Plan
	Shard   plan.Shard
	// Until waits inside the run, so long, for what falls due, and sends it at
	// its second.
	Until time.Duration
	// Note is told what a run with Until waits for, and why it ends early.
	Note func(string)
	// Thrown says that this machine is thrown away after the run, and with it
	// a ledger that is not kept elsewhere.
	Thrown bool
}

// ErrDeclined means that the person said no.
var ErrDeclined = errors.New("nothing was published")

// lead is how long before its moment a post that is waited for is planned and
// its intent written.
const lead = 20 * time.Second

// Publish carries out what is due and, with Options.Until, what falls due
// meanwhile.
func (s *Space) Publish(ctx context.Context, o Options) (Published, error) {
	end := o.Clock().Add(o.Until)
	if o.Run == "" {
		o.Run = strings.ToLower(rand.Text()[:10])
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	var moved func(context.Context) string
	if o.Until > 0 {
		moved = s.watch(ctx)
	}
	asked := o.Confirm == nil
	if confirm := o.Confirm; confirm != nil {
		o.Confirm = func(p plan.Plan, alone []Alone) (bool, error) {
			ok, err := confirm(p, alone)
			asked = asked || ok
			return ok, err
		}
	}
	open := s.conns() // a login, and what a server said of its limits, last for all passes
	all, err := s.passes(ctx, o, open, end, moved)
	if err == nil && all.Plan.Refused == "" && ctx.Err() == nil {
		err = s.keepCalendars(ctx, o.Clock(), asked, open)
	}
	return all, err
}

// passes carries out what is due, again and again until the end.
func (s *Space) passes(ctx context.Context, o Options, open func(*platform.Channel) (platform.Conn, error), end time.Time, moved func(context.Context) string) (Published, error) {
	var all Published
	for pass := 1; ; pass++ {
		run := o.Run
		if pass > 1 {
			run += "." + strconv.Itoa(pass)
		}
		out, err := s.pass(ctx, o, run, open)
		all.Plan, all.Alone = out.Plan, out.Alone
		all.Outcomes = append(all.Outcomes, out.Outcomes...)
		if err != nil || out.Plan.Refused != "" || o.Until == 0 {
			return all, err
		}
		next := out.Plan.Next(o.Clock().Add(lead))
		if next == nil || next.Due.After(end) {
			return all, nil
		}
		o.Note(s.waits(next))
		select {
		case <-ctx.Done():
			return all, nil // what is not begun is the next run's
		case <-time.After(next.Due.Add(-lead).Sub(o.Clock())):
		}
		if why := moved(ctx); why != "" { // a freeze, a correction, a retraction
			o.Note(why)
			return all, nil
		}
	}
}

// waits says what a run waits for.
func (s *Space) waits(a *plan.Action) string {
	return fmt.Sprintf("waiting until %s for %s on %s", a.Due.In(s.Zone).Format("15:04:05"), a.Post, a.Channel)
}

// watch returns a function that says whether the branch this workspace was
// checked out from has moved on, or "".
func (s *Space) watch(ctx context.Context) func(context.Context) string {
	tip := func(ctx context.Context) (branch, commit string) {
		repo, err := s.repository(ctx)
		if err != nil {
			return "", ""
		}
		branch, err = repo.Current(ctx)
		if err == nil && branch != "" {
			commit, err = repo.Tip(ctx, branch)
		}
		if err != nil {
			return "", "" // nobody to ask: what was checked out counts
		}
		return branch, commit
	}
	_, first := tip(ctx)
	return func(ctx context.Context) string {
		branch, now := tip(ctx)
		if first == "" || now == "" || now == first {
			return ""
		}
		return "the branch " + branch + " has moved on; what it says now is for the next run"
	}
}

// race is how long a run that other runs are faster than tries again.
const race = 3 * time.Minute

// pass carries out what is due at one moment.
func (s *Space) pass(ctx context.Context, o Options, run string, open func(*platform.Channel) (platform.Conn, error)) (Published, error) {
	home, err := s.Home(ctx)
	if err != nil {
		return Published{}, err
	}
	asked := o.Confirm == nil
	for start, try := o.Clock(), 1; ; try++ {
		var ahead time.Duration
		if o.Until > 0 {
			ahead = lead
		}
		p, l, err := s.plan(ctx, home, o.Clock(), ahead)
		if err != nil {
			return Published{}, err
		}
		all := p.Actions
		out := Published{Plan: p}
		do := p
		do.Actions, out.Alone = s.able(all)
		switch {
		case s.Broken:
		case o.Exactly != nil:
			do.Actions, do.Refused = o.Exactly.Only(do.Actions, all)
		default: // what is left alone does not count, what other shards do does
			do.Refused = do.TooMany(s.Config.Limits.MaxActions)
		}
		do.Actions, out.Plan.Actions = o.Shard.Of(do.Actions), o.Shard.Of(all)
		fleeting := false
		if do.Refused == "" && o.Thrown && leaves(do) {
			if fleeting, err = s.Fleeting(ctx); err != nil {
				return out, err
			}
		}
		if fleeting {
			do.Refused = "this machine is thrown away after the run, and the ledger with it: the next run would publish everything again; write `ledger: git` in imprimatur.yaml, or restore the ledger's folder before the run"
		}
		if out.Plan.Refused = do.Refused; do.Refused != "" {
			return out, nil
		}
		promises := s.promises(l, p.Now, run)
		if !do.Acts() && (len(promises) == 0 || o.Confirm != nil) { // but for what an earlier run could not bring home
			return out, errors.Join(s.fillOutbox(all), home.Flush(ctx))
		}
		if !asked && leaves(do) {
			switch ok, err := o.Confirm(do, out.Alone); {
			case err != nil:
				return out, err
			case !ok:
				return out, ErrDeclined
			}
		}
		asked = true
		if err := s.fillOutbox(all); err != nil {
			return out, err
		}
		for i := range do.Actions {
			if a := &do.Actions[i]; a.Verb == plan.Publish && a.First() && a.Due.After(p.Now) {
				o.Note(s.waits(a))
			}
		}
		connect := func(c *platform.Channel) (platform.Conn, error) {
			if o.Thrown {
				if err := s.unrestored(c, l); err != nil {
					return nil, err
				}
			}
			return open(c)
		}
		r := &publish.Run{ID: run, Home: home, Also: promises, Lease: o.Lease, Open: connect, Known: l.IDs, Report: o.Report}
		out.Outcomes, err = r.Do(ctx, &do, l.Tip)
		if !errors.Is(err, ledger.ErrConflict) || o.Clock().Sub(start) > race {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, context.Cause(ctx)
		case <-time.After(time.Duration(mathrand.IntN(100*min(try, 20))) * time.Millisecond):
		}
	}
}

// able parts the actions into those whose channel has its credentials, and
// the channels that are left alone.
func (s *Space) able(all []plan.Action) ([]plan.Action, []Alone) {
	alone := map[string]*Alone{}
	var do []plan.Action
	for _, a := range all {
		var missing []string
		if c := s.Channel(a.Channel); a.Verb.Acts() && c != nil {
			missing = s.engine.missing(c)
		}
		if len(missing) == 0 {
			do = append(do, a)
			continue
		}
		if alone[a.Channel] == nil {
			alone[a.Channel] = &Alone{Channel: a.Channel, Missing: missing}
		}
		alone[a.Channel].Posts++
	}
	var list []Alone
	for _, name := range slices.Sorted(maps.Keys(alone)) {
		list = append(list, *alone[name])
	}
	return do, list
}

// missing lists the environment variables that a channel needs and lacks.
func (e *Engine) missing(c *platform.Channel) []string {
	return slices.DeleteFunc(c.Secrets(), func(name string) bool { return e.Getenv(name) != "" })
}

// leaves reports whether anything of the plan leaves this machine.
func leaves(p plan.Plan) bool {
	return slices.ContainsFunc(p.Actions, func(a plan.Action) bool {
		return a.Verb.Acts() && a.Verb != plan.Move && a.Verb != plan.HandOff && !a.Wish.Channel.Local()
	})
}

// Secrets are the values of the channels' secrets that are set.
func (s *Space) Secrets() []string {
	var values []string
	if v := strings.TrimSpace(s.engine.Getenv(s.ModerationKey())); v != "" {
		values = append(values, v)
	}
	for _, c := range s.Channels {
		for _, name := range c.Secrets() {
			if v := strings.TrimSpace(s.engine.Getenv(name)); v != "" {
				values = append(values, v)
			}
		}
	}
	return values
}

// conns opens each channel once.
func (s *Space) conns() func(*platform.Channel) (platform.Conn, error) {
	var mu sync.Mutex
	open := map[string]platform.Conn{}
	return func(c *platform.Channel) (platform.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if conn := open[c.Name]; conn != nil {
			return conn, nil
		}
		conn, err := s.Connect(c)
		open[c.Name] = conn
		return conn, err
	}
}

// Connect opens a channel with the secrets of the environment.
func (s *Space) Connect(c *platform.Channel) (platform.Conn, error) {
	if missing := s.engine.missing(c); len(missing) > 0 {
		return nil, fmt.Errorf("%s is not set", strings.Join(missing, " and "))
	}
	a := platform.Account{Channel: c.Name, Brand: s.Config.Brand, Language: s.Config.Language, Zone: s.ChannelZone(c.Name),
		Settings: maps.Clone(c.Settings), HTTP: publish.Paced(s.engine.HTTP), Root: s.Root, Repo: s.repository}
	for _, f := range c.Platform.Fields {
		if v := c.Settings[f.Name]; f.Secret && v != "" {
			secret := strings.TrimSpace(s.engine.Getenv(v[2 : len(v)-1]))
			a.Settings[f.Name] = secret
			a.Secrets = append(a.Secrets, secret)
		}
	}
	return c.Platform.Open(a)
}

// Refresh asks the servers of the channels that p would publish to for their
// limits, side by side, and keeps what they say for offline use. It reports
// whether any limit changed: then the workspace must be opened again. A server
// that does not answer changes nothing.
func (s *Space) Refresh(ctx context.Context, p plan.Plan) (changed bool, err error) {
	open := s.conns()
	told := make([]platform.ServerLimits, len(s.Channels))
	var wg sync.WaitGroup
	for i, c := range s.Channels {
		busy := slices.ContainsFunc(p.Actions, func(a plan.Action) bool { return a.Channel == c.Name && a.Verb.Acts() })
		if !busy || !c.Platform.Can(platform.Limits) || len(s.engine.missing(c)) > 0 {
			continue
		}
		conn, err := open(c)
		if err != nil {
			continue // publishing says so
		}
		wg.Go(func() {
			ask, cancel := context.WithTimeout(ctx, 20*time.Second)
			defer cancel()
			if limits, err := conn.(platform.Limiter).Limits(ask); err == nil {
				told[i] = limits
			}
		})
	}
	wg.Wait()
	for i, c := range s.Channels {
		if told[i] == nil || maps.Equal(told[i], s.serverLimits(c.Name)) {
			continue
		}
		if err := s.keep(c.Name, told[i]); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

func (s *Space) keep(channel string, l platform.ServerLimits) error {
	if len(s.engine.CacheKey) == 0 {
		return nil // it would not be believed
	}
	src, err := json.MarshalIndent(s.newTold(channel, l), "", "  ")
	if err != nil {
		return err
	}
	file := limitsFile(channel)
	if err := s.Root.MkdirAll(path.Dir(file), 0o755); err != nil {
		return fmt.Errorf("cannot keep the limits of %s: %w", channel, err)
	}
	if err := s.Root.WriteFile(file, append(src, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot keep the limits of %s: %w", channel, err)
	}
	return nil
}
