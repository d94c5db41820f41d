package forge

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

//go:embed graphql/*.graphql
var queries embed.FS

type graphAnswer struct {
	Data   json.RawMessage
	Errors []struct{ Type, Message string }
}

// errParts says that an answer lacks what is gone, and holds the rest.
var errParts = errors.New("github: some of it is gone")

// ask sends a query. What it is about goes in variables alone.
func (g *GitHub) ask(ctx context.Context, name string, variables map[string]any, out any) error {
	query, err := queries.ReadFile("graphql/" + name + ".graphql")
	if err != nil {
		return err
	}
	req, err := g.rest.NewRequest(http.MethodPost, g.graph, map[string]any{"query": string(query), "variables": variables})
	if err != nil {
		return err
	}
	writes := strings.Contains(string(query), "mutation ")
	if writes {
		ctx = lasting(ctx)
	} else {
		ctx = context.WithValue(ctx, read{}, true)
	}
	var answer graphAnswer
	if _, err := g.rest.Do(ctx, req, &answer); err != nil {
		return g.sort(err)
	}
	gone := 0
	for _, e := range answer.Errors {
		text := wire.Brief(g.redact(e.Message))
		switch e.Type {
		case "NOT_FOUND":
			gone++
		case "FORBIDDEN", "INSUFFICIENT_SCOPES":
			return fmt.Errorf("%w: %s", ErrAuth, text)
		case "": // of a query that GitHub could not finish
			if writes {
				return fmt.Errorf("%w: %s", ErrUnknown, text)
			}
			return fmt.Errorf("github: %s", text)
		default:
			return fmt.Errorf("%w: %s: %s", ErrRejected, wire.Brief(e.Type), text)
		}
	}
	if len(answer.Data) == 0 || string(answer.Data) == "null" {
		if gone > 0 {
			return fmt.Errorf("%w: %s", ErrNotFound, wire.Brief(g.redact(answer.Errors[0].Message)))
		}
		if writes {
			return fmt.Errorf("%w: the answer is empty", ErrUnknown)
		}
		return errors.New("github: the answer is empty")
	}
	if out != nil {
		if err := json.Unmarshal(answer.Data, out); err != nil {
			return fmt.Errorf("github: the answer to %s is not what we know: %w", name, err)
		}
	}
	if gone > 0 {
		return errParts
	}
	return nil
}

// classifiers are GitHub's reasons to hide a comment.
var classifiers = []string{"ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"}

// Minimize folds a comment away.
func (g *GitHub) Minimize(ctx context.Context, node, reason string) error {
	if !slices.Contains(classifiers, reason) {
		return fmt.Errorf("%w: %q is none of its reasons: %s", ErrRejected, wire.Brief(reason), strings.Join(classifiers, ", "))
	}
	return g.fold(ctx, "minimize", map[string]any{"id": node, "reason": reason})
}

// Restore unfolds it.
func (g *GitHub) Restore(ctx context.Context, node string) error {
	return g.fold(ctx, "restore", map[string]any{"id": node})
}

func (g *GitHub) fold(ctx context.Context, name string, variables map[string]any) error {
	err := g.ask(ctx, name, variables, nil)
	if errors.Is(err, errParts) {
		return fmt.Errorf("%w: the comment", ErrNotFound)
	}
	return err
}

// list is one page of something in GraphQL.
type list[T any] struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Nodes []T
}

// graphPages is as many pages of fifty as are read of one list.
const graphPages = 100

// along follows a list to its end.
func along[T any](first list[T], next func(after string) (list[T], error)) ([]T, error) {
	out := first.Nodes
	for range graphPages {
		if !first.PageInfo.HasNextPage {
			return out, nil
		}
		var err error
		if first, err = next(first.PageInfo.EndCursor); err != nil {
			return nil, err
		}
		out = append(out, first.Nodes...)
	}
	return nil, fmt.Errorf("github: a list has more than %d entries; none of it was used", 50*graphPages)
}

type words struct {
	ID                   string
	DatabaseID           int64
	URL                  string
	Body                 string
	CreatedAt, UpdatedAt time.Time
	IsMinimized          bool
	AuthorAssociation    string
	Author               *struct {
		Typename   string `json:"__typename"`
		Login      string
		DatabaseID int64
		CreatedAt  time.Time
	}
}

