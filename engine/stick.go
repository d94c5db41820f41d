package engine

import (
	"context"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// Stick puts a page below a pull request: one comment of ours that begins with
// the marker, made once and edited from then on. The marker alone proves
// nothing: anybody can write it. It returns the comment's address.
func Stick(ctx context.Context, f forge.Forge, number int, marker, page string) (string, error) {
	me, err := f.Me(ctx)
	if err != nil {
		return "", err
	}
	comments, err := f.Comments(ctx, number)
	if err != nil {
		return "", err
	}
	for _, c := range comments {
		if c.By.ID != me.ID || !strings.HasPrefix(c.Body, marker) {
			continue
		}
		if c.Body == page {
			return c.URL, nil
		}
		return c.URL, f.EditComment(ctx, c.ID, page)
	}
	c, err := f.Comment(ctx, number, page)
	return c.URL, err
}
