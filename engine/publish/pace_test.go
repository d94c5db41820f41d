package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// A strict server answers as it is told, and then that all is well. It notes
// when it took what.
type strict struct {
	answers []string // "429 Header: value; …", where {90} is 90 seconds from now
	mu      sync.Mutex
	start   time.Time
	took    []string
}

func (s *strict) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := "200"
	if len(s.answers) > 0 {
		said, s.answers = s.answers[0], s.answers[1:]
	}
	var p platform.Part
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		return nil, err
	}
	status, headers, _ := strings.Cut(said, " ")
	now := time.Now()
	resp := &http.Response{Header: http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}, Body: io.NopCloser(strings.NewReader(`{"ID":"` + p.Text + `"}`)), Request: r}
	fmt.Sscan(status, &resp.StatusCode)
	for _, kv := range strings.Split(headers, "; ") {
		if k, v, ok := strings.Cut(kv, ": "); ok {
			resp.Header.Set(k, v)
		}
	}
	if resp.StatusCode == 200 {
		s.took = append(s.took, fmt.Sprintf("%s after %s", p.Text, now.Sub(s.start)))
	}
	return resp, nil
}

type strictConn struct{ wire.Client }

func (c *strictConn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	var r platform.Ref
	_, err := c.Do(ctx, wire.Request{Method: http.MethodPost, Path: "/posts", JSON: platform.Part{Text: a.Part.Text}}, &r)
	return r, platform.Sort(err)
}

// A channel waits as long as the server says, if that is bearable, else it
// stops: no other channel minds, and the next run goes on.
func TestRateLimitsAreHonoured(t *testing.T) {
	in := func(d time.Duration) time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(d) } // the bubble's clock
	date, unix := in(time.Minute).Format(http.TimeFormat), fmt.Sprint(in(90*time.Second).Unix())
	rfc, far := in(90*time.Second).Format(time.RFC3339Nano), in(time.Hour).Format(time.RFC3339)
	for _, tt := range []struct {
		name    string
		answers []string
		took    string // by the first run
		rest    string // by the next one, in an hour
	}{
		{"seconds", []string{"429 Retry-After: 7"}, "[a after 7s b after 7s]", "[]"},
		{"seconds in mid-thread", []string{"200", "429 Retry-After: 7"}, "[a after 0s b after 7s]", "[]"},
		{"a date", []string{"429 Retry-After: " + date}, "[a after 1m0s b after 1m0s]", "[]"},
		{"Bluesky", []string{"429 RateLimit-Remaining: 0; RateLimit-Reset: " + unix}, "[a after 1m30s b after 1m30s]", "[]"},
		{"Mastodon", []string{"429 X-RateLimit-Remaining: 0; X-RateLimit-Reset: " + rfc}, "[a after 1m30s b after 1m30s]", "[]"},
		{"X", []string{"429 X-Rate-Limit-Remaining: 0; X-Rate-Limit-Reset: " + unix}, "[a after 1m30s b after 1m30s]", "[]"},
		{"seconds from now", []string{"429 RateLimit-Reset: 20"}, "[a after 20s b after 20s]", "[]"},
		{"twice", []string{"429 Retry-After: 60", "429 Retry-After: 60"}, "[a after 2m0s b after 2m0s]", "[]"},
		{"too long", []string{"429 Retry-After: 3600"}, "[]", "[a after 1h0m0s b after 1h0m0s]"},
		{"too long in mid-thread", []string{"200", "429 X-RateLimit-Reset: " + far}, "[a after 0s]", "[b after 1h0m0s]"},
		{"too often", []string{"429 Retry-After: 200", "429 Retry-After: 200"}, "[]", "[a after 1h0m0s b after 1h0m0s]"},
		{"nothing left at Bluesky", []string{"200 RateLimit-Remaining: 0; RateLimit-Reset: " + unix}, "[a after 0s b after 1m30s]", "[]"},
		{"nothing left at Mastodon", []string{"200 X-RateLimit-Remaining: 0; X-RateLimit-Reset: " + rfc}, "[a after 0s b after 1m30s]", "[]"},
		{"something left", []string{"200 X-RateLimit-Remaining: 1; X-RateLimit-Reset: " + rfc}, "[a after 0s b after 0s]", "[]"},
		{"nothing left for long", []string{"200 X-RateLimit-Remaining: 0; X-RateLimit-Reset: " + far}, "[a after 0s]", "[b after 1h0m0s]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				home, start := &memory{}, time.Now()
				server, other := &strict{answers: tt.answers, start: start}, &strict{start: start}
				servers := map[string]*strict{"c": server, "other": other}
				open := func() *Run {
					return &Run{ID: "r", Home: home, Open: func(c *platform.Channel) (platform.Conn, error) {
						return &strictConn{wire.Client{HTTP: Paced(&http.Client{Transport: servers[c.Name]}), Base: "http://p.example"}}, nil
					}}
				}
				p, _ := due(home, "c", "a", "b")
				q, _ := due(home, "other", "x", "y")
				p.Actions = append(p.Actions, q.Actions...)
				outs, err := open().Do(t.Context(), &p, "")
				if err != nil || len(outs) != 2 || outs[0].OK() != (tt.rest == "[]") || !outs[1].OK() {
					t.Fatalf("%+v, %v", outs, err)
				}
				if got := fmt.Sprint(server.took); got != tt.took {
					t.Errorf("took %s, want %s", got, tt.took)
				}
				if got := fmt.Sprint(other.took); got != "[x after 0s y after 0s]" {
					t.Errorf("the other channel took %s", got)
				}
				if !outs[0].OK() && outs[0].Next != "the next run tries again" {
					t.Errorf("it says %q", outs[0].Next)
				}
				server.took, server.answers = nil, nil
				time.Sleep(time.Until(start.Add(time.Hour)))
				if p, _ := due(home, "c", "a", "b"); p.Acts() {
					if _, err := open().Do(t.Context(), &p, ""); err != nil {
						t.Fatal(err)
					}
				}
				if got := fmt.Sprint(server.took); got != tt.rest {
					t.Errorf("the next run took %s, want %s", got, tt.rest)
				}
			})
		})
	}
}

