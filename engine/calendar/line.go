package calendar

import (
	"slices"
	"time"
)

// A line is one channel: its turns, in order, and what it has.
type line struct {
	c        *Calendar
	name     string
	zone     *time.Location
	spans    []Span
	from, to time.Time
	turns    []turn
	lists    map[[2]string]*list
	links    map[string][]time.Time
	times    []time.Time // of posts, in order, where they keep apart
}

type turn struct {
	Turn
	shut bool // nobody can take it any more
}

// A list is the turns of a line that somebody may take.
type list struct {
	turns []int // of the line
	skip  []int // a later place from which on one may be free
	past  map[string]int
}

// line is a channel, made when it is first asked for.
func (d *dealer) line(name string) *line {
	l := d.lines[name]
	if l == nil {
		l = &line{c: d.c, name: name, zone: d.c.w.ChannelZone(name), from: d.Now, to: d.until, lists: map[[2]string]*list{}, links: map[string][]time.Time{}}
		l.spans = d.c.Blackouts(name, l.from, l.to)
		for _, t := range d.c.Turns(name, l.from, l.to) {
			if _, dark := during(l.spans, t.At); !dark {
				l.turns = append(l.turns, turn{Turn: t})
			}
		}
		d.lines[name] = l
	}
	return l
}

// dark are the blackouts around a moment.
func (l *line) dark(at time.Time) []Span {
	if at.Before(l.from) || !at.Before(l.to) {
		return l.c.Blackouts(l.name, at.Add(-time.Second), at.Add(time.Second))
	}
	return l.spans
}

// fits says which slots a post takes that names one, or has a pillar.
func (l *line) fits(name, pillar string) func(*Slot) bool {
	of := func(s *Slot) bool { return s.Pillar == pillar }
	switch {
	case name != "":
		return func(s *Slot) bool { return s.ID == name || s.Pillar == name }
	case pillar != "" && l.has(of):
		return of
	case pillar != "":
		return func(s *Slot) bool { return s.Pillar == "" }
	default:
		return func(*Slot) bool { return true }
	}
}

// list is the turns for a name, or else for a pillar; nil where the channel has
// no such slot at all.
func (l *line) list(name, pillar string) *list {
	key := [2]string{name, pillar}
	if name != "" {
		key[1] = ""
	}
	if got, is := l.lists[key]; is {
		return got
	}
	fits := l.fits(name, pillar)
	var out *list
	if l.has(fits) {
		out = &list{past: map[string]int{}}
		for i := range l.turns {
			if fits(l.turns[i].Slot) {
				out.turns = append(out.turns, i)
			}
		}
		out.skip = make([]int, len(out.turns)+1)
		for i := range out.skip {
			out.skip[i] = i
		}
	}
	l.lists[key] = out
	return out
}

// has reports whether the channel has a slot of some kind.
func (l *line) has(fits func(*Slot) bool) bool {
	return slices.ContainsFunc(l.c.Slots, func(s *Slot) bool { return slices.Contains(s.Channels, l.name) && fits(s) })
}

// at is the first turn of the line at or after a moment.
func (l *line) at(t time.Time) int {
	i, _ := slices.BinarySearchFunc(l.turns, t, func(x turn, t time.Time) int { return x.At.Compare(t) })
	return i
}

// take closes what a post that goes out at a moment leaves no room for.
func (l *line) take(at time.Time, link string) {
	between, _ := l.spacing(at)
	if i, _ := slices.BinarySearchFunc(l.times, at, time.Time.Compare); len(l.c.spacings) > 0 {
		l.times = slices.Insert(l.times, i, at)
	}
	l.shut(at, at.Add(time.Nanosecond))
	if between > 0 {
		l.shut(at.Add(-between+time.Nanosecond), at.Add(between))
	}
	if link != "" {
		l.links[link] = append(l.links[link], at)
	}
}

// shut closes the turns from a moment on and before another.
func (l *line) shut(from, to time.Time) {
	for i := l.at(from); i < len(l.turns) && l.turns[i].At.Before(to); i++ {
		l.turns[i].shut = true
	}
}

// spacing is how far from others a post of a moment stays, and from the same
// link.
func (l *line) spacing(at time.Time) (between, sameLink time.Duration) {
	for _, s := range l.c.spacings {
		if (len(s.Channels) == 0 || slices.Contains(s.Channels, l.name)) && s.bounds.covers(at, l.zone) {
			between, sameLink = max(between, time.Duration(s.Between)), max(sameLink, time.Duration(s.SameLink))
		}
	}
	return between, sameLink
}

// apart is when a post may go out at or after a moment for the sake of those
// around it, if not then; else zero.
func (l *line) apart(at time.Time) time.Time {
	between, _ := l.spacing(at)
	i, _ := slices.BinarySearchFunc(l.times, at.Add(-between), time.Time.Compare)
	var again time.Time
	for ; between > 0 && i < len(l.times) && l.times[i].Before(at.Add(between)); i++ {
		if l.times[i].Sub(at).Abs() < between {
			again = l.times[i].Add(between)
		}
	}
	return again
}

// sameLink is when a link may go out at or after a moment, if not then; else
// zero.
func (l *line) sameLink(link string, at time.Time) time.Time {
	_, apart := l.spacing(at)
	var again time.Time
	for _, t := range l.links[link] {
		if apart > 0 && t.Sub(at).Abs() < apart {
			again = later(again, t.Add(apart))
		}
	}
	return again
}

// free is the first place of a list, from one on, whose turn is not shut.
func (l *line) free(x *list, i int) int {
	end := i
	for end < len(x.turns) && (x.skip[end] > end || l.turns[x.turns[end]].shut) {
		if x.skip[end] > end {
			end = x.skip[end]
		} else {
			end++
		}
	}
	for i < end { // the way is shorter next time
		next := max(x.skip[i], i+1)
		x.skip[i] = end
		i = next
	}
	return end
}

// place is where in a list the turns from a moment on begin.
func (l *line) place(x *list, t time.Time) int {
	i, _ := slices.BinarySearch(x.turns, l.at(t))
	return i
}

// next is the first turn of a list from a moment on and before another that is
// free and that a post may take; nil: none. May says when a post that may not
// take it could at the earliest, and whether that is so for its whole pillar.
func (l *line) next(x *list, from, to time.Time, pillar string, may func(time.Time) (again time.Time, all bool)) *turn {
	i := l.place(x, from)
	known := x.past[pillar] // no earlier one is for this pillar
	run := i <= known
	i = max(i, known)
	for i = l.free(x, i); i < len(x.turns); i = l.free(x, i) {
		t := &l.turns[x.turns[i]]
		if !t.At.Before(to) {
			return nil
		}
		again, all := may(t.At)
		if again.IsZero() {
			return t
		}
		i = max(i+1, l.place(x, again))
		if run = run && all; run {
			x.past[pillar] = i
		}
	}
	return nil
}
