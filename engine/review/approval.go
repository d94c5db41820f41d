package review

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// tally is what the people of a pull request say in the end.
type tally struct {
	by      []string          // who approved it, and it counts
	against []string          // who wants it changed
	void    map[Kind][]string // whose approval does not count, and why
	err     error             // what keeps it from being known
}

// approved judges the approvals of a pull request that holds a file as it
// stands.
func (j *judge) approved(f *File, p *forge.Pull, now Version) finding {
	talk, ok := answer(j, j.f.Talk, p.Number, Question{Pull: p.Number, Commit: p.HeadCommit})
	switch {
	case !ok:
		return finding{kind: Waiting}
	case talk.Err != nil:
		return j.silent(f, talk.Err)
	}
	var since time.Time
	if len(j.c.Files) > 0 && f.Full == j.c.Files[0].Full {
		since = j.c.Post.Since
	}
	t := j.count(p, &talk.Is, since)
	var first []Need
	var trouble error
	if t.err == nil && len(t.against) == 0 {
		for i, needs := range j.needs(f, now, labels(p, talk.Is.Events)) {
			missing, err := j.meets(needs, t.by)
			if len(missing) == 0 {
				return finding{by: t.by, pull: p.Number, file: f.Path}
			}
			if i == 0 {
				first, trouble = missing, err
			}
		}
	}
	if err := cmp.Or(t.err, trouble); err != nil {
		return j.silent(f, err)
	}
	return j.short(f, p, t, first)
}

// count hears everybody's last word.
func (j *judge) count(p *forge.Pull, talk *Talk, since time.Time) tally {
	t := tally{void: map[Kind][]string{}}
	for _, r := range opinions(talk) {
		if r.State != forge.Approved && (r.State != forge.ChangesRequested || r.By.Bot || same(r.By, p.Author)) {
			continue
		}
		if r.State == forge.Approved {
			why := flaw(p, talk, &r)
			if why == "" && !since.IsZero() && !r.At.After(since) {
				why = Spent
			}
			if why != "" {
				t.void[why] = append(t.void[why], r.By.Login)
				continue
			}
		}
		switch can, ok := j.can(r.By.Login); {
		case !ok:
		case can.Err != nil:
			t.err = cmp.Or(t.err, can.Err)
		case can.Is != forge.CanWrite && can.Is != forge.Admin:
			if r.State == forge.Approved {
				t.void[NoWrite] = append(t.void[NoWrite], r.By.Login)
			}
		case r.State == forge.Approved:
			t.by = append(t.by, r.By.Login)
		default:
			t.against = append(t.against, r.By.Login)
		}
	}
	slices.SortFunc(t.by, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return t
}

// opinions is the last review of each person that approves, asks for changes,
// or did so before it was dismissed.
func opinions(talk *Talk) []forge.Review {
	dismissed := map[int64]bool{}
	for _, e := range talk.Events {
		if e.Kind == forge.EventDismissed {
			dismissed[e.Review] = true
		}
	}
	all := slices.DeleteFunc(slices.Clone(talk.Reviews), func(r forge.Review) bool {
		return r.State == forge.Commented || r.State == forge.Pending || r.By.Login == ""
	})
	slices.SortStableFunc(all, func(a, b forge.Review) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	var last []forge.Review
	for i, r := range all {
		if slices.ContainsFunc(all[i+1:], func(later forge.Review) bool { return same(later.By, r.By) }) {
			continue
		}
		if dismissed[r.ID] && r.ID != 0 {
			r.State = forge.Dismissed
		}
		last = append(last, r)
	}
	return last
}

// same reports whether two accounts are one.
func same(a, b forge.User) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID == b.ID
	}
	return a.Login != "" && strings.EqualFold(a.Login, b.Login)
}

// flaw is why an approval does not count, whoever may write, or "".
func flaw(p *forge.Pull, talk *Talk, r *forge.Review) Kind {
	switch {
	case r.By.Bot:
		return Bot
	case same(r.By, p.Author):
		return OwnWork
	case r.Commit == "":
		return Forgotten
	case r.Commit != p.HeadCommit || p.HeadCommit == "":
		return Stale
	}
	// A forced push takes approvals along to what it brings: only the time
	// tells. A second is as exact as it gets, so at the same time is after.
	at := heard(talk.Events, r)
	for i, e := range talk.Events {
		later := i > at
		if !e.At.IsZero() {
			later = !e.At.Before(r.At)
		}
		switch {
		case !later:
		case e.Kind == forge.EventPushed, e.Kind == forge.EventForcePushed:
			return Stale
		case e.Kind == forge.EventRetargeted: // the changes it showed were others
			return Retargeted
		}
	}
	if slices.ContainsFunc(pushers(p, talk), func(login string) bool { return strings.EqualFold(login, r.By.Login) }) {
		return OwnWork
	}
	return ""
}

// heard is the place of a review among the events.
func heard(events []forge.Event, r *forge.Review) int {
	at := -1
	for i, e := range events {
		if e.Kind == forge.EventReviewed && e.Review == r.ID && r.ID != 0 {
			return i
		}
		if !e.At.IsZero() && !e.At.After(r.At) {
			at = i
		}
	}
	return at
}

// pushers are the logins of those who are known to have made the last state of
// a pull request.
func pushers(p *forge.Pull, talk *Talk) []string {
	logins := slices.Clone(talk.Wrote)
	last, forced := "", ""
	for _, e := range talk.Events {
		switch e.Kind {
		case forge.EventForcePushed: // its commits may stand before or behind it
			last, forced = e.By.Login, e.By.Login
		case forge.EventPushed:
			last = e.By.Login
			if e.Commit == p.HeadCommit {
				logins = append(logins, last)
			}
		}
	}
	return slices.DeleteFunc(append(logins, last, forced), func(s string) bool { return s == "" })
}

// labels are those that a pull request has, or had when it was merged.
func labels(p *forge.Pull, events []forge.Event) []string {
	var on []string
	for _, e := range events {
		if e.Kind == forge.EventMerged || !p.MergedAt.IsZero() && e.At.After(p.MergedAt) {
			break
		}
		switch e.Kind {
		case forge.EventLabeled:
			on = append(on, e.Label)
		case forge.EventUnlabeled:
			on = slices.DeleteFunc(on, func(l string) bool { return l == e.Label })
		}
	}
	return append(on, p.Labels...)
}
