package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

var update = flag.Bool("update", false, "rewrite the expected output")

func workspace(t testing.TB) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// channel is one of a platform, with every setting it needs.
func channel(t testing.TB, name string) *platform.Channel {
	t.Helper()
	p := all.Platforms().Named(name)
	c := &platform.Channel{Name: name, Platform: p, Profile: p.Profile, Settings: map[string]string{}}
	for _, f := range p.Fields {
		c.Settings[f.Name] = f.Example
	}
	return c
}

func photo(t testing.TB, file, alt string, shade uint8) platform.Media {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for y := range 600 {
		for x := range 900 {
			img.Set(x, y, color.RGBA{shade, uint8(x / 4), uint8(y / 3), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return platform.Media{File: file, Alt: alt, Open: func() (platform.Picture, error) {
		return platform.Picture{Data: b.Bytes(), Type: "image/jpeg", Width: 900, Height: 600}, nil
	}}
}

func zone(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func handoff(t testing.TB, platformName, post string, parts ...platform.Part) Handoff {
	t.Helper()
	return Handoff{Channel: channel(t, platformName), Due: time.Date(2027, 1, 4, 7, 30, 0, 0, time.UTC), Zone: zone(t), Lang: "fr",
		Variant: platform.Variant{Post: post, Channel: platformName, Parts: parts}, Resolve: "imprimatur resolve " + post + " " + platformName + " --live URL"}
}

func text(s string) platform.Part { return platform.Part{Text: s} }

// samples are handoffs of each kind.
func samples(t testing.TB) []Handoff {
	thread := handoff(t, "x", "2027/galette",
		platform.Part{Text: "Elle est là ! Frangipane maison.\n\n#galette", Media: []platform.Media{photo(t, "media/Galette dorée.jpg", "Une galette dorée,\ncoupée en huit", 200)}},
		platform.Part{Text: "Et demain ?", Media: []platform.Media{photo(t, "media/four.png", "", 60), photo(t, "media/four.jpg", "Le four", 90)}})
	film := handoff(t, "youtube", "2027/film", platform.Part{Title: "Le pain au levain", Text: "Comment naît un pain.", Media: []platform.Media{photo(t, "pain.jpg", "has no place there", 40)}, Tags: []string{"pain", "levain"}, Visibility: "unlisted"})
	film.Due = film.Due.Add(26 * time.Hour)
	pin := handoff(t, "pinterest", "2027/epingle", platform.Part{Title: "Galette", Text: "La recette.", Link: "https://dupain.example/galette",
		Media: []platform.Media{photo(t, "media/galette.jpg", "Une galette", 180)}})
	asked := handoff(t, "telegram", "2027/sondage", platform.Part{Text: "Quelle fève ?", Poll: &platform.Poll{Options: []string{"Le roi", "La <reine>"}, Open: 72 * time.Hour}})
	article := handoff(t, "devto", "2027/article", platform.Part{Title: "Un four", Tags: []string{"pain"},
		Text: "Voici :\n\n![Le four](media:0)\n\nUn `media:0` reste, et media:7 aussi.\n", Media: []platform.Media{photo(t, "posts/four.jpg", "Le four", 20)}})
	again := handoff(t, "linkedin", "2026/noel", text("Joyeux Noël (vraiment) !"))
	again.Live = []platform.Ref{{ID: "urn:li:share:1", URL: "https://www.linkedin.com/feed/update/urn:li:share:1/"}}
	gone := handoff(t, "reddit", "2026/erreur")
	gone.Live, gone.Remove = []platform.Ref{{ID: "t3_abc"}}, true
	return []Handoff{thread, film, pin, asked, article, again, gone}
}

func write1(t testing.TB, root *os.Root, h Handoff) string {
	t.Helper()
	at, err := Write(root, "outbox", h)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// tree is the files of a workspace, those that are no pictures with what they
// say.
func tree(t testing.TB, root *os.Root) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if e.Type()&fs.ModeSymlink != 0 {
			files[name] = "a link"
			return nil
		}
		data, err := root.ReadFile(name)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What is written for each kind of handoff is in testdata: read it.
func TestItems(t *testing.T) {
	root := workspace(t)
	for _, h := range samples(t) {
		at := write1(t, root, h)
		if _, err := root.Stat(at + "/item.json"); err != nil {
			t.Error(err)
		}
	}
	var got txtar.Archive
	files := tree(t, root)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	}) {
		data := files[name]
		switch {
		case name == "outbox/index.html":
			continue
		case strings.HasPrefix(data, "\xff\xd8"):
			data = fmt.Sprintf("(a picture of %d bytes)", len(data))
		}
		got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(data + "\n")})
	}
	golden := filepath.Join("testdata", "items.txtar")
	if *update {
		if err := os.WriteFile(golden, txtar.Format(&got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := os.ReadFile(golden); string(want) != string(txtar.Format(&got)) {
		t.Errorf("not what %s says; run with -update and read the difference:\n%s", golden, txtar.Format(&got))
	}
}

func pageOf(t testing.TB, root *os.Root) string {
	t.Helper()
	data, err := root.ReadFile("outbox/index.html")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The page lists every item there is, whoever wrote it, soonest first.
func TestPage(t *testing.T) {
	root := workspace(t)
	for _, h := range samples(t) {
		write1(t, root, h)
	}
	page := pageOf(t, root)
	var order []string
	for _, m := range regexp.MustCompile(`<bdi class="channel">([^<]*)</bdi>`).FindAllStringSubmatch(page, -1) {
		order = append(order, m[1])
	}
	if want := "devto linkedin pinterest reddit telegram x youtube"; strings.Join(order, " ") != want {
		t.Errorf("order %v, want %s", order, want)
	}
	for _, want := range []string{
		`<html lang="fr">`, "7 choses à faire", "lundi 4 janvier 2027, 08:30", "mardi 5 janvier 2027, 10:30", "Europe/Paris",
		`href="https://x.com/compose/post"`, `href="https://t.me/dupain"`, "Ouvrir YouTube", "Ajoutez la vidéo", "Rendez-la non listée.",
		"<pre id=\"i6-t0\" dir=\"auto\" tabindex=\"0\">\nElle est là ! Frangipane maison.\n\n#galette</pre>",
		`src="./x/2027-galette/1-1-Galette-dor%C3%A9e.jpg"`, "Partie 2 sur 2", "Publiez chaque partie en réponse", "Sans texte alternatif",
		"Modifier ce qui est en ligne", "https://www.linkedin.com/feed/update/urn:li:share:1/", "Retirer", "t3_abc",
		"La &lt;reine&gt;", "Sondage, ouvert 3 jours, une seule réponse", "imprimatur resolve 2027/film youtube --live URL",
		"![Le four](1-four.jpg)", "Le texte nomme chaque image",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Every button copies something that is there.
	for _, m := range regexp.MustCompile(`data-copy="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if strings.Count(page, `id="`+m[1]+`"`) != 1 {
			t.Errorf("a button copies %s, of which there is not one", m[1])
		}
	}
	// Every file it refers to is there.
	for _, m := range regexp.MustCompile(`(?:src|href)="\./([^"]*)"`).FindAllStringSubmatch(page, -1) {
		name, err := url.PathUnescape(m[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := root.Stat("outbox/" + name); err != nil {
			t.Error(err)
		}
	}
	// The policy allows this style and this script, and nothing of elsewhere.
	for _, tag := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+tag+">")
		src, _, _ := strings.Cut(rest, "</"+tag+">")
		sum := sha256.Sum256([]byte(src))
		if want := tag + "-src &#39;sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "&#39;"; !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), want) {
			t.Errorf("the policy does not allow the page's own %s, %s", tag, want)
		}
	}
	if strings.Contains(page, "//fonts") || regexp.MustCompile(`(?:src|link [^>]*href)="https?:`).MatchString(page) {
		t.Error("the page loads something from elsewhere")
	}
	if other := handoff(t, "x", "later", text("Hi")); true {
		other.Lang = "en-GB"
		other.Due = other.Due.Add(-time.Hour)
		write1(t, root, other)
		if page := pageOf(t, root); !strings.Contains(page, `<html lang="en">`) || !strings.Contains(page, "8 things to do") {
			t.Error("the page does not speak the language of what is first")
		}
	}
}

// What a post says is words on the page, whatever it says.
func TestHostileWords(t *testing.T) {
	const bad = `</pre><script>alert(1)</script><img src=x onerror=alert(1)>" onclick="alert(1)`
	root := workspace(t)
	h := handoff(t, "youtube", bad, platform.Part{Text: bad, Title: bad, Summary: bad, Tags: []string{bad}, Link: "javascript:alert(1)", Visibility: bad, Warning: bad,
		Media: []platform.Media{photo(t, "a/"+bad+".jpg", bad, 1)}, Poll: &platform.Poll{Options: []string{bad, bad}}})
	h.Channel.Name, h.Resolve, h.Lang = bad, bad, bad
	h.Channel.Settings["account"] = bad
	h.Live = []platform.Ref{{URL: "javascript:alert(1)"}, {ID: bad}}
	write1(t, root, h)
	page := pageOf(t, root)
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	for _, never := range []string{"<img src=x", `" onclick="`, `href="javascript`, "</pre><script"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %s", never)
		}
	}
	// A page made from what somebody else left in the folder is no different.
	if err := root.MkdirAll("outbox/x/evil", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := root.WriteFile("secret.txt", []byte("hush"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"../../../secret.txt", "/etc/passwd", "..", `..\secret.txt`, "", "."} {
		evil := fmt.Sprintf(`{"version":1,"channel":"x","post":"evil","task":"x\"><script>","compose":"javascript:alert(1)","parts":[{"text":%q}],"fields":[{"name":"title","file":%q}]}`, file, file)
		if err := root.WriteFile("outbox/x/evil/item.json", []byte(evil), 0o644); err != nil {
			t.Fatal(err)
		}
		write1(t, root, h)
		if page := pageOf(t, root); strings.Contains(page, "hush") || strings.Contains(page, "evil") {
			t.Errorf("the page shows an item whose file is %q", file)
		}
	}
}

// Wherever a post's name leads, its files are in a folder of their own, and
// clearing it takes away that folder and nothing else.
func TestNames(t *testing.T) {
	root := workspace(t)
	if err := root.WriteFile("precious.txt", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	ids := []string{"a", "a/b", "a-b", "a b", "a//b", "A/B", "../../precious.txt", "..", ".", "", "/", "/etc/passwd", `a\b`, "C:", "con", "CON", "nul/x", "aux",
		".a-b.new", ".a-b.old", "item.json", "index.html", "é", "e\u0301", "日本/語", "\x00", "a\nb", "\xff\xfe", "🥐", strings.Repeat("x", 300), strings.Repeat("é/", 300),
		strings.Repeat("x", 301), "a\u202eb", "-", "--", "_", "a.", "a "}
	at := map[string]string{}
	for _, id := range ids {
		dir := write1(t, root, handoff(t, "x", id, text("I am "+id)))
		if !fs.ValidPath(dir) || path.Dir(dir) != "outbox/x" || path.Base(dir)[0] == '.' {
			t.Errorf("%q goes to %q", id, dir)
		}
		if other, taken := at[dir]; taken {
			t.Errorf("%q and %q share %s", id, other, dir)
		}
		at[dir] = id
	}
	for dir, id := range at {
		if data, err := root.ReadFile(dir + "/1.txt"); err != nil || string(data) != "I am "+id {
			t.Errorf("%q: %q, %v", id, data, err)
		}
	}
	for i, id := range ids {
		if dir := write1(t, root, handoff(t, "x", id, text("I was "+id))); at[dir] != id {
			t.Errorf("%q moved to %s", id, dir)
		}
		if err := Clear(root, "outbox", "x", id); err != nil {
			t.Fatal(err)
		}
		left := 0
		for name := range tree(t, root) {
			if path.Base(name) == "item.json" {
				left++
			}
		}
		if left != len(ids)-i-1 {
			t.Fatalf("with %q, %d items are left, want %d", id, left, len(ids)-i-1)
		}
	}
	if got := tree(t, root); len(got) != 1 || got["precious.txt"] != "mine" {
		t.Errorf("left behind: %v", got)
	}
	if err := Clear(root, "outbox", "x", "a"); err != nil {
		t.Errorf("what is not there is cleared with an error: %v", err)
	}
	if err := Clear(root, "elsewhere", "x", "a"); err != nil {
		t.Errorf("where there is no outbox, clearing is an error: %v", err)
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"a/b", "..", "CON", "é", "\xff", strings.Repeat("語", 100), "a\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := slug(s)
		if got == "" || got[0] == '.' || len(got) > longest+1 || !fs.ValidPath(got) || !utf8.ValidString(got) || strings.ContainsAny(got, "./\\:*?\"<>| \x00") {
			t.Errorf("%q makes %q", s, got)
		}
		if slug(got) != got {
			t.Errorf("%q makes %q, which makes %q", s, got, slug(got))
		}
	})
}

// A run that ends at any step leaves the old item or the new one, and the next
// run goes on from there.
func TestCrash(t *testing.T) {
	type end struct{}
	crash := func(root *os.Root, at int, do func(*box) error) (ended bool) {
		b, err := open(root, "outbox", true)
		if err != nil {
			t.Fatal(err)
		}
		defer b.root.Close()
		defer func() {
			if r := recover(); r != nil {
				if _, is := r.(end); !is {
					panic(r)
				}
				ended = true
			}
		}()
		n := 0
		b.before = func(string) {
			if n++; n > at {
				panic(end{})
			}
		}
		if err := do(b); err != nil {
			t.Fatal(err)
		}
		return false
	}
	old := handoff(t, "x", "2027/galette", platform.Part{Text: "old", Media: []platform.Media{photo(t, "a.jpg", "old alt", 1)}})
	fresh := handoff(t, "x", "2027/galette", platform.Part{Text: "new", Media: []platform.Media{photo(t, "b.jpg", "new alt", 2)}}, text("new, too"))
	beside := handoff(t, "x", "other", text("other"))
	only := func(h Handoff) map[string]string {
		root := workspace(t)
		write1(t, root, h)
		return tree(t, root)
	}
	item := func(files map[string]string) map[string]string {
		kept := map[string]string{}
		for name, data := range files {
			if strings.HasPrefix(name, "outbox/x/2027-galette/") {
				kept[name] = data
			}
		}
		return kept
	}
	same := func(a, b map[string]string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }
	olds, news := item(only(old)), item(only(fresh))
	for _, tt := range []struct {
		name  string
		do    func(*box) error
		after map[string]string
	}{
		{"write", func(b *box) error { _, err := b.write(&fresh); return err }, news},
		{"clear", func(b *box) error { return b.clear("x", "2027/galette") }, map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[bool]int{}
			for at := 0; ; at++ {
				root := workspace(t)
				write1(t, root, old)
				ended := crash(root, at, tt.do)
				write1(t, root, beside) // the next run, about something else
				files := tree(t, root)
				got := item(files)
				isNew := same(got, tt.after)
				if !isNew && !same(got, olds) {
					t.Fatalf("step %d leaves neither the old nor the new item: %v", at, slices.Sorted(keys(got)))
				}
				seen[isNew]++
				for name := range files {
					if strings.Contains(name, "/.") {
						t.Errorf("step %d leaves %s", at, name)
					}
				}
				if page := pageOf(t, root); strings.Contains(page, "2027/galette</bdi>") != (len(got) > 0) || !strings.Contains(page, "other</bdi>") {
					t.Errorf("step %d: the page does not list what is there", at)
				}
				if crash(root, 1000, tt.do) || !same(item(tree(t, root)), tt.after) {
					t.Errorf("step %d: the next run does not get there", at)
				}
				if !ended {
					break
				}
			}
			if seen[true] == 0 || seen[false] == 0 {
				t.Errorf("the steps prove little: %v", seen)
			}
		})
	}
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// What is not the outbox's stays as it is.
func TestNotOurs(t *testing.T) {
	h := handoff(t, "x", "2027/galette", text("Elle est là."))
	for name, file := range map[string]string{"a page": "outbox/index.html", "a folder": "outbox/x/2027-galette/notes.md", "a file": "outbox/x/2027-galette"} {
		t.Run(name, func(t *testing.T) {
			root := workspace(t)
			if err := root.MkdirAll(path.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := root.WriteFile(file, []byte("mine"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Write(root, "outbox", h)
			if err == nil || !strings.Contains(err.Error(), "is not the outbox's") {
				t.Errorf("error %v", err)
			}
			if data, _ := root.ReadFile(file); string(data) != "mine" {
				t.Error("it was overwritten")
			}
		})
	}
	t.Run("a link out", func(t *testing.T) {
		root, away := workspace(t), t.TempDir()
		if err := root.Mkdir("outbox", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := root.Symlink(away, "outbox/x"); err != nil {
			t.Skip(err)
		}
		if _, err := Write(root, "outbox", h); err == nil {
			t.Error("it is followed")
		}
		if left, _ := os.ReadDir(away); len(left) > 0 {
			t.Errorf("written outside: %v", left)
		}
	})
	for _, dir := range []string{"", ".", "..", "/tmp", "a/../b", "../a"} {
		if _, err := Write(workspace(t), dir, h); err == nil {
			t.Errorf("the outbox may be %q", dir)
		}
	}
}

// A picture that cannot be read leaves things as they were, and says which.
func TestBadPicture(t *testing.T) {
	root := workspace(t)
	write1(t, root, handoff(t, "x", "a", text("old")))
	before := tree(t, root)
	bad := errors.New("media/a.jpg changed while this ran; run it again")
	h := handoff(t, "x", "a", platform.Part{Text: "new", Media: []platform.Media{{File: "media/a.jpg", Open: func() (platform.Picture, error) { return platform.Picture{}, bad }}}})
	if _, err := Write(root, "outbox", h); !errors.Is(err, bad) {
		t.Errorf("error %v", err)
	}
	if after := tree(t, root); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("something changed")
	}
}
