package engine

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// everywhere opens a workspace with a channel on every platform that there is,
// named after it, and one more on Mastodon. Config ends its imprimatur.yaml;
// EVERYWHERE in a file is all those channels.
func everywhere(t *testing.T, config string, files ...txtar.File) *Space {
	t.Helper()
	var yaml strings.Builder
	yaml.WriteString("version: 1\nbrand: Dupain\nlanguage: fr-CA\nchannels:\n  zweite: {platform: mastodon, server: \"https://m.example\", token: \"${M}\"}\n")
	for _, p := range all.Platforms() {
		fmt.Fprintf(&yaml, "  %s:\n    platform: %s\n", p.Name, p.Name)
		for _, f := range p.Fields {
			if f.Required {
				fmt.Fprintf(&yaml, "    %s: %q\n", f.Name, f.Example)
			}
		}
	}
	ar := &txtar.Archive{Files: append(files, txtar.File{Name: "imprimatur.yaml", Data: []byte(yaml.String() + config)})}
	for i, f := range ar.Files {
		ar.Files[i].Data = []byte(strings.ReplaceAll(string(f.Data), "EVERYWHERE", "[zweite, "+strings.Join(all.Platforms().Names(), ", ")+"]"))
	}
	s, err := New(all.Platforms(), func(string) string { return "" }, "test").Open(t.Context(), unpack(t, ar))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if len(s.Channels) != len(all.Platforms())+1 || schema.Errors(s.Workspace.Problems) {
		t.Fatal(s.Problems)
	}
	return s
}

func post(name, front, body string) txtar.File {
	return txtar.File{Name: "posts/" + name + ".md", Data: []byte("---\npublish_at: 2027-01-04 08:30\nchannels: EVERYWHERE\n" + front + "\n---\n" + body)}
}

// seen is all that readers and their programs get of a part's words and links,
// without the markup's escapes.
func seen(p *platform.Part) string {
	s := p.Text + " " + p.Link
	for _, f := range p.Facets {
		s += " " + f.Value
	}
	return strings.ReplaceAll(html.UnescapeString(s), `\`, "")
}

// Whatever the platform, every way to write a link leads to the address with
// the parameters, and nothing else does. Text alone keeps the author's words.
func TestLinksEverywhere(t *testing.T) {
	const utm = "utm_source=%s&utm_medium=social&utm_campaign=epiphanie"
	s := everywhere(t, `links:
  utm: {source: "{channel}", medium: social, campaign: "{campaign}"}
  except: [shop.example]
`,
		post("bare", "campaign: Epiphanie", "Voyez https://dupain.example/galette#prix et <https://dupain.example/galette>"),
		post("words", "campaign: Epiphanie", "> - Voyez [la *galette*](https://dupain.example/galette#prix)"),
		post("link", "campaign: Epiphanie\nlink: https://dupain.example/galette#prix\nvariants: {mastodon: {text: Bonsoir}}", "Bonjour"),
		post("with-media", "campaign: Epiphanie\nlink: https://dupain.example/galette#prix\nmedia: [{file: media/a.png, alt: rien}]", "Bonjour"),
		post("said", "campaign: Epiphanie\nlink: https://dupain.example/galette#prix", "Bonjour [ici](https://dupain.example/galette#prix)"),
		post("shop", "campaign: Epiphanie\nlink: https://fr.shop.example/", "Bonjour https://shop.example/x?Signature=1"))
	for _, p := range s.Posts {
		for _, c := range s.Channels {
			v, _ := s.Render(p, c)
			got := seen(&v.Parts[0])
			want := "https://dupain.example/galette?" + fmt.Sprintf(utm, c.Name) + "#prix"
			if c.Platform.Local {
				want = "https://dupain.example/galette#prix"
			}
			if p.ID() == "shop" {
				want = "https://fr.shop.example/"
			}
			if c.Profile.Link == platform.Nowhere && p.Front.Link != "" && p.ID() != "said" {
				continue // nothing of it is shown
			}
			if !strings.Contains(got, want) {
				t.Errorf("%s on %s: %s\nhas no %s", p.ID(), c.Name, got, want)
			}
			if n := strings.Count(got, "utm_source"); (c.Platform.Local || p.ID() == "shop") && n > 0 || p.ID() == "said" && c.Profile.Link == platform.InText && n != 1 {
				t.Errorf("%s on %s: %s\nhas the parameters %d times", p.ID(), c.Name, got, n)
			}
			if c.Platform.Name == "bluesky" && strings.Contains(v.Parts[0].Text, "utm_") {
				t.Errorf("%s: a link stands behind its words, and still they are %s", p.ID(), v.Parts[0].Text)
			}
		}
	}
	for i := range s.results {
		on := map[string]string{}
		for _, c := range s.results[i].Channels {
			on[c.Name] = fmt.Sprint(c.Digests)
		}
		if s.Posts[i].ID() != "shop" && on["mastodon"] == on["zweite"] {
			t.Errorf("%s is the same on both accounts, and its links are not", s.Posts[i].ID())
		}
	}
}

// A post's language reaches every part of it wherever there is a field for it,
// and changes nothing elsewhere.
func TestLanguageEverywhere(t *testing.T) {
	s := everywhere(t, "", post("none", "", "Un\n\n---\n\nDeux"), post("own", "lang: br", "Unan\n\n---\n\nDaou"),
		post("variant", "lang: br\nvariants: {zweite: {lang: ja}, mastodon: {lang: ar}, site: {lang: nl}, bluesky: {lang: pt-BR}}", "Un"))
	for _, p := range s.Posts {
		for _, c := range s.Channels {
			want := "fr-CA"
			if p.Front.Lang != "" {
				want = p.Front.Lang
			}
			for _, name := range []string{c.Platform.Name, c.Name} {
				if o := p.Front.Variants[name]; o.Lang != "" {
					want = o.Lang
				}
			}
			if !c.Profile.Langs {
				want = ""
			}
			v, _ := s.Render(p, c)
			for i := range v.Parts {
				if got := v.Parts[i].Lang; got != want {
					t.Errorf("%s on %s: part %d is in %q, want %q", p.ID(), c.Name, i+1, got, want)
				}
			}
		}
	}
}

// Somebody is called by her handle on each platform, and by her name where she
// has none: no platform makes a mention of a name.
func TestPeopleEverywhere(t *testing.T) {
	people := "version: 1\npeople:\n  bob: {name: Bob Morane}\n  ana:\n    name: Ana Martin\n"
	for _, p := range all.Platforms() {
		if e := p.Profile.Handle.Example; e != "" {
			people += fmt.Sprintf("    %s: %q\n", p.Name, e)
		}
	}
	s := everywhere(t, "", txtar.File{Name: "people.yaml", Data: []byte(people)}, post("a", "title: Merci à tout le monde\nmedia: [{file: media/a.png, alt: rien}]", "Merci @{ana}, merci @{bob}."))
	if schema.Errors(s.Problems) {
		t.Error(s.Problems)
	}
	for _, c := range s.Channels {
		v, _ := s.Render(s.Posts[0], c)
		got, handle := seen(&v.Parts[0]), c.Profile.Handle.Example
		if handle == "" {
			handle = "Ana Martin"
		}
		if !strings.Contains(got, handle) || !strings.Contains(got, "Bob Morane") || strings.Contains(got, "@Bob") || strings.Contains(got, "@{") {
			t.Errorf("on %s: %s", c.Name, got)
		}
	}
}
