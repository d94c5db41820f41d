package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/forge/forgetest"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// A newsroom is a repository on GitHub, as the action sees it: its API and its
// remote on this machine, and a network that its posts go to. Ana and mallory
// write posts; bob, cleo and dan may write to the repository, too; rita may
// only read. Mallory also has a server, which nobody should ever ask.
type newsroom struct {
	t       testing.TB
	repo    *forgetest.Repo
	remote  string
	base    string // what all files of this newsroom are below
	server  string // of the network
	token   string
	network platform.Standin
	evil    string // mallory's server
	forks   bool   // the token may write nothing, as that of a fork's pull request
	env     map[string]string
	git     []string // the environment of git

	mu      sync.Mutex
	strange []string // what was asked of servers that nobody should ask
	last    int
}

// secrets are what a runner may hold besides what this workspace needs.
var secrets = map[string]string{"GITHUB_TOKEN": "github-s3cret", "OTHER_SECRET": "other-s3cret"}

// newNewsroom makes one with more files from its start.
func newNewsroom(t testing.TB, more func(n *newsroom) forgetest.Files) *newsroom {
	t.Helper()
	n := &newsroom{t: t, base: t.TempDir(), env: map[string]string{}}
	root, err := os.OpenRoot(t.TempDir())
	n.must(err)
	t.Cleanup(func() { root.Close() })
	n.network = all.Platforms().Named("mastodon").Standin(root)
	n.server = n.serve(n.network)
	n.token = n.network.Settings(n.server)["token"]
	n.evil = n.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.odd("mallory's server: " + r.Method + " " + r.URL.Path)
		http.Error(w, "{}", http.StatusTeapot)
	}))
	files := forgetest.Files{"imprimatur.yaml": n.config("review: {approvals: 1}"), "people.yaml": "version: 1\npeople:\n  ana: {name: Ana, mastodon: \"@ana@social.example\"}\n"}
	if more != nil {
		maps.Copy(files, more(n))
	}
	n.repo = forgetest.New(t, files)
	for _, who := range []string{"ana", "bob", "cleo", "dan", "mallory", "copilot[bot]"} {
		n.repo.Grant(who, forge.CanWrite)
	}
	handler := n.repo.Handler()
	api := n.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+secrets["GITHUB_TOKEN"] {
			n.odd("GitHub was asked with another token")
		}
		if n.forks && r.Method != http.MethodGet && r.URL.Path != "/graphql" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"message": "Resource not accessible by integration"}`)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	n.git = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + n.base, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=GitHub", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=GitHub", "GIT_COMMITTER_EMAIL=a@example.org"}
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": api, "GITHUB_REPOSITORY": n.repo.Slug(), "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_RUN_ID": "71", "GITHUB_RUN_ATTEMPT": "1", "MASTODON_TOKEN": n.token,
	} {
		n.env[name] = value
	}
	for name, value := range secrets {
		n.env[name] = value
	}
	n.remote = filepath.Join(n.base, "voice.git")
	n.sh(n.base, "init", "-q", "--bare", "-b", "main", n.remote)
	n.sh(n.remote, "config", "uploadpack.allowFilter", "true")
	n.sh(n.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
	return n
}

func (n *newsroom) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *newsroom) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	n.t.Cleanup(s.Close)
	return s.URL
}

func (n *newsroom) odd(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.strange = append(n.strange, what)
}

func (n *newsroom) sh(dir string, args ...string) string {
	n.t.Helper()
	cmd := exec.CommandContext(n.t.Context(), "git", args...)
	cmd.Dir, cmd.Env = dir, n.git
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// config is an imprimatur.yaml; review is its lines of that name, or others.
func (n *newsroom) config(review string) string {
	return fmt.Sprintf(`version: 1
brand: Acme
timezone: UTC
channels:
  mastodon: {platform: mastodon, server: %q, token: "${MASTODON_TOKEN}"}