func (w words) comment() Comment {
	on, _, _ := strings.Cut(w.URL, "#")
	c := Comment{ID: w.DatabaseID, Node: w.ID, URL: w.URL, On: on, At: w.CreatedAt.UTC(), Edited: w.UpdatedAt.UTC(),
		Body: w.Body, Hidden: w.IsMinimized, Trusted: trusted(w.AuthorAssociation)}
	if a := w.Author; a != nil {
		c.By = User{a.DatabaseID, a.Login, a.Typename == "Bot"}
		if c.By.Bot && !strings.HasSuffix(a.Login, "[bot]") {
			c.By.Login += "[bot]" // as REST calls it
		}
		c.Since = a.CreatedAt.UTC()
	}
	return c
}

// news lists the discussions in which something was said since a moment.
func (g *GitHub) news(ctx context.Context, since time.Time) ([]string, error) {
	var out []string
	var after any
	for range graphPages {
		var answer struct {
			Repository struct {
				Discussions list[struct {
					ID        string
					UpdatedAt time.Time
				}]
			}
		}
		err := g.ask(ctx, "discussions", map[string]any{"owner": g.owner, "name": g.name, "after": after}, &answer)
		if errors.Is(err, errParts) {
			return nil, fmt.Errorf("%w: the repository", ErrNotFound)
		} else if err != nil {
			return nil, err
		}
		page := answer.Repository.Discussions
		for _, d := range page.Nodes {
			if d.UpdatedAt.Before(since) {
				return out, nil // those with news come first
			}
			out = append(out, d.ID)
		}
		if !page.PageInfo.HasNextPage {
			return out, nil
		}
		after = page.PageInfo.EndCursor
	}
	return nil, fmt.Errorf("github: more than %d discussions have news", 50*graphPages)
}

// discussed lists what was said in discussions since a moment.
func (g *GitHub) discussed(ctx context.Context, since time.Time) ([]Comment, error) {
	talks, err := g.news(ctx, since)
	if err != nil {
		return nil, err
	}
	var out []Comment
	for _, id := range talks {
		said, err := g.talk(ctx, id)
		if errors.Is(err, errParts) || errors.Is(err, ErrNotFound) {
			continue // gone since
		}
		if err != nil {
			return nil, err
		}
		for _, w := range said {
			if !w.UpdatedAt.Before(since) {
				out = append(out, w.comment())
			}
		}
	}
	return out, nil
}

// talk lists all comments of a discussion, and the answers to them.
func (g *GitHub) talk(ctx context.Context, id string) ([]words, error) {
	type said struct {
		words
		Replies list[words]
	}
	page := func(after any) (list[said], error) {
		var answer struct {
			Node struct{ Comments list[said] }
		}
		err := g.ask(ctx, "talk", map[string]any{"id": id, "after": after}, &answer)
		return answer.Node.Comments, err
	}
	first, err := page(nil)
	if err != nil {
		return nil, err
	}
	comments, err := along(first, func(after string) (list[said], error) { return page(after) })
	if err != nil {
		return nil, err
	}
	var out []words
	for _, c := range comments {
		out = append(out, c.words)
		replies, err := along(c.Replies, func(after string) (list[words], error) {
			var answer struct {
				Node struct{ Replies list[words] }
			}
			err := g.ask(ctx, "replies", map[string]any{"id": c.ID, "after": after}, &answer)
			return answer.Node.Replies, err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, replies...)
	}
	return out, nil
}

// know adds what REST does not tell of comments: whether they are hidden, and
// how old their authors' accounts are.
func (g *GitHub) know(ctx context.Context, comments []Comment) error {
	at := map[string]*Comment{}
	for i := range comments {
		at[comments[i].Node] = &comments[i]
	}
	for some := range slices.Chunk(comments, 100) {
		ids := make([]string, len(some))
		for i, c := range some {
			ids[i] = c.Node
		}
		var answer struct {
			Nodes []*struct {
				ID          string
				IsMinimized bool
				Author      *struct{ CreatedAt time.Time }
			}
		}
		if err := g.ask(ctx, "nodes", map[string]any{"ids": ids}, &answer); err != nil && !errors.Is(err, errParts) {
			return err
		}
		for _, n := range answer.Nodes {
			if n == nil || at[n.ID] == nil {
				continue // gone since
			}
			at[n.ID].Hidden = n.IsMinimized
			if n.Author != nil {
				at[n.ID].Since = n.Author.CreatedAt.UTC()
			}
		}
	}
	return nil
}
