package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Look reads the page. What it says of its post is what counts: all around it
// is made anew whenever the site gets another look. A folder that is not there
// at all was not restored, which says nothing of its pages.
func (c *conn) Look(ctx context.Context, r platform.Ref) (platform.Ref, error) {
	if !isPage(r.ID) {
		return r, fmt.Errorf("%w: %q is no page of a post", platform.ErrRejected, wire.Brief(r.ID))
	}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	f, err := c.sight(ctx)
	if err != nil {
		return r, err
	}
	defer f.close()
	data, err := f.read(r.ID)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, fmt.Errorf("%w: %w", platform.ErrNotFound, err)
	case err != nil:
		return r, err
	}
	now := platform.Ref{ID: r.ID, URL: c.URL + r.ID}
	p, err := read(r.ID, data)
	switch {
	case err != nil: // somebody wrote another in its place
		now.Rev = short(data)
	case p.Rev == r.Rev: // a receipt from before pages were read for it
		now.Rev = r.Rev
	default:
		now.Rev = p.says()
	}
	return now, nil
}

// says is a digest of what a reader learns from the post on its page.
func (p *post) says() string {
	type shown struct{ Name, Alt string }
	pictures := make([]shown, len(p.Pictures))
	for i, pic := range p.Pictures {
		pictures[i] = shown{pic.Name, pic.Alt}
	}
	return short(fmt.Appendf(nil, "%q %q %q %q %q %q %t %q", p.Title, p.Warning, p.Lang, p.Tags, p.Link, p.Text, p.Unlisted, pictures))
}

func short(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:10])
}

var pageName = regexp.MustCompile(`^[a-z0-9-]+(?:/[a-z0-9-]+)*\.html$`)

// isPage reports whether a file can be a post's page: one that address makes.
func isPage(name string) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(name, ".html"), "/")
	return len(name) < 1000 && pageName.MatchString(name) && name != "index.html" && !slices.Contains(ours, first)
}

// locate is the page at an address. Servers are known to leave its ending out.
func locate(settings map[string]string, address string) (platform.Ref, error) {
	site, err := url.Parse(strings.TrimSuffix(settings["url"], "/") + "/")
	if err != nil || site.Host == "" {
		return platform.Ref{}, errors.New("the channel's url is not the address of a site")
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !strings.EqualFold(u.Host, site.Host) || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return platform.Ref{}, fmt.Errorf("%q is not an address on this site: give that of the post's page, as in %s2027/galette.html", wire.Brief(address), site)
	}
	page, below := strings.CutPrefix(u.Path, site.Path)
	if !strings.HasSuffix(page, ".html") {
		page += ".html"
	}
	if !below || !isPage(page) {
		return platform.Ref{}, fmt.Errorf("%q is not the page of a post: give its address, as in %s2027/galette.html", wire.Brief(u.Path), site)
	}
	return platform.Ref{ID: page, URL: site.String() + page}, nil
}
