package almanac

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/imprimatur-ci/imprimatur/schema"
)

var update = flag.Bool("update", false, "write the goldens anew")

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// sample is three weeks with something of every kind.
func sample(t *testing.T, lang string) *Almanac {
	paris := zone(t, "Europe/Paris")
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, paris)
	}
	return &Almanac{Brand: "Boulangerie Dupain", Lang: lang, Zone: "Europe/Paris", Now: at(1, 6, 9, 0), From: at(1, 1, 0, 0), To: at(1, 18, 0, 0),
		Channels: []Channel{{Name: "blog", Title: "Web site"}, {Name: "mastodon", Title: "Mastodon"}, {Name: "maurice", Title: "Mastodon", Zone: "Indian/Mauritius"}},
		Posts: []Post{
			{Post: "2027/galette", Title: "La galette est arrivée", File: "posts/2027/galette.md", Channel: "blog", At: at(1, 4, 8, 30), Since: at(1, 4, 8, 31).UTC(), State: "live", URL: "https://dupain.example/2027/galette.html", Campaign: "epiphanie"},
			{Post: "2027/galette", Title: "La galette est arrivée", File: "posts/2027/galette.md", Channel: "mastodon", At: at(1, 4, 8, 30), Since: at(1, 4, 8, 32).UTC(), State: "live", URL: "https://mastodon.example/@dupain/1", Campaign: "epiphanie"},
			{Post: "2027/sondage", File: "posts/2027/sondage.md", Channel: "mastodon", At: at(1, 5, 12, 0), Since: at(1, 5, 12, 1).UTC(), State: "unknown", Why: "it may be live: the outcome of the last run was lost"},
			{Post: "2027/soupe", Title: "La soupe à l’oignon", File: "posts/2027/soupe.md", Channel: "mastodon", At: at(1, 7, 8, 30), State: "waiting", Why: "not before 08:30", Slot: "conseil", Queued: true},
			{Post: "2027/soupe", Title: "La soupe à l’oignon", File: "posts/2027/soupe.md", Channel: "maurice", At: at(1, 7, 8, 30), State: "waiting", Why: "too", Slot: "conseil", Queued: true},
			{Post: "2026/baba~2", Title: "Baba au rhum", File: "posts/2026/baba.md", Channel: "blog", At: at(1, 8, 17, 0), State: "waiting", Round: 2},
		},
		Drafts: []Draft{{Post: "2027/merci", Title: "Merci", File: "posts/2027/merci.md", Channels: []string{"blog"}}},
		Free: []Free{
			{Slot: "conseil", Pillar: "conseil", At: at(1, 5, 8, 30), Channels: []string{"mastodon"}},
			{Slot: "midi", Pillar: "conseil", At: at(1, 12, 12, 0), Channels: []string{"blog", "mastodon"}},
		},
		Blackouts: []Blackout{
			{Reason: "La nuit", From: at(1, 4, 21, 30), To: at(1, 5, 6, 30), Channels: []string{"mastodon"}},
			{Reason: "La nuit", From: at(1, 5, 21, 30), To: at(1, 6, 6, 30), Channels: []string{"mastodon"}},
			{Reason: "Inventaire", From: at(1, 11, 14, 0), To: at(1, 11, 16, 0)},
			{Reason: "Travaux", From: at(1, 14, 0, 0), To: at(1, 18, 0, 0), First: "2027-01-14", Last: "2027-01-17", Channels: []string{"blog"}},
			{Reason: "Travaux", From: at(1, 13, 21, 30), To: at(1, 18, 6, 30), First: "2027-01-14", Last: "2027-01-17", Channels: []string{"mastodon"}},
		},
		Observances: []Observance{{Date: "2027-01-01", Name: "Jour de l’an", Off: true}, {Date: "2027-01-06", Name: "Épiphanie"}, {Date: "2027-01-15", Name: "Fête de la lune", Estimate: true}},
		Events:      []Event{{ID: "atelier", Title: "Atelier galette", Place: "au fournil", From: at(1, 6, 15, 0), To: at(1, 6, 17, 0)}, {ID: "foire", Title: "La foire", From: at(1, 8, 0, 0), To: at(1, 10, 0, 0), Whole: true}},
		Campaigns:   []Campaign{{ID: "epiphanie", From: at(1, 2, 0, 0), To: at(1, 13, 0, 0), Posts: 1, Goal: 6}},
		Conflicts:   []schema.Problem{{Pos: schema.Pos{File: "posts/2027/soupe.md", Line: 2, Col: 1}, Check: "calendar/too-close", Text: "too close"}},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not as it was; run go test ./engine/almanac -update and read the difference", file)
	}
}

