package almanac

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

//go:embed page
var files embed.FS

// page is all that the template is given.
type page struct {
	Brand, Span, Policy, Stamp string
	Style                      template.CSS
	Channels                   []legend
	Quiet                      []string
	Weeks                      []week
	Days                       []day
	Drafts                     []Draft
	Conflicts                  []string
}

// A legend says what a colour stands for.
type legend struct {
	mark
	Title, Zone string
}

// A mark stands for a channel: a colour, and its name for who cannot see that.
type mark struct{ Class, Name string }

type week struct {
	Name, Empty string
	Spans       []bar
	Days        []day
}

// A bar is something that lasts, over columns of a week.
type bar struct {
	Kind            Kind
	Name, When, Say string
	Where           []string
	From, Days      int  // its first column from 1, and how many
	Begins, Ends    bool // in this week
}

type day struct {
	Name, Weekday, Number, Month, Anchor string
	Begins                               string // the month, on its first day
	In, Today                            bool
	Items                                []entry
}

// An entry is an item in words.
type entry struct {
	Kind                               Kind
	Class, Time, Stamp, Name, ID, Said string
	Notes                              []string
	Marks                              []mark
	Links                              []link
}

type link struct{ Channel, URL string }

// HTML is the almanac as one page that needs nothing else.
func (a *Almanac) HTML() ([]byte, error) {
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return nil, err
	}
	w := wordsOf(a.Lang)
	t, err := template.New("").Funcs(template.FuncMap{"w": func() *words { return w }}).ParseFS(files, "page/*.html")
	if err != nil {
		return nil, err
	}
	p := a.page(w)
	sum := sha256.Sum256(style)
	p.Style = template.CSS(style)
	p.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "page", p); err != nil {
		return nil, fmt.Errorf("the page: %w", err)
	}
	return b.Bytes(), nil
}

// plain is text of files and servers without what turns the page around or is
// no text.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

func (a *Almanac) page(w *words) *page {
	last := a.To.AddDate(0, 0, -1)
	p := &page{Brand: plain(a.Brand), Span: w.Span(a.From, last), Stamp: fmt.Sprintf(w.Footer, w.Moment(a.Now), plain(a.Zone))}
	marks := map[string]mark{}
	for i, c := range a.Channels {
		marks[c.Name] = mark{"c" + strconv.Itoa(i%8), plain(c.Name)}
		p.Channels = append(p.Channels, legend{marks[c.Name], cmp.Or(w.titles[c.Title], plain(c.Title)), plain(c.Zone)})
	}
	for _, q := range a.Quiet() {
		where := w.AllOf
		if len(q.Where) > 0 {
			where = strings.Join(q.Where, ", ")
		}
		p.Quiet = append(p.Quiet, fmt.Sprintf(w.Quiet, q.From+"–"+q.To, plain(q.Reason), plain(where)))
	}
	for _, from := range a.Weeks() {
		to := week{Name: w.Span(from.Monday, from.Monday.AddDate(0, 0, 6)), Spans: a.bars(&from, w)}
		if from.Slots > 0 {
			to.Empty = fmt.Sprintf(w.Empty, w.Many(from.Slots, w.slots))
		}
		for _, d := range from.Days {
			to.Days = append(to.Days, a.day(&d, w, marks))
		}
		p.Weeks = append(p.Weeks, to)
		for _, d := range to.Days {
			if len(d.Items) > 0 {
				p.Days = append(p.Days, d)
			}
		}
	}
	for _, d := range a.Drafts {
		d.Post, d.Title, d.Why, d.Channels = plain(d.Post), plain(d.Title), plain(d.Why), slices.Clone(d.Channels)
		for i := range d.Channels {
			d.Channels[i] = plain(d.Channels[i])
		}
		p.Drafts = append(p.Drafts, d)
	}
	for _, c := range a.Conflicts {
		p.Conflicts = append(p.Conflicts, plain(c.Pos.String()+": "+c.Text))
	}
	return p
}

