package calendar

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// read makes a workspace of three channels in one zone, with one calendar.
func read(t testing.TB, zone, yaml string) *Calendar {
	t.Helper()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	w := &workspace.Workspace{Zone: at, Config: schema.Config{Timezone: zone, Channels: map[string]schema.Channel{"a": {}, "b": {}, "c": {}}}}
	src := schema.Source{File: "calendars/test.yaml", YAML: []byte("version: 1\n" + yaml)}
	c, ps := schema.Decode[schema.Calendar](src)
	w.Calendars = []workspace.Calendar{{Calendar: c, Source: src}}
	out, more := Read(w)
	if ps = append(ps, more...); len(ps) > 0 {
		t.Fatal(ps)
	}
	return out
}

// posts reads front matter, one a line, with ids in front.
func posts(t testing.TB, lines string) []Post {
	t.Helper()
	var all []Post
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		id, front, _ := strings.Cut(strings.TrimSpace(line), ": ")
		src := schema.Source{File: "posts/" + id + ".md", YAML: []byte(front)}
		f, ps := schema.Decode[schema.Post](src)
		if len(ps) > 0 {
			t.Fatal(line, ps)
		}
		all = append(all, Post{ID: id, Front: &f, Source: src})
	}
	return all
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// said is a queue as it may be compared: who goes where and when, and who does
// not.
func said(q *Queue) string {
	var b strings.Builder
	for _, p := range q.Placed {
		fmt.Fprintf(&b, "%s %s on %s, %s\n", p.At.UTC().Format("2006-01-02 15:04"), p.On.Post, p.Channel, p.Why)
	}
	for _, l := range q.Left {
		fmt.Fprintf(&b, "%s %s: %s\n", l.Post.ID, l.Channel, l.Text)
	}
	return b.String()
}

const twoSlots = `
slots:
  - {id: conseil, channels: [a, b], every: tuesday and thursday, at: "08:30", pillar: conseil}
  - {id: midi, channels: [a], every: friday, at: "12:00"}
`

