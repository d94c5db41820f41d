package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/git"
)

// forge is GitHub as the environment names it: the repository at an address,
// or else the one that a workflow runs in.
func (a *app) forge(_ context.Context, address string) (forge.Forge, error) {
	host, name := git.Hosted(address)
	if strings.Count(name, "/") != 1 { // no address, or one of a mirror
		name = a.getenv("GITHUB_REPOSITORY")
	}
	api := a.getenv("GITHUB_API_URL")
	if api == "" && host != "" && !strings.EqualFold(host, "github.com") {
		api = "https://" + host + "/api/v3" // GitHub Enterprise
	}
	token := cmp.Or(a.getenv("GITHUB_TOKEN"), a.getenv("GH_TOKEN"))
	switch {
	case token == "":
		return nil, fmt.Errorf("%w: there is no token here; set GITHUB_TOKEN to one that may read the repository and its pull requests", forge.ErrAuth)
	case name == "":
		return nil, fmt.Errorf("the repository has no remote on GitHub (%q)", address)
	}
	if hub := a.hubs[api+" "+name]; hub != nil {
		return hub, nil
	}
	hub, err := forge.New(forge.Options{Repo: name, Token: token, API: api, HTTP: a.engine.HTTP.Transport, Index: a.index})
	if err != nil {
		return nil, err
	}
	if a.hubs == nil {
		a.hubs = map[string]forge.Forge{}
	}
	a.hubs[api+" "+name] = hub
	return hub, nil
}
