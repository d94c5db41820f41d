package check

import (
	"net/url"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// LinkSettings checks what the workspace adds to links, and to which.
func LinkSettings(w *workspace.Workspace) []schema.Problem {
	ps := parameters(w.Config.Links.UTM, w.Source, "links.utm.")
	for i := range w.Calendars {
		for n, c := range w.Calendars[i].Campaigns {
			ps = append(ps, parameters(c.UTM, w.Calendars[i].Source, index("campaigns", n)+".utm.")...)
		}
	}
	for i, host := range w.Config.Links.Except {
		if u, err := url.Parse("https://" + host); err != nil || u.Hostname() != host || !strings.Contains(host, ".") || strings.ContainsAny(host, "* ") {
			ps = append(ps, schema.Problem{Pos: w.Source.At(index("links.except", i)), Check: "links/not-a-host", Severity: schema.Error,
				Text: "this is not the name of a host; write it alone, as in shop.example, and its subdomains go with it"})
		}
	}
	return ps
}

// parameters checks the names in the parameters of links.
func parameters(u schema.UTM, source schema.Source, path string) []schema.Problem {
	var ps []schema.Problem
	add := func(key, what string) {
		ps = append(ps, schema.Problem{Pos: source.At(path + key), Check: "links/unknown-name", Severity: schema.Error, Text: what})
	}
	for _, p := range u.Params() {
		names, stray := p.Value.Names()
		for _, name := range names {
			if !slices.Contains(schema.LinkNames, name) {
				add(p.Key, schema.NotKnown("name", "{"+name+"}", braced(schema.LinkNames)))
			}
		}
		if stray {
			add(p.Key, "a { or } is alone here; names are written like {platform}")
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
