package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// sameText is how long the same words are not said again on a channel.
const sameText = 30 * 24 * time.Hour

// A saying is what a post says on some of its channels.
type saying struct {
	words uint64
	due   time.Time
	post  int
}

// repeats finds posts that say on a channel what another said there not long
// before.
func (s *Space) repeats() {
	within := cmp.Or(time.Duration(s.Config.Limits.SameText), sameText)
	var all []saying
	for i, p := range s.Posts {
		if p.Front.PublishAt.IsZero() || p.Front.Retracted {
			continue
		}
		for n, on := range s.results[i].Channels {
			if before := s.results[i].Channels[:n]; on.Words != 0 && !slices.ContainsFunc(before, func(b onChannel) bool { return b.Words == on.Words }) {
				if due := s.First(p); !due.IsZero() {
					all = append(all, saying{on.Words, due, i})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b saying) int {
		return cmp.Or(cmp.Compare(a.words, b.words), a.due.Compare(b.due), cmp.Compare(a.post, b.post))
	})
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].words == all[0].words {
			n++
		}
		if n > 1 {
			s.echoes(all[:n], within)
		}
		all = all[n:]
	}
}

// echoes reports posts that say the same, in order of their time, on the
// channels where they follow each other too soon.
func (s *Space) echoes(same []saying, within time.Duration) {
	last := map[string]saying{} // by channel
	for _, now := range same {
		channels := s.results[now.post].Channels
		soon := map[int][]string{} // channels by the post before
		for _, on := range channels {
			if on.Words != now.words {
				continue
			}
			if before, is := last[on.Name]; is && now.due.Sub(before.due) < within {
				soon[before.post] = append(soon[before.post], on.Name)
			}
			last[on.Name] = now
		}
		for _, before := range slices.Sorted(maps.Keys(soon)) {
			names := soon[before]
			p, other := s.Posts[now.post], s.Posts[before]
			problem := schema.Problem{Pos: p.Start(), Check: "text/same", Severity: schema.Warning,
				Text: fmt.Sprintf("%s says the same on %s, %s; find other words, or another time", other.File, strings.Join(names, " and "), ago(now.due.Sub(s.First(other))))}
			for n := range channels {
				if slices.Contains(names, channels[n].Name) {
					channels[n].Problems = append(channels[n].Problems, problem)
				}
			}
		}
	}
}

// ago is how long before, in whole days or hours.
func ago(d time.Duration) string {
	n, unit := int(d.Hours()/24), "day"
	if n == 0 {
		n, unit = int(d.Hours()), "hour"
	}
	switch {
	case d == 0:
		return "at the same time"
	case n == 0:
		return "less than an hour before"
	case n == 1:
		return "1 " + unit + " before"
	}
	return fmt.Sprintf("%d %ss before", n, unit)
}
