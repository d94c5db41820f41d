package mastodon

import (
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

func mention(id string, status string) string {
	return `{"id":"` + id + `","type":"mention","status":{"id":"s` + id + `","created_at":"2027-01-04T07:30:00.000Z","visibility":"public","content":"<p>hello</p>",
		"account":{"id":"9","acct":"bob@far.example","created_at":"2024-02-03T00:00:00.000Z","followers_count":12}` + status + `}}`
}

// What a notification says is what a rule sees.
func TestItem(t *testing.T) {
	for name, c := range map[string]struct {
		status string
		want   func(*platform.Item) bool
	}{
		"a reply to us":      {`,"in_reply_to_id":"7","in_reply_to_account_id":"` + standinAccount + `"`, func(i *platform.Item) bool { return i.Surface == "reply" && i.On == "7" }},
		"a reply to another": {`,"in_reply_to_id":"7","in_reply_to_account_id":"8"`, func(i *platform.Item) bool { return i.Surface == "mention" && i.On == "7" }},
		"a message":          {`,"visibility":"direct"`, func(i *platform.Item) bool { return i.Private }},
		"for followers":      {`,"visibility":"private"`, func(i *platform.Item) bool { return i.Private }},
		"for everyone":       {`,"visibility":"unlisted"`, func(i *platform.Item) bool { return !i.Private }},
		"a language":         {`,"language":"fr"`, func(i *platform.Item) bool { return i.Lang == "fr" }},
		"no language":        {`,"language":null`, func(i *platform.Item) bool { return i.Lang == "" }},
		"an address":         {`,"url":"https://far.example/@bob/1"`, func(i *platform.Item) bool { return i.URL == "https://far.example/@bob/1" }},
		"no address":         {`,"url":"javascript:alert(1)"`, func(i *platform.Item) bool { return i.URL == "" }},
		"hidden followers":   {`,"account":{"id":"9","acct":"bob","followers_count":-1}`, func(i *platform.Item) bool { return i.Author.Followers == nil }},
		"an account": {``, func(i *platform.Item) bool {
			return *i.Author.Followers == 12 && i.Author.Since.Year() == 2024 && i.Author.Handle == "bob@far.example"
		}},
		"ourselves":           {`,"account":{"id":"` + standinAccount + `","acct":"standin"}`, func(i *platform.Item) bool { return i == nil }},
		"a strange id":        {`,"id":"../x"`, func(i *platform.Item) bool { return i == nil }},
		"a strange quote":     {`,"quote":true`, func(i *platform.Item) bool { return i.Surface == "mention" }},
		"a warning and words": {`,"spoiler_text":"cats","poll":{"options":[{"title":"yes"},{"title":"no"}]},"media_attachments":[{"id":"3","description":"a dog"},{"id":"4","description":null}]`, func(i *platform.Item) bool { return i.Text == "cats\n\nhello\n\nyes\n\nno\n\na dog" }},
		"links": {`,"content":"<p>geht.<br><a href=\"https://near.example/tags/dog\" class=\"mention hashtag\">#<span>dog</span></a> <a href=\"https://evil.example\" class=\"mention hashtag\">#<span>dog</span></a></p>","tags":[{"url":"https://near.example/tags/dog"}]`,
			func(i *platform.Item) bool { return i.Text == "geht.\n#dog #dog (https://evil.example)" }},
	} {
		var n notification
		if err := json.Unmarshal([]byte(mention("1", c.status)), &n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := n.item(standinAccount); !c.want(got) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	quote := strings.Replace(mention("1", `,"quote":{"state":"accepted","quoted_status":{"id":"77"}}`), `"type":"mention"`, `"type":"quote"`, 1)
	var n notification
	if err := json.Unmarshal([]byte(quote), &n); err != nil {
		t.Fatal(err)
	}
	if got := n.item(standinAccount); got.Surface != platform.SurfaceQuote || got.On != "77" {
		t.Errorf("a quote: %+v", got)
	}
}

// A server with pages so short that one ends before what was read already,
// and one on which the last one read was deleted, still tell of what is new.
func TestReadOfShortPages(t *testing.T) {
	d := open1(t)
	d.publish(t, attempt("hello"))
	short := 10
	d.instead = func(r *http.Request) *httptest.ResponseRecorder {
		if strings.HasSuffix(r.URL.Path, "/notifications") {
			q := r.URL.Query()
			q.Set("limit", fmt.Sprint(short))
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}
	cursor := ""
	read := func() (got []string) {
		t.Helper()
		for range 100 {
			items, next, err := d.Read(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			if next == cursor {
				return got
			}
			cursor = next
			for _, i := range items {
				got = append(got, i.Text)
			}
		}
		t.Fatal("it never ends")
		return nil
	}
	read()
	n := 0
	for turn := range 5 {
		want := []string(nil)
		for range 35 {
			n++
			want = append(want, fmt.Sprint("number ", n))
			d.server.Say("bob", want[len(want)-1], "")
		}
		if got := read(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("turn %d: %v, want %v", turn, got, want)
		}
		d.server.told = d.server.told[:len(d.server.told)-1]
		if got := read(); len(got) > 0 {
			t.Fatalf("turn %d: one was deleted, and %v comes", turn, got)
		}
	}
}

// A first look at an account with a past begins at what is recent, however
// short the pages are.
func TestReadBeginsLately(t *testing.T) {
	d := open1(t)
	for i := range 300 {
		d.server.Say("bob", fmt.Sprint("number ", i), "")
	}
	var got []platform.Item
	cursor := ""
	for {
		items, next, err := d.Read(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if next == cursor {
			break
		}
		got, cursor = append(got, items...), next
	}
	if len(got) != page || got[0].Text != "number 220" {
		t.Errorf("%d come, the first %q", len(got), got[0].Text)
	}
}

func FuzzNotification(f *testing.F) {
	f.Add([]byte(mention("1", `,"quote":{"quoted_status":null}`)))
	f.Add([]byte(`{"id":"1","type":"quote","status":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var n notification
		if json.Unmarshal(data, &n) != nil {
			return
		}
		if i := n.item("5"); i != nil && (!valid(i.ID) || !valid(i.Author.ID) || i.Rev == "") {
			t.Errorf("%+v", i)
		}
	})
}

// Somebody else on a real server writes, edits, is muted and reported.
func TestLiveRead(t *testing.T) {
	server, token, other := os.Getenv("IMPRIMATUR_MASTODON_SERVER"), os.Getenv("IMPRIMATUR_MASTODON_TOKEN"), os.Getenv("IMPRIMATUR_MASTODON_OTHER_TOKEN")
	if server == "" || token == "" || other == "" {
		t.Skip("IMPRIMATUR_MASTODON_SERVER, _TOKEN and _OTHER_TOKEN name no server with two accounts to try")
	}
	as := func(token string) *conn {
		c, err := open(platform.Account{Settings: map[string]string{"server": server, "token": token}, Secrets: []string{token}, HTTP: &http.Client{Timeout: time.Minute}})
		if err != nil {
			t.Fatal(err)
		}
		return c.(*conn)
	}
	us, bob, ctx := as(token), as(other), t.Context()
	run := fmt.Sprintf(" (%x)", time.Now().UnixNano())
	put := func(c *conn, text string, to ...platform.Ref) platform.Ref {
		t.Helper()
		a := attempt(text+run, to...)
		a.Part.Lang = "fr"
		r, err := c.Publish(ctx, a)
		if err != nil {
			t.Fatalf("Publish(%q): %v", text, err)
		}
		t.Cleanup(func() { _ = c.Remove(t.Context(), r) })
		return r
	}
	cursor := ""
	read := func() (all []platform.Item) {
		t.Helper()
		for range 50 {
			items, next, err := us.Read(ctx, cursor)
			if err != nil {
				t.Fatal(err)
			}
			if next == cursor {
				return all
			}
			all, cursor = append(all, items...), next
		}
		t.Fatal("it never ends")
		return nil
	}
	// arrive waits for so many: a server takes a moment to notify.
	arrive := func(n int) (all []platform.Item) {
		t.Helper()
		for range 100 {
			if all = append(all, read()...); len(all) >= n {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if len(all) != n {
			t.Fatalf("%d come, want %d: %+v", len(all), n, all)
		}
		return all
	}
	read()
	post := put(us, "Elle est là")
	first := put(bob, "@alice geht.\n#dog <b> & https://example.org/a?b=c&d=e", post)
	second := put(bob, "bonjour @alice")
	items := arrive(2)
	for i, want := range []platform.Item{
		{ID: first.ID, Surface: "reply", On: post.ID, Text: "@alice geht.\n#dog <b> & https://example.org/a?b=c&d=e" + run},
		{ID: second.ID, Surface: "mention", Text: "bonjour @alice" + run},
	} {
		got := items[i]
		if got.ID != want.ID || got.Surface != want.Surface || got.On != want.On || got.Text != want.Text || got.Lang != "fr" || got.Private || got.URL == "" ||
			got.Author.Handle != "bob" || got.Author.Since == nil || got.Author.Followers == nil {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	}
	if again := read(); len(again) > 0 {
		t.Errorf("there is nothing new, and %+v comes", again)
	}

	if _, err := bob.Edit(ctx, second, attempt("changed, @alice"+run)); err != nil {
		t.Fatal(err)
	}
	if got := arrive(1)[0]; got.ID != second.ID || got.Rev == items[1].Rev || got.Text != "changed, @alice"+run {
		t.Errorf("edited: %+v", got)
	}

	answer := attempt("@bob merci"+run, items[1].After()...)
	answer.Part.Visibility = platform.Direct
	r, err := us.Publish(ctx, answer)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := us.Find(ctx, answer, nil); err != nil || found.ID != r.ID {
		t.Errorf("Find of an answer = %+v, %v, want %s", found, err, r.ID)
	}
	if again := read(); len(again) > 0 {
		t.Errorf("we answered, and %+v comes", again)
	}

	muting := func() bool {
		t.Helper()
		var out []struct{ Muting bool }
		if err := us.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/accounts/relationships", Query: url.Values{"id[]": {items[0].Author.ID}}}, &out); err != nil || len(out) != 1 {
			t.Fatal(err, out)
		}
		return out[0].Muting
	}
	why := platform.Reason{Kind: platform.KindSpam, Words: "insults.fr" + run}
	for range 2 {
		undo, err := us.Moderate(ctx, items[0], platform.ActMute, why)
		if err != nil || !muting() {
			t.Fatalf("mute: %v, muting is %v", err, muting())
		}
		for range 2 {
			if err := us.Undo(ctx, undo); err != nil || muting() {
				t.Fatalf("undo: %v, muting is %v", err, muting())
			}
		}
	}
	if undo, err := us.Moderate(ctx, items[0], platform.ActReport, why); err != nil || undo != "" {
		t.Fatalf("report: %q, %v", undo, err)
	}
	var reports []struct {
		Comment  string   `json:"comment"`
		Statuses []string `json:"status_ids"`
	}
	if err := us.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/reports"}, &reports); err != nil {
		t.Fatal(err)
	}
	if len(reports) == 0 || reports[0].Comment != why.Words || fmt.Sprint(reports[0].Statuses) != fmt.Sprint([]string{first.ID}) {
		t.Errorf("the server knows of %+v", reports)
	}
	for _, act := range []platform.Act{platform.ActHide, platform.ActDelete, platform.ActLabel} {
		if _, err := us.Moderate(ctx, items[0], act, why); !errors.Is(err, platform.ErrUnsupported) {
			t.Errorf("%s: %v", act, err)
		}
	}

	read()
	third := put(bob, "@alice the last")
	arrive(1)
	if err := bob.Remove(ctx, third); err != nil {
		t.Fatal(err)
	}
	if again := read(); len(again) > 0 {
		t.Errorf("one was deleted, and %+v comes", again)
	}
	put(bob, "@alice and another")
	arrive(1)
	gone := items[0]
	gone.Author.ID = "01AAAAAAAAAAAAAAAAAAAAAAAA"
	if _, err := us.Moderate(ctx, gone, platform.ActMute, why); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("mute of nobody: %v", err)
	}
}
