package platformtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// A bench is one open account and the stand-in it points at.
type bench struct {
	*testing.T
	p       *platform.Platform
	standin platform.Standin
	account platform.Account
	conn    platform.Conn
	line    *line
	secrets []string
	made    int // attempts
}

// open gives the test an account of its own on a fresh stand-in.
func (s suite) open(t *testing.T) *bench {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	b := &bench{T: t, p: s.p, standin: s.p.Standin(root)}
	server := httptest.NewServer(b.standin)
	t.Cleanup(server.Close)

	b.line = &line{next: server.Client().Transport, timeline: b.standin.Timeline}
	a := platform.Account{
		Channel:  "conformance",
		Brand:    "Boulangerie Dupain",
		Language: "en",
		Zone:     time.UTC,
		Settings: b.standin.Settings(server.URL),
		HTTP:     &http.Client{Transport: b.line, CheckRedirect: wire.Stay},
		Root:     root,
		Repo:     func(ctx context.Context) (*git.Repo, error) { return git.Open(ctx, root.Name(), os.Environ()) },
	}
	for _, f := range s.p.Fields {
		instead := slices.ContainsFunc(s.p.Fields, func(o platform.Field) bool { return o.Instead == f.Name && a.Settings[o.Name] != "" })
		if a.Settings[f.Name] == "" && f.Default != "" && !instead {
			a.Settings[f.Name] = f.Default
		}
		if v := a.Settings[f.Name]; f.Secret && v != "" {
			a.Secrets = append(a.Secrets, v)
		}
	}
	b.account, b.secrets = a, a.Secrets
	if b.conn, err = s.p.Open(a); err != nil {
		t.Fatalf("Open: %v", err)
	}
	return b
}

// attempt is a first try at a post of its own.
func (b *bench) attempt(p platform.Part, after ...platform.Ref) platform.Attempt {
	b.made++
	sum := sha256.Sum256(fmt.Append(nil, b.Name(), b.made))
	p.Post = fmt.Sprintf("conformance/post-%d", b.made)
	p.Due = time.Now().UTC().Truncate(time.Minute)
	return platform.Attempt{
		Key:   strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:25],
		At:    time.Now().UTC().Truncate(time.Millisecond),
		Part:  p,
		After: after,
	}
}

// part is the least the platform can publish that says what the Markdown does.
func (b *bench) part(markdown string) platform.Part {
	w := write(b.p.Profile.Markup, markdown)
	p := platform.Part{Text: w.String, Facets: w.Facets}
	if field(b.p.Profile.Title.Place) {
		p.Title = "A title"
	}
	if b.p.Profile.Langs {
		p.Lang = "en"
	}
	return p
}

func write(m text.Markup, markdown string) text.Text {
	doc, _ := text.NewParser().Parse([]byte(markdown))
	if len(doc.Parts) == 0 {
		return text.Text{}
	}
	return m.Write(doc.Parts[0], text.Names{})
}

// field reports whether something is carried apart from the text.
func field(p platform.Placement) bool {
	return p == platform.InField || p == platform.Counted || p == platform.Card
}

// publish puts a part up that nothing is wrong with.
func (b *bench) publish(a platform.Attempt) platform.Ref {
	b.Helper()
	r, err := b.conn.Publish(b.Context(), a)
	if err != nil {
		b.Fatalf("Publish(%s): %v", quote(a.Part.Text), err)
	}
	if r.ID == "" {
		b.Fatalf("Publish(%s) gives no id", quote(a.Part.Text))
	}
	return r
}

// only is what a reader sees, which must be one post, the one of r.
func (b *bench) only(r platform.Ref) platform.Shown {
	b.Helper()
	seen := b.standin.Timeline()
	if len(seen) != 1 {
		b.Fatalf("a reader sees %d posts, want 1", len(seen))
	}
	if seen[0].ID != r.ID {
		b.Fatalf("the reference says %q, a reader sees %q", r.ID, seen[0].ID)
	}
	return seen[0]
}

// shows compares what a reader sees with what was sent.
func (b *bench) shows(got platform.Shown, want platform.Part) {
	b.Helper()
	if got.Text != want.Text {
		b.Errorf("text: a reader sees %s\nwant %s", quote(got.Text), quote(want.Text))
	}
	if len(want.Facets) > 0 && fmt.Sprint(got.Facets) != fmt.Sprint(want.Facets) {
		b.Errorf("facets of %s: a reader sees %v\nwant %v", quote(want.Text), got.Facets, want.Facets)
	}
	if len(got.Media) != len(want.Media) {
		b.Errorf("media: a reader sees %d, want %d", len(got.Media), len(want.Media))
		return
	}
	for i, m := range want.Media {
		pic, err := m.Open()
		if err != nil {
			b.Fatal(err)
		}
		seen := got.Media[i]
		if seen.Alt != m.Alt {
			b.Errorf("media %d: alt is %s, want %s", i+1, quote(seen.Alt), quote(m.Alt))
		}
		if seen.Type != pic.Type || !bytes.Equal(seen.Data, pic.Data) {
			b.Errorf("media %d: a reader gets %d bytes of %q, want %d of %q", i+1, len(seen.Data), seen.Type, len(pic.Data), pic.Type)
		}
	}
}

// quote is a text as it may stand in a test's output.
func quote(s string) string {
	if r := []rune(s); len(r) > 300 {
		return fmt.Sprintf("%q… (%d bytes)", string(r[:300]), len(s))
	}
	return fmt.Sprintf("%q", s)
}
