package observance

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// known are date-holidays' names, and ours for the day; of those that are not
// here nothing is said. A substitute has its own.
var known = map[string]string{
	"New Year's Day": "new-year", "New Year Holiday": "second-january", "January 2nd": "second-january",
	"Good Friday": "good-friday", "Easter Sunday": "easter", "Easter Monday": "easter-monday", "Ascension Day": "ascension", "Pentecost": "pentecost", "Whit Monday": "whit-monday",
	"Labour Day": "labour-day", "Victory Day": "victory-day", "Bastille Day": "bastille-day", "Assumption": "assumption", "All Saints' Day": "all-saints", "Armistice Day": "armistice-day",
	"Christmas Day": "christmas", "Boxing Day": "boxing-day", "Mother's Day": "mothers-day", "Father's Day": "fathers-day",

	"Abolition of Slavery": "abolition-of-slavery", "National Day": "national-day", "Arrival of Indentured Labourers": "indentured-labourers", "Chinese Spring Festival": "spring-festival", "Eid-Ul-Fitr": "eid-ul-fitr",
	"Thaipoosam Cavadee": "thaipoosam-cavadee", "Maha Shivaratree": "maha-shivaratree", "Ugadi": "ougadi", "Ganesh Chaturthi": "ganesh-chaturthi", "Divali": "divali",

	"Martin Luther King Jr. Day": "martin-luther-king-day", "Washington's Birthday": "washingtons-birthday", "Memorial Day": "memorial-day", "Juneteenth": "juneteenth", "Independence Day": "independence-day",
	"Columbus Day": "columbus-day", "Veterans Day": "veterans-day", "Thanksgiving Day": "thanksgiving", "Day after Thanksgiving Day": "black-friday", "Valentine's Day": "valentines-day", "St. Patrick's Day": "st-patricks-day",
	"Tax Day": "tax-day", "Halloween": "halloween", "Election Day": "election-day", "Christmas Eve": "christmas-eve", "New Year's Eve": "new-years-eve",

	"Early May bank holiday": "early-may", "Early May bank holiday (VE day)": "early-may", "Spring bank holiday": "spring", "Summer bank holiday": "summer",
	"St Andrew’s Day": "st-andrews-day", "St Patrick’s Day": "st-patricks-day", "Battle of the Boyne (Orangemen’s Day)": "the-twelfth",
	"Queen’s Diamond Jubilee": "diamond-jubilee", "Queen’s Platinum Jubilee": "platinum-jubilee", "Queen Elizabeth's Funeral Day": "queens-funeral", "King Charles III's Coronation": "coronation",
}

// A place is a day in a list.
type place struct {
	list, date, id string
	off            bool
}

func (p place) year() int {
	n, _ := strconv.Atoi(p.date[:4])
	return n
}

// A difference is a place that only one of two has.
type difference struct {
	place
	ours      bool
	other     []string // the days that the other has by that name in that year
	announced bool     // ours is, for that name and year
}

func (d difference) of(list string, ids ...string) bool {
	return strings.HasPrefix(d.list, list) && slices.Contains(ids, d.id)
}

// away is how many days the nearest of the other's is from it.
func (d difference) away() int {
	nearest := math.MaxInt
	a, _ := time.Parse(time.DateOnly, d.date)
	for _, o := range d.other {
		b, _ := time.Parse(time.DateOnly, o)
		nearest = min(nearest, int(a.Sub(b).Abs().Hours()/24))
	}
	return nearest
}

func (d difference) hindu() bool {
	return d.of("mu", "thaipoosam-cavadee", "maha-shivaratree", "ougadi", "ganesh-chaturthi", "divali")
}

