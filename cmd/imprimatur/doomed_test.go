package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// doomedMain is Main with toys among the platforms, a clock that is ahead, and
// a death foretold: the process kills itself at a step of its way.
//
//	DOOMED_AT    the step to die at, from 1; 0: none
//	DOOMED_LOG   a file that gets a line for every step
//	DOOMED_AHEAD how far the clock of plans is ahead
func doomedMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ahead, _ := time.ParseDuration(os.Getenv("DOOMED_AHEAD"))
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: func() time.Time { return time.Now().Add(ahead) }}
	a.engine = engine.New(append(all.Platforms(), toys()...), a.getenv, build())
	a.engine.Environ = os.Environ
	d := &doom{}
	d.at, _ = strconv.Atoi(os.Getenv("DOOMED_AT"))
	a.engine.HTTP.Transport = doomedTransport{d, a.engine.HTTP.Transport}
	configured := a.engine.Ledger
	a.engine.Ledger = func(ctx context.Context, s *engine.Space) (ledger.Home, error) {
		home, err := configured(ctx, s)
		return doomedHome{d, home}, err
	}
	remembered := a.engine.Memory
	a.engine.Memory = func(ctx context.Context, s *engine.Space) (tend.Home, error) {
		home, err := remembered(ctx, s)
		return doomedMemory{d, home}, err
	}
	return a.run(ctx, os.Args[1:])
}

type doom struct {
	mu sync.Mutex
	at int
	n  int
}

// step is one moment at which a process may die.
func (d *doom) step(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	if log, err := os.OpenFile(os.Getenv("DOOMED_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err == nil {
		fmt.Fprintln(log, name)
		log.Close()
	}
	if d.n == d.at {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		select {}
	}
}

type doomedTransport struct {
	*doom
	http.RoundTripper
}

func (t doomedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.step("before " + r.Method)
	resp, err := t.RoundTripper.RoundTrip(r)
	t.step("after " + r.Method)
	return resp, err
}

type doomedHome struct {
	*doom
	ledger.Home
}

func (h doomedHome) Read(ctx context.Context) (*ledger.Ledger, error) {
	h.step("before read")
	defer h.step("after read")
	return h.Home.Read(ctx)
}

func (h doomedHome) Intend(ctx context.Context, tip string, rs []schema.Receipt) error {
	h.step("before intents")
	defer h.step("after intents")
	return h.Home.Intend(ctx, tip, rs)
}

func (h doomedHome) Record(ctx context.Context, rs []schema.Receipt) error {
	h.step("before outcomes")
	defer h.step("after outcomes")
	return h.Home.Record(ctx, rs)
}

func (h doomedHome) Flush(ctx context.Context) error {
	h.step("before push")
	defer h.step("after push")
	return h.Home.Flush(ctx)
}

type doomedMemory struct {
	*doom
	tend.Home
}

func (h doomedMemory) Intend(ctx context.Context, tip string, ds []schema.Deed) error {
	h.step("before intents")
	defer h.step("after intents")
	return h.Home.Intend(ctx, tip, ds)
}

func (h doomedMemory) Record(ctx context.Context, ds []schema.Deed) error {
	h.step("before outcomes")
	defer h.step("after outcomes")
	return h.Home.Record(ctx, ds)
}

func (h doomedMemory) Flush(ctx context.Context) error {
	h.step("before push")
	defer h.step("after push")
	return h.Home.Flush(ctx)
}
