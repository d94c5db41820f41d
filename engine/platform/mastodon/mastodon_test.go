package mastodon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/platformtest"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

func TestConformance(t *testing.T) { platformtest.Run(t, Platform) }

// A desk is a connector and its stand-in in one process, without a network,
// so that time can be a bubble's.
type desk struct {
	*conn
	server *standin
	asked  []string // requests, as in "GET /path"
	// instead answers a request in the stand-in's place, or returns nil
	instead func(*http.Request) *httptest.ResponseRecorder
}

func open1(t *testing.T) *desk {
	t.Helper()
	d := &desk{server: newStandin(time.Now)}
	const base = "http://mastodon.example"
	c, err := open(platform.Account{
		Settings: d.server.Settings(base + "/"), Secrets: []string{standinToken}, HTTP: &http.Client{Transport: d},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.conn = c.(*conn)
	return d
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	d.asked = append(d.asked, r.Method+" "+r.URL.Path)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if d.instead != nil {
		if w := d.instead(r); w != nil {
			return w.Result(), nil
		}
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	d.server.ServeHTTP(w, r)
	return w.Result(), nil
}

func says(code int, body string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.WriteHeader(code)
	w.WriteString(body)
	return w
}

func attempt(text string, after ...platform.Ref) platform.Attempt {
	return platform.Attempt{
		Key: fmt.Sprintf("key-%x-%d", text, len(after)), At: time.Now().UTC().Truncate(time.Millisecond),
		Part: platform.Part{Text: text}, After: after,
	}
}

func (d *desk) publish(t *testing.T, a platform.Attempt) platform.Ref {
	t.Helper()
	r, err := d.Publish(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func drawing(seed uint8) func() (platform.Picture, error) {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	img.SetGray(1, 1, color.Gray{Y: 1 + seed})
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	return func() (platform.Picture, error) {
		return platform.Picture{Data: buf.Bytes(), Type: "image/png", Width: 40, Height: 30}, err
	}
}

func TestVisibilityOfThreads(t *testing.T) {
	for first, second := range map[string]string{"": "unlisted", "unlisted": "unlisted", "private": "private"} {
		d := open1(t)
		a := attempt("one")
		a.Part.Visibility = first
		b := attempt("two", d.publish(t, a))
		b.Part.Visibility = first
		d.publish(t, b)
		seen := d.server.Timeline()
		if seen[0].Visibility != first || seen[1].Visibility != second {
			t.Errorf("a thread that is %q: %q then %q, want %q", first, seen[0].Visibility, seen[1].Visibility, second)
		}
	}
}

func TestWhatTheServerIsSent(t *testing.T) {
	d := open1(t)
	a := attempt("salut")
	a.Part.Lang = "fr-CA"
	a.Part.Media = []platform.Media{{Alt: "a dot", Focus: [2]float64{-0.25, 0.5}, Open: drawing(1)}}
	d.publish(t, a)
	got := d.server.posts[0]
	if got.lang != "fr" || got.sensitive || got.files[0].focus != "-0.25,0.5" {
		t.Errorf("language %q, sensitive %v, focus %q", got.lang, got.sensitive, got.files[0].focus)
	}
	if _, ok := d.server.keys[a.Key]; !ok {
		t.Errorf("the key %q did not arrive", a.Key)
	}
	warned := attempt("spoiled")
	warned.Part.Warning = "the end of the film"
	d.publish(t, warned)
	if !d.server.posts[1].sensitive {
		t.Error("a warning, and the server does not take it for sensitive")
	}
}

// After the hour that a key is kept, only Find knows.
func TestKeysGrowOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open1(t)
		a := attempt("once")
		first := d.publish(t, a)
		time.Sleep(Platform.Repeat - time.Second)
		if again := d.publish(t, a); again.ID != first.ID {
			t.Errorf("within %s: %q, want %q", Platform.Repeat, again.ID, first.ID)
		}
		time.Sleep(2 * time.Second)
		if r, err := d.Find(t.Context(), a, nil); err != nil || r.ID != first.ID {
			t.Errorf("Find = %q, %v, want %q", r.ID, err, first.ID)
		}
		if again := d.publish(t, a); again.ID == first.ID {
			t.Error("the stand-in keeps keys for longer than Mastodon")
		}
	})
}

func TestSilentlyDropped(t *testing.T) {
	d := open1(t)
	d.instead = func(r *http.Request) *httptest.ResponseRecorder {
		if r.Method == http.MethodGet {
			return says(404, `{"error":"Record not found"}`)
		}
		return nil
	}
	if _, err := d.Publish(t.Context(), attempt("buy now")); !errors.Is(err, platform.ErrUnknown) || errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a post that is not there: %v, want ErrUnknown", err)
	}
	d.instead = func(r *http.Request) *httptest.ResponseRecorder {
		if r.Method == http.MethodGet {
			return says(403, `{"error":"This action is outside the authorized scopes"}`)
		}
		return nil
	}
	if r, err := d.Publish(t.Context(), attempt("hello")); err != nil || r.ID == "" {
		t.Errorf("a token that may not read: %v, want no error", err)
	}
}

// slowly lets every look at a picture have one answer.
func slowly(d *desk, code int, body string) {
	d.instead = func(r *http.Request) *httptest.ResponseRecorder {
		switch {
		case r.URL.Path == "/api/v2/media":
			return says(202, `{"id":"7","url":null}`)
		case strings.HasPrefix(r.URL.Path, "/api/v1/media/"):
			return says(code, body)
		}
		return nil
	}
}

func TestSlowPictures(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		code       int
		ok         func(error) bool
	}{
		{"never ready", `{"id":"7","url":null}`, 206, func(err error) bool { return errors.As(err, new(*platform.BusyError)) }},
		{"undecodable", `{"error":"Error processing thumbnail for uploaded media"}`, 422, func(err error) bool { return errors.Is(err, platform.ErrRejected) }},
		{"gone", `{"error":"Record not found"}`, 404, func(err error) bool { return errors.Is(err, platform.ErrRejected) }},
		{"trouble", `oops`, 503, func(err error) bool { return errors.As(err, new(*platform.BusyError)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := open1(t)
				slowly(d, tt.code, tt.body)
				a := attempt("look")
				a.Part.Media = []platform.Media{{Open: drawing(1)}}
				began := time.Now()
				_, err := d.Publish(t.Context(), a)
				if !tt.ok(err) || errors.Is(err, platform.ErrUnknown) || errors.Is(err, platform.ErrNotFound) {
					t.Errorf("got %v", err)
				}
				if waited := time.Since(began); waited > 30*time.Second {
					t.Errorf("it waited %s", waited)
				}
				if len(d.server.Timeline()) > 0 {
					t.Error("it was posted without its picture")
				}
			})
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := open1(t)
			slowly(d, 206, `{"id":"7"}`)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			a := attempt("look")
			a.Part.Media = []platform.Media{{Open: drawing(1)}}
			began := time.Now()
			if _, err := d.Publish(ctx, a); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			if waited := time.Since(began); waited != time.Second {
				t.Errorf("it went on for %s, want 1s", waited)
			}
		})
	})
}

