package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A stage is a copy of a workspace whose channels all lead to stand-ins.
type stage struct {
	dir      string
	space    *engine.Space
	standins map[string]*standin // by channel
	secrets  map[string]string   // by the environment variables that are made up
	usual    []string            // channels whose own servers set other limits
	closers  []func() error
}

// A standin plays the server of one channel.
type standin struct {
	platform.Standin
	base string // where it listens
}

// open copies the workspace, and leads the copy's channels to stand-ins.
func open(ctx context.Context, set platform.Set, of *engine.Space, now time.Time) (*stage, error) {
	st := &stage{standins: map[string]*standin{}, secrets: map[string]string{}}
	if err := st.open(ctx, set, of, now); err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

func (st *stage) open(ctx context.Context, set platform.Set, of *engine.Space, now time.Time) error {
	var err error
	if st.dir, err = os.MkdirTemp("", "imprimatur-rehearsal-"); err != nil {
		return fmt.Errorf("a rehearsal needs room for a copy: %w", err)
	}
	if err := copyFiles(ctx, st.dir, of.Root, written(of, set)); err != nil {
		return err
	}
	e := engine.New(set, func(name string) string { return st.secrets[name] }, "rehearsal")
	e.HTTP, e.Now = engine.Client(transport()), func() time.Time { return now }
	st.closers = append(st.closers, func() error { e.HTTP.CloseIdleConnections(); return nil })
	if st.space, err = e.Open(ctx, st.dir); err != nil {
		return err
	}
	st.closers = append(st.closers, st.space.Close)
	for _, c := range of.Channels {
		if !reflect.DeepEqual(c.Profile, c.Platform.Profile) {
			st.usual = append(st.usual, c.Name)
		}
	}
	wings := free(st.space.Root, "rehearsal")
	for i, c := range st.space.Channels {
		if c.Platform.ByHand() {
			continue // a person has no stand-in
		}
		if err := st.cast(ctx, c, path.Join(wings, strconv.Itoa(i+1))); err != nil {
			return fmt.Errorf("the stand-in of %s: %w", c.Name, err)
		}
	}
	return nil
}

// cast leads a channel to a stand-in of its own, which has the folder dir of
// the copy to itself.
func (st *stage) cast(ctx context.Context, c *platform.Channel, dir string) error {
	if c.Platform.Standin == nil {
		return fmt.Errorf("%s has none", c.Platform.Title)
	}
	if err := st.space.Root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := st.space.Root.OpenRoot(dir)
	if err != nil {
		return err
	}
	st.closers = append(st.closers, root.Close)
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &standin{c.Platform.Standin(root), "http://" + l.Addr().String()}
	server := serve(l, s)
	st.closers = append(st.closers, server.Close)
	st.standins[c.Name] = s
	c.Settings = st.settings(c, s.Settings(s.base), dir)
	return nil
}

// settings are the channel's own, but for what leads to its server.
func (st *stage) settings(c *platform.Channel, lead map[string]string, dir string) map[string]string {
	all := maps.Clone(c.Settings)
	for _, f := range c.Platform.Fields {
		v, ok := lead[f.Name]
		switch {
		case f.Secret && ok:
			name := fmt.Sprintf("REHEARSAL_%d_%s", len(st.standins), strings.ToUpper(f.Name))
			st.secrets[name] = v
			all[f.Name] = "${" + name + "}"
		case f.Secret:
			delete(all, f.Name) // a stand-in has nothing to do with a real one
		case f.Folder && ok:
			all[f.Name] = path.Join(dir, v)
		case ok:
			all[f.Name] = v
		}
	}
	return all
}

// serve answers on l until the server is closed.
func serve(l net.Listener, h http.Handler) *http.Server {
	server := &http.Server{Handler: guard(l.Addr(), h), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // when it fails, its clients say so
	return server
}

// close undoes what open did, the last first.
func (st *stage) close() error {
	var errs []error
	for i := len(st.closers) - 1; i >= 0; i-- {
		errs = append(errs, st.closers[i]())
	}
	st.closers = nil
	if st.dir != "" {
		errs = append(errs, os.RemoveAll(st.dir))
	}
	return errors.Join(errs...)
}
