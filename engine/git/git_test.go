package git

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// environment is what git runs in here: nothing of the machine's own.
func environment(t testing.TB, more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}, more...)
}

// sh runs git as a person would.
func sh(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = environment(t, "GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.org", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// pair makes a bare repository and a clone of it.
func pair(t testing.TB, init ...string) (bare, dir string) {
	t.Helper()
	bare, dir = filepath.Join(t.TempDir(), "r.git"), filepath.Join(t.TempDir(), "clone")
	sh(t, "/", append([]string{"init", "-q", "--bare", "-b", "main", bare}, init...)...)
	sh(t, bare, "config", "http.receivepack", "true")
	sh(t, "/", append([]string{"init", "-q", "-b", "main", dir}, init...)...)
	sh(t, dir, "remote", "add", "origin", bare)
	os.WriteFile(filepath.Join(dir, "x"), []byte("x\n"), 0o644)
	sh(t, dir, "add", "x")
	sh(t, dir, "commit", "-qm", "first")
	sh(t, dir, "push", "-q", "origin", "HEAD:main")
	return bare, dir
}

func open(t testing.TB, dir string, env ...string) *Repo {
	t.Helper()
	r, err := Open(t.Context(), dir, environment(t, env...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func commit(t testing.TB, r *Repo, parent string, changes map[string][]byte) string {
	t.Helper()
	o, err := r.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	id, err := o.Commit(parent, changes, "a message\n")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// roundTrip fetches nothing, pushes a branch, loses a race, and reads.
func roundTrip(t *testing.T, r *Repo) {
	t.Helper()
	ctx := t.Context()
	if tip, err := r.Fetch(ctx, "side"); tip != "" || err != nil {
		t.Fatalf("an absent branch: %q, %v", tip, err)
	}
	one := commit(t, r, "", map[string][]byte{"a/b.txt": []byte("1\n"), "c": []byte("c")})
	if err := r.Push(ctx, "side", one, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.Push(ctx, "side", commit(t, r, "", map[string][]byte{"z": []byte("z")}), ""); !errors.Is(err, ErrRejected) {
		t.Fatalf("made a branch that was there: %v", err)
	}
	two := commit(t, r, one, map[string][]byte{"a/b.txt": []byte("2\n"), "c": nil})
	if err := r.Push(ctx, "side", two, one); err != nil {
		t.Fatal(err)
	}
	if err := r.Push(ctx, "side", commit(t, r, one, map[string][]byte{"d": []byte("d")}), one); !errors.Is(err, ErrRejected) {
		t.Fatalf("pushed over another's: %v", err)
	}
	if tip, err := r.Fetch(ctx, "side"); tip != two || err != nil {
		t.Fatalf("fetched %q, %v; want %s", tip, err, two)
	}
	for commit, want := range map[string]bool{one: true, two: true} {
		if got, err := r.Holds(ctx, two, commit); got != want || err != nil {
			t.Errorf("holds %s: %v, %v", commit, got, err)
		}
	}
	o, err := r.Objects(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	e, err := o.File(two, "a/b.txt")
	if err != nil || e == nil || !e.Plain() {
		t.Fatalf("%+v, %v", e, err)
	}
	if src, err := o.Read(e.ID, 10); string(src) != "2\n" || err != nil {
		t.Errorf("read %q, %v", src, err)
	}
	if gone, err := o.File(two, "c"); gone != nil || err != nil {
		t.Errorf("c is %+v, %v", gone, err)
	}
}

func TestRemotes(t *testing.T) {
	const token = "s3cr3t-token"
	basic := "basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))
	for name, set := range map[string]func(t *testing.T, bare, dir string) (env []string){
		"path": func(*testing.T, string, string) []string { return nil },
		"file": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", "file://"+bare)
			return nil
		},
		"sha256": nil,
		"http, as actions/checkout writes it": func(t *testing.T, bare, dir string) []string {
			url := serve(t, bare, token)
			sh(t, dir, "remote", "set-url", "origin", url+"/r.git")
			sh(t, dir, "config", "http."+url+"/.extraheader", "AUTHORIZATION: "+basic)
			return nil
		},
		"http, included from another file": func(t *testing.T, bare, dir string) []string {
			url := serve(t, bare, token)
			sh(t, dir, "remote", "set-url", "origin", url+"/r.git")
			file := filepath.Join(t.TempDir(), "credentials.config")
			sh(t, dir, "config", "--file", file, "http."+url+"/.extraheader", "AUTHORIZATION: "+basic)
			sh(t, dir, "config", "includeIf.gitdir:"+filepath.ToSlash(dir)+"/.git.path", file)
			return nil
		},
		"http, a helper": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", serve(t, bare, token)+"/r.git")
			sh(t, dir, "config", "credential.helper", "!f() { echo username=x; echo password="+token+"; }; f")
			return nil
		},
		"http, asked for by a program": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", serve(t, bare, token)+"/r.git")
			return []string{"GIT_ASKPASS=" + script(t, "echo "+token)}
		},
		"ssh": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", "ssh://git@host.example"+bare)
			return []string{"GIT_SSH_COMMAND=" + script(t, ssh)}
		},
		"ssh, set in the repository": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", "git@host.example:"+bare)
			sh(t, dir, "config", "core.sshCommand", script(t, ssh))
			return nil
		},
		"ssh, as it is": func(t *testing.T, bare, dir string) []string {
			sh(t, dir, "remote", "set-url", "origin", "git@host.example:"+bare)
			program := script(t, "case \"$*\" in *BatchMode=yes*) ;; *) exit 1;; esac\n"+ssh)
			os.Rename(program, filepath.Join(filepath.Dir(program), "ssh"))
			return []string{"PATH=" + filepath.Dir(program) + ":" + os.Getenv("PATH")}
		},
		"someone else's environment": func(_ *testing.T, _, dir string) []string {
			return []string{"GIT_DIR=/nowhere", "GIT_WORK_TREE=/nowhere", "GIT_INDEX_FILE=/nowhere", "LC_ALL=de_DE.UTF-8", "LANGUAGE=de", "GIT_TRACE=1"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var init, env []string
			if set == nil {
				init = []string{"--object-format=sha256"}
			}
			bare, dir := pair(t, init...)
			if set != nil {
				env = set(t, bare, dir)
			}
			roundTrip(t, open(t, dir, env...))
			sh(t, bare, "fsck", "--strict")
			if got := sh(t, bare, "log", "--format=%an %cn %s", "side"); got != "Imprimatur Imprimatur a message\nImprimatur Imprimatur a message" {
				t.Errorf("the log is %s", got)
			}
		})
	}
}

// ssh is a program that runs the command here that it is to run there.
const ssh = "test \"$1\" = -G && exit 1\nfor last; do :; done\nexec sh -c \"$last\"\n"

func script(t testing.TB, text string) string {
	name := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// serve has a repository on http, behind a token.
func serve(t testing.TB, bare, token string) string {
	program := filepath.Join(sh(t, "/", "--exec-path"), "git-http-backend")
	if _, err := os.Stat(program); err != nil {
		t.Skip("this git has no http-backend")
	}
	backend := &cgi.Handler{Path: program, Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(bare), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=x", "HOME=" + t.TempDir()}, Stderr: io.Discard}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != token {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		if r.ContentLength < 0 { // CGI knows no chunks
			body, _ := io.ReadAll(r.Body)
			r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(strings.NewReader(string(body))), int64(len(body)), nil
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestFailuresAreToldApart(t *testing.T) {
	const token = "ghp_0123456789abcdefghij0123456789abcdef"
	status := func(code int) func(t *testing.T, bare, dir string) {
		return func(t *testing.T, _, dir string) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no: "+token, code) }))
			t.Cleanup(srv.Close)
			sh(t, dir, "remote", "set-url", "origin", strings.Replace(srv.URL, "://", "://ana:"+token+"@", 1)+"/r.git")
		}
	}
	url := func(url string) func(t *testing.T, bare, dir string) {
		return func(t *testing.T, _, dir string) { sh(t, dir, "remote", "set-url", "origin", url) }
	}
	for name, tt := range map[string]struct {
		set  func(t *testing.T, bare, dir string)
		want error
	}{
		"nobody listens": {url("http://ana:" + token + "@127.0.0.1:9/r.git"), ErrNetwork},
		"no such host":   {url("http://" + token + "@nowhere.invalid/r.git"), ErrNetwork},
		"401":            {status(401), ErrAuth},
		"403":            {status(403), ErrAuth},
		"404":            {status(404), ErrAuth},
		"500":            {status(500), ErrNetwork},
		"503":            {status(503), ErrNetwork},
		"a login page":   {status(200), ErrFailed},
		"no such folder": {url("/nowhere/r.git"), ErrAuth},
		"a program":      {url("ext::sh -c 'touch pwned; cat'"), ErrFailed},
		"no remote":      {func(t *testing.T, _, dir string) { sh(t, dir, "remote", "remove", "origin") }, ErrNoRemote},
		"which remote": {func(t *testing.T, bare, dir string) {
			sh(t, dir, "remote", "rename", "origin", "x")
			sh(t, dir, "remote", "add", "y", bare)
		}, ErrNoRemote},
		"a damaged object": {damage, ErrMissing},
	} {
		t.Run(name, func(t *testing.T) {
			bare, dir := pair(t)
			tt.set(t, bare, dir)
			r := open(t, dir, "GIT_ASKPASS=")
			_, err := r.Fetch(t.Context(), "main")
			if !errors.Is(err, tt.want) {
				t.Errorf("fetch: %v, want %v", err, tt.want)
			}
			if tt.want != ErrFailed && tt.want != ErrMissing {
				if err := r.Push(t.Context(), "main", sh(t, dir, "rev-parse", "HEAD"), ""); !errors.Is(err, tt.want) {
					t.Errorf("push: %v, want %v", err, tt.want)
				}
			}
			if err != nil && (strings.Contains(err.Error(), "0123456789") || strings.ContainsAny(err.Error(), "\n\r\t\x1b")) {
				t.Errorf("the message is not fit to be seen: %q", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("a program of the address ran")
			}
		})
	}
	if _, err := Open(t.Context(), t.TempDir(), environment(t)); !errors.Is(err, ErrNoRepository) {
		t.Errorf("outside a repository: %v", err)
	}
	// it may be files that somebody committed, and is not the same as none
	bare, _ := pair(t)
	if _, err := Open(t.Context(), bare, environment(t)); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "bare repository") {
		t.Errorf("in a bare repository: %v", err)
	}
	if !around(bare, bare) || !around(bare, filepath.Join(bare, "brand")) || around(filepath.Join(bare, ".git"), bare) {
		t.Error("an older git would take a repository among the files")
	}
}

func damage(t *testing.T, bare, _ string) {
	other := filepath.Join(t.TempDir(), "other")
	sh(t, "/", "clone", "-q", bare, other)
	sh(t, other, "mv", "x", "y")
	sh(t, other, "commit", "-qm", "second")
	sh(t, other, "push", "-q")
	id := sh(t, bare, "rev-parse", "main^{tree}")
	file := filepath.Join(bare, "objects", id[:2], id[2:])
	os.Remove(file)
	if err := os.WriteFile(file, []byte("rubbish"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What other gits and hosts say, as they say it.
func TestWhatGitSays(t *testing.T) {
	for stderr, want := range map[string]error{
		"git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n":                                                        ErrAuth,
		"ssh: connect to host github.com port 22: Connection timed out\nfatal: Could not read from remote repository.\n":                                         ErrNetwork,
		"ssh: Could not resolve hostname x: Temporary failure in name resolution\nfatal: Could not read from remote repository.\n":                               ErrNetwork,
		"remote: Permission to o/r.git denied to github-actions[bot].\nfatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403": ErrAuth,
		"remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://gitlab.com/o/r.git/'":                                                      ErrAuth,
		"remote: Repository not found.\nfatal: repository 'https://github.com/o/r/' not found":                                                                   ErrAuth,
		"fatal: could not read Username for 'https://github.com': terminal prompts disabled":                                                                     ErrAuth,
		"error: RPC failed; curl 92 HTTP/2 stream 0 was not closed cleanly\nsend-pack: unexpected disconnect while reading sideband packet":                      ErrNetwork,
		"fatal: the remote end hung up unexpectedly":                                                                                                             ErrNetwork,
		"fatal: unable to access 'https://x/': SSL certificate problem: unable to get local issuer":                                                              ErrNetwork,
		"fatal: detected dubious ownership in repository at '/x'":                                                                                                ErrFailed,
		"error: insufficient permission for adding an object to repository database .git/objects":                                                                ErrFailed,
		"error: unable to write file .git/objects/ab/cd: No space left on device":                                                                                ErrFailed,
		"fatal: not a git repository (or any of the parent directories): .git":                                                                                   ErrNoRepository,
	} {
		if err := failure("fetch", errors.New("exit status 128"), stderr); !errors.Is(err, want) {
			t.Errorf("%q is %v, want %v", stderr, err, want)
		}
	}
	for why, want := range map[string]bool{
		"[rejected] (fetch first)":      true,
		"[rejected] (stale info)":       true,
		"[rejected] (non-fast-forward)": true,
		"[remote rejected] (cannot lock ref 'refs/heads/x': is at 1 but expected 2)": true,
		"[remote rejected] (failed to update ref)":                                   true,
		"[remote rejected] (incorrect old value provided)":                           true,
		"[remote rejected] (reference already exists)":                               true,
		"[remote rejected] (pre-receive hook declined)":                              false,
		"[remote rejected] (protected branch hook declined)":                         false,
		"[remote rejected] (push declined due to repository rule violations)":        false,
		"[remote rejected] (shallow update not allowed)":                             false,
	} {
		if moved.MatchString(why) != want {
			t.Errorf("%s: taken for a lost race: %v", why, !want)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"fatal: unable to access 'https://ana:pa55@h.example/r.git/': no": "fatal: unable to access 'https://h.example/r.git/': no",
		"https://x-access-token:gho_abcdefgh12345678@h/r":                 "https://h/r",
		"https://h/r?access_token=pa55&x=1":                               "https://h/r?access_token=[secret]&x=1",
		"AUTHORIZATION: basic eC1hY2Nlc3M6cGE1NQ== sent":                  "AUTHORIZATION: basic [secret] sent",
		"the token github_pat_11ABCDEFG0abcdefghijkl_mnop is expired":     "the token [secret] is expired",
		"https://ana:p@55:word@h.example/r":                               "https://h.example/r",
		"ssh: connect to host github.com port 22: Connection refused":     "ssh: connect to host github.com port 22: Connection refused",
		"git@github.com: Permission denied (publickey).":                  "git@github.com: Permission denied (publickey).",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// A repository's own configuration runs nothing.
func TestHooksDoNotRun(t *testing.T) {
	bare, dir := pair(t)
	mark := filepath.Join(t.TempDir(), "ran")
	hooks := t.TempDir()
	for _, name := range []string{"pre-push", "reference-transaction", "post-commit", "pre-commit", "commit-msg", "fsmonitor", "pre-auto-gc"} {
		os.WriteFile(filepath.Join(hooks, name), []byte("#!/bin/sh\necho "+name+" >>"+mark+"\n"), 0o755)
		os.WriteFile(filepath.Join(dir, ".git", "hooks", name), []byte("#!/bin/sh\necho "+name+" >>"+mark+"\n"), 0o755)
	}
	sh(t, dir, "config", "core.hooksPath", hooks)
	sh(t, dir, "config", "core.fsmonitor", filepath.Join(hooks, "fsmonitor"))
	sh(t, dir, "config", "gpg.program", filepath.Join(hooks, "pre-push"))
	sh(t, dir, "config", "commit.gpgSign", "true")
	sh(t, dir, "config", "push.gpgSign", "true")
	sh(t, dir, "config", "gc.auto", "1")
	sh(t, dir, "config", "filter.x.clean", filepath.Join(hooks, "pre-push"))
	os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte("* filter=x text eol=crlf\n"), 0o644)
	os.Remove(mark)
	roundTrip(t, open(t, dir))
	if ran, err := os.ReadFile(mark); err == nil {
		t.Errorf("ran: %s", ran)
	}
	sh(t, bare, "rev-parse", "side")
}

func TestStopsWithItsChildren(t *testing.T) {
	_, dir := pair(t)
	alive := filepath.Join(t.TempDir(), "alive")
	sh(t, dir, "remote", "set-url", "origin", "ssh://git@host.example/x")
	r := open(t, dir, "GIT_SSH_VARIANT=simple", "GIT_SSH_COMMAND="+script(t, "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo >>"+alive+"; sleep 0.25; done; sleep 60"))
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("enough")
	time.AfterFunc(400*time.Millisecond, func() { cancel(stop) })
	begin := time.Now()
	if _, err := r.Fetch(ctx, "side"); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(begin); d > 4*time.Second {
		t.Errorf("took %v", d)
	}
	before, _ := os.ReadFile(alive)
	time.Sleep(700 * time.Millisecond)
	if after, _ := os.ReadFile(alive); len(after) != len(before) {
		t.Error("a child lives on")
	}
}

func TestCommitWritesAnyTree(t *testing.T) {
	_, dir := pair(t)
	r := open(t, dir)
	one := commit(t, r, sh(t, dir, "rev-parse", "HEAD"), map[string][]byte{"été/ü b.txt": []byte("\r\n\x00"), "a.b": nil, "a/c": []byte("c"), "a.c": []byte(""), "x/y": []byte("now a folder")})
	if got := sh(t, dir, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", one); got != "a.c\na/c\nx/y\nété/ü b.txt" {
		t.Errorf("the tree is\n%s", got)
	}
	none := commit(t, r, one, map[string][]byte{"été/ü b.txt": nil, "a/c": nil, "a.c": nil, "x/y": nil})
	if got := sh(t, dir, "ls-tree", "-r", none); got != "" {
		t.Errorf("the tree is\n%s", got)
	}
	sh(t, dir, "fsck", "--strict")
	o, err := r.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, name := range []string{"../x", "/x", "a//b", ".git/config", "a/.GIT/hooks/x", "", ".", "a\\b", "a\nb"} {
		if _, err := o.Commit("", map[string][]byte{name: nil}, ""); err == nil {
			t.Errorf("%q was taken for a file", name)
		}
	}
	e, err := o.File(one, "x/y")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Read(e.ID, 3); !errors.As(err, new(*SizeError)) {
		t.Errorf("too long: %v", err)
	}
	for _, id := range []string{strings.Repeat("0", 40), one, "a b", "x\ny"} {
		if _, err := o.Read(id, 100); err == nil {
			t.Errorf("%q was read as a file", id)
		}
	}
	if src, err := o.Read(e.ID, 100); string(src) != "now a folder" || err != nil { // still in step
		t.Errorf("read %q, %v", src, err)
	}
}

func BenchmarkPush(b *testing.B) {
	const token = "t"
	for _, kind := range []string{"file", "http"} {
		b.Run(kind, func(b *testing.B) {
			bare, dir := pair(b)
			if kind == "http" {
				url := serve(b, bare, token)
				sh(b, dir, "remote", "set-url", "origin", strings.Replace(url, "://", "://x:"+token+"@", 1)+"/r.git")
			}
			r := open(b, dir)
			old := ""
			for n := 0; b.Loop(); n++ {
				next := commit(b, r, old, map[string][]byte{"a/b": fmt.Append(nil, n)})
				if err := r.Push(b.Context(), "side", next, old); err != nil {
					b.Fatal(err)
				}
				old = next
			}
		})
	}
}
