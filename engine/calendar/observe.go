package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/observance"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// An Observance is a day to keep in mind.
type Observance struct {
	Date     time.Time // its midnight, in UTC
	List     string    // the list that has it; "": the workspace itself
	ID       string    // in its list
	Names    observance.Names
	Off      bool // a public holiday
	Estimate bool // it may come to be another day
}

// observances reads which lists a calendar keeps, and its own days.
func (r *reader) observances(c *workspace.Calendar) {
	known := observance.Lists()
	for i, list := range c.Observances {
		at := place{c.Source, "observances[" + strconv.Itoa(i) + "]"}
		if !slices.Contains(known, list) {
			r.add(schema.Problem{Pos: c.Source.At(at.path), Check: "calendar/unknown-name", Severity: schema.Error, Text: schema.NotKnown("list of observances", list, known)})
		} else if !slices.Contains(r.lists, list) {
			r.lists = append(r.lists, list)
		}
	}
	slices.Sort(r.lists)
	for i := range c.Days {
		d := &c.Days[i]
		at := place{c.Source, "days[" + strconv.Itoa(i) + "]"}
		r.bad = false
		switch {
		case (d.Date == "") == (d.Every == ""):
			r.add(at.problem("name", "calendar/unclear", "say when %s is with date (\"12-25\") or with every, not with both", d.Name))
		case d.Date != "":
			month, day := d.Date.Of()
			rule, err := parseRRule("FREQ=YEARLY;BYMONTH=" + strconv.Itoa(int(month)) + ";BYMONTHDAY=" + strconv.Itoa(day))
			if err == nil {
				r.Calendar.days = append(r.Calendar.days, anniversary{d.Name, rule})
			}
		default:
			if rule := r.rule(at, d.Every, bounds{}); !r.bad {
				r.Calendar.days = append(r.Calendar.days, anniversary{d.Name, rule})
			}
		}
	}
}

// observed checks the observance of a blackout: a list, or a day of one.
func (r *reader) observed(at place, name string) {
	list, id, one := strings.Cut(name, "/")
	known := observance.Lists()
	if !slices.Contains(known, list) {
		r.add(at.problem("observance", "calendar/unknown-name", "%s", schema.NotKnown("list of observances", list, known)))
		return
	}
	if !one {
		return
	}
	var ids []string
	for year := 2020; year <= 2035; year++ { // some come only now and then
		days, err := observance.Year(list, year)
		if err != nil {
			continue
		}
		for _, d := range days {
			ids = append(ids, d.ID)
		}
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); !slices.Contains(ids, id) {
		r.add(at.problem("observance", "calendar/unknown-name", "%s", schema.NotKnown("day of "+list, id, ids)))
	}
}

// holidays are the days that an observance of a blackout means, from one day
// to another.
func holidays(name string, from, to time.Time) []time.Time {
	list, id, one := strings.Cut(name, "/")
	var all []time.Time
	for year := from.Year(); year <= to.Year(); year++ {
		days, err := observance.Year(list, year)
		if err != nil {
			continue // a year that no list knows
		}
		for _, d := range days {
			if (one && d.ID == id || !one && d.Off) && !d.Date.Before(from) && !d.Date.After(to) {
				all = append(all, d.Date)
			}
		}
	}
	return all
}

// Observances are the days to keep in mind from one day to another, both
// midnights in UTC and both included, in order.
func (c *Calendar) Observances(from, to time.Time) []Observance {
	all := []Observance{}
	for _, list := range c.lists {
		for year := from.Year(); year <= to.Year(); year++ {
			days, err := observance.Year(list, year)
			if err != nil {
				continue
			}
			for _, d := range days {
				if !d.Date.Before(from) && !d.Date.After(to) {
					all = append(all, Observance{d.Date, list, d.ID, d.Names, d.Off, d.Estimate})
				}
			}
		}
	}
	for i := range c.days {
		for _, day := range c.days[i].rule.days(firstDay, from, to) {
			all = append(all, Observance{Date: day, Names: observance.Names{"en": c.days[i].name, "fr": c.days[i].name}})
		}
	}
	slices.SortStableFunc(all, func(a, b Observance) int { return a.Date.Compare(b.Date) })
	return all
}
