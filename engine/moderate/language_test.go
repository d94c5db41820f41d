package moderate_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
)

// Short comments, as people write them. A language is told only where there is
// no doubt, and never a wrong one.
func TestLanguage(t *testing.T) {
	told, wrong := 0, 0
	comments := []struct{ lang, text string }{
		{"fr", "Trop bon, merci pour tout !"}, {"fr", "c'est nul"}, {"fr", "J’ai adoré la galette, elle est très belle"}, {"fr", "bande de connards"},
		{"fr", "Vous êtes ouverts dimanche ?"}, {"fr", "tres deçu, le pain etait pas cuit"}, {"fr", "n'importe quoi ce service"}, {"fr", "lol"},
		{"fr", "Bravo à l'équipe, d'habitude je n'aime pas ça"}, {"fr", "on veut la recette"}, {"fr", "ça sent bon jusque dans la rue"}, {"fr", "Pourquoi c'est si cher ?"},
		{"fr", "quelqu'un sait s'ils livrent"}, {"fr", "mdr t'as vu le prix"}, {"fr", "Le meilleur pain de la ville, et de loin"}, {"fr", "je suis fan de vous"},
		{"en", "I love this so much"}, {"en", "what a scam, don't buy from them"}, {"en", "lol"}, {"en", "You are the best bakery in town"}, {"en", "this is so ugly"},
		{"en", "where can I find the recipe?"}, {"en", "nice"}, {"en", "my son and I would love to come"}, {"en", "I'd go again, it's great"}, {"en", "You should be ashamed of your prices"},
		{"en", "that's what she said"}, {"en", "Thanks for the tip about sourdough"}, {"en", "open on sundays?"}, {"en", "chat noir is my favourite café"},
		{"de", "Das ist sehr gut und nicht teuer"}, {"es", "Gracias por todo, el pan es muy bueno"}, {"it", "Il pane è molto buono, grazie"},
		{"und", "❤️❤️❤️"}, {"und", "https://dupain.example/galette"}, {"und", "ok"}, {"und", "Отлично, спасибо за всё"}, {"und", "🔥 top 🔥"}, {"und", "De Wit & Zonen, on the rue de la Paix"},
		{"und", "danke, merci, thanks"}, {"und", ""},
	}
	for _, c := range comments {
		switch got := moderate.Language(c.text); got {
		case moderate.Und:
		case c.lang:
			told++
		default:
			wrong++
			t.Errorf("%q is taken for %s", c.text, got)
		}
	}
	t.Logf("%d of %d short comments told, %d wrong", told, len(comments), wrong)
	if told < 18 {
		t.Errorf("only %d are told", told)
	}
}

// TestLanguageOfHateCheck measures it on English that nobody here wrote.
func TestLanguageOfHateCheck(t *testing.T) {
	data := os.Getenv("IMPRIMATUR_TESTDATA")
	if data == "" {
		t.Skip("IMPRIMATUR_TESTDATA names no folder: the English of HateCheck is not looked at")
	}
	f, err := os.Open(filepath.Join(data, "moderation", "hatecheck", "test_suite_cases.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, row := range rows[1:] {
		counts[moderate.Language(row[3])]++
	}
	n := len(rows) - 1
	t.Logf("%d cases: %v", n, counts)
	if wrong := n - counts["en"] - counts[moderate.Und]; wrong > n/1000 || counts["en"] < n/2 {
		t.Errorf("%d of %d told, %d wrong", counts["en"], n, wrong)
	}
}
