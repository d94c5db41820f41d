// Package visit owns the visits to the web pages that posts lead to. What the
// posts say is not trusted, and the program may run inside a network that
// trusts it: nothing but the public web is reached, and nothing is read of
// what it answers but the status and where it sends us.
package visit

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// State is what became of a visit.
type State string

// The states. A page that only refuses us, as many do with programs, is there.
const (
	There       State = "there"
	Broken      State = "broken"      // the server says that there is no such page
	Unreachable State = "unreachable" // no usable answer
	Moved       State = "moved"       // there, and to be found elsewhere from now on
)

// An Answer is what one address led to.
type Answer struct {
	State State
	To    string // where it moved
	Why   string // it is broken or cannot be reached: the end of a sentence about it
}

// The bounds of a visit.
const (
	atOnce    = 8 // requests
	perHost   = 2 // of them
	redirects = 10
	patience  = 10 * time.Second // for one request
)

// A Visitor visits web addresses.
type Visitor struct {
	Web      http.RoundTripper // Public, or a stand-in for it
	Patience time.Duration     // for one request; 0: 10 s
}

// Visit visits addresses of http and https, side by side but gently, and
// answers in their order. Done is called after each, from any goroutine. The
// only error is the context's.
func (v *Visitor) Visit(ctx context.Context, addresses []string, done func()) ([]Answer, error) {
	t := &tour{Visitor: v, all: make(chan struct{}, atOnce), hosts: map[string]*host{}}
	if t.patience = v.Patience; t.patience == 0 {
		t.patience = patience
	}
	answers := make([]Answer, len(addresses))
	hosts := byHost(addresses)
	share(ctx, atOnce, len(hosts), func(h int) { // no host keeps the others waiting
		share(ctx, perHost, len(hosts[h]), func(n int) {
			i := hosts[h][n]
			answers[i] = t.visit(ctx, addresses[i])
			done()
		})
	})
	return answers, context.Cause(ctx)
}

// share does n things, a few at once, until the context ends.
func share(ctx context.Context, few, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(few, n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// byHost parts indices of addresses by their host, in order.
func byHost(addresses []string) [][]int {
	var lists [][]int
	at := map[string]int{}
	for i, a := range addresses {
		host := a
		if u, err := url.Parse(a); err == nil {
			host = strings.ToLower(u.Host)
		}
		n, known := at[host]
		if !known {
			n = len(lists)
			at[host], lists = n, append(lists, nil)
		}
		lists[n] = append(lists[n], i)
	}
	return lists
}

// A tour is the visits of one call.
type tour struct {
	*Visitor
	patience time.Duration
	all      chan struct{}
	mu       sync.Mutex
	hosts    map[string]*host
}

// A host is a server as addresses name it.
type host struct {
	places chan struct{}
	dead   atomic.Pointer[net.OpError] // nobody could connect to it; nobody else tries
}

// host is the host called name.
func (t *tour) host(name string) *host {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[name]
	if h == nil {
		h = &host{places: make(chan struct{}, perHost)}
		t.hosts[name] = h
	}
	return h
}

// enter waits for a place at a host, and in all.
func (t *tour) enter(ctx context.Context, h *host) (leave func(), err error) {
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case t.all <- struct{}{}:
		return func() { <-t.all; <-h.places }, nil
	case <-ctx.Done():
		<-h.places
		return nil, ctx.Err()
	}
}
