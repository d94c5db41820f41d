// Package engine turns a workspace into posts on platforms.
//
// Data flows one way, and each stage is a package below:
//
//	load -> check -> render -> plan -> publish -> record -> report
//
// This package joins them: it is what commands call.
package engine

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// An Engine is what the stages need from outside.
type Engine struct {
	Platforms platform.Set
	Getenv    func(string) string // "" where there is none
	HTTP      *http.Client
	Web       http.RoundTripper // what posts lead to, for Visit; nil: the public web, and nothing else
	Version   string            // of the program; a cache of another version is not read
	// CacheKey signs the cache of a workspace: one that comes with the files,
	// from whoever wrote them, is not believed. Without a key there is none.
	CacheKey []byte
	// Ledger is where a workspace's ledger lives: as its imprimatur.yaml says,
	// unless something else is set.
	Ledger func(context.Context, *Space) (ledger.Home, error)
	// Memory is where what moderation did is kept: beside the ledger, unless
	// something else is set.
	Memory func(context.Context, *Space) (tend.Home, error)
	// Forge is where approvals, pull requests and issues are, of the repository
	// whose remote has an address, which is "" where there is none.
	Forge func(ctx context.Context, address string) (forge.Forge, error)
	// Environ is what git runs in, as os.Environ gives it.
	Environ func() []string
	// Now is the clock by which posts are queued; nil: a plan's own moment.
	Now    func() time.Time
	parser *text.Parser
}

// New returns an engine for some platforms.
func New(set platform.Set, getenv func(string) string, version string) *Engine {
	return &Engine{Platforms: set, Getenv: getenv, HTTP: Client(nil), Version: version, Ledger: configured, Memory: remembered, Forge: nowhere, Environ: func() []string { return nil }, parser: text.NewParser()}
}

// Client is an HTTP client fit for publishing.
func Client(transport http.RoundTripper) *http.Client {
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = time.Minute
		transport = t
	}
	return &http.Client{Transport: transport, CheckRedirect: wire.Stay}
}

// nowhere is the forge of an engine that was given none.
func nowhere(context.Context, string) (forge.Forge, error) {
	return nil, fmt.Errorf("%w: there is no token here; set GITHUB_TOKEN to one that may read the repository and its pull requests", forge.ErrAuth)
}
