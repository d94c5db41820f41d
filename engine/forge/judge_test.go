package forge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// A judge lets no request through that GitHub's own description does not know,
// and no answer of a stand-in that has another shape. It writes down which
// operations were asked for.
type judge struct {
	next   http.RoundTripper
	doc    *openapi3.T
	router routers.Router

	mu   sync.Mutex
	used map[string]bool
}

func newJudge(t testing.TB, next http.RoundTripper) *judge {
	t.Helper()
	data, err := os.ReadFile(filepath.FromSlash("testdata/github.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &judge{next: next, doc: doc, router: router, used: map[string]bool{}}
}

func (j *judge) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/graphql" {
		return j.graph(req)
	}
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	asked := req.Clone(req.Context())
	asked.URL.Scheme, asked.URL.Host, asked.URL.RawPath = "", "", ""
	if head, path, ok := strings.Cut(asked.URL.Path, "/contents/"); ok { // one parameter with slashes in it
		asked.URL.Path = head + "/contents/" + strings.ReplaceAll(path, "/", "|")
	}
	asked.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := j.router.FindRoute(asked)
	if err != nil {
		return nil, fmt.Errorf("GitHub knows no %s %s: %w", req.Method, req.URL.Path, err)
	}
	j.mu.Lock()
	j.used[route.Method+" "+route.Path] = true
	j.mu.Unlock()
	for name := range asked.URL.Query() {
		known := slices.ContainsFunc(slices.Concat(route.Operation.Parameters, route.PathItem.Parameters), func(p *openapi3.ParameterRef) bool {
			return p.Value.In == "query" && p.Value.Name == name
		})
		if !known {
			return nil, fmt.Errorf("GitHub knows no %s in %s %s", name, route.Method, route.Path)
		}
	}
	input := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route}
	if err := openapi3filter.ValidateRequest(context.WithoutCancel(req.Context()), input); err != nil {
		return nil, fmt.Errorf("GitHub refuses %s %s: %w", req.Method, req.URL, err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := j.next.RoundTrip(req)
	if err != nil || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") || resp.StatusCode >= 400 {
		return resp, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	said := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(context.WithoutCancel(req.Context()), said.SetBodyBytes(answer)); err != nil {
		return nil, fmt.Errorf("GitHub would not answer %s %s so: %w\n%s", req.Method, req.URL, err, answer)
	}
	return resp, nil
}

// graph looks only at what goes round a query: the queries are held against
// GitHub's schema when .ci/openapi is run.
func (j *judge) graph(req *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(req.Body)
	var in struct {
		Query     string
		Variables map[string]any
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil || in.Query == "" || req.Method != http.MethodPost {
		return nil, fmt.Errorf("no GraphQL: %w", err)
	}
	files, _ := filepath.Glob("graphql/*.graphql")
	known := slices.ContainsFunc(files, func(name string) bool {
		query, _ := os.ReadFile(name)
		if string(query) == in.Query {
			j.mu.Lock()
			j.used[filepath.ToSlash(name)] = true
			j.mu.Unlock()
			return true
		}
		return false
	})
	if !known {
		return nil, fmt.Errorf("a query that is not in graphql/: %s", in.Query)
	}
	for name := range in.Variables {
		if !strings.Contains(in.Query, "$"+name+":") {
			return nil, fmt.Errorf("a variable that the query has not: %s", name)
		}
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return j.next.RoundTrip(req)
}

// all is what the description and the folder of queries hold.
func (j *judge) all() []string {
	var out []string
	for path, item := range j.doc.Paths.Map() {
		for method := range item.Operations() {
			out = append(out, method+" "+path)
		}
	}
	files, _ := filepath.Glob("graphql/*.graphql")
	for _, name := range files {
		out = append(out, filepath.ToSlash(name))
	}
	slices.Sort(out)
	return out
}

// What the judge is worth: it refuses what GitHub refuses.
func TestTheJudgeRefuses(t *testing.T) {
	j := newJudge(t, none{})
	const repo = "http://127.0.0.1:1/repos/acme/voice"
	for _, tt := range []struct {
		method, path, body string
		refused            bool
	}{
		{"POST", "/pulls/1/reviews", `{"event":"APPROVE"}`, false},
		{"POST", "/pulls/1/reviews", `{"event":"APPROVED"}`, true},
		{"POST", "/issues/1/comments", `{"body":"x"}`, false},
		{"POST", "/issues/1/comments", `{}`, true},
		{"POST", "/issues/1/comments", `{"body":7}`, true},
		{"POST", "/issues/1/comment", `{"body":"x"}`, true},
		{"PUT", "/issues/1/comments", `{"body":"x"}`, true},
		{"PATCH", "/issues/1", `{"state":"shut"}`, true},
		{"POST", "/issues", `{"body":"no title"}`, true},
		{"GET", "/contents/a/b%20c/d.md?ref=main", "", false},
		{"GET", "/contents/a/b.md?branch=main", "", true},
		{"GET", "/pulls/one", "", true},
		{"GET", "/issues?state=any", "", true},
		{"GET", "/issues?since=yesterday", "", true},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, repo+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		if tt.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		if _, err := j.RoundTrip(req); (err != nil) != tt.refused {
			t.Errorf("%s %s %s: %v", tt.method, tt.path, tt.body, err)
		}
	}
}

// none answers everything with nothing.
type none struct{}

func (none) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}
