package match

import (
	"fmt"
	"strings"
	"testing"
)

func TestViews(t *testing.T) {
	for text, want := range map[string]string{
		"Rien à voir":              "folded: rien a voir",
		"plain text, don't":        "",
		"C\u200bönnard ｏｕ сonnard": "folded: connard ou сonnard | confusable: connard ou connard",
		"c0nn@rd et c.o.n":         "leet: connard et c.o.n | joined: connard et con",
		"Saloooope c 0 n":          "joined: saloooope con | squeezed: saloope con | squeezed: salope con",
	} {
		var got []string
		for _, v := range Views(text) {
			got = append(got, fmt.Sprintf("%s: %s", v.View, v.Text))
		}
		if s := strings.Join(got, " | "); s != want {
			t.Errorf("%q\n got %s\nwant %s", text, s, want)
		}
	}
}
