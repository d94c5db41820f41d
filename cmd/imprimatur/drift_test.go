package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/report"
)

// A place is a workspace with a channel on a stand-in of each platform that
// has a server.
type place struct {
	*testing.T
	dir      string
	env      map[string]string
	standins map[string]platform.Standin
	instead  map[string]func(http.ResponseWriter, *http.Request) bool // answers in a stand-in's place, if it will
	asked    map[string]*atomic.Int64
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t, t.TempDir(), map[string]string{"USER": "ana"}, map[string]platform.Standin{}, map[string]func(http.ResponseWriter, *http.Request) bool{}, map[string]*atomic.Int64{}}
	config := "version: 1\nbrand: Dupain\nchannels:\n"
	for _, pl := range all.Platforms() {
		if pl.Open == nil || pl.Local {
			continue
		}
		standin := pl.Standin(nil)
		asked := &atomic.Int64{}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if f := p.instead[pl.Name]; f == nil || !f(w, r) {
				standin.ServeHTTP(w, r)
			}
		}))
		t.Cleanup(srv.Close)
		p.standins[pl.Name], p.asked[pl.Name] = standin, asked
		config += "  " + pl.Name + ":\n    platform: " + pl.Name + "\n"
		for _, f := range pl.Fields {
			v := standin.Settings(srv.URL)[f.Name]
			if f.Secret {
				name := strings.ToUpper(pl.Name + "_" + f.Name)
				p.env[name], v = v, "${"+name+"}"
			}
			if v != "" {
				config += "    " + f.Name + ": " + v + "\n"
			}
		}
	}
	write(t, p.dir, "imprimatur.yaml", config)
	return p
}

func (p *place) post(name, text string) {
	write(p.T, p.dir, "posts/"+name+".md", fmt.Sprintf("---\npublish_at: %s\nchannels: [bluesky, mastodon]\n---\n%s\n", time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), text))
}

func (p *place) run(args ...string) (string, int) {
	p.Helper()
	var out bytes.Buffer
	a := &app{stdin: new(bytes.Buffer), stdout: &out, stderr: &out, getenv: func(name string) string { return p.env[name] }, now: time.Now}
	a.engine = engine.New(all.Platforms(), a.getenv, "test")
	code := a.run(p.Context(), append(args, "-C", p.dir))
	if strings.Contains(out.String(), platform.Marker) {
		p.Errorf("%s shows a secret:\n%s", args, out.String())
	}
	return out.String(), code
}

// expect runs a command, and wants an exit code and lines in what it says.
func (p *place) expect(code int, args string, lines ...string) string {
	p.Helper()
	out, got := p.run(strings.Fields(args)...)
	if got != code {
		p.Errorf("%s ends with %d, want %d\n%s", args, got, code, out)
	}
	for _, line := range lines {
		if !regexp.MustCompile("(?m)" + line).MatchString(out) {
			p.Errorf("%s says nothing like %s\n%s", args, line, out)
		}
	}
	return out
}

func (p *place) drift(args ...string) report.Drift {
	p.Helper()
	out, _ := p.run(append([]string{"status", "--drift", "--format", "json"}, args...)...)
	var d report.Drift
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		p.Fatalf("%v in %s", err, out)
	}
	return d
}

func (p *place) entry(post, channel string) *ledger.Entry {
	p.Helper()
	s, err := engine.New(all.Platforms(), func(string) string { return "" }, "test").Open(p.Context(), p.dir)
	if err != nil {
		p.Fatal(err)
	}
	defer s.Close()
	l, err := read(p.T, s)
	if err != nil {
		p.Fatal(err)
	}
	return l.Of(post, channel)
}

// byHand changes, or with no text deletes, a part as its reader would find it.
func (p *place) byHand(post, channel string, part int, text string) {
	p.Helper()
	p.standins[channel].(platform.Tamperer).Tamper(p.entry(post, channel).Parts[part-1].Live.ID, text)
}

