package rehearse

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

func fileOf(t *testing.T, r *Rehearsal) string {
	t.Helper()
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	sound(t, string(page))
	return string(page)
}

var (
	markup = regexp.MustCompile(`(?s)<(/?)([a-zA-Z!][^\s>]*)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*(/?)>`)
	attr   = regexp.MustCompile(`([a-zA-Z-]+)(?:="([^"]*)")?`)
	void   = []string{"!doctype", "meta", "img", "br", "hr", "rect"}
	known  = append(strings.Fields(`html head title style body a header main footer nav section article div p h1 h2 h3 h4 h5 h6 ul ol li
		span small strong em bdi time details summary table caption thead tbody tr th td abbr figure figcaption svg code pre blockquote s`), void...)
	attributes = strings.Fields(`lang charset http-equiv content name class href id dir aria-hidden aria-label aria-labelledby tabindex title
		scope colspan datetime rel src alt width height loading viewBox preserveAspectRatio focusable start html`)
)

// sound reads a page as a browser does, and fails where it holds an element
// or an attribute that we do not write, where elements do not nest, and where
// signs that turn the direction of text could turn what is not theirs.
func sound(t *testing.T, page string) {
	t.Helper()
	var open []string
	isolated := 0 // how many open elements keep their direction to themselves
	var isolates []bool
	at := 0
	words := func(s string) {
		if strings.Contains(s, "<") || strings.Contains(s, ">") && open[len(open)-1] != "style" {
			t.Errorf("words that could be markup: %q", s)
		}
		if isolated == 0 && strings.IndexFunc(html.UnescapeString(s), turns) >= 0 {
			t.Errorf("words in %v can turn the page around: %q", open, s)
		}
	}
	for _, m := range markup.FindAllStringSubmatchIndex(page, -1) {
		if len(open) > 0 {
			words(page[at:m[0]])
		}
		at = m[1]
		end, el, rest := page[m[2]:m[3]] == "/", strings.ToLower(page[m[4]:m[5]]), page[m[6]:m[7]]
		if !slices.Contains(known, el) {
			t.Fatalf("an element we do not write: %s", page[m[0]:m[1]])
		}
		if end {
			if len(open) == 0 || open[len(open)-1] != el {
				t.Fatalf("</%s> inside %v", el, open)
			}
			if open = open[:len(open)-1]; isolates[len(isolates)-1] {
				isolated--
			}
			isolates = isolates[:len(isolates)-1]
			continue
		}
		isolating := el == "bdi"
		for _, a := range attr.FindAllStringSubmatch(rest, -1) {
			value := html.UnescapeString(a[2])
			switch {
			case !slices.Contains(attributes, a[1]):
				t.Errorf("an attribute we do not write: %s", page[m[0]:m[1]])
			case a[1] == "href" && !regexp.MustCompile(`^(#|/site/|https?://|mailto:)`).MatchString(value),
				a[1] == "src" && !regexp.MustCompile(`^(/picture/[0-9a-f]{64}$|data:image/(jpeg|png|gif|webp);base64,)`).MatchString(value):
				t.Errorf("an address that leads elsewhere: %.200s", page[m[0]:m[1]])
			case a[1] == "dir":
				isolating = true
			}
		}
		if !slices.Contains(void, el) {
			open, isolates = append(open, el), append(isolates, isolating)
			if isolating {
				isolated++
			}
		}
	}
	if len(open) > 0 {
		t.Errorf("never closed: %v", open)
	}
}

// turns reports whether r turns the direction of the text after it.
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

