// Package engine turns a workspace into posts on platforms.
//
// Data flows one way, and each stage is a package below:
//
//	load -> check -> render -> plan -> publish -> record -> report
//
// This package joins them: it is what commands call.
package engine

import (
	"net/http"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// An Engine is what the stages need from outside.
type Engine struct {
	Platforms platform.Set
	Getenv    func(string) string // "" where there is none
	HTTP      *http.Client
	Version   string // of the program; a cache of another version is not read
	// CacheKey signs the cache of a workspace: one that comes with the files,
	// from whoever wrote them, is not believed. Without a key there is none.
	CacheKey []byte
	parser   *text.Parser
}

// New returns an engine for some platforms.
func New(set platform.Set, getenv func(string) string, version string) *Engine {
	return &Engine{Platforms: set, Getenv: getenv, HTTP: Client(nil), Version: version, parser: text.NewParser()}
}

// Client is an HTTP client fit for publishing: a redirect is never followed
// with anything but a read, and never to another host, so that no post and no
// secret goes where the author did not send it.
func Client(transport http.RoundTripper) *http.Client {
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = time.Minute
		transport = t
	}
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.Method != http.MethodGet || r.URL.Host != via[0].URL.Host || len(via) > 5 {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}
