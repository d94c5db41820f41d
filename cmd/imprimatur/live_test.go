package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
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
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// servers are real ones on loopback, started by .ci/servers. Without them the
// tests here skip, and say so.
type servers struct {
	mastodon, token       string
	bluesky, handle, pass string
	ahead                 time.Duration // of the program's clock
}

func live(t *testing.T) servers {
	t.Helper()
	s := servers{mastodon: os.Getenv("IMPRIMATUR_MASTODON_SERVER"), token: os.Getenv("IMPRIMATUR_MASTODON_TOKEN"),
		bluesky: os.Getenv("IMPRIMATUR_BLUESKY_SERVER"), handle: os.Getenv("IMPRIMATUR_BLUESKY_HANDLE"), pass: os.Getenv("IMPRIMATUR_BLUESKY_APP_PASSWORD")}
	if s.mastodon == "" || s.bluesky == "" {
		t.Skip("no real servers: start .ci/servers and set IMPRIMATUR_MASTODON_* and IMPRIMATUR_BLUESKY_*")
	}
	for _, base := range []string{s.mastodon, s.bluesky} {
		if u, err := url.Parse(base); err != nil || u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
			t.Fatalf("%s is not on loopback", base)
		}
	}
	return s
}

// bakery copies the example, points its channels at the servers, and gives
// every post a name of this run, so that a server with a past does no harm.
func (s servers) bakery(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	src := filepath.Join("..", "..", "examples", "boulangerie")
	if err := os.CopyFS(dir, os.DirFS(src)); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{"public", ".imprimatur"} {
		os.RemoveAll(filepath.Join(dir, made))
	}
	edit(t, dir, "imprimatur.yaml", func(text string) string {
		text = strings.Replace(text, "https://mastodon.example", s.mastodon, 1)
		text = strings.Replace(text, "handle: dupain.example", "handle: "+s.handle+"\n    server: "+s.bluesky, 1)
		text = strings.Replace(text, "max_actions: 40", "max_actions: 100", 1) // all of it at once
		return text + fmt.Sprintf("\n# run %d\n", time.Now().UnixNano())
	})
	lately(t, dir)
	return dir
}

