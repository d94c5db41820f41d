package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/all"
)

// A fault is what goes wrong with one request.
type fault struct {
	name  string
	acts  bool   // the platform does what it is asked, and then it goes wrong
	blind bool   // nobody who made the request can know whether it did
	says  string // words of the platform that people must get to read
	next  string // and what they are to do
	heals bool   // a run that is logged in gets over it
	quick bool   // the client gives up soon
	lasts bool   // every later request of the run meets it too
	// answer is what the client gets. Real is what it would have got; nil
	// where the platform did not hear of it.
	answer func(w http.ResponseWriter, r *http.Request, real *httptest.ResponseRecorder)
}

// stubborn faults keep a run that reads waiting for minutes.
func (f fault) stubborn() bool { return f.lasts && f.blind }

// answers gives a status, with words and headers.
func answers(code int, kind, body string, header ...string) func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// words is how a platform says no; some repeat what they were called with.
func words(code int, says string, header ...string) func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) {
	return func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
		answers(code, "application/json", fmt.Sprintf(`{"error":%q,"you":%q}`, says, r.Header.Get("Authorization")), header...)(w, r, nil)
	}
}

const loginPage = "<!DOCTYPE html><title>Please log in to the hotel</title>"

// reset ends the connection the hard way.
func reset(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// silence says nothing until the client gives up.
func silence(_ http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
	<-r.Context().Done()
}

// part answers with the first half, whose length it tells or tells wrongly.
func part(honest bool) func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) {
	return func(w http.ResponseWriter, _ *http.Request, real *httptest.ResponseRecorder) {
		body := real.Body.Bytes()
		told := body
		if honest {
			told = body[:len(body)/2]
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(told)))
		w.WriteHeader(real.Code)
		w.Write(body[:len(body)/2])
	}
}

// nothing goes wrong.
var nothing = fault{answer: silence}

func faults() []fault {
	moved := answers(302, "text/html", loginPage, "Location", "/login?token=s3cret")
	return []fault{
		{name: "connection refused", says: "cannot be reached"},
		{name: "429, wait a second", says: "slow down", answer: words(429, "slow down", "Retry-After", "1")},
		{name: "429", says: "slow down", answer: words(429, "slow down")},
		{name: "401", says: "this token has expired", next: "give the channel credentials that work", answer: words(401, "this token has expired")},
		{name: "308 elsewhere", says: "/login", next: "see that the channel's address is right", answer: answers(308, "text/html", loginPage, "Location", "/login?token=s3cret")},
		{name: "503 before", blind: true, says: "back soon", answer: words(503, "back soon")},
		{name: "503 after", blind: true, acts: true, says: "back soon", answer: words(503, "back soon")},
		{name: "500 after", blind: true, acts: true, says: "oh dear", answer: words(500, "oh dear")},
		{name: "reset before", blind: true, says: "no usable answer", answer: reset},
		{name: "reset after", blind: true, acts: true, says: "no usable answer", answer: reset},
		{name: "half of it", blind: true, acts: true, says: "not the JSON we know", answer: part(true)},
		{name: "cut off", blind: true, acts: true, says: "no usable answer", answer: part(false)},
		{name: "log-in page before", blind: true, says: "Please log in to the hotel", answer: answers(200, "text/html", loginPage)},
		{name: "log-in page after", blind: true, acts: true, says: "Please log in to the hotel", answer: answers(200, "text/html", loginPage)},
		{name: "302 before", blind: true, says: "/login", answer: moved},
		{name: "302 after", blind: true, acts: true, says: "/login", answer: moved},
		{name: "silence before", blind: true, quick: true, says: "no usable answer", answer: silence},
		{name: "401 from then on", lasts: true, says: "this token is revoked", next: "give the channel credentials that work", answer: words(401, "this token is revoked")},
		{name: "500 from then on", blind: true, lasts: true, says: "oh dear", answer: words(500, "oh dear")},
		{name: "log-in page for ever", blind: true, lasts: true, says: "Please log in to the hotel", answer: answers(200, "text/html", loginPage)},
		{name: "reset from then on", blind: true, acts: true, lasts: true, says: "no usable answer", answer: reset},
		{name: "silence after", blind: true, acts: true, quick: true, says: "no usable answer", answer: silence},
	}
}

