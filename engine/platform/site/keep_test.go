package site

import (
	"maps"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

const team = "equipe-3f9a.ics"

func (w *workspace) keep(name, data string) {
	w.Helper()
	w.Settings["calendar"] = name
	w.open()
	if err := w.conn.Keep(w.Context(), name, []byte(data)); err != nil {
		w.Fatal(err)
	}
}

// The calendar lies beside the site: no page, list or feed knows of it, and all
// that happens to posts leaves it alone, as it leaves them.
func TestKeep(t *testing.T) {
	all := posts(40)
	w, without := newWorkspace(t), newWorkspace(t)
	w.keep(team, "one") // before the first post, too
	for _, p := range all[:9] {
		w.publish(p)
		without.publish(p)
	}
	for name, data := range w.tree() {
		if strings.Contains(data, "3f9a") {
			t.Errorf("%s tells of the calendar", name)
		}
	}
	before := w.tree()
	w.open()
	w.keep(team, "one")
	same(t, "kept again", w.tree(), before)
	w.keep(team, "two")
	w.keep("autre.ics", "two")
	after := w.tree()
	if name := calendarIn(after); len(name) != 1 || after[name[0]] != "two" || !strings.HasSuffix(name[0], "calendar/autre.ics") {
		t.Errorf("the calendars are %v", name)
	}
	w.Settings["calendar"] = ""
	w.open()
	w.edit(platform.Ref{ID: "2027/galette.html"}, all[8])
	if names := calendarIn(w.tree()); len(names) > 0 {
		t.Errorf("nobody asks for a calendar, and %v are there", names)
	}
	maps.DeleteFunc(after, func(name, _ string) bool { return strings.HasSuffix(name, ".ics") })
	same(t, "but for the calendar", after, without.tree())
	if _, err := w.conn.Find(t.Context(), all[3], nil); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"x", "../x.ics", "a/b.ics", ".x.ics", "x.ics\x00", "é.ics", "index.html", "a b.ics"} {
		w.conn.calendar = name
		if err := w.conn.Keep(t.Context(), name, nil); err == nil {
			t.Errorf("%q is taken for a calendar", name)
		}
	}
}

func calendarIn(tree map[string]string) []string {
	var names []string
	for name := range tree {
		if strings.HasSuffix(name, ".ics") {
			names = append(names, name)
		}
	}
	return names
}

// A crash leaves one calendar or the other, whole.
func TestKeepCrash(t *testing.T) {
	prepared := newWorkspace(t)
	prepared.publish(posts(40)[1])
	prepared.keep(team, "one")
	done := prepared.copy()
	done.keep("autre.ics", "two")
	after := done.tree()
	for n := 0; ; n++ {
		w := prepared.copy()
		w.Settings["calendar"] = "autre.ics"
		w.open()
		passed := 0
		w.conn.refuse = func(string) error {
			if passed++; passed > n {
				return errPower
			}
			return nil
		}
		if err := w.conn.Keep(t.Context(), "autre.ics", []byte("two")); err == nil {
			if n < 3 {
				t.Errorf("only %d steps", n)
			}
			return
		}
		for name, data := range w.tree() {
			if strings.HasSuffix(name, ".ics") && data != "one" && data != "two" {
				t.Errorf("step %d: %s says %q", n, name, data)
			}
		}
		w.open()
		w.keep("autre.ics", "two")
		same(t, "done again", w.tree(), after)
	}
}

// On a branch, a calendar that changed is one push, and one that did not is
// none.
func TestKeepOnABranch(t *testing.T) {
	t.Parallel()
	g := newGarden(t)
	g.publish(posts(40)[1])
	g.keep(team, "one")
	g.keep(team, "one")
	if n := g.commits(); n != "2" {
		t.Errorf("%s commits, want 2", n)
	}
	g.keep("autre.ics", "one")
	if names := calendarIn(g.held()); len(names) != 1 || g.commits() != "3" {
		t.Errorf("the branch holds %v after %s commits", names, g.commits())
	}
}
