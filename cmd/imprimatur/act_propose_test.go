package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A filled form becomes a pull request with one file; what it says reaches no
// script and forges nothing.
func TestActPropose(t *testing.T) {
	h := newHosted(t)
	if err := os.CopyFS(h.clone, os.DirFS("../../examples/boulangerie")); err != nil {
		t.Fatal(err)
	}
	h.imprimatur("init", "--github", "--issue-form")
	h.push("The bakery")
	var mu sync.Mutex
	asked := map[string]map[string]any{}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		src, _ := io.ReadAll(r.Body)
		var body map[string]any
		_ = json.Unmarshal(src, &body)
		asked[r.Method+" "+r.URL.Path] = body
		w.WriteHeader(http.StatusCreated)
		if strings.HasSuffix(r.URL.Path, "/pulls") {
			io.WriteString(w, `{"number": 13, "html_url": "https://github.com/acme/voice/pull/13", "head": {"ref": "x"}, "base": {"ref": "main"}}`)
		} else {
			io.WriteString(w, `{"id": 1}`)
		}
	}))
	t.Cleanup(api.Close)
	h.args = []string{"--env", "GITHUB_API_URL=" + api.URL, "--env", "GITHUB_REPOSITORY=acme/voice", "--secret", "GITHUB_TOKEN=dummy"}
	body := "### Titre\n\n$(touch /tmp/forged) `id` ${{ github.token }}\n\n### Où\n\n- [X] blog\n\n### Quand\n\n_No response_\n\n" +
		"### Ce que montrent les images\n\n_No response_\n\n### Le texte\n\n::error::forged\n##[add-mask]a\n'; id; '\n${{ secrets.GITHUB_TOKEN }}"
	sh, ok := h.run("imprimatur-propose.yml", "issues", map[string]any{
		"action":     "opened",
		"issue":      map[string]any{"number": 12, "body": body, "author_association": "MEMBER", "user": map[string]any{"login": "ana"}},
		"repository": map[string]any{"default_branch": "main", "full_name": "acme/voice"},
	})
	if !ok || len(sh.commands("error")) > 0 {
		t.Fatal(sh.raw)
	}
	mu.Lock()
	defer mu.Unlock()
	pull, comment := asked["POST /repos/acme/voice/pulls"], asked["POST /repos/acme/voice/issues/12/comments"]
	if pull["head"] != "imprimatur/issue-12" || pull["base"] != "main" || !strings.Contains(comment["body"].(string), "#13") {
		t.Errorf("asked of GitHub: %v", asked)
	}
	changed := h.git(h.remote, "diff", "--name-only", "main", "imprimatur/issue-12")
	if strings.Count(changed, "\n") != 1 || !strings.HasPrefix(changed, "posts/") {
		t.Errorf("changed: %s", changed)
	}
	if post := h.git(h.remote, "show", "imprimatur/issue-12:"+strings.TrimSpace(changed)); !strings.HasSuffix(post, "\n::error::forged\n##[add-mask]a\n'; id; '\n${{ secrets.GITHUB_TOKEN }}\n") {
		t.Errorf("the post:\n%s", post)
	}
	if _, err := os.Stat(filepath.FromSlash("/tmp/forged")); err == nil {
		t.Error("the title was run")
	}

	// a stranger's form waits for somebody's label
	if sh, ok = h.run("imprimatur-propose.yml", "issues", map[string]any{
		"action":     "opened",
		"issue":      map[string]any{"number": 14, "body": body, "author_association": "NONE", "user": map[string]any{"login": "mallory"}},
		"repository": map[string]any{"default_branch": "main"},
	}); !ok || len(sh.commands("stop-commands")) > 0 {
		t.Errorf("a stranger's form was served\n%s", sh.raw)
	}
}
