package tend

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// consider has the rules decide about an item, and plans what follows. What
// was decided about this version before, stays.
func (r *Run) consider(s *Scene, src *Source, item *moderate.Item, p *page, nth int, h *moderate.History) {
	m := s.memory
	name, author := r.Names.Item(item.Channel, item.ID), r.Names.author(item.Channel, &item.Author)
	seen := m.authors[author]
	if item.SeenBefore == nil && m.cursors[item.Channel] != "" { // before the first look nobody was ever seen
		item.SeenBefore = &seen
	}
	if !seen && item.Author.ID != "" {
		m.authors[author] = true
		p.authors = append(p.authors, author)
	}
	if s.fresh[name] { // a person decided this moment, or it came twice
		return
	}
	s.fresh[name] = true
	k := m.items[name]
	rev := r.Names.version(&item.Item)
	if k != nil && (k.Decided != "" || k.Rev == rev) {
		h.Items++ // no cursor has counted it yet
		r.resume(s, src, item, k, nth)
		return
	}
	d := r.Rules.Decide(*item, *h)
	h.Add(&d)
	c := &Case{Item: name, Channel: item.Channel, Private: item.Private, Action: d.Action, By: d.By, Rule: d.Rule, Policy: d.Policy,
		Labels: d.Labels, Notify: d.Notify, Steps: []*Step{}, item: &item.Item, grip: gripOf(&item.Item), source: src, page: nth}
	if !item.Private {
		c.URL = item.URL
	}
	c.shown(&d)
	r.brake(s, c, &d)
	if k == nil {
		k = &known{}
	}
	if len(d.Matched) == 0 && len(k.steps) == 0 {
		return
	}
	c.judge = &schema.Deed{Op: schema.OpJudge, State: schema.DeedDone, Item: name, Channel: item.Channel, Rev: rev, Author: author,
		Action: string(c.Action), Rule: c.Rule, Policy: c.Policy, Shown: c.Shown, Labels: c.Labels}
	if item.URL != "" {
		c.judge.Page = r.Names.Page(item.URL)
		c.judge.URL = nameless(item)
	}
	for i := range d.Matched {
		c.judge.Matched = append(c.judge.Matched, d.Matched[i].Rule+" "+string(d.Matched[i].State))
	}
	r.wish(s, c, k, &d)
	r.drop(s, c, k)
	s.Cases = append(s.Cases, c)
}

// drop ends what was begun about another version of the item and surely not
// done. What may be done is brought to its end, so that it can be undone.
func (r *Run) drop(s *Scene, c *Case, k *known) {
	for _, op := range k.open() {
		switch {
		case slices.ContainsFunc(c.Steps, func(o *Step) bool { return o.Op == op }):
		case k.steps[op].State == schema.DeedFailed:
			c.Steps = append(c.Steps, &Step{Op: op, State: schema.DeedRefused, Why: "it was changed, and the rules do not want this any more"})
		default:
			r.plan(s, c, k, op)
		}
	}
}

// shown is what matched, masked, and which rules only watched.
func (c *Case) shown(d *moderate.Decision) {
	for i := range d.Matched {
		mt := &d.Matched[i]
		if mt.State == moderate.Shadowed {
			c.Shadow = append(c.Shadow, mt.Rule)
		}
		for _, span := range mt.Spans {
			if !c.Private && len(c.Shown) < 5 && !slices.Contains(c.Shown, span.Shown) {
				c.Shown = append(c.Shown, span.Shown)
			}
		}
	}
}

// brake says what keeps a decision from being carried out.
func (r *Run) brake(s *Scene, c *Case, d *moderate.Decision) {
	for i := range d.Matched {
		if mt := &d.Matched[i]; mt.State == moderate.Braked {
			c.Why = mt.Why
			s.loud(fmt.Sprintf("the rule %s is braked: %s; a person decides in its place", mt.Rule, mt.Why))
		}
	}
	if r.Frozen == "" || d.By != moderate.ByRules || c.Action == moderate.None {
		return
	}
	if c.Action != moderate.Label {
		c.Action = moderate.Escalate
	} else {
		c.Action = moderate.None
	}
	c.Why, d.Answer = "frozen: "+r.Frozen, nil
	s.loud("nothing is done by itself, a person decides about everything: frozen: " + r.Frozen)
}

func (s *Scene) loud(what string) {
	if !slices.Contains(s.Loud, what) {
		s.Loud = append(s.Loud, what)
	}
}

