package report

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
)

// Standing is how one post stands on one channel.
type Standing struct {
	Post    string    `json:"post"`
	Channel string    `json:"channel"`
	State   string    `json:"state"` // live, partly, pending, failed, refused, gone, waiting, ask, skip
	Parts   int       `json:"parts"` // that are up
	At      time.Time `json:"at,omitzero"`
	URL     string    `json:"url,omitempty"`
	Why     string    `json:"why,omitempty"`
}

// Stand is how an entry of the ledger stands.
func Stand(e *ledger.Entry) Standing {
	s := Standing{Post: e.Post, Channel: e.Channel}
	for i := range e.Parts {
		p := &e.Parts[i]
		if p.Live != nil {
			s.Parts++
			if s.URL == "" {
				s.URL = p.Live.URL
			}
		}
		if p.Last != nil && p.Last.At.After(s.At) {
			s.At = p.Last.At
		}
		if p.Last != nil && p.Last.Why != "" && (p.Live == nil || p.Last != p.Live) {
			s.Why = p.Last.Why
		}
	}
	switch {
	case e.Pending():
		s.State = "pending"
	case s.Parts == len(e.Parts):
		s.State = "live"
	case s.Parts > 0:
		s.State = "partly"
	default:
		s.State = string(e.Parts[len(e.Parts)-1].Last.State)
	}
	return s
}

var stateColors = map[string]string{"live": green, "partly": yellow, "pending": yellow, "failed": red, "refused": red, "ask": red, "gone": faint, "waiting": faint}

// Status lists how posts stand.
func (t *Text) Status(ss []Standing) {
	var rows [][]cell
	for _, s := range ss {
		note := s.URL
		if s.Why != "" {
			note = s.Why
		}
		rows = append(rows, []cell{{s.State, stateColors[s.State]}, {When(s.At), ""}, {Clean(s.Post), ""}, {Clean(s.Channel), ""}, {Clean(note), ""}})
	}
	t.table(rows)
	if len(rows) == 0 {
		t.printf("Nothing was published yet, and nothing waits.\n")
	}
}
