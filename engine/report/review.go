package report

import (
	"fmt"
	"html"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// ReviewMarker is how the editor's page is found again among a pull request's
// comments.
const ReviewMarker = "<!-- imprimatur:review -->"

// Review is the editor's page of one workspace in a pull request: what the
// change would do once it is merged.
type Review struct {
	Brand     string           `json:"brand"`
	Lang      string           `json:"lang,omitempty"` // of the page: a BCP 47 tag
	Zone      string           `json:"zone"`
	Folder    string           `json:"folder,omitempty"` // of the workspace in the repository
	Changes   []Change         `json:"changes"`
	Settings  []string         `json:"settings,omitempty"`  // files of the workspace that changed and are no posts
	Problems  []schema.Problem `json:"problems,omitempty"`  // that base does not have
	Older     int              `json:"older,omitempty"`     // how many problems base has as well
	Asks      string           `json:"asks"`                // who must approve, in words
	Approvals []ReviewOf       `json:"approvals,omitempty"` // of what this change brings
	Frozen    string           `json:"frozen,omitempty"`    // why nothing goes out at present
	Refused   string           `json:"refused,omitempty"`   // why a publish would do nothing at all
	Weeks     []Week           `json:"weeks,omitempty"`     // those in which something changes
	Replay    []string         `json:"-"`                   // blocks of Markdown: what changed rules do to recorded items
}

// ReviewOf is how far the approval of a post on some channels is.
type ReviewOf struct {
	Post     string   `json:"post"`
	Channels []string `json:"channels"`
	By       []string `json:"by,omitempty"`  // who approved it as it stands
	Why      string   `json:"why,omitempty"` // what is missing; "": nothing
}

// Week is the seven days from a Monday, as a calendar shows them.
type Week struct {
	Monday time.Time `json:"monday"`
	Days   [7][]Slot `json:"days"`
}

// Slot is something that is to happen on a day.
type Slot struct {
	Kind    almanac.Kind `json:"kind,omitempty"` // "": a post
	At      time.Time    `json:"at,omitzero"`
	What    string       `json:"what"`              // a post's id, or the name of what the day is
	Where   []string     `json:"where,omitempty"`   // channels
	Changed bool         `json:"changed,omitempty"` // by this pull request
	Day     bool         `json:"day,omitempty"`     // all of the day: an observance, a blackout
	Off     bool         `json:"off,omitempty"`     // a public holiday
}

// Source is where the files of a pull request can be looked at. The zero value
// is nowhere.
type Source struct {
	Repository string // its address, as in https://github.com/dupain/voix
	Commit     string // the head of the pull request
}

// file is the address of a file, at a line from 1, or "".
func (s Source) file(kind, name string, line int) string {
	if s.Repository == "" {
		return ""
	}
	segments := strings.Split(path.Clean(name), "/")
	for i := range segments {
		segments[i] = strings.NewReplacer("(", "%28", ")", "%29").Replace(url.PathEscape(segments[i]))
	}
	address := s.Repository + "/" + kind + "/" + s.Commit + "/" + strings.Join(segments, "/")
	if line > 0 {
		address += fmt.Sprintf("#L%d", line)
	}
	return address
}

// link is a name that leads to a file where that can be looked at.
func (s Source) link(label, name string, line int) string {
	if to := s.file("blob", name, line); to != "" {
		return "[" + Inert(label) + "](" + to + ")"
	}
	return Inert(label)
}

// ReviewPage is the editor's page of all workspaces, at most limit bytes long:
// what does not fit is left out from a whole block on, and the page says so,
// and where the rest is, if more is an address.
func ReviewPage(rs []Review, src Source, limit int, more string) string {
	var head, rest []string
	for i := range rs {
		p := reviewer{Review: &rs[i], words: reviewWordsOf(rs[i].Lang), src: src}
		h, d := p.blocks()
		head, rest = append(head, h...), append(rest, d...)
	}
	w := reviewWordsOf("")
	if len(rs) > 0 {
		w = reviewWordsOf(rs[0].Lang)
	}
	left := w.Left
	if more != "" {
		left = fmt.Sprintf(w.LeftAt, more)
	}
	page, room := ReviewMarker, limit-len(ReviewMarker)-len(left)-4
	for _, block := range append(head, rest...) {
		if len(block)+2 > room {
			return page + "\n\n" + left
		}
		page += "\n\n" + block
		room -= len(block) + 2
	}
	return page
}

// reviewer writes one workspace's page.
type reviewer struct {
	*Review
	words *reviewWords
	src   Source
}

// blocks are what everybody reads, then the posts one by one.
func (p *reviewer) blocks() (head, posts []string) {
	w := p.words
	groups := p.groups()
	head = append(head, "## "+fmt.Sprintf(w.Title, Inert(p.Brand)), p.lead(groups))
	if p.Refused != "" {
		head = append(head, "⛔ "+fmt.Sprintf(w.Refused, Inert(p.Refused)))
	}
	if p.Frozen != "" {
		head = append(head, "❄️ "+fmt.Sprintf(w.Frozen, Inert(p.Frozen)))
	}
	if t := p.table(groups); t != "" {
		head = append(head, t)
	}
	if len(p.Settings) > 0 {
		var files []string
		for _, name := range p.Settings[:min(len(p.Settings), listed)] {
			files = append(files, p.src.link(name, path.Join(p.Folder, name), 0))
		}
		head = append(head, fmt.Sprintf(w.Settings, strings.Join(files, ", ")))
	}
	head = append(head, p.approvals()...)
	head = append(head, p.problems()...)
	head = append(head, p.Replay...)
	for i := range groups {
		if groups[i].View != nil {
			posts = append(posts, p.post(&groups[i]))
		}
	}
	for i := range p.Weeks {
		posts = append(posts, p.week(&p.Weeks[i]))
	}
	if len(posts) > 0 {
		posts = append([]string{"### " + w.Posts}, posts...)
	}
	return head, append(posts, "<sub>"+fmt.Sprintf(w.Footer, Inert(p.Zone))+"</sub>")
}

// A group is the channels where a change is the same to the letter.
type group struct {
	*Change
	channels []string
}

func (p *reviewer) groups() []group {
	var all []group
	for i := range p.Changes {
		c := &p.Changes[i]
		same := slices.IndexFunc(all, func(g group) bool {
			return g.Post == c.Post && g.Kind == c.Kind && g.Due.Equal(c.Due) && g.Was.Equal(c.Was) && g.Verb == c.Verb && g.Why == c.Why && alike(g.View, c.View)
		})
		if same >= 0 {
			all[same].channels = append(all[same].channels, c.Channel)
		} else {
			all = append(all, group{c, []string{c.Channel}})
		}
	}
	return all
}

// alike reports whether two variants read the same and measure the same.
func alike(a, b *View) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Platform == b.Platform && slices.Equal(a.Digests, b.Digests) && len(a.Problems)+len(b.Problems) == 0
}