// lately moves the times of all posts into the last hour, in their order: what
// is older would be an archive.
func lately(t *testing.T, dir string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^publish_at: .*$`)
	var files, times []string
	err := filepath.WalkDir(filepath.Join(dir, "posts"), func(name string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".md") {
			return err
		}
		src, err := os.ReadFile(name)
		if at := line.FindString(string(src)); at != "" {
			files, times = append(files, name), append(times, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	order := slices.Sorted(slices.Values(times))
	for i, name := range files {
		at := time.Now().Add(time.Duration(slices.Index(order, times[i])-len(order)) * time.Minute).UTC().Format(time.RFC3339)
		rel, _ := filepath.Rel(dir, name)
		edit(t, dir, filepath.ToSlash(rel), func(src string) string { return line.ReplaceAllString(src, "publish_at: "+at) })
	}
}

func edit(t *testing.T, dir, name string, f func(string) string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(f(string(src))), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s servers) getenv(name string) string {
	return map[string]string{"MASTODON_TOKEN": s.token, "BLUESKY_APP_PASSWORD": s.pass}[name]
}

// imprimatur runs the program in a process of its own.
func (s servers) imprimatur(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out, err := s.command(t.Context(), args...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return string(out), 0
	case asExit(err, &exit):
		return string(out), exit.ExitCode()
	}
	t.Fatal(err)
	return "", 0
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

func (s servers) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), "IMPRIMATUR_TEST_RUN=doomed", "DOOMED_AHEAD="+s.ahead.String(), "MASTODON_TOKEN="+s.token, "BLUESKY_APP_PASSWORD="+s.pass)
	return c
}

func (s servers) space(t *testing.T, dir string) *engine.Space {
	t.Helper()
	e := engine.New(all.Platforms(), s.getenv, "test")
	e.Environ = os.Environ
	sp, err := e.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sp.Close() })
	return sp
}

func read(t *testing.T, s *engine.Space) (*ledger.Ledger, error) {
	t.Helper()
	home, err := s.Home(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return home.Read(t.Context())
}

func get(t *testing.T, base, path, token string, out any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == 200 {
		if err := json.Unmarshal(body, out); err != nil {
			t.Fatalf("%s: %v in %s", path, err, body)
		}
	}
	return resp.StatusCode
}

type status struct {
	ID               string
	InReplyToID      *string `json:"in_reply_to_id"`
	Language         string
	Visibility       string
	SpoilerText      string                         `json:"spoiler_text"`
	MediaAttachments []struct{ Description string } `json:"media_attachments"`
	Poll             *struct{ Options []struct{ Title string } }
}

type record struct {
	URI   string
	CID   string
	Value struct {
		Text   string
		Langs  []string
		Facets []struct {
			Index    struct{ ByteStart, ByteEnd int }
			Features []map[string]string
		}
		Reply *struct{ Root, Parent struct{ URI, CID string } }
		Embed *struct {
			Images   []struct{ Alt string }
			External *struct{ URI, Title string }
		}
	}
}

func (s servers) record(t *testing.T, uri string) (record, bool) {
	t.Helper()
	parts := strings.Split(strings.TrimPrefix(uri, "at://"), "/")
	var r record
	code := get(t, s.bluesky, "/xrpc/com.atproto.repo.getRecord?"+url.Values{"repo": {parts[0]}, "collection": {parts[1]}, "rkey": {parts[2]}}.Encode(), "", &r)
	return r, code == 200
}

// compare holds what the servers show to what render promised, for every post
// that the ledger says is live on them.
func (s servers) compare(t *testing.T, sp *engine.Space) (seen int) {
	t.Helper()
	l, err := read(t, sp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.Entries() {
		p, c := sp.Post(e.Post), sp.Channel(e.Channel)
		if c.Platform.Local || !e.Live() {
			continue
		}
		v, _ := sp.Render(p, c)
		if len(v.Parts) != len(e.Parts) {
			t.Errorf("%s on %s has %d parts live, %d rendered", e.Post, e.Channel, len(e.Parts), len(v.Parts))
			continue
		}
		for i, part := range v.Parts {
			seen++
			name := fmt.Sprintf("%s on %s, part %d", e.Post, e.Channel, i+1)
			before := ""
			if i > 0 {
				before = e.Parts[i-1].Live.ID
			}
			if c.Platform.Name == "mastodon" {
				s.compareStatus(t, name, e.Parts[i].Live.ID, before, part)
			} else {
				s.compareRecord(t, name, e.Parts[i].Live.ID, before, e.Parts[0].Live.ID, part)
			}
		}
	}
	return seen
}

func (s servers) compareStatus(t *testing.T, name, id, before string, part platform.Part) {
	t.Helper()
	var st status
	var source struct {
		Text        string
		SpoilerText string `json:"spoiler_text"`
	}
	if code := get(t, s.mastodon, "/api/v1/statuses/"+id, s.token, &st); code != 200 {
		t.Errorf("%s: status %d", name, code)
		return
	}
	get(t, s.mastodon, "/api/v1/statuses/"+id+"/source", s.token, &source)
	if source.Text != part.Text {
		t.Errorf("%s reads\n%q, want\n%q", name, source.Text, part.Text)
	}
	if source.SpoilerText != part.Warning {
		t.Errorf("%s warns %q, want %q", name, source.SpoilerText, part.Warning)
	}
	if st.Language != part.Lang {
		t.Errorf("%s is in %q, want %q", name, st.Language, part.Lang)
	}
	if got := deref(st.InReplyToID); got != before {
		t.Errorf("%s answers %q, want %q", name, got, before)
	}
	var alts, want []string
	for _, m := range st.MediaAttachments {
		alts = append(alts, m.Description)
	}
	for _, m := range part.Media {
		want = append(want, m.Alt)
	}
	if !slices.Equal(alts, want) {
		t.Errorf("%s has pictures %q, want %q", name, alts, want)
	}
	if (st.Poll != nil) != (part.Poll != nil) {
		t.Errorf("%s: poll %v, want %v", name, st.Poll, part.Poll)
	} else if part.Poll != nil && len(st.Poll.Options) != len(part.Poll.Options) {
		t.Errorf("%s: poll %v, want %v", name, st.Poll, part.Poll)
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (s servers) compareRecord(t *testing.T, name, uri, before, root string, part platform.Part) {
	t.Helper()
	r, ok := s.record(t, uri)
	if !ok {
		t.Errorf("%s: %s is not there", name, uri)
		return
	}
	v := r.Value
	if v.Text != part.Text {
		t.Errorf("%s reads\n%q, want\n%q", name, v.Text, part.Text)
	}
	if got := strings.Join(v.Langs, ","); got != part.Lang {
		t.Errorf("%s is in %q, want %q", name, got, part.Lang)
	}
	switch {
	case before == "" && v.Reply != nil:
		t.Errorf("%s is a reply", name)
	case before != "" && (v.Reply == nil || v.Reply.Parent.URI != before || v.Reply.Root.URI != root):
		t.Errorf("%s answers %+v, want %s below %s", name, v.Reply, before, root)
	case before != "":
		for _, ref := range []struct{ URI, CID string }{v.Reply.Root, v.Reply.Parent} {
			if above, ok := s.record(t, ref.URI); !ok || above.CID != ref.CID {
				t.Errorf("%s points at %+v, which is %+v", name, ref, above)
			}
		}
	}
	var facets, wantFacets []string
	for _, f := range v.Facets {
		what := f.Features[0]["uri"] + f.Features[0]["tag"]
		facets = append(facets, fmt.Sprint(f.Index, what))
	}
	for _, f := range part.Facets {
		if f.Kind != "mention" { // nobody of the example lives on this server
			wantFacets = append(wantFacets, fmt.Sprint(struct{ a, b int }{f.Start, f.End}, f.Value))
		}
	}
	if !slices.Equal(facets, wantFacets) {
		t.Errorf("%s has facets %v, want %v", name, facets, wantFacets)
	}
	var alts, want []string
	card := ""
	if v.Embed != nil {
		for _, i := range v.Embed.Images {
			alts = append(alts, i.Alt)
		}
		if v.Embed.External != nil {
			card = v.Embed.External.URI
		}
	}
	for _, m := range part.Media {
		want = append(want, m.Alt)
	}
	if !slices.Equal(alts, want) || card != part.Link {
		t.Errorf("%s has pictures %q and card %q, want %q and %q", name, alts, card, want, part.Link)
	}
}

func TestLiveBakery(t *testing.T) {
	s := live(t)
	dir := s.bakery(t)
	const post = "posts/2026/test.md" // one that says the same everywhere
	write(t, dir, post, fmt.Sprintf("---\npublish_at: %s\nchannels: [blog, mastodon, bluesky]\n---\nEssai %d de https://dupain.example/essai et voilà\u202f!\n", time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), time.Now().UnixNano()))
	out, code := s.imprimatur(t, "publish", "--yes", "--strict", "-C", dir)
	t.Logf("\n%s", out)
	if code != 0 {
		t.Fatalf("publish ended with %d", code)
	}
	if n := s.compare(t, s.space(t, dir)); n < 8 {
		t.Errorf("only %d parts went to the servers", n)
	}
	out, code = s.imprimatur(t, "publish", "--yes", "--strict", "-C", dir)
	if code != 0 || !strings.Contains(out, "Nothing to do now") {
		t.Errorf("a second run: %d\n%s", code, out)
	}

	// an edited post is edited: in place, or anew where the platform cannot
	edit(t, dir, post, func(text string) string { return text + "\nÀ demain.\n" })
	out, code = s.imprimatur(t, "publish", "--yes", "--strict", "-C", dir)
	if code != 0 || strings.Count(out, " edited ") != 3 {
		t.Errorf("after an edit: %d\n%s", code, out)
	}
	s.compare(t, s.space(t, dir))

	// a retracted post is gone
	l, _ := read(t, s.space(t, dir))
	id := s.space(t, dir).Post(post).ID()
	masto, sky := l.Of(id, "mastodon").Parts[0].Live.ID, l.Of(id, "bluesky").Parts[0].Live.ID
	edit(t, dir, post, func(text string) string { return strings.Replace(text, "---\n", "---\nretracted: true\n", 1) })
	out, code = s.imprimatur(t, "publish", "--yes", "--strict", "-C", dir)
	if code != 0 || strings.Count(out, " removed") != 3 {
		t.Errorf("after a retraction: %d\n%s", code, out)
	}
	if code := get(t, s.mastodon, "/api/v1/statuses/"+masto, s.token, new(status)); code != 404 {
		t.Errorf("the status is still there: %d", code)
	}
	if _, ok := s.record(t, sky); ok {
		t.Error("the record is still there")
	}
	if out, _ := s.imprimatur(t, "publish", "--yes", "--strict", "-C", dir); !strings.Contains(out, "Nothing to do now") {
		t.Errorf("after all that:\n%s", out)
	}
}

// killer stands before a server and ends the program with SIGKILL when the
// nth post arrives: before the server sees it, or right after it took it.
type killer struct {
	proxy *httputil.ReverseProxy
	posts func(*http.Request) bool
	after bool
	mu    sync.Mutex
	left  int
	kill  func()
}

func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !k.posts(r) {
		k.proxy.ServeHTTP(w, r)
		return
	}
	k.mu.Lock()
	k.left--
	die := k.left == 0
	k.mu.Unlock()
	if die && !k.after {
		k.kill()
		return
	}
	if die {
		k.proxy.ServeHTTP(httptest.NewRecorder(), r)
		k.kill()
		return
	}
	k.proxy.ServeHTTP(w, r)
}

func TestLiveKilledInMidThread(t *testing.T) {
	s := live(t)
	creates := map[string]func(*http.Request) bool{
		"mastodon": func(r *http.Request) bool { return r.Method == "POST" && r.URL.Path == "/api/v1/statuses" },
		"bluesky":  func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "putRecord") },
	}
	for _, name := range []string{"mastodon", "bluesky"} {
		for _, how := range []string{"before", "after", "before, ledger in git", "after, ledger in git"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				s := s
				after := strings.HasPrefix(how, "after")
				base := map[string]string{"mastodon": s.mastodon, "bluesky": s.bluesky}[name]
				target, err := url.Parse(base)
				if err != nil {
					t.Fatal(err)
				}
				k := &killer{proxy: httputil.NewSingleHostReverseProxy(target), posts: creates[name], after: after, left: 2}
				srv := httptest.NewServer(k)
				defer srv.Close()
				dir := t.TempDir()
				tag := fmt.Sprintf("%s%d", name, time.Now().UnixNano())
				config := fmt.Sprintf("version: 1\nbrand: %s\nlanguage: fr\nchannels:\n  %s:\n    platform: %s\n    server: %s\n", tag, name, name, srv.URL)
				if name == "mastodon" {
					config += "    token: ${MASTODON_TOKEN}\n"
				} else {
					config += "    handle: " + s.handle + "\n    app_password: ${BLUESKY_APP_PASSWORD}\n"
				}
				write(t, dir, "imprimatur.yaml", config)
				write(t, dir, "posts/fil.md", fmt.Sprintf("---\npublish_at: %s\nchannels: [%s]\n---\nUn %s\n\n---\n\nDeux\n\n---\n\nTrois\n", time.Now().UTC().Add(-time.Minute).Format(time.RFC3339), name, tag))

				if strings.HasSuffix(how, "git") {
					repository(t, dir)
				}
				run := s.command(t.Context(), "publish", "--yes", "-C", dir)
				var out bytes.Buffer
				run.Stdout, run.Stderr = &out, &out
				k.kill = func() { run.Process.Kill() }
				if err := run.Run(); err == nil || run.ProcessState.ExitCode() != -1 {
					t.Fatalf("the run was not killed: %v\n%s", err, &out)
				}
				// the dead run's lease keeps others away; let it run out
				if text, code := s.imprimatur(t, "publish", "--yes", "-C", dir); code != 0 || !strings.Contains(text, "Nothing to do now") {
					t.Fatalf("while the lease lasts: %d\n%s", code, text)
				}
				s.ahead = 20 * time.Minute
				if text, code := s.imprimatur(t, "publish", "--yes", "-C", dir); code != 0 {
					t.Fatalf("the next run: %d\n%s", code, text)
				}
				sp := s.space(t, dir)
				if n := s.compare(t, sp); n != 3 {
					t.Errorf("%d parts are live, want 3", n)
				}
				if n := s.times(t, name, tag); n != 1 {
					t.Errorf("the first part is out %d times", n)
				}
				if text, _ := s.imprimatur(t, "publish", "--yes", "-C", dir); !strings.Contains(text, "Nothing to do now") {
					t.Errorf("after all that:\n%s", text)
				}
				s.onlyThree(t, name, sp)
			})
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// times counts how often a text is on the account.
func (s servers) times(t *testing.T, name, tag string) int {
	t.Helper()
	n := 0
	for _, text := range s.texts(t, name) {
		if strings.Contains(text, tag) {
			n++
		}
	}
	return n
}

func (s servers) texts(t *testing.T, name string) []string {
	t.Helper()
	var texts []string
	if name == "mastodon" {
		var me struct{ ID string }
		get(t, s.mastodon, "/api/v1/accounts/verify_credentials", s.token, &me)
		var all []struct{ Content string }
		get(t, s.mastodon, "/api/v1/accounts/"+me.ID+"/statuses?limit=40", s.token, &all)
		for _, st := range all {
			texts = append(texts, st.Content)
		}
		return texts
	}
	var list struct{ Records []record }
	get(t, s.bluesky, "/xrpc/com.atproto.repo.listRecords?"+url.Values{"repo": {s.handle}, "collection": {"app.bsky.feed.post"}, "limit": {"100"}}.Encode(), "", &list)
	for _, r := range list.Records {
		texts = append(texts, r.Value.Text)
	}
	return texts
}

// onlyThree demands that the thread has no twin of any part: each part is
// answered by the next one only.
func (s servers) onlyThree(t *testing.T, name string, sp *engine.Space) {
	t.Helper()
	l, err := read(t, sp)
	if err != nil {
		t.Fatal(err)
	}
	first := l.Of("fil", name).Parts[0].Live.ID
	n := 0
	if name == "mastodon" {
		var thread struct{ Descendants []status }
		get(t, s.mastodon, "/api/v1/statuses/"+first+"/context", s.token, &thread)
		n = len(thread.Descendants)
	} else {
		var list struct{ Records []record }
		get(t, s.bluesky, "/xrpc/com.atproto.repo.listRecords?"+url.Values{"repo": {s.handle}, "collection": {"app.bsky.feed.post"}, "limit": {"100"}}.Encode(), "", &list)
		for _, r := range list.Records {
			if r.Value.Reply != nil && r.Value.Reply.Root.URI == first {
				n++
			}
		}
	}
	if n != 2 {
		t.Errorf("the thread has %d answers, want 2", n)
	}
}
