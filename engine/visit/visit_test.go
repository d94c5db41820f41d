package visit

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// rig is a web of two servers on this machine.
type rig struct {
	one, two *httptest.Server
	now, top atomic.Int64 // requests at once, and the most there were
	gets     atomic.Int64
}

func newRig(t *testing.T) *rig {
	r := &rig{}
	r.two = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	mux := http.NewServeMux()
	handle := func(pattern string, f http.HandlerFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
			n := r.now.Add(1)
			defer r.now.Add(-1)
			for top := r.top.Load(); n > top && !r.top.CompareAndSwap(top, n); top = r.top.Load() {
			}
			if q.Method == http.MethodGet {
				r.gets.Add(1)
			}
			f(w, q)
		})
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	send := func(code int, to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(code)
		}
	}
	handle("/ok", status(200))
	handle("/ok/", status(200))
	handle("/none", status(404))
	handle("/gone", status(410))
	handle("/forbidden", status(403))
	handle("/busy", status(429))
	handle("/down", status(503))
	handle("/moved", send(301, "/ok"))
	handle("/moved/far", send(308, r.two.URL+"/here"))
	handle("/moved/twice", send(301, "/moved"))
	handle("/moved/then", send(301, "/for-now"))
	handle("/moved/none", send(301, "/none"))
	handle("/moved/secret", send(301, "http://me:secret@"+strings.TrimPrefix(r.two.URL, "http://")+"/here"))
	handle("/slash", send(301, "/slash/"))
	handle("/slash/", status(200))
	handle("/for-now", send(302, "/ok"))
	handle("/loop", send(302, "/loop"))
	handle("/nowhere", send(302, "mailto:a@b.example"))
	handle("/file", send(302, "file:///etc/passwd"))
	handle("/cookie", func(w http.ResponseWriter, q *http.Request) {
		if _, err := q.Cookie("seen"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			send(302, "/cookie")(w, q)
		}
	})
	handle("/no-head", func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodHead {
			w.WriteHeader(405)
		}
	})
	handle("/drops-head", func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodHead {
			panic(http.ErrAbortHandler)
		}
	})
	handle("/slow", func(_ http.ResponseWriter, q *http.Request) {
		select {
		case <-q.Context().Done():
		case <-time.After(10 * time.Second):
		}
	})
	handle("/huge", func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodHead {
			w.WriteHeader(405)
			return
		}
		for q.Context().Err() == nil { // without an end
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	handle("/wait/", func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) })
	r.one = httptest.NewServer(mux)
	t.Cleanup(r.one.Close)
	t.Cleanup(r.two.Close)
	return r
}

// visit goes to paths of the first server.
func (r *rig) visit(t *testing.T, v *Visitor, paths ...string) []Answer {
	t.Helper()
	addresses := make([]string, len(paths))
	for i, p := range paths {
		if addresses[i] = p; strings.HasPrefix(p, "/") {
			addresses[i] = r.one.URL + p
		}
	}
	var done atomic.Int64
	answers, err := v.Visit(t.Context(), addresses, func() { done.Add(1) })
	if err != nil || int(done.Load()) != len(paths) || len(answers) != len(paths) {
		t.Fatalf("%d of %d visits: %v", done.Load(), len(paths), err)
	}
	return answers
}

func TestVisit(t *testing.T) {
	r := newRig(t)
	v := &Visitor{Web: r.one.Client().Transport, Patience: 500 * time.Millisecond}
	at := func(path string) string { return r.one.URL + path }
	cases := []struct {
		path string
		want Answer
	}{
		{"/ok", Answer{State: There}},
		{"/ok#part", Answer{State: There}},
		{"/none", Answer{Broken, "", "status 404"}},
		{"/gone", Answer{Broken, "", "status 410"}},
		{"/forbidden", Answer{State: There}},
		{"/busy", Answer{State: There}},
		{"/down", Answer{Unreachable, "", "has a server in trouble (status 503)"}},
		{"/moved", Answer{Moved, at("/ok"), ""}},
		{"/moved/far", Answer{Moved, r.two.URL + "/here", ""}},
		{"/moved/twice", Answer{Moved, at("/ok"), ""}},
		{"/moved/then", Answer{Moved, at("/for-now"), ""}},
		{"/moved/none", Answer{Broken, "", "status 404"}},
		{"/moved/secret", Answer{Moved, r.two.URL + "/here", ""}},
		{"/slash", Answer{State: There}},
		{"/for-now", Answer{State: There}},
		{"/loop", Answer{Unreachable, "", "sends its visitors on and on, more than 10 times"}},
		{"/nowhere", Answer{Unreachable, "", "sends its visitors to something that is no web page"}},
		{"/file", Answer{Unreachable, "", "sends its visitors to something that is no web page"}},
		{"/cookie", Answer{State: There}},
		{"/no-head", Answer{State: There}},
		{"/drops-head", Answer{State: There}},
		{"/slow", Answer{Unreachable, "", "does not answer in time"}},
		{"/huge", Answer{State: There}},
		{"http://", Answer{Unreachable, "", "is not a whole address"}},
		{"http://a b/", Answer{Unreachable, "", "is not a whole address"}},
	}
	var paths []string
	for _, c := range cases {
		paths = append(paths, c.path)
	}
	for i, got := range r.visit(t, v, paths...) {
		if got != cases[i].want {
			t.Errorf("%s: %+v, want %+v", cases[i].path, got, cases[i].want)
		}
	}
}

