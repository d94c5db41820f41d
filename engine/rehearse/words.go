package rehearse

import (
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// words are what the page says in one language. A %s or %d takes what the
// comment tells, or the name.
type words struct {
	Lang     string
	Kicker   string // above the brand
	Skip     string // of the link to the posts
	Calendar string
	Past     string

	Complete   string // the verdicts
	Except     string
	Incomplete string

	Nothing     string // the notes
	Empty       string
	Frozen      string // %s is a reason
	FrozenUntil string // %[1]s is a reason, %[2]s a moment
	Later       string // %s is a number of posts
	Usual       string // %s is a channel

	Problems    string // the lists, and why they are there
	ProblemsWhy string
	Warnings    string
	Findings    string
	FindingsWhy string
	Drafts      string
	DraftsWhy   string
	Retracted   string
	Held        string
	ByHand      string
	Failed      string
	Unseen      string
	Stray       string

	Parts     string // of a card; %d is how many
	Part      string // %d of %d
	Warned    string
	Reveal    string
	Article   string
	Alt       string
	NoAlt     string
	NoImage   string
	PastImage string
	Poll      string // %s is a length of time
	One       string
	Multiple  string
	Tags      string
	Of        string // %d of %d %s
	Language  string
	Unlisted  string
	Private   string
	Campaign  string
	Page      string
	Site      string
	Footer    string // %s is a moment, then a zone

	posts, variants, count, quiet [2]string         // one, many
	spans                         [3][2]string      // days, hours, minutes
	days, short                   [7]string         // from Sunday
	months, brief                 [12]string        // from January
	first                         string            // behind the first of a month
	titles                        map[string]string // of platforms that are no names
	units                         map[text.Unit]string
}

// wordsOf is what the page says in a language, a BCP 47 tag.
func wordsOf(lang string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	for i := range languages {
		if languages[i].Lang == primary {
			return &languages[i]
		}
	}
	return &languages[0]
}

// Posts is a number with its noun, as are Variants and Count.
func (w *words) Posts(n int) string    { return w.number(n, w.posts) }
func (w *words) Variants(n int) string { return w.number(n, w.variants) }
func (w *words) Count(n int) string    { return w.number(n, w.count) }

func (w *words) number(n int, forms [2]string) string {
	form := forms[1]
	if n == 1 || n == 0 && w.Lang == "fr" {
		form = forms[0]
	}
	if !strings.Contains(form, "%d") {
		return form
	}
	return fmt.Sprintf(form, n)
}

// Day is a date as it heads what happens then: Monday 4 January 2027.
func (w *words) Day(t time.Time) string { return w.days[t.Weekday()] + " " + w.date(t) }

func (w *words) date(t time.Time) string { return w.dayMonth(t) + t.Format(" 2006") }

func (w *words) dayMonth(t time.Time) string { return w.dayOf(t) + " " + w.months[t.Month()-1] }

func (w *words) dayOf(t time.Time) string {
	if t.Day() == 1 {
		return "1" + w.first
	}
	return t.Format("2")
}

// A weekday is the name of one, long and short.
type weekday struct{ Name, Short string }

// Weekdays are the columns of an overview.
func (w *words) Weekdays() []weekday {
	var out []weekday
	for i := range w.days {
		n := (i + 1) % 7
		out = append(out, weekday{w.days[n], w.short[n]})
	}
	return out
}

// Moment is a date with its time.
func (w *words) Moment(t time.Time) string { return w.Day(t) + t.Format(", 15:04") }

// Span is the days from a to b, without saying twice what both share.
func (w *words) Span(a, b time.Time) string {
	if sameDay(a, b) {
		return w.Day(a)
	}
	from := w.date(a)
	switch {
	case a.Year() == b.Year() && a.Month() == b.Month():
		from = w.dayOf(a)
	case a.Year() == b.Year():
		from = w.dayMonth(a)
	}
	if w.Lang == "fr" {
		return "du " + from + " au " + w.date(b)
	}
	return from + " to " + w.date(b)
}

// Length is a length of time in its largest units.
func (w *words) Length(d time.Duration) string {
	var said []string
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if n := int(d / unit); n > 0 {
			said = append(said, w.number(n, w.spans[i]))
			d -= time.Duration(n) * unit
		}
	}
	return strings.Join(said[:min(2, len(said))], " ")
}

// Unit is what a limit counts.
func (w *words) Unit(u text.Unit) string {
	if s := w.units[u]; s != "" {
		return s
	}
	return string(u)
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}
