package moderate

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Decide says what is to be done about an item. The same rules, item and
// history give the same decision, whatever order anything is written in.
func (r *Rules) Decide(item Item, h History) Decision {
	d := Decision{Action: None, By: ByRules, Lang: language(&item), Matched: []Matched{}, Unknown: []Unknown{}, Allowed: []Span{}}
	switch {
	case item.Decided != "":
		d.Action, d.By = item.Decided, ByPerson
		return d
	case r.Ours(&item):
		d.By = ByTeam
		return d
	}
	l := r.look(&item, d.Lang)
	at := make([]int, 0, 8) // of the rules in Matched, in rules
	for i, rule := range r.rules {
		switch l.judge(rule) {
		case yes:
			at = append(at, i)
			d.Matched = append(d.Matched, Matched{Rule: rule.ID, Action: Action(rule.Action), Spans: tidy(l.spans)})
		case unknown:
			d.Unknown = append(d.Unknown, Unknown{rule.ID, l.missing})
		}
	}
	d.Allowed = tidy(l.allowed)
	r.settle(&d, at, h)
	r.conclude(&d, at)
	r.free(l)
	return d
}

// language is the language of an item: the one it was given, the one that its
// words tell, or und.
func language(item *Item) string { return cmp.Or(item.Lang, Language(item.Text)) }

// Ours reports whether an item is our own, or from somebody on the team: we
// judge neither.
func (r *Rules) Ours(item *Item) bool {
	return item.Trusted || item.Author.Handle != "" && r.team[author{item.Platform, bare(item.Author.Handle)}]
}

// judge asks one rule.
func (l *look) judge(rule *rule) verdict {
	l.spans, l.missing = l.spans[:0], ""
	if rule.Mode == "off" {
		return no
	}
	v := rule.where.test(l)
	if v == no {
		return no
	}
	return min(v, rule.match.test(l))
}

// settle finds the state of every rule that matched.
func (r *Rules) settle(d *Decision, at []int, h History) {
	const open = State("")
	var out func(n int) string // the rule that takes the nth out, or ""
	looked := make([]int8, len(at))
	out = func(n int) string {
		m := &d.Matched[n]
		if looked[n] > 0 {
			return m.By
		}
		looked[n] = 1
		for _, by := range r.rules[at[n]].out { // in order of id
			if i, matched := slices.BinarySearch(at, by); matched && d.Matched[i].State == open && out(i) == "" {
				m.By = r.rules[by].ID
				break
			}
		}
		return m.By
	}
	for n, i := range at {
		switch rule := r.rules[i]; {
		case rule.over(h.Now):
			d.Matched[n].State = Expired
		case rule.Mode == "shadow":
			d.Matched[n].State = Shadowed
		}
	}
	for n := range at {
		if d.Matched[n].State == open {
			out(n)
		}
	}
	for n, i := range at {
		switch m := &d.Matched[n]; {
		case m.State != open:
		case m.By != "":
			m.State = Overridden
		default:
			m.State = Acts
			if m.Why = h.brake(r.rules[i]); m.Why != "" {
				m.State = Braked
			}
		}
	}
}

// conclude takes the strongest action; of equal ones that of the first id.
func (r *Rules) conclude(d *Decision, at []int) {
	var winner *rule
	for n := range d.Matched {
		m := &d.Matched[n]
		action := m.Effect()
		if m.State == Acts {
			r.also(d, r.rules[at[n]])
		}
		if action != "" && action != Allow && (winner == nil || action.Harsher(d.Action)) {
			winner = r.rules[at[n]]
			d.Action = action
		}
	}
	slices.Sort(d.Labels)
	slices.Sort(d.Notify)
	d.Labels, d.Notify = slices.Compact(d.Labels), slices.Compact(d.Notify)
	if winner == nil {
		return
	}
	d.Rule, d.Policy = winner.ID, winner.Policy
	if i := slices.IndexFunc(d.Matched, func(m Matched) bool { return m.Rule == winner.ID }); d.Matched[i].State == Acts {
		d.Answer = r.answer(winner, d.Lang)
	}
}

// Effect is the action that a rule that matched takes, or "".
func (m *Matched) Effect() Action {
	switch {
	case m.State == Acts:
		return m.Action
	case m.State == Braked && !Escalate.Harsher(m.Action):
		return Escalate
	case m.State == Braked:
		return None
	}
	return ""
}

func (r *Rules) also(d *Decision, rule *rule) {
	for _, also := range rule.Also {
		if also.Label != "" {
			d.Labels = append(d.Labels, also.Label)
		}
		d.Notify = append(d.Notify, also.Notify...)
	}
}

// look finds what there is to find in an item.
func (r *Rules) look(item *Item, lang string) *look {
	l, _ := r.looks.Get().(*look)
	if l == nil {
		l = new(look)
	}
	*l = look{item: item, lang: lang, hits: l.hits[:0], groups: l.groups, full: l.full, spans: l.spans[:0], allowed: l.allowed[:0]}
	r.finder.find(l)
	return l
}

// free keeps a look's memory for another item.
func (r *Rules) free(l *look) {
	l.item = nil
	r.looks.Put(l)
}

// History is what happened before an item, as far as brakes need it.
type History struct {
	Now   time.Time
	Items int              // judged in the time that Acted counts
	Rules map[string]Tally // by id
}

// A Tally is what one rule did.
type Tally struct {
	Since time.Time // when it was first seen to enforce; zero: now
	Today int       // items it acted on in the last 24 hours
	Acted int       // items it acted on, of History.Items
}

// Young is how long a new rule's share of what comes in is watched.
const Young = 7 * 24 * time.Hour

// few is how many items a young rule may act on whatever its share.
const few = 2

// brake says why a rule must not act by itself, or is empty.
func (h *History) brake(rule *rule) string {
	t := h.Rules[rule.ID]
	l := &rule.Limits
	switch {
	case l.PerDay > 0 && t.Today >= l.PerDay:
		return "it acted on " + strconv.Itoa(l.PerDay) + " items" + " today, its most"
	case l.MaxShare > 0 && t.Acted >= few && (t.Since.IsZero() || h.Now.Sub(t.Since) < Young) && float64(t.Acted+1) > float64(l.MaxShare)/100*float64(h.Items+1):
		return "it is new, and would act on more than its share of what comes in"
	}
	return ""
}

// Add counts a decision.
func (h *History) Add(d *Decision) {
	if d.By != ByRules {
		return
	}
	h.Items++
	for _, m := range d.Matched {
		if m.State != Acts {
			continue
		}
		if h.Rules == nil {
			h.Rules = map[string]Tally{}
		}
		t := h.Rules[m.Rule]
		if t.Since.IsZero() {
			t.Since = h.Now
		}
		t.Today++
		t.Acted++
		h.Rules[m.Rule] = t
	}
}
