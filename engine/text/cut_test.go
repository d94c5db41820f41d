package text

import (
	"strings"
	"testing"
)

// cutsOf is the Markdown of a paragraph with a mark at each cut: ‖ between
// sentences, ¦ after a clause, a blank between words, ~ where two read as one,
// = in the words of a link.
func cutsOf(t *testing.T, src string) string {
	t.Helper()
	doc, _ := NewParser().Parse([]byte(src))
	c := find(doc.Parts[0])
	var b strings.Builder
	from := 0
	for i := 1; i < len(c.ranks)-1; i++ {
		at := c.slice(i, i+1).Blocks[0].At
		at -= len(src[:at]) - len(strings.TrimRight(src[:at], "[`*"))
		b.WriteString(strings.TrimRight(src[from:at], " \n"))
		b.WriteString([]string{"=", "~", " ", "¦", "‖"}[c.ranks[i]])
		from = at
	}
	return b.String() + src[from:]
}

// What is a sentence, what reads as one, and what is never cut.
func TestCuts(t *testing.T) {
	spaces := strings.NewReplacer("‖", " ", "¦", " ", "~", " ", "=", " ")
	none := strings.NewReplacer("‖", "", "¦", "", "~", "")
	for _, want := range []string{
		"Elle est là.‖Frangipane maison.",
		"Un deux…‖Trois… quatre~?! cinq",
		"M.~Dupont et Mme.~Martin vivent av.~J.-C.~Paul",
		"Prof.~J.~R.~Tolkien cf.~l'art.~5 et d'env.~Paris",
		"du pain,¦du lait,¦etc. et du vin,¦etc.‖Puis rien",
		"see e.g.~the U.S.~one,¦No.~5 of 3.5 in Fig.~2",
		"Use npm.‖@ana said no.‖#galette",
		"Use **npm.**‖`npm` does.‖2027 begins",
		"Use v2. npm does",
		"क्या है।‖हाँ", // the full stops of other scripts
		"Il dit «~oui.~»‖Elle rit.",
		"Il dit¦(tout bas.)‖Elle rit.",
		"He said \"yes.\"‖She said “no.”‖Then",
		"Oh\u202f! dit-il «\u00a0mot\u00a0» mot\u00a0!‖Fin",
		"Oh~! dit-il",
		"Oh~!~»‖Fin",
		"Bravo~!~🎉~👏🏽‖Merci~🙏 à vous",
		"Un gâteau~🎂¦Demain encore",
		"Ici.‖👉~https://a.example/b",
		"à 8~h~30,¦pour 5~€ les 250~g et 10~000 mots en 20\u00a0°C",
		"le 06~12~34~56~78 ou n°~5",
		"un¦–~deux¦–~trois",
		"un `deux, trois` quatre @{cinq, six} https://a.example/b,c huit",
		"![un](a.jpg) –~deux, ![trois](a.jpg)¦quatre @ana@photo.example cinq",
		"un [deux=trois](https://a.example) quatre",
		"a c, \u0301b",
		"+日~本~語~の~文~章~で~す。‖長~い、¦ケーキ~を~「食~べ~る」っ~て",
		"+東~京~の #日本語の本 は `東京` 東~京",
		"+本~葛\U000e0100本",
	} {
		src, ideographs := strings.CutPrefix(want, "+")
		want = src
		if src = spaces.Replace(src); ideographs {
			src = none.Replace(want)
		}
		if got := cutsOf(t, src); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
