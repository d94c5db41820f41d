package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// On names a post on a channel.
type On struct{ Post, Channel string }

// A Post is what the calendar needs to know of one.
type Post struct {
	ID     string
	Front  *schema.Post
	Source schema.Source
	Local  []string // its channels that keep every page they have
	Urgent bool     // no blackout and no quota holds it
}

// Input is all that the queue depends on.
type Input struct {
	Posts []Post
	Now   time.Time
	// Out is when posts went out, or were to when they were first tried. It
	// keeps their slots, and says which round of a post that comes back is
	// next.
	Out map[On]time.Time
	// Up is when they really went up, where that is known.
	Up map[On]time.Time
	// Reserved are the slots that are promised: what comes new does not take
	// them.
	Reserved map[On]time.Time
}

// Why a post goes out when it does.
type Why string

// The reasons.
const (
	Fixed    Why = "fixed"    // its author says when
	Slotted  Why = "slot"     // it takes a slot
	Together Why = "together" // its channel has no slot: it goes with the first other one
	Reserved Why = "reserved" // it was promised
	Out      Why = "out"      // it went out, or was tried
)

// A Placed post has its time on a channel.
type Placed struct {
	On
	At    time.Time
	Why   Why
	Slot  *Slot // of a Slotted one; nil: none
	Post  *Post
	Round int // 2 for the first time that it comes back; else 0
}

// A Left post has no time on a channel, or on any.
type Left struct {
	Post    *Post
	Channel string // "": none at all
	Key     string // of the front matter that says so
	Text    string // what is wrong, then what to do
	None    bool   // there is no such slot at all, whoever takes it
}

// A Queue is who goes out when.
type Queue struct {
	Placed []Placed // in order of time, then post, then channel
	Left   []Left   // in order of post, then channel

	at     map[On]int // of Placed
	lapsed map[On]string
}

// At is when a post goes out on a channel; zero: it does not.
func (q *Queue) At(on On) time.Time {
	if i, ok := q.at[on]; ok {
		return q.Placed[i].At
	}
	return time.Time{}
}

// Place is how a post came to its time on a channel; nil: it has none.
func (q *Queue) Place(on On) *Placed {
	if i, ok := q.at[on]; ok {
		return &q.Placed[i]
	}
	return nil
}

// Lapsed is why it is too late for a post that is not out, or "".
func (q *Queue) Lapsed(on On) string { return q.lapsed[on] }

// Promised are the slots to reserve: those that the queue gave out from a
// moment on and before another.
func (q *Queue) Promised(from, to time.Time) []Placed {
	var all []Placed
	for _, p := range q.Placed {
		if (p.Why == Slotted || p.Why == Together) && !p.At.Before(from) && p.At.Before(to) {
			all = append(all, p)
		}
	}
	return all
}

// How far ahead slots are looked for: most queues are short.
const (
	near = 53 * 7 * 24 * time.Hour
	far  = 3 * near
)

// Assign gives every post its time on each of its channels. A post that waits
// for a slot takes the next free one of each channel: a slot that it names,
// or that is of the pillar it names; else of its own pillar, or where its
// channel has none such, one without a pillar; else any. A slot that has
// passed is nobody's any more, unless it was promised. Posts that come back
// take what all others leave.
func (c *Calendar) Assign(in Input) *Queue {
	d := c.deal(in, near)
	if d.full { // the times given out so far are the same with more slots behind them
		d = c.deal(in, far)
	}
	slices.SortFunc(d.Placed, func(a, b Placed) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.On.Post, b.On.Post), strings.Compare(a.Channel, b.Channel))
	})
	clear(d.at)
	for i := range d.Placed {
		d.at[d.Placed[i].On] = i
	}
	slices.SortFunc(d.Left, func(a, b Left) int {
		return cmp.Or(strings.Compare(a.Post.ID, b.Post.ID), strings.Compare(a.Channel, b.Channel))
	})
	return &d.Queue
}

// dealer gives out slots.
type dealer struct {
	Queue
	Input
	c     *Calendar
	until time.Time
	lines map[string]*line
	tally *tally
	full  bool // somebody found no slot
}

func (c *Calendar) deal(in Input, ahead time.Duration) *dealer {
	d := &dealer{Queue: Queue{at: map[On]int{}, lapsed: map[On]string{}}, Input: in, c: c, until: in.Now.Add(ahead), lines: map[string]*line{}, tally: newTally(c)}
	waiting := d.settled()
	d.inOrder(waiting)
	for _, p := range waiting {
		d.queue(p)
	}
	d.rounds()
	return d
}