func (p *reviewer) lead(groups []group) string {
	posts, channels := map[string]bool{}, map[string]bool{}
	var first time.Time
	for _, g := range groups {
		posts[g.Post] = true
		for _, c := range g.channels {
			channels[c] = true
		}
		if g.View != nil && !g.Due.IsZero() && (first.IsZero() || g.Due.Before(first)) {
			first = g.Due
		}
	}
	if len(posts) == 0 {
		return p.words.None
	}
	s := "**" + fmt.Sprintf(p.words.Lead, p.words.Many(len(posts), p.words.posts), p.words.Many(len(channels), p.words.channels)) + "**"
	if !first.IsZero() {
		s += " " + fmt.Sprintf(p.words.First, p.words.Moment(first))
	}
	return s
}

// table is one row for each change.
func (p *reviewer) table(groups []group) string {
	if len(groups) == 0 {
		return ""
	}
	w := p.words
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s | %s | %s |\n|---|---|---|---|", w.When, w.Post, w.Where, w.What)
	rows := p.rows(groups)
	for i, r := range rows {
		if i == listed {
			fmt.Fprintf(&b, "\n| | %s | | |", w.Many(len(rows)-listed, w.more))
			break
		}
		fmt.Fprintf(&b, "\n| %s | %s | %s | %s |", r.when, oneCell(p.src.link(r.post, path.Join(p.Folder, r.file), 0)), oneCell(inertList(r.channels)), r.what)
	}
	return b.String()
}

