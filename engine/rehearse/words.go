package rehearse

import (
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/locale"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// words are what the page says in one language. A %s or %d takes what the
// comment tells, or the name.
type words struct {
	*locale.Locale
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
	titles                        map[string]string // of platforms that are no names
	units                         map[text.Unit]string
}

// wordsOf is what the page says in a language, a BCP 47 tag.
func wordsOf(lang string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	w := languages[max(0, slices.IndexFunc(languages, func(l words) bool { return l.Lang == primary }))]
	w.Locale = locale.Of(w.Lang)
	return &w
}

// Posts is a number with its noun, as are Variants and Count.
func (w *words) Posts(n int) string    { return w.Many(n, w.posts) }
func (w *words) Variants(n int) string { return w.Many(n, w.variants) }
func (w *words) Count(n int) string    { return w.Many(n, w.count) }

// A weekday is the name of one, long and short.
type weekday struct{ Name, Short string }

// Weekdays are the columns of an overview.
func (w *words) Weekdays() []weekday {
	var out []weekday
	for i := range 7 {
		n := time.Weekday((i + 1) % 7)
		out = append(out, weekday{w.Weekday(n), w.ShortWeekday(n)})
	}
	return out
}

// Unit is what a limit counts.
func (w *words) Unit(u text.Unit) string {
	if s := w.units[u]; s != "" {
		return s
	}
	return string(u)
}
