package observance

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func days(t *testing.T, rule string, year int) string {
	t.Helper()
	r, err := Parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, d := range r.In(year) {
		list = append(list, d.Format(time.DateOnly))
	}
	return strings.Join(list, " ")
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		rule string
		year int
		want string
	}{
		{"12-25", 2026, "2026-12-25"},
		{"02-29", 2026, ""},
		{"02-29", 2028, "2028-02-29"},
		{"easter", 2027, "2027-03-28"},
		{"Easter + 1", 2027, "2027-03-29"},
		{"orthodox easter", 2027, "2027-05-02"},
		{"orthodox easter-2", 2100, "2100-04-30"},
		{"4th thursday of november", 2026, "2026-11-26"},
		{"fourth Thursday of November +1", 2026, "2026-11-27"},
		{"last monday of may", 2027, "2027-05-31"},
		{"last sunday of february", 2032, "2032-02-29"},
		{"5th saturday of november", 2027, ""},
		{"5th sunday of november", 2026, "2026-11-29"},
		{"monday after 06-01", 2026, "2026-06-08"},
		{"monday on or after 06-01", 2026, "2026-06-01"},
		{"monday before 06-01", 2026, "2026-05-25"},
		{"monday on or before 06-01", 2026, "2026-06-01"},
		{"sunday before 01-01", 2026, "2026-12-27"},
		{"tuesday after 1st monday of november in even years", 2026, "2026-11-03"},
		{"tuesday after 1st monday of november in even years", 2027, ""},
		{"friday after 4th thursday of november", 2026, "2026-11-27"},
		{"07-04 if saturday then friday, if sunday then monday", 2026, "2026-07-03"},
		{"07-04 if saturday then friday, if sunday then monday", 2027, "2027-07-05"},
		{"07-04 if saturday then friday, if sunday then monday", 2028, "2028-07-04"},
		{"substitute for 07-04 if saturday then friday, if sunday then monday", 2028, ""},
		{"01-01 if saturday then friday", 2010, "2010-01-01 2010-12-31"},
		{"01-01 if saturday then friday", 2011, ""},
		{"substitute for 01-01 if saturday or sunday then tuesday", 2022, "2022-01-04"},
		{"last sunday of may if easter+49 then 1st sunday of june", 2023, "2023-06-04"},
		{"last sunday of may if easter+49 then 1st sunday of june", 2026, "2026-05-31"},
		{"05-01 if sunday then monday after 05-05", 2022, "2022-05-09"},
		{"06-19 since 2021", 2020, ""},
		{"06-19 since 2021, until 2030", 2030, "2030-06-19"},
		{"06-19 until 2030", 2031, ""},
		{"1st monday of may except 1995, 2020", 2020, ""},
		{"1st monday of may except 1995, 2020 until 2030", 2021, "2021-05-03"},
		{"01-20 every 4 years from 1937", 2025, "2025-01-20"},
		{"01-20 every 4 years from 1937", 1933, ""},
		{"2028-02-18, 2027-03-01, 2027-03-01", 2027, "2027-03-01"},
		{"about 2027-03-01", 2027, "2027-03-01"},
	} {
		if got := days(t, c.rule, c.year); got != c.want {
			t.Errorf("%q comes on %q in %d, want %q", c.rule, got, c.year, c.want)
		}
	}
}

func TestNoRules(t *testing.T) {
	for rule, want := range map[string]string{
		"":                                 "write a day as",
		"noël":                             "write a day as",
		"25-12":                            "write a day as",
		"12-25-27":                         "write a day as",
		"2027-02-30":                       "write a day as",
		"2027-3-1":                         "write a day as",
		"easter monday":                    `"monday" has no meaning there`,
		"easter+999":                       "no number of days",
		"easter+99999999999999999999":      "no number of days",
		"orthodox":                         `no "easter"`,
		"4th thusday of november":          "no day of the week",
		"4th thursday of nov":              "no month",
		"4th thursday in november":         `no "of"`,
		"6th monday of may":                "write a day as",
		"monday":                           "after or before which day",
		"monday on 06-01":                  `no "or"`,
		"substitute for 12-26":             "needs where it turns to",
		"substitute 12-26 if sunday":       `no "for"`,
		"12-26 if sunday":                  `no "then"`,
		"12-26 if then monday":             "write a day as",
		"2027-01-01 if friday then monday": "write those that you mean",
		"2027-01-01, 12-25":                "no date",
		"06-19 since then":                 "no year",
		"06-19 in leap years":              "even years or odd years",
		"06-19 every so often":             "how many years",
		"06-19,":                           "write a day as",
		"06-19,, until 2030":               "write a day as",
		"06-19 ; 06-20":                    `";" has no meaning`,
		"monday after monday after monday after monday after monday after monday after 06-01": "too much",
		strings.Repeat("2027-01-01, ", 400):                                                   "too long",
	} {
		r, err := Parse(rule)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v; want %q", rule, r, err, want)
		}
	}
}

