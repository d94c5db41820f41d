package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A workspace is an account whose site is in a folder of its own.
type workspace struct {
	testing.TB
	dir string
	platform.Account
	conn *conn
}

func newWorkspace(t testing.TB) *workspace {
	t.Helper()
	w := &workspace{TB: t, dir: t.TempDir()}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	w.Account = platform.Account{
		Channel: "blog", Brand: "Boulangerie Dupain", Language: "fr", Zone: zone, Root: root,
		Settings: map[string]string{"url": "https://dupain.example/", "directory": "public", "description": "Des nouvelles du fournil, rue des Lilas."},
	}
	w.open()
	return w
}

// copy is another workspace with the same site and settings.
func (w *workspace) copy() *workspace {
	w.Helper()
	next := newWorkspace(w.TB)
	if err := os.CopyFS(next.dir, os.DirFS(w.dir)); err != nil {
		w.Fatal(err)
	}
	next.Settings = w.Settings
	next.open()
	return next
}

// open is what the next run begins with: nothing is known of the last one.
func (w *workspace) open() {
	w.Helper()
	c, err := Platform.Open(w.Account)
	if err != nil {
		w.Fatal(err)
	}
	w.conn = c.(*conn)
	w.conn.flush = func(*os.File) error { return nil }
}

func (w *workspace) publish(a platform.Attempt) platform.Ref {
	w.Helper()
	r, err := w.conn.Publish(w.Context(), a)
	if err != nil {
		w.Fatalf("Publish %s: %v", a.Part.Post, err)
	}
	return r
}

func (w *workspace) edit(r platform.Ref, a platform.Attempt) platform.Ref {
	w.Helper()
	r, err := w.conn.Edit(w.Context(), r, a)
	if err != nil {
		w.Fatalf("Edit %s: %v", r.ID, err)
	}
	return r
}

func (w *workspace) remove(r platform.Ref) {
	w.Helper()
	if err := w.conn.Remove(w.Context(), r); err != nil {
		w.Fatalf("Remove %s: %v", r.ID, err)
	}
}

// read is a file of the site.
func (w *workspace) read(name string) string {
	w.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "public", filepath.FromSlash(name)))
	if err != nil {
		w.Fatal(err)
	}
	return string(data)
}

// tree is every file of the site, by name.
func (w *workspace) tree() map[string]string {
	w.Helper()
	files := map[string]string{}
	base := filepath.Join(w.dir, "public")
	err := filepath.Walk(base, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(base, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		w.Fatal(err)
	}
	return files
}

// attempt is a post of the author's: Markdown in which ![alt](n) is picture n.
func attempt(id, at, markdown string, set func(*platform.Part)) platform.Attempt {
	t, err := time.Parse("2006-01-02 15:04 -0700", at+" +0100")
	if err != nil {
		panic(err)
	}
	p := platform.Part{Post: id, Due: t.UTC(), Lang: "fr"}
	if set != nil {
		set(&p)
	}
	doc, _ := text.NewParser().Parse([]byte(markdown))
	if doc = doc.Joined(); len(doc.Parts) > 0 {
		p.Text = text.HTML{}.Write(doc.Parts[0], text.Names{Image: func(file string) (text.Picture, bool) {
			n, err := strconv.Atoi(file)
			if err != nil || n >= len(p.Media) {
				return text.Picture{}, false
			}
			m := p.Media[n]
			return text.Picture{Src: "media:" + file, Alt: m.Alt, Width: m.Width, Height: m.Height}, true
		}}).String
	}
	return platform.Attempt{Key: keyOf(id), At: t.Add(90 * time.Second).UTC(), Part: p}
}

// keyOf is a key like those of the engine.
func keyOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.Map(func(r rune) rune {
		return map[bool]rune{true: 'a' + (r - '0'), false: r}[r >= '0' && r <= '9']
	}, hex.EncodeToString(sum[:])[:25])
}