func TestGoldens(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		a := sample(t, lang)
		page, err := a.HTML()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(page), "</style>")
		golden(t, "page."+lang+".html", []byte("<!-- without its head -->"+rest))
		file, err := a.ICS(Subscription{Slots: true})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "calendar."+lang+".ics", bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")))
	}
}

// What a page says was looked at in a browser: at 390 and 1280 pixels, in
// light and dark. These are the things that were seen and must stay.
func TestPage(t *testing.T) {
	data, err := sample(t, "fr").HTML()
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for what, want := range map[string]string{
		"columns have names for who cannot see them":   `<th scope="col"><abbr title="lundi">lun.</abbr></th>`,
		"a campaign is a bar over its days":            `<td colspan="2"><span class="bar campaign begins">`,
		"the bar begins in its column":                 `<tr class="bars"><td colspan="5"></td><td colspan="2">`,
		"a day without a post is told from one behind": `<td class="today">`,
		"days that are not asked for are faint":        `<td class="out">`,
		"what is published shows it":                   `<li class="post good"><span class="time">08:30</span> <span class="what" dir="auto">La galette est arrivée</span>`,
		"what is wrong shows it":                       `<li class="post bad">`,
		"and says why":                                 `it may be live: the outcome of the last run was lost`,
		"a dot is not all that tells of a channel":     `<span class="mark c1"><span class="dot" aria-hidden="true"></span><bdi>mastodon</bdi></span>`,
		"another zone's time is said":                  `11:30 à Indian/Mauritius`,
		"holidays are marked":                          `Jour de l’an (jour férié)`,
		"estimates are marked":                         `Fête de la lune (date à confirmer)`,
		"a slot that nobody took is a gap":             `Resté vide`,
		"a week without a post says so":                `Aucune publication cette semaine, et il y a de la place : 1 créneau libre.`,
		"hours that come back are said once":           `Rien ne part entre 21:30–06:30 (La nuit ; mastodon).`,
		"two channels that are closed alike are one":   `<span class="counted">(<bdi>blog</bdi>, <bdi>mastodon</bdi>)</span>`,
		"an event of days is a bar":                    `<span class="bar event begins ends">`,
		"a published post leads to where it is":        `<a href="https://mastodon.example/@dupain/1" rel="noopener noreferrer"><bdi>mastodon</bdi></a>`,
		"drafts are there":                             `2027/merci`,
		"the second round says so":                     `2ᵉ passage`,
		"it fits small screens":                        `name="viewport" content="width=device-width, initial-scale=1"`,
		"it is dark where that is wanted":              `prefers-color-scheme: dark`,
		"it prints":                                    `@media print`,
		"nobody finds it by searching":                 `noindex`,
	} {
		if !strings.Contains(strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " "), want) {
			t.Errorf("%s: the page has no %s", what, want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "src=") || !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("the page needs something besides itself")
	}
	if ids := regexp.MustCompile(` id="([^"]*)"`).FindAllString(page, -1); len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("an id is there twice: %v", ids)
	}
}