const (
	evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)><!-- </style></title></textarea>`
	rtl  = "\u202egnp.exe\u2067"
)

// Nothing that an author writes becomes markup or turns the page around.
func TestAttack(t *testing.T) {
	dir := bakery(t)
	yaml := func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
	config, _ := os.ReadFile(filepath.Join(dir, "imprimatur.yaml"))
	put(t, dir, "imprimatur.yaml", strings.Replace(string(config), "Le fournil de Claire", yaml(evil+rtl), 1))
	put(t, dir, "freeze.yaml", "reason: "+yaml(evil+rtl)+"\n")
	name := `<img src=x onerror=alert(1)>` + rtl + `.jpg`
	put(t, dir, "media/"+name, photo(t, 40, 30))
	front := "title: " + yaml(evil+rtl) + "\nsummary: " + yaml(evil+rtl) + "\nwarning: " + yaml(evil+rtl) + "\ncampaign: " + yaml(evil+rtl) +
		"\ntags: [galette]\nlink: " + yaml(`https://a.example/"><script>alert(1)</script>`) + "\n"
	body := "Bonjour " + strings.ReplaceAll(evil, "<", `\<`) + rtl + "\n\n[" + rtl + "clic](https://a.example/?a=%22%3E'x) et `" + evil + "`\n"
	put(t, dir, "posts/"+strings.ReplaceAll(evil, "/", "")+rtl+".md", "---\npublish_at: 2027-01-04 08:30\n"+front+
		"media: [{file: "+yaml("media/"+name)+", alt: "+yaml(evil+rtl)+"}]\n---\n"+body)
	put(t, dir, "posts/poll.md", "---\npublish_at: 2027-01-04 08:31\nchannels: [mastodon]\npoll: {options: [\"<script>\", \"\\u202eoui\"], open: 1d}\n"+front+"---\n"+body)
	put(t, dir, "posts/<b>bad"+rtl+".md", "---\npublish_at: 2027-01-04 08:30\nchannels: [\"<script>"+`\u202e`+"\"]\n"+front+"---\n"+body)
	put(t, dir, "posts/<b>draft"+rtl+".md", "---\n"+front+"---\n"+body)
	r := rehearsed(t, all.Platforms(), dir, Options{})
	if len(r.Posts) != 6 {
		t.Errorf("%d posts went out, want 6; %v", len(r.Posts), r.Space.Problems)
	}
	page := fileOf(t, r) // which checks it
	if n := strings.Count(page, "alert(1)"); n < 20 {
		t.Errorf("the attacks are on the page %d times; they should be, as words", n)
	}
	if strings.Count(page, "<style>") != 1 {
		t.Error("more than one style")
	}
	served := get(t, serving(t, r), "/")
	sound(t, served.body)
}

// The policy lets the page's own style in, and nothing else of that kind.
func TestPolicy(t *testing.T) {
	page := fileOf(t, rehearsed(t, all.Platforms(), bakery(t), Options{}))
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1]
	if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(html.UnescapeString(policy), want) {
		t.Errorf("the policy %s does not let in the style of the page (%s)", policy, want)
	}
	if strings.Contains(page, "/site/") || strings.Contains(page, "/picture/") || strings.Contains(page, "127.0.0.1") {
		t.Error("the file refers to a server that is not there any more")
	}
	if n := strings.Count(page, `src="data:image/jpeg;base64,`); n != 3 {
		t.Errorf("%d pictures are in the file, want 3", n)
	}
}

// A file that holds years stays small; what is to come, or all there is, has
// its pictures.
func TestPast(t *testing.T) {
	dir := bakery(t)
	for _, tt := range []struct {
		now      time.Time
		pictures int
		past     string
	}{
		{time.Date(2026, 12, 20, 9, 0, 0, 0, time.UTC), 3, ""},
		{time.Date(2027, 1, 5, 22, 59, 0, 0, time.UTC), 3, "lundi 4 janvier 2027, 2 publications"},
		{time.Date(2027, 1, 5, 23, 1, 0, 0, time.UTC), 0, "du 4 au 5 janvier 2027, 3 publications"}, // the 6th in Paris
		{time.Date(2028, 1, 5, 23, 1, 0, 0, time.UTC), 3, ""},
	} {
		page := fileOf(t, rehearsed(t, all.Platforms(), dir, Options{Now: tt.now}))
		if n := strings.Count(page, `src="data:`); n != tt.pictures {
			t.Errorf("on %s the file holds %d pictures, want %d", tt.now, n, tt.pictures)
		}
		if folded := strings.Contains(page, `<details class="past">`); folded != (tt.past != "") || !strings.Contains(page, tt.past) {
			t.Errorf("on %s what has passed is folded: %v, want %q", tt.now, folded, tt.past)
		}
	}
}

type answered struct {
	status int
	header http.Header
	body   string
}

