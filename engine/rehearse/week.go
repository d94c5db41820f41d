package rehearse

import (
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
)

// A week is one row of the overview: seven days, or some weeks without a post.
type week struct {
	Days  [7]cell
	Quiet string // what is said of weeks without a post; such a row has no days
}

// A cell is one day of the overview.
type cell struct {
	Number string // the day of the month
	Month  string // where it begins
	Name   string // in full
	Anchor string // of the day; empty where nothing goes out
	Today  bool
	Posts  []entry
}

// An entry is one post of the overview.
type entry struct {
	Time, Title, Anchor string
	Channels            []*mark
}

// A mark stands for a channel: a colour, and its name for who cannot see that.
type mark struct {
	Class, Name, Title string
}

func anchor(t time.Time) string { return t.Format("d2006-01-02") }

// weeks lays days, which are in order and have posts, out by week. Weeks
// begin on Monday, as calendars do where this is used most.
func (w *words) weeks(days []day, now time.Time) []week {
	var rows []week
	for i := 0; i < len(days); {
		monday := mondayOf(days[i].date)
		if n := len(rows); n > 0 {
			last := mondayOf(days[i-1].date)
			if gap := int(monday.Sub(last).Hours()/24+0.5)/7 - 1; gap > 0 {
				rows = append(rows, week{Quiet: w.Many(gap, w.quiet)})
			}
		}
		var row week
		for n := range row.Days {
			date := monday.AddDate(0, 0, n)
			c := &row.Days[n]
			c.Number, c.Name, c.Today = w.Number(date), w.Day(date), locale.SameDay(date, now)
			if date.Day() == 1 || n == 0 && (len(rows) == 0 || rows[len(rows)-1].Quiet != "") {
				c.Month = w.ShortMonth(date.Month())
			}
			if i < len(days) && locale.SameDay(days[i].date, date) {
				c.Anchor, c.Posts = days[i].Anchor, days[i].entries()
				i++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// mondayOf is the noon of the Monday before t, or of t: no clock is put
// forward or back at noon.
func mondayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	noon := time.Date(y, m, d, 12, 0, 0, 0, t.Location())
	return noon.AddDate(0, 0, -(int(noon.Weekday())+6)%7)
}

func (d *day) entries() []entry {
	var es []entry
	for _, p := range d.Posts {
		e := entry{Time: p.Time, Title: p.Title, Anchor: p.Anchor}
		for _, c := range p.Cards {
			e.Channels = append(e.Channels, c.mark)
		}
		es = append(es, e)
	}
	return es
}
