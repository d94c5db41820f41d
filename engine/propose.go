package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workflow"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Hub is what a proposal needs of GitHub.
type Hub interface {
	OpenPull(ctx context.Context, head, base, title, body string) (forge.Pull, error)
	Comment(ctx context.Context, number int, body string) (forge.Comment, error)
}

// Proposed is what became of a filled form.
type Proposed struct {
	File   string // of the post, in the workspace
	Branch string
	Pull   forge.Pull
}

// ErrNotProposed means that the person has to fill the form again; they were
// told, below it.
var ErrNotProposed = errors.New("the form cannot become a post")

// Propose makes a pull request of a filled form: one file on a branch of its
// own, from the default branch. What the form says is data: it names no file
// but the post's own, and is inert in all that GitHub shows. Whoever filled the
// form is told there what came of it.
func (s *Space) Propose(ctx context.Context, hub Hub, issue workflow.Issue, now time.Time) (Proposed, error) {
	words := wordsFor(s.Config.Language)
	p, err := workflow.Read(issue.Body, slices.Sorted(maps.Keys(s.Config.Channels)))
	if err != nil {
		_, said := hub.Comment(ctx, issue.Number, words.again+"\n\n"+report.Fence(err.Error()))
		return Proposed{}, errors.Join(fmt.Errorf("%w: %w", ErrNotProposed, err), said)
	}
	out := Proposed{Branch: fmt.Sprintf("imprimatur/issue-%d", issue.Number)}
	if out.File, err = s.unused(p, now); err != nil {
		return Proposed{}, err
	}
	problems, err := s.tried(ctx, out.File, p.Post())
	if err != nil {
		return Proposed{}, err
	}
	switch err := s.bring(ctx, out, issue, p.Post()); {
	case errors.Is(err, git.ErrRejected):
		_, said := hub.Comment(ctx, issue.Number, words.already)
		return Proposed{}, errors.Join(fmt.Errorf("%w: it was proposed already", ErrNotProposed), said)
	case err != nil:
		return Proposed{}, err
	}
	out.Pull, err = hub.OpenPull(ctx, out.Branch, issue.Base, words.title+": "+plain(p.Title), words.body(issue, p, problems))
	if err != nil {
		_, said := hub.Comment(ctx, issue.Number, fmt.Sprintf(words.byHand, report.Inert(out.Branch)))
		return out, errors.Join(fmt.Errorf("the branch %s is there, but not the pull request: %w", out.Branch, err), said)
	}
	_, err = hub.Comment(ctx, issue.Number, fmt.Sprintf(words.thanks, out.Pull.Number))
	return out, err
}

// unused is the name of a file that is not there yet.
func (s *Space) unused(p workflow.Proposal, now time.Time) (string, error) {
	year := now.In(s.Zone).Year()
	if t, err := schema.ParseTime(p.At); err == nil {
		year = t.Wall.Year()
	}
	base := path.Join("posts", fmt.Sprint(year), Slug(p.Title))
	for n := 1; n < 100; n++ {
		name := base
		if n > 1 {
			name += fmt.Sprintf("-%d", n)
		}
		taken := false
		for _, each := range []string{name, name + ".md"} {
			_, err := s.Root.Lstat(each)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
			taken = taken || err == nil
		}
		if !taken {
			return name + ".md", nil
		}
	}
	return "", fmt.Errorf("%s is there many times already", base)
}

// tried says what is wrong with a post, by having it in the workspace for a
// moment.
func (s *Space) tried(ctx context.Context, name, text string) (ps []schema.Problem, err error) {
	if err := s.Root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return nil, err
	}
	if err := s.Root.WriteFile(name, []byte(text), 0o644); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Root.Remove(name)) }()
	with, err := s.engine.Open(ctx, s.Dir)
	if err != nil {
		return nil, err
	}
	defer with.Close()
	for _, p := range with.Problems {
		if p.File == name {
			ps = append(ps, p)
		}
	}
	return ps, nil
}

// bring puts the post on its branch of the remote.
func (s *Space) bring(ctx context.Context, out Proposed, issue workflow.Issue, text string) error {
	repo, err := s.repository(ctx)
	if err != nil {
		return err
	}
	switch tip, err := repo.Tip(ctx, out.Branch); {
	case err != nil:
		return err
	case tip != "":
		return &git.Error{Kind: git.ErrRejected, Doing: "push", Said: out.Branch + " is there"}
	}
	base, err := repo.Fetch(ctx, issue.Base)
	if err != nil {
		return err
	}
	objects, err := repo.Objects(ctx)
	if err != nil {
		return err
	}
	defer objects.Close()
	// no word of the form: "Closes #1" would do so
	message := fmt.Sprintf("A post proposed with the form of issue %d\n", issue.Number)
	if author, bot := strings.CutSuffix(issue.By, "[bot]"); !bot { // who wrote it is not who approves it
		message += fmt.Sprintf("\nCo-authored-by: %s <%d+%[1]s@users.noreply.github.com>\n", author, issue.ID)
	}
	commit, err := objects.Commit(base, map[string][]byte{path.Join(repo.Prefix, out.File): []byte(text)}, message)
	if err != nil {
		return err
	}
	return repo.Push(ctx, out.Branch, commit, "")
}

// plain is a title without what GitHub would act on, also in the message of
// the commit that a merge makes of it.
func plain(title string) string {
	title = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune("'’,.!?«»", r):
			return r
		case unicode.IsSpace(r) || strings.ContainsRune("-/:;()", r):
			return ' '
		}
		return -1
	}, title)
	return strings.Join(strings.Fields(title), " ")
}