// paint is a picture of no place in particular: hills under a sun.
func paint(seed, w, h int, alt string) platform.Media {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	s := float64(seed)
	mix := func(a, b color.RGBA, f float64) color.RGBA {
		f = min(max(f, 0), 1)
		c := func(x, y uint8) uint8 { return uint8(float64(x)*(1-f) + float64(y)*f) }
		return color.RGBA{c(a.R, b.R), c(a.G, b.G), c(a.B, b.B), 255}
	}
	tint := func(hue float64) color.RGBA {
		c := func(o float64) uint8 { return uint8(150 + 75*math.Sin(hue+o)) }
		return color.RGBA{c(0), c(2.1), c(4.2), 255}
	}
	sky, glow := tint(s*1.7), color.RGBA{252, 233, 205, 255}
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			c := mix(sky, glow, fy*1.3)
			if d := math.Hypot((fx-0.68)*float64(w)/float64(h), fy-0.36); d < 0.13 {
				c = mix(color.RGBA{255, 248, 230, 255}, c, (d-0.125)*200)
			}
			for i := range 4 {
				top := 0.5 + float64(i)*0.13 + 0.06*math.Sin(fx*(5-float64(i))+s*2+float64(i)*1.9) + 0.03*math.Sin(fx*11+s+float64(i))
				if fy > top {
					c = mix(tint(s*1.7+0.8), color.RGBA{52, 40, 44, 255}, 0.25+float64(i)*0.2)
				}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 82}); err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return platform.Media{
		File: fmt.Sprintf("media/Été %d.jpeg", seed), Digest: "sha256:" + hex.EncodeToString(sum[:]), Type: "image/jpeg",
		Width: w, Height: h, Alt: alt,
		Open: func() (platform.Picture, error) {
			return platform.Picture{Data: b.Bytes(), Type: "image/jpeg", Width: w, Height: h}, nil
		},
	}
}

