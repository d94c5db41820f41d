package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// subject names a file of a post, as a sentence about the post does.
func (j *judge) subject(f *File) string {
	switch {
	case f.Path == ConfigFile:
		return ConfigFile + ", by which every post goes out,"
	case len(j.c.Files) > 0 && f.Full == j.c.Files[0].Full:
		return "it"
	case f.Path == PeopleFile:
		return PeopleFile + ", whose people it names,"
	case f.Path == "":
		return f.Full + ", which names who must approve,"
	}
	if strings.HasPrefix(f.Path, CalendarsDir+"/") {
		return f.Path + ", whose campaign it belongs to,"
	}
	return "its picture " + f.Path
}

// number is how a sentence names a pull request.
func number(p *forge.Pull) string { return fmt.Sprintf("(pull request #%d)", p.Number) }

// found is what is wrong with a file before anybody's approval matters.
func (j *judge) found(f *File, kind Kind, p *forge.Pull) finding {
	out := finding{kind: kind, file: f.name()}
	if p != nil {
		out.pull = p.Number
	}
	it, to := j.subject(f), j.c.Branch
	switch kind {
	case NotCommitted:
		out.why = it + " is not here as it was committed; commit it, and bring it in by a pull request"
	case Shallow:
		out.why = "the history that tells who approved " + plainly(it) + " is not here; give actions/checkout `fetch-depth: 0`, or run git fetch --unshallow"
	case NoPull:
		out.why = it + " came to " + to + " by no pull request that is known: if there was one, GitHub may not know it yet, and the next run asks again; if it was pushed there directly, take that back and bring it in by a pull request"
	case Unmerged:
		out.why = fmt.Sprintf("%s came to %s although pull request #%d was not merged; bring it in by one that is", it, to, p.Number)
	case Elsewhere:
		out.why = fmt.Sprintf("%s was approved for the branch %s, not for %s %s; bring it in by a pull request to %s", it, p.Base, to, number(p), to)
	case ChangedInMerge:
		out.why = fmt.Sprintf("%s is not what pull request #%d ended with, so the merge changed it; look at it again, and change it by another pull request", it, p.Number)
	}
	return out
}

// name is what a file is called in a verdict.
func (f *File) name() string {
	if f.Path == "" {
		return f.Full
	}
	return f.Path
}

// plainly is a subject without what it has to do with the post.
func plainly(it string) string {
	it, _, _ = strings.Cut(it, ",")
	return it
}

// silent is GitHub's not telling.
func (j *judge) silent(f *File, err error) finding {
	out := finding{kind: NoAnswer, file: f.name(), why: "GitHub does not tell who approved " + plainly(j.subject(f)) + " (" + err.Error() + "); the next run asks again"}
	if errors.Is(err, forge.ErrAuth) {
		out.why = strings.TrimSuffix(out.why, "the next run asks again") + "give it a token that may read pull requests, and the members of teams where review names some"
	}
	return out
}

// short is what a pull request lacks.
func (j *judge) short(f *File, p *forge.Pull, t tally, missing []Need) finding {
	out := finding{file: f.name(), by: t.by, pull: p.Number, missing: missing}
	it, pr := j.subject(f), number(p)
	if len(t.against) > 0 {
		out.kind = ChangesRequested
		out.why = fmt.Sprintf("%s asked for changes to %s %s; make them and have them approved by %s, or dismiss the request", both(t.against), plainly(it), pr, either(t.against))
		return out
	}
	if len(t.by) > 0 {
		out.kind = TooFew
		out.why = fmt.Sprintf("%s was approved by %s %s, and lacks %s", it, both(t.by), pr, wanting(missing))
		return out
	}
	out.kind, out.why = Unapproved, fmt.Sprintf("nobody has approved %s %s; it takes %s", plainly(it), pr, wanting(missing))
	for _, v := range []struct {
		kind Kind
		says string
	}{
		{Stale, it + " was changed after %s approved it " + pr + "; approve it anew"},
		{Spent, it + " comes back, and each time needs an approval of its own: %s approved it before it last went out " + pr + "; approve it anew there, or change it"},
		{Retargeted, "its pull request was pointed at another branch after %s approved it " + pr + "; approve it anew"},
		{Forgotten, "GitHub does not know any more what %s approved " + pr + "; approve it anew"},
		{OwnWork, "%s had a hand in " + plainly(it) + " and cannot approve it " + pr + "; have someone else approve it"},
		{NoWrite, plainly(it) + " was approved by %s, who may not write to the repository " + pr + "; have someone approve it who may"},
		{Bot, plainly(it) + " was approved by %s, which is no person " + pr + "; have a person approve it"},
	} {
		if who := t.void[v.kind]; len(who) > 0 {
			out.kind, out.why = v.kind, fmt.Sprintf(v.says, both(who))
			break
		}
	}
	return out
}

// wanting lists needs.
func wanting(needs []Need) string {
	words := make([]string, len(needs))
	for i, n := range needs {
		words[i] = n.String()
		if i > 0 && len(n.From) > 0 {
			words[i] = fmt.Sprintf("%d from %s", n.Approvals, either(n.From))
		}
	}
	return both(words)
}

// both and either join words as a sentence does.
func both(words []string) string   { return join(words, "and") }
func either(words []string) string { return join(words, "or") }

func join(words []string, with string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(slices.Clone(words[:n-1]), ", ") + " " + with + " " + words[n-1]
}
