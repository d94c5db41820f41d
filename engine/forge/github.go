package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Options say which repository, and with what token.
type Options struct {
	Repo  string // "acme/voice"
	Token string
	// API is the base address, as GITHUB_API_URL gives it; "" is
	// https://api.github.com. Plain http is for this machine only.
	API string
	// HTTP carries the requests.
	HTTP http.RoundTripper
	// Patience is how long all requests together may wait because GitHub asks
	// for it; 0 is five minutes.
	Patience time.Duration
	// Index is how long to wait each time the index of commits is empty, of
	// all calls of Introduced together: what is older than their sum is known.
	// nil is a minute in all.
	Index []time.Duration
	// Sleep waits; nil waits in earnest. It ends early with the context.
	Sleep func(context.Context, time.Duration) error
}

// GitHub is a Forge over GitHub's REST API and, where that has no word for it,
// its GraphQL API. It may be used by several goroutines at once.
type GitHub struct {
	rest        *github.Client
	owner, name string
	graph       string // the GraphQL address
	redact      func(string) string
	sleep       func(context.Context, time.Duration) error

	mu    sync.Mutex
	index []time.Duration // what is left of Options.Index
}

var _ Forge = (*GitHub)(nil)

// answerIn is the longest that one attempt may take.
const answerIn = time.Minute

var (
	slug   = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+)$`)
	login  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$`)
	object = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// New makes a GitHub. It asks nothing yet.
func New(o Options) (*GitHub, error) {
	m := slug.FindStringSubmatch(o.Repo)
	if m == nil || m[2] == "." || m[2] == ".." {
		return nil, fmt.Errorf("a repository is written owner/name, not %q", wire.Brief(o.Repo))
	}
	token := strings.TrimSpace(o.Token) // pasted with its line's end
	if token == "" {
		return nil, fmt.Errorf("%w: there is none", ErrAuth)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, fmt.Errorf("%w: it holds a character that no token has", ErrAuth)
	}
	base, err := address(o.API)
	if err != nil {
		return nil, err
	}
	if o.HTTP == nil {
		return nil, errors.New("github: nothing to carry the requests")
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Minute
	}
	if o.Index == nil {
		o.Index = []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second}
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	graph := *base
	graph.Path = strings.TrimSuffix(graph.Path, "/v3") + "/graphql"
	redact := (&wire.Client{Secrets: []string{token}}).Redact
	client := github.NewClient(&http.Client{
		Transport: &transport{
			next: o.HTTP, host: base.Host, scheme: base.Scheme, graph: graph.Path,
			token: token, redact: redact, sleep: o.Sleep, left: o.Patience, turn: make(chan struct{}, 1),
		},
		CheckRedirect: follow,
	})
	client.BaseURL = base.JoinPath("/")
	client.UserAgent = "imprimatur (+https://github.com/imprimatur-ci/imprimatur)"
	return &GitHub{
		rest: client, owner: m[1], name: m[2], graph: graph.String(),
		redact: redact, sleep: o.Sleep, index: o.Index,
	}, nil
}

// address reads the API's base address.
func address(s string) (*url.URL, error) {
	if s == "" {
		s = "https://api.github.com"
	}
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of GitHub's API is not one; it is written https://host/path")
	}
	switch ip := net.ParseIP(u.Hostname()); {
	case u.Scheme == "https":
	case u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()):
	default:
		return nil, fmt.Errorf("the address of GitHub's API must begin with https://, for the token's sake; it is %s://%s", u.Scheme, u.Host)
	}
	return u, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// follow goes where a repository that was renamed is now, on the same host,
// to read. Nothing is written at a place that was not named.
func follow(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// sort says what an error of a call means.
func (g *GitHub) sort(err error) error {
	var status *github.ErrorResponse
	if !errors.As(err, &status) {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err
		}
		if text := err.Error(); g.redact(text) != text {
			return errors.New(g.redact(text))
		}
		return err
	}
	said := []string{status.Message}
	for _, e := range status.Errors {
		if e.Message != "" && e.Message != status.Message {
			said = append(said, e.Message)
		} else if e.Field != "" {
			said = append(said, e.Field+" "+e.Code)
		}
	}
	text := wire.Brief(g.redact(strings.Join(said, "; ")))
	kind, code := ErrRejected, status.Response.StatusCode
	switch {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		kind = ErrAuth
	case code == http.StatusNotFound || code == http.StatusGone,
		code == http.StatusUnprocessableEntity && strings.HasPrefix(text, "No commit found"):
		kind = ErrNotFound
	case code >= 500:
		return fmt.Errorf("github: status %d: %s", code, text)
	case code < 400:
		text = "it sends us elsewhere; was the repository renamed?"
	}
	return fmt.Errorf("%w: status %d: %s", kind, code, text)
}

// wrote says what the end of a write means. Where GitHub took it and answered
// in a way we cannot read, it may be done.
func (g *GitHub) wrote(err error) error {
	if err == nil {
		return nil
	}
	err = g.sort(err)
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	if errors.As(err, &kind) || errors.As(err, &syntax) {
		return fmt.Errorf("%w: the answer is not what we know", ErrUnknown)
	}
	return err
}

// lasting keeps go-github from telling of a cancelled write that it was
// cancelled and nothing else; the transport minds the caller's context.
func lasting(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), caller{}, ctx)
}

// most is how many pages of a hundred are read of a list, but for lists that
// have a bound of their own.
const most = 100

// pages reads a list whole, or gives an error: nobody decides on half of one.
func pages[T any](g *GitHub, limit int, ask func(github.ListOptions) ([]*T, *github.Response, error)) ([]*T, error) {
	var out []*T
	at := github.ListOptions{Page: 1, PerPage: 100}
	for range limit {
		page, resp, err := ask(at)
		if err != nil {
			return nil, g.sort(err)
		}
		if slices.Contains(page, nil) {
			return nil, errors.New("github: a list has an entry that is nothing")
		}
		out = append(out, page...)
		// a full page may be the last one, even where no next one is named
		if resp.NextPage == 0 && resp.After == "" && len(page) < at.PerPage {
			return out, nil
		}
		at.Page++
	}
	return nil, fmt.Errorf("github: a list has more than %d entries; none of it was used", limit*at.PerPage)
}

// get reads what go-github has no words for.
func (g *GitHub) get(ctx context.Context, path string, out any) (*github.Response, error) {
	req, err := g.rest.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	return g.rest.Do(ctx, req, out)
}

func person(u *github.User) User {
	if u == nil {
		return User{} // of an account that is gone
	}
	return User{u.GetID(), u.GetLogin(), u.GetType() == "Bot"}
}

func when(t *github.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
