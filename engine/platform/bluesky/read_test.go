package bluesky

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

const bobDID = "did:plc:bobbobbobbobbobbobbobbob"

func told(record string) notification {
	n := notification{URI: "at://" + bobDID + "/app.bsky.feed.post/3l6oveex3ii2l", CID: "bafyx", Reason: "mention", Record: json.RawMessage(record)}
	n.Author.DID, n.Author.Handle = bobDID, "bob.example"
	n.At = time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	return n
}

// What a record shows is what a rule sees, whatever else stands in it.
func TestItem(t *testing.T) {
	me := &session{did: standinDID}
	for name, c := range map[string]struct{ record, want string }{
		"text":         {`{"text":"geht.\n#dog","langs":["fr","en"],"createdAt":"2027-01-04T07:30:00Z"}`, "geht.\n#dog"},
		"a link":       {`{"text":"héé go","facets":[{"index":{"byteStart":6,"byteEnd":8},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://evil.example"}]}]}`, "héé go (https://evil.example)"},
		"a wild facet": {`{"text":"hé","facets":[{"index":{"byteStart":0,"byteEnd":2},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://evil.example"}]}]}`, "hé"},
		"pictures":     {`{"text":"a","embed":{"images":[{"alt":"b"},{"alt":""}]}}`, "a\n\nb"},
		"with a quote": {`{"text":"a","embed":{"$type":"app.bsky.embed.recordWithMedia","record":{},"media":{"images":[{"alt":"b"}]}}}`, "a\n\nb"},
		"a card":       {`{"text":"a","embed":{"external":{"uri":"https://x.example","title":"T","description":"D"}}}`, "a\n\nT\n\nD\n\nhttps://x.example"},
		"a video":      {`{"text":"a","embed":{"alt":"V"}}`, "a\n\nV"},
		"tags":         {`{"text":"a","tags":["b"]}`, "a\n\n#b"},
		"odd embeds":   {`{"embed":{"$type":"x.y","images":"none","alt":7},"text":"a","langs":"fr","tags":[1,"b"]}`, "a\n\n#\n\n#b"},
	} {
		n := told(c.record)
		i := n.item(me)
		if i == nil || i.Text != c.want || i.ID != n.URI || i.Rev != n.CID || i.URL != "https://bsky.app/profile/bob.example/post/3l6oveex3ii2l" {
			t.Errorf("%s: %+v, want %q", name, i, c.want)
		}
	}
	n := told(`{"text":"a","langs":["fr"],"createdAt":"2027-01-04T07:30:00Z","reply":{"root":{"uri":"at://r","cid":"c"},"parent":{"uri":"at://p","cid":"d"}}}`)
	if i := n.item(me); i.Lang != "fr" || i.On != "at://p" || i.Root != (platform.Ref{ID: "at://r", Rev: "c"}) || i.At.Hour() != 7 {
		t.Errorf("%+v", i)
	}
	n.Reason, n.Subject = "quote", "at://ours"
	if i := n.item(me); i.Surface != platform.SurfaceQuote || i.On != "at://ours" {
		t.Errorf("%+v", i)
	}
	for name, change := range map[string]func(*notification){
		"a like":          func(n *notification) { n.Reason = "like" },
		"ourselves":       func(n *notification) { me.did = bobDID },
		"another's":       func(n *notification) { n.Author.DID = standinDID },
		"no post":         func(n *notification) { n.URI = "at://" + bobDID + "/app.bsky.graph.list/3l6oveex3ii2l" },
		"no record":       func(n *notification) { n.Record = nil },
		"a broken record": func(n *notification) { n.Record = json.RawMessage(`{"text":`) },
	} {
		me = &session{did: standinDID}
		n := told(`{"text":"a"}`)
		if change(&n); n.item(me) != nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzItem(f *testing.F) {
	f.Add(`{"text":"a","facets":[{"index":{"byteStart":0,"byteEnd":1},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"b"}]}]}`)
	f.Add(`{"embed":{"media":{"media":{}}}}`)
	f.Fuzz(func(t *testing.T, record string) {
		n := told(record)
		if i := n.item(&session{did: standinDID}); i != nil && (i.ID == "" || i.At.After(n.At)) {
			t.Errorf("%+v", i)
		}
	})
}

// More than one Read returns came since: nothing is lost, and the oldest come
// first.
func TestReadOfABacklog(t *testing.T) {
	s := newSite(t)
	c := s.open()
	_, cursor, err := c.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	const many = 2 * atOnce * pageOf
	for i := range many {
		s.standin.Say("bob", fmt.Sprint("number ", i), "")
	}
	n := 0
	for {
		items, next, err := c.Read(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		if next == cursor {
			break
		}
		for _, i := range items {
			if want := fmt.Sprint("number ", n); i.Text != want || *i.Author.Followers != 12 {
				t.Fatalf("%s comes, want %s", i.Text, want)
			}
			n++
		}
		cursor = next
	}
	if n != many {
		t.Errorf("%d come of %d", n, many)
	}
}

// What someone set by hand about a thread stays, and two that hide at once
// both do.
func TestHideKeepsTheGate(t *testing.T) {
	s := newSite(t)
	c := s.open()
	post := s.publish(c, s.attempt(platform.Part{Text: "It is here."}))
	var items []platform.Item
	for i := range 3 {
		id := s.standin.Say(fmt.Sprint("bob", i), "rude", post.ID)
		items = append(items, platform.Item{ID: id, At: time.Unix(1_800_000_000, 0), Root: post, Author: platform.Author{ID: bobDID}})
	}
	rkey := post.ID[strings.LastIndexByte(post.ID, '/')+1:]
	byHand := `{"$type":"app.bsky.feed.threadgate","post":"` + post.ID + `","createdAt":"2027-01-04T07:30:00Z","allow":[{"$type":"app.bsky.feed.threadgate#mentionRule"}],"x":{"y":[1]},"hiddenReplies":["` + items[0].ID + `"]}`
	s.standin.gates[rkey] = gateOf{"bafyhand", json.RawMessage(byHand)}
	undo, err := c.Moderate(t.Context(), items[1], platform.ActHide, platform.Reason{})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(byHand, items[0].ID, items[0].ID+`","`+items[1].ID, 1)
	if got := s.standin.gates[rkey].raw; string(order(got)) != string(order([]byte(want))) {
		t.Errorf("the gate is %s\nwant %s", got, want)
	}
	if err := c.Undo(t.Context(), undo); err != nil {
		t.Fatal(err)
	}
	if got := s.standin.gates[rkey].raw; string(order(got)) != string(order([]byte(byHand))) {
		t.Errorf("undone, the gate is %s\nwant %s", got, byHand)
	}
	if err := c.Undo(t.Context(), "hide "+items[0].ID+" in "+rkey); err != nil {
		t.Fatal(err)
	}
	if got := string(s.standin.gates[rkey].raw); !strings.Contains(got, "mentionRule") {
		t.Errorf("who may answer is gone from the gate: %s", got)
	}

	for _, i := range []platform.Item{{Root: platform.Ref{}}, {Root: platform.Ref{ID: "at://" + bobDID + "/app.bsky.feed.post/3l6oveex3ii2l"}}} {
		i.ID, i.Author.ID = items[0].ID, bobDID
		if undo, err := c.Moderate(t.Context(), i, platform.ActHide, platform.Reason{}); !errors.Is(err, platform.ErrUnsupported) || undo != "" {
			t.Errorf("in a thread of another's: %q, %v", undo, err)
		}
	}
	full := make([]string, mostHidden)
	for i := range full {
		full[i] = fmt.Sprintf("at://%s/app.bsky.feed.post/%d", bobDID, i)
	}
	list, _ := json.Marshal(full)
	s.standin.gates[rkey] = gateOf{"bafyfull", json.RawMessage(`{"$type":"app.bsky.feed.threadgate","post":"` + post.ID + `","createdAt":"2027-01-04T07:30:00Z","hiddenReplies":` + string(list) + `}`)}
	if _, err := c.Moderate(t.Context(), items[0], platform.ActHide, platform.Reason{}); !errors.Is(err, platform.ErrUnsupported) || !strings.Contains(err.Error(), "300") {
		t.Errorf("with 300 hidden: %v", err)
	}
}

// A gate that changed between reading and writing is left as it is.
func TestHideAgainstAnother(t *testing.T) {
	s := newSite(t)
	c := s.open()
	post := s.publish(c, s.attempt(platform.Part{Text: "It is here."}))
	rkey := post.ID[strings.LastIndexByte(post.ID, '/')+1:]
	item := platform.Item{ID: s.standin.Say("bob", "rude", post.ID), At: time.Unix(1_800_000_000, 0), Root: post, Author: platform.Author{ID: bobDID}}
	meanwhile := gateOf{"bafymeanwhile", json.RawMessage(`{"allow":[]}`)}
	inner := c.session.client.HTTP
	c.session.client.HTTP = &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, ".putRecord") {
			s.standin.gates[rkey] = meanwhile
		}
		return inner.Do(r)
	})}
	undo, err := c.Moderate(t.Context(), item, platform.ActHide, platform.Reason{})
	if busy := (*platform.BusyError)(nil); !errors.As(err, &busy) || string(s.standin.gates[rkey].raw) != string(meanwhile.raw) {
		t.Errorf("Moderate = %q, %v, and the gate is %s", undo, err, s.standin.gates[rkey].raw)
	}
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI = ""
	return f(r)
}