// A rank is where a post stands in the queue: who is pinned, who matters more,
// who has least time.
type rank struct {
	pinned, expires, waits bool
	priority               int
	last, first            int64
	post                   *Post
}

// inOrder sorts posts by their ranks.
func (d *dealer) inOrder(posts []*Post) {
	ranks := make([]rank, len(posts))
	for i, p := range posts {
		f := p.Front
		r := rank{pinned: !f.Pin.IsZero(), expires: !f.Expires.IsZero(), waits: !f.NotBefore.IsZero(), priority: f.Priority, post: p}
		if r.expires {
			r.last = End(f.Expires, d.c.w.Zone).Unix()
		}
		if r.waits {
			r.first = Start(f.NotBefore, d.c.w.Zone).Unix()
		}
		ranks[i] = r
	}
	slices.SortFunc(ranks, func(a, b rank) int {
		return cmp.Or(before(a.pinned, b.pinned), cmp.Compare(b.priority, a.priority),
			before(a.expires, b.expires), cmp.Compare(a.last, b.last), before(b.waits, a.waits), cmp.Compare(a.first, b.first),
			strings.Compare(a.post.ID, b.post.ID), strings.Compare(a.post.Source.File, b.post.Source.File))
	})
	for i := range ranks {
		posts[i] = ranks[i].post
	}
}

// before orders what is so before what is not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// settled places what is out, promised or has a time of its own. It returns
// who waits.
func (d *dealer) settled() []*Post {
	var waiting []*Post
	for i := range d.Posts {
		p := &d.Posts[i]
		f := p.Front
		waits := false
		for _, channel := range f.Channels {
			on := On{p.ID, channel}
			if out, is := d.Out[on]; is {
				d.place(Placed{On: on, At: out, Why: Out, Post: p})
				continue
			}
			if f.Retracted || f.PublishAt.IsZero() {
				continue
			}
			w := d.window(p, channel)
			if !f.PublishAt.Next {
				at, _ := Moment(f.PublishAt.Time, d.c.zone(p, channel))
				d.place(Placed{On: on, At: at, Why: Fixed, Post: p})
				if !f.NotBefore.IsZero() && at.Before(w.from) || w.expires && !at.Before(w.to) {
					d.lapsed[on] = "its time is not between not_before and expires"
				} else if w.expires && !w.to.After(d.Now) {
					d.lapsed[on] = w.over
				}
				continue
			}
			if !w.to.After(d.Now) {
				d.lapsed[on] = w.over
				continue
			}
			if at, is := d.Reserved[on]; is && !at.Before(w.from) && at.Before(w.to) {
				if _, dark := during(d.line(channel).dark(at), at); !dark {
					d.place(Placed{On: on, At: at, Why: Reserved, Post: p})
					continue
				}
			}
			waits = true
		}
		if waits {
			waiting = append(waiting, p)
		}
	}
	return waiting
}

// zone is the zone of a post's local times on a channel.
func (c *Calendar) zone(p *Post, channel string) *time.Location {
	return c.w.ZoneOf(p.Front.Timezone, channel)
}

// A window is when a post may go out on a channel.
type window struct {
	from, to time.Time
	expires  bool   // because the post itself says so
	over     string // why not after its end
}

func (d *dealer) window(p *Post, channel string) window {
	f, zone := p.Front, d.c.zone(p, channel)
	w := window{to: farAway}
	if !f.NotBefore.IsZero() {
		w.from = Start(f.NotBefore, zone)
	}
	if !f.Expires.IsZero() {
		w.to, w.expires = End(f.Expires, zone), true
		w.over = "it expired on " + written(f.Expires)
	}
	if !f.PublishAt.Next {
		return w
	}
	if x := d.c.campaign(f.Campaign); x != nil {
		w.from = later(w.from, x.From)
		if x.To.Before(w.to) {
			w.to, w.over = x.To, "its campaign "+x.ID+" ended on "+written(x.Campaign.To)
		}
	}
	if x := d.c.event(f.Event); x != nil && w.from.Before(x.Start) && x.Start.Before(w.to) {
		w.to, w.over = x.Start, x.Title+", which it announces, began on "+written(x.Event.Start)
	}
	return w
}

var farAway = lastDay.AddDate(100, 0, 0)

