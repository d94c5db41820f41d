package text

import (
	"strings"
	"testing"
	"unicode"
)

// spaced writes ~ for a no-break space and _ for a narrow one.
var spaced = strings.NewReplacer("~", NoBreak, "_", Narrow)

// What is written without its spaces, or with spaces that may end a line, and
// what it becomes.
var mendedFrench = []struct{ lang, was, want string }{
	{"fr", "Elle est là!", "Elle est là_!"},
	{"fr-BE", "Elle est là !", "Elle est là_!"},
	{"fr", "Prix : 3 €; qui en veut ? Moi!", "Prix~: 3 €_; qui en veut_? Moi_!"},
	{"fr", "«Oui» et « non », «\tpeut-être  »", "«_Oui_» et «_non_», «_peut-être_»"},
	{"fr", "« Oui! »: dit-il", "«_Oui_!_»~: dit-il"},
	{"fr", "« ? » «!»", "«_?_» «_!_»"},
	{"fr", "Quoi?! Non!!! Vraiment !?", "Quoi_?! Non_!!! Vraiment_!?"},
	{"fr", "Hein\u2009? Hein\u00a0 ?", "Hein_? Hein_?"},
	{"fr", "(vraiment?) l’“idée”: 50%! 12 €! [1]!", "(vraiment_?) l’“idée”~: 50%_! 12 €_! [1]_!"},
	{"fr", "Bravo 🎉! Merci 👍🏽! Merci ❤️! À 08:30: départ", "Bravo 🎉_! Merci 👍🏽_! Merci ❤️_! À 08:30~: départ"},
	{"fr", "C’est parti !🎉", "C’est parti_!🎉"},
	{"fr", "Voir https://dupain.example/a;b?c=d!e: oui", "Voir https://dupain.example/a;b?c=d!e~: oui"},
	{"fr", "Vous connaissez https://dupain.example ?", "Vous connaissez https://dupain.example_?"},
	{"fr", "a: b\nc ;", "a~: b\nc_;"},
	{"fr-CA", "Bonjour! Ça va ? « Oui »: non;", "Bonjour! Ça va_? «~Oui~»~: non;"},
	{"FR-Latn-CA", "ici:", "ici~:"},
}

// What is right, or is no French punctuation.
var rightFrench = []string{
	"Elle est là_! Là~!", "Prix_: 3~€_; «~oui~»", "«\u2007oui_»",
	"08:30, 8:05:10, 16:9, 1:25 000", "std::vector, C:\\TEMP, mailto:a@b.example", "https://dupain.example/?a=b;c:d!e",
	":-) ;-) :) ;) :-( :'( :/ :D ;p :3 :o) :| Oui :) oui : ) (:", ":tada: :+1: :pain_perdu::fr: (:oui:)", "...", "!?", "!", "? oui",
	"&amp; &nbsp; &#8239;", "!important x != y a![b", "@ana:matrix.example", "[^1]: note", "(?) [!] (!)", "www.dupain.example/?q=1",
	"»Wort« und »Wort«", "mot« ", "«", "»", "«»", "Qui\n! Que\r\n?", "L'apostrophe et \"les guillemets\"", "Yahoo!Mail", ":::", ": mot", "| :---: |",
}

func TestFrench(t *testing.T) {
	for _, c := range mendedFrench {
		f, ok := FrenchOf(c.lang)
		if got := Fill(c.was, f.Gaps(c.was)); !ok || got != spaced.Replace(c.want) {
			t.Errorf("%s: %q becomes %q, not %q", c.lang, c.was, got, spaced.Replace(c.want))
		}
	}
	f, _ := FrenchOf("fr")
	for _, s := range rightFrench {
		if !strings.Contains(s, ":pain_perdu:") {
			s = spaced.Replace(s)
		}
		if gaps := f.Gaps(s); len(gaps) > 0 {
			t.Errorf("%q: %+v", s, gaps)
		}
	}
	for _, lang := range []string{"", "en", "fr-CH", "fr-Latn-CH", "frp", "frm"} {
		if _, ok := FrenchOf(lang); ok {
			t.Errorf("%q is French", lang)
		}
	}
}