// nameless is the item's address, where it does not name its author.
func nameless(item *moderate.Item) string {
	handle, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(item.Author.Handle), "@"), "@")
	url := strings.ToLower(item.URL)
	first, _, _ := strings.Cut(handle, ".") // of a domain, as Bluesky has them
	if item.Private || handle == "" || strings.Contains(url, handle) || len(first) > 2 && strings.Contains(url, first) || strings.Contains(url, "@") {
		return ""
	}
	return item.URL
}

// wish plans what a decision asks for.
func (r *Run) wish(s *Scene, c *Case, k *known, d *moderate.Decision) {
	op, ask := nearest(c.Action, c.source.acts())
	ops := []string{}
	if d.Answer != nil && c.source != nil && c.source.Conn != nil {
		last, answered := s.memory.answered[c.judge.Author]
		if !answered || s.Now.Sub(last) >= d.Answer.Every {
			ops = append(ops, schema.OpReply)
		}
	}
	if op != "" {
		ops = append(ops, op)
	}
	if ask {
		ops = append(ops, schema.OpAsk)
	}
	for _, op := range ops {
		if st := k.steps[op]; st.settled() && (op == schema.OpAsk || op == schema.OpReply || st.State == schema.DeedDone && !st.undone) {
			continue
		}
		if op == schema.OpReply {
			if !r.compose(c, d) {
				continue
			}
			s.memory.answered[c.judge.Author] = s.Now
		}
		r.plan(s, c, k, op)
	}
}

// compose writes the answer to an item.
func (r *Run) compose(c *Case, d *moderate.Decision) bool {
	words := r.Rules.Text(d.Answer, d.Policy, moderate.Values{Author: "@" + strings.TrimPrefix(c.item.Author.Handle, "@"), Brand: r.Brand, Channel: c.Channel})
	st := &Step{Op: schema.OpReply}
	if words == "" {
		c.Why = "the answer lacks a value that its template needs"
		return false
	}
	var err error
	if st.part, err = c.source.Write(words, c.item); err != nil {
		c.Why = "no answer is written: " + err.Error()
		return false
	}
	g := gripOf(c.item)
	g.Digest = st.part.Digest()
	st.sealed = r.Names.close(g)
	c.Steps = append(c.Steps, st)
	return true
}

// plan adds a step to a case, or what is known of it already.
func (r *Run) plan(s *Scene, c *Case, k *known, op string) {
	at := slices.IndexFunc(c.Steps, func(o *Step) bool { return o.Op == op })
	if at < 0 {
		c.Steps = append(c.Steps, &Step{Op: op})
		at = len(c.Steps) - 1
	}
	st := c.Steps[at]
	if was := k.steps[op]; was != nil {
		switch {
		case was.busy(s.Now, r.ID):
			c.wait = true
			c.Why = "another run is at it"
		case was.State == schema.DeedIntent || was.State == schema.DeedUnknown:
			st.prior = true
		}
		if !was.undone && !was.settled() {
			st.first, st.sealed = was.asked, was.Sealed
		}
	}
	if s.left == 0 {
		c.wait = true
		c.Why = "this run has done as much as a run may; the rest waits for the next"
		s.loud(c.Why)
		return
	}
	s.left--
}

// resume goes on with an item that was decided about before.
func (r *Run) resume(s *Scene, src *Source, item *moderate.Item, k *known, nth int) {
	ops := k.open()
	if len(ops) == 0 {
		return
	}
	c := r.remembered(k)
	c.item, c.grip, c.source, c.page, c.Private = &item.Item, gripOf(&item.Item), src, nth, item.Private
	if !item.Private {
		c.URL = item.URL
	}
	if slices.Contains(ops, schema.OpReply) {
		r.rewrite(c, item, s.Now)
	}
	for _, op := range ops {
		r.plan(s, c, k, op)
	}
	s.Cases = append(s.Cases, c)
}

// rewrite writes the words of an answer that an earlier run began with: they
// are kept nowhere.
func (r *Run) rewrite(c *Case, item *moderate.Item, now time.Time) {
	d := r.Rules.Decide(*item, moderate.History{Now: now})
	if d.Answer == nil || c.source == nil || c.source.Conn == nil {
		return
	}
	words := r.Rules.Text(d.Answer, d.Policy, moderate.Values{Author: "@" + strings.TrimPrefix(item.Author.Handle, "@"), Brand: r.Brand, Channel: c.Channel})
	if words == "" {
		return
	}
	part, err := c.source.Write(words, c.item)
	if err != nil {
		return
	}
	c.Steps = append(c.Steps, &Step{Op: schema.OpReply, part: part})
}

// reason is why something is done, for those who read a report.
func (c *Case) reason() platform.Reason {
	words := "decided by a person"
	if c.Rule != "" {
		words = "rule " + c.Rule + ", policy " + c.Policy
	}
	return platform.Reason{Words: words}
}