// A server that keeps the account, and has no network behind it, hides and
// shows; what only the network can do says so.
func TestLiveModerate(t *testing.T) {
	s := realSite(t)
	handle, password := os.Getenv("IMPRIMATUR_BLUESKY_OTHER_HANDLE"), os.Getenv("IMPRIMATUR_BLUESKY_OTHER_PASSWORD")
	if handle == "" || password == "" {
		t.Skip("IMPRIMATUR_BLUESKY_OTHER_HANDLE and _OTHER_PASSWORD name no second account")
	}
	us, ctx := s.open(), t.Context()
	bob := s.open(func(settings map[string]string) { settings["handle"], settings["app_password"] = handle, password })
	post := s.publish(us, s.attempt(platform.Part{Text: "It is here."}))
	me, err := us.login(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, rkey, _ := strings.Cut(post.ID, "/"+collection+"/")
	var items []platform.Item
	for i := range 4 {
		r := s.publish(bob, s.attempt(platform.Part{Text: fmt.Sprint("rude ", i)}, post))
		who, err := bob.login(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, platform.Item{ID: r.ID, Rev: r.Rev, URL: r.URL, Surface: "reply", On: post.ID, Root: post, At: time.Now(), Author: platform.Author{ID: who.did, Handle: handle}})
	}
	gate := func() (fields map[string]any) {
		t.Helper()
		_, value, err := us.read(ctx, me, gates, rkey)
		if errors.Is(err, platform.ErrNotFound) {
			return nil
		}
		if err != nil || json.Unmarshal(value, &fields) != nil {
			t.Fatal(err)
		}
		return fields
	}
	hidden := func(want ...platform.Item) {
		t.Helper()
		var ids []any
		for _, i := range want {
			ids = append(ids, i.ID)
		}
		got := gate()
		if len(want) == 0 && got == nil {
			return
		}
		if list, _ := got["hiddenReplies"].([]any); fmt.Sprint(list) != fmt.Sprint(ids) {
			t.Fatalf("hidden are %v, want %v", list, ids)
		}
	}
	hide := func(i platform.Item) string {
		t.Helper()
		undo, err := us.Moderate(ctx, i, platform.ActHide, platform.Reason{})
		if err != nil {
			t.Fatal(err)
		}
		return undo
	}
	undo := hide(items[0])
	hidden(items[0])
	if hide(items[0]) != undo {
		t.Error("the second time it is undone in another way")
	}
	hidden(items[0])
	second := hide(items[1])
	hidden(items[0], items[1])
	for range 2 {
		if err := us.Undo(ctx, undo); err != nil {
			t.Fatal(err)
		}
		hidden(items[1])
	}
	if err := us.Undo(ctx, second); err != nil || gate() != nil {
		t.Fatalf("all is undone: %v, %v", err, gate())
	}

	byHand := map[string]any{"$type": gates, "post": post.ID, "createdAt": "2027-01-04T07:30:00.000Z", "allow": []any{map[string]any{"$type": "app.bsky.feed.threadgate#mentionRule"}}}
	in := map[string]any{"repo": me.did, "collection": gates, "rkey": rkey, "record": byHand}
	if err := us.call(ctx, platform.Sort, procedure("com.atproto.repo.putRecord", in), &struct{}{}); err != nil {
		t.Fatal(err)
	}
	undo = hide(items[0])
	if err := us.Undo(ctx, undo); err != nil {
		t.Fatal(err)
	}
	if got := gate(); fmt.Sprint(got["allow"]) != fmt.Sprint(byHand["allow"]) {
		t.Errorf("who may answer is now %v", got["allow"])
	}

	var wait sync.WaitGroup // four at once: whoever loses is told that nothing was done
	for _, i := range items {
		c := s.open()
		wait.Go(func() {
			for range 20 {
				_, err := c.Moderate(ctx, i, platform.ActHide, platform.Reason{})
				if busy := (*platform.BusyError)(nil); !errors.As(err, &busy) {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
			t.Error("it never got its turn")
		})
	}
	wait.Wait()
	list, _ := gate()["hiddenReplies"].([]any)
	for _, i := range items {
		if !slices.Contains(list, any(i.ID)) {
			t.Errorf("%s is not hidden: %v", i.ID, list)
		}
	}

	answer := s.attempt(platform.Part{Text: "We are sorry."}, items[0].After()...)
	r := s.publish(us, answer)
	if found, err := us.Find(ctx, answer, nil); err != nil || found != r {
		t.Errorf("Find of an answer = %+v, %v, want %+v", found, err, r)
	}
	want := map[string]any{"root": map[string]any{"uri": post.ID, "cid": post.Rev}, "parent": map[string]any{"uri": items[0].ID, "cid": items[0].Rev}}
	s.want("what it answers", s.kept(r).Value["reply"], want)

	// From here on it takes a network that this server does not have.
	_, cursor, err := us.Read(ctx, "")
	if busy := (*platform.BusyError)(nil); !errors.As(err, &busy) || cursor != "" {
		t.Errorf("Read: %v, %q", err, cursor)
	}
	for _, act := range []platform.Act{platform.ActMute, platform.ActReport} {
		_, err := us.Moderate(ctx, items[0], act, platform.Reason{})
		t.Logf("%s: %v", act, err)
		if err == nil || errors.Is(err, platform.ErrAuth) {
			t.Errorf("%s: %v", act, err)
		}
	}
}
