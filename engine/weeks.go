package engine

import (
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// reach is how many weeks after the first change are shown at most.
const reach = 53

// Weeks are those in which changes fall, with everything else that they have.
// The plan is that of the changed workspace, made from a ledger.
func (s *Space) Weeks(changes []report.Change, p plan.Plan, l *ledger.Ledger, now time.Time) []report.Week {
	mondays := map[almanac.Date]bool{}
	changed := map[onto]bool{}
	var first, last time.Time
	for i := range changes { // in order of time, those without one last
		c := &changes[i]
		changed[onto{c.Post, c.Channel}] = true
		if c.Due.IsZero() || c.Kind == report.ChangeRetracted {
			continue
		}
		monday := almanac.MondayOf(c.Due.In(s.Zone))
		if first.IsZero() {
			first = monday
		}
		if monday.After(first.AddDate(0, 0, 7*reach)) {
			break
		}
		last = monday
		mondays[almanac.DateOf(monday)] = true
	}
	if first.IsZero() {
		return nil
	}
	midnight := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return calendar.Start(schema.Date{Time: schema.Time{Wall: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}, Whole: true}, s.Zone)
	}
	a := s.almanac(p, l, now, midnight(first), midnight(last.AddDate(0, 0, 7)))
	var all []report.Week
	weeks := a.Weeks()
	for i := range weeks {
		if mondays[almanac.DateOf(weeks[i].Monday)] {
			all = append(all, reviewed(&weeks[i], changed))
		}
	}
	return all
}

// reviewed is a week as the editor's page has it.
func reviewed(from *almanac.Week, changed map[onto]bool) report.Week {
	w := report.Week{Monday: from.Monday}
	for i := range from.Days {
		for n := range from.Days[i].Items {
			item := &from.Days[i].Items[n]
			s := report.Slot{Kind: item.Kind, At: item.At, What: item.Name, Where: item.Where, Day: item.At.IsZero(), Off: item.Off}
			if item.Kind == almanac.OfPost {
				s.What = item.Posts[0].Post
				s.Changed = slices.ContainsFunc(item.Posts, func(p *almanac.Post) bool { return changed[onto{p.Post, p.Channel}] })
			}
			w.Days[i] = append(w.Days[i], s)
		}
		for _, span := range from.Spans {
			if day := from.Days[i].Date; span.Kind == almanac.OfBlackout && !day.Before(span.First) && !day.After(span.Last) {
				w.Days[i] = slices.Insert(w.Days[i], 0, report.Slot{Kind: span.Kind, What: span.Name, Where: span.Where, Day: true})
			}
		}
	}
	return w
}