defaults: {channels: [mastodon]}
ledger: git
%s
`, n.server, review)
}

// due is a post that is due, with more lines of front matter.
func due(text string, front ...string) string {
	return "---\npublish_at: " + time.Now().UTC().Add(-time.Minute).Format(time.RFC3339) + "\n" + strings.Join(append(front, ""), "\n") + "---\n" + text + "\n"
}

// sync brings the remote to where GitHub is, and returns the commit that
// merges an open pull request to try it; 0 is none.
func (n *newsroom) sync(pull int) string {
	n.t.Helper()
	if pull != 0 {
		p, err := n.repo.Pull(n.t.Context(), pull)
		n.must(err)
		n.repo.Branch("pull-"+fmt.Sprint(pull), p.HeadCommit) // a fork's head is on no branch here
	}
	dir := n.folder()
	n.repo.Clone(dir, forgetest.Main)
	push := []string{"push", "-q", "--force", "file://" + n.remote, "refs/heads/*:refs/heads/*"}
	merged := ""
	if pull != 0 {
		head := "pull-" + fmt.Sprint(pull)
		tree, _, _ := strings.Cut(n.sh(dir, "merge-tree", "--write-tree", "main", head), "\n")
		merged = n.sh(dir, "commit-tree", "-p", "main", "-p", head, "-m", "Merge "+head+" into main", tree)
		push = append(push, merged+":refs/pull/"+fmt.Sprint(pull)+"/merge")
	}
	n.sh(dir, push...)
	return merged
}

func (n *newsroom) folder() string {
	n.last++
	dir := filepath.Join(n.base, fmt.Sprint(n.last))
	n.must(os.Mkdir(dir, 0o755))
	return dir
}

// checkout is a clone as actions/checkout makes one with fetch-depth: 0 and
// filter: blob:none: of main, or of the merge of a pull request.
func (n *newsroom) checkout(pull int) string {
	n.t.Helper()
	n.sync(pull)
	dir := n.folder()
	n.sh(dir, "init", "-q", "-b", "main")
	n.sh(dir, "remote", "add", "origin", "file://"+n.remote)
	fetch := []string{"fetch", "-q", "--filter=blob:none", "origin", "+refs/heads/*:refs/remotes/origin/*"}
	if pull == 0 {
		n.sh(dir, fetch...)
		n.sh(dir, "checkout", "-q", "--force", "-B", "main", "refs/remotes/origin/main")
		return dir
	}
	at := fmt.Sprintf("refs/remotes/pull/%d/merge", pull)
	n.sh(dir, append(fetch, fmt.Sprintf("+refs/pull/%d/merge:%s", pull, at))...)
	n.sh(dir, "checkout", "-q", "--force", "--detach", at)
	return dir
}

// A ran is what one run of the program left.
type ran struct {
	code                 int
	log, summary, output string
	dir                  string
}

// watched sees every request, and lets those leave that are for this machine.
type watched struct {
	n    *newsroom
	next http.RoundTripper
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Host, "127.0.0.1:") {
		w.n.odd("the network: " + r.URL.Host)
		return nil, fmt.Errorf("%s is not on this machine", r.URL.Host)
	}
	return w.next.RoundTrip(r)
}

// run runs the program in a checkout, as the action does for an event.
func (n *newsroom) run(dir string, event any, args ...string) ran {
	n.t.Helper()
	at := n.folder()
	file := func(name string) string { return filepath.Join(at, name) }
	src, err := json.Marshal(event)
	n.must(err)
	n.must(os.WriteFile(file("event.json"), src, 0o644))
	env := map[string]string{"GITHUB_WORKSPACE": dir, "GITHUB_EVENT_PATH": file("event.json"), "GITHUB_OUTPUT": file("output"), "GITHUB_STEP_SUMMARY": file("summary")}
	for name, value := range n.env {
		env[name] = value
	}
	var log bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &log, stderr: &log, getenv: func(name string) string { return env[name] }, now: time.Now, index: []time.Duration{}}
	a.engine = engine.New(all.Platforms(), a.getenv, "test")
	a.engine.CacheKey, a.engine.Environ, a.engine.Now, a.engine.Forge = []byte("key"), func() []string { return n.git }, time.Now, a.forge
	a.engine.HTTP.Transport = watched{n, a.engine.HTTP.Transport}
	if !slices.Contains(args, "-C") {
		args = append(args, "-C", dir)
	}
	r := ran{dir: dir, code: a.run(n.t.Context(), args)}
	read := func(name string) string {
		src, err := os.ReadFile(file(name))
		if err != nil && !os.IsNotExist(err) {
			n.t.Fatal(err)
		}
		return string(src)
	}
	r.log, r.summary, r.output = log.String(), read("summary"), read("output")
	return r
}

// review is the run for a pull request.
func (n *newsroom) review(pull int, args ...string) ran {
	n.t.Helper()
	dir := n.checkout(pull)
	return n.run(dir, n.event(pull), append([]string{"review"}, args...)...)
}

// event is what GitHub says of a pull request.
func (n *newsroom) event(pull int) any {
	p, err := n.repo.Pull(n.t.Context(), pull)
	n.must(err)
	return map[string]any{"action": "synchronize", "pull_request": map[string]any{
		"number": pull, "base": map[string]any{"ref": p.Base, "sha": p.BaseCommit}, "head": map[string]any{"ref": p.Head, "sha": p.HeadCommit}}}
}

// publish is the run for a push to main.
func (n *newsroom) publish() ran {
	n.t.Helper()
	return n.run(n.checkout(0), map[string]any{"ref": "refs/heads/main"}, "publish", "--yes", "--strict")
}

// comments are those below a pull request by the workflow's account.
func (n *newsroom) comments(pull int) []forge.Comment {
	n.t.Helper()
	cs, err := n.repo.Comments(n.t.Context(), pull)
	n.must(err)
	return slices.DeleteFunc(cs, func(c forge.Comment) bool { return c.By.Login != forgetest.Actions })
}

// up is what readers of the network see.
func (n *newsroom) up() []string {
	var texts []string
	for _, s := range n.network.Timeline() {
		texts = append(texts, s.Text)
	}
	return texts
}

// merged is a pull request by ana that others approved and merged.
func (n *newsroom) merged(files forgetest.Files, by ...string) int {
	n.last++
	p := n.repo.Open("ana", fmt.Sprint("change-", n.last), files)
	for _, who := range by {
		n.repo.Review(p, who, forge.Approved)
	}
	n.repo.Merge(p, forgetest.Squash, "dan")
	return p
}

// receipts are all lines of the ledger.
func (n *newsroom) receipts() string {
	n.t.Helper()
	if n.sh(n.remote, "for-each-ref", "refs/heads/imprimatur-ledger") == "" {
		return ""
	}
	return n.sh(n.remote, "grep", "-h", "", "imprimatur-ledger", "--", "*.jsonl")
}

// check says what is wrong with a run, whatever it was about.
func (n *newsroom) check(r ran, code int, says ...string) {
	n.t.Helper()
	if r.code != code {
		n.t.Errorf("exit %d, not %d\n%s", r.code, code, r.log)
	}
	for _, want := range says {
		if !strings.Contains(r.log+r.summary, want) {
			n.t.Errorf("nothing says %q\n%s\n%s", want, r.log, r.summary)
		}
	}
}

// The page stands below a pull request once, is edited from then on, and says
// what the change would do by the base's rules.
func TestReviewComment(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, nil)
	p := n.repo.Open("ana", "galette", forgetest.Files{"posts/galette.md": due("Elle est là.")})
	n.must(second(n.repo.As("mallory").Comment(t.Context(), p, report.ReviewMarker+"\n\nApproved by everybody.")))

	r := n.review(p)
	n.check(r, exitClean, "the page is at ")
	cs := n.comments(p)
	if len(cs) != 1 {
		t.Fatalf("comments: %+v", cs)
	}
	first := cs[0]
	for _, want := range []string{report.ReviewMarker, "galette", "Elle est là.", "it takes 1 approval"} {
		if !strings.Contains(first.Body, want) || !strings.Contains(r.summary, want) {
			t.Errorf("the page does not say %q\n%s", want, first.Body)
		}
	}

	n.repo.Push(p, forgetest.Files{"posts/galette.md": due("Elle est partie.")})
	n.repo.Review(p, "bob", forge.Approved)
	n.merged(forgetest.Files{"posts/other.md": due("Meanwhile.")}, "bob") // GitHub's base in the event is older than its trial merge
	n.check(n.review(p), exitClean)
	cs = n.comments(p)
	if len(cs) != 1 || cs[0].ID != first.ID || !strings.Contains(cs[0].Body, "Elle est partie.") || strings.Contains(cs[0].Body, "Elle est là.") || !strings.Contains(cs[0].Body, "bob") {
		t.Errorf("after a push: %+v", cs)
	}
	if strings.Contains(cs[0].Body, "Meanwhile") {
		t.Errorf("the page shows what another pull request brought\n%s", cs[0].Body)
	}
	edited := cs[0].Edited
	n.check(n.review(p), exitClean)
	if cs = n.comments(p); len(cs) != 1 || !cs[0].Edited.Equal(edited) {
		t.Error("the same page was written again")
	}
	all, err := n.repo.Comments(t.Context(), p)
	n.must(err)
	if len(all) != 2 || !strings.HasSuffix(all[0].Body, "Approved by everybody.") {
		t.Errorf("mallory's comment: %+v", all)
	}
}

func second[T any](_ T, err error) error { return err }

// A fork's pull request gets its page in the summary, and the exit code is that
// of its problems.
func TestReviewOfAFork(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, nil)
	n.forks = true
	p := n.repo.OpenFork("zoe", "galette", forgetest.Files{"posts/galette.md": due("Elle est là.")})
	r := n.review(p)
	n.check(r, exitClean, "the token may not comment", "Elle est là.")
	if !strings.Contains(r.summary, report.ReviewMarker) || len(n.comments(p)) != 0 {
		t.Errorf("summary:\n%s", r.summary)
	}
	delete(n.env, "GITHUB_TOKEN")
	delete(n.env, "MASTODON_TOKEN")
	n.repo.Push(p, forgetest.Files{"posts/bad.md": "---\ntittle: x\n---\nx\n"})
	n.check(n.review(p), exitProblems, "the token may not comment", "tittle")
	// that it asks nobody any more changes nothing of who is asked
	n.repo.Push(p, forgetest.Files{"posts/bad.md": forgetest.Gone, "imprimatur.yaml": n.config("review: none")})
	n.check(n.review(p), exitClean, "imprimatur.yaml")
}

// Two workspaces share one page; one of them is new.
func TestReviewOfTwo(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, nil)
	p := n.repo.Open("ana", "both", forgetest.Files{"posts/one.md": due("First."), "brand/imprimatur.yaml": strings.Replace(n.config(""), "Acme", "Beta", 1), "brand/posts/two.md": due("Second.")})
	dir := n.checkout(p)
	n.check(n.run(dir, n.event(p), "review", "-C", dir, "-C", filepath.Join(dir, "brand")), exitClean)
	cs := n.comments(p)
	if len(cs) != 1 {
		t.Fatalf("comments: %+v", cs)
	}
	for _, want := range []string{"Acme", "Beta", "First.", "Second.", "brand/posts/two.md"} {
		if !strings.Contains(cs[0].Body, want) {
			t.Errorf("the page does not say %q\n%s", want, cs[0].Body)
		}
	}
}

// The merge queue asks once more, and has no pull request to comment on.
func TestReviewInTheQueue(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, nil)
	p := n.repo.Open("ana", "galette", forgetest.Files{"posts/galette.md": due("Elle est là.")})
	dir := n.checkout(p)
	r := n.run(dir, map[string]any{"action": "checks_requested", "merge_group": map[string]any{
		"base_sha": n.repo.Tip(forgetest.Main), "head_sha": n.sh(dir, "rev-parse", "HEAD")}}, "review")
	n.check(r, exitClean, "Elle est là.")
	if len(n.comments(p)) != 0 {
		t.Error("there is a comment")
	}
}

// What was approved and merged goes out, and the receipt says who and where;
// what was not is held, and nothing else is.
func TestPublishApproved(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, nil)
	p := n.merged(forgetest.Files{"posts/galette.md": due("Elle est là."), "posts/second.md": due("Approved words.")}, "bob", "cleo")
	late := n.merged(forgetest.Files{"posts/late.md": due("Nobody looked.")})
	n.repo.Commit("mallory", forgetest.Main, forgetest.Files{"posts/second.md": due("Other words.")})
	n.check(n.publish(), exitWaiting, "came to main by no pull request", "nobody has approved it")
	if up := n.up(); !slices.Equal(up, []string{"Elle est là."}) {
		t.Fatalf("up are %q", up)
	}
	for _, want := range []string{`"approved":["bob","cleo"]`, fmt.Sprintf(`"pull":%d`, p)} {
		if rs := n.receipts(); !strings.Contains(rs, want) {
			t.Errorf("the receipts do not say %s\n%s", want, rs)
		}
	}
	n.repo.Review(late, "bob", forge.Approved)
	n.check(n.publish(), exitWaiting)
	if up := n.up(); !slices.Equal(up, []string{"Elle est là.", "Nobody looked."}) {
		t.Errorf("after a late approval: up are %q", up)
	}
	n.check(n.publish(), exitWaiting)
	if up := n.up(); len(up) != 2 {
		t.Errorf("once more: up are %q", up)
	}
}

// The fast lane and the embargo.
func TestPublishInAHurry(t *testing.T) {
	t.Parallel()
	n := newNewsroom(t, func(n *newsroom) forgetest.Files {
		return forgetest.Files{"freeze.yaml": "reason: a fire\n", "imprimatur.yaml": n.config("review: {approvals: 1, urgent: {approvals: 1, from: [dan]}}")}
	})
	n.merged(forgetest.Files{"posts/usual.md": due("As usual."), "posts/lane.md": due("Urgent by ana.", "urgent: true")}, "bob")
	n.merged(forgetest.Files{"posts/recall.md": due("Do not eat it.", "urgent: true")}, "dan")
	n.merged(forgetest.Files{"posts/secret.md": due("Not yet.", "urgent: true", "embargo_until: "+time.Now().UTC().Add(time.Hour).Format(time.RFC3339))}, "dan")
	r := n.publish()
	n.check(r, exitWaiting, "a fire", "under embargo")
	defer func() {
		if t.Failed() {
			t.Log(r.log)
		}
	}()
	if up := n.up(); !slices.Equal(up, []string{"Do not eat it."}) {
		t.Errorf("up are %q", up)
	}
	for _, want := range []string{`"urgent":true`, `"freeze":"a fire"`} {
		if rs := n.receipts(); !strings.Contains(rs, want) {
			t.Errorf("the receipts do not say %s\n%s", want, rs)
		}
	}
}

// A run is clean where nothing in it came alive that a file or a person said.
func (n *newsroom) clean(r ran) {
	n.t.Helper()
	for _, s := range append([]string{n.token}, secrets["GITHUB_TOKEN"], secrets["OTHER_SECRET"]) {
		for name, text := range map[string]string{"summary": r.summary, "outputs": r.output, "log": masked.ReplaceAllString(r.log, "")} {
			if strings.Contains(text, s) {
				n.t.Errorf("a secret is in the %s\n%s", name, text)
			}
		}
	}
	for _, c := range commands(r.log) {
		if foreign.MatchString(c) {
			n.t.Errorf("the runner was told %q\n%s", c, r.log)
		}
		if v, ok := strings.CutPrefix(c, "add-mask::"); ok && !strings.Contains(v, platform.Marker) {
			n.t.Errorf("the runner was told to hide %q", v)
		}
	}
	for name := range given(n.t, r.output) {
		if !slices.Contains([]string{"published", "failed", "waiting", "plan", "urls"}, name) {
			n.t.Errorf("there is an output %q\n%s", name, r.output)
		}
	}
	if bad := alive(r.summary); bad != "" {
		n.t.Errorf("the summary does something: %s\n%s", bad, r.summary)
	}
}

// foreign is a command that the program never gives, or that says what only an
// attacker says.
var foreign = regexp.MustCompile(`^(?:(?:error|warning|notice|debug|group)[^:]*::\s*forged|(?:set|add-path|add-matcher|save|echo|##)|(?:error|warning) [^:]*\b(?:endLine|endColumn)=)`)

var masked = regexp.MustCompile(`(?m)^::add-mask::.*$`)

// commands are those that the runner takes from a log.
func commands(log string) []string {
	var all []string
	stopped := ""
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		if stopped != "" {
			if line == "::"+stopped+"::" {
				stopped = ""
			}
			continue
		}
		if token, ok := strings.CutPrefix(line, "::stop-commands::"); ok {
			stopped = token
		} else if c, ok := strings.CutPrefix(line, "::"); ok {
			all = append(all, c)
		} else if i := strings.Index(line, "##["); i >= 0 {
			all = append(all, line[i:])
		}
	}
	return all
}

// given are what the runner takes from the file for them.
func given(t testing.TB, src string) map[string]string {
	all := map[string]string{}
	lines := strings.Split(src, "\n")
	for i := 0; i < len(lines); i++ {
		name, end, block := strings.Cut(lines[i], "<<")
		if !block {
			if name, value, ok := strings.Cut(lines[i], "="); ok {
				all[name] = value
			} else if lines[i] != "" {
				t.Errorf("an output file with %q", lines[i])
			}
			continue
		}
		var value []string
		for i++; i < len(lines) && lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		all[name] = strings.Join(value, "\n")
	}
	return all
}

var (
	coded   = regexp.MustCompile("(?s)`+")
	folds   = regexp.MustCompile(`(?m)^(?:<details><summary>.*|<img src="https://github\.com/acme/voice/raw/[^"<>]*" alt="[^"<>]*" height="240">)$`)
	inHTML  = regexp.MustCompile(`(?s)<code>.*?</code>`)
	ours    = regexp.MustCompile(`</?(?:details|summary|b|sub|br|code)>|<!-- imprimatur:review -->|<img src="https://github\.com/acme/voice/raw/[^"<>]*" alt="[^"<>]*" height="240">|\]\(https://github\.com/acme/voice/[^ ()]*\)`)
	working = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|GH-[0-9]|<[A-Za-z!/]|\]\(|!\[|https?://|www\.|:[a-z]+:`)
)

// unfenced is a page without its blocks of code: one ends with a fence that is
// as long as the one it began with, or longer.
func unfenced(page string) string {
	var out []string
	fence := ""
	for line := range strings.SplitSeq(page, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3 && !strings.Contains(line[len(ticks):], "`"):
			fence = ticks
		case fence == "":
			out = append(out, line)
		case len(ticks) >= len(fence) && strings.TrimSpace(line) == ticks:
			fence = ""
		}
	}
	return strings.Join(out, "\n")
}

// alive is what GitHub would act on in a page, but for the page's own links
// and folds; "" is nothing.
func alive(page string) string {
	page = unfenced(page)
	page = folds.ReplaceAllStringFunc(page, func(line string) string { // HTML to the end of the line: its backquotes are none
		return ours.ReplaceAllString(inHTML.ReplaceAllString(line, ""), "")
	})
	var out strings.Builder
	for page != "" { // what stands in code
		at := coded.FindStringIndex(page)
		if at == nil {
			break
		}
		mark := page[at[0]:at[1]]
		out.WriteString(page[:at[0]])
		page = page[at[1]:]
		for from := 0; ; {
			end := coded.FindStringIndex(page[from:])
			if end == nil {
				out.WriteString(mark)
				break
			}
			if end[1]-end[0] == len(mark) {
				page = page[from+end[1]:]
				break
			}
			from += end[1]
		}
	}
	out.WriteString(page)
	text := ours.ReplaceAllString(inHTML.ReplaceAllString(out.String(), ""), "")
	if at := working.FindStringIndex(text); at != nil {
		return text[max(0, at[0]-40):min(len(text), at[1]+40)]
	}
	return ""
}