func TestAssign(t *testing.T) {
	for _, tt := range []struct {
		name, calendar, posts, want string
		out, reserved               map[On]time.Time
	}{
		{name: "each takes the next free one of each channel", calendar: twoSlots, posts: `
			x: {publish_at: next-slot, channels: [a, b]}
			y: {publish_at: next-slot conseil, channels: [a, c]}
			z: {publish_at: "next-slot: midi", channels: [b, a]}`, want: `
			2027-01-05 08:30 x on a, slot
			2027-01-05 08:30 x on b, slot
			2027-01-07 08:30 y on a, slot
			2027-01-07 08:30 y on c, together
			2027-01-08 12:00 z on a, slot
			2027-01-08 12:00 z on b, together`},
		{name: "a pillar of its own, or else a slot that has none", calendar: twoSlots, posts: `
			x: {publish_at: next-slot, channels: [a], pillar: conseil}
			y: {publish_at: next-slot, channels: [a], pillar: recette}
			z: {publish_at: next-slot, channels: [b], pillar: recette}`, want: `
			2027-01-05 08:30 x on a, slot
			2027-01-08 12:00 y on a, slot
			z : no channel of this post has a slot; add one to calendars/, or write a time`},
		{name: "pinned, then by priority, then by what has least time", calendar: twoSlots, posts: `
			a: {publish_at: next-slot, channels: [a]}
			b: {publish_at: next-slot, channels: [a], expires: 2027-01-31}
			c: {publish_at: next-slot, channels: [a], priority: 1}
			d: {publish_at: next-slot, channels: [a], pin: 2027-01-07}
			e: {publish_at: next-slot, channels: [a], not_before: 2027-01-06}`, want: `
			2027-01-05 08:30 c on a, slot
			2027-01-07 08:30 d on a, slot
			2027-01-08 12:00 b on a, slot
			2027-01-12 08:30 a on a, slot
			2027-01-14 08:30 e on a, slot`},
		{name: "what is out keeps its slot, and so does what is promised", calendar: twoSlots, posts: `
			a: {publish_at: next-slot, channels: [a], priority: 9}
			b: {publish_at: next-slot, channels: [a]}
			c: {publish_at: next-slot, channels: [a]}`,
			out: map[On]time.Time{{"c", "a"}: moment(t, "2027-01-05 08:30")}, reserved: map[On]time.Time{{"b", "a"}: moment(t, "2027-01-07 08:30")}, want: `
			2027-01-05 08:30 c on a, out
			2027-01-07 08:30 b on a, reserved
			2027-01-08 12:00 a on a, slot`},
		{name: "a promise is kept when its slot has passed, and not when it is not to be kept", calendar: twoSlots + `
blackouts:
  - {reason: deuil, from: 2027-01-07, to: 2027-01-07}
`, posts: `
			a: {publish_at: next-slot, channels: [a]}
			b: {publish_at: next-slot, channels: [a]}
			c: {publish_at: next-slot, channels: [a], not_before: 2027-01-10}`,
			reserved: map[On]time.Time{{"a", "a"}: moment(t, "2026-12-31 08:30"), {"b", "a"}: moment(t, "2027-01-07 08:30"), {"c", "a"}: moment(t, "2027-01-08 12:00")}, want: `
			2026-12-31 08:30 a on a, reserved
			2027-01-05 08:30 b on a, slot
			2027-01-12 08:30 c on a, slot`},
		{name: "a time of one's own takes the slot it falls on", calendar: twoSlots, posts: `
			a: {publish_at: 2027-01-05 08:30, channels: [a]}
			b: {publish_at: next-slot, channels: [a]}`, want: `
			2027-01-05 08:30 a on a, fixed
			2027-01-07 08:30 b on a, slot`},
		{name: "a campaign and an event have their days", calendar: twoSlots + `
campaigns:
  - {id: epi, from: 2027-01-06, to: 2027-01-08}
events:
  - {id: atelier, title: Atelier, start: 2027-01-06 15:00}
`, posts: `
			a: {publish_at: next-slot, channels: [a], campaign: epi}
			b: {publish_at: next-slot, channels: [a], event: atelier, campaign: epi}
			c: {publish_at: next-slot, channels: [a], event: atelier}`, want: `
			2027-01-05 08:30 c on a, slot
			2027-01-07 08:30 a on a, slot
			b a: there is no free slot on a in its campaign or before its event; raise its priority, or add slots`},
		{name: "too late is too late", calendar: twoSlots, posts: `
			a: {publish_at: next-slot, channels: [a], expires: 2027-01-03}
			b: {publish_at: next-slot, channels: [b]}`, want: `
			2027-01-05 08:30 b on b, slot`},
		{name: "a post comes back when others have theirs", calendar: twoSlots, posts: `
			a: {publish_at: 2026-12-28 08:30, channels: [a, b], evergreen: {every: 8d, times: 3}}
			b: {publish_at: next-slot, channels: [a]}
			c: {publish_at: next-slot, channels: [b], evergreen: {every: 7d}}`,
			out: map[On]time.Time{{"a", "a"}: moment(t, "2026-12-28 08:30"), {"a", "b"}: moment(t, "2026-12-20 08:30"), {"a~2", "b"}: moment(t, "2026-12-29 08:30")}, want: `
			2026-12-20 08:30 a on b, out
			2026-12-28 08:30 a on a, out
			2026-12-29 08:30 a~2 on b, out
			2027-01-05 08:30 b on a, slot
			2027-01-05 08:30 c on b, slot
			2027-01-07 08:30 a~2 on a, slot
			2027-01-07 08:30 a~3 on b, slot
			2027-01-12 08:30 c~2 on b, slot`},
		{name: "quotas, spacing and links", calendar: `
slots:
  - {id: matin, channels: [a], every: day, at: "08:00"}
  - {id: tot, channels: [a], every: day, at: "09:00"}
  - {id: soir, channels: [a], every: day, at: "18:00"}
quotas:
  - {channels: [a], pillar: promo, at_most: 1, per: week}
spacing:
  - {between: 2h, same_link: 3d}
`, posts: `
			a: {publish_at: next-slot, channels: [a], pillar: promo, link: "https://a.example"}
			b: {publish_at: next-slot, channels: [a], pillar: promo}
			c: {publish_at: next-slot, channels: [a], link: "https://a.example"}
			d: {publish_at: next-slot, channels: [a]}`, want: `
			2027-01-04 18:00 a on a, slot
			2027-01-05 08:00 d on a, slot
			2027-01-07 18:00 c on a, slot
			2027-01-11 08:00 b on a, slot`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := read(t, "UTC", tt.calendar)
			in := Input{Posts: posts(t, tt.posts), Now: moment(t, "2027-01-04 09:30"), Out: tt.out, Reserved: tt.reserved}
			var want strings.Builder
			for line := range strings.Lines(strings.TrimSpace(tt.want)) {
				want.WriteString(strings.TrimSpace(line) + "\n")
			}
			if got := said(c.Assign(in)); got != want.String() {
				t.Errorf("got\n%swant\n%s", got, &want)
			}
		})
	}
}

