package plan

import "slices"

// Approval is what is known of who approved a wish as it stands.
type Approval struct {
	By   []string // who approved
	Pull int      // the pull request they did it in
	Held string   // why it must not be sent yet, or ""
}

// Unasked lists what would be sent and needs an approval that nobody asked
// for yet. The plan is not to be carried out before.
func (p *Plan) Unasked() []*Wish {
	var ws []*Wish
	for i := range p.Actions {
		if a := &p.Actions[i]; a.unasked {
			ws = append(ws, a.Wish)
		}
	}
	return ws
}

// sends reports whether an action brings words before readers, or before the
// person who publishes them. Taking down needs nobody's leave.
func (a *Action) sends() bool {
	return slices.ContainsFunc(a.Steps, func(s Step) bool {
		return s.Do == CallPublish || s.Do == CallEdit || s.Do == CallHand
	})
}

// Bare reports whether an action says nothing and yet shows the channel's
// secret to its server: to take something down, or to look for it.
func (a *Action) Bare() bool {
	return a.Verb.Acts() && !a.sends() && len(a.Wish.Channel.Secrets()) > 0 &&
		slices.ContainsFunc(a.Steps, func(s Step) bool { return s.Do == CallRemove || s.Do == CallFind })
}

// Withhold makes the action one that waits for an approval.
func (a *Action) Withhold(why string) { *a, _ = a.as(Hold, "%s", why) }

// approve holds what lacks its approval, before anything else is weighed: what
// is held takes nobody's place.
func (m *maker) approve(as []Action) {
	for i := range as {
		a := &as[i]
		if !a.sends() {
			continue
		}
		if a.Urgent = a.Wish.Urgent; a.Urgent && m.frozen() {
			a.Freeze = m.Freeze.Reason
		}
		ok := a.Wish.Approval
		if !m.Reviewed {
			continue
		}
		if ok == nil {
			a.unasked = true
			ok = &Approval{Held: "nobody was asked yet who approved it"}
		}
		if ok.Held != "" {
			*a, _ = a.as(Hold, "%s", ok.Held)
			a.Urgent, a.Freeze = false, ""
			continue
		}
		a.Approved, a.Pull = ok.By, ok.Pull
	}
}

// kept says why a wish that is due must wait all the same, or "".
func (m *maker) kept(w *Wish) string {
	switch {
	case m.frozen() && !w.Urgent:
		return m.frozenWhy()
	case m.Now.Add(m.Ahead).Before(w.Embargo):
		return "under embargo until " + clock(w.Embargo)
	}
	return ""
}