// written is a date as people write it.
func written(d schema.Date) string {
	if d.Whole {
		return d.Wall.Format(time.DateOnly)
	}
	return d.Wall.Format("2006-01-02 15:04")
}

// place writes a time down, and counts it.
func (d *dealer) place(p Placed) {
	d.at[p.On] = len(d.Placed)
	d.Placed = append(d.Placed, p)
	if len(d.c.quotas) > 0 {
		d.tally.add(going{p.Post.ID, p.Channel, p.Post.Front.Pillar, p.At})
	}
	if len(d.c.Slots) > 0 {
		d.line(p.Channel).take(p.At, p.Post.Front.Link)
		d.shut(p)
	}
}

// shut closes the turns of a period whose quota is full for everybody.
func (d *dealer) shut(p Placed) {
	for i, q := range d.c.quotas {
		if q.AtMost == 0 || q.Pillar != "" {
			continue
		}
		at, is := d.tally.applies(i, going{p.Post.ID, p.Channel, p.Post.Front.Pillar, p.At})
		if is && at.channel != "" && d.tally.counts[at] >= q.AtMost {
			zone := d.c.w.ChannelZone(p.Channel)
			d.line(p.Channel).shut(clockOn(dayAt(at.period), "00:00", zone), d.tally.ends(at))
		}
	}
}

// queue places a post that waits.
func (d *dealer) queue(p *Post) {
	f := p.Front
	var without []string // channels that have no slot for it
	var first time.Time
	left := len(d.Left)
	for _, channel := range f.Channels {
		on := On{p.ID, channel}
		if i, is := d.at[on]; is {
			first = firstOf(first, d.Placed[i].At)
			continue
		}
		w := d.window(p, channel)
		list := d.line(channel).list(f.PublishAt.Slot, f.Pillar)
		switch {
		case d.lapsed[on] != "":
			continue
		case list == nil:
			without = append(without, channel)
			continue
		}
		if t := d.next(p, channel, list, w); t != nil {
			d.place(Placed{On: on, At: t.At, Why: Slotted, Slot: t.Slot, Post: p})
			first = firstOf(first, t.At)
			continue
		}
		d.full = true
		d.Left = append(d.Left, Left{Post: p, Channel: channel, Key: d.key(p), Text: d.noRoom(p, channel, w), None: d.unpinned(p, channel)})
	}
	if first.IsZero() && len(without) == len(f.Channels) && len(d.Left) == left {
		d.Left = append(d.Left, Left{Post: p, Key: "publish_at", Text: d.noSlot(p), None: true})
		return
	}
	for _, channel := range without {
		if first.IsZero() {
			continue
		}
		w := d.window(p, channel)
		if at := d.together(p, channel, first); at.Before(w.to) {
			d.place(Placed{On: On{p.ID, channel}, At: at, Why: Together, Post: p})
		} else {
			d.Left = append(d.Left, Left{Post: p, Channel: channel, Key: d.key(p), Text: d.noRoom(p, channel, w)})
		}
	}
}

// together is the first moment, from one on, when the calendar lets a post out
// on a channel that has no slot for it.
func (d *dealer) together(p *Post, channel string, at time.Time) time.Time {
	l := d.line(channel)
	for range 1000 { // each turn of it is past another obstacle
		again := l.apart(at)
		if dark, is := during(l.dark(at), at); is {
			again = later(again, dark.To)
		}
		if _, until, _ := d.tally.over(going{p.ID, channel, p.Front.Pillar, at}); until.After(again) {
			again = until
		}
		if again = later(again, l.sameLink(p.Front.Link, at)); !again.After(at) {
			return at
		}
		at = again
	}
	return farAway
}

