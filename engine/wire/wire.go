// Package wire is how connectors speak HTTP: JSON in and out, failures sorted
// into the few kinds the engine acts on, and no secret in any of them.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer is the most bytes of an answer that are read.
const maxAnswer = 8 << 20

// A Client speaks to one server.
type Client struct {
	HTTP    *http.Client
	Base    string      // "https://host", without a slash at the end
	Header  http.Header // sent with every request
	Secrets []string    // never to appear in an error
}

// Stay is how a client that publishes treats redirects: it follows none. No post
// and no secret goes where the author did not send it, and what another page
// says, such as that it is not found, is not taken for the platform's answer.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// A Request is one call. Body goes as it is, JSON is encoded.
type Request struct {
	Method string
	Path   string // below Base
	Query  url.Values
	Header http.Header
	JSON   any
	Body   []byte
	Type   string // of Body
}

// StatusError is an answer that is not 2xx. A redirect that was not followed is
// one.
type StatusError struct {
	Status int
	After  time.Duration // how long the server asks us to wait; 0 where it does not say
	To     string        // where a redirect leads, without its query; or ""
	Body   []byte        // at most 2,000 bytes, secrets removed
}

func (e *StatusError) Error() string {
	if e.To != "" {
		return fmt.Sprintf("status %d: it sends us to %s", e.Status, e.To)
	}
	return fmt.Sprintf("status %d: %s", e.Status, Brief(string(e.Body)))
}

// Brief is a server's text as it may stand in a message: one line, at most
// 300 characters, nothing a terminal would act on.
func Brief(s string) string {
	s = s[:min(len(s), 4000)]
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}

// LostError means that the request left and no usable answer came back.
type LostError struct{ Err error }

func (e *LostError) Error() string { return "no usable answer: " + e.Err.Error() }
func (e *LostError) Unwrap() error { return e.Err }

// UnsentError means that the request never left: trying again is safe.
type UnsentError struct{ Err error }

func (e *UnsentError) Error() string { return "not sent: " + e.Err.Error() }
func (e *UnsentError) Unwrap() error { return e.Err }

// An Answer is what came back with a 2xx status.
type Answer struct {
	Status int
	Header http.Header
}

// Do sends r and decodes a JSON answer into out, unless out is nil. A *[]byte
// takes the answer as it is.
func (c *Client) Do(ctx context.Context, r Request, out any) (Answer, error) {
	var left atomic.Bool
	req, err := c.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { left.Store(true) },
	}), r)
	if err != nil {
		return Answer{}, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		if err = c.clean(err); !left.Load() {
			return Answer{}, &UnsentError{err}
		}
		return Answer{}, &LostError{err}
	}
	defer resp.Body.Close()
	answer := Answer{resp.StatusCode, resp.Header}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case resp.StatusCode >= 300: // that it is so is said, even where the rest is cut off
		said := c.Redact(string(body)) // before it is cut: half a secret is one too
		return answer, &StatusError{resp.StatusCode, Wait(resp.Header), c.place(resp), []byte(said[:min(len(said), 2000)])}
	case err != nil:
		return answer, &LostError{c.clean(err)}
	case len(body) > maxAnswer:
		return answer, &LostError{errors.New("the answer is too long")}
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = body
		return answer, nil
	}
	if out == nil {
		return answer, nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		// it was accepted; we just cannot tell where it is
		return answer, &LostError{fmt.Errorf("the answer is not the JSON we know: %s", Brief(c.Redact(string(body))))}
	}
	return answer, nil
}

// place is where a redirect leads, as it may stand in a message.
func (c *Client) place(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil || resp.StatusCode >= 400 {
		return ""
	}
	u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path} // the rest may hold a token
	return Brief(c.Redact(u.String()))
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	body, kind := r.Body, r.Type
	if r.JSON != nil {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.JSON); err != nil {
			return nil, err
		}
		body, kind = bytes.TrimSuffix(buf.Bytes(), []byte("\n")), "application/json"
	}
	u := c.Base + r.Path
	if len(r.Query) > 0 {
		u += "?" + r.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u, nil)
	if err != nil {
		return nil, errors.New("the server's address is not one") // the URL may hold a token
	}
	if body != nil {
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.ContentLength = int64(len(body))
		req.Header.Set("Content-Type", kind)
		// Without GetBody the transport never sends a body a second time by
		// itself, not even with an Idempotency-Key: a server may ignore it.
		req.GetBody = nil
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "imprimatur (+https://github.com/imprimatur-ci/imprimatur)")
	for _, h := range []http.Header{c.Header, r.Header} {
		for k, v := range h {
			if strings.ContainsAny(strings.Join(v, ""), "\r\n\x00") {
				return nil, fmt.Errorf("%s holds a line end, as when a secret was pasted with one", k)
			}
			req.Header[http.CanonicalHeaderKey(k)] = v
		}
	}
	return req, nil
}

// clean takes the URL, which may hold a token, and every secret out of err.
// What errors.Is finds in it stays.
func (c *Client) clean(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if text := err.Error(); c.Redact(text) != text {
		return errors.New(c.Redact(text))
	}
	return err
}

// Redact replaces every secret in s, the Authorization header's own included.
func (c *Client) Redact(s string) string {
	_, credential, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	for _, secret := range append([]string{credential}, c.Secrets...) {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "[secret]")
		}
	}
	return s
}
