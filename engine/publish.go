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
	Now time.Time
	Run string // names the run in the ledger; made up when empty
	// Confirm is asked before anything leaves the machine, with the plan as it
	// will be carried out. Nil means yes.
	Confirm func(plan.Plan, []Alone) (bool, error)
	Report  func(publish.Outcome)
}

// ErrDeclined means that the person said no.
var ErrDeclined = errors.New("nothing was published")

// attempts is how often a plan is made anew because another run was faster.
const attempts = 8

// Publish carries out what is due.
func (s *Space) Publish(ctx context.Context, o Options) (Published, error) {
	asked := o.Confirm == nil
	for try := 1; ; try++ {
		p, l, err := s.Plan(ctx, o.Now)
		if err != nil {
			return Published{}, err
		}
		out := Published{Plan: p}
		do := p
		do.Actions, out.Alone = s.able(p.Actions)
		if !s.Broken { // what is left alone does not count
			do.Refused = do.TooMany(s.Config.Limits.MaxActions)
			out.Plan.Refused = do.Refused
		}
		if do.Refused != "" || !do.Acts() {
			return out, nil
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
		run := &publish.Run{ID: o.Run, Home: s.Home(), Open: s.conns(), Known: l.IDs, Report: o.Report}
		if run.ID == "" {
			run.ID = strings.ToLower(rand.Text()[:10])
		}
		out.Outcomes, err = run.Do(ctx, &do, l.Tip)
		if errors.Is(err, ledger.ErrConflict) && try < attempts {
			select {
			case <-ctx.Done():
				return out, context.Cause(ctx)
			case <-time.After(time.Duration(mathrand.IntN(100*try)) * time.Millisecond):
				continue
			}
		}
		return out, err
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
		return a.Verb.Acts() && a.Verb != plan.Move && !a.Wish.Channel.Platform.Local
	})
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
	a := platform.Account{Channel: c.Name, Brand: s.Config.Brand, Language: s.Config.Language, Zone: s.Zone,
		Settings: maps.Clone(c.Settings), HTTP: s.engine.HTTP, Root: s.Root}
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
// limits, and keeps what they say for offline use. It reports whether any
// limit changed: then the workspace must be opened again. A server that does
// not answer changes nothing.
func (s *Space) Refresh(ctx context.Context, p plan.Plan) (changed bool, err error) {
	open := s.conns()
	for _, c := range s.Channels {
		busy := slices.ContainsFunc(p.Actions, func(a plan.Action) bool { return a.Channel == c.Name && a.Verb.Acts() })
		if !busy || !c.Platform.Can(platform.Limits) || len(s.engine.missing(c)) > 0 {
			continue
		}
		conn, err := open(c)
		if err != nil {
			continue // publishing says so
		}
		ask, cancel := context.WithTimeout(ctx, 20*time.Second)
		limits, err := conn.(platform.Limiter).Limits(ask)
		cancel()
		if err != nil || maps.Equal(limits, s.serverLimits(c.Name)) {
			continue
		}
		if err := s.keep(c.Name, limits); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

func (s *Space) keep(channel string, l platform.ServerLimits) error {
	src, err := json.MarshalIndent(l, "", "  ")
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
