package review

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/git"
)

var errNobody = errors.New("there is no access to GitHub here: set GITHUB_TOKEN")

// find answers questions, each once, side by side. It fails only when the
// context ends.
func (in *inquiry) find(ctx context.Context, open []Question) error {
	var todo []Question
	paths := map[string][]string{} // of files, by commit: one question
	for _, q := range open {
		if q.Path != "" {
			if !slices.Contains(paths[q.Commit], q.Path) {
				paths[q.Commit] = append(paths[q.Commit], q.Path)
			}
			q.Path = "*"
		}
		if !slices.Contains(todo, q) {
			todo = append(todo, q)
		}
	}
	_ = sideBySide(len(todo), func(i int) error {
		q := todo[i]
		switch {
		case q.Path != "":
			in.blobs(ctx, q.Commit, paths[q.Commit])
		case q.Pull != 0:
			put(in, in.facts.Talk, q.Pull)(in.talk(ctx, q.Pull, q.Commit))
		case q.Team != "":
			put(in, in.facts.Member, Membership{q.Team, q.Login})(ask(in, func(f forge.Forge) (bool, error) { return f.Member(ctx, q.Team, q.Login) }))
		case q.Login != "":
			put(in, in.facts.Can, q.Login)(ask(in, func(f forge.Forge) (forge.Permission, error) { return f.Permission(ctx, q.Login) }))
		default:
			put(in, in.facts.Brought, q.Commit)(ask(in, func(f forge.Forge) ([]forge.Pull, error) { return f.Introduced(ctx, q.Commit, in.branch) }))
		}
		return nil
	})
	return context.Cause(ctx)
}

// put keeps an answer.
func put[K comparable, T any](in *inquiry, known map[K]Known[T], k K) func(T, error) {
	return func(v T, err error) {
		in.mu.Lock()
		defer in.mu.Unlock()
		known[k] = Known[T]{v, err}
	}
}

// ask asks the forge, if there is one.
func ask[T any](in *inquiry, question func(forge.Forge) (T, error)) (answer T, err error) {
	if in.gate.Forge == nil {
		return answer, errNobody
	}
	return question(in.gate.Forge)
}

func (in *inquiry) blobs(ctx context.Context, commit string, paths []string) {
	blobs, err := ask(in, func(f forge.Forge) (map[string]string, error) { return f.Blobs(ctx, commit, paths) })
	for _, p := range paths {
		put(in, in.facts.Blobs, Place{commit, p})(blobs[p], err)
	}
}

// talk is what happened in a pull request.
func (in *inquiry) talk(ctx context.Context, number int, head string) (t Talk, err error) {
	if t.Reviews, err = ask(in, func(f forge.Forge) ([]forge.Review, error) { return f.Reviews(ctx, number) }); err != nil {
		return t, err
	}
	if t.Events, err = ask(in, func(f forge.Forge) ([]forge.Event, error) { return f.Events(ctx, number) }); err != nil {
		return t, err
	}
	t.Wrote, err = in.wrote(ctx, head)
	return t, err
}

// noreply is the address by which GitHub names somebody in a commit's message.
var noreply = regexp.MustCompile(`(?im)^Co-authored-by:[^<\n]*<(?:\d+\+)?([a-z0-9-]+(?:_[a-z0-9]+)?)@users\.noreply\.github\.com>[ \t\r]*$`)

// wrote lists who else wrote a commit, where it is here: of a pull request
// that was squashed it is not.
func (in *inquiry) wrote(ctx context.Context, commit string) (logins []string, err error) {
	if commit == "" || in.gate.Repo == nil {
		return nil, nil
	}
	o, err := in.gate.Repo.Objects(ctx)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	message, err := o.Message(commit)
	if bad := (*git.Error)(nil); errors.As(err, &bad) {
		return nil, nil // of a clone with holes
	}
	for _, m := range noreply.FindAllStringSubmatch(message, -1) {
		logins = append(logins, m[1])
	}
	return logins, err
}
