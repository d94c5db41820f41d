package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// A hosted workspace is a repository on a git server of this machine, the networks that
// its workspace publishes to, and act, which runs its workflows as GitHub
// does: the very ones that init writes, with the very action.yml of this
// repository. .ci/act tells how to add a scenario.
type hosted struct {
	t       *testing.T
	act     string
	remote  string // the bare repository
	clone   string // a person's clone
	url     string // of the remote
	tools   string // where act keeps what actions keep on a machine, such as the program
	gocache string // of this machine: the program is built, but not Go's library
	args    []string
	people  map[string]platform.Standin
}

// said is one line of act's log.
type said struct {
	Command string            `json:"command"`
	Arg     string            `json:"arg"`
	Name    string            `json:"name"`
	Content string            `json:"content"`
	Fields  map[string]string `json:"kvPairs"`
	Message string            `json:"msg"`
	Step    []string          `json:"stepID"`
	Result  string            `json:"jobResult"`
}

// show is what one run of a workflow said.
type show struct {
	raw   string
	lines []said
}

func newHosted(t *testing.T) *hosted {
	t.Helper()
	act := os.Getenv("IMPRIMATUR_ACT")
	if act == "" {
		t.Skip("IMPRIMATUR_ACT names no act program; .ci/run sets it")
	}
	s := &hosted{t: t, act: act, remote: filepath.Join(t.TempDir(), "voice.git"), clone: filepath.Join(t.TempDir(), "voice"), tools: t.TempDir(),
		people: map[string]platform.Standin{}}
	s.git("", "init", "--quiet", "--bare", "--initial-branch=main", s.remote)
	s.git(s.remote, "config", "http.receivepack", "true")
	gocache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	s.gocache = strings.TrimSpace(string(gocache))
	core := strings.TrimSpace(s.git("", "--exec-path"))
	web := httptest.NewServer(&cgi.Handler{Path: filepath.Join(core, "git-http-backend"), Root: "/",
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(s.remote), "GIT_HTTP_EXPORT_ALL=1"}})
	t.Cleanup(web.Close)
	s.url = web.URL + "/voice.git"
	s.git("", "clone", "--quiet", s.url, s.clone)
	return s
}

// git runs git, which knows nothing of the person at this machine.
func (s *hosted) git(dir string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.org",
		"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// person plays a network, and returns the settings of a channel there.
func (s *hosted) person(network string) map[string]string {
	root, err := os.OpenRoot(s.t.TempDir())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { root.Close() })
	s.people[network] = all.Platforms().Named(network).Standin(root)
	web := httptest.NewServer(s.people[network])
	s.t.Cleanup(web.Close)
	return s.people[network].Settings(web.URL)
}

func (s *hosted) write(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.clone, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *hosted) push(message string) {
	s.t.Helper()
	s.git(s.clone, "add", "--all")
	s.git(s.clone, "commit", "--quiet", "--message", message)
	s.git(s.clone, "push", "--quiet", "origin", "HEAD:main")
}

// imprimatur runs the program in the person's clone.
func (s *hosted) imprimatur(args ...string) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = s.clone
	cmd.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("imprimatur %q: %v\n%s", args, err, out)
	}
}

var pinned = regexp.MustCompile(`(?m)uses: (actions/([a-z-]+)@[0-9a-f]{40})`)

// run runs a workflow for an event, and reports whether its jobs succeeded.
func (s *hosted) run(workflow, event string, payload any) (show, bool) {
	s.t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		s.t.Fatal(err)
	}
	src, err := json.Marshal(payload)
	if err != nil {
		s.t.Fatal(err)
	}
	file := filepath.Join(s.t.TempDir(), "event.json")
	if err := os.WriteFile(file, src, 0o644); err != nil {
		s.t.Fatal(err)
	}
	args := []string{event, "--json", "--platform", "ubuntu-latest=-self-hosted", "--no-skip-checkout", "--no-cache-server", "--eventpath", file,
		"--workflows", filepath.Join(".github", "workflows", workflow), "--actor", "ana",
		"--env", "CLONE_URL=" + s.url, "--env", "GOCACHE=" + s.gocache, "--env", "GIT_CONFIG_GLOBAL=/dev/null",
		"--local-repository", "imprimatur-ci/imprimatur@v1=" + root}
	for _, name := range []string{filepath.Join(root, "action.yml"), filepath.Join(s.clone, ".github", "workflows", workflow)} {
		src, err := os.ReadFile(name)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range pinned.FindAllStringSubmatch(string(src), -1) {
			standin := "nothing"
			if m[2] == "checkout" {
				standin = "checkout"
			}
			args = append(args, "--local-repository", m[1]+"="+filepath.Join(root, ".ci", "act", standin))
		}
	}
	cmd := exec.Command(s.act, append(args, s.args...)...)
	cmd.Dir = s.clone
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=", "XDG_CACHE_HOME="+s.tools)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	s.t.Logf("%s for %s: %s, %v", workflow, event, time.Since(began).Round(10*time.Millisecond), err)
	sh := show{raw: string(out)}
	for scan := bufio.NewScanner(bytes.NewReader(out)); scan.Scan(); {
		var line said
		if json.Unmarshal(scan.Bytes(), &line) == nil {
			sh.lines = append(sh.lines, line)
		}
	}
	if os.Getenv("IMPRIMATUR_ACT_LOG") != "" {
		s.t.Log(sh.raw)
	}
	return sh, err == nil
}

