package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// Sizes of answers, in bytes.
const (
	maxAnswer  = 32 << 20
	maxRefusal = 64 << 10
)

// attempts is how often a request is sent that nothing came of.
const attempts = 4

// A transport gives each request the token, reads answers whole and not too
// far, waits where GitHub asks for it, and tries again what is safe to. Errors
// it gives are of this package's kinds; an answer it gives is not a limit, is
// JSON where JSON was asked for, and 5xx only to who reads.
type transport struct {
	next         http.RoundTripper
	scheme, host string
	graph        string
	token        string
	redact       func(string) string
	sleep        func(context.Context, time.Duration) error

	// who waits for GitHub holds the turn, and everybody else waits for it
	turn   chan struct{}
	left   time.Duration // of all waits together
	waited atomic.Int64  // how many waits there were
}

// read marks a POST that changes nothing; caller is the context of who calls,
// where the request's own outlasts it.
type (
	read   struct{}
	caller struct{}
)

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != t.scheme || req.URL.Host != t.host {
		return nil, errors.New("github: a request to another server was not sent")
	}
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
	}
	ctx := req.Context()
	if from, ok := ctx.Value(caller{}).(context.Context); ok {
		ctx = from
	}
	safe := req.Method == http.MethodGet || ctx.Value(read{}) != nil
	limited := 0
	for lost := 0; ; {
		waits, err := t.clear(ctx)
		if err != nil {
			return nil, err
		}
		resp, answer, sent, err := t.send(ctx, req, body)
		switch {
		case err != nil && ctx.Err() != nil:
			if sent && !safe {
				return nil, fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
			}
			return nil, ctx.Err()
		case err == nil && t.limit(req, resp, answer):
			if err := t.wait(ctx, waits, pause(resp, answer, limited)); err != nil {
				return nil, err
			}
			limited++
			continue
		case err == nil && resp.StatusCode < 500:
			// go-github would refuse calls by a clock of its own
			for _, name := range []string{"Limit", "Remaining", "Reset"} {
				resp.Header.Del("X-RateLimit-" + name)
			}
			return resp, nil
		}
		if err == nil {
			err = fmt.Errorf("github: status %d: %s", resp.StatusCode, wire.Brief(t.redact(string(answer))))
		}
		if sent && !safe {
			return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		if lost++; lost == attempts || errors.Is(err, errTooLong) {
			return nil, err
		}
		if err := t.sleep(ctx, time.Second<<(lost-1)); err != nil {
			return nil, err
		}
	}
}

var errTooLong = fmt.Errorf("github: an answer of more than %d MiB", maxAnswer>>20)

// send makes one attempt. Sent is false where nothing can have left.
func (t *transport) send(ctx context.Context, req *http.Request, body []byte) (resp *http.Response, answer []byte, sent bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerIn, errors.New("no answer in time"))
	defer cancel()
	var left atomic.Bool
	out := req.Clone(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { left.Store(true) }}))
	out.GetBody = nil // nothing sends it again behind our back
	out.Body, out.ContentLength = nil, int64(len(body))
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	out.Header.Set("Authorization", "Bearer "+t.token)
	resp, err = t.next.RoundTrip(out)
	if err != nil {
		return nil, nil, left.Load(), t.lost(ctx, err)
	}
	defer resp.Body.Close()
	limit := int64(maxAnswer)
	if resp.StatusCode >= 300 {
		limit = maxRefusal
	}
	answer, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case resp.StatusCode >= 300: // that it is so is said, even where the rest is cut off
		answer = answer[:min(len(answer), maxRefusal)]
	case err != nil:
		return nil, nil, true, t.lost(ctx, err)
	case len(answer) > maxAnswer:
		return nil, nil, true, errTooLong
	case resp.StatusCode != http.StatusNoContent && !strings.HasSuffix(req.Header.Get("Accept"), "raw") && !whole(answer):
		return nil, nil, true, fmt.Errorf("github: the answer is cut, or not GitHub's: %s", wire.Brief(t.redact(string(answer))))
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	resp.ContentLength = int64(len(answer))
	resp.Uncompressed = true
	return resp, answer, true, nil
}

// whole reports whether an answer is one JSON value, and not nothing.
func whole(answer []byte) bool {
	return json.Valid(answer) && !bytes.Equal(bytes.TrimSpace(answer), []byte("null"))
}

func (t *transport) lost(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if text := err.Error(); t.redact(text) != text {
		err = errors.New(t.redact(text))
	}
	return fmt.Errorf("github: no usable answer: %w", err)
}

// limit reports whether an answer says that nothing was done, for there were
// too many requests.
func (t *transport) limit(req *http.Request, resp *http.Response, answer []byte) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0" || secondary(answer)
	case http.StatusOK:
		if req.URL.Path != t.graph || !bytes.Contains(answer, []byte("RATE_LIMIT")) {
			return false
		}
		var said graphAnswer
		return json.Unmarshal(answer, &said) == nil && len(said.Errors) > 0 && strings.HasPrefix(said.Errors[0].Type, "RATE_LIMIT")
	}
	return false
}

// secondary reports whether a refusal is of the limits that GitHub tells no
// numbers of.
func secondary(answer []byte) bool {
	var said struct{ Message string }
	if json.Unmarshal(answer, &said) != nil {
		return false
	}
	text := strings.ToLower(said.Message)
	return strings.Contains(text, "rate limit") || strings.Contains(text, "abuse detection")
}

// pause is how long to stay away: what GitHub says, or a minute, then two, four …
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
func pause(resp *http.Response, answer []byte, before int) time.Duration {
	before = min(before, 20)
	if d := wire.Wait(resp.Header); d > 0 {
		return max(d, time.Second<<before) + time.Second // the clocks of its servers differ
	}
	if resp.Header.Get("Retry-After") != "" && !secondary(answer) {
		return time.Second << before
	}
	return time.Minute << before
}

// clear waits until nobody waits, and counts the waits there were.
func (t *transport) clear(ctx context.Context) (int64, error) {
	select {
	case t.turn <- struct{}{}:
		<-t.turn
		return t.waited.Load(), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// wait stays away, unless somebody did since the request was sent.
func (t *transport) wait(ctx context.Context, waits int64, d time.Duration) error {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.turn }()
	if t.waited.Load() != waits {
		return nil
	}
	if d > t.left {
		return fmt.Errorf("%w: it asks us to wait %s", ErrBusy, d.Round(time.Second))
	}
	t.left -= d
	t.waited.Add(1)
	return t.sleep(ctx, d)
}