// differences are those there are, and why ours is right.
var differences = []struct {
	name, why string
	is        func(difference) bool
}{
	{"mothers at Pentecost", "the last Sunday of May that is Pentecost gives way to the first of June (Code de l'action sociale et des familles, D215-1)",
		func(d difference) bool { return d.of("fr", "mothers-day") && d.away() == 7 }},
	{"taxes before 2007", "Emancipation Day, for which the day moves, is one in the District of Columbia since 2005 and counts with the tax office since 2007: nothing is said of before",
		func(d difference) bool { return !d.ours && d.of("us", "tax-day") && d.year() < 2007 }},
	{"taxes put off", "15 July 2020 (Notice 2020-23) and 17 May 2021 (Notice 2021-21)",
		func(d difference) bool { return d.of("us", "tax-day") && (d.year() == 2020 || d.year() == 2021) }},
	{"elections between", "Congress is elected every second year (2 U.S.C. 7)",
		func(d difference) bool { return d.ours && d.of("us", "election-day") && d.year()%4 == 2 }},
	{"bank holidays that were moved", "to 8 May 1995, 4 June 2002 and 4 June 2012, by proclamation",
		func(d difference) bool {
			return d.of("uk", "early-may") && d.year() == 1995 || d.of("uk", "spring") && (d.year() == 2002 || d.year() == 2012)
		}},
	{"bank holidays of one year", "by proclamation: the end of 1999, the Golden Jubilee, a wedding; Scotland's World Cup",
		func(d difference) bool {
			return d.ours && len(d.other) == 0 && d.of("uk", "millennium", "golden-jubilee", "royal-wedding", "world-cup")
		}},
	{"St Andrew before 2007", "a bank holiday since the Act of 2007",
		func(d difference) bool {
			return d.of("uk-scotland", "st-andrews-day", "st-andrews-day-substitute") && d.year() < 2007
		}},
	{"Mauritius before 2001", "Abolition of Slavery and Arrival of Indentured Labourers are holidays since then",
		func(d difference) bool {
			return !d.ours && d.of("mu", "abolition-of-slavery", "indentured-labourers") && d.year() < 2001
		}},
	{"All Saints and Assumption", "they take turns: the lists of 2006, 2012, 2014, 2016, 2022 and 2024 have Assumption alone, those of 2017, 2023 and 2025 All Saints",
		func(d difference) bool {
			return d.year() >= 2006 && d.year()%2 == 0 && (d.ours && d.of("mu", "assumption") || !d.ours && d.of("mu", "all-saints"))
		}},
	{"special holidays", "proclaimed for one year",
		func(d difference) bool { return d.ours && d.of("mu", "special-holiday") }},
	{"Hindu days before 2020", "its table begins in 2020",
		func(d difference) bool { return d.ours && d.hindu() && d.year() < 2020 }},
	{"Hindu days as announced", "the government's lists have them as ours; Ganesh Chaturthi is kept on the day after India's, as it has it itself for 2025 and 2026 alone",
		func(d difference) bool { return d.hindu() && d.announced && d.away() <= 2 }},
	{"Hindu days to be announced", "estimates of both; the rules behind ours give all 14 days and more of each that are known, those behind its table do not",
		func(d difference) bool { return d.hindu() && d.year() > 2026 && d.away() <= 3 }},
	{"a moon apart", "2039 has an extra Ashwin, as 2020 had: Ganesh Chaturthi is before it and Divali after; 2041 goes as 2022 and 2050 as 2031, 19 years before",
		func(d difference) bool {
			return d.of("mu", "thaipoosam-cavadee") && d.year() == 2041 || d.of("mu", "ganesh-chaturthi") && d.year() == 2039 || d.of("mu", "divali") && (d.year() == 2039 || d.year() == 2050)
		}},
	{"Eid", "its days are those of Mecca's tables; in Mauritius a crescent is to be seen, a day or two later. Ours give all the announced ones",
		func(d difference) bool { return d.of("mu", "eid-ul-fitr") && d.away() <= 2 }},
}

func TestDifferential(t *testing.T) {
	folder := os.Getenv("IMPRIMATUR_NODE")
	if folder == "" {
		t.Skip("IMPRIMATUR_NODE names no folder with Node and date-holidays; .ci/differential/install makes one")
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "node"), filepath.Join(folder, "holidays.mjs"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs, named := map[place]bool{}, map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var d struct {
			List, Date, Name, Type string
			Substitute             bool
		}
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		id := known[strings.TrimSuffix(d.Name, " (substitute day)")]
		switch {
		case d.List == "eu" && (id == "good-friday" || id == "easter" || id == "easter-monday"):
			id, d.Type = "orthodox-"+id, "observance" // in the Union; in Greece they are off
		case d.List == "eu", id == "" && d.Type == "observance":
			continue
		case id == "":
			t.Errorf("%s of %s has no name here", d.Name, d.List)
		case d.Substitute && d.List == "us":
			id += "-observed"
		case d.Substitute:
			id += "-substitute"
		}
		theirs[place{d.List, d.Date, id, d.Type == "public" || d.Type == "bank"}] = true
		named[d.List+" "+id] = true
	}
	ours, announced := map[place]bool{}, map[string]bool{}
	for _, list := range Lists() {
		for year := First; year <= Last && list != "world"; year++ {
			days, err := Year(list, year)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range days {
				if p := (place{list, d.Date.Format(time.DateOnly), d.ID, d.Off}); named[list+" "+d.ID] || d.Off && list != "eu" {
					ours[p] = true
					if !d.Estimate {
						announced[list+p.date[:4]+d.ID] = true
					}
				}
			}
		}
	}
	seen, lost := map[string]int{}, 0
	differ := func(p place, mine bool, other map[place]bool) {
		d := difference{place: p, ours: mine, announced: announced[p.list+p.date[:4]+p.id]}
		for o := range other {
			if o.list == p.list && o.id == p.id && o.date[:4] == p.date[:4] {
				d.other = append(d.other, o.date)
			}
		}
		for _, c := range differences {
			if c.is(d) {
				seen[c.name]++
				return
			}
		}
		if lost++; lost <= 10 {
			t.Errorf("%+v", d)
		}
	}
	for p := range ours {
		if !theirs[p] {
			differ(p, true, theirs)
		}
	}
	for p := range theirs {
		if !ours[p] {
			differ(p, false, ours)
		}
	}
	t.Logf("%d days of ours, %d of theirs", len(ours), len(theirs))
	for _, c := range differences {
		t.Logf("%6d: %s: %s", seen[c.name], c.name, c.why)
		if seen[c.name] == 0 {
			t.Errorf("nothing differs by %q any more; take it out of the table", c.name)
		}
	}
	if lost > 0 {
		t.Errorf("%d differences that have no name", lost)
	}
}
