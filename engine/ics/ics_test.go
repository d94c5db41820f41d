package ics

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/teambition/rrule-go"
)

// A node is a component as the test reads it, strictly by RFC 5545: CRLF, at
// most 75 octets of whole characters a line, no control characters.
type node struct {
	name  string
	lines []line
	parts []*node

	onsets []time.Time // of an observance, once they were asked for
}

type line struct{ name, params, value string }

func parse(file []byte) (*node, error) {
	text, ok := strings.CutSuffix(string(file), "\r\n")
	if !ok {
		return nil, errors.New("the last line has no end")
	}
	var unfolded []string
	for _, l := range strings.Split(text, "\r\n") {
		rest, folded := strings.CutPrefix(l, " ")
		switch {
		case len(l) > 75 || !utf8.ValidString(l) || strings.ContainsFunc(l, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return nil, fmt.Errorf("not a line: %q", l)
		case folded && len(unfolded) > 0:
			unfolded[len(unfolded)-1] += rest
		default:
			unfolded = append(unfolded, l)
		}
	}
	root := &node{}
	open := []*node{root}
	for _, l := range unfolded {
		head, value, ok := strings.Cut(l, ":")
		name, params, _ := strings.Cut(head, ";")
		now := open[len(open)-1]
		switch {
		case !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" || strings.Trim(params, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=/_+-") != "":
			return nil, fmt.Errorf("not a property: %q", l)
		case name == "BEGIN":
			n := &node{name: value}
			now.parts, open = append(now.parts, n), append(open, n)
		case name == "END":
			if open = open[:len(open)-1]; value != now.name {
				return nil, fmt.Errorf("%s ends %s", value, now.name)
			}
		default:
			now.lines = append(now.lines, line{name, params, value})
		}
	}
	if len(open) != 1 || len(root.parts) != 1 || len(root.lines) != 0 || root.parts[0].name != "VCALENDAR" {
		return nil, errors.New("not one calendar")
	}
	return root.parts[0], nil
}

// text is a value of type TEXT.
func text(value string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ',' || c == ';':
			return "", fmt.Errorf("bare %q", c)
		case c != '\\':
			b.WriteByte(c)
		case i+1 == len(value) || !strings.ContainsRune(`\;,nN`, rune(value[i+1])):
			return "", errors.New("a backslash alone")
		default:
			if i++; value[i]|0x20 == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(value[i])
			}
		}
	}
	return b.String(), nil
}

func (n *node) all(name string) []line {
	return slices.DeleteFunc(slices.Clone(n.lines), func(l line) bool { return l.name != name })
}

func (n *node) kinds(name string) []*node {
	return slices.DeleteFunc(slices.Clone(n.parts), func(p *node) bool { return p.name != name })
}

// texts are those of a name; one that is not text is an error.
func (n *node) texts(t *testing.T, name string) []string {
	t.Helper()
	var list []string
	for _, l := range n.all(name) {
		s, err := text(l.value)
		if err != nil {
			t.Errorf("%s is %q: %v", name, l.value, err)
		}
		list = append(list, s)
	}
	return list
}

// moment is when a time with a zone is, by what the file says of that zone.
func (n *node) moment(t *testing.T, l line) time.Time {
	t.Helper()
	if at, err := time.Parse(wall+"Z", l.value); err == nil && l.params == "" {
		return at
	}
	clock, err := time.Parse(wall, l.value)
	zone := strings.TrimPrefix(l.params, "TZID=")
	i := slices.IndexFunc(n.parts, func(p *node) bool { return p.name == "VTIMEZONE" && p.all("TZID")[0].value == zone })
	if err != nil || i < 0 {
		t.Fatalf("%v is no time", l)
	}
	var latest, at time.Time
	for _, o := range n.parts[i].parts {
		from, to := seconds(t, o.all("TZOFFSETFROM")[0].value), seconds(t, o.all("TZOFFSETTO")[0].value)
		for _, set := range o.times(t, from) {
			if !set.Add(max(0, to-from)).After(clock) && set.After(latest) {
				latest, at = set, clock.Add(-to)
			}
		}
	}
	if latest.IsZero() {
		t.Fatalf("%s says nothing of %s", zone, l.value)
	}
	return at
}

