package platformtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// A line is what lies between a connector and its stand-in. It counts the
// requests, spoils some, and sees which of them put something up.
type line struct {
	next     http.RoundTripper
	timeline func() []platform.Shown

	mu      sync.Mutex
	fault   fault // nil: none
	on      int   // the request that meets it, from 1; 0: all of them
	calls   int
	creator int      // the first request that put something up; 0: none did
	seen    []string // credentials that went over the line
}

// A fault does what it likes to a request and its answer.
type fault func(r *http.Request, next http.RoundTripper) (*http.Response, error)

// spoil lets request number on, or every one, meet a fault from now on.
func (l *line) spoil(f fault, on int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault, l.on, l.calls, l.creator = f, on, 0, 0
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.calls++
	call, f := l.calls, l.fault
	if l.on != 0 && l.on != call {
		f = nil
	}
	if _, credential, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		l.seen = append(l.seen, credential)
	}
	l.mu.Unlock()

	before := len(l.timeline())
	var resp *http.Response
	var err error
	if f == nil {
		resp, err = l.next.RoundTrip(r)
	} else {
		resp, err = f(r, l.next)
	}
	if len(l.timeline()) > before {
		l.mu.Lock()
		if l.creator == 0 {
			l.creator = call
		}
		l.mu.Unlock()
	}
	return resp, err
}

// status is an answer that the server gives instead of doing anything. Like
// some real ones it repeats what it was called with, once in a writing that
// only a decoder of JSON reads.
func status(code int, header ...string) fault {
	return func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		var sent []byte
		if r.Body != nil {
			sent, _ = io.ReadAll(io.LimitReader(r.Body, 300))
			drain(r)
		}
		auth := r.Header.Get("Authorization")
		u, _ := url.QueryUnescape(r.URL.RequestURI())
		escaped := ""
		for _, c := range []byte(auth) {
			escaped += fmt.Sprintf(`\u%04x`, c)
		}
		words, _ := json.Marshal(fmt.Sprintf("no: %s %s %s", auth, r.URL, u))
		about, _ := json.Marshal(string(sent))
		body := fmt.Sprintf(`{"error":"%s %s,"message":"%[1]s %[2]s,"detail":"%[1]s %[2]s,"about":%[3]s}`, escaped, words[1:], about)
		return answer(r, code, "application/json", body, header...), nil
	}
}

// gate is where a hotel's network sends those who have not paid.
const gate = "/please-log-in"

// page is what a hotel's network shows instead.
func page(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
	drain(r)
	return answer(r, 200, "text/html", "<!DOCTYPE html><title>Log in</title>"), nil
}

// lost delivers the request and loses the answer.
func lost(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	if err := deliver(r, next); err != nil {
		return nil, err
	}
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// refused never reaches the server.
func refused(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
	drain(r)
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// halved delivers the request and half of the answer's bytes.
func halved(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	half := answer(r, resp.StatusCode, resp.Header.Get("Content-Type"), string(body[:len(body)/2]))
	return half, nil
}

// silence delivers the request and says nothing until the caller gives up.
func silence(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	if err := deliver(r, next); err != nil {
		return nil, err
	}
	if d, ok := r.Context().Value(deadlineKey{}).(*deadline); ok {
		d.pass()
	}
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(30 * time.Second):
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ETIMEDOUT}
	}
}

func deliver(r *http.Request, next http.RoundTripper) error {
	resp, err := next.RoundTrip(r)
	if err != nil {
		return err
	}
	io.Copy(io.Discard, resp.Body)
	return resp.Body.Close()
}

// drain reads a body, as the transport would.
func drain(r *http.Request) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
}

func answer(r *http.Request, code int, kind, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {kind}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		Status: http.StatusText(code), StatusCode: code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// A deadline is a context whose deadline passes the moment the line falls
// silent, so that no test waits for one.
type deadline struct {
	context.Context
	once sync.Once
	done chan struct{}
}

type deadlineKey struct{}

func newDeadline(ctx context.Context) *deadline {
	return &deadline{Context: ctx, done: make(chan struct{})}
}

func (d *deadline) pass()                 { d.once.Do(func() { close(d.done) }) }
func (d *deadline) Done() <-chan struct{} { return d.done }

func (d *deadline) Err() error {
	select {
	case <-d.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func (d *deadline) Value(key any) any {
	if key == (deadlineKey{}) {
		return d
	}
	return d.Context.Value(key)
}
