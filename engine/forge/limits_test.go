package forge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// A script is a server that gives one answer after the other, and the last one
// for ever. It notes what was asked, and when.
type script struct {
	answers []string // status, headers and body, as in HTTP
	err     error    // instead of the last one
	begun   time.Time

	mu    sync.Mutex
	asked []string
	auth  []string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprintf("%s %s", time.Since(s.begun).Round(time.Second), req.URL.Path))
	s.auth = append(s.auth, req.Header.Get("Authorization"))
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	at := min(len(s.asked), len(s.answers)) - 1
	if s.err != nil && at == len(s.answers)-1 {
		return nil, s.err
	}
	head, body, _ := strings.Cut(s.answers[at], "\n\n")
	resp := &http.Response{Header: http.Header{}, Request: req, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1}
	resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	for i, line := range strings.Split(head, "\n") {
		if i == 0 {
			fmt.Sscan(line, &resp.StatusCode)
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		if in, ok := strings.CutPrefix(value, "in "); ok {
			d, _ := time.ParseDuration(in)
			value = fmt.Sprint(time.Now().Add(d).Unix())
		}
		resp.Header.Set(name, value)
	}
	switch body {
	case "cut":
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":1,"lo`), broken{}))
	case "endless":
		resp.Body = io.NopCloser(zeros{})
	}
	return resp, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// zeros is a body of a gigabyte, and of the next one.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

const (
	token = "ghp_t0kent0ken"
	me    = "200\nContent-Type: application/json\n\n" + `{"id":7,"login":"ana","type":"User"}`
	said  = "201\nContent-Type: application/json\n\n" + `{"id":7,"body":"x"}`
)

func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []string
		err     error
		write   bool
		kind    error // nil: it works; errAny: an error of no kind
		asked   int
		took    time.Duration
	}{
		"nothing is wrong":                {answers: []string{me}, asked: 1},
		"429 that says how long":          {answers: []string{"429\nRetry-After: 7\n\n{}", me}, asked: 2, took: 8 * time.Second},
		"429 that says nothing":           {answers: []string{"429\n\n{}", me}, asked: 2, took: time.Minute},
		"429 twice":                       {answers: []string{"429\n\n{}", "429\n\n{}", me}, asked: 3, took: 3 * time.Minute},
		"429 for ever":                    {answers: []string{"429\n\n{}"}, kind: forge.ErrBusy, asked: 3, took: 3 * time.Minute},
		"429 of no time, for ever":        {answers: []string{"429\nRetry-After: 0\n\n{}"}, kind: forge.ErrBusy, asked: 9, took: 255 * time.Second},
		"429 of a day":                    {answers: []string{"429\nRetry-After: 86400\n\n{}"}, kind: forge.ErrBusy, asked: 1},
		"primary limit":                   {answers: []string{"403\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: in 2m\n\n{}", me}, asked: 2, took: 2*time.Minute + time.Second},
		"primary limit, an hour":          {answers: []string{"403\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: in 1h\n\n{}"}, kind: forge.ErrBusy, asked: 1},
		"secondary limit":                 {answers: []string{"403\nX-RateLimit-Remaining: 900\nX-RateLimit-Reset: in 1h\n\n" + `{"message":"You have exceeded a secondary rate limit."}`, me}, asked: 2, took: time.Minute},
		"secondary limit, as of old":      {answers: []string{"403\n\n" + `{"message":"You have triggered an abuse detection mechanism."}`, me}, asked: 2, took: time.Minute},
		"secondary limit that says":       {answers: []string{"403\nRetry-After: 60\n\n{}", me}, asked: 2, took: 61 * time.Second},
		"a limit does not lock go-github": {answers: []string{"200\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: in 1h\n\n" + `{"id":7,"login":"ana"}`}, asked: 1},
		"forbidden":                       {answers: []string{"401\n\n" + `{"message":"Bad credentials ` + token + `"}`}, kind: forge.ErrAuth, asked: 1},
		"502, then well":                  {answers: []string{"502\n\n<html>", "503\n\n", me}, asked: 3, took: 3 * time.Second},
		"500 for ever":                    {answers: []string{"500\n\n" + token}, kind: errAny, asked: 4, took: 7 * time.Second},
		"no network":                      {answers: []string{me}, err: errors.New("dial: no route for " + token), kind: errAny, asked: 4, took: 7 * time.Second},
		"a cut answer":                    {answers: []string{"200\n\ncut", me}, asked: 2, took: time.Second},
		"cut for ever":                    {answers: []string{"200\n\ncut"}, kind: errAny, asked: 4, took: 7 * time.Second},
		"an empty answer":                 {answers: []string{"200\n\n", me}, asked: 2, took: time.Second},
		"null":                            {answers: []string{"200\n\nnull", me}, asked: 2, took: time.Second},
		"a login page":                    {answers: []string{"200\n\n<html>" + token}, kind: errAny, asked: 4, took: 7 * time.Second},
		"a gigabyte":                      {answers: []string{"200\n\nendless"}, kind: errAny, asked: 1},
		"a gigabyte of an error":          {answers: []string{"404\n\nendless"}, kind: forge.ErrNotFound, asked: 1},
		"sent elsewhere":                  {answers: []string{"302\nLocation: https://evil.example/user\n\n"}, kind: forge.ErrRejected, asked: 1},
		"sent to plain http":              {answers: []string{"301\nLocation: http://api.github.com/user\n\n"}, kind: forge.ErrRejected, asked: 1},
		"sent to another port":            {answers: []string{"301\nLocation: https://api.github.com:8443/user\n\n"}, kind: forge.ErrRejected, asked: 1},
		"sent to where it is now":         {answers: []string{"301\nLocation: /repositories/1/x\n\n", me}, asked: 2},
		"sent in a circle":                {answers: []string{"301\nLocation: /user\n\n"}, kind: forge.ErrRejected, asked: 4},

		"written":                {answers: []string{said}, write: true, asked: 1},
		"written after a limit":  {answers: []string{"403\n\n" + `{"message":"secondary rate limit"}`, said}, write: true, asked: 2, took: time.Minute},
		"written, 502":           {answers: []string{"502\n\n", said}, write: true, kind: forge.ErrUnknown, asked: 1},
		"written, cut":           {answers: []string{"201\n\ncut", said}, write: true, kind: forge.ErrUnknown, asked: 1},
		"written, who knows":     {answers: []string{"201\n\n[]", said}, write: true, kind: forge.ErrUnknown, asked: 1},
		"written, without an id": {answers: []string{"201\n\n{}", said}, write: true, kind: forge.ErrUnknown, asked: 1},
		"written, no connection": {answers: []string{said}, err: errors.New("no route"), write: true, kind: errAny, asked: 4, took: 7 * time.Second},
		"written elsewhere":      {answers: []string{"307\nLocation: /repositories/1/issues/1/comments\n\n", said}, write: true, kind: forge.ErrRejected, asked: 1},
		"written, refused":       {answers: []string{"422\n\n" + `{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable","field":"data","message":"Body is too long"}]}`}, write: true, kind: forge.ErrRejected, asked: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: tt.answers, err: tt.err, begun: time.Now()}
				hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s})
				if err != nil {
					t.Fatal(err)
				}
				if tt.write {
					_, err = hub.Comment(t.Context(), 1, "x")
				} else {
					_, err = hub.Me(t.Context())
				}
				switch {
				case tt.kind == errAny:
					if err == nil || errors.Is(err, forge.ErrUnknown) || kind(err) != err {
						t.Errorf("the error is %v", err)
					}
				case kind(err) != tt.kind:
					t.Errorf("the error is %v, want %v", err, tt.kind)
				}
				if len(s.asked) != tt.asked || time.Since(s.begun) != tt.took {
					t.Errorf("asked %q in %s, want %d times in %s", s.asked, time.Since(s.begun), tt.asked, tt.took)
				}
				if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), token) {
					t.Errorf("the token is in %v", err)
				}
				for _, a := range s.auth {
					if a != "Bearer "+token {
						t.Errorf("the token went as %q", a)
					}
				}
			})
		})
	}
}