// A way lies between the program and a platform, and has a fault.
type way struct {
	to http.Handler

	mu    sync.Mutex
	fault fault
	at    int           // the request that meets the fault, from 1; 0: none
	n     int           // requests since
	hit   *http.Request // that met it
	told  strings.Builder
}

// arm lays a fault in the way, and begins to count. It returns how many
// requests there were before, and the last that met a fault.
func (y *way) arm(f fault, at int) (n int, hit *http.Request) {
	y.mu.Lock()
	defer y.mu.Unlock()
	n, hit = y.n, y.hit
	y.fault, y.at, y.n, y.hit = f, at, 0, nil
	return n, hit
}

// meets is the fault that the request which is made now meets, if it does, as
// it is dialled or when it is there.
func (y *way) meets(r *http.Request, dialled bool) (fault, bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if (y.fault.answer == nil) != dialled {
		return nothing, false
	}
	if y.n++; y.at == 0 || y.n < y.at || y.n > y.at && !y.fault.lasts {
		return nothing, false
	}
	y.hit = r
	return y.fault, true
}

func (y *way) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, met := y.meets(r, false)
	if !met {
		y.to.ServeHTTP(w, r)
		return
	}
	var real *httptest.ResponseRecorder
	if body, err := io.ReadAll(r.Body); err != nil {
		panic(err)
	} else if r.Body = io.NopCloser(bytes.NewReader(body)); f.acts {
		real = httptest.NewRecorder()
		y.to.ServeHTTP(real, r)
	}
	f.answer(w, r, real)
}

// dial is a transport whose connection is refused where that is the fault.
func (y *way) dial(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if _, met := y.meets(r, true); met {
			r = r.Clone(r.Context())
			r.URL.Host = "127.0.0.1:1"
		}
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A cutting is one run with one fault at one request.
type cutting struct {
	toy     *platform.Platform
	story   string
	fault   fault
	at      int
	second  fault // that the next run meets
	usual   int   // questions without a fault
	asked   int
	trouble string
}

// The network fails at any request, in any way, and what the next runs and at
// most one answer of a person bring is exactly what is wished.
func TestCutOffAtEveryRequest(t *testing.T) {
	t.Parallel()
	every := 17 // all of them where IMPRIMATUR_LONG says so
	if os.Getenv("IMPRIMATUR_LONG") != "" {
		every = 1
	}
	var cuttings []*cutting
	n := 0
	connectors := all.Platforms()
	expired := fault{name: "400 ExpiredToken", says: "ExpiredToken", next: "give the channel credentials that work", heals: true, answer: words(400, "ExpiredToken")}
	for _, toy := range append(toys(), connectors.Named("mastodon"), connectors.Named("bluesky")) {
		for _, story := range stories {
			y, s := newWay(t, toy)
			s.begin(story)
			y.arm(nothing, 0)
			s.run(0, "publish", "--yes")
			requests, _ := y.arm(nothing, 0)
			usual, trouble := s.rest()
			if trouble != "" {
				t.Fatalf("%s, %s: %s", toy.Name, story, trouble)
			}
			perhaps := faults()
			if toy.Name == "bluesky" {
				perhaps = append(perhaps, expired)
			}
			for _, f := range perhaps {
				if f.stubborn() && toy.Standin != nil { // it reads before it writes
					continue
				}
				for at := range requests {
					if n++; n%every == 0 {
						cuttings = append(cuttings, &cutting{toy: toy, story: story, fault: f, at: at + 1, usual: usual, second: nothing})
					}
					if n%every == 0 && f.name == "reset from then on" && (toy.Can(platform.Find) || toy.Repeat > 0) {
						for _, second := range slices.DeleteFunc(faults(), fault.stubborn) {
							cuttings = append(cuttings, &cutting{toy: toy, story: story, fault: f, at: at + 1, usual: usual, second: second})
						}
					}
				}
			}
		}
	}
	work := make(chan *cutting)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for c := range work {
				c.run(t)
			}
		})
	}
	for _, c := range cuttings {
		work <- c
	}
	close(work)
	wg.Wait()
	table := map[string]*[3]int{}
	for _, c := range cuttings {
		name := c.fault.name
		if c.second.name != "" {
			name += ", then another"
		}
		row := fmt.Sprintf("%-8s %-26s", c.toy.Name, name)
		if table[row] == nil {
			table[row] = &[3]int{}
		}
		table[row][0]++
		table[row][1] += c.asked - c.usual
		if c.trouble != "" {
			table[row][2]++
			t.Errorf("%s, %s at request %d to %s, then %q: %s", c.toy.Name, c.fault.name, c.at, c.story, c.second.name, c.trouble)
		}
	}
	t.Logf("platform fault                      cases  asked  wrong")
	for _, row := range slices.Sorted(keys(table)) {
		t.Logf("%s %6d %6d %6d", row, table[row][0], table[row][1], table[row][2])
	}
	t.Logf("%d cases", len(cuttings))
}