// A page whose head answers is not asked for.
func TestHeadIsEnough(t *testing.T) {
	r := newRig(t)
	r.visit(t, &Visitor{Web: r.one.Client().Transport}, "/ok", "/moved", "/for-now")
	if n := r.gets.Load(); n != 0 {
		t.Errorf("%d pages were asked for", n)
	}
}

// No server is asked more than a little at once, however many of its pages
// there are to visit, redirected to or not.
func TestGently(t *testing.T) {
	r := newRig(t)
	var paths []string
	for i := range 20 {
		paths = append(paths, fmt.Sprintf("/wait/%d", i))
	}
	for range 3 { // by other names, from where the same server is sent to
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, r.one.URL+"/wait/other", http.StatusFound)
		}))
		t.Cleanup(other.Close)
		paths = append(paths, other.URL+"/a", other.URL+"/b")
	}
	r.visit(t, &Visitor{Web: r.one.Client().Transport}, paths...)
	if top := r.top.Load(); top > perHost || top < 2 {
		t.Errorf("%d requests at once", top)
	}
}

// A server that nobody can connect to is not tried again for each of its pages.
func TestDeadServer(t *testing.T) {
	var tried atomic.Int64
	v := &Visitor{Web: dial(func(*http.Request) (*http.Response, error) {
		tried.Add(1)
		return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	})}
	var addresses []string
	for i := range 50 {
		addresses = append(addresses, fmt.Sprintf("https://dead.example/%d", i))
	}
	answers, err := v.Visit(t.Context(), addresses, func() {})
	if err != nil || tried.Load() > perHost {
		t.Errorf("tried %d times: %v", tried.Load(), err)
	}
	for _, a := range answers {
		if a != (Answer{Unreachable, "", "does not answer in time"}) {
			t.Errorf("%+v", a)
		}
	}
}

type dial func(*http.Request) (*http.Response, error)

func (f dial) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The public web does not lead back into the network that the program runs in,
// whatever an address or a redirect says.
func TestPublicOnly(t *testing.T) {
	r := newRig(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.one.URL, "http://"), ":")
	out := Public()
	v := &Visitor{Web: dial(func(q *http.Request) (*http.Response, error) {
		if q.URL.Hostname() == "out.example" {
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {r.one.URL + "/ok"}}, Body: http.NoBody}, nil
		}
		return out.RoundTrip(q)
	})}
	for _, host := range []string{"out.example", "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"} {
		got := r.visit(t, v, "http://"+host+":"+port+"/ok")[0]
		if got.State != Unreachable || !strings.Contains(got.Why, "private") {
			t.Errorf("%s: %+v", host, got)
		}
	}
	if r.top.Load() != 0 {
		t.Error("a server in here was reached")
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:2800:220:1::1": true, "64:ff9b::8.8.8.8": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.8.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false, "224.0.0.1": false,
		"240.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false, "192.0.0.8": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "fec0::1": false,
		"::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::8.8.8.8": false, "2002:7f00:1::": false,
		"2001::1": false, "2001:db8::1": false, "3fff::1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// Ctrl-C ends it at once.
func TestStops(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := (&Visitor{Web: r.one.Client().Transport}).Visit(ctx, []string{r.one.URL + "/slow", r.one.URL + "/slow?", r.one.URL + "/slow?a"}, func() {})
	if err == nil {
		t.Error("it went on")
	}
}
