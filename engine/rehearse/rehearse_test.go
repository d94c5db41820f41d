package rehearse

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/plan"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

var now = time.Date(2026, 12, 20, 9, 0, 0, 0, time.UTC)

// bakery is a folder with the workspace of testdata, its picture, and some
// files more.
func bakery(t *testing.T, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/fournil")); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "media/four.jpg", photo(t, 640, 480))
	for i := 0; i < len(more); i += 2 {
		put(t, dir, more[i], more[i+1])
	}
	return dir
}

func put(t *testing.T, dir, name, what string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(what), 0o644); err != nil {
		t.Fatal(err)
	}
}

func photo(t *testing.T, w, h int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// space opens a workspace as a command does, without any secret.
func space(t *testing.T, set platform.Set, dir string) *engine.Space {
	t.Helper()
	s, err := engine.New(set, func(string) string { return "" }, "test").Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func rehearsed(t *testing.T, set platform.Set, dir string, o Options) *Rehearsal {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = now
	}
	r, err := Run(t.Context(), set, space(t, set, dir), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// tree is every file of a folder with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The whole way: what readers see on every channel is what was rendered, once
// and in order, and nothing is left of it anywhere.
func TestReadersSeeWhatWasRendered(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	// what was published for real must not matter, and must not change
	const receipt = `{"at":"2027-01-04T07:30:00Z","run":"r","post":"2027/galette","channel":"mastodon","part":1,"state":"live","key":"k","digest":"sha256:d","id":"1"}` + "\n"
	dir := bakery(t, "registre/2027-01.jsonl", receipt, ".imprimatur/ledger/2027-01.jsonl", receipt, "public/index.html", "the real site")
	s := space(t, all.Platforms(), dir)
	before := tree(t, dir)
	r, err := Run(t.Context(), all.Platforms(), s, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Complete() || len(r.Left.Actions) > 0 {
		t.Errorf("the rehearsal is not complete; left are %v, strays %v", r.Left.Actions, r.Strays)
	}
	if r.Freeze == nil {
		t.Error("the freeze is not mentioned")
	}
	var order []string
	for _, p := range r.Posts {
		order = append(order, p.ID())
	}
	if want := []string{"2027/galette", "2027/fin", "2027/nuit", "2027/sondage"}; !slices.Equal(order, want) {
		t.Errorf("the posts are %v, want %v", order, want)
	}
	for _, c := range s.Channels {
		var want []platform.Part
		for _, id := range order {
			if p := s.Post(id); slices.Contains(p.Front.Channels, c.Name) {
				v, _ := s.Render(p, c)
				want = append(want, v.Parts...)
			}
		}
		same(t, c, r.stage.standins[c.Name].Timeline(), want)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("the temporary folder still holds %v", left)
	}
	if after := tree(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("the workspace changed")
	}
}

func same(t *testing.T, c *platform.Channel, timeline []platform.Shown, want []platform.Part) {
	t.Helper()
	if len(timeline) != len(want) || len(want) == 0 {
		t.Errorf("%s shows %d parts, want %d", c.Name, len(timeline), len(want))
		return
	}
	for i, w := range want {
		got := timeline[i]
		if got.Text != w.Text || got.Title != w.Title || got.Warning != w.Warning || got.Lang != w.Lang || got.Link != w.Link ||
			fmt.Sprint(got.Tags) != fmt.Sprint(w.Tags) || len(w.Facets) > 0 && fmt.Sprint(got.Facets) != fmt.Sprint(w.Facets) ||
			fmt.Sprint(got.Poll) != fmt.Sprint(w.Poll) {
			t.Errorf("%s shows\n%+v\nwant\n%+v", c.Name, got, w)
		}
		if i > 0 && w.Post == want[i-1].Post && got.ReplyTo != timeline[i-1].ID {
			t.Errorf("%s: part %d of %s answers %q, want %q", c.Name, i+1, w.Post, got.ReplyTo, timeline[i-1].ID)
		}
		if len(got.Media) != len(w.Media) {
			t.Errorf("%s: %d pictures, want %d", c.Name, len(got.Media), len(w.Media))
			continue
		}
		for n, m := range w.Media {
			pic, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			if got.Media[n].Alt != m.Alt || sha256.Sum256(got.Media[n].Data) != sha256.Sum256(pic.Data) {
				t.Errorf("%s shows another picture than %s", c.Name, m.File)
			}
		}
	}
}

func TestUntil(t *testing.T) {
	r := rehearsed(t, all.Platforms(), bakery(t), Options{Until: time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)})
	if len(r.Posts) != 1 || r.Posts[0].ID() != "2027/galette" || !r.Complete() {
		t.Errorf("by then %d posts are out (complete: %v), want the first one", len(r.Posts), r.Complete())
	}
	if page := fileOf(t, r); !strings.Contains(page, "prévu plus tard\u00a0: 3 publications") {
		t.Error("the page does not say that more is due later")
	}
}

func TestProblemsAreLeftOutAndNamed(t *testing.T) {
	long := strings.Repeat("trop long ", 45)
	dir := bakery(t, "posts/trop.md", "---\npublish_at: 2027-01-06 10:00\nchannels: [bluesky]\n---\n"+long,
		"posts/ici.md", "---\npublish_at: 2027-01-06 11:00\nchannels: [bluesky, mastodon]\n---\n"+long)
	r := rehearsed(t, all.Platforms(), dir, Options{})
	if len(r.Posts) != 5 || !r.Complete() {
		t.Errorf("%d posts went out (complete: %v), want the four without problems, and one of the others", len(r.Posts), r.Complete())
	}
	if vs := r.Posts[3].Variants; len(vs) != 2 || vs[0].Held == "" || vs[1].Held != "" || vs[1].Parts[0].Shown == nil {
		t.Errorf("the half-good post is %+v", vs)
	}
	page := fileOf(t, r)
	for _, want := range []string{"Laissé de côté, avec", "Laissé de côté ici", "posts/trop.md", "text/too-long", "mercredi 6 janvier 2027, 10:00", "Merci pour ce mois de galettes", "Panne de four"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// With a broken imprimatur.yaml nothing goes out, and that is a problem, not a
// failure.
func TestBrokenWorkspace(t *testing.T) {
	dir := bakery(t)
	config, _ := os.ReadFile(filepath.Join(dir, "imprimatur.yaml"))
	put(t, dir, "imprimatur.yaml", strings.Replace(string(config), "platform: bluesky", "platform: blusky", 1))
	r := rehearsed(t, all.Platforms(), dir, Options{})
	if len(r.Posts) > 0 || !r.Complete() {
		t.Errorf("%d posts went out, complete: %v", len(r.Posts), r.Complete())
	}
	if page := fileOf(t, r); !strings.Contains(page, "blusky") || !strings.Contains(page, "La répétition a trouvé quelque chose") {
		t.Error("the page does not say what is wrong")
	}
}

// The rehearsal keeps to the usual limits, and says where they are not those
// of the real server.
func TestUsualLimits(t *testing.T) {
	e := engine.New(all.Platforms(), func(string) string { return "" }, "test")
	e.CacheKey = []byte("key")
	by := hmac.New(sha256.New, e.CacheKey)
	by.Write([]byte("mastodon\n" + `{"text":5000}`))
	told, _ := json.Marshal(map[string]any{"limits": map[string]int{"text": 5000}, "by": by.Sum(nil)})
	s, err := e.Open(t.Context(), bakery(t, ".imprimatur/limits/mastodon.json", string(told)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r, err := Run(t.Context(), all.Platforms(), s, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if page := fileOf(t, r); !strings.Contains(page, "Le serveur de mastodon a ses propres limites") {
		t.Error("the page does not say that the real server has other limits")
	}
}

// Every channel has a stand-in to itself, also two of one platform, and its
// own name for the same folder.
func TestTwoSites(t *testing.T) {
	dir := bakery(t)
	config, _ := os.ReadFile(filepath.Join(dir, "imprimatur.yaml"))
	put(t, dir, "imprimatur.yaml", strings.NewReplacer("channels:\n  carnet:", "channels:\n  autre: {platform: site, url: https://autre.example, directory: autre}\n  carnet:",
		"[carnet,", "[autre, carnet,").Replace(string(config)))
	put(t, dir, "rehearsal/notes.txt", "a folder of the author's")
	r := rehearsed(t, all.Platforms(), dir, Options{})
	if !r.Complete() {
		t.Errorf("left are %v", r.Left.Actions)
	}
	for _, name := range []string{"autre", "carnet"} {
		if n := len(r.stage.standins[name].Timeline()); n != 3 {
			t.Errorf("%s shows %d pages, want 3", name, n)
		}
	}
}

// A secret that the stand-in has no use for is not asked for.
func TestSpareSecret(t *testing.T) {
	set := altered("mastodon", func(p *platform.Platform) {
		p.Fields = append(slices.Clone(p.Fields), platform.Field{Name: "spare", Secret: true, Example: "${SPARE}"})
	})
	dir := bakery(t)
	config, _ := os.ReadFile(filepath.Join(dir, "imprimatur.yaml"))
	put(t, dir, "imprimatur.yaml", strings.Replace(string(config), "    token:", "    spare: ${SPARE}\n    token:", 1))
	if r := rehearsed(t, set, dir, Options{}); !r.Complete() {
		t.Errorf("left alone are %v, problems %v", r.Published.Alone, r.Space.Problems)
	}
}

// altered is every platform, one of them with another stand-in or connector.
func altered(name string, f func(*platform.Platform)) platform.Set {
	set := slices.Clone(all.Platforms())
	i := slices.IndexFunc(set, func(p *platform.Platform) bool { return p.Name == name })
	p := *set[i]
	f(&p)
	set[i] = &p
	return set
}

// double is a stand-in with another timeline, and another answer to some calls.
type double struct {
	platform.Standin
	timeline func([]platform.Shown) []platform.Shown
	answer   func(w http.ResponseWriter, r *http.Request) bool
}

func (d double) Timeline() []platform.Shown {
	if d.timeline == nil {
		return d.Standin.Timeline()
	}
	return d.timeline(d.Standin.Timeline())
}

func (d double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.answer == nil || !d.answer(w, r) {
		d.Standin.ServeHTTP(w, r)
	}
}

func (d double) platform(name string) platform.Set {
	return altered(name, func(p *platform.Platform) {
		make := p.Standin
		p.Standin = func(root *os.Root) platform.Standin { return double{make(root), d.timeline, d.answer} }
	})
}

func TestFindings(t *testing.T) {
	for name, tt := range map[string]struct {
		double double
		want   func(*Rehearsal) bool
		says   string
	}{
		"twice": {
			double{timeline: func(all []platform.Shown) []platform.Shown {
				again := all[0]
				again.ID += "x"
				return append(all, again)
			}},
			func(r *Rehearsal) bool { return len(r.Strays) == 1 },
			"aucun reçu ne le connaît",
		},
		"lost": {
			double{timeline: func(all []platform.Shown) []platform.Shown { return all[1:] }},
			func(r *Rehearsal) bool { return r.Posts[0].Variants[2].Missing() == 1 },
			"personne ne le voit",
		},
		"refused": {
			double{answer: func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method != http.MethodPost {
					return false
				}
				http.Error(w, `{"error":"no <b>bread</b> today"}`, http.StatusUnprocessableEntity)
				return true
			}},
			func(r *Rehearsal) bool { return r.Left.Count(plan.Ask) == 4 },
			"no &lt;b&gt;bread&lt;/b&gt; today",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := rehearsed(t, tt.double.platform("mastodon"), bakery(t), Options{})
			if r.Complete() {
				t.Error("nothing was found")
			}
			if !tt.want(r) {
				t.Errorf("found %v, %v", r.Left.Actions, r.Strays)
			}
			if page := fileOf(t, r); !strings.Contains(page, tt.says) {
				t.Errorf("the page does not say %q", tt.says)
			}
		})
	}
}

// A connector that reaches for the network gets nowhere.
func TestNothingLeavesTheMachine(t *testing.T) {
	var tried []error
	set := altered("mastodon", func(p *platform.Platform) {
		open := p.Open
		p.Open = func(a platform.Account) (platform.Conn, error) {
			for _, to := range []string{"http://example.com/", "https://192.0.2.7/", "http://[2001:db8::7]:80/", "http://0.0.0.0/", "http://localhost.example/"} {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
				resp, err := a.HTTP.Do(req)
				if err == nil {
					resp.Body.Close()
				}
				tried = append(tried, err)
			}
			return open(a)
		}
	})
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:9")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	if r := rehearsed(t, set, bakery(t), Options{}); !r.Complete() {
		t.Errorf("left are %v", r.Left.Actions)
	}
	if len(tried) != 5 {
		t.Fatalf("%d calls were made", len(tried))
	}
	for _, err := range tried {
		if !errors.Is(err, ErrAway) {
			t.Errorf("got %v, want it refused", err)
		}
	}
}

func TestDial(t *testing.T) {
	for _, to := range []string{"example.com:80", "8.8.8.8:53", "[::ffff:8.8.8.8]:80", "[fe80::1%lo]:80", "localhost:80", "127.0.0.1.nip.io:80", "0.0.0.0:80", "[::]:80", "10.0.0.1:80", "127.0.0.1", ""} {
		if c, err := dial(t.Context(), "tcp", to); !errors.Is(err, ErrAway) {
			t.Errorf("%q: %v, %v", to, c, err)
		}
	}
}

// Stopped halfway, a rehearsal leaves nothing behind.
func TestStop(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, stop := context.WithCancel(t.Context())
	d := double{answer: func(http.ResponseWriter, *http.Request) bool { stop(); return false }}
	set := d.platform("bluesky")
	_, err := Run(ctx, set, space(t, set, bakery(t)), Options{Now: now})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("the temporary folder still holds %v", left)
	}
}

// What leads out of the workspace is not followed, and a temporary folder
// inside it is not copied into itself.
func TestCopy(t *testing.T) {
	outside := t.TempDir()
	put(t, outside, "secret.txt", "not ours")
	dir := bakery(t, "tmp/x", "", "a/b.txt", "ours", "public/old.html", "", ".git/config", "", ".imprimatur/cache/x", "")
	for name, target := range map[string]string{"out": outside, "up": "../..", "within": "a/b.txt"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	r := rehearsed(t, all.Platforms(), dir, Options{})
	if data, err := r.Space.Root.ReadFile("within"); string(data) != "ours" {
		t.Errorf("a link within the workspace gives %q, %v", data, err)
	}
	for _, name := range []string{"out/secret.txt", "up/secret.txt"} {
		if data, err := r.Space.Root.ReadFile(name); err == nil {
			t.Errorf("%s gives %q", name, data)
		}
	}
	for name := range tree(t, r.stage.dir) {
		if strings.Contains(name, "secret") || strings.Contains(name, "imprimatur-rehearsal-") || strings.HasSuffix(name, "/public/old.html") ||
			strings.HasPrefix(name, "/.git/") || name == "/.imprimatur/cache/x" {
			t.Errorf("%s was copied", name)
		}
	}
}

// Whatever a server says is in a text, the runs of it are the text.
func FuzzRuns(f *testing.F) {
	f.Add("Elle est là ! #galette @ana@images.example https://a.example/x.", 2, 9)
	f.Add("é", 1, 2)
	f.Fuzz(func(t *testing.T, s string, start, end int) {
		for _, m := range []text.Markup{text.Plain{}, text.Rich{}} {
			shown := platform.Shown{Text: s, Facets: []text.Facet{{Start: start, End: end, Kind: text.FacetLink, Value: "javascript:alert(1)"}, {Start: start, End: len(s), Kind: text.FacetTag}}}
			for range 2 {
				var b strings.Builder
				for _, r := range runs(&shown, m) {
					b.WriteString(r.Text)
					if r.Href != "" && !web(r.Href) {
						t.Errorf("a link to %q", r.Href)
					}
				}
				if b.String() != s {
					t.Errorf("the runs of %q are %q", s, b.String())
				}
				shown.Facets = nil
			}
		}
	})
}

func TestFound(t *testing.T) {
	var got []string
	for _, r := range runs(&platform.Shown{Text: "@ana@images.example, a@b.c: (#galette, #2027) http://a.example/p#x. @b_c! et&#39;"}, text.Plain{}) {
		if r.Kind != "" {
			got = append(got, r.Kind+" "+r.Text)
		}
	}
	want := []string{"mention @ana@images.example", "tag #galette", "link http://a.example/p#x", "mention @b_c"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