// posts are what a bakery might write, and what a page may have to show. Their
// pictures are smaller by scale.
func posts(scale int) []platform.Attempt {
	paint := func(seed, w, h int, alt string) platform.Media { return paint(seed, w/scale, h/scale, alt) }
	return []platform.Attempt{
		attempt("2026/ouverture", "2026-11-02 07:00", "Le rideau se lève. **Dupain** ouvre ce matin rue des Lilas, et le four est chaud depuis quatre heures.\n\nPassez dire bonjour : le premier café est pour nous.",
			func(p *platform.Part) { p.Title = "Nous ouvrons !"; p.Tags = []string{"fournil"} }),
		attempt("2026/note-levain", "2026-11-12 18:40", "Le levain a doublé de volume en trois heures. Il s’appelle Gaston. https://dupain.example/levain", func(p *platform.Part) { p.Tags = []string{"levain"} }),
		attempt("2026/pain-de-garde", "2026-11-19 09:00", "Un pain de garde se garde une semaine, parfois deux. Voici comment, sans sac plastique et sans magie.\n\n# Le torchon\n\nUn torchon de lin, *propre et sec*. Le lin respire : la croûte reste croûte.\n\n# La coupe\n\n- On commence par le milieu.\n- On referme le pain sur lui-même.\n- On le pose **sur la tranche**, jamais sur le dos.\n\n> Le pain rassis n’est pas dur. Ce sont les gens pressés qui le sont.\n\n# Combien de temps ?\n\n| pain | jours |\n|:---|---:|\n| baguette | 1 |\n| campagne | 5 |\n| seigle | 10 |\n\nEt s’il durcit quand même : `220 °C`, six minutes, un verre d’eau dans le four.\n\n1. Mouiller la croûte.\n2. Enfourner.\n3. Attendre, c’est le plus dur.\n\n```sh\nfour --chaleur 220 --minutes 6 < pain > toast\n```\n\n---\n\nLa semaine prochaine : le sarrasin.",
			func(p *platform.Part) {
				p.Title = "Garder le pain, sans sac ni magie"
				p.Summary = "Un torchon de lin, une bonne coupe, et le pain se garde une semaine. Ce que nous répondons quand on nous le demande."
				p.Tags = []string{"conseil", "pain"}
				p.Media = []platform.Media{paint(3, 1600, 1000, "Un pain de campagne sur un torchon de lin")}
				p.Media[0].Focus = [2]float64{0.3, 0.2}
			}),
		attempt("2026/sourdough", "2026-11-26 10:00", "Our sourdough is made from three things: flour, water and *time*. The time is two days.\n\n![The crumb, up close](0)\n\nWe do not sell the starter. We do give it away: bring a jar.",
			func(p *platform.Part) {
				p.Title, p.Lang = "On sourdough, briefly", "en"
				p.Tags = []string{"levain", "pain", "English"}
				p.Media = []platform.Media{paint(5, 1200, 900, "The crumb, up close")}
			}),
		attempt("2026/allergenes", "2026-12-03 08:30", "Les vitrines de Noël contiennent **amande**, *noisette* et œuf. La liste complète est au comptoir.",
			func(p *platform.Part) {
				p.Title = "Vitrines de Noël"
				p.Warning = "Fruits à coque"
				p.Tags = []string{"noël"}
				p.Media = []platform.Media{paint(7, 1000, 800, "Une vitrine de sablés")}
			}),
		attempt("2026/atelier-photos", "2026-12-16 17:05", "Quinze enfants, trois kilos de farine, un batteur de moins. Merci à [l’école des Lilas](https://ecole.example/).",
			func(p *platform.Part) {
				p.Title = "L’atelier en images"
				p.Tags = []string{"atelier"}
				p.Media = []platform.Media{
					paint(11, 1400, 900, "Des mains dans la pâte"), paint(12, 900, 900, "Un bonnet trop grand"),
					paint(13, 900, 1200, "La farine vole"), paint(14, 1200, 900, ""),
				}
			}),
		attempt("2026/merci", "2026-12-24 12:00", "Nous fermons à 13 h. Joyeux Noël à vous !", nil),
		attempt("2027/secret", "2027-01-02 09:00", "La carte de février, pour les abonnés de la lettre.",
			func(p *platform.Part) { p.Title, p.Visibility = "En avant-première", "unlisted" }),
		attempt("2027/galette", "2027-01-04 08:30", "Elle est là ! Frangipane maison, **sans fève en plastique**. Merci à Ana pour la photo.\n\nNous la faisons comme en 1954 : beurre de Normandie, amandes de Provence, et une nuit de repos.\n\n---\n\nRéservez la vôtre au comptoir, ou par téléphone avant midi.",
			func(p *platform.Part) {
				p.Title = "La galette est arrivée"
				p.Tags = []string{"galette", "épiphanie"}
				p.Link = "https://dupain.example/galette?taille=6&part=1"
				p.Media = []platform.Media{paint(2, 2000, 1300, "Une galette dorée, coupée en huit")}
				p.Media[0].Focus = [2]float64{0, 0.3}
			}),
	}
}

