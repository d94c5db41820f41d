package rehearse

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

	"github.com/imprimatur-ci/imprimatur/engine/locale"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

//go:embed page
var files embed.FS

// A page is all that the template is given.
type page struct {
	Brand, Policy      string
	Style              template.CSS
	Channels           []legend
	Complete           bool
	Verdict            string
	Notes              []string
	Findings           []finding
	Problems, Warnings []trouble
	Drafts, Retracted  []name
	Past, Coming       stretch
	Stamp              string
}

// A stretch is some days and their overview.
type stretch struct {
	Span  string
	Weeks []week
	Days  []day
	Posts int
}

// A legend says what a colour stands for.
type legend struct {
	*mark
	Posts int
	Site  string // address of the rehearsed site
}

// A finding is something that went wrong on the way out.
type finding struct{ Channel, Post, Anchor, What string }

// A trouble is the problems of one file.
type trouble struct {
	File, Title, When string
	Problems          []schema.Problem
}

// A name is a post that is not on the page.
type name struct{ Title, ID string }

type day struct {
	Name, Weekday, Number, Month, Anchor string
	Today                                bool
	Posts                                []shownPost
	date                                 time.Time
}

type shownPost struct {
	Anchor, Time, Stamp, Title, ID, Campaign string
	Cards                                    []card
}

// A sink keeps what the page refers to, and says where.
type sink struct {
	picture func(data []byte, kind string) template.URL // empty: it cannot be kept
	site    func(channel, page string) string           // nil: there is no such place
	past    bool                                        // pictures of what has passed are kept too
}

// write makes the page.
func (r *Rehearsal) write(to sink) ([]byte, string, error) {
	style, err := files.ReadFile("page/style.css")
	if err != nil {
		return nil, "", err
	}
	w := wordsOf(r.Space.Config.Language)
	t, err := template.New("").Funcs(template.FuncMap{"w": func() *words { return w }}).ParseFS(files, "page/*.html")
	if err != nil {
		return nil, "", err
	}
	p := r.page(to, w)
	sum := sha256.Sum256(style)
	p.Style = template.CSS(style)
	p.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "page", p); err != nil {
		return nil, "", fmt.Errorf("the page: %w", err)
	}
	return b.Bytes(), p.Policy, nil
}

func (r *Rehearsal) page(to sink, w *words) *page {
	s := r.Space
	p := &page{Brand: report.Clean(s.Config.Brand), Complete: r.Complete() && !schema.Errors(s.Problems)}
	m := maker{r, w, to, r.marks(w), p, false}
	m.days()
	m.legend()
	m.troubles()
	m.findings()
	m.notes()
	p.Stamp = fmt.Sprintf(w.Footer, w.Moment(r.Now), s.Zone)
	return p
}

// marks give the channels their colours, in order.
func (r *Rehearsal) marks(w *words) map[string]*mark {
	marks := map[string]*mark{}
	for i, c := range r.Space.Channels {
		marks[c.Name] = &mark{"c" + strconv.Itoa(i%8), report.Clean(c.Name), cmp.Or(w.titles[c.Platform.Title], c.Platform.Title)}
	}
	return marks
}

type maker struct {
	*Rehearsal
	words *words
	sink  sink
	marks map[string]*mark
	page  *page
	past  bool // what is being made has passed
}

// days parts the posts by whether their day has passed. Where nothing is to
// come, what has passed is what there is to read.
func (m *maker) days() {
	split := slices.IndexFunc(m.Posts, func(p Post) bool { return locale.SameDay(p.Due, m.Now) || p.Due.After(m.Now) })
	m.past = split > 0
	m.page.Past = m.stretch(0, max(split, 0))
	m.past = false
	m.page.Coming = m.stretch(max(split, 0), len(m.Posts))
}

// stretch lays the posts from one to another out by day.
func (m *maker) stretch(from, to int) stretch {
	s := stretch{Posts: to - from}
	for i := from; i < to; i++ {
		due := m.Posts[i].Due
		if n := len(s.Days); n == 0 || !locale.SameDay(s.Days[n-1].date, due) {
			s.Days = append(s.Days, day{Name: m.words.Day(due), Weekday: m.words.Weekday(due.Weekday()), Number: m.words.Locale.Number(due),
				Month: m.words.MonthYear(due), Anchor: anchor(due), Today: locale.SameDay(due, m.Now), date: due})
		}
		last := &s.Days[len(s.Days)-1]
		last.Posts = append(last.Posts, m.post(i))
	}
	s.Weeks = m.words.weeks(s.Days, m.Now)
	if n := len(s.Days); n > 0 {
		s.Span = m.words.Span(s.Days[0].date, s.Days[n-1].date)
	}
	return s
}

func (m *maker) post(i int) shownPost {
	from := &m.Posts[i]
	p := shownPost{Anchor: "p" + strconv.Itoa(i+1), Time: from.Due.Format("15:04"), Stamp: from.Due.Format(time.RFC3339),
		Title: report.Clean(from.Front.Title), ID: report.Clean(from.ID()), Campaign: report.Clean(from.Front.Campaign)}
	for n := range from.Variants {
		p.Cards = append(p.Cards, m.card(&from.Variants[n]))
	}
	if p.Title == "" {
		p.Title = beginning(from, p.ID)
	}
	return p
}

// beginning is what to call a post that has no title.
func beginning(p *Post, id string) string {
	for _, v := range p.Variants {
		if _, page := v.Channel.Profile.Markup.(text.HTML); !page && len(v.Parts) > 0 {
			words := strings.Join(strings.Fields(report.Clean(v.Parts[0].Want.Text)), " ")
			return cmp.Or(report.Clean(v.Parts[0].Want.Warning), shorten(words, 60), id)
		}
	}
	return id
}
