package check

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// LinkSettings checks what the workspace adds to links, and to which.
func LinkSettings(w *workspace.Workspace) []schema.Problem {
	var ps []schema.Problem
	add := func(at, id, what string) {
		ps = append(ps, schema.Problem{Pos: w.Source.At(at), Check: id, Severity: schema.Error, Text: what})
	}
	for _, p := range w.Config.Links.UTM.Params() {
		at := "links.utm." + p.Key
		names, stray := p.Value.Names()
		for _, name := range names {
			if !slices.Contains(schema.LinkNames, name) {
				add(at, "links/unknown-name", schema.NotKnown("name", "{"+name+"}", braced(schema.LinkNames)))
			}
		}
		if stray {
			add(at, "links/unknown-name", "a { or } is alone here; names are written like {platform}")
		}
	}
	for i, host := range w.Config.Links.Except {
		if u, err := url.Parse("https://" + host); err != nil || u.Hostname() != host || !strings.Contains(host, ".") || strings.ContainsAny(host, "* ") {
			add(fmt.Sprintf("links.except[%d]", i), "links/not-a-host", "this is not the name of a host; write it alone, as in shop.example, and its subdomains go with it")
		}
	}
	return ps
}

func braced(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "{" + n + "}"
	}
	return out
}