// busy is a calendar with all there is, and posts at random that wait.
func busy(t testing.TB, r *rand.Rand, zone string, n int) (*Calendar, Input) {
	c := read(t, zone, `
slots:
  - {id: matin, channels: [a, b], every: weekday, at: "02:30", pillar: conseil}
  - {id: midi, channels: [a], every: day, at: "12:00"}
  - {id: soir, channels: [b, a], every: "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU", at: "18:15", from: 2026-12-01, pillar: recette}
blackouts:
  - {reason: nuit, between: "22:00-02:00"}
  - {reason: fermeture, from: 2027-02-15, to: 2027-02-21, channels: [a]}
  - {reason: fériés, observance: fr}
quotas:
  - {channels: [a], at_most: 1, per: day}
  - {channels: [a, b], pillar: conseil, at_most: 3, per: week}
  - {at_most: 40, per: month}
spacing:
  - {channels: [b], between: 20h, same_link: 9d}
`)
	in := Input{Now: moment(t, "2027-01-04 09:30"), Out: map[On]time.Time{}, Reserved: map[On]time.Time{}}
	var lines strings.Builder
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for i := range n {
		fmt.Fprintf(&lines, "p%03d: {publish_at: %s, channels: %s, priority: %d%s%s%s%s}\n", i, pick("next-slot", "next-slot", "next-slot conseil", "next-slot midi"), pick("[a]", "[b]", "[a, b, c]", "[b, a]"), r.IntN(3),
			pick("", ", pillar: conseil", ", pillar: recette", ", pillar: autre"), pick("", "", ", not_before: 2027-02-01", ", not_before: 2027-01-20 12:00"), pick("", "", "", ", expires: 2027-06-30"), pick("", "", ", link: \"https://a.example\"", ", link: \"https://b.example\""))
	}
	in.Posts = posts(t, lines.String())
	return c, in
}