// An edit must not open a poll for longer, or again.
func TestEditsOfPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open1(t)
		a := attempt("Which?")
		a.Part.Poll = &platform.Poll{Options: []string{"this", "that"}, Open: 24 * time.Hour}
		r := d.publish(t, a)
		time.Sleep(23 * time.Hour)
		a.Part.Text = "Which one?"
		if _, err := d.Edit(t.Context(), r, a); err != nil {
			t.Fatal(err)
		}
		if got := d.server.Timeline()[0]; got.Text != a.Part.Text || got.Poll.Open != 24*time.Hour {
			t.Errorf("after the edit %q is open for %s, want 24h", got.Text, got.Poll.Open)
		}
		time.Sleep(2 * time.Hour)
		a.Part.Text = "Which was it?"
		if _, err := d.Edit(t.Context(), r, a); !errors.Is(err, platform.ErrUnsupported) {
			t.Errorf("an edit after the poll ended: %v, want ErrUnsupported", err)
		}
		if got := d.server.Timeline()[0]; got.Text != "Which one?" || got.Poll.Open != 24*time.Hour {
			t.Errorf("after the poll %q is open for %s", got.Text, got.Poll.Open)
		}
	})
}

func TestEditsKeepWhoSees(t *testing.T) {
	d := open1(t)
	a := attempt("one")
	r := d.publish(t, a)
	a.Part.Text, a.Part.Visibility = "one, for few", "private"
	if _, err := d.Edit(t.Context(), r, a); !errors.Is(err, platform.ErrUnsupported) {
		t.Errorf("an edit to private: %v, want ErrUnsupported", err)
	}
	if got := d.server.Timeline()[0]; got.Text != "one" {
		t.Errorf("for all to see, now: %q", got.Text)
	}
}

func TestFindReadsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open1(t)
		d.publish(t, attempt("the same words"))
		time.Sleep(time.Hour)
		lost := attempt("the same words")
		lost.Key = "another"
		if r, err := d.Find(t.Context(), lost, nil); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("what was up an hour before: %q, %v, want ErrNotFound", r.ID, err)
		}
		want := d.publish(t, lost)
		for i := range 150 {
			d.publish(t, attempt(fmt.Sprint("later ", i)))
			time.Sleep(time.Second)
		}
		if r, err := d.Find(t.Context(), lost, nil); err != nil || r.ID != want.ID {
			t.Errorf("150 posts later: %q, %v, want %q", r.ID, err, want.ID)
		}
		for i := range 100 {
			d.publish(t, attempt(fmt.Sprint("later still ", i)))
		}
		if r, err := d.Find(t.Context(), lost, nil); !errors.Is(err, platform.ErrUnknown) {
			t.Errorf("250 posts later: %q, %v, want ErrUnknown", r.ID, err)
		}
	})
}

// Servers that do not tell a status's source tell its HTML.
func TestFindOnOlderServers(t *testing.T) {
	for _, code := range []int{403, 404, 405, 422} {
		d := open1(t)
		d.instead = func(r *http.Request) *httptest.ResponseRecorder {
			if strings.HasSuffix(r.URL.Path, "/source") {
				return says(code, `{"error":"no"}`)
			}
			return nil
		}
		for _, s := range nasty {
			a := attempt(s)
			if r, err := d.Find(t.Context(), a, nil); !errors.Is(err, platform.ErrNotFound) {
				t.Errorf("%d: %q, not up: %q, %v", code, s, r.ID, err)
			}
			want := d.publish(t, a)
			if r, err := d.Find(t.Context(), a, nil); err != nil || r.ID != want.ID {
				t.Errorf("%d: %q: Find = %q, %v, want %q", code, s, r.ID, err, want.ID)
			}
		}
	}
}

func TestFindTellsPicturesApart(t *testing.T) {
	d := open1(t)
	one, two := attempt(""), attempt("")
	one.Part.Media = []platform.Media{{Alt: "a galette", Open: drawing(1)}}
	two.Part.Media, two.Key = []platform.Media{{Alt: "a baguette", Open: drawing(2)}}, "two"
	want := d.publish(t, one)
	if r, err := d.Find(t.Context(), one, nil); err != nil || r.ID != want.ID {
		t.Errorf("Find = %q, %v, want %q", r.ID, err, want.ID)
	}
	if r, err := d.Find(t.Context(), two, nil); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("another picture: Find = %q, %v, want ErrNotFound", r.ID, err)
	}
}