func serving(t *testing.T, r *Rehearsal) string {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.Serve(t.Context(), l) }()
	t.Cleanup(func() {
		if err := <-done; err != nil { // the test's context has ended
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func get(t *testing.T, host, path string) answered {
	t.Helper()
	return ask(t, http.MethodGet, "http://"+host+path, "")
}

func ask(t *testing.T, method, address, host string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, string(body)}
}

func TestServe(t *testing.T) {
	r := rehearsed(t, all.Platforms(), bakery(t), Options{})
	host := serving(t, r)
	page := get(t, host, "/")
	sound(t, page.body)
	if p := page.header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || !strings.Contains(p, "frame-ancestors 'none'") {
		t.Errorf("the policy is %q", p)
	}
	for _, want := range []string{`lang="fr"`, "lundi 4 janvier 2027", "du 4 au 18 janvier 2027", "08:30", "Fil de 3 parties", "Partie 2 sur 3", "Sondage, ouvert 3 jours",
		"Révèle la fin du roman", "afficher la publication", "La gueule d’un four, orange vif dans le noir", "Un second plan est vide", "Une semaine sans publication", "@ana@images.example", "sur 500 caractères", "Panne de four"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	links := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`).FindAllStringSubmatch(page.body, -1)
	kinds := map[string]bool{}
	for _, l := range links {
		a := get(t, host, l[1])
		kinds[a.header.Get("Content-Type")] = true
		if a.status != http.StatusOK || a.header.Get("Content-Security-Policy") == "" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", l[1], a.status, a.header)
		}
	}
	if !kinds["image/jpeg"] || !kinds["text/html; charset=utf-8"] {
		t.Errorf("the page leads to %v only", kinds)
	}
	if a := get(t, host, "/site/carnet/2027/nuit.html"); !strings.Contains(a.body, "Une nuit au fournil") {
		t.Errorf("the rehearsed site says %.200s", a.body)
	}
	for _, path := range []string{"/site/mastodon/api/v2/instance", "/site/nobody/", "/picture/x", "/elsewhere", "/site/carnet/%2e%2e/%2e%2e/imprimatur.yaml"} {
		if a := get(t, host, path); a.status == http.StatusOK {
			t.Errorf("%s is answered: %.200s", path, a.body)
		}
	}
	if a := ask(t, http.MethodGet, "http://"+host+"/", "evil.example"); a.status != http.StatusMisdirectedRequest || strings.Contains(a.body, "galette") {
		t.Errorf("another site's name for this machine is answered with %d", a.status)
	}
	if a := ask(t, http.MethodPost, "http://"+host+"/", ""); a.status != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered with %d", a.status)
	}
}

func TestLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:8080", "localhost:80", "127.9.9.9:1"} {
		if _, err := Loopback(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{":0", "0.0.0.0:80", "[::]:80", "192.168.1.2:80", "example.com:80", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:99999", "", "127.0.0.1.example:80"} {
		if to, err := Loopback(address); err == nil {
			t.Errorf("%s is taken as %s", address, to)
		}
	}
}

// In any language of the page, nothing is left unsaid.
func TestWords(t *testing.T) {
	for i := range languages {
		for field, v := range reflect.ValueOf(languages[i]).Fields() {
			optional := field.Name == "Locale" || field.Name == "titles"
			if v.IsZero() && !optional || v.Kind() == reflect.Array && strings.Contains(fmt.Sprintf("%q", v), `""`) {
				t.Errorf("%s has no word for %s", languages[i].Lang, field.Name)
			}
		}
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 8, 30, 0, 0, paris) }
	for _, tt := range []struct {
		lang, got, want string
	}{
		{"fr", wordsOf("fr-CA").Moment(day(2027, 1, 4)), "lundi 4 janvier 2027, 08:30"},
		{"fr", wordsOf("fr").Day(day(2027, 8, 1)), "dimanche 1er août 2027"},
		{"fr", wordsOf("fr").Span(day(2027, 1, 4), day(2027, 1, 17)), "du 4 au 17 janvier 2027"},
		{"fr", wordsOf("fr").Span(day(2027, 2, 22), day(2027, 3, 1)), "du 22 février au 1er mars 2027"},
		{"fr", wordsOf("fr").Span(day(2026, 12, 28), day(2027, 1, 3)), "du 28 décembre 2026 au 3 janvier 2027"},
		{"fr", wordsOf("fr").Span(day(2027, 1, 4), day(2027, 1, 4)), "lundi 4 janvier 2027"},
		{"fr", wordsOf("fr").Length(73*time.Hour + 5*time.Minute), "3 jours 1 heure"},
		{"fr", wordsOf("fr").Posts(0), "0 publication"},
		{"en", wordsOf("").Posts(0), "0 posts"},
		{"en", wordsOf("de").Span(day(2027, 1, 4), day(2027, 1, 17)), "4 to 17 January 2027"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.lang, tt.got, tt.want)
		}
	}
}

// Every day is in its own column of its own week, across the change of clocks
// and of the year, and weeks without posts are told.
func TestWeeks(t *testing.T) {
	paris, _ := time.LoadLocation("Europe/Paris")
	for step := 1; step < 40; step++ {
		var days []day
		for at := time.Date(2026, 9, 1, 0, 30, 0, 0, paris); at.Year() < 2028; at = at.AddDate(0, 0, step) {
			days = append(days, day{Anchor: anchor(at), date: at})
		}
		var got []string
		weeks := 0
		for _, w := range wordsOf("en").weeks(days, days[0].date) {
			if w.Quiet != "" {
				n := 1
				_, _ = fmt.Sscanf(w.Quiet, "%d", &n)
				weeks += n
				continue
			}
			weeks++
			for i, c := range w.Days {
				if c.Anchor == "" {
					continue
				}
				got = append(got, c.Anchor)
				if at, _ := time.Parse("d2006-01-02", c.Anchor); (int(at.Weekday())+6)%7 != i {
					t.Errorf("%s is in column %d", c.Anchor, i+1)
				}
			}
		}
		if len(got) != len(days) || !slices.IsSorted(got) {
			t.Errorf("every %d days: %d of %d days are there", step, len(got), len(days))
		}
		if want := int(mondayOf(days[len(days)-1].date).Sub(mondayOf(days[0].date)).Hours()+12)/24/7 + 1; weeks != want {
			t.Errorf("every %d days: %d weeks, want %d", step, weeks, want)
		}
	}
}

// Whatever a page holds, what comes out is made of a few elements that nest.
func FuzzClean(f *testing.F) {
	f.Add(`<h2>Titre</h2><p>Du <strong>pain &amp; des</strong> <a href="https://a.example/?a=1&amp;b=2">jeux</a><br>` + `<img src="media:0" alt="x"></p>`)
	f.Add(`<p><script>alert(1)</script><a href="javascript:alert(1)" onclick="x">y</a></em></p><p`)
	f.Add(`<ol start="3"><li>a</ol></li><table><tr><td>&lt;b&gt;`)
	f.Fuzz(func(t *testing.T, s string) {
		out, words := clean(s, func(n int) template.HTML { return template.HTML(fmt.Sprintf(`<img alt="%d">`, n)) })
		sound(t, "<div dir=\"auto\">"+string(out)+"</div>")
		if strings.IndexFunc(words, func(r rune) bool { return unicode.IsSpace(r) && r != ' ' }) >= 0 {
			t.Errorf("the words are not on one line: %q", words)
		}
	})
}

// What our own markup writes comes out whole.
func TestCleanKeepsEverything(t *testing.T) {
	const source = "Du **pain**, *du vin* et `du code` : [la carte](https://a.example/?a=1&b=2).\n\n## Pour commander\n\n> « Pas trop cuite »\n\n- un\n- deux\n\n3. trois\n4. quatre\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```go\nx < y && z\n```\n\n~~non~~ ![four](media/four.jpg)\n\n***\n\nFin.\n"
	doc, _ := text.NewParser().Parse([]byte(source))
	written := text.HTML{}.Write(doc.Joined().Parts[0], text.Names{Image: func(string) (text.Picture, bool) {
		return text.Picture{Src: "media:0", Alt: "four"}, true
	}}).String
	got, words := clean(written, func(n int) template.HTML { return template.HTML(fmt.Sprintf("[picture %d]", n)) })
	for _, want := range []string{"<strong>pain</strong>", "<em>du vin</em>", "<code>du code</code>", `<a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer">la carte</a>`,
		"<h5>Pour commander</h5>", "<blockquote>", "<li>deux</li>", `<ol start="3">`, "<th>a</th>", "<td>2</td>", "x &lt; y &amp;&amp; z", "<s>non</s>", "[picture 0]", "<hr>", "<p>Fin.</p>"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if !strings.HasPrefix(words, "Du pain, du vin et du code : la carte. Pour commander « Pas trop cuite » un deux") {
		t.Errorf("the words are %q", words)
	}
	sound(t, "<div>"+string(got)+"</div>")
}
