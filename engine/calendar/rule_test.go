package calendar

import (
	"strings"
	"testing"
	"time"
)

func TestRules(t *testing.T) {
	for _, tt := range []struct{ every, from, want string }{
		{"tuesday, thursday", "", "01-05 01-07 01-12 01-14 01-19 01-21"},
		{"le mardi et le jeudi", "", "no day of the week"},
		{"mardis et jeudis", "", "01-05 01-07 01-12 01-14 01-19 01-21"},
		{"Mon & Wed", "", "01-04 01-06 01-11 01-13 01-18 01-20"},
		{"weekend", "", "01-09 01-10 01-16 01-17"},
		{"RRULE:FREQ=WEEKLY;BYDAY=TU,TH", "2027-01-13", "01-14 01-19 01-21"},
		{"rrule:freq=weekly;interval=2;byday=mo", "2027-01-04", "01-04 01-18"},
		{"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-12-28", "01-11"},
		{"FREQ=MONTHLY;BYDAY=2WE", "", "01-13"},
		{"RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "", ""},
		{"RRULE:FREQ=MONTHLY;BYMONTHDAY=15,-12", "", "01-15 01-20"},
		{"RRULE:FREQ=YEARLY;BYWEEKNO=2;BYDAY=FR", "", "01-15"},
		{"RRULE:FREQ=YEARLY;BYYEARDAY=6", "", "01-06"},
		{"RRULE:FREQ=DAILY;INTERVAL=7;COUNT=2", "2027-01-05", "01-05 01-12"},
		{"RRULE:FREQ=WEEKLY", "2020-01-01", "01-06 01-13 01-20"},
		{"RRULE:FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1", "2027-01-07", "01-11 01-18"},
	} {
		r, err := parseRule(tt.every)
		var got string
		if err != nil {
			got = err.Error()
		} else {
			first := firstDay
			if tt.from != "" {
				first = moment(t, tt.from+" 00:00")
			}
			var days []string
			for _, d := range r.days(first, moment(t, "2027-01-04 00:00"), moment(t, "2027-01-21 00:00")) {
				days = append(days, d.Format("01-02"))
			}
			got = strings.Join(days, " ")
		}
		if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
			t.Errorf("%s from %q: got %s, want %s", tt.every, tt.from, got, tt.want)
		}
	}
}

// FuzzRule: whatever is written, it is refused with words, or its days are in
// order and inside, and come to an end.
func FuzzRule(f *testing.F) {
	for _, s := range []string{
		"tuesday and thursday", "weekdays", "", "FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO", "FREQ=YEARLY;BYWEEKNO=53,-1;BYDAY=SU",
		"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;WKST=TH", "FREQ=MONTHLY;BYDAY=5FR,-5MO", "FREQ=YEARLY;BYYEARDAY=366,-366", "FREQ=DAILY;COUNT=10000", "FREQ=MONTHLY;BYDAY=8FR,10MO", "FREQ=MONTHLY;INTERVAL=1000;BYMONTHDAY=31", "FREQ=YEARLY;BYDAY=53MO;BYSETPOS=-366", "FREQ=DAILY;BYMONTH=1;BYMONTHDAY=1;BYSETPOS=1,-1",
	} {
		f.Add(s, 0)
	}
	f.Fuzz(func(t *testing.T, every string, offset int) {
		if len(every) > 200 { // the file type's own limit
			return
		}
		r, err := parseRule(every)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a word")
			}
			return
		}
		first := firstDay.AddDate(0, 0, (offset%20000+20000)%20000)
		from := first.AddDate(0, 0, offset%700)
		if !r.comes(first) {
			return
		}
		last := time.Time{}
		for _, d := range r.days(first, from, from.AddDate(1, 0, 0)) {
			if d.Before(from) || d.Before(first) || d.After(from.AddDate(1, 0, 0)) || !d.After(last) || !dayOf(d).Equal(d) {
				t.Fatalf("%q from %s: %s behind %s", every, first, d, last)
			}
			last = d
		}
	})
}
