package calendar

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/imprimatur-ci/imprimatur/schema"
)

func TestMoment(t *testing.T) {
	for _, tt := range []struct{ zone, wall, want string }{
		{"Europe/Paris", "2027-01-04 08:30", "2027-01-04T08:30:00+01:00 "},
		{"Europe/Paris", "2027-03-28 02:30", "2027-03-28T03:30:00+02:00 skipped"},
		{"Europe/Paris", "2027-03-28 01:59", "2027-03-28T01:59:00+01:00 "},
		{"Europe/Paris", "2027-03-28 03:00", "2027-03-28T03:00:00+02:00 "},
		{"Europe/Paris", "2027-10-31 02:30", "2027-10-31T02:30:00+02:00 twice"},
		{"Europe/Paris", "2027-10-31 03:00", "2027-10-31T03:00:00+01:00 "},
		{"Indian/Mauritius", "2027-01-04 08:30", "2027-01-04T08:30:00+04:00 "},
		{"Australia/Lord_Howe", "2027-10-03 02:15", "2027-10-03T02:45:00+11:00 skipped"},
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-31T12:00:00+14:00 skipped"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		wall, _ := time.Parse("2006-01-02 15:04", tt.wall)
		got, doubt := Moment(schema.Time{Wall: wall}, zone)
		if s := got.Format(time.RFC3339) + " " + string(doubt); s != tt.want {
			t.Errorf("%s in %s: got %s, want %s", tt.wall, tt.zone, s, tt.want)
		}
	}
}

// Every minute around every change of every listed zone: what is sure shows
// the very clock reading that was asked for.
func TestMomentShowsTheClockReading(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for wall := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); wall.Year() == 2027; wall = wall.Add(15 * time.Minute) {
			got, doubt := Moment(schema.Time{Wall: wall}, zone)
			const clock = "2006-01-02 15:04"
			if same := got.Format(clock) == wall.Format(clock); same != (doubt != Skipped) {
				t.Fatalf("%s %s became %s, %q", name, wall.Format(clock), got, doubt)
			}
		}
	}
}