// Whatever waits: no quota is exceeded, nothing goes out in a blackout or too
// close to another, nobody has another's slot; and neither the order of files
// nor the zone of the machine matters.
func TestQueueKeepsToTheCalendar(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 1))
		c, in := busy(t, r, []string{"Europe/Paris", "Australia/Lord_Howe", "America/New_York"}[seed%3], 20+r.IntN(150))
		q := c.Assign(in)
		want := said(q)
		for _, zone := range []string{"Asia/Tokyo", "America/St_Johns"} {
			time.Local, _ = time.LoadLocation(zone)
			other := in
			other.Posts = slices.Clone(in.Posts)
			r.Shuffle(len(in.Posts), func(i, j int) { other.Posts[i], other.Posts[j] = other.Posts[j], other.Posts[i] })
			if got := said(c.Assign(other)); got != want {
				t.Fatalf("seed %d: in another order, and in %s, it is\n%s, not\n%s", seed, zone, got, want)
			}
		}
		tally := newTally(c)
		last, links, dark := map[string]time.Time{}, map[[2]string]time.Time{}, map[string][]Span{}
		for _, channel := range c.channels() {
			dark[channel] = c.Blackouts(channel, in.Now, in.Now.Add(far))
		}
		for i := range q.Placed {
			p := &q.Placed[i]
			g := going{p.On.Post, p.Channel, p.Post.Front.Pillar, p.At}
			if over, _, _ := tally.over(g); over != nil {
				t.Errorf("seed %d: %v is over %+v", seed, p.On, *over.Quota)
			}
			tally.add(g)
			if p.Why != Together && (p.Slot == nil || !slices.Contains(p.Slot.Channels, p.Channel) || p.At.Before(in.Now)) {
				t.Errorf("seed %d: %v has no slot of its channel", seed, p.On)
			}
			if _, is := during(dark[p.Channel], p.At); is {
				t.Errorf("seed %d: %v is in a blackout", seed, p.On)
			}
			if gap := p.At.Sub(last[p.Channel]); gap == 0 && p.Channel != "c" || p.Channel == "b" && gap < 20*time.Hour {
				t.Errorf("seed %d: %v is %s behind another", seed, p.On, gap)
			}
			last[p.Channel] = p.At
			if link := p.Post.Front.Link; p.Channel == "b" && link != "" {
				if gap := p.At.Sub(links[[2]string{p.Channel, link}]); gap < 9*24*time.Hour {
					t.Errorf("seed %d: %v has a link again after %s", seed, p.On, gap)
				}
				links[[2]string{p.Channel, link}] = p.At
			}
		}
		if ps := c.Conflicts(in, q); slices.ContainsFunc(ps, func(p schema.Problem) bool {
			return slices.Contains([]string{"calendar/same-slot", "calendar/over-quota", "calendar/in-blackout", "calendar/too-close", "calendar/same-link"}, p.Check)
		}) {
			t.Errorf("seed %d: %v", seed, ps[0])
		}
	}
}

// What is promised for the coming day stays, whoever comes; and what went out
// leaves the rest where it is.
func TestQueueStands(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 2))
		c, in := busy(t, r, "Europe/Paris", 60)
		first := c.Assign(in)
		for _, p := range first.Promised(in.Now, in.Now.Add(24*time.Hour)) {
			in.Reserved[p.On] = p.At
		}
		_, more := busy(t, r, "Europe/Paris", 40)
		for i := range more.Posts {
			front := *more.Posts[i].Front
			front.Priority += 10
			more.Posts[i].ID, more.Posts[i].Front = "new"+more.Posts[i].ID, &front
		}
		with := in
		with.Posts = slices.Concat(in.Posts, more.Posts)
		second := c.Assign(with)
		for on, at := range in.Reserved {
			if got := second.At(on); !got.Equal(at) {
				t.Errorf("seed %d: %v was promised %s and has %s", seed, on, at, got)
			}
		}
		// a day later, all of it having gone out
		in.Now = in.Now.Add(24 * time.Hour)
		in.Out, in.Reserved = in.Reserved, nil
		third := c.Assign(in)
		for _, p := range first.Placed {
			if got := third.At(p.On); !got.Equal(p.At) {
				t.Errorf("seed %d: %v moved from %s to %s when others went out", seed, p.On, p.At, got)
			}
		}
	}
}

