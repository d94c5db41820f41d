package locale

import (
	"testing"
	"time"
)

func TestDatesInWords(t *testing.T) {
	first, fourth := time.Date(2027, 1, 1, 8, 30, 0, 0, time.UTC), time.Date(2027, 1, 4, 8, 5, 0, 0, time.UTC)
	march, next := time.Date(2027, 3, 18, 0, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ tag, moment, within, across, years, month, length string }{
		{"en-GB", "Friday 1 January 2027, 08:30", "1 to 4 January 2027", "4 January to 18 March 2027", "18 March 2027 to 29 February 2028", "January 2027", "1 day 2 hours"},
		{"fr", "vendredi 1er janvier 2027, 08:30", "du 1er au 4 janvier 2027", "du 4 janvier au 18 mars 2027", "du 18 mars 2027 au 29 février 2028", "janvier 2027", "1 jour 2 heures"},
		{"de", "Freitag 1. Januar 2027, 08:30", "1. bis 4. Januar 2027", "4. Januar bis 18. März 2027", "18. März 2027 bis 29. Februar 2028", "Januar 2027", "1 Tag 2 Stunden"},
		{"es", "viernes 1 de enero de 2027, 08:30", "del 1 al 4 de enero de 2027", "del 4 de enero al 18 de marzo de 2027", "del 18 de marzo de 2027 al 29 de febrero de 2028", "enero de 2027", "1 día 2 horas"},
		{"mfe", "Friday 1 January 2027, 08:30", "1 to 4 January 2027", "4 January to 18 March 2027", "18 March 2027 to 29 February 2028", "January 2027", "1 day 2 hours"},
	} {
		l := Of(tt.tag)
		for _, c := range []struct{ got, want string }{
			{l.Moment(first), tt.moment}, {l.Span(first, fourth), tt.within}, {l.Span(fourth, march), tt.across}, {l.Span(march, next), tt.years},
			{l.MonthYear(first), tt.month}, {l.Length(26*time.Hour + 3*time.Minute), tt.length}, {l.Span(first, first), l.Day(first)},
		} {
			if c.got != c.want {
				t.Errorf("%s: got %q, want %q", tt.tag, c.got, c.want)
			}
		}
	}
}

func TestMany(t *testing.T) {
	forms := [2]string{"%d post", "%d posts"}
	if en, fr := Of("en").Many(0, forms), Of("fr").Many(0, forms); en != "0 posts" || fr != "0 post" {
		t.Error(en, fr)
	}
	if got := Of("").Many(1, [2]string{"a week", "%d weeks"}); got != "a week" {
		t.Error(got)
	}
}
