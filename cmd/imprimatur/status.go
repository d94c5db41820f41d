package main

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) statusCommand() *cobra.Command {
	return a.formatted(&cobra.Command{
		Use:   "status [POST...]",
		Short: "Say what is live, what waits and what went wrong, with links",
		RunE: func(c *cobra.Command, args []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				p, l, err := s.Plan(c.Context(), a.now())
				if err != nil {
					return err
				}
				all := []report.Standing{}
				seen := map[[2]string]bool{}
				for _, e := range l.Entries() {
					all = append(all, report.Stand(e))
					seen[[2]string{e.Post, e.Channel}] = true
				}
				for _, act := range p.Actions {
					if !seen[[2]string{act.Post, act.Channel}] {
						state := string(act.Verb)
						if act.Verb == plan.Wait {
							state = "waiting"
						} else if act.Verb.Acts() {
							state = "due"
						}
						all = append(all, report.Standing{Post: act.Post, Channel: act.Channel, State: state, At: act.Due, Why: act.Why})
					}
				}
				if len(args) > 0 {
					all, err = only(s, all, args)
					if err != nil {
						return err
					}
				}
				slices.SortFunc(all, func(x, y report.Standing) int {
					return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Post, y.Post), cmp.Compare(x.Channel, y.Channel))
				})
				for i := range all {
					if !all[i].At.IsZero() {
						all[i].At = all[i].At.In(s.Zone)
					}
				}
				if a.format == "json" {
					return report.JSON(a.stdout, all)
				}
				t := a.text()
				t.Status(all)
				return t.Err()
			})
		},
	})
}

// only keeps what is about the named posts, which may be gone from the
// workspace by now.
func only(s *engine.Space, all []report.Standing, names []string) ([]report.Standing, error) {
	var kept []report.Standing
	for _, name := range names {
		id := name
		if p := s.Post(name); p != nil {
			id = p.ID()
		}
		before := len(kept)
		for _, st := range all {
			if st.Post == id {
				kept = append(kept, st)
			}
		}
		if len(kept) == before {
			if _, err := choose(s, []string{name}); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}
