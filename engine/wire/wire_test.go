package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func client(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &Client{HTTP: srv.Client(), Base: srv.URL, Header: http.Header{"Authorization": {"Bearer t0ken"}}, Secrets: []string{"pa55"}}
}

func TestDo(t *testing.T) {
	const secret = "pa55 t0ken"
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string // kind, then what the error says
	}{
		"works": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"a":1}`) }, "<nil>"},
		"refused": {func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "no "+secret, http.StatusUnprocessableEntity)
		}, "status status 422: no [secret] [secret]"},
		"half secret": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, strings.Repeat("x", 1998)+secret, 400) }, "status status 400: " + strings.Repeat("x", 300) + "…"},
		"redirect":    {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(302) }, "status status 302: "},
		"log in first": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://ana:pa55@hotel.example/pa55/login?token=pa55")
			w.WriteHeader(302)
		}, "status status 302: it sends us to https://hotel.example/[secret]/login"},
		"refused and cut": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "90")
			w.WriteHeader(401)
			io.WriteString(w, "no")
		}, "status status 401: no"},
		"login page": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>"+secret) }, "lost no usable answer: the answer is not the JSON we know: <html>[secret] [secret]"},
		"cut": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9")
			io.WriteString(w, "{")
		}, "lost no usable answer: unexpected EOF"},
		"truncated": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"a":`) }, `lost no usable answer: the answer is not the JSON we know: {"a":`},
		"reset":     {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "lost no usable answer: EOF"},
		"escapes":   {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "a\x1b[31m\nb", 400) }, "status status 400: a [31m b"},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, tt.answer)
			c.HTTP.CheckRedirect = Stay
			var out struct{ A int }
			_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/x", JSON: map[string]string{"b": "c"}}, &out)
			var status *StatusError
			var lost *LostError
			got := fmt.Sprint(err)
			switch {
			case errors.As(err, &status):
				got = "status " + got
			case errors.As(err, &lost):
				got = "lost " + got
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, s := range []string{fmt.Sprintf("%v %+v %#v", err, err, err)} {
				if strings.Contains(s, "pa55") || strings.Contains(s, "t0ken") {
					t.Errorf("a secret leaks: %s", s)
				}
			}
		})
	}
}

// What another page says is not what was asked for.
func TestRedirects(t *testing.T) {
	for _, method := range []string{"GET", "POST", "DELETE"} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			c := client(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", code) })
			c.HTTP.CheckRedirect = Stay
			var status *StatusError
			if _, err := c.Do(t.Context(), Request{Method: method, Path: "/a"}, nil); !errors.As(err, &status) || status.Status != code || status.To != c.Base+"/login" {
				t.Errorf("%s, %d: %v", method, code, err)
			}
		}
	}
}

func TestNeverSent(t *testing.T) {
	c := client(t, func(http.ResponseWriter, *http.Request) {})
	var unsent *UnsentError
	c.Base = "http://127.0.0.1:1"
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}, nil); !errors.As(err, &unsent) {
		t.Errorf("no connection: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, Request{Method: "POST", Path: "/"}, nil); !errors.As(err, &unsent) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	c.Header.Set("Authorization", "Bearer a\n")
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}, nil); err == nil || errors.As(err, &unsent) || strings.Contains(err.Error(), "a\n") {
		t.Errorf("a header that cannot be sent: %v", err)
	}
}

// The transport must not send a post again by itself on a connection that the
// server closed, not even with an Idempotency-Key, which a server may ignore.
func TestNothingIsSentTwice(t *testing.T) {
	var posts atomic.Int32
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			return
		}
		posts.Add(1)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}, nil); err != nil { // a connection to reuse
		t.Fatal(err)
	}
	var lost *LostError
	_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", JSON: 1, Header: http.Header{"Idempotency-Key": {"k"}}}, nil)
	if !errors.As(err, &lost) || posts.Load() != 1 {
		t.Errorf("sent %d times: %v", posts.Load(), err)
	}
}

func TestWait(t *testing.T) {
	const date = "Mon, 04 Jan 2027 08:30:00 GMT"
	for _, tt := range []struct {
		headers string
		want    time.Duration
	}{
		{"Retry-After: 7", 7 * time.Second},
		{"Retry-After: 0.5", 500 * time.Millisecond},
		{"Retry-After: -3", 0},
		{"Retry-After: Mon, 04 Jan 2027 08:31:00 GMT", time.Minute},
		{"Retry-After: soon", 0},
		{"Retry-After: 99999999999", longest},
		{"X-RateLimit-Reset: 2027-01-04T08:35:00.123456Z", 5*time.Minute + 123456*time.Microsecond},
		{"RateLimit-Reset: 1799051460", time.Minute},
		{"X-RateLimit-Reset: 1799051460; X-RateLimit-Remaining: 3", 0},
		{"", 0},
	} {
		h := http.Header{"Date": {date}}
		for _, kv := range strings.Split(tt.headers, "; ") {
			k, v, _ := strings.Cut(kv, ": ")
			h.Set(k, v)
		}
		if got := Wait(h); got != tt.want {
			t.Errorf("%s: wait %s, want %s", tt.headers, got, tt.want)
		}
		h.Del("Date")
		if strings.Contains(tt.headers, "Reset") && Wait(h) != 0 {
			t.Errorf("%s: waits without a date to measure from", tt.headers)
		}
	}
}

func TestForm(t *testing.T) {
	body, kind, err := Form([][2]string{{"description", "a \"b\"\nc"}}, File{"file", `x".jpg`, "image/jpeg", []byte("\xff\xd8")})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", kind)
	f, head, err := r.FormFile("file")
	if err != nil {
		t.Fatal(err)
	}
	data, _ := io.ReadAll(f)
	if string(data) != "\xff\xd8" || head.Filename != `x".jpg` || r.FormValue("description") != "a \"b\"\nc" {
		t.Errorf("came back as %q, %q, %q", data, head.Filename, r.FormValue("description"))
	}
}
