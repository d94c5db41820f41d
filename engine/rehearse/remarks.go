package rehearse

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/calendar"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// legend says what the colours stand for.
func (m *maker) legend() {
	count := map[string]int{}
	for _, p := range m.Posts {
		for _, v := range p.Variants {
			if v.Held == "" {
				count[v.Channel.Name]++
			}
		}
	}
	for _, c := range m.Space.Channels {
		l := legend{mark: m.marks[c.Name], Posts: count[c.Name]}
		if c.Platform.Local && m.sink.site != nil && l.Posts > 0 {
			l.Site = m.sink.site(c.Name, "")
		}
		m.page.Channels = append(m.page.Channels, l)
	}
}

// troubles groups problems by file: errors keep a post from going out,
// warnings do not.
func (m *maker) troubles() {
	for _, p := range m.Space.Problems {
		list := &m.page.Problems
		if p.Severity != schema.Error {
			list = &m.page.Warnings
		}
		file := report.Clean(p.File)
		p.File, p.Text = file, report.Clean(p.Text)
		if n := len(*list); n == 0 || (*list)[n-1].File != file {
			t := trouble{File: file}
			for _, post := range m.Space.Posts {
				if report.Clean(post.File) != file {
					continue
				}
				t.Title = report.Clean(post.Front.Title)
				if due := m.Space.First(post); !due.IsZero() {
					t.When = m.words.Moment(due)
				}
			}
			*list = append(*list, t)
		}
		last := &(*list)[len(*list)-1]
		last.Problems = append(last.Problems, p)
	}
}

func (m *maker) findings() {
	add := func(channel, post, what string) {
		f := finding{Channel: report.Clean(channel), Post: report.Clean(post), What: report.Clean(what)}
		for i := range m.Posts {
			if m.Posts[i].ID() == post {
				f.Anchor = "p" + strconv.Itoa(i+1)
			}
		}
		m.page.Findings = append(m.page.Findings, f)
	}
	if why := m.Published.Plan.Refused; why != "" {
		add("", "", why)
	}
	for _, a := range m.Published.Alone {
		add(a.Channel, "", strings.Join(a.Missing, ", "))
	}
	failed := map[[2]string]bool{}
	for i := range m.Published.Outcomes {
		if o := &m.Published.Outcomes[i]; !o.OK() {
			failed[[2]string{o.Action.Channel, o.Action.Post}] = true
			add(o.Action.Channel, o.Action.Post, m.words.Failed+": "+o.Err.Error())
		}
	}
	for _, a := range m.Left.Actions {
		if !failed[[2]string{a.Channel, a.Post}] {
			add(a.Channel, a.Post, string(a.Verb)+": "+a.Why)
		}
	}
	for _, s := range m.Strays {
		add(s.Channel, "", m.words.Stray+": "+s.Shown.ID)
	}
	for i := range m.Posts {
		for n := range m.Posts[i].Variants {
			v := &m.Posts[i].Variants[n]
			if v.Missing() > 0 && !failed[[2]string{v.Channel.Name, m.Posts[i].ID()}] {
				add(v.Channel.Name, m.Posts[i].ID(), m.words.Unseen)
			}
		}
	}
}

// notes are what else there is to know.
func (m *maker) notes() {
	p, w := m.page, m.words
	switch {
	case p.Complete:
		p.Verdict = w.Complete
	case m.Rehearsal.Complete() && len(m.Posts) > 0:
		p.Verdict = w.Except
	default:
		p.Verdict = w.Incomplete
	}
	variants := len(m.Published.Outcomes)
	switch {
	case len(m.Posts) == 0 && len(p.Problems) == 0:
		p.Notes = append(p.Notes, w.Empty)
	case len(m.Posts) > 0:
		p.Notes = append(p.Notes, w.Posts(len(m.Posts))+", "+w.Variants(variants)+".")
	}
	if len(m.Left.Actions) == 0 && variants > 0 {
		p.Notes = append(p.Notes, w.Nothing)
	}
	if f := m.Freeze; f != nil {
		if f.Until.IsZero() {
			p.Notes = append(p.Notes, fmt.Sprintf(w.Frozen, report.Clean(f.Reason)))
		} else {
			until, _ := calendar.Moment(f.Until, m.Space.Zone)
			p.Notes = append(p.Notes, fmt.Sprintf(w.FrozenUntil, report.Clean(f.Reason), w.Moment(until)))
		}
	}
	if n := later(m.Published.Plan, m.Until); n > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf(w.Later, w.Posts(n)))
	}
	for _, c := range m.stage.usual {
		p.Notes = append(p.Notes, fmt.Sprintf(w.Usual, report.Clean(c)))
	}
	for _, post := range m.Space.Posts {
		switch n := (name{report.Clean(post.Front.Title), report.Clean(post.ID())}); {
		case post.Front.Retracted:
			p.Retracted = append(p.Retracted, n)
		case post.Front.PublishAt.IsZero() && len(post.Problems) == 0:
			p.Drafts = append(p.Drafts, n)
		}
	}
}

// later is how many posts are due after a moment.
func later(p plan.Plan, until time.Time) int {
	posts := map[string]bool{}
	for _, a := range p.Actions {
		if a.Verb == plan.Wait && a.Due.After(until) {
			posts[a.Post] = true
		}
	}
	return len(posts)
}
