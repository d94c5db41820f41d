package report

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gtext "github.com/yuin/goldmark/text"

	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/render"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

var update = flag.Bool("update", false, "write golden files anew")

var source = Source{Repository: "https://github.com/dupain/voix", Commit: "0123456789abcdef0123456789abcdef01234567"}

// sample is a page with everything on it.
func sample(t testing.TB) Review {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2027, 1, day, hour, 30, 0, 0, paris) }
	view := func(platformName string, parts ...platform.Part) *View {
		v := &View{Platform: platformName}
		for i := range parts {
			v.Parts = append(v.Parts, parts[i])
			v.Digests = append(v.Digests, parts[i].Digest())
			n := text.Count(parts[i].Text, text.Graphemes, 0)
			v.Sizes = append(v.Sizes, []render.Size{{Length: n, Limit: 300, Unit: text.Graphemes, Fits: n <= 300}})
		}
		return v
	}
	galette := platform.Part{Text: "Elle est là ! Merci @ana pour la photo.\nhttps://dupain.example/galette", Lang: "fr", Link: "https://dupain.example/galette", Tags: []string{"galette"},
		Media: []platform.Media{{File: "media/galette.jpg", Width: 1200, Height: 800, Alt: "Une galette dorée, coupée en huit"}}}
	cost := view("x", platform.Part{Text: "Elle est là."})
	cost.Cost = 15
	broken := view("bluesky", platform.Part{Text: strings.Repeat("Trop long. ", 30), Poll: &platform.Poll{Options: []string{"oui", "non"}, Open: 72 * time.Hour}, Visibility: "unlisted"})
	broken.Problems = []schema.Problem{{Check: "text/too-long", Severity: schema.Error, Text: "30 graphemes too many; shorten it"}}
	return Review{Brand: "Boulangerie Dupain", Zone: "Europe/Paris", Folder: "dupain", Asks: "1 approval; on linkedin 2, one of @dupain/direction",
		Changes: []Change{
			{Kind: ChangeNew, Post: "2027/galette", File: "posts/2027/galette.md", Channel: "mastodon", Due: at(4, 8), View: view("mastodon", galette), Verb: plan.Wait, Why: "due"},
			{Kind: ChangeNew, Post: "2027/galette", File: "posts/2027/galette.md", Channel: "piaille", Due: at(4, 8), View: view("mastodon", galette), Verb: plan.Wait, Why: "due"},
			{Kind: ChangeNew, Post: "2027/galette", File: "posts/2027/galette.md", Channel: "x", Due: at(4, 8), View: cost, Verb: plan.Wait, Why: "due"},
			{Kind: ChangeTime, Post: "fil", File: "posts/fil.md", Channel: "mastodon", Due: at(6, 12), Was: at(5, 12), View: view("mastodon", platform.Part{Text: "Un."}, platform.Part{Text: "Deux."}), Verb: plan.Wait, Why: "due"},
			{Kind: ChangeText, Post: "trop", File: "posts/trop.md", Channel: "bluesky", View: broken},
			{Kind: ChangeGone, Post: "vieux", File: "posts/vieux.md", Channel: "mastodon", Was: at(2, 9)},
		},
		Settings:  []string{"imprimatur.yaml"},
		Problems:  []schema.Problem{{Pos: schema.Pos{File: "posts/trop.md", Line: 7, Col: 1}, Check: "text/too-long", Severity: schema.Error, Text: "30 graphemes too many; shorten it"}},
		Older:     2,
		Approvals: []ReviewOf{{Post: "2027/galette", Channels: []string{"mastodon", "piaille"}, By: []string{"ana"}}, {Post: "2027/galette", Channels: []string{"x"}, Why: "one more approval, from @dupain/direction"}},
		Frozen:    "Deuil national, until 2027-01-06 08:00 CET",
		Weeks: []Week{{Monday: at(4, 0), Days: [7][]Slot{
			{{At: at(4, 8), What: "2027/galette", Where: []string{"mastodon", "piaille", "x"}, Changed: true}},
			{}, {{What: "Épiphanie", Day: true}, {At: at(6, 12), What: "fil", Where: []string{"mastodon"}, Changed: true}}}}},
		Replay: []string{"### Moderation\n\nNothing changes."},
	}
}

