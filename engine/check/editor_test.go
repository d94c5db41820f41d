package check

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// Whatever is written, what is found in it has a place in it; and it is the
// same whether or not some of it is strong.
func FuzzEditor(f *testing.F) {
	f.Add("VENEZ **TOUS GOÛTER** LA GALETTE @{ana} https://a.example/ `X`\n𝗮𝗿𝗿")
	f.Add("> ![IMG_1.jpg](IMG_1.jpg) L’UNESCO, l’UNICEF\\! &amp; ＡＢＣＤＥ ＦＧＨＩＪ ＫＬ ＭＮ")
	f.Add("\x00\xff# A\n\n- É\u0301́ \xf0\x9d")
	parser := text.NewParser()
	f.Fuzz(func(t *testing.T, src string) {
		src = strings.ToValidUTF8(src, "�") // as files are
		doc, _ := parser.Parse([]byte(src))
		for _, p := range doc.Parts {
			p.Walk(func(b text.Block) {
				words, at := prose(b.Spans)
				for i := range words {
					if to := at(i); to < 0 || to > len(src)+len(words) {
						t.Fatalf("byte %d of %q is at %d of %q", i, words, to, src)
					}
				}
				if quiet(b.Spans) && (shouting(words) >= 0 || fancy(words) >= 0) {
					t.Errorf("%q is called quiet", words)
				}
			})
		}
		if i := shouting(src); i >= 0 && (shouting(src[i:]) != 0 || shouting(strings.ToLower(src)) >= 0 || shouting("so "+src[i:]) != 3) {
			t.Errorf("%q: where it shouts depends on what does not", src)
		}
		if i := fancy(src); i >= 0 && !utf8.RuneStart(src[i]) {
			t.Errorf("%q: in the middle of a letter", src)
		}
	})
}

// The lists are words of several people, so here are some of each kind.
func TestNotAlt(t *testing.T) {
	for alt, bad := range map[string]bool{
		"": false, "a.jpg": true, "Un a.jpg": false, "photo.JPEG": true, "DSC_0012": true, "galette": false, "Galette.": false,
		"photo": true, "Photo :": true, "image 3": true, "(image)": true, "Photo d’Ana": false, "Une image": false, "3": false, "…": false,
		"v1.0": false, "example.png is a name": false,
	} {
		file := "media/galette.jpg"
		if strings.HasPrefix(alt, "DSC") {
			file = "media/DSC_0012.jpg"
		}
		if got := notAlt(alt, file); (got != "") != bad {
			t.Errorf("%q: %q", alt, got)
		}
	}
}
