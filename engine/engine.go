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
	"net/http"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
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
	// Environ is what git runs in, as os.Environ gives it.
	Environ func() []string
	parser  *text.Parser
}

// New returns an engine for some platforms.
func New(set platform.Set, getenv func(string) string, version string) *Engine {
	return &Engine{Platforms: set, Getenv: getenv, HTTP: Client(nil), Version: version, Ledger: configured, Environ: func() []string { return nil }, parser: text.NewParser()}
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
