package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

func (a *app) statusCommand() *cobra.Command {
	var drift bool
	c := a.formatted(a.told(&cobra.Command{
		Use:   "status [POST...]",
		Short: "Say what is live, what waits and what went wrong, with links",
		Long: "Say how every post stands on every channel, by the ledger and the plan:\n\n" +
			"  live       all of it is up\n" +
			"  partly     a thread, some parts of which are up\n" +
			"  waiting    its time has not come, or something holds it back\n" +
			"  due        the next run sends it\n" +
			"  sending    a run is at it\n" +
			"  unknown    it may be up: the outcome was lost\n" +
			"  handed     with a person, who publishes it and says where\n" +
			"  failed     nothing is up; the next run tries again\n" +
			"  refused    nothing is up: the platform does not take it\n" +
			"  retracted  taken down, as the workspace wants it\n" +
			"  gone       not there any more: someone looked\n" +
			"  ask        a person must decide\n" +
			"  skip       not at all, as things are\n\n" +
			"With --drift the platforms are asked what became of all that is live, and what was deleted or changed there by hand is shown, with exit code 4. " +
			"The newest are asked about first: where a platform has had enough, name the posts that it was not asked about.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.each(c.Context(), func(s *engine.Space) error {
				if drift && len(args) == 0 {
					return a.drift(c.Context(), s, nil)
				}
				all, p, err := s.Status(c.Context(), a.now())
				if err != nil {
					return err
				}
				var ids []string
				if len(args) > 0 {
					if ids, err = named(s, all, args); err != nil {
						return err
					}
					all = slices.DeleteFunc(all, func(st report.Standing) bool { return !slices.Contains(ids, st.Post) })
				}
				if drift {
					return a.drift(c.Context(), s, ids)
				}
				if a.format == "json" {
					return report.JSON(a.stdout, all)
				}
				t := a.text()
				t.Status(all, p)
				return t.Err()
			})
		},
	}))
	c.Flags().BoolVar(&drift, "drift", false, "ask the platforms what was deleted or changed there")
	return c
}

// drift asks the platforms about the posts with some ids, or about all.
func (a *app) drift(ctx context.Context, s *engine.Space, ids []string) error {
	tell, end := a.counter("looked at %d of %d parts")
	d, err := s.Drift(ctx, a.now(), ids, tell)
	end()
	if err != nil {
		return err
	}
	if a.format == "json" {
		err = report.JSON(a.stdout, d)
	} else {
		t := a.text()
		t.Drift(d)
		err = t.Err()
	}
	if err == nil && !d.Clean() {
		return exit(exitWaiting)
	}
	return err
}

// named is the ids of the named posts, which may be gone from the workspace by
// now.
func named(s *engine.Space, all []report.Standing, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		id := name
		if p := s.Post(name); p != nil {
			id = p.ID()
		}
		if !slices.ContainsFunc(all, func(st report.Standing) bool { return st.Post == id }) {
			if _, err := choose(s, []string{name}); err != nil {
				return nil, err
			}
		}
		ids = append(ids, id)
	}
	return ids, nil
}