// A wrong address in the settings is not proof that a post is absent.
func TestNotFoundElsewhere(t *testing.T) {
	d := open1(t)
	a := attempt("hello")
	d.publish(t, a)
	d.instead = func(*http.Request) *httptest.ResponseRecorder { return says(404, "<h1>not here</h1>") }
	if _, err := d.Find(t.Context(), a, nil); err == nil || errors.Is(err, platform.ErrNotFound) {
		t.Errorf("Find: %v", err)
	}
	a.Part.Media = []platform.Media{{Open: drawing(1)}}
	if _, err := d.Publish(t.Context(), a); !errors.Is(err, platform.ErrRejected) || errors.Is(err, platform.ErrNotFound) {
		t.Errorf("Publish: %v", err)
	}
	a.Part.Media = nil
	if _, err := d.Publish(t.Context(), a); !errors.Is(err, platform.ErrRejected) || errors.Is(err, platform.ErrNotFound) {
		t.Errorf("Publish: %v", err)
	}
	d.instead = nil
	if _, err := d.Publish(t.Context(), attempt("a reply", platform.Ref{ID: "404"})); !errors.Is(err, platform.ErrRejected) ||
		!strings.Contains(err.Error(), `"The post you are trying to reply to does not appear to exist."`) {
		t.Errorf("a reply to nothing: %v", err)
	}
}

func TestLimitsOfServers(t *testing.T) {
	for _, tt := range []struct {
		name, v2, v1 string
		want         platform.ServerLimits
	}{
		{"some", `{"configuration":{"statuses":{"max_characters":5000,"characters_reserved_per_url":25},"polls":{"max_options":0,"min_expiration":-3}}}`, "",
			platform.ServerLimits{platform.LimitText: 5000, platform.LimitAddress: 25}},
		{"old", "", `{"configuration":{"media_attachments":{"image_size_limit":10485760}}}`, platform.ServerLimits{platform.LimitMediaBytes: 10485760}},
		{"very old", "", `{"max_toot_chars":1024,"version":"2.7.2 (compatible; Pleroma)"}`, platform.ServerLimits{platform.LimitText: 1024}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open1(t)
			d.instead = func(r *http.Request) *httptest.ResponseRecorder {
				body := tt.v1
				if r.URL.Path == "/api/v2/instance" {
					body = tt.v2
				}
				if body == "" {
					return says(404, `{"error":"Not Found"}`)
				}
				return says(200, body)
			}
			got, err := d.Limits(t.Context())
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
	d := open1(t)
	got, err := d.Limits(t.Context())
	if err != nil || !reflect.DeepEqual(profile.With(got), profile) {
		t.Errorf("the stand-in's limits %v, %v are not those of the profile", got, err)
	}
}

func TestServersAreNotTrusted(t *testing.T) {
	for _, id := range []string{"", "../../admin", "1?x", "\x1b[31m", strings.Repeat("9", 101)} {
		d := open1(t)
		d.instead = func(*http.Request) *httptest.ResponseRecorder { return says(200, fmt.Sprintf(`{"id":%q}`, id)) }
		if r, err := d.Publish(t.Context(), attempt("hello")); !errors.Is(err, platform.ErrUnknown) || r.ID != "" {
			t.Errorf("the id %q: %q, %v, want ErrUnknown", id, r.ID, err)
		}
		if len(d.asked) > 1 {
			t.Errorf("the id %q was used: %q", id, d.asked)
		}
	}
	for url, want := range map[string]string{"javascript:alert(1)": "", "https://m.example/@a/1": "https://m.example/@a/1", "": "", "//x": ""} {
		if got := (status{ID: "1", URL: url}).ref().URL; got != want {
			t.Errorf("the address %q is kept as %q", url, got)
		}
	}
	d := open1(t)
	d.instead = func(*http.Request) *httptest.ResponseRecorder {
		return says(422, `{"error":"Validation failed:\n \u001b[31mText "}`)
	}
	_, err := d.Publish(t.Context(), attempt("hello"))
	if !errors.Is(err, platform.ErrRejected) || strings.ContainsAny(err.Error(), "\x1b\n") || !strings.Contains(err.Error(), "Validation failed: [31mText") {
		t.Errorf("got %q", err)
	}
}

func TestRateLimit(t *testing.T) {
	d := open1(t)
	d.instead = func(*http.Request) *httptest.ResponseRecorder {
		return says(429, `{"error":"Too many requests"}`, "Date", "Mon, 04 Jan 2027 07:30:00 GMT",
			"X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2027-01-04T07:35:00.123456Z")
	}
	_, err := d.Publish(t.Context(), attempt("hello"))
	busy := (*platform.BusyError)(nil)
	if !errors.As(err, &busy) || busy.After.Round(time.Second) != 5*time.Minute {
		t.Errorf("got %v %+v, want a wait of 5m", err, busy)
	}
}

// nasty is as it would stand in a part: the markup is done with.
var nasty = []string{
	"hello",
	"two\nlines\n\nand a paragraph",
	"👩‍👩‍👧‍👦 🏴‍☠️ ❤️‍🔥 مرحبا שלום क्षत्रिय 日本語 e\u0301",
	`"q" 'q' <b>&amp;</b> {x} ${y} %s \n *stars* _under_ 1 < 2 > 0`,
	"Prix\u202f: 4,50\u202f€ — «\u202fvraiment\u202f»\u202f!",
	"see https://en.wikipedia.org/wiki/Go_(game), https://example.org/a?b=c&d=%C3%A9#frag.",
	"#été2027 #123 @someone @someone@example.org me@example.org a\u2028b",
	"@000@0_00@0",
	"  1. not a list\n- nor this\n> nor this\n    nor code  with  blanks",
}

func FuzzPlain(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD") // as JSON does
		if got, want := fold(plain(hypertext(s))), fold(s); got != want {
			t.Errorf("%q comes back from HTML as %q, want %q", s, got, want)
		}
	})
}