var errAny = errors.New("any")

// Whoever is cancelled learns whether something may have been done.
func TestCancelled(t *testing.T) {
	for name, write := range map[string]bool{"a read": false, "a write": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: &script{answers: []string{"429\n\n{}"}}})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				begun := time.Now()
				if write {
					_, err = hub.Comment(ctx, 1, "x")
				} else {
					_, err = hub.Me(ctx)
				}
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, forge.ErrUnknown) || time.Since(begun) != 5*time.Second {
					t.Errorf("after %s: %v", time.Since(begun), err)
				}
			})
		})
	}
}

// What several ask at once waits together, once.
func TestWaitsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := "429\nRetry-After: 100\n\n{}"
		s := &script{answers: []string{limited, limited, limited, limited, me}, begun: time.Now()}
		hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s})
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				if _, err := hub.Me(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(s.begun); took > 5*time.Minute {
			t.Errorf("four waited %s: %q", took, s.asked)
		}
	})
}

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		repo, token, api string
		ok               bool
	}{
		{"acme/voice", token, "", true},
		{"acme/voice.md_-", token + "\n", "https://ghe.acme.example/api/v3/", true},
		{"acme/voice", token, "http://127.0.0.1:4001", true},
		{"acme/voice", token, "http://[::1]:4001", true},
		{"acme/voice", token, "http://localhost", true},
		{"acme/voice", token, "http://api.github.com", false},
		{"acme/voice", token, "http://localhost.evil.example", false},
		{"acme/voice", token, "http://10.0.0.1", false},
		{"acme/voice", token, "ftp://localhost", false},
		{"acme/voice", token, "https://ana:pass@ghe.acme.example", false},
		{"acme/voice", token, "https://ghe.acme.example?x", false},
		{"acme/voice", token, "ghe.acme.example", false},
		{"acme/voice", token, "https://\x7f", false},
		{"acme/voice", "", "", false},
		{"acme/voice", token + "\r\nX: y", "", false},
		{"voice", token, "", false},
		{"acme/..", token, "", false},
		{"acme/voice/x", token, "", false},
		{"acme/vo?ice", token, "", false},
		{"-acme/voice", token, "", false},
	} {
		_, err := forge.New(forge.Options{Repo: tt.repo, Token: tt.token, API: tt.api, HTTP: none{}})
		if (err == nil) != tt.ok {
			t.Errorf("%q at %q: %v", tt.repo, tt.api, err)
		}
		if err != nil && (strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "pass@")) {
			t.Errorf("a secret is in %v", err)
		}
	}
}