// Whatever files and servers say, it is words on the page and no more.
func TestHostile(t *testing.T) {
	const evil = "<img src=x onerror=alert(1)>\"'`{{.}}\u202e\x1b[31m\r\nBEGIN:VEVENT"
	a := sample(t, evil)
	var spoil func(v reflect.Value)
	spoil = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if v.Type() == reflect.TypeFor[string]() {
				v.SetString(evil)
			}
		case reflect.Slice:
			for i := range v.Len() {
				spoil(v.Index(i))
			}
		case reflect.Struct:
			if v.Type() != reflect.TypeFor[time.Time]() {
				for i := range v.NumField() {
					spoil(v.Field(i))
				}
			}
		}
	}
	spoil(reflect.ValueOf(a).Elem())
	page, err := a.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if s := string(page); strings.Contains(s, "<img") || strings.ContainsAny(s, "\u202e\x1b") || strings.Contains(s, "javascript:") {
		t.Error("the page lets through what it was given")
	}
	file, err := a.ICS(Subscription{Slots: true})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(file), "\r\n") {
		if strings.ContainsAny(line, "\r\n\x1b") {
			t.Errorf("a line ends within %q", line)
		}
	}
	if n := strings.Count(string(file), "\r\nBEGIN:VEVENT"); n != strings.Count(string(file), "\r\nEND:VEVENT") || n > 20 {
		t.Errorf("there are %d events", n)
	}
}

// The file does not depend on when it is made, but on what it says; and no two
// of its events are one to those who read it.
func TestSameFile(t *testing.T) {
	a, b := sample(t, "fr"), sample(t, "fr")
	b.Now = b.Now.AddDate(0, 3, 0)
	for i := range b.Posts {
		b.Posts[i].Why = "another word for it"
	}
	one, err := a.ICS(Subscription{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.ICS(Subscription{})
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("later it is another file (%v)", err)
	}
	uids := regexp.MustCompile(`(?m)^UID:(.*)\r$`).FindAllStringSubmatch(string(one), -1)
	seen := map[string]bool{}
	for _, m := range uids {
		if seen[m[1]] {
			t.Errorf("%s is there twice", m[1])
		}
		seen[m[1]] = true
	}
	if !seen["2027/galette@mastodon.boulangerie-dupain.imprimatur"] || strings.Contains(string(one), "free/") {
		t.Errorf("the events are %v", uids)
	}
	if free, _ := a.ICS(Subscription{Slots: true}); !bytes.Contains(free, []byte("UID:free/")) {
		t.Error("free slots are not there though they are asked for")
	}
}

// Every item is on its day, once, in its column of its week, whatever the
// clocks of a zone do.
func TestWeeks(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut", "Australia/Lord_Howe", "UTC"} {
		z := zone(t, name)
		for step := 1; step < 30; step += 3 {
			a := &Almanac{From: time.Date(2011, 10, 1, 0, 0, 0, 0, z), To: time.Date(2013, 3, 5, 0, 0, 0, 0, z), Now: time.Date(2012, 1, 1, 0, 0, 0, 0, z)}
			for at := a.From.Add(30 * time.Minute); at.Before(a.To); at = at.Add(time.Duration(step) * 13 * time.Hour) {
				a.Posts = append(a.Posts, Post{Post: fmt.Sprint(at.Unix()), At: at})
			}
			n := 0
			var last time.Time
			for _, w := range a.Weeks() {
				if w.Monday.Weekday() != time.Monday || !last.IsZero() && DateOf(last.AddDate(0, 0, 7)) != DateOf(w.Monday) {
					t.Fatalf("%s: the week of %s comes after that of %s", name, w.Monday, last)
				}
				last = w.Monday
				for i, d := range w.Days {
					if column(d.Date) != i+1 {
						t.Errorf("%s: %s is in column %d", name, d.Date, i+1)
					}
					for _, item := range d.Items {
						if n++; DateOf(item.At) != DateOf(d.Date) {
							t.Errorf("%s: %s is on %s", name, item.At, d.Date)
						}
					}
				}
			}
			if n != len(a.Posts) {
				t.Errorf("%s, every %d: %d of %d posts are there", name, step, n, len(a.Posts))
			}
		}
	}
}

// In any language, nothing is left unsaid.
func TestWords(t *testing.T) {
	for i := range languages {
		for field, v := range reflect.ValueOf(languages[i]).Fields() {
			if optional := field.Name == "Locale" || field.Name == "titles"; v.IsZero() && !optional {
				t.Errorf("%s has no word for %s", languages[i].Lang, field.Name)
			}
		}
		for state := range languages[0].States {
			if languages[i].States[state] == "" {
				t.Errorf("%s has no word for %s", languages[i].Lang, state)
			}
		}
	}
}