// newWay is a scene on a platform that is reached by way of faults.
func newWay(t *testing.T, p *platform.Platform) (*way, *scene) {
	y, env := &way{}, map[string]string{"USER": "ana", "TOY_TOKEN": "s3cret"}
	var s *scene
	if p.Standin == nil {
		toy := &toyServer{repeats: p.Repeat > 0}
		y.to = toy
		s = newSceneAt(t, p, "folder", toy, y)
	} else {
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { root.Close() })
		standin := p.Standin(root)
		y.to = standin
		s = newSceneAt(t, p, "folder", &stage{Standin: standin}, y)
		s.photo = "photo.png"
		write(t, s.dir, "posts/photo.png", photo)
		channel := "platform: " + p.Name
		settings := standin.Settings(s.url)
		for _, f := range p.Fields {
			value := settings[f.Name]
			if value == "" {
				continue
			}
			if f.Secret {
				env["TOY_"+strings.ToUpper(f.Name)], value = value, "${TOY_"+strings.ToUpper(f.Name)+"}"
			}
			channel += fmt.Sprintf(", %s: %q", f.Name, value)
		}
		write(t, s.dir, "imprimatur.yaml", "version: 1\nbrand: Dupain\nchannels:\n  toy: {"+channel+", on_change: repost}\n")
	}
	s.inside = func(args ...string) (string, int) {
		return y.program(t.Context(), append(args, "-C", s.dir), s.ahead, env)
	}
	return y, s
}

// photo is a picture of four dots.
var photo = func() string {
	var b strings.Builder
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err)
	}
	return b.String()
}()

// A stage is the world of a stand-in. Nobody does anything by hand there, for
// a connector can find out everything.
type stage struct {
	platform.Standin
}

func (w *stage) texts() ([]string, error) {
	var texts []string
	last := ""
	shown := w.Timeline()
	for range shown {
		for _, p := range shown {
			if p.ReplyTo == last {
				if texts, last = append(texts, p.Text), p.ID; len(p.Media) != 0 != strings.HasPrefix(p.Text, "two") {
					return nil, fmt.Errorf("%q has %d photos", p.Text, len(p.Media))
				}
				break
			}
		}
	}
	if len(texts) != len(shown) {
		return nil, fmt.Errorf("%d parts are up and %d are in the thread", len(shown), len(texts))
	}
	return texts, nil
}

func (w *stage) ids([]string) []string  { return nil }
func (w *stage) drop(int)               {}
func (w *stage) mend([]string) []string { return nil }

// program runs the program here, over the way.
func (y *way) program(ctx context.Context, args []string, ahead time.Duration, env map[string]string) (string, int) {
	var b bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &b, stderr: &b, getenv: func(name string) string { return env[name] },
		now: func() time.Time { return time.Now().Add(ahead) }}
	a.engine = engine.New(append(all.Platforms(), toys()...), a.getenv, build())
	line := a.engine.HTTP.Transport.(*http.Transport)
	defer line.CloseIdleConnections()
	y.mu.Lock()
	if y.fault.quick {
		line.ResponseHeaderTimeout = 2 * time.Second
	}
	y.mu.Unlock()
	a.engine.HTTP.Transport = y.dial(line)
	code := a.run(ctx, args)
	y.told.WriteString(b.String())
	return b.String(), code
}

