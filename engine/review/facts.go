package review

import (
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// Facts is what GitHub said. What is absent was not asked yet.
type Facts struct {
	Brought map[string]Known[[]forge.Pull] // the pull requests that brought a commit to the branch
	Talk    map[int]Known[Talk]            // by the pull request's number
	Blobs   map[Place]Known[string]        // "" where there is no such file
	Can     map[string]Known[forge.Permission]
	Member  map[Membership]Known[bool]
}

// Known is an answer, or why there is none.
type Known[T any] struct {
	Is  T
	Err error
}

// Talk is what happened in a pull request.
type Talk struct {
	Reviews []forge.Review
	Events  []forge.Event
	Wrote   []string // logins known to have written its last commit
}

// Place is a file in a commit.
type Place struct{ Commit, Path string }

// Membership is a person in a team: acme/legal, and a login in small letters.
type Membership struct{ Team, Login string }

// A Question is one fact that is not known: which pull requests brought
// Commit; what Commit holds at Path; what happened in Pull, which ended with
// Commit; what Login may do; whether Login is in Team.
type Question struct {
	Commit, Path string
	Pull         int
	Login, Team  string
}

// answer finds a fact, or asks for it.
func answer[K comparable, T any](j *judge, known map[K]Known[T], k K, q Question) (Known[T], bool) {
	v, ok := known[k]
	if !ok {
		j.ask = append(j.ask, q)
	}
	return v, ok
}

func (j *judge) can(login string) (Known[forge.Permission], bool) {
	login = strings.ToLower(login)
	return answer(j, j.f.Can, login, Question{Login: login})
}

func (j *judge) member(team, login string) (Known[bool], bool) {
	team, login = strings.ToLower(team), strings.ToLower(login)
	return answer(j, j.f.Member, Membership{team, login}, Question{Team: team, Login: login})
}