// What Parse takes never panics, and gives few days, of the year and in
// order.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"12-25", "about 2027-03-01, 2028-02-18", "orthodox easter+1 since 2000", "substitute for 07-04 if saturday or sunday then monday except 2020, 2021",
		"last sunday of may if easter+49 then 1st sunday of june", "tuesday on or before 1st monday of november -3 every 4 years from 1937"} {
		f.Add(s, 2027)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		r, err := Parse(s)
		if err != nil {
			return
		}
		year = 1 + (year%9998+9998)%9998
		got := r.In(year)
		if r.when != nil && len(got) > 3 {
			t.Errorf("%q comes %d times in %d", s, len(got), year)
		}
		for i, d := range got {
			if d.Year() != year || d.Location() != time.UTC || !d.Equal(d.Truncate(24*time.Hour)) || i > 0 && d.Before(got[i-1]) {
				t.Errorf("%q comes on %v in %d", s, got, year)
			}
		}
	})
}

// Of every list: ids and names are there, days are in order and none is there
// twice.
func TestLists(t *testing.T) {
	if want := []string{"eu", "fr", "fr-alsace-moselle", "mu", "uk", "uk-northern-ireland", "uk-scotland", "us", "world"}; !slices.Equal(Lists(), want) {
		t.Errorf("there are %v", Lists())
	}
	called := map[string]string{}
	for _, list := range Lists() {
		for year := First; year <= Last; year += 3 {
			got, err := Year(list, year)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) < 15 {
				t.Errorf("%s has %d days in %d", list, len(got), year)
			}
			for i, d := range got {
				if d.Date.Year() != year || i > 0 && d.Date.Before(got[i-1].Date) {
					t.Errorf("%s: %s is on %v in %d", list, d.ID, d.Date, year)
				}
				if strings.Trim(d.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(d.Names) != 2 || d.Names["en"] == "" || d.Names["fr"] == "" ||
					strings.Contains(d.Names["en"]+d.Names["fr"], "'") {
					t.Errorf("%s: %q is called %q", list, d.ID, d.Names)
				}
				if slices.ContainsFunc(got[:i], func(e Day) bool { return e.ID == d.ID && e.Date.Equal(d.Date) }) {
					t.Errorf("%s has %s twice in %d", list, d.ID, year)
				}
				if was := called[list+" "+d.ID]; was != "" && was != d.Names.In("fr") {
					t.Errorf("%s calls %s %q and %q", list, d.ID, was, d.Names.In("fr"))
				}
				called[list+" "+d.ID] = d.Names.In("fr")
			}
		}
	}
}

func TestYear(t *testing.T) {
	for _, c := range []struct {
		list string
		year int
		err  error
	}{{"fr", First - 1, ErrYear}, {"fr", Last + 1, ErrYear}, {"FR", 2026, ErrList}, {"../fr", 2026, ErrList}, {"", 2026, ErrList}} {
		if _, err := Year(c.list, c.year); !errors.Is(err, c.err) {
			t.Errorf("%q in %d: %v", c.list, c.year, err)
		}
	}
	names := Names{"en": "Christmas Day", "fr": "Noël"}
	for lang, want := range map[string]string{"fr": "Noël", "fr-CA": "Noël", "FR": "Noël", "de": "Christmas Day", "": "Christmas Day"} {
		if got := names.In(lang); got != want {
			t.Errorf("in %q it is %q", lang, got)
		}
	}
}

// The days that shops and schools go by, as they were.
func TestFrance(t *testing.T) {
	for year, want := range map[int]string{
		2020: "2020-01-08 2020-07-15", 2021: "2021-01-20 2021-06-30", 2022: "2022-01-12 2022-06-22", 2023: "2023-01-11 2023-06-28",
		2024: "2024-01-10 2024-06-26", 2025: "2025-01-08 2025-06-25", 2026: "2026-01-07 2026-06-24", 2019: "",
	} {
		got, err := Year("fr", year)
		if err != nil {
			t.Fatal(err)
		}
		var sales []string
		for _, d := range got {
			if strings.HasSuffix(d.ID, "-sales") {
				sales = append(sales, d.Date.Format(time.DateOnly))
			}
		}
		if s := strings.Join(sales, " "); s != want {
			t.Errorf("sales of %d begin on %q, want %q", year, s, want)
		}
	}
}

func BenchmarkYear(b *testing.B) {
	for _, list := range []string{"fr", "mu", "world"} {
		b.Run(list, func(b *testing.B) {
			for b.Loop() {
				if _, err := Year(list, 2027); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