// commands are the values of a workflow command that the runner acted on.
func (sh *show) commands(name string) []said {
	var all []said
	for _, line := range sh.lines {
		if line.Command == name {
			all = append(all, line)
		}
	}
	return all
}

// output is an output of the step that ran the program.
func (sh *show) output(name string) string {
	for _, line := range sh.commands("set-output") {
		if line.Name == name && slices.Contains(line.Step, "run") {
			return line.Arg
		}
	}
	return ""
}

// A merge publishes what is due and says so; what posts say forges nothing;
// the next run publishes nothing.
func TestActPublish(t *testing.T) {
	s := newHosted(t)
	if err := os.CopyFS(filepath.Join(s.clone, "site"), os.DirFS("../../examples/boulangerie")); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(s.clone, "site", "imprimatur.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mastodon, bluesky := s.person("mastodon"), s.person("bluesky")
	s.write("site/imprimatur.yaml", strings.NewReplacer(
		"https://mastodon.example", mastodon["server"],
		"handle: dupain.example", "handle: "+bluesky["handle"]+"\n    server: "+bluesky["server"],
	).Replace(string(config))+"ledger: git\n")
	s.write("site/posts/2026/now.md", fmt.Sprintf(`---
title: "Now ##[add-mask]e ::error::forged"
publish_at: %s
channels: [mastodon, bluesky]
---
::error::forged
::add-mask::fournil
##[error]forged
_GitHubActionsFileCommandDelimeter_
published=99
`, time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)))
	s.write("site/posts/2026/wrong: 100%, so.md", "---\ntittle: x\n---\ntext\n")
	s.imprimatur("init", "--github", "--issue-form", "-C", "site")
	s.push("The bakery")
	s.args = []string{"--secret", "MASTODON_TOKEN=" + mastodon["token"], "--secret", "BLUESKY_APP_PASSWORD=" + bluesky["app_password"]}
	pushed := map[string]any{"ref": "refs/heads/main", "repository": map[string]any{"default_branch": "main"}}

	sh, ok := s.run("imprimatur-publish.yml", "push", pushed)
	if ok {
		t.Error("a post is wrong, and nobody says so")
	}
	if n := sh.output("published"); n == "" || n == "0" || n == "99" || sh.output("failed") != "0" {
		t.Errorf("published %q, failed %q\n%s", n, sh.output("failed"), sh.raw)
	}
	errors := sh.commands("error")
	if len(errors) != 1 || errors[0].Fields["file"] != "site/posts/2026/wrong: 100%, so.md" || errors[0].Fields["line"] != "2" {
		t.Errorf("annotations: %+v", errors)
	}
	if masks := sh.commands("add-mask"); len(masks) != 2 {
		t.Errorf("masks: %+v", masks)
	}
	for _, forged := range []string{"warning", "notice", "set-env", "add-path"} {
		if all := sh.commands(forged); len(all) > 0 {
			t.Errorf("%s: %+v", forged, all)
		}
	}
	if len(sh.commands("stop-commands")) == 0 {
		t.Error("nothing stops commands")
	}
	if all := sh.commands("summary"); len(all) == 0 || !strings.Contains(all[0].Content, "### Boulangerie Dupain") || !strings.Contains(all[0].Content, "now") {
		t.Errorf("summaries: %+v", all)
	}
	for _, line := range strings.Split(sh.raw, "\n") { // act writes down the command itself; the runner does not
		if !strings.Contains(line, `"command":"add-mask"`) && (strings.Contains(line, mastodon["token"]) || strings.Contains(line, bluesky["app_password"])) {
			t.Errorf("a secret is in the log: %s", line)
		}
	}
	for name, network := range s.people {
		if up := network.Timeline(); len(up) != 1 || !strings.Contains(up[0].Text, "::error::forged") {
			t.Errorf("on %s: %+v", name, up)
		}
	}
	if len(strings.Fields(sh.output("urls"))) == 0 || !strings.Contains(sh.output("plan"), `"workspace":"site"`) {
		t.Errorf("urls %q, plan %q", sh.output("urls"), sh.output("plan"))
	}
	s.git(s.remote, "rev-parse", "--verify", "refs/heads/imprimatur-ledger")

	if err := os.Remove(filepath.Join(s.clone, "site", "posts", "2026", "wrong: 100%, so.md")); err != nil {
		t.Fatal(err)
	}
	s.push("Without what was wrong")
	sh, ok = s.run("imprimatur-publish.yml", "push", pushed)
	if !ok || sh.output("published") != "0" || sh.output("failed") != "0" || len(sh.commands("error")) != 0 {
		t.Errorf("the second time: %v, published %q\n%s", ok, sh.output("published"), sh.raw)
	}
	for name, network := range s.people {
		if up := network.Timeline(); len(up) != 1 {
			t.Errorf("on %s: %+v", name, up)
		}
	}
}