// A row is the channels on which the same happens to a post.
type row struct {
	when, post, file, what string
	channels               []string
}

func (p *reviewer) rows(groups []group) []row {
	w := p.words
	var rows []row
	for _, g := range groups {
		r := row{when: "–", post: g.Post, file: g.File, what: w.Kinds[g.Kind]}
		if !g.Due.IsZero() {
			r.when = p.short(g.Due)
		}
		if g.Kind == ChangeTime && !g.Was.IsZero() {
			r.what = fmt.Sprintf(w.Moved, p.short(g.Was))
		}
		if g.Due.IsZero() && g.View != nil {
			r.what += ", " + w.Draft
		}
		if cost := money(g.View); cost != "" {
			r.what += ", " + cost
		}
		same := slices.IndexFunc(rows, func(o row) bool { return o.when == r.when && o.post == r.post && o.file == r.file && o.what == r.what })
		if same < 0 {
			same, rows = len(rows), append(rows, r)
		}
		rows[same].channels = append(rows[same].channels, g.channels...)
	}
	return rows
}

// money is what a post costs, or "".
func money(v *View) string {
	if v == nil || v.Cost == 0 {
		return ""
	}
	return fmt.Sprintf("US$ %d.%03d", v.Cost/1000, v.Cost%1000)
}

// oneCell keeps a bar from beginning another cell.
func oneCell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func inertList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = Inert(n)
	}
	return strings.Join(out, ", ")
}

func (p *reviewer) short(t time.Time) string {
	l := p.words
	s := l.ShortWeekday(t.Weekday()) + " " + l.Number(t) + " " + l.ShortMonth(t.Month()) + t.Format(" 2006, 15:04")
	return strings.ReplaceAll(s, " ", "\u00a0")
}

func (p *reviewer) approvals() []string {
	w := p.words
	asked := fmt.Sprintf(w.Asked, Inert(p.Asks))
	if p.Asks == (*schema.Review)(nil).String() {
		asked = w.NoneAsked
	}
	blocks := []string{"### " + w.Approvals, asked}
	var entries []string
	for _, a := range p.Approvals {
		name := "**" + Inert(a.Post) + "** (" + inertList(a.Channels) + ")"
		if a.Why == "" {
			entries = append(entries, "✅ "+name+w.colon+fmt.Sprintf(w.Approved, inertList(a.By)))
		} else {
			entries = append(entries, "⏳ "+name+w.colon+Inert(a.Why))
		}
	}
	m := Markdown{}
	m.list(entries, "post")
	return append(blocks, m.Blocks...)
}

func (p *reviewer) problems() []string {
	w := p.words
	if len(p.Problems) == 0 && p.Older == 0 {
		return nil
	}
	blocks := []string{"### " + w.Problems}
	var entries []string
	for _, e := range p.Problems {
		sign := "⛔"
		if e.Severity == schema.Warning {
			sign = "⚠️"
		}
		entries = append(entries, sign+" "+p.src.link(e.Pos.String(), path.Join(p.Folder, e.File), e.Line)+w.colon+Inert(e.Text))
	}
	m := Markdown{}
	m.list(entries, "problem")
	blocks = append(blocks, m.Blocks...)
	if p.Older > 0 {
		blocks = append(blocks, w.Many(p.Older, w.older))
	}
	return blocks
}

// post is a post as it will read, folded.
func (p *reviewer) post(g *group) string {
	w := p.words
	var b strings.Builder
	when := w.Draft
	if !g.Due.IsZero() {
		when = w.Moment(g.Due)
	}
	codes := make([]string, len(g.channels))
	for i, c := range g.channels {
		codes[i] = "<code>" + html.EscapeString(Clean(c)) + "</code>"
	}
	fmt.Fprintf(&b, "<details><summary><b><code>%s</code></b> · %s · %s</summary>\n", html.EscapeString(Clean(g.Post)), strings.Join(codes, ", "), html.EscapeString(when))
	for n := range g.View.Parts {
		p.part(&b, g.View, n)
	}
	for _, e := range g.View.Problems {
		fmt.Fprintf(&b, "\n- ⚠️ %s", Inert(e.Text))
	}
	return strings.TrimRight(b.String(), "\n") + "\n\n</details>"
}

