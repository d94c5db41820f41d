package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// opened is a workspace as it is at a moment.
func opened(t *testing.T, dir string, now time.Time) *Space {
	t.Helper()
	e := New(platforms(), func(string) string { return "" }, "test")
	e.Now = func() time.Time { return now }
	s, err := e.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// planned is the plan by what a ledger says.
func planned(t *testing.T, s *Space, l *ledger.Ledger, now time.Time) plan.Plan {
	t.Helper()
	p, err := s.planOf(t.Context(), s.input(l, now, 0))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lines is a plan, one action a line.
func lines(p plan.Plan) string {
	var b strings.Builder
	for _, a := range p.Actions {
		fmt.Fprintf(&b, "%s %s %s: %s\n", a.Verb, a.Post, a.Channel, a.Why)
	}
	return b.String() + p.Refused
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(want)) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	if got != b.String() {
		t.Errorf("%s: got\n%swant\n%s", what, got, &b)
	}
}

func when(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

const week = `-- calendars/2027.yaml --
version: 1
slots:
  - {id: conseil, channels: [site, mastodon], every: tuesday and thursday, at: "08:30", pillar: conseil}
blackouts:
  - {reason: Fermeture, from: 2027-01-10, to: 2027-01-11}
quotas:
  - {channels: [mastodon], at_most: 1, per: day}
`

// A post waits for its slot, goes out in it, and leaves the next to others.
func TestQueueIsPublished(t *testing.T) {
	dir := unpack(t, txtar.Parse([]byte(week+`-- posts/a.md --
---
title: Un
publish_at: next-slot conseil
channels: [site]
---
Le premier.
-- posts/b.md --
---
title: Deux
publish_at: next-slot
channels: [site]
---
Le deuxième.
`)))
	before := when(t, "2027-01-04T10:00:00Z")
	p, _, err := opened(t, dir, before).Plan(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "before", lines(p), `
		wait a site: due 2027-01-05 08:30 CET
		wait b site: due 2027-01-07 08:30 CET`)
	for i, now := range []time.Time{before, when(t, "2027-01-05T07:35:00Z")} { // no run begins at the very second
		clock := func() time.Time { return now }
		if _, err := opened(t, dir, now).Publish(t.Context(), Options{Clock: clock, Run: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	// a post that comes before all others takes no slot that somebody had
	if err := os.WriteFile(filepath.Join(dir, "posts", "c.md"), []byte("---\ntitle: Trois\npublish_at: next-slot\npriority: 9\nchannels: [site]\n---\nLe troisième.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	after := when(t, "2027-01-05T12:00:00Z")
	if p, _, err = opened(t, dir, after).Plan(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	same(t, "after", lines(p), `
		wait c site: due 2027-01-07 08:30 CET
		wait b site: due 2027-01-12 08:30 CET`)
	if s := opened(t, dir, after); schema.Errors(s.Problems) {
		t.Errorf("problems: %v", s.Problems)
	}
}

// What the calendar holds back waits or is skipped, with the reason.
func TestCalendarHoldsBack(t *testing.T) {
	dir := unpack(t, txtar.Parse([]byte(week+`-- posts/a.md --
---
publish_at: 2027-01-10 08:30
channels: [mastodon]
---
Dans la fermeture.
-- posts/b.md --
---
publish_at: 2027-01-12 08:00
channels: [mastodon]
---
Le premier du jour.
-- posts/c.md --
---
publish_at: 2027-01-12 09:00
channels: [mastodon]
---
Le second du jour.
-- posts/d.md --
---
publish_at: next-slot
expires: 2027-01-09
channels: [mastodon]
---
Trop tard.
-- posts/e.md --
---
publish_at: next-slot autre
channels: [mastodon]
---
Nulle part.
-- posts/f.md --
---
publish_at: 2027-01-01 08:00
timezone: Indian/Mauritius
channels: [mastodon]
---
Déjà en ligne.
`)))
	s := opened(t, dir, when(t, "2027-01-01T00:00:00Z"))
	for at, want := range map[string]string{
		"2027-01-10T08:00:00Z": `
			skip d mastodon: it expired on 2027-01-09
			skip e mastodon: unknown slot or pillar "autre"; known here: conseil
			wait a mastodon: Fermeture, until 2027-01-12 00:00 CET
			wait b mastodon: due 2027-01-12 08:00 CET
			wait c mastodon: due 2027-01-12 09:00 CET`,
		"2027-01-12T09:00:00Z": `
			skip d mastodon: it expired on 2027-01-09
			skip e mastodon: unknown slot or pillar "autre"; known here: conseil
			ask a mastodon: it is 2 days late: give it a new publish_at, or late: {policy: publish, after: 1d}
			publish b mastodon: due 2027-01-12 08:00 CET
			wait c mastodon: the calendar allows 1 post a day, until 2027-01-13 00:00 CET`,
	} {
		s = opened(t, dir, when(t, at))
		due := when(t, "2027-01-01T04:00:00Z")
		l := ledger.New(schema.Receipt{At: due, Run: "1", Post: "f", Channel: "mastodon", Part: 1, State: schema.Live, Op: "publish", Key: "k", Digest: s.digests("f", "mastodon")[0], ID: "1", Due: due})
		same(t, at, lines(planned(t, s, l, when(t, at))), want)
	}
	if got := s.First(s.Post("f")).UTC().Format(time.RFC3339); got != "2027-01-01T04:00:00Z" {
		t.Errorf("in its own zone, it is due at %s", got)
	}
}

// A post comes back with its next text, under an id of its own, and each round
// stays what it was.
func TestPostComesBack(t *testing.T) {
	dir := unpack(t, txtar.Parse([]byte(week+`-- posts/a.md --
---
publish_at: 2027-01-05 08:30
channels: [site, mastodon]
title: Un
evergreen: {every: 7d, times: 3, texts: ["La deuxième fois, c’est mieux."]}
---
La première fois.
-- posts/b.md --
---
publish_at: next-slot
channels: [mastodon]
---
Un autre.
`)))
	now := when(t, "2027-01-06T12:00:00Z")
	s := opened(t, dir, now)
	receipt := func(id, due, digest string) schema.Receipt {
		at := when(t, due)
		return schema.Receipt{At: at, Run: "1", Post: id, Channel: "mastodon", Part: 1, State: schema.Live, Op: "publish", Key: "k" + id, Digest: digest, ID: id, Due: at}
	}
	first := receipt("a", "2027-01-05T07:30:00Z", s.digests("a", "mastodon")[0])
	site := first
	site.Channel, site.Digest = "site", s.digests("a", "site")[0]
	l := ledger.New(first, site)
	p := planned(t, s, l, now)
	same(t, "first", lines(p), `
		wait b mastodon: due 2027-01-07 08:30 CET
		wait a~2 mastodon: due 2027-01-12 08:30 CET`)
	v := p.Actions[1].Wish.Variant()
	if v.Post != "a~2" || !strings.HasPrefix(v.Parts[0].Text, "La deuxième fois") || v.Digests[0] != p.Actions[1].Wish.Digests[0] || v.Digests[0] == first.Digest {
		t.Errorf("it comes back as %+v", v)
	}
	l.Add(receipt("a~2", "2027-01-12T07:30:00Z", v.Digests[0]))
	now = when(t, "2027-01-13T12:00:00Z")
	s = opened(t, dir, now)
	same(t, "second", lines(planned(t, s, l, now)), `
		wait b mastodon: due 2027-01-14 08:30 CET
		wait a~3 mastodon: due 2027-01-19 08:30 CET`)
	l.Add(receipt("a~3", "2027-01-19T07:30:00Z", first.Digest))
	l.Add(receipt("b", "2027-01-14T07:30:00Z", s.digests("b", "mastodon")[0]))
	same(t, "third", lines(planned(t, opened(t, dir, now.AddDate(0, 1, 0)), l, now.AddDate(0, 1, 0))), "")
}
