package forgetest

import (
	"fmt"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// How is a way to merge.
type How string

// The ways GitHub knows.
const (
	Squash How = "squash"
	Merge  How = "merge"
	Rebase How = "rebase"
	Queue  How = "queue" // a merge commit that the merge queue makes
)

// indexed is what the index of commits will say once it has been asked often
// enough.
type indexed struct {
	pulls []int
	after int // questions
}

// Merge merges a pull request and returns what its MergeCommit then is. Where
// both sides changed a file, with says what becomes of it; it may change other
// files, too, as a person who solves a conflict by hand may.
func (r *Repo) Merge(p int, how How, by string, with ...Files) string {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.still(p)
	if got.Draft {
		r.t.Fatalf("pull request %d is a draft", p)
	}
	at := r.tick()
	base := r.branches[got.Base]
	changes := r.changes(got)
	var made []string
	switch how {
	case Squash:
		made = append(made, r.commit(got.Author.Login, fmt.Sprintf("%s (#%d)", got.Title, p), at, r.joined(got, with), base))
	case Merge, Queue:
		whole := r.joined(got, with)
		if how == Queue {
			by = QueueBot
		}
		owner := r.owner
		if got.Fork {
			owner = got.Author.Login
		}
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", p, owner, got.Head, got.Title)
		made = append(made, r.commit(by, message, at, whole, base, got.HeadCommit))
		made = append(made, got.commits...) // they are in the branch from now on
	case Rebase:
		if len(with) > 0 {
			r.t.Fatal("GitHub rebases nothing that is in conflict")
		}
		r.joined(got, nil)
		to, from := base, r.fork(got.HeadCommit, base)
		for _, sha := range got.commits {
			c := r.commits[sha]
			if len(c.parents) > 1 {
				continue // a merge of main is left out
			}
			to = r.commit(c.author, c.message, at, r.commits[to].tree.with(c.tree.since(r.commits[from].tree)), to)
			from = sha
			made = append(made, to)
		}
		slices.Reverse(made)
	default:
		r.t.Fatalf("there is no way to merge called %q", how)
	}
	r.branches[got.Base] = made[0]
	for _, sha := range made {
		r.index[sha] = &indexed{pulls: append(r.know(sha), p), after: r.asked + r.Lag}
	}
	who := r.user(by).User
	got.files = changes
	got.State, got.Merged, got.MergedAt, got.MergedBy, got.MergeCommit = "closed", true, at, who, made[0]
	got.closed, got.edited = at, at
	got.events = append(got.events, forge.Event{Kind: forge.EventMerged, By: who, At: at, Commit: made[0]})
	return made[0]
}

func (s *state) know(sha string) []int {
	if i, ok := s.index[sha]; ok {
		return slices.Clone(i.pulls)
	}
	return nil
}

// joined is the base branch with the changes of a pull request.
func (r *Repo) joined(p *pull, with []Files) tree {
	base := r.commits[r.branches[p.Base]].tree
	from := r.commits[r.fork(p.HeadCommit, r.branches[p.Base])].tree
	theirs, ours := base.since(from), r.commits[p.HeadCommit].tree.since(from)
	out := base.with(ours)
	solved := map[string]bool{}
	for _, files := range with {
		out = out.with(files)
		for path := range files {
			solved[path] = true
		}
	}
	for path, content := range ours {
		if other, both := theirs[path]; both && other != content && !solved[path] {
			r.t.Fatalf("%s is in conflict: say what becomes of it", path)
		}
	}
	return out
}

// ask asks the index once about a commit.
func (r *Repo) ask(sha string) []*pull {
	var out []*pull
	r.asked++
	if i, ok := r.index[sha]; ok {
		if r.asked <= i.after {
			return nil
		}
		for _, n := range i.pulls {
			out = append(out, r.pulls[n])
		}
		return out
	}
	if slices.Contains(r.past(r.branches[Main]), sha) {
		return nil
	}
	for n := 1; n <= r.last; n++ { // of a commit outside main, every pull request that has it
		if p, ok := r.pulls[n]; ok && slices.Contains(p.commits, sha) && (p.Merged || p.State == "open") {
			out = append(out, p)
		}
	}
	return out
}