// Where GraphQL is, on github.com, on a server of one's own and elsewhere.
func TestGraphQLAddress(t *testing.T) {
	for api, want := range map[string]string{
		"":                                "/graphql",
		"https://ghe.acme.example/api/v3": "/api/graphql",
		"https://api.acme.ghe.com":        "/graphql",
		"http://127.0.0.1:4001":           "/graphql",
		"http://127.0.0.1:4001/base":      "/base/graphql",
	} {
		s := &script{answers: []string{"200\n\n" + `{"data":{}}`}}
		hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, API: api, HTTP: s})
		if err != nil {
			t.Fatal(err)
		}
		if err := hub.Restore(t.Context(), "IC_1"); err != nil || !strings.HasSuffix(s.asked[0], " "+want) {
			t.Errorf("%q: asked %q, %v", api, s.asked, err)
		}
	}
}

func TestGraphQLErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []string
		kind    error
		asked   int
	}{
		"limited":        {[]string{`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`, `{"data":{}}`}, nil, 2},
		"gone":           {[]string{`{"data":{"minimizeComment":null},"errors":[{"type":"NOT_FOUND","message":"no node"}]}`}, forge.ErrNotFound, 1},
		"forbidden":      {[]string{`{"data":{"minimizeComment":null},"errors":[{"type":"FORBIDDEN","message":"Resource not accessible"}]}`}, forge.ErrAuth, 1},
		"scopes":         {[]string{`{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"Your token"}]}`}, forge.ErrAuth, 1},
		"unprocessable":  {[]string{`{"data":null,"errors":[{"type":"UNPROCESSABLE","message":"no"}]}`}, forge.ErrRejected, 1},
		"went wrong":     {[]string{`{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`}, forge.ErrUnknown, 1},
		"nothing at all": {[]string{`{}`}, forge.ErrUnknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{}
				for _, a := range tt.answers {
					s.answers = append(s.answers, "200\n\n"+a)
				}
				hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s})
				if err != nil {
					t.Fatal(err)
				}
				if err := hub.Minimize(t.Context(), "IC_1", "SPAM"); kind(err) != tt.kind || len(s.asked) != tt.asked {
					t.Errorf("asked %d times: %v", len(s.asked), err)
				}
			})
		})
	}
}

// Half a list is no list.
func TestListsAreWholeOrNothing(t *testing.T) {
	entry := `{"id":1,"state":"APPROVED"}`
	full := "[" + strings.Repeat(entry+",", 99) + entry + "]"
	file := `{"filename":"a","status":"added","sha":"1"}`
	files := "[" + strings.Repeat(file+",", 99) + file + "]"
	for name, tt := range map[string]struct {
		answers []string
		files   bool
		want    int // -1: an error
	}{
		"a full page and no next one named": {answers: []string{full, `[` + entry + `]`}, want: 101},
		"a full page and nothing more":      {answers: []string{full, `[]`}, want: 100},
		"the second page does not come":     {answers: []string{full, `{"message":"no"}`}, want: -1},
		"no end":                            {answers: []string{full}, want: -1},
		"an object":                         {answers: []string{`{}`}, want: -1},
		"files without end":                 {answers: []string{files}, files: true, want: -1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{}
			for _, a := range tt.answers {
				s.answers = append(s.answers, "200\n\n"+a)
			}
			hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s, Sleep: instantly})
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			if tt.files {
				var list []forge.File
				list, err = hub.Files(t.Context(), 1)
				got = len(list)
			} else {
				var list []forge.Review
				list, err = hub.Reviews(t.Context(), 1)
				got = len(list)
			}
			if tt.want < 0 && (err == nil || got > 0) || tt.want >= 0 && (err != nil || got != tt.want) {
				t.Errorf("%d entries, %v", got, err)
			}
		})
	}
}

// A list that GraphQL never ends is an error, not a long wait.
func TestGraphQLListsEnd(t *testing.T) {
	t.Parallel()
	for name, nodes := range map[string]string{"of nothing": ``, "of something": `{"id":"D_1","updatedAt":"2027-01-04T08:00:00Z"}`} {
		s := &script{answers: []string{"200\n\n[]", "200\n\n[]", "200\n\n" +
			`{"data":{"repository":{"discussions":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[` + nodes + `]}}}}`}}
		hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s, Sleep: instantly})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hub.Said(t.Context(), time.Time{}); err == nil || len(s.asked) > 200 {
			t.Errorf("%s: asked %d times, %v", name, len(s.asked), err)
		}
	}
}