// bars are the spans of a week.
func (a *Almanac) bars(from *Week, w *words) []bar {
	var all []bar
	sunday := from.Monday.AddDate(0, 0, 6)
	for _, s := range from.Spans {
		b := bar{Kind: s.Kind, Name: plain(s.Name), When: w.Span(s.First, s.Last), Begins: !s.First.Before(from.Monday), Ends: !s.Last.After(sunday), From: 1, Days: 7}
		if b.Begins {
			b.From = column(s.First)
		}
		b.Days = 8 - b.From
		if b.Ends {
			b.Days = column(s.Last) - b.From + 1
		}
		for _, c := range s.Where {
			b.Where = append(b.Where, plain(c))
		}
		if s.Campaign != nil {
			b.Say = w.counted(s.Campaign)
		}
		all = append(all, b)
	}
	return all
}

// column is where a day is in a week, from 1.
func column(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func (a *Almanac) day(from *Day, w *words, marks map[string]mark) day {
	d := day{Name: w.Day(from.Date), Weekday: w.Weekday(from.Date.Weekday()), Number: w.Number(from.Date), Month: w.MonthYear(from.Date), Anchor: from.Date.Format("d2006-01-02"), In: from.In, Today: from.Today}
	if from.Date.Day() == 1 || DateOf(from.Date) == DateOf(a.From) {
		d.Begins = w.ShortMonth(from.Date.Month())
	}
	for i := range from.Items {
		d.Items = append(d.Items, a.entry(&from.Items[i], w, marks))
	}
	return d
}

// class is how a state looks: what is done, what is wrong, what is with
// somebody, what is no more.
func (p *Post) class() string {
	switch {
	case p.Troubled():
		return "bad"
	case p.State == Published:
		return "good"
	case p.State == "handed":
		return "hand"
	case p.State == "retracted":
		return "over"
	}
	return ""
}

func (a *Almanac) entry(i *Item, w *words, marks map[string]mark) entry {
	e := entry{Kind: i.Kind, Name: plain(i.Name)}
	if !i.At.IsZero() {
		e.Time, e.Stamp = i.At.Format("15:04"), i.At.Format(time.RFC3339)
	}
	for _, c := range i.Where {
		m, known := marks[c]
		if !known {
			m = mark{"c6", plain(c)} // of a channel that is gone
		}
		e.Marks = append(e.Marks, m)
	}
	for _, l := range i.Local {
		e.Notes = append(e.Notes, l.At.Format("15:04")+" "+fmt.Sprintf(w.Zone, l.At.Location()))
	}
	switch i.Kind {
	case OfPost:
		p := i.Posts[0]
		e.ID, e.Class, e.Said = plain(p.Post), p.class(), plain(w.state(p.State))
		if p.Queued && p.Slot != "" {
			e.Notes = append(e.Notes, w.Queued+", "+plain(p.Slot))
		} else if p.Queued {
			e.Notes = append(e.Notes, w.Queued)
		}
		if p.Round > 0 {
			e.Notes = append(e.Notes, fmt.Sprintf(w.Back, p.Round))
		}
		if p.Campaign != "" {
			e.Notes = append(e.Notes, w.Campaign+" "+plain(p.Campaign))
		}
		if e.Class == "bad" {
			e.Notes = append(e.Notes, plain(p.Why))
		}
		for _, on := range i.Posts {
			if on.URL != "" {
				e.Links = append(e.Links, link{plain(on.Channel), on.URL})
			}
		}
	case OfFree:
		e.Name = fmt.Sprintf(w.FreeSlot, e.Name)
		if i.Passed(a.Now) {
			e.Class, e.Name = "over", fmt.Sprintf(w.Missed, plain(i.Name))
		}
		if i.Slot.Pillar != "" && i.Slot.Pillar != i.Slot.Slot {
			e.Notes = append(e.Notes, plain(i.Slot.Pillar))
		}
	case OfObservance:
		e.Name = w.observance(e.Name, i.Off, i.Estimate)
		if i.Off {
			e.Class = "off"
		}
	case OfEvent:
		e.Said = w.Kinds[OfEvent]
		if i.Event.Place != "" {
			e.Notes = append(e.Notes, plain(i.Event.Place))
		}
	case OfBlackout:
		e.Said = w.Kinds[OfBlackout]
		e.Notes = append(e.Notes, fmt.Sprintf(w.Until, i.Blackout.To.In(a.From.Location()).Format("15:04")))
	}
	return e
}

// Before is how many columns come before a bar, and After behind it.
func (b bar) Before() int { return b.From - 1 }
func (b bar) After() int  { return 8 - b.From - b.Days }
