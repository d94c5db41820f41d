package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// An Issue is the one an event is about.
type Issue struct {
	Number int
	Body   string
	By     string // who wrote it
	ID     int64  // of their account
	Base   string // the repository's default branch
}

// MaxEvent is the most bytes of an event that are read.
const MaxEvent = 1 << 20

// what GitHub lets an account be called, and what git lets a branch
var (
	login  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$`)
	branch = regexp.MustCompile(`^[\pL\pN_][\pL\pN_./+-]*$`)
)

// ReadEvent reads the event of an issue, as GitHub writes it to
// GITHUB_EVENT_PATH.
func ReadEvent(src []byte) (Issue, error) {
	if len(src) > MaxEvent {
		return Issue{}, fmt.Errorf("the event is longer than %d bytes", MaxEvent)
	}
	var e struct {
		Issue struct {
			Number int    `json:"number"`
			Body   string `json:"body"`
			User   struct {
				Login string `json:"login"`
				ID    int64  `json:"id"`
			} `json:"user"`
			Pull json.RawMessage `json:"pull_request"`
		} `json:"issue"`
		Repository struct {
			Branch string `json:"default_branch"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(src, &e); err != nil {
		return Issue{}, errors.New("the event is not JSON, or not that of an issue")
	}
	base := e.Repository.Branch
	switch {
	case e.Issue.Number <= 0 || e.Issue.Pull != nil:
		return Issue{}, errors.New("the event is not about an issue")
	case !login.MatchString(e.Issue.User.Login):
		return Issue{}, errors.New("the event does not say who wrote the issue")
	case !branch.MatchString(base) || strings.Contains(base, ".."):
		return Issue{}, errors.New("the event does not name the default branch")
	}
	return Issue{e.Issue.Number, e.Issue.Body, e.Issue.User.Login, e.Issue.User.ID, base}, nil
}