// oddities are posts that no bakery writes, and that a page must bear.
func oddities() []platform.Attempt {
	var all []platform.Attempt
	add := func(lang, title, markdown string, set func(*platform.Part)) {
		at := time.Date(2027, 2, 1+len(all), 8, len(all), 0, 0, time.UTC)
		all = append(all, attempt(fmt.Sprintf("odd/%d %s", len(all), title), at.Format("2006-01-02 15:04"), markdown, func(p *platform.Part) {
			p.Lang, p.Title = lang, title
			if set != nil {
				set(p)
			}
		}))
	}
	add("ar", "خبز الصباح", "وصل الخبز الطازج هذا الصباح، وهو ساخن من الفرن. السعر 12.50 د.إ، والكمية محدودة.\n\n> من سبق إلى الفرن أكل.\n\n- خبز\n- زيت", func(p *platform.Part) { p.Tags = []string{"خبز"} })
	add("ja", "新しいパン", "新しいパンが焼けました。「おいしい」！毎朝八時に焼き上がります。どうぞお早めにお越しください。", func(p *platform.Part) { p.Tags = []string{"パン", "日本"} })
	add("en", `</title><script>alert("&")</script>`, "Markup in words: `</div></script>` & <https://example.org/?a=1&b=2> and a \\<b\\>.", func(p *platform.Part) {
		p.Tags = []string{`"><i>`, "C++", "C#"}
		p.Summary = `"quoted" & <angled>; url=javascript:alert(1)`
		p.Link = "https://example.org/a_(b)?c=d&e='f'"
	})
	add("en", "", "![A wide picture](0)\n\n![](1)", func(p *platform.Part) {
		p.Media = []platform.Media{paint(61, 300, 20, "A wide picture"), paint(62, 20, 300, "")}
	})
	add("en", "Only a picture", "", func(p *platform.Part) {
		p.Media = []platform.Media{paint(63, 300, 300, "She said \"oui\",\nthen <left> & 100 %")}
	})
	add("fr-CA", "Deux avertissements", "Un texte.\n\n---\n\nUne suite.", func(p *platform.Part) { p.Warning = "« Divulgâcheur » & <suite>" })
	add("en", "", strings.Repeat("Donaudampfschifffahrt", 12)+" and a line that is long enough to be cut, because it goes on and on, and does not end before the summary has to.", nil)
	add("en", "Every block", "Words with **strong**, *em*, ~~struck~~, `code` and [a link](https://example.org/).  \nA second line.\n\n# One\n\n1. a\n   - b\n   - c\n\n   more\n\n2. d\n\n## Two\n\n> quoted\n>\n> > twice\n\n| a | b | c |\n|---|:-:|--:|\n| 1 | `2` | **3** |\n\n    code\n    <more>\n\n5. five\n6. six", nil)
	return all
}

// TestSample writes sites to look at, and for .ci/site-valid to judge.
func TestSample(t *testing.T) {
	out := os.Getenv("SITE_SAMPLE")
	if out == "" {
		t.Skip("SITE_SAMPLE names no folder")
	}
	keep := func(name string, w *workspace) {
		t.Helper()
		if err := os.CopyFS(filepath.Join(out, name), os.DirFS(filepath.Join(w.dir, "public"))); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorkspace(t)
	for _, a := range posts(1) {
		w.publish(a)
	}
	for i := range 28 {
		at := time.Date(2025, time.Month(3+i/4), 3+i%4*6, 8+i%9, 15*(i%4), 0, 0, time.UTC)
		w.publish(attempt(fmt.Sprintf("2025/billet-%d", i+1), at.Format("2006-01-02 15:04"),
			fmt.Sprintf("Billet numéro %d. Rien de nouveau sous le four, sinon le pain, qui est toujours nouveau.", i+1),
			func(p *platform.Part) {
				if i%3 != 0 {
					p.Title = fmt.Sprintf("Carnet du fournil, n° %d", i+1)
				}
				p.Tags = []string{"carnet"}
			}))
	}
	a := posts(1)[8]
	a.At = a.At.Add(26 * time.Hour)
	a.Part.Text += "\n<p>Complet jusqu’à jeudi.</p>"
	w.edit(platform.Ref{ID: "2027/galette.html"}, a)
	keep("bakery", w)

	odd := newWorkspace(t)
	odd.Language, odd.Settings["title"], odd.Settings["url"] = "en", `Odd & "ends" <here>`, "http://user.example:8080/odd"
	odd.open()
	for _, a := range oddities() {
		odd.publish(a)
	}
	keep("oddities", odd)

	empty := newWorkspace(t)
	delete(empty.Settings, "description")
	empty.open()
	empty.remove(empty.publish(posts(40)[0]))
	keep("empty", empty)
}
