package tend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Which says what is to be undone; one of its fields is set.
type Which struct {
	Rule string
	Run  string
	Item string // its name, the beginning of it, or its address
}

// Undoable lists what was done and can be undone.
func (r *Run) Undoable(ctx context.Context, w Which) (*Scene, error) {
	m, err := Recall(ctx, r.Home)
	if err != nil {
		return nil, err
	}
	s := &Scene{Now: r.Clock(), memory: m, left: len(m.items), fresh: map[string]bool{}}
	for _, k := range m.list() {
		for _, op := range order {
			st := k.steps[op]
			if st == nil || st.State != schema.DeedDone || st.undone || !acts(op) || !r.picks(w, k, st) {
				continue
			}
			c := r.remembered(k)
			if c.grip, err = r.Names.open(st.Sealed); err != nil {
				return nil, err
			}
			s.Cases = append(s.Cases, c)
			undo := &Step{Op: schema.OpUndo, Why: op}
			if c.grip.Undo == "" {
				undo.State, undo.Why = schema.DeedRefused, op+": nothing takes it back"
			}
			c.Steps = append(c.Steps, undo)
		}
	}
	return s, nil
}

func (r *Run) picks(w Which, k *known, st *step) bool {
	switch {
	case w.Rule != "":
		return k.Rule == w.Rule
	case w.Run != "":
		return st.Run == w.Run
	}
	return len(w.Item) >= 6 && len(w.Item) <= len(k.Item) && k.Item[:len(w.Item)] == w.Item || k.Page != "" && k.Page == r.Names.Page(w.Item)
}

// Undo takes back what a scene of Undoable lists. By is the person who wants
// it: no rule acts on these items any more.
func (r *Run) Undo(ctx context.Context, s *Scene, by string) error {
	a := &actor{Run: r, scene: s, last: r.now()}
	var ds []schema.Deed
	for _, c := range s.Cases {
		st := c.Steps[0]
		if st.State != "" {
			continue
		}
		d := a.deed(schema.Deed{Op: schema.OpUndo, State: schema.DeedIntent, Item: c.Item, Channel: c.Channel, Action: st.Why})
		decided := a.deed(schema.Deed{Op: schema.OpDecide, State: schema.DeedDone, Item: c.Item, Channel: c.Channel, Action: string(moderate.None), By: by})
		ds = append(ds, decided, d)
	}
	if len(ds) == 0 {
		return nil
	}
	if err := r.Home.Intend(ctx, s.memory.Tip, ds); err != nil {
		return err
	}
	var errs []error
	for _, c := range s.Cases {
		st := c.Steps[0]
		if st.State != "" {
			continue
		}
		op := st.Why
		err := ctx.Err()
		if err == nil {
			err = a.undo(ctx, c)
		}
		st.State, st.Why = stateOf(err), op
		if err != nil {
			st.Why = op + ": " + err.Error()
		}
		d := a.deed(schema.Deed{Op: schema.OpUndo, State: st.State, Item: c.Item, Channel: c.Channel, Action: op})
		if err != nil {
			d.Why = err.Error()
		}
		if err := r.Home.Record(context.WithoutCancel(ctx), []schema.Deed{d}); err != nil {
			errs = append(errs, fmt.Errorf("%w: %w", errRecord, err))
			break
		}
	}
	return errors.Join(errors.Join(errs...), a.end(ctx))
}

// Done reports whether nothing failed, and nothing waits.
func (s *Scene) Done() bool {
	return !slices.ContainsFunc(s.Cases, func(c *Case) bool { return !c.Settled() })
}
