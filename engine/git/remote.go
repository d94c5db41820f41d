package git

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// Ref is where this repository remembers a branch of the remote.
func Ref(branch string) string { return "refs/imprimatur/" + branch }

// Forget has the next Fetch take the branch as it is, also if it was
// rewritten.
func (r *Repo) Forget(ctx context.Context, branch string) error {
	_, err := r.run(ctx, nil, "update-ref", "-d", Ref(branch))
	return err
}

// Fetch brings a branch of the remote here and returns its commit; "" where
// there is no such branch. One that does not go on from what was fetched
// before is ErrRewritten, and changes nothing.
func (r *Repo) Fetch(ctx context.Context, branch string) (string, error) {
	remote, err := r.Remote()
	if err != nil {
		return "", err
	}
	known := ""
	if r.shallow {
		if known, err = r.known(ctx, branch); err != nil {
			return "", err
		}
	}
	// The empty refmap keeps remote-tracking branches as they are; no filter:
	// a partial clone would ask for each file on its own.
	args := []string{"fetch", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=", "--no-filter"}
	if r.shallow && known == "" {
		args = append(args, "--depth=1") // afterwards from there on: what is known stays an ancestor
	}
	args = append(args, "--", remote, "refs/heads/"+branch+":"+Ref(branch))
	for try := 1; ; try++ {
		_, err := r.far(ctx, args...)
		failed := (*Error)(nil)
		switch {
		case err == nil:
			return r.known(ctx, branch)
		case !errors.As(err, &failed):
			return "", err
		case strings.Contains(failed.Said, "couldn't find remote ref"):
			if known, err = r.known(ctx, branch); known == "" || err != nil {
				return "", err
			}
			return "", &Error{Kind: ErrRewritten, Doing: "fetch", Said: "it is not on " + remote + " any more"}
		case strings.Contains(failed.Said, "(non-fast-forward)"):
			return "", &Error{Kind: ErrRewritten, Doing: "fetch"}
		case locked.MatchString(failed.Said) && try < 10: // another run in this repository
			if err := Pause(ctx, try, 50*time.Millisecond); err != nil {
				return "", err
			}
		default:
			return "", err
		}
	}
}

// known is what Objects.Known is.
func (r *Repo) known(ctx context.Context, branch string) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", Ref(branch)+"^{commit}")
	if code := (*exec.ExitError)(nil); errors.As(err, &code) && code.ExitCode() == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Current is the branch that is checked out, or "" where none is.
func (r *Repo) Current(ctx context.Context) (string, error) {
	out, err := r.run(ctx, nil, "symbolic-ref", "--quiet", "--short", "HEAD")
	if code := (*exec.ExitError)(nil); errors.As(err, &code) && code.ExitCode() == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Tip is the commit that a branch of the remote is at, or "" where there is
// no such branch. Nothing is fetched.
func (r *Repo) Tip(ctx context.Context, branch string) (string, error) {
	remote, err := r.Remote()
	if err != nil {
		return "", err
	}
	out, err := r.far(ctx, "ls-remote", "--", remote, "refs/heads/"+branch)
	if err != nil {
		return "", err
	}
	commit, _, _ := strings.Cut(string(out), "\t")
	return strings.TrimSpace(commit), nil
}

var (
	locked = regexp.MustCompile(`cannot lock ref|Unable to create '.*\.lock'|unable to update local ref|shallow file has changed`)
	moved  = regexp.MustCompile(`(?i)\((fetch first|non-fast-forward|stale info|.*(cannot lock|to lock|lock error|LOCK_FAILURE|failed to update ref|incorrect old value|already exists|reference .*changed|denying non-fast-forward).*)\)`)
)

// far runs a command that talks to the remote. One that takes longer than our
// patience ends as the network's fault.
func (r *Repo) far(ctx context.Context, args ...string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := r.run(limited, nil, args...)
	if limited.Err() != nil && ctx.Err() == nil {
		return nil, &Error{Kind: ErrNetwork, Doing: args[0], Said: "it did not answer in " + patience.String(), err: err}
	}
	return out, err
}

// Push makes commit the tip of a branch of the remote, if the branch is at
// expect, or is not there and expect is "". Otherwise it does nothing and
// returns ErrRejected. After ErrNetwork it may have happened.
func (r *Repo) Push(ctx context.Context, branch, commit, expect string) error {
	remote, err := r.Remote()
	if err != nil {
		return err
	}
	full := "refs/heads/" + branch
	out, err := r.far(ctx, "push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no",
		"--force-with-lease="+full+":"+expect, "--", remote, commit+":"+full)
	if err == nil {
		// Only so that a rewritten branch is noticed: another process of ours
		// may hold the lock, and then knows as much.
		_, _ = r.run(ctx, nil, "update-ref", Ref(branch), commit)
		return nil
	}
	failed := (*Error)(nil)
	if !errors.As(err, &failed) {
		return err
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		if !strings.HasPrefix(line, "!\t") {
			continue
		}
		_, why, _ := strings.Cut(line, "\t[")
		why = "[" + why
		switch {
		case moved.MatchString(why):
			failed.Kind = ErrRejected
		case strings.HasPrefix(why, "[remote failure]") || strings.Contains(why, "failed to report"):
			failed.Kind = ErrNetwork // it may have happened
		default:
			failed.Kind = ErrDenied
		}
		failed.Said = Brief(why + "\n" + strings.ReplaceAll(failed.Said, "; ", "\n"))
	}
	return err
}

// Holds reports whether commit is in the history of tip.
func (r *Repo) Holds(ctx context.Context, tip, commit string) (bool, error) {
	_, err := r.run(ctx, nil, "merge-base", "--is-ancestor", commit, tip)
	if code := (*exec.ExitError)(nil); errors.As(err, &code) && code.ExitCode() == 1 {
		return false, nil
	}
	return err == nil, err
}

// Pause waits before another try, a moment that grows with their number and
// is never the same for two who lost the same race.
func Pause(ctx context.Context, try int, step time.Duration) error {
	longest := step * time.Duration(min(try, 20))
	t := time.NewTimer(longest/4 + rand.N(longest))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("stopped while waiting for the remote: %w", context.Cause(ctx))
	case <-t.C:
		return nil
	}
}