func firstOf(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// key is the front matter that may keep a post from finding a slot.
func (d *dealer) key(p *Post) string {
	switch f := p.Front; {
	case !f.Pin.IsZero():
		return "pin"
	case !f.Expires.IsZero():
		return "expires"
	default:
		return "publish_at"
	}
}

// unpinned reports whether no slot at all comes when a post is pinned to.
func (d *dealer) unpinned(p *Post, channel string) bool {
	pin := p.Front.Pin
	if pin.IsZero() {
		return false
	}
	zone := d.c.zone(p, channel)
	to := Start(pin, zone).Add(time.Second)
	if pin.Whole {
		to = End(pin, zone)
	}
	fits := d.line(channel).fits(p.Front.PublishAt.Slot, p.Front.Pillar)
	return !slices.ContainsFunc(d.c.Turns(channel, Start(pin, zone), to), func(t Turn) bool { return fits(t.Slot) })
}

// noSlot says that no channel of a post has a slot for it.
func (d *dealer) noSlot(p *Post) string {
	if name, names := p.Front.PublishAt.Slot, d.c.Names(); name != "" && !slices.Contains(names, name) {
		return schema.NotKnown("slot or pillar", name, names)
	} else if name != "" {
		return fmt.Sprintf("no channel of this post has a slot %s; add one to calendars/, or write another name or a time", name)
	}
	return "no channel of this post has a slot; add one to calendars/, or write a time"
}

// noRoom says that a post finds no slot on a channel.
func (d *dealer) noRoom(p *Post, channel string, w window) string {
	switch f := p.Front; {
	case d.unpinned(p, channel):
		return fmt.Sprintf("no slot of %s that it could take comes then; pin it to a day that has one, or take the pin out", channel)
	case !f.Pin.IsZero():
		return fmt.Sprintf("there is no free slot on %s for this pin; pin it to another day, or take the pin out", channel)
	case w.to.Before(farAway) && w.expires:
		return fmt.Sprintf("there is no free slot on %s before it expires; raise its priority, or change one of the dates", channel)
	case w.to.Before(farAway):
		return fmt.Sprintf("there is no free slot on %s in its campaign or before its event; raise its priority, or add slots", channel)
	}
	return fmt.Sprintf("the slots of %s are all taken, years ahead; add slots, or give it a time", channel)
}

// next is the turn that a post takes, or nil.
func (d *dealer) next(p *Post, channel string, l *list, w window) *turn {
	from, to := later(w.from, d.Now), w.to
	pin := p.Front.Pin
	if !pin.IsZero() {
		zone := d.c.zone(p, channel)
		begin := Start(pin, zone)
		end := begin.Add(time.Second)
		if pin.Whole {
			end = End(pin, zone)
		}
		from, to = later(from, begin), earlier(to, end)
	}
	return d.line(channel).next(l, from, to, p.Front.Pillar, func(at time.Time) (time.Time, bool) {
		g := going{p.ID, channel, p.Front.Pillar, at}
		if q, until, all := d.tally.over(g); q != nil {
			return until, all
		}
		return d.line(channel).sameLink(p.Front.Link, at), false
	})
}

// rounds places the next round of each post that comes back, where there is
// room.
func (d *dealer) rounds() {
	var back []*Post
	for i := range d.Posts {
		if f := d.Posts[i].Front; f.Evergreen != nil && f.Evergreen.Every > 0 && !f.Retracted && !f.PublishAt.IsZero() {
			back = append(back, &d.Posts[i])
		}
	}
	d.inOrder(back)
	for _, p := range back {
		e := p.Front.Evergreen
		for _, channel := range p.Front.Channels {
			if slices.Contains(p.Local, channel) {
				continue
			}
			round, last := 1, d.At(On{p.ID, channel})
			for {
				out, is := d.Out[On{workspace.RoundID(p.ID, round+1), channel}]
				if !is {
					break
				}
				round++
				last = out
				d.place(Placed{On: On{workspace.RoundID(p.ID, round), channel}, At: out, Why: Out, Post: p, Round: round})
			}
			if last.IsZero() || e.Times > 0 && round >= e.Times {
				continue
			}
			d.again(p, channel, round+1, last.Add(time.Duration(e.Every)))
		}
	}
}

// again places one round.
func (d *dealer) again(p *Post, channel string, round int, from time.Time) {
	on := On{workspace.RoundID(p.ID, round), channel}
	w := d.window(p, channel)
	from = later(from, w.from)
	name := p.Front.PublishAt.Slot
	if at, is := d.Reserved[on]; is && at.Before(w.to) {
		if _, dark := during(d.line(channel).dark(at), at); !dark {
			d.place(Placed{On: on, At: at, Why: Reserved, Post: p, Round: round})
			return
		}
	}
	l := d.line(channel).list(name, p.Front.Pillar)
	if l == nil {
		return
	}
	w.from = from
	unpinned := *p.Front
	unpinned.Pin = schema.Date{}
	q := *p
	q.Front = &unpinned
	if t := d.next(&q, channel, l, w); t != nil {
		d.place(Placed{On: on, At: t.At, Why: Slotted, Slot: t.Slot, Post: p, Round: round})
	}
}
