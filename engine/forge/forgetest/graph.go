package forgetest

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

var operation = regexp.MustCompile(`(?m)^(?:query|mutation) (\w+)`)

// serveGraph knows the queries of engine/forge by their names; what it answers
// has the shape they ask for.
func (r *Repo) serveGraph(req *http.Request) (any, error) {
	var in struct {
		Query     string
		Variables struct {
			ID, Reason, Owner, Name, After string
			IDs                            []string
		}
	}
	if err := take(req, &in); err != nil {
		return nil, err
	}
	name := ""
	if m := operation.FindStringSubmatch(in.Query); m != nil {
		name = m[1]
	}
	v := in.Variables
	ctx := req.Context()
	var data object
	var err error
	switch name {
	case "Viewer":
		me, failed := r.Me(ctx)
		data, err = object{"viewer": object{"login": me.Login, "databaseId": me.ID}}, failed
	case "Minimize":
		err = r.Minimize(ctx, v.ID, v.Reason)
		data = object{"minimizeComment": object{"minimizedComment": object{"isMinimized": true}}}
	case "Restore":
		err = r.Restore(ctx, v.ID)
		data = object{"unminimizeComment": object{"unminimizedComment": object{"isMinimized": false}}}
	case "Nodes":
		return r.nodes(v.IDs)
	case "Discussions":
		data, err = r.talksObject(v.Owner+"/"+v.Name, v.After), nil
	case "Talk":
		data, err = object{"node": object{"comments": r.words(v.ID, "", v.After)}}, nil
	case "Replies":
		data, err = object{"node": object{"replies": r.words("", v.ID, v.After)}}, nil
	default:
		return nil, fmt.Errorf("%w: a query named %q is not known", forge.ErrRejected, name)
	}
	kind := "UNPROCESSABLE"
	switch {
	case err == nil:
		return object{"data": data}, nil
	case errors.Is(err, forge.ErrNotFound):
		kind = "NOT_FOUND"
	case errors.Is(err, forge.ErrAuth):
		kind = "FORBIDDEN"
	}
	for key := range data {
		data[key] = nil
	}
	return object{"data": data, "errors": []object{{"type": kind, "message": err.Error()}}}, nil
}

func (r *Repo) nodes(ids []string) (any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	nodes, gone := []any{}, []object{}
	for _, id := range ids {
		i := slices.IndexFunc(r.comments, func(c *comment) bool { return c.Node == id })
		if i < 0 {
			nodes = append(nodes, nil)
			gone = append(gone, object{"type": "NOT_FOUND", "message": "Could not resolve to a node with the global id of '" + id + "'"})
			continue
		}
		c := r.comments[i]
		nodes = append(nodes, object{"id": id, "isMinimized": c.Hidden, "author": object{"createdAt": stamp(r.user(c.By.Login).since)}})
	}
	out := object{"data": object{"nodes": nodes}}
	if len(gone) > 0 {
		out["errors"] = gone
	}
	return out, nil
}

// several is how many entries a page of GraphQL has here, so that there are
// several.
const several = 2

func chunk[T any](all []T, after string) object {
	from, _ := strconv.Atoi(after)
	to := min(from+several, len(all))
	return object{"pageInfo": object{"hasNextPage": to < len(all), "endCursor": strconv.Itoa(to)}, "nodes": all[from:to]}
}

func (r *Repo) talksObject(slug, after string) object {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !strings.EqualFold(slug, r.Slug()) {
		return object{"repository": nil}
	}
	type news struct {
		number int
		at     time.Time
	}
	var all []news
	for n, t := range r.talks {
		at := t.at
		for _, c := range r.comments {
			if c.number == n && c.Edited.After(at) {
				at = c.Edited
			}
		}
		all = append(all, news{n, at})
	}
	slices.SortFunc(all, func(a, b news) int { return b.at.Compare(a.at) })
	nodes := []object{}
	for _, t := range all {
		nodes = append(nodes, object{"id": fmt.Sprintf("D_%d", t.number), "url": r.address("discussions", t.number), "updatedAt": stamp(t.at)})
	}
	return object{"repository": object{"discussions": chunk(nodes, after)}}
}

// words are the comments of a discussion, or the answers to one of them.
func (r *Repo) words(talk, reply, after string) object {
	r.mu.Lock()
	defer r.mu.Unlock()
	return chunk(r.wordsOf(talk, reply), after)
}

func (r *Repo) wordsOf(talk, reply string) []object {
	out := []object{}
	for _, c := range r.comments {
		if c.place != inTalk || c.reply != reply || talk != "" && fmt.Sprintf("D_%d", c.number) != talk {
			continue
		}
		association := "NONE"
		if c.Trusted {
			association = "MEMBER"
		}
		kind, login := "User", c.By.Login
		if c.By.Bot { // which GraphQL calls so
			kind, login = "Bot", strings.TrimSuffix(login, "[bot]")
		}
		o := object{"id": c.Node, "databaseId": c.ID, "url": c.URL, "body": c.Body, "createdAt": stamp(c.At), "updatedAt": stamp(c.Edited),
			"isMinimized": c.Hidden, "authorAssociation": association,
			"author": object{"__typename": kind, "login": login, "databaseId": c.By.ID, "createdAt": stamp(r.user(c.By.Login).since)}}
		if reply == "" {
			o["replies"] = chunk(r.wordsOf("", c.Node), "")
		}
		out = append(out, o)
	}
	return out
}
