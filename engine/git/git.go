// Package git reads and writes branches of the repository that holds a folder,
// by running git itself: so credentials, proxies, ssh agents, shallow and
// partial clones work as they do for the person or the runner that set them
// up. It never touches the work tree, the index or the current branch: what it
// fetches stands in refs of its own, what it writes are objects, and pushes
// are a compare-and-swap. It works with git 2.30 and later.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Repo is the repository that holds a folder. It may be used by several
// goroutines at once.
type Repo struct {
	// Prefix is the folder's path inside the work tree, with slashes; "" at
	// its root.
	Prefix string

	dir     string // absolute
	env     []string
	shallow bool
	remotes []string
}

// patience is the longest that one fetch or push may take.
const patience = 4 * time.Minute

// maxOutput is the most bytes of one command's output that are read, but for
// the contents of files.
const maxOutput = 4 << 20

// settings are given to every command. They keep a repository's own
// configuration from running programs, from asking questions and from work
// that nobody asked for. None is a secret: they stand in the process list.
var settings = []string{
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"core.compression=1", // the remote packs anew
	"commit.gpgSign=false",
	"push.gpgSign=false",
	"push.recurseSubmodules=no",
	"push.followTags=false",
	"fetch.recurseSubmodules=no",
	"fetch.writeCommitGraph=false",
	"fetch.showForcedUpdates=true", // Fetch relies on the check
	"fetch.prune=false",
	"gc.auto=0",
	"maintenance.auto=false",
	"protocol.ext.allow=never",
	"safe.bareRepository=explicit", // none that was committed as files
	"http.lowSpeedLimit=1",
	"http.lowSpeedTime=30", // seconds without a byte
	"advice.pushUpdateRejected=false",
	"color.ui=false",
}

// Open finds the repository that holds dir. Env is what git runs in, as
// os.Environ gives it: PATH, HOME, SSH_AUTH_SOCK, proxies.
func Open(ctx context.Context, dir string, env []string) (*Repo, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := &Repo{dir: dir, env: environ(env)}
	out, err := r.run(ctx, nil, "rev-parse", "--absolute-git-dir", "--is-inside-work-tree", "--is-shallow-repository", "--show-prefix")
	if err != nil {
		return nil, err
	}
	said := strings.Split(string(out), "\n")
	if len(said) > 3 && around(said[0], dir) { // before git 2.38, which knows safe.bareRepository
		return nil, &Error{Kind: ErrFailed, Doing: "rev-parse", Said: "there is a repository among the files of " + dir + ": they cannot be told apart"}
	}
	if said = said[1:]; len(said) < 3 || said[0] != "true" {
		return nil, &Error{Kind: ErrNoRepository}
	}
	r.shallow = said[1] == "true"
	r.Prefix = strings.Trim(said[2], "/")
	// a setting that is absent is exit status 1
	out, err = r.run(ctx, nil, "config", "-z", "--get-regexp", `^(core\.sshcommand|remote\..*\.url)$`)
	if code := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &code) || code.ExitCode() != 1) {
		return nil, err
	}
	ownSSH := false
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, _, _ := strings.Cut(entry, "\n")
		if name, ok := strings.CutPrefix(key, "remote."); ok {
			r.remotes = append(r.remotes, strings.TrimSuffix(name, ".url"))
		}
		ownSSH = ownSSH || strings.EqualFold(key, "core.sshcommand")
	}
	slices.Sort(r.remotes)
	r.remotes = slices.Compact(r.remotes)
	if !ownSSH && !has(r.env, "GIT_SSH_COMMAND") && !has(r.env, "GIT_SSH") {
		r.env = append(r.env, "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=2")
	}
	return r, nil
}

// around reports whether a repository's own folder is dir or holds it. Files
// that look like a bare repository may have been committed by anybody, with a
// configuration and a history of their own.
func around(own, dir string) bool {
	if whole, err := filepath.EvalSymlinks(dir); err == nil {
		dir = whole
	}
	in, err := filepath.Rel(filepath.FromSlash(own), dir)
	return err == nil && filepath.IsLocal(in)
}

// Remote is where branches are fetched from and pushed to: the only remote, or
// origin.
func (r *Repo) Remote() (string, error) {
	switch {
	case len(r.remotes) == 1:
		return r.remotes[0], nil
	case slices.Contains(r.remotes, "origin"):
		return "origin", nil
	case len(r.remotes) == 0:
		return "", &Error{Kind: ErrNoRemote}
	}
	return "", &Error{Kind: ErrNoRemote, Said: "several, and none is called origin: " + strings.Join(r.remotes, ", ")}
}

// run runs git to its end and returns its standard output. An error is an
// *Error with git's own last words, or the context's.
func (r *Repo) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	var out, said bounded
	out.max, said.max = maxOutput, 64<<10
	cmd := r.command(ctx, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &said
	err := cmd.Run()
	finish(cmd)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("git %s was stopped: %w", args[0], context.Cause(ctx))
	case err != nil:
		return out.Bytes(), failure(args[0], err, said.String())
	case out.cut:
		return nil, &Error{Kind: ErrFailed, Doing: args[0], Said: "more output than can be"}
	}
	return out.Bytes(), nil
}

func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	all := make([]string, 0, 3+2*len(settings)+len(args))
	all = append(all, "--no-replace-objects")
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	cmd := exec.CommandContext(ctx, "git", append(all, args...)...)
	cmd.Dir, cmd.Env = r.dir, r.env
	apart(cmd)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// environ is the environment git runs in: the caller's, without what would
// point it to another repository, make it talk in another language, or have it
// write down what it sends.
func environ(env []string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		key, _, _ := strings.Cut(kv, "=")
		return slices.Contains(foreign, key) || strings.HasPrefix(key, "GIT_TRACE") || strings.HasPrefix(key, "GIT_AUTHOR_") ||
			strings.HasPrefix(key, "GIT_COMMITTER_") || strings.HasPrefix(key, "LC_")
	})
	return append(out, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "GIT_OPTIONAL_LOCKS=0",
		"GIT_AUTHOR_NAME=Imprimatur", "GIT_AUTHOR_EMAIL=imprimatur@localhost",
		"GIT_COMMITTER_NAME=Imprimatur", "GIT_COMMITTER_EMAIL=imprimatur@localhost")
}

var foreign = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
	"GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_QUARANTINE_PATH", "GIT_IMPLICIT_WORK_TREE",
	"GIT_INTERNAL_SUPER_PREFIX", "GIT_CURL_VERBOSE", "LANG", "LANGUAGE",
}

func has(env []string, key string) bool {
	return slices.ContainsFunc(env, func(kv string) bool {
		return strings.HasPrefix(kv, key+"=") && len(kv) > len(key)+1
	})
}

// bounded keeps the first max bytes that are written to it.
type bounded struct {
	mu  sync.Mutex // what git left behind may still write
	buf bytes.Buffer
	max int
	cut bool
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	keep := p[:min(len(p), b.max-b.buf.Len())]
	b.cut = b.cut || len(keep) < len(p)
	b.buf.Write(keep)
	return len(p), nil
}

func (b *bounded) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.buf.Bytes())
}

func (b *bounded) String() string { return string(b.Bytes()) }