// The page as an editor reads it, in both languages.
func TestReviewPage(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		r := sample(t)
		r.Lang = lang
		got := ReviewPage([]Review{r}, source, 60_000, "") + "\n"
		file := filepath.Join("testdata", "review."+lang+".md")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what the page is; run go test ./engine/report -update and read the difference:\n%s", file, got)
		}
	}
}

// However much there is, the page is no longer than it may be, and says that
// something is missing.
func TestReviewPageFits(t *testing.T) {
	r := sample(t)
	for range 2000 {
		c := r.Changes[3]
		c.Post += strings.Repeat("x", len(r.Changes)%7)
		r.Changes = append(r.Changes, c)
	}
	for _, limit := range []int{1000, 5000, 60_000, 1 << 20} {
		page := ReviewPage([]Review{r, r}, source, limit, "https://github.com/dupain/voix/actions/runs/1")
		if len(page) > limit || !strings.HasPrefix(page, ReviewMarker) {
			t.Errorf("%d bytes of %d", len(page), limit)
		}
		if whole := strings.Contains(page, "does not fit here"); whole == (limit == 1<<20) {
			t.Errorf("%d bytes: says that something is missing: %t", limit, whole)
		}
	}
}

// ours is all the HTML that the page has.
var ours = regexp.MustCompile(`^(</?(details|summary|b|code|sub)>|<br>|<!-- imprimatur:review -->|<img src="https://github\.com/dupain/voix/raw/[^"<>]*" alt="[^"<>]*" height="240">)$`)

var tag = regexp.MustCompile(`<[^>]*>`)

// Whatever a post, a file name, a channel or a server says, the page mentions
// nobody, and every link, picture and tag on it is the page's own.
func TestReviewPageIsInert(t *testing.T) {
	for _, attack := range append(attacks, "</code></summary><img src=x onerror=alert(1)>@ana", `" onload="x`, "<!-- imprimatur:review -->", "```\n@ana\n```", "../../../etc/passwd", "a)](https://evil.example)") {
		r := sample(t)
		replace(reflect.ValueOf(&r).Elem(), attack)
		r.Lang, r.Replay = "fr", nil
		md := []byte(ReviewPage([]Review{r}, source, 1<<20, ""))
		markers := 0
		doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gtext.NewReader(md))
		inert := func(html string) {
			markers += strings.Count(html, ReviewMarker)
			for _, m := range tag.FindAllString(html, -1) {
				if !ours.MatchString(m) {
					t.Errorf("%q makes the tag %q", attack, m)
				}
			}
			plain := regexp.MustCompile(`<code>[^<]*</code>`).ReplaceAllString(html, "")
			if plain = tag.ReplaceAllString(plain, ""); active.MatchString(strings.TrimSpace(plain)) {
				t.Errorf("%q: GitHub acts on %q", attack, plain)
			}
		}
		_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.CodeSpan, *ast.FencedCodeBlock:
				return ast.WalkSkipChildren, nil
			case *ast.HTMLBlock:
				inert(string(n.Lines().Value(md)))
			case *ast.RawHTML:
				for i := range n.Segments.Len() {
					s := n.Segments.At(i)
					inert(string(s.Value(md)))
				}
			case *ast.Link:
				if !strings.HasPrefix(string(n.Destination), source.Repository+"/blob/"+source.Commit+"/") {
					t.Errorf("%q leads to %s", attack, n.Destination)
				}
			case *ast.Image, *ast.AutoLink, *ast.CodeBlock, *ast.Blockquote:
				t.Errorf("%q makes a %s", attack, n.Kind())
			case *ast.Text:
				if s := string(n.Segment.Value(md)); active.MatchString(s) {
					t.Errorf("%q: GitHub acts on %q", attack, s)
				}
			}
			return ast.WalkContinue, nil
		})
		if markers != 1 {
			t.Errorf("%q: %d markers", attack, markers)
		}
	}
}

// replace puts a text in the place of every text of v that is not one of a
// set.
func replace(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			replace(v.Elem(), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
				replace(v.Field(i), s)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			replace(v.Index(i), s)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(s)
		}
	}
}