func (p *reviewer) part(b *strings.Builder, v *View, n int) {
	w, part := p.words, &v.Parts[n]
	var about []string
	if len(v.Parts) > 1 {
		about = append(about, fmt.Sprintf(w.Part, n+1, len(v.Parts)))
	}
	for _, s := range v.Sizes[n] {
		size := fmt.Sprintf("%d", s.Length)
		if s.Limit != platform.NoLimit {
			size = fmt.Sprintf(w.Of, s.Length, s.Limit)
		}
		if size += " " + w.unit(s.Unit); !s.Fits {
			size = "**" + size + "** ⛔"
		}
		about = append(about, size)
	}
	if part.Lang != "" {
		about = append(about, Inert(part.Lang))
	}
	if v := w.Visible[part.Visibility]; v != "" {
		about = append(about, v)
	}
	if len(about) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.Join(about, " · "))
	}
	for _, f := range []struct{ name, text string }{{w.Heading, part.Title}, {w.Summary, part.Summary}, {w.Warning, part.Warning}} {
		if f.text != "" {
			fmt.Fprintf(b, "\n%s%s%s\n", f.name, w.colon, Inert(f.text))
		}
	}
	if part.Text != "" {
		fmt.Fprintf(b, "\n%s\n", Fence(v.read(n)))
	}
	var notes []string
	if part.Link != "" {
		notes = append(notes, w.Link+w.colon+Inert(part.Link))
	}
	if part.Poll != nil {
		notes = append(notes, fmt.Sprintf(w.Poll, w.Length(part.Poll.Open))+w.colon+inertList(part.Poll.Options))
	}
	if len(part.Tags) > 0 {
		notes = append(notes, w.Tags+w.colon+inertList(part.Tags))
	}
	for _, m := range part.Media {
		alt := w.NoAlt
		if m.Alt != "" {
			alt = w.Alt + w.colon + Inert(m.Alt)
		}
		notes = append(notes, p.src.link(m.File, path.Join(p.Folder, m.File), 0)+fmt.Sprintf(" (%d × %d). ", m.Width, m.Height)+alt)
	}
	for _, note := range notes {
		fmt.Fprintf(b, "\n- %s", note)
	}
	if len(notes) > 0 {
		b.WriteString("\n")
	}
	for _, m := range part.Media {
		if at := p.src.file("raw", path.Join(p.Folder, m.File), 0); at != "" {
			fmt.Fprintf(b, "\n<img src=\"%s\" alt=\"%s\" height=\"240\">\n", html.EscapeString(at), html.EscapeString(Clean(m.Alt)))
		}
	}
}

// week is the days around a change.
func (p *reviewer) week(wk *Week) string {
	w := p.words
	var b strings.Builder
	sunday := wk.Monday.AddDate(0, 0, 6)
	fmt.Fprintf(&b, "<details><summary>%s</summary>\n", html.EscapeString(fmt.Sprintf(w.Week, w.Span(wk.Monday, sunday))))
	fmt.Fprintf(&b, "\n| %s | |\n|---|---|", w.Column)
	for i, slots := range wk.Days {
		day := wk.Monday.AddDate(0, 0, i)
		var said []string
		for _, s := range slots {
			what := Inert(s.What)
			switch {
			case s.Changed:
				what = "**" + what + "**"
			case s.Kind == almanac.OfFree:
				what = fmt.Sprintf(w.FreeSlot, what)
			case s.Kind == almanac.OfBlackout:
				what = fmt.Sprintf(w.Dark, what)
			case s.Off:
				what = fmt.Sprintf(w.Holiday, what)
			}
			if !s.Day {
				what = s.At.Format("15:04") + " " + what
			}
			if len(s.Where) > 0 {
				what += " (" + inertList(s.Where) + ")"
			}
			said = append(said, what)
		}
		fmt.Fprintf(&b, "\n| %s\u00a0%s | %s |", w.ShortWeekday(day.Weekday()), w.Number(day), oneCell(strings.Join(said, "<br>")))
	}
	b.WriteString("\n\n</details>")
	return b.String()
}