// run meets the fault, then lets the next runs come to rest.
func (c *cutting) run(t *testing.T) {
	y, s := newWay(t, c.toy)
	s.begin(c.story)
	y.arm(c.fault, c.at)
	out, code, _ := s.run(0, "publish", "--yes")
	_, hit := y.arm(nothing, 0)
	want, next := c.usual, cmp.Or(c.fault.next, "the next run")
	if hit != nil && c.fault.blind && hit.Method == http.MethodPost && !c.toy.Can(platform.Find) && c.toy.Repeat == 0 {
		want++ // nobody but a person can know
		next = "look there, the next plan asks you"
	}
	switch {
	case hit == nil:
		c.trouble = "no run met it: " + out
	case code != exitClean && c.fault.heals && c.at > 1:
		c.trouble = "it does not get over it: " + out
	case code == exitClean: // it got over it
	case code != exitWaiting:
		c.trouble = out
	case !strings.Contains(out, c.fault.says):
		c.trouble = fmt.Sprintf("people do not get to read %q: %s", c.fault.says, out)
	case !strings.Contains(out, next):
		c.trouble = fmt.Sprintf("people do not get to read %q: %s", next, out)
	}
	if c.trouble != "" {
		return
	}
	if c.second.name != "" {
		y.arm(c.second, 1)
		s.ahead += 20 * time.Minute
		if out, code, _ := s.run(0, "publish", "--yes"); code != exitClean && code != exitWaiting {
			c.trouble = out
			return
		}
		y.arm(nothing, 0)
	}
	if c.asked, c.trouble = s.rest(); c.trouble != "" {
		c.trouble += "; the run said: " + out
		return
	}
	if c.asked != want {
		c.trouble = fmt.Sprintf("%d questions, want %d; the run said: %s", c.asked, want, out)
	} else {
		c.trouble = s.leak(y.told.String())
	}
}

// leak says where a secret came to light, or nothing.
func (s *scene) leak(told string) (where string) {
	if strings.Contains(told, "s3cret") {
		return "a secret was told: " + told
	}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if src, err := os.ReadFile(path); err != nil {
			return err
		} else if bytes.Contains(src, []byte("s3cret")) {
			where = fmt.Sprintf("a secret is in %s: %s", path, src)
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return where
}

// Half of a minute's silence is waited for; who never says anything is given
// up in the end, and nothing is lost or sent twice.
func TestSilenceAsLongAsItIs(t *testing.T) {
	if os.Getenv("IMPRIMATUR_LONG") == "" {
		t.Skip("this takes minutes: set IMPRIMATUR_LONG=1")
	}
	t.Parallel()
	slow := func(w http.ResponseWriter, _ *http.Request, real *httptest.ResponseRecorder) {
		time.Sleep(30 * time.Second)
		w.WriteHeader(real.Code)
		w.Write(real.Body.Bytes())
	}
	slower := func(w http.ResponseWriter, _ *http.Request, real *httptest.ResponseRecorder) {
		w.WriteHeader(real.Code)
		w.Write(real.Body.Bytes()[:1])
		w.(http.Flusher).Flush()
		time.Sleep(30 * time.Second)
		w.Write(real.Body.Bytes()[1:])
	}
	never := func(w http.ResponseWriter, r *http.Request, real *httptest.ResponseRecorder) {
		w.WriteHeader(real.Code)
		w.Write(real.Body.Bytes()[:1])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	var wg sync.WaitGroup // more at once than tests in parallel
	for _, toy := range toys() {
		for _, tt := range []struct {
			name   string
			answer func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder)
			code   int // of the run, where the platform cannot find
		}{
			{"30 s before it answers", slow, exitClean},
			{"30 s in mid-answer", slower, exitClean},
			{"for ever", silence, exitWaiting},
			{"for ever in mid-answer", never, exitWaiting},
		} {
			wg.Go(func() {
				y, s := newWay(t, toy)
				s.begin("publish")
				y.arm(fault{acts: true, answer: tt.answer}, 2)
				out, code, _ := s.run(0, "publish", "--yes")
				want := tt.code
				if toy.Can(platform.Find) {
					want = exitClean
				}
				if _, hit := y.arm(nothing, 0); hit == nil || code != want {
					t.Errorf("%s, %s: exit %d: %s", toy.Name, tt.name, code, out)
					return
				}
				asked, trouble := s.rest()
				if trouble != "" || asked > 0 && (want == exitClean || toy.Repeat > 0) {
					t.Errorf("%s, %s: %d questions, %s; the run said: %s", toy.Name, tt.name, asked, trouble, out)
				}
			})
		}
	}
	wg.Wait()
}
