package forge

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"
)

// OpenPull asks to bring the branch head into the branch base of the same
// repository.
func (g *GitHub) OpenPull(ctx context.Context, head, base, title, body string) (Pull, error) {
	p, _, err := g.rest.PullRequests.Create(lasting(ctx), g.owner, g.name, &github.NewPullRequest{Head: &head, Base: &base, Title: &title, Body: &body})
	if err != nil {
		return Pull{}, g.wrote(err)
	}
	if p.GetNumber() == 0 || p.Head == nil || p.Base == nil {
		return Pull{}, fmt.Errorf("%w: the answer is not a pull request", ErrUnknown)
	}
	return pull(p), nil
}
