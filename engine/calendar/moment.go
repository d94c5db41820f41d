// Package calendar owns time as people write it: zones, and the moments that
// clocks skip or show twice.
package calendar

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Doubt says why a local time is not one moment.
type Doubt string

// The doubts.
const (
	Sure    Doubt = ""
	Skipped Doubt = "skipped" // clocks jump over it; the moment is as much later
	Twice   Doubt = "twice"   // clocks show it twice; the moment is the first
)

// Moment is when a time that the author wrote comes to be in a zone.
func Moment(t schema.Time, zone *time.Location) (time.Time, Doubt) {
	if t.Zoned {
		return t.Wall.In(zone), Sure
	}
	w := t.Wall // its clock reading, held in UTC
	_, before := w.Add(-26 * time.Hour).In(zone).Zone()
	_, after := w.Add(26 * time.Hour).In(zone).Zone()
	early, late := at(w, before), at(w, after)
	if early.After(late) {
		early, late = late, early
	}
	switch first, second := shows(early, zone, w), shows(late, zone, w); {
	case first && second && !early.Equal(late):
		return early.In(zone), Twice
	case first:
		return early.In(zone), Sure
	case second:
		return late.In(zone), Sure
	default:
		return at(w, before).In(zone), Skipped
	}
}

func at(wall time.Time, offset int) time.Time {
	return wall.Add(-time.Duration(offset) * time.Second)
}

func shows(t time.Time, zone *time.Location, wall time.Time) bool {
	_, offset := t.In(zone).Zone()
	return at(wall, offset).Equal(t)
}
