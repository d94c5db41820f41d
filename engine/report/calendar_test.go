package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
)

// crowded has long names, signs of several runes and everything at once.
func crowded() *almanac.Almanac {
	at := func(day, hour int) time.Time { return time.Date(2027, 1, day, hour, 30, 0, 0, time.UTC) }
	midnight := func(day int) time.Time { return time.Date(2027, 1, day, 0, 0, 0, 0, time.UTC) }
	a := &almanac.Almanac{Brand: "Boulangerie 👩🏽‍🍳 Dupain", Lang: "fr", Zone: "UTC", Now: at(6, 9), From: midnight(1), To: midnight(32),
		Channels:    []almanac.Channel{{Name: "mastodon"}, {Name: "maurice", Zone: "Indian/Mauritius"}},
		Drafts:      []almanac.Draft{{Post: strings.Repeat("long/", 30)}},
		Free:        []almanac.Free{{Slot: "conseil", At: at(5, 8), Channels: []string{"mastodon"}}, {Slot: "midi-et-quart-de-la-semaine-des-quatre-jeudis", Pillar: "e\u0301te\u0301", At: at(20, 12), Channels: []string{"mastodon", "maurice"}}},
		Blackouts:   []almanac.Blackout{{Reason: "Fermeture \x1b[31mannuelle", From: midnight(25), To: midnight(28), First: "2027-01-25", Last: "2027-01-27", Channels: []string{"mastodon"}}},
		Observances: []almanac.Observance{{Date: "2027-01-01", Name: "Jour de l’an", Off: true}, {Date: "2027-01-12", Name: "Fête de la lune", Estimate: true}},
		Events:      []almanac.Event{{ID: "a", Title: "Atelier", Place: "au fournil, derrière la boutique, par la cour", From: at(6, 15), To: at(6, 17)}},
		Campaigns:   []almanac.Campaign{{ID: "epiphanie-de-la-galette-et-du-roi", From: midnight(2), To: midnight(11), Posts: 1}},
	}
	for i, state := range []string{Live, Partly, Waiting, Due, Sending, Unknown, Handed, Failed, Refused, Retracted, Gone, "ask", "hold", "skip"} {
		a.Posts = append(a.Posts, almanac.Post{Post: fmt.Sprintf("2027/%s-%s", state, strings.Repeat("👨‍👩‍👧", i)), Title: strings.Repeat("Un titre 🇫🇷 ", i), Channel: []string{"mastodon", "maurice"}[i%2], At: at(1+2*i, 8), State: state,
			Why: "somebody must look at it, and this is said at length so that it does not fit on any line", Queued: i%3 == 0, Slot: "conseil"})
	}
	return a
}

// A calendar keeps to its columns, whatever is in it, and colour changes no
// letter of it.
func TestCalendarWidth(t *testing.T) {
	for _, view := range []string{AgendaView, WeekView, MonthView} {
		for _, width := range []int{60, 72, 80, 97, 120, 160} {
			var dull, bright strings.Builder
			(&Text{W: &dull}).Calendar(crowded(), view, width)
			(&Text{W: &bright, Color: true}).Calendar(crowded(), view, width)
			for i, line := range strings.Split(dull.String(), "\n") {
				if i > 0 && wide(line) > width {
					t.Errorf("%s at %d: %d columns: %s", view, width, wide(line), line)
				}
				if strings.HasSuffix(line, " ") || strings.Contains(line, "\x1b") {
					t.Errorf("%s at %d: %q", view, width, line)
				}
			}
			if plain := bare(bright.String()); strings.ReplaceAll(plain, " ", "") != strings.ReplaceAll(dull.String(), " ", "") || bright.Len() == dull.Len() {
				t.Errorf("%s at %d is not the same in colour", view, width)
			}
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		s    string
		n    int
		want string
	}{
		{"galette", 7, "galette"}, {"galette", 6, "galet…"}, {"galette", 1, "…"}, {"e\u0301te\u0301s", 3, "e\u0301t…"}, {"👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2, "👨‍👩‍👧…"}, {"", 3, ""}, {"la galette", 4, "la…"},
	} {
		if got := cut(tt.s, tt.n); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.want)
		}
	}
}

// What files say does nothing on GitHub.
func TestCalendarMarkdown(t *testing.T) {
	a := crowded()
	a.Posts[0].Post, a.Campaigns[0].ID, a.Observances[0].Name, a.Events[0].Title = "@dupain|x", "<img src=x>", "#12 | fixes", "[a](javascript:b)"
	a.Posts[0].Channel, a.Drafts[0].Post = "a|b", "@all"
	var m Markdown
	m.Calendar(a)
	page := strings.Join(m.Blocks, "\n\n")
	for _, want := range []string{"`@dupain\\|x`", "`<img` `src=x>`", "`#12` `\\|` fixes", "`[a](javascript:b),`", "`a\\|b`", "`@all`"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s\n%s", want, page)
		}
	}
}