// What was done by hand is seen part by part, and every command that is
// offered to accept it does.
func TestDrift(t *testing.T) {
	p := newPlace(t)
	p.post("fil", "Un\n\n---\n\nDeux\n\n---\n\nTrois")
	p.post("seul", "Seul")
	p.post("calme", "Personne n'y touche")
	p.expect(exitClean, "publish --yes")
	p.expect(exitClean, "status --drift", `^10 parts are as they were published\.$`)

	for _, channel := range []string{"bluesky", "mastodon"} {
		p.byHand("fil", channel, 2, "Deux, autrement")
		p.byHand("fil", channel, 3, "")
		p.byHand("seul", channel, 1, "")
	}
	p.expect(exitWaiting, "status --drift",
		`^changed .* fil +mastodon +part 2 of 3  http://127\.0\.0\.1:\d+/@standin/\d+$`,
		`^changed .* fil +bluesky +part 2 of 3  https://bsky\.app/profile/stand-in\.example/post/\w+$`,
		`^deleted .* fil +mastodon +part 3 of 3  `,
		`^deleted .* seul +bluesky +https://bsky\.app/`,
		`^  imprimatur resolve fil@mastodon --part 2 --live http://127\.0\.0\.1\S+ +it stays as it is there$`,
		`^  imprimatur resolve fil@bluesky --part 3 --lost +it stays down$`,
		`^  imprimatur resolve seul@mastodon --lost +it stays down, until you say --retry$`,
		`^4 parts are as they were published\.$`)
	p.expect(exitClean, "publish --yes", `^Nothing to do now`)

	d := p.drift()
	if len(d.Parts) != 6 {
		t.Fatalf("%d parts drifted, want 6: %+v", len(d.Parts), d.Parts)
	}
	for _, part := range d.Parts {
		p.expect(exitClean, strings.TrimPrefix(part.Accept, "imprimatur "))
	}
	p.expect(exitClean, "status --drift", `^6 parts are as they were published\.$`)
	p.expect(exitClean, "status fil", `^partly .* fil +mastodon +2 of 3 parts  http://\S+$`)
	p.expect(exitClean, "publish --yes", `^Nothing to do now`)
	p.expect(exitClean, "resolve fil@mastodon --part 3 --retry")
	p.expect(exitClean, "resolve fil@bluesky --part 3 --retry")
	p.expect(exitClean, "status fil", `^partly .* fil +mastodon +2 of 3 parts  http://\S+  publish: goes on from part 3$`)
	p.expect(exitClean, "status seul", `^gone .* seul +bluesky +ana says that it is gone`)

	// what was foretold is what happens
	p.expect(exitClean, "publish --yes", `^2 of 2 actions done`)
	p.expect(exitClean, "status --drift", `^8 parts are as they were published\.$`)
	p.expect(exitClean, "status fil", `^live .* fil +mastodon`, `^live .* fil +bluesky`)
	p.expect(exitClean, "resolve seul@bluesky --retry")
	p.expect(exitClean, "status seul", `^due .* seul +bluesky`)
	p.expect(exitClean, "publish --yes", `^bluesky +seul +published`)
	p.expect(exitClean, "status --drift", `^9 parts are as they were published\.$`)
}

