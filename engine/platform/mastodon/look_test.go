package mastodon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

func TestLocate(t *testing.T) {
	settings := map[string]string{"server": "https://Mastodon.example/"}
	for address, id := range map[string]string{
		"https://mastodon.example/@ana/110224538612341312":                    "110224538612341312",
		" https://mastodon.example/@ana.b-c/110224538612341312?x=1#y ":        "110224538612341312",
		"https://mastodon.example/web/@ana/110224538612341312":                "110224538612341312",
		"https://mastodon.example/users/ana/statuses/110224538612341312":      "110224538612341312",
		"https://MASTODON.example/@alice/statuses/01M81VS4YQPABG1NMEDFK7Y0H4": "01M81VS4YQPABG1NMEDFK7Y0H4",
		"https://mastodon.example/notice/Aa1-_":                               "Aa1-_",
		"https://mastodon.example/@ana@other.example/110224538612341312":      "",
		"https://mastodon.example/@ana":                                       "",
		"https://mastodon.example/@ana/110224538612341312/embed":              "",
		"https://mastodon.example/@ana/110224538612341312%2f..":               "",
		"https://other.example/@ana/110224538612341312":                       "",
		"https://mastodon.example.evil.example/@ana/110224538612341312":       "",
		"https://mastodon.example@evil.example/@ana/110224538612341312":       "",
		"mastodon.example/@ana/110224538612341312":                            "",
		"110224538612341312": "",
		"https://mastodon.example/@ana/" + strings.Repeat("1", 101):                    "",
		"https://mastodon.example/deck/@ana/110224538612341312":                        "",
		"https://mastodon.example/@ana/statuses/01M81VS4YQPABG1NMEDFK7Y0H4/activities": "",
	} {
		r, err := locate(settings, address)
		if r.ID != id || (err == nil) != (id != "") {
			t.Errorf("%s is %+v, %v, want %q", address, r, err, id)
		}
		if err != nil && !strings.Contains(err.Error(), "give the whole address of the post on Mastodon.example, as in https://Mastodon.example/@name/") {
			t.Errorf("%s: the error does not say what to give: %v", address, err)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"https://mastodon.example/@ana/1", "https://mastodon.example/users/a/statuses/b", "%zz", "https://mastodon.example/notice/\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		r, err := locate(map[string]string{"server": "https://mastodon.example"}, address)
		if u, bad := url.Parse(r.URL); err == nil && (!valid(r.ID) || bad != nil || u.Host != "mastodon.example") {
			t.Errorf("%q is %+v", address, r)
		}
	})
}

// What a server tells of edits is believed; one that tells nothing is taken at
// its words. Neither another HTML of the same words nor votes are a change.
func TestRev(t *testing.T) {
	const page = `{"id":"1","edited_at":null,"content":"<p>hello <a href=\"https://a.example\">https://a.example</a></p>","spoiler_text":"",
		"media_attachments":[{"id":"7","description":"a cat"}],"poll":{"options":[{"title":"yes","votes_count":1}]}}`
	rev := func(body string) string {
		t.Helper()
		var s status
		if err := json.Unmarshal([]byte(body), &s); err != nil {
			t.Fatal(err)
		}
		return s.rev()
	}
	edited := strings.Replace(page, `"edited_at":null`, `"edited_at":"2027-01-04T12:00:00.123Z"`, 1)
	untold := strings.Replace(page, `"edited_at":null,`, "", 1)
	for _, base := range []string{page, edited, untold} {
		for _, c := range []struct {
			name, old, new string
			changes        bool
		}{
			{"other HTML", `<p>hello <a`, `<p class=\"x\">hello <a rel=\"me\"`, false},
			{"votes", `"votes_count":1`, `"votes_count":2`, false},
			{"other words", `hello`, `goodbye`, base == untold},
			{"a warning", `"spoiler_text":""`, `"spoiler_text":"cats"`, base == untold},
			{"an option", `"title":"yes"`, `"title":"no"`, base == untold},
			{"a description", `a cat`, `a dog`, true},
			{"another picture", `"id":"7"`, `"id":"8"`, true},
			{"no picture", `{"id":"7","description":"a cat"}`, ``, true},
		} {
			changed := strings.Replace(base, c.old, c.new, 1)
			if changed == base {
				t.Fatalf("%s is not there to change", c.old)
			}
			if got := rev(changed) != rev(base); got != c.changes {
				t.Errorf("%s of %.60s: changed %v, want %v", c.name, base, got, c.changes)
			}
		}
	}
	if rev(page) == rev(edited) || rev(edited) == rev(strings.Replace(edited, ".123Z", ".124Z", 1)) {
		t.Error("an edit is not seen")
	}
	if rev(edited) != rev(strings.Replace(edited, ".123Z", ".123+00:00", 1)) {
		t.Error("the same moment, written another way, is taken for an edit")
	}
}

