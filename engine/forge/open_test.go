package forge_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

func TestOpenPull(t *testing.T) {
	status := http.StatusCreated
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		src, _ := io.ReadAll(r.Body)
		var got map[string]any
		if err := json.Unmarshal(src, &got); err != nil || r.Method != "POST" || r.URL.Path != "/repos/acme/voice/pulls" ||
			got["head"] != "imprimatur/issue-12" || got["base"] != "main" || got["title"] != "Post: Ça" || got["body"] != "Body" {
			t.Errorf("%s %s: %s", r.Method, r.URL, src)
		}
		w.WriteHeader(status)
		if status == http.StatusCreated {
			io.WriteString(w, `{"number": 13, "html_url": "https://github.com/acme/voice/pull/13", "state": "open", "head": {"ref": "imprimatur/issue-12"}, "base": {"ref": "main"}}`)
		} else {
			io.WriteString(w, `{"message": "GitHub Actions is not permitted to create or approve pull requests."}`)
		}
	}))
	defer server.Close()
	g, err := forge.New(forge.Options{Repo: "acme/voice", Token: "t", API: server.URL, HTTP: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.OpenPull(t.Context(), "imprimatur/issue-12", "main", "Post: Ça", "Body")
	if err != nil || p.Number != 13 || p.URL != "https://github.com/acme/voice/pull/13" {
		t.Errorf("%+v, %v", p, err)
	}
	status = http.StatusForbidden
	if _, err := g.OpenPull(t.Context(), "imprimatur/issue-12", "main", "Post: Ça", "Body"); !errors.Is(err, forge.ErrAuth) {
		t.Errorf("%v", err)
	}
}