// A platform that is busy, gone, or asks for a moment keeps nobody else from
// being looked at; nor does a credential that is missing.
func TestDriftOfOthers(t *testing.T) {
	p := newPlace(t)
	for i := range 6 {
		p.post(fmt.Sprintf("p%d", i), fmt.Sprintf("Numéro %d", i))
	}
	p.expect(exitClean, "publish --yes")
	p.byHand("p3", "bluesky", 1, "")
	says := func(code int, header ...string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			fmt.Fprint(w, `{"error":"no `+p.env["MASTODON_TOKEN"]+`"}`)
			return true
		}
	}
	for _, c := range []struct {
		name    string
		instead func(http.ResponseWriter, *http.Request) bool
		line    string
	}{
		{"busy", says(429, "Retry-After", "300"), `^mastodon: 6 parts were not looked at: the platform is busy: .*; try again in 5m0s\.$`},
		{"broken", says(503), `^mastodon: 6 parts were not looked at: the platform is busy: `},
		{"refuses", says(401), `^mastodon: 6 parts were not looked at: the platform refuses these credentials: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := *p
			p.T = t
			p.instead["mastodon"] = c.instead
			before := p.asked["mastodon"].Load()
			p.expect(exitWaiting, "status --drift", c.line, `^deleted .* p3 +bluesky`, `^5 parts are as they were published\.$`)
			if n := p.asked["mastodon"].Load() - before; n > 5 {
				t.Errorf("it was asked %d times", n)
			}
		})
	}
	t.Run("a moment", func(t *testing.T) {
		p := *p
		p.T = t
		var first atomic.Bool
		p.instead["mastodon"] = func(w http.ResponseWriter, r *http.Request) bool {
			return first.CompareAndSwap(false, true) && says(429, "Retry-After", "1")(w, r)
		}
		p.expect(exitWaiting, "status --drift", `^11 parts are as they were published\.$`)
	})
	delete(p.instead, "mastodon")
	delete(p.env, "MASTODON_TOKEN")
	p.expect(exitWaiting, "status --drift", `^mastodon: 6 parts were not looked at: set MASTODON_TOKEN\.$`)
	p.byHand("p3", "mastodon", 1, "")
	p.expect(exitClean, "status --drift p1 p2", `^2 parts are as they were published\.$`)
	d := p.drift("p3")
	if i := slices.IndexFunc(d.Channels, func(c report.Looked) bool { return c.Channel == "mastodon" }); len(d.Parts) != 1 || i < 0 || d.Channels[i].Left != 1 || d.Channels[i].Failed {
		t.Errorf("without a token: %+v", d)
	}
}

// Where no one could look when a person said where a post is, what follows
// works all the same, and only that it is gone can be told.
func TestResolvedUnseen(t *testing.T) {
	p := newPlace(t)
	p.post("fil", "Un\n\n---\n\nDeux")
	p.expect(exitClean, "publish --yes")
	env := p.env
	for _, channel := range []string{"bluesky", "mastodon"} {
		first := p.entry("fil", channel).Parts[0].Live.URL
		p.byHand("fil", channel, 2, "")
		p.env = map[string]string{"USER": "ana"}
		p.expect(exitClean, "resolve fil@"+channel+" --part 2 --lost")
		p.expect(exitClean, "resolve fil@"+channel+" --part 2 --retry")
		p.expect(exitClean, "resolve fil@"+channel+" --part 1 --live "+first)
		p.env = env
	}
	p.expect(exitClean, "status --drift", `^2 parts are there; whether they were changed cannot be told`)
	p.expect(exitClean, "publish --yes", `^2 of 2 actions done`)
	for _, channel := range []string{"bluesky", "mastodon"} {
		if seen := p.standins[channel].Timeline(); len(seen) != 2 || seen[1].ReplyTo != seen[0].ID {
			t.Errorf("%s shows %+v", channel, seen)
		}
	}
	p.expect(exitClean, "status --drift", `^2 parts are as they were published\.$`, `^2 parts are there`)
	edit(t, p.dir, "posts/fil.md", func(s string) string { return strings.Replace(s, "---\n", "---\nretracted: true\n", 1) })
	p.expect(exitClean, "publish --yes", `^bluesky +fil +removed`, `^mastodon +fil +removed`)
	p.expect(exitClean, "status", `^retracted .* fil +bluesky`)
	for _, channel := range []string{"bluesky", "mastodon"} {
		if seen := p.standins[channel].Timeline(); len(seen) != 0 {
			t.Errorf("%s still shows %+v", channel, seen)
		}
	}
}