// Markdown, and what it becomes; where nothing is sure, it stays.
var mendedMarkdown = []struct{ was, want string }{
	{"**Prix**: 3 € *enfin*!", "**Prix**~: 3 € *enfin*_!"},
	{"«**mot**» [mot](https://a.example/;b:c)! ![x : y](a:b.png)", "«_**mot**_» [mot](https://a.example/;b:c)_! ![x~: y](a:b.png)"},
	{"[lien: un][x]\n\n[x]: https://a.example \"titre: deux\"", "[lien~: un][x]\n\n[x]: https://a.example \"titre: deux\""},
	{"`a:b !` ; `c`: d\n\n    e !\n\n```\nf !\n```", "`a:b !`_; `c`~: d\n\n    e !\n\n```\nf !\n```"},
	{"mot\\! mot&nbsp;! mot&#8239;: l&rsquo;eau&nbsp;; &laquo;&nbsp;oui&nbsp;&raquo; &laquo;non&raquo;", "mot_\\! mot&nbsp;! mot&#8239;: l&rsquo;eau&nbsp;; &laquo;&nbsp;oui&nbsp;&raquo; &laquo;_non_&raquo;"},
	{"| a : | :tada: |\n|:---:|---|\n| « b » | c! |", "| a~: | :tada: |\n|:---:|---|\n| «_b_» | c_! |"},
	{"> - un !\n> - deux;\n>   trois:", "> - un_!\n> - deux_;\n>   trois~:"},
	{"mot <!-- note : --> !", "mot <!-- note : --> !"},
	{"@{ana}! @{ana : x}", "@{ana}_! @{ana : x}"},
	{"~~oui~~! mot*!*", "~~oui~~_! mot*!*"},
	{"(*»*) mot ! **mot**!", "(*»*) mot_! **mot**!"}, // a space in (*»*) would undo the slant: marks are not touched here
	{"# Quoi ? #\n\nligne\n: autre", "# Quoi_? #\n\nligne\n: autre"},
}

func TestFrenchMarkdown(t *testing.T) {
	f, _ := FrenchOf("fr")
	for _, c := range mendedMarkdown {
		want := strings.NewReplacer("~~", "~~", "~", NoBreak, "_", Narrow).Replace(c.want)
		if got := mendMarkdown(t, f, c.was); got != want {
			t.Errorf("%q becomes\n%q, not\n%q", c.was, got, want)
		}
	}
}

// mendMarkdown fills the gaps of Markdown.
func mendMarkdown(t *testing.T, f French, markdown string) string {
	p := NewParser()
	doc, _ := p.Parse([]byte(markdown))
	var gaps []Gap
	for _, passage := range f.Passages(p, doc, markdown) {
		if passage.At < 0 || passage.At > len(markdown) || len(passage.Gaps) == 0 {
			t.Errorf("%q: %v", markdown, passage)
		}
		gaps = append(gaps, passage.Gaps...)
	}
	mended := Fill(markdown, gaps)
	if again, _ := p.Parse([]byte(mended)); !alike(doc, again) {
		t.Errorf("%q becomes %q, which means something else", markdown, mended)
	}
	return mended
}

// FuzzFrench: mending changes nothing but spaces, and once is enough.
func FuzzFrench(f *testing.F) {
	for _, c := range mendedFrench {
		f.Add(c.was)
	}
	for _, s := range rightFrench {
		f.Add(s)
	}
	for _, c := range mendedMarkdown {
		f.Add(c.was)
	}
	f.Add("; &nbsp;;")
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"fr", "fr-CA"} {
			custom, _ := FrenchOf(lang)
			gaps := custom.Gaps(s)
			at := 0
			for _, g := range gaps {
				if g.At < at || g.End < g.At || g.End > len(s) || strings.TrimFunc(s[g.At:g.End], unicode.IsSpace) != "" || s[g.At:g.End] == g.Want {
					t.Fatalf("%q: %+v", s, gaps)
				}
				at = g.End
			}
			mended := Fill(s, gaps)
			if bare(mended) != bare(s) {
				t.Errorf("%q becomes %q", s, mended)
			}
			if again := custom.Gaps(mended); len(again) > 0 {
				t.Errorf("%q becomes %q, and has %+v", s, mended, again)
			}
			once := mendMarkdown(t, custom, s)
			if bare(once) != bare(s) && !strings.Contains(s, "&") { // &nbsp; is a space too
				t.Errorf("the Markdown %q becomes %q", s, once)
			}
			if twice := mendMarkdown(t, custom, once); twice != once {
				t.Errorf("the Markdown %q becomes %q, and then %q", s, once, twice)
			}
		}
	})
}

func BenchmarkFrench(b *testing.B) {
	f, _ := FrenchOf("fr")
	p := NewParser()
	text := strings.Repeat(spaced.Replace("Elle est là_! Deux jours de feuilletage~: **frangipane** maison_; et une fève «_peinte_». "), 6)
	doc, _ := p.Parse([]byte(text))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if len(f.Passages(p, doc, text)) > 0 {
			b.Fatal("it is right")
		}
	}
}