// TestServer publishes to a real server that speaks the API, when the
// environment names one.
func TestLive(t *testing.T) {
	server, token := os.Getenv("IMPRIMATUR_MASTODON_SERVER"), os.Getenv("IMPRIMATUR_MASTODON_TOKEN")
	if server == "" || token == "" {
		t.Skip("IMPRIMATUR_MASTODON_SERVER and IMPRIMATUR_MASTODON_TOKEN name no server to try")
	}
	opened, err := open(platform.Account{
		Settings: map[string]string{"server": server, "token": token}, Secrets: []string{token}, HTTP: &http.Client{Timeout: time.Minute},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, ctx := opened.(*conn), t.Context()
	limits, err := c.Limits(ctx)
	if err != nil || limits[platform.LimitText] == 0 {
		t.Fatalf("Limits = %v, %v", limits, err)
	}
	// Words of an earlier run must not be found in this one.
	run := fmt.Sprintf(" (%x)", time.Now().UnixNano())
	up := func(a platform.Attempt) platform.Ref {
		t.Helper()
		if r, err := c.Find(ctx, a, nil); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%q, not up: Find = %q, %v", a.Part.Text, r.ID, err)
		}
		r, err := c.Publish(ctx, a)
		if err != nil {
			t.Fatalf("Publish(%q): %v", a.Part.Text, err)
		}
		t.Cleanup(func() {
			err := c.Remove(context.WithoutCancel(ctx), r)
			if err != nil && !errors.Is(err, platform.ErrNotFound) {
				t.Errorf("Remove: %v", err)
			}
		})
		if found, err := c.Find(ctx, a, nil); err != nil || found != r {
			t.Errorf("%q: Find = %+v, %v, want %+v", a.Part.Text, found, err, r)
		}
		return r
	}
	read := func(r platform.Ref) (s shownStatus) {
		t.Helper()
		if err := c.do(ctx, get("/api/v1/statuses/"+r.ID), &s); err != nil {
			t.Fatal(err)
		}
		if err := c.do(ctx, get("/api/v1/statuses/"+r.ID+"/source"), &s.Source); err != nil {
			t.Fatal(err)
		}
		return s
	}

	for _, s := range nasty {
		a := attempt(strings.TrimSpace(s) + run)
		a.Part.Lang = "fr"
		if got := read(up(a)); got.Source.Text != a.Part.Text || got.Language != "fr" {
			t.Errorf("language %q, text\n%q, want\n%q", got.Language, got.Source.Text, a.Part.Text)
		}
	}

	full := attempt("Elle est là !" + run)
	full.Part.Warning = "Gourmandise & <sucre> 👩‍👩‍👧"
	full.Part.Media = []platform.Media{
		{Alt: "She said \"oui\" & 100 % 👩‍👩‍👧\nsecond line", Focus: [2]float64{0, 0.5}, Open: drawing(1)},
		{Alt: "", Open: drawing(2)},
	}
	root := up(full)
	got := read(root)
	if len(got.Media) != 2 || got.Media[0].Description != full.Part.Media[0].Alt || !got.Sensitive || got.Visible != "public" {
		t.Errorf("got %+v", got)
	}
	if got.Source.Spoiler != full.Part.Warning {
		t.Logf("this server makes of the warning %q: %q", full.Part.Warning, got.Source.Spoiler)
	}
	reply := attempt("Elle est là !"+run, root)
	second := up(reply)
	if got := read(second); got.InReplyTo != root.ID || got.Visible != "unlisted" || got.Spoiler != "" {
		t.Errorf("got %+v", got)
	}

	asked := attempt("Laquelle ?" + run)
	asked.Part.Poll = &platform.Poll{Options: []string{"À la frangipane", "Aux pommes 🍎"}, Open: time.Hour, Multiple: true}
	ref := up(asked)
	for _, s := range []string{asked.Part.Text, "Et laquelle ?" + run} {
		if asked.Part.Text = s; s != read(ref).Source.Text {
			if _, err := c.Edit(ctx, ref, asked); err != nil {
				t.Fatalf("Edit of a poll: %v", err)
			}
		}
		got := read(ref)
		if p := got.Poll; got.Source.Text != s || p == nil || !p.Multiple || len(p.Options) != 2 || p.Options[1].Title != "Aux pommes 🍎" {
			t.Errorf("got %q with the poll %+v", got.Source.Text, p)
		}
	}

	full.Part.Text = "Elle était là" + run
	full.Part.Media = full.Part.Media[:1]
	full.Part.Media[0].Alt = "Another text"
	for range 2 {
		if _, err := c.Edit(ctx, root, full); err != nil {
			t.Fatalf("Edit: %v", err)
		}
		if got := read(root); got.Source.Text != full.Part.Text || len(got.Media) != 1 || got.Media[0].Description != "Another text" {
			t.Errorf("after the edit: %+v", got)
		}
	}
	if err := c.Remove(ctx, second); err != nil {
		t.Errorf("Remove: %v", err)
	}
	err = nil
	for range 50 { // some servers take a moment
		if err = c.Remove(ctx, second); err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("second Remove: %v, want ErrNotFound", err)
	}
	if _, err := c.Edit(ctx, second, reply); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("Edit of what is gone: %v, want ErrNotFound", err)
	}
	if _, err := c.Publish(ctx, attempt("to nobody"+run, second)); !errors.Is(err, platform.ErrRejected) {
		t.Errorf("a reply to what is gone: %v, want ErrRejected", err)
	}
	if _, err := c.Publish(ctx, attempt(strings.Repeat("a", limits[platform.LimitText]+1))); !errors.Is(err, platform.ErrRejected) {
		t.Errorf("one over: %v, want ErrRejected", err)
	}
	broken := attempt("broken" + run)
	broken.Part.Media = []platform.Media{{Open: func() (platform.Picture, error) {
		return platform.Picture{Data: []byte("no picture"), Type: "image/png"}, nil
	}}}
	if _, err := c.Publish(ctx, broken); !errors.Is(err, platform.ErrRejected) {
		t.Errorf("a picture that is none: %v, want ErrRejected", err)
	}
	c.wire.Header = http.Header{"Authorization": {"Bearer " + token + "x"}}
	if _, err := c.Publish(ctx, attempt("a wrong token")); !errors.Is(err, platform.ErrAuth) {
		t.Errorf("a wrong token: %v, want ErrAuth", err)
	}
	c.wire.Header = http.Header{"Authorization": {"Bearer " + token}}
}

// shownStatus is more of a status than the connector needs.
type shownStatus struct {
	status
	Language  string
	Sensitive bool
	Poll      *struct {
		Multiple bool
		Options  []struct{ Title string }
	} `json:"poll"`
	Source struct {
		Text    string
		Spoiler string `json:"spoiler_text"`
	} `json:"-"`
}

func get(path string) wire.Request { return wire.Request{Method: http.MethodGet, Path: path} }