// times are the clocks as they are set by an observance.
func (n *node) times(t *testing.T, from time.Duration) []time.Time {
	t.Helper()
	if n.onsets != nil {
		return n.onsets
	}
	start, err := time.Parse(wall, n.all("DTSTART")[0].value)
	if err != nil {
		t.Fatal(err)
	}
	n.onsets = []time.Time{start}
	for _, r := range n.all("RDATE") {
		d, err := time.Parse(wall, r.value)
		if err != nil {
			t.Fatal(err)
		}
		n.onsets = append(n.onsets, d)
	}
	for _, r := range n.all("RRULE") {
		option, err := rrule.StrToROption(r.value)
		if err != nil {
			t.Fatal(err)
		}
		if option.Dtstart = start; !option.Until.IsZero() {
			option.Until = option.Until.Add(from)
		}
		rule, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		n.onsets = append(n.onsets, rule.Between(start, start.AddDate(60, 0, 0), true)...)
	}
	return n.onsets
}

func seconds(t *testing.T, offset string) time.Duration {
	t.Helper()
	var h, m, s int
	if n, err := fmt.Sscanf(offset[1:], "%02d%02d%02d", &h, &m, &s); n < 2 {
		t.Fatal(offset, err)
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if offset[0] == '-' {
		return -d
	}
	return d
}

func load(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

const week = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Imprimatur//Imprimatur//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Boulangerie Dupain\, la semaine
X-WR-CALNAME:Boulangerie Dupain\, la semaine
REFRESH-INTERVAL;VALUE=DURATION:PT1H0M0S
X-PUBLISHED-TTL:PT1H0M0S
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270328T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:galette/mastodon@dupain.example
DTSTAMP:20261122T180000Z
DTSTART;TZID=Europe/Paris:20270104T083000
SUMMARY:La galette est arrivée 🥐
DESCRIPTION:Elle est là ! Frangipane maison\, sans fève en plastique\;
  merci Ana.\n\nhttps://dupain.example/galette
URL:https://dupain.example/galette
STATUS:CONFIRMED
CATEGORIES:epiphanie
CATEGORIES:pain\, gâteaux
TRANSP:TRANSPARENT
SEQUENCE:2
LAST-MODIFIED:20261120T070000Z
END:VEVENT
BEGIN:VEVENT
UID:fermeture@dupain.example
DTSTAMP:20261122T180000Z
DTSTART;VALUE=DATE:20270215
DTEND;VALUE=DATE:20270222
SUMMARY:Fermeture annuelle
END:VEVENT
END:VCALENDAR
`

func TestEncode(t *testing.T) {
	paris := load(t, "Europe/Paris")
	stamp := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	c := Calendar{
		Name: "Boulangerie Dupain, la semaine", Refresh: time.Hour,
		Events: []Event{
			{
				UID: "galette/mastodon@dupain.example", Summary: "La galette est arrivée 🥐", URL: "https://dupain.example/galette",
				Description: "Elle est là ! Frangipane maison, sans fève en plastique; merci Ana.\r\n\r\nhttps://dupain.example/galette",
				Start:       time.Date(2027, 1, 4, 8, 30, 0, 0, paris), Status: Confirmed, Categories: []string{"epiphanie", "pain, gâteaux"},
				Stamp: stamp, Modified: time.Date(2026, 11, 20, 8, 0, 0, 0, paris), Sequence: 2,
			},
			{
				UID: "fermeture@dupain.example", Summary: "Fermeture annuelle\x00", AllDay: true, Busy: true, Stamp: stamp,
				Start: time.Date(2027, 2, 15, 0, 0, 0, 0, paris), End: time.Date(2027, 2, 22, 0, 0, 0, 0, paris),
			},
		},
	}
	got, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.ReplaceAll(string(got), "\r\n", "\n"); s != week {
		t.Errorf("it is\n%s", s)
	}
	if again, err := c.Encode(); err != nil || !bytes.Equal(got, again) {
		t.Error("twice is not the same")
	}
}

func TestFaults(t *testing.T) {
	at := time.Date(2027, 1, 4, 8, 30, 0, 0, time.UTC)
	good := Event{UID: "a", Start: at, Stamp: at}
	for want, change := range map[string]func(*Event){
		"":                            func(e *Event) {},
		"it has no UID":               func(e *Event) { e.UID = "\x07" },
		"another event has its UID":   func(e *Event) { e.UID = "b" },
		"it has no stamp":             func(e *Event) { e.Stamp = time.Time{} },
		"it has no start":             func(e *Event) { e.Start = time.Time{} },
		"it ends before it begins":    func(e *Event) { e.End = at.Add(-time.Second) },
		`there is no status "LATE"`:   func(e *Event) { e.Status = "LATE" },
		"its sequence is -1":          func(e *Event) { e.Sequence = -1 },
		"its URL is not a whole addr": func(e *Event) { e.URL = "galette" },
		"the year 10000 is not":       func(e *Event) { e.Start = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"two zones are called Here":   func(e *Event) { e.Start = at.In(time.FixedZone("Here", 3600)) },
	} {
		e := good
		change(&e)
		c := Calendar{Events: []Event{{UID: "b", Start: at.In(time.FixedZone("Here", 7200)), Stamp: at}, e}}
		_, err := c.Encode()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	c := Calendar{Events: []Event{{UID: "a", Start: at, End: at.Add(time.Hour), AllDay: true, Stamp: at}}}
	if _, err := c.Encode(); err == nil {
		t.Error("a day of no day is written")
	}
}

// Whatever the texts are, a strict reader gets them back.
func FuzzTexts(f *testing.F) {
	f.Add("La galette\r\nest arrivée, enfin; \\o/", "é🥐👩‍👩‍👧 ", "fournil")
	f.Add(strings.Repeat("Elle est là ! Frangipane maison, sans fève en plastique. ", 20), strings.Repeat("🥐", 100), strings.Repeat("<", 200))
	f.Add("END:VEVENT\r\nBEGIN:VEVENT\nDTSTART:19700101", "\x00\x1b[31m\x7f\t\u0085\u2028", "\xff\xfe,")
	f.Add(strings.Repeat("a", 74)+" b", " "+strings.Repeat("\\", 80), strings.Repeat(" ", 160))
	f.Add("\rx\r\n\n", "a b"+strings.Repeat("é", 60), ">"+strings.Repeat("ab>", 40))
	f.Fuzz(func(t *testing.T, a, b, c string) {
		at := time.Date(2027, 1, 4, 8, 30, 0, 0, time.UTC)
		cal := Calendar{Name: a, Description: b, Events: []Event{{UID: "u" + c, Summary: a, Description: b, Location: c, Categories: []string{a, b, c}, Start: at, Stamp: at}}}
		file, err := cal.Encode()
		if err != nil {
			t.Fatal(err)
		}
		n, err := parse(file)
		if err != nil {
			t.Fatalf("%v in\n%s", err, file)
		}
		same := func(got []string, want ...string) {
			want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "" })
			if !slices.Equal(got, want) {
				t.Errorf("%q came back as %q", want, got)
			}
		}
		a, b, c = kept(a), kept(b), kept(c)
		same(n.texts(t, "X-WR-CALNAME"), a)
		same(n.texts(t, "DESCRIPTION"), b)
		events := n.kinds("VEVENT")
		if len(n.parts) != 1 || len(events) != 1 || len(events[0].parts) != 0 || len(events[0].lines) > 10 {
			t.Fatalf("it is another calendar:\n%s", file)
		}
		e := events[0]
		same(e.texts(t, "UID"), "u"+c)
		same(e.texts(t, "SUMMARY"), a)
		same(e.texts(t, "DESCRIPTION"), b)
		same(e.texts(t, "LOCATION"), c)
		same(e.texts(t, "CATEGORIES"), a, b, c)
	})
}

// kept is what is to come back of a text, said another way than clean does.
func kept(s string) string {
	var b strings.Builder
	s = strings.ToValidUTF8(s, "\ufffd")
	for i, r := range s {
		switch {
		case r == '\n' && i > 0 && s[i-1] == '\r':
		case r == '\r':
			b.WriteByte('\n')
		case r == '\n' || r == '\t' || r >= ' ' && (r < 0x7f || r > 0x9f):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// zoneNames are a few zones of every kind, or all of them with IMPRIMATUR_LONG.
func zoneNames(t testing.TB) []string {
	if os.Getenv("IMPRIMATUR_LONG") == "" {
		return []string{
			"Europe/Paris", "Europe/London", "Europe/Dublin", "Indian/Mauritius", "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/Caracas", "America/Nuuk",
			"Africa/Casablanca", "Africa/Cairo", "Africa/Juba", "Asia/Tehran", "Asia/Kathmandu", "Asia/Gaza", "Asia/Jerusalem", "Asia/Pyongyang", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Etc/GMT+12", "EST5EDT",
		}
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	var list []string
	for _, f := range files.File {
		if !strings.HasSuffix(f.Name, "/") && !slices.Contains([]string{"Factory", "UTC"}, f.Name) {
			list = append(list, f.Name)
		}
	}
	return list
}

// events are times in a zone: some of each year, and those about which its
// clocks are set.
func events(zone *time.Location, from, to int) []Event {
	var list []Event
	add := func(t time.Time) {
		list = append(list, Event{UID: fmt.Sprint(len(list)), Start: t.In(zone), End: t.Add(45 * time.Minute).In(zone), Stamp: t})
	}
	for t := time.Date(from, 1, 1, 9, 0, 0, 0, zone); t.Year() <= to; t = t.AddDate(0, 1, 3) {
		add(t)
	}
	for t := time.Date(from, 1, 1, 0, 0, 0, 0, zone); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Year() > to {
			return list
		}
		for m := -150; m <= 150; m += 30 {
			add(end.Add(time.Duration(m) * time.Minute))
		}
		t = end
	}
}

// In every zone, what a file says of it brings back every time, however few
// or many years of events there are.
func TestZones(t *testing.T) {
	spans := [][2]int{{2027, 2027}, {2014, 2018}, {1969, 1971}}
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		spans = append(spans, [2]int{2005, 2030})
	}
	for _, name := range zoneNames(t) {
		zone := load(t, name)
		for _, years := range spans {
			c := Calendar{Events: events(zone, years[0], years[1])}
			file, err := c.Encode()
			if err != nil {
				t.Fatal(err)
			}
			n, err := parse(file)
			if err != nil {
				t.Fatal(err)
			}
			bad := 0
			for i, e := range n.kinds("VEVENT") {
				start, end := n.moment(t, e.all("DTSTART")[0]), n.moment(t, e.all("DTEND")[0])
				if !start.Equal(c.Events[i].Start) || !end.Equal(c.Events[i].End) {
					if bad++; bad < 3 {
						t.Errorf("%v in %s comes back as %v to %v", c.Events[i].Start, name, start, end)
					}
				}
			}
			if bad > 0 {
				zone, _, _ := bytes.Cut(file, []byte("BEGIN:VEVENT"))
				t.Errorf("%s, %v: %d times are lost\n%s", name, years, bad, zone)
			}
		}
	}
}

// A zone goes on by its rules as far as anybody plans, also where ZoneBounds
// finds no end of a leap year.
func TestFarAhead(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		at := func(year int) time.Time { return time.Date(year, 12, 31, 20, 0, 0, 0, zone) }
		for year := 2030; year <= 2104; year++ {
			c := Calendar{Events: []Event{{UID: "a", Start: at(2027), Stamp: at(2027)}, {UID: "b", Start: at(year), Stamp: at(2027)}}}
			file, err := c.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(file), "TZOFFSETTO"); n != 2 || strings.Contains(string(file), "UNTIL") {
				t.Errorf("%s in %d: %d times that clocks are set\n%s", name, year, n, file)
			}
			if want := fmt.Sprintf("DTSTART;TZID=%s:%d1231T200000", name, year); !strings.Contains(string(file), want) {
				t.Errorf("%s in %d: it is not told as its clocks show it", name, year)
			}
		}
	}
}