// A run that is stopped waits for no server.
func TestAWaitEndsWithTheRun(t *testing.T) {
	for _, answer := range []string{"429 Retry-After: 120", "200 RateLimit-Remaining: 0; RateLimit-Reset: 120"} {
		synctest.Test(t, func(t *testing.T) {
			home, server := &memory{}, &strict{answers: []string{answer}, start: time.Now()}
			p, _ := due(home, "c", "a", "b")
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			r := &Run{ID: "r", Home: home, Open: func(*platform.Channel) (platform.Conn, error) {
				return &strictConn{wire.Client{HTTP: Paced(&http.Client{Transport: server}), Base: "http://p.example"}}, nil
			}}
			outs, err := r.Do(ctx, &p, "")
			if err != nil || outs[0].OK() || !errors.Is(outs[0].Err, context.DeadlineExceeded) || time.Since(server.start) != 10*time.Second {
				t.Errorf("%s: after %s %v, %v", answer, time.Since(server.start), outs[0].Err, err)
			}
			if p, _ := due(home, "c", "a", "b"); !p.Acts() || p.Count(plan.Resolve) > 0 {
				t.Errorf("%s: the next plan is %+v", answer, p)
			}
		})
	}
}

// Each kind of call has a pace of its own.
func TestKindsOfCalls(t *testing.T) {
	kind := func(method, address string) string {
		r, err := http.NewRequest(method, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		return kindOf(r)
	}
	const server = "https://m.example/api/v1/statuses"
	if kind("DELETE", server+"/113") != kind("DELETE", server+"/114?delete_media=true") {
		t.Error("two deletions are of two kinds")
	}
	if kind("POST", server) == kind("POST", "https://m.example/api/v2/media") || kind("POST", server) == kind("GET", server) {
		t.Error("two kinds are one")
	}
}