// A post that a person named may be somebody else's; one of the ledger is ours.
func TestLookOfOthers(t *testing.T) {
	d := open1(t)
	r := d.publish(t, attempt("hello"))
	d.instead = func(r *http.Request) *httptest.ResponseRecorder {
		if strings.HasSuffix(r.URL.Path, "/verify_credentials") {
			return says(200, `{"id":"5"}`)
		}
		return nil
	}
	if got, err := d.Look(t.Context(), r); err != nil || got != r {
		t.Errorf("of the ledger: %+v, %v", got, err)
	}
	r.Rev = ""
	if _, err := d.Look(t.Context(), r); !errors.Is(err, platform.ErrRejected) || !strings.Contains(err.Error(), "that is a post of @standin, not of this account") {
		t.Errorf("of another account: %v", err)
	}
	for _, id := range []string{"", "..", "a/b", "1?x=2", "é"} {
		before := len(d.asked)
		if _, err := d.Look(t.Context(), platform.Ref{ID: id, Rev: "x"}); !errors.Is(err, platform.ErrRejected) || len(d.asked) > before {
			t.Errorf("Look at %q: %v", id, err)
		}
	}
}

// The account is asked for once, by however many looks.
func TestAccountIsAskedOnce(t *testing.T) {
	d := open1(t)
	r := d.publish(t, attempt("hello"))
	for range 3 {
		if _, err := d.Look(t.Context(), platform.Ref{ID: r.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(fmt.Sprint(d.asked), "verify_credentials"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

// A real server shows an untouched post as it was, and every change by its own
// API as another.
func TestLiveLook(t *testing.T) {
	server, token := os.Getenv("IMPRIMATUR_MASTODON_SERVER"), os.Getenv("IMPRIMATUR_MASTODON_TOKEN")
	if server == "" || token == "" {
		t.Skip("IMPRIMATUR_MASTODON_SERVER and IMPRIMATUR_MASTODON_TOKEN name no server to try")
	}
	settings := map[string]string{"server": server, "token": token}
	opened, err := open(platform.Account{Settings: settings, Secrets: []string{token}, HTTP: &http.Client{Timeout: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	c, ctx := opened.(*conn), t.Context()
	a := attempt(fmt.Sprintf("see https://example.org/a_(b)?c=d&e=f #tag @nobody@example.org %x", time.Now().UnixNano()))
	a.Part.Media = []platform.Media{{Alt: "A cat", Open: drawing(1)}, {Open: drawing(2)}}
	a.Part.Warning = "cats"
	r, err := c.Publish(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	look := func(what string, want platform.Ref) platform.Ref {
		t.Helper()
		got, err := c.Look(ctx, want)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return got
	}
	same := func(what string, want platform.Ref) {
		t.Helper()
		if got := look(what, want); got != want {
			t.Errorf("%s: Look = %+v, want %+v", what, got, want)
		}
	}
	same("published", r)
	at, err := locate(settings, r.URL)
	if err != nil || at.ID != r.ID {
		t.Fatalf("%s is %+v, %v, want %s", r.URL, at, err, r.ID)
	}
	if got := look("by its address", at); got != r {
		t.Errorf("by its address: %+v, want %+v", got, r)
	}
	a.Part.Text += "."
	if r, err = c.Edit(ctx, r, a); err != nil {
		t.Fatal(err)
	}
	same("edited by us", r)

	var s status
	if err := c.do(ctx, get("/api/v1/statuses/"+r.ID), &s); err != nil {
		t.Fatal(err)
	}
	other := func(what string, req wire.Request) {
		t.Helper()
		err := c.do(ctx, req, nil)
		if refused := (*wire.StatusError)(nil); what == "a description" && errors.As(err, &refused) && refused.Status == http.StatusNotFound {
			return // Mastodon keeps those of a picture that is out
		} else if err != nil {
			t.Fatal(err)
		}
		now := look(what, r)
		if now.Rev == r.Rev {
			t.Errorf("%s by hand is not seen", what)
		}
		same(what, now)
		r = now
	}
	other("a description", wire.Request{Method: http.MethodPut, Path: "/api/v1/media/" + s.Media[0].ID, JSON: map[string]string{"description": "A dog"}})
	other("an edit", wire.Request{Method: http.MethodPut, Path: "/api/v1/statuses/" + r.ID, JSON: draft{Status: "by hand", MediaIDs: []string{s.Media[0].ID}}})
	other("another edit", wire.Request{Method: http.MethodPut, Path: "/api/v1/statuses/" + r.ID, JSON: draft{Status: "by hand, again"}})
	if err := c.do(ctx, wire.Request{Method: http.MethodDelete, Path: "/api/v1/statuses/" + r.ID}, nil); err != nil {
		t.Fatal(err)
	}
	for range 50 { // some servers take a moment
		if _, err = c.Look(ctx, r); err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("deleted by hand: %v, want ErrNotFound", err)
	}
	if bytes.Contains([]byte(fmt.Sprint(err)), []byte(token)) {
		t.Error("the error shows the token")
	}
}
