package review

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Need is a number of approvals by some people: logins, and teams as
// @org/team. Without them, by anyone who may write to the repository.
type Need struct {
	Approvals int
	From      []string
}

func (n Need) String() string {
	s := strconv.Itoa(n.Approvals) + " approval"
	if n.Approvals != 1 {
		s += "s"
	}
	if len(n.From) > 0 {
		s += " from " + either(n.From)
	}
	return s
}

// group names the people of a need, in whatever order they were written.
func (n Need) group() string {
	from := make([]string, len(n.From))
	for i, who := range n.From {
		from[i] = strings.TrimPrefix(strings.ToLower(who), "@")
	}
	slices.Sort(from)
	return strings.Join(slices.Compact(from), " ")
}

// strictest is the highest number of each group, in order of the groups.
func strictest(needs []Need) []Need {
	most := map[string]Need{}
	for _, n := range needs {
		if g := n.group(); n.Approvals > most[g].Approvals {
			most[g] = n
		}
	}
	var out []Need
	for _, g := range slices.Sorted(maps.Keys(most)) {
		out = append(out, most[g])
	}
	return out
}

// needs are the approvals that a file of a post needs, one list of which must
// be met: what other posts share may also have been approved the usual way
// when this one is urgent.
func (j *judge) needs(f *File, now Version, labels []string) [][]Need {
	usual := []Need{{now.Review.Approvals, now.Review.From}}
	for i := range now.Review.Rules {
		if r := &now.Review.Rules[i]; j.fits(r, f, labels) {
			from := r.From
			if from == nil {
				from = now.Review.From
			}
			usual = append(usual, Need{r.Approvals, from})
		}
	}
	if now.Review.CodeOwners && now.Owners != nil {
		if owners := now.Owners.Of(f.Full); len(owners) > 0 {
			usual = append(usual, Need{1, owners})
		}
	}
	usual = strictest(usual)
	u := now.Review.Urgent
	switch {
	case !j.c.Post.Urgent || u == nil:
		return [][]Need{usual}
	case f == &j.c.Files[0]:
		return [][]Need{{{u.Approvals, u.From}}}
	default:
		return [][]Need{usual, {{u.Approvals, u.From}}}
	}
}

// fits reports whether each list of a rule means the post. A rule for any
// channel means imprimatur.yaml: it could give the same account another name.
func (j *judge) fits(r *schema.ReviewRule, f *File, labels []string) bool {
	meant := func(list, of []string) bool {
		return list == nil || slices.ContainsFunc(of, func(s string) bool { return slices.Contains(list, s) })
	}
	if j.c.Post.ID == "" { // what every post depends on
		return meant(r.Labels, labels)
	}
	return (f.Path == ConfigFile || meant(r.Channels, []string{j.c.Channel})) && meant(r.Campaigns, []string{j.c.Post.Campaign}) && meant(r.Labels, labels) &&
		(r.Words == nil || says(j.c.Post.Says, r.Words)) &&
		(r.Paths == nil || slices.ContainsFunc(r.Paths, func(pattern string) bool {
			pattern = "/" + strings.TrimPrefix(pattern, "/")
			return slices.ContainsFunc(j.c.Files, func(f File) bool { return below(pattern, f.Path) })
		}))
}

// says reports whether a text has one of some words. Where that cannot be told,
// it has: a rule that nobody can read is not one that asks for nothing.
func says(text string, words []string) bool {
	terms := make([]match.Term, len(words))
	for i, w := range words {
		terms[i] = match.Term{Text: w, As: match.Word, Fold: match.FoldStandard}
	}
	set, err := match.New(terms, nil)
	return err != nil || len(set.Find(nil, text)) > 0
}

// meets lists what is missing of some needs.
func (j *judge) meets(needs []Need, by []string) (missing []Need, err error) {
	for _, n := range needs {
		got := 0
		for _, login := range by {
			in, trouble := j.among(n.From, login)
			if in {
				got++
			} else {
				err = cmp.Or(err, trouble)
			}
		}
		if got < n.Approvals {
			missing = append(missing, Need{n.Approvals - got, n.From})
		}
	}
	if missing == nil {
		err = nil
	}
	return missing, err
}

// among reports whether a person is one of some people or in one of some
// teams.
func (j *judge) among(from []string, login string) (in bool, err error) {
	for _, who := range from {
		if name, team := schema.Team(who); !team && strings.EqualFold(name, login) {
			return true, nil
		}
	}
	for _, who := range from {
		name, team := schema.Team(who)
		if !team {
			continue
		}
		switch m, ok := j.member(name, login); {
		case ok && m.Is:
			return true, nil
		case ok && m.Err != nil:
			err = m.Err
		}
	}
	return len(from) == 0, err
}