// Every day of every zone has each slot once, at its time or at what clocks
// make of it, however a stretch of years is cut.
func TestTurnsInEveryZone(t *testing.T) {
	src, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	zones := strings.Fields(string(src))
	if os.Getenv("IMPRIMATUR_LONG") == "" {
		odd := []string{"Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana", "Asia/Beirut", "Europe/Paris", "Asia/Gaza", "America/Scoresbysund", "Antarctica/Troll"}
		for i := 0; i < len(zones); i += 120 {
			odd = append(odd, zones[i])
		}
		zones = odd
	}
	from, to := moment(t, "2010-01-01 00:00"), moment(t, "2030-01-01 00:00")
	for _, name := range zones {
		c := read(t, name, `
slots:
  - {id: minuit, channels: [a], every: day, at: "00:00"}
  - {id: une, channels: [a], every: day, at: "01:30"}
  - {id: deux, channels: [a], every: day, at: "02:30"}
  - {id: midi, channels: [a], every: tuesday, at: "12:00"}
  - {id: soir, channels: [a], every: day, at: "23:45"}
`)
		zone := c.w.Zone
		for _, s := range c.Slots {
			all := s.turns(zone, from, to)
			var days []time.Time
			for i, turn := range all {
				if i > 0 && !turn.At.After(all[i-1].At) {
					t.Fatalf("%s, %s: %s and then %s", name, s.ID, all[i-1].At, turn.At)
				}
				local := turn.At.In(zone)
				if clock := local.Format("15:04"); turn.Doubt != Skipped && clock != string(s.Slot.At) {
					t.Fatalf("%s, %s: comes at %s", name, s.ID, local)
				}
				day := dayOf(local)
				if hour, _ := s.Slot.At.Of(); turn.Doubt == Skipped && local.Hour() < hour { // clocks jump over midnight
					day = day.AddDate(0, 0, -1)
				}
				days = append(days, day)
			}
			want := everyDay(zone, from, to, s)
			if !slices.Equal(days, want) {
				t.Fatalf("%s, %s: %d days, want %d", name, s.ID, len(days), len(want))
			}
			var pieces []Turn
			for a := from; a.Before(to); a = a.Add(777 * time.Hour) {
				pieces = append(pieces, s.turns(zone, a, earlier(a.Add(777*time.Hour), to))...)
			}
			if !reflect.DeepEqual(pieces, all) {
				t.Fatalf("%s, %s: cut in pieces there are %d, not %d", name, s.ID, len(pieces), len(all))
			}
		}
	}
}

// everyDay lists the days that a zone has, by its own noons, if the slot's time
// on them is inside.
func everyDay(zone *time.Location, from, to time.Time, s *Slot) []time.Time {
	var days []time.Time
	hour, minute := s.Slot.At.Of()
	for y := from.Year() - 1; y <= to.Year(); y++ {
		for n := 1; n <= 366; n++ {
			noon := time.Date(y, 1, n, 12, 0, 0, 0, zone)
			day := time.Date(y, 1, n, 0, 0, 0, 0, time.UTC)
			if noon.Day() != day.Day() || noon.Year() != y || s.Every == "tuesday" && noon.Weekday() != time.Tuesday {
				continue
			}
			// what the standard library makes of the time is within hours of ours
			m := time.Date(y, 1, n, hour, minute, 0, 0, zone)
			if gap := 30 * time.Hour; m.Sub(from).Abs() < gap || to.Sub(m).Abs() < gap {
				m, _ = Moment(schema.Time{Wall: day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)}, zone)
			}
			if !m.Before(from) && m.Before(to) {
				days = append(days, day)
			}
		}
	}
	return days
}

// BenchmarkAssign gives 10,000 posts their slots in a year of 30 slots a day.
func BenchmarkAssign(b *testing.B) {
	var yaml strings.Builder
	yaml.WriteString("slots:\n")
	for i := range 30 {
		fmt.Fprintf(&yaml, "  - {id: s%d, channels: [a, b, c], every: day, at: \"%02d:%02d\", pillar: p%d}\n", i, 7+i/2, i%2*30, i%4)
	}
	yaml.WriteString("quotas:\n  - {channels: [a, b, c], at_most: 29, per: day}\n  - {channels: [a], pillar: p1, at_most: 50, per: week}\nspacing:\n  - {between: 20m, same_link: 3d}\nblackouts:\n  - {reason: nuit, between: \"22:00-07:00\"}\n")
	c := read(b, "Europe/Paris", yaml.String())
	in := Input{Now: moment(b, "2027-01-04 09:30")}
	for i := range 10_000 {
		f := &schema.Post{PublishAt: schema.When{Next: true}, Priority: i % 7}
		f.Channels = []string{"a", "b", "c"}[i%3 : i%3+1]
		if i%10 == 0 {
			f.Channels = []string{"a", "b", "c"}
		}
		if i%2 == 0 {
			f.Pillar = fmt.Sprint("p", i%4)
		}
		f.Link = fmt.Sprint("https://a.example/", i%1000)
		in.Posts = append(in.Posts, Post{ID: fmt.Sprint("post-", i), Front: f})
	}
	for b.Loop() {
		if q := c.Assign(in); len(q.Left) > 0 {
			b.Fatal(len(q.Left), q.Left[0])
		}
	}
}
