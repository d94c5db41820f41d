// Command imprimatur checks, plans and publishes a workspace of posts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata" // results must not depend on the machine

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// version is set when a release is built.
var version = "devel"

func main() { os.Exit(Main()) }

// Main runs the program on the process's own arguments and streams.
func Main() int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a run is short: memory for time, up to a point
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(110 << 20)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	defer stop()
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now}
	a.engine = engine.New(all.Platforms(), a.getenv, build())
	a.engine.CacheKey, a.engine.Environ, a.engine.Now = cacheKey(), os.Environ, time.Now
	a.engine.Forge = a.forge
	return a.run(ctx, os.Args[1:])
}

// Exit codes.
const (
	exitClean    = 0
	exitProblems = 1 // in the workspace
	exitUsage    = 2
	exitFailure  = 3
	exitWaiting  = 4 // some actions failed or wait for a person
)

// An exit ends a command with a code; what there is to say was said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// A usage error is a command that was called wrongly.
type usage struct{ error }

// app is what the commands share.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	engine         *engine.Engine
	index          []time.Duration        // how long GitHub's index is waited for; nil: as long as it takes
	hubs           map[string]forge.Forge // by address and repository: what a run may wait for GitHub is of all its questions together
	dirs           []string               // of -C
	format         string                 // text or json
	actions        *report.Actions        // nil but on GitHub Actions
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	code := a.ended(ctx, root.ExecuteContext(ctx))
	if err := a.actions.End(); err != nil {
		fmt.Fprintf(a.stderr, "imprimatur: GitHub Actions was not told everything: %v\n", err)
		code = max(code, exitFailure)
	}
	return code
}

// ended says how a command ended, and returns its exit code.
func (a *app) ended(ctx context.Context, err error) int {
	var code exit
	var wrong usage
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		fmt.Fprintf(a.stderr, "imprimatur: %v\n", err)
		a.actions.Error(err.Error())
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(a.stderr, "imprimatur: stopped; run it again to go on")
		a.actions.Error("stopped; run it again to go on")
		return exitFailure
	default:
		fmt.Fprintf(a.stderr, "imprimatur: %v\n", err)
		a.actions.Error(err.Error())
		return exitFailure
	}
}
