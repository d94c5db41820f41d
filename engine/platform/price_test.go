package platform

import "testing"

func TestPrice(t *testing.T) {
	p := Price{Post: 15, Linked: 200, Alt: 5}
	for _, tt := range []struct {
		part Part
		want int
	}{
		{Part{Text: "Elle est là."}, 15},
		{Part{Text: "Elle est là : https://dupain.fr/galette"}, 200},
		{Part{Text: "Lisez README.md"}, 200}, // .md is a top-level domain, and X makes a link of it
		{Part{Text: "Merci @ana #galette"}, 15},
		{Part{Text: "Elle est là.", Media: []Media{{Alt: "Une galette"}, {}}}, 20},
	} {
		if got := p.Of(&tt.part); got != tt.want {
			t.Errorf("%q costs %d, want %d", tt.part.Text, got, tt.want)
		}
	}
}
