package publish

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Paced is a client for one account that sends no call of a kind which the
// server said it takes no more of, until it does: such a call is a BusyError
// right away, and who waits for it is who waits for a busy platform. Servers
// count uploads, deletions and posts apart, so that each kind has its own pace.
func Paced(c *http.Client) *http.Client {
	paced := *c
	paced.Transport = &pace{next: c.Transport, until: map[string]time.Time{}}
	return &paced
}

type pace struct {
	next  http.RoundTripper
	mu    sync.Mutex
	until map[string]time.Time // by kind of call
}

func (p *pace) RoundTrip(r *http.Request) (*http.Response, error) {
	kind := kindOf(r)
	p.mu.Lock()
	wait := time.Until(p.until[kind])
	p.mu.Unlock()
	if wait > 0 {
		var err error
		if r.Body != nil {
			err = r.Body.Close()
		}
		said := fmt.Errorf("it said that it takes no more of these for %s", wait.Round(time.Second))
		return nil, &platform.BusyError{After: wait, Err: errors.Join(said, err)}
	}
	resp, err := p.next.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	if wait := wire.Spent(resp.Header); resp.StatusCode < 300 && wait > 0 {
		p.mu.Lock()
		p.until[kind] = time.Now().Add(wait)
		p.mu.Unlock()
	}
	return resp, nil
}

// kindOf is the call without what it is about: no name of a call ends in a
// number, and nearly every id has one.
func kindOf(r *http.Request) string {
	dir, last := path.Split(r.URL.Path)
	if strings.ContainsAny(last, "0123456789") {
		last = ""
	}
	return r.Method + " " + r.URL.Host + dir + last
}
