package bluesky

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/platform/platformtest"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

func TestConformance(t *testing.T) { platformtest.Run(t, Platform) }

// A site is a server with an account on it, and all that went over the wire.
type site struct {
	*testing.T
	settings map[string]string
	http     *http.Client
	standin  *standin // nil: a real one

	mu    sync.Mutex
	calls []string // method names, in order
	puts  [][]byte
	made  int
}

func newSite(t *testing.T) *site {
	s := &site{T: t, standin: newStandin()}
	server := httptest.NewServer(s.standin)
	t.Cleanup(server.Close)
	s.settings = s.standin.Settings(server.URL)
	s.http = &http.Client{Transport: s}
	return s
}

// realSite is a server that the environment names.
func realSite(t *testing.T) *site {
	s := &site{T: t, settings: map[string]string{}}
	for name, key := range map[string]string{
		"server":       "IMPRIMATUR_BLUESKY_SERVER",
		"handle":       "IMPRIMATUR_BLUESKY_HANDLE",
		"app_password": "IMPRIMATUR_BLUESKY_APP_PASSWORD",
	} {
		if s.settings[name] = os.Getenv(key); s.settings[name] == "" {
			t.Skip(key + " is not set")
		}
	}
	s.http = &http.Client{Transport: s, Timeout: time.Minute}
	return s
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	name := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	s.mu.Lock()
	s.calls = append(s.calls, name[strings.LastIndexByte(name, '.')+1:])
	s.mu.Unlock()
	if strings.HasSuffix(name, ".putRecord") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.puts = append(s.puts, body)
		s.mu.Unlock()
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (s *site) count(name string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c == name {
			n++
		}
	}
	return n
}

func (s *site) open(change ...func(map[string]string)) *conn {
	s.Helper()
	settings := map[string]string{}
	for k, v := range s.settings {
		settings[k] = v
	}
	for _, f := range change {
		f(settings)
	}
	c, err := open(platform.Account{Settings: settings, Secrets: []string{settings["app_password"]}, HTTP: s.http})
	if err != nil {
		s.Fatal(err)
	}
	return c.(*conn)
}

// attempt is a new one each time.
func (s *site) attempt(p platform.Part, after ...platform.Ref) platform.Attempt {
	s.made++
	sum := sha256.Sum256(fmt.Append(nil, s.Name(), s.made, time.Now().UnixNano()))
	key := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:25]
	return platform.Attempt{Key: key, At: time.Now().UTC().Truncate(time.Millisecond), Part: p, After: after}
}

func (s *site) publish(c *conn, a platform.Attempt) platform.Ref {
	s.Helper()
	ref, err := c.Publish(s.Context(), a)
	if err != nil {
		s.Fatalf("Publish(%.80q): %v", a.Part.Text, err)
	}
	return ref
}

// get asks the server itself, past the connector.
func (s *site) get(method string, q url.Values, out any) {
	s.Helper()
	resp, err := (&http.Client{Timeout: time.Minute}).Get(strings.TrimRight(s.settings["server"], "/") + "/xrpc/" + method + "?" + q.Encode())
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.Fatalf("%s: %s %s %v", method, resp.Status, body, err)
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = body
	} else if err := json.Unmarshal(body, out); err != nil {
		s.Fatal(err)
	}
}

// kept is a record as the server gives it, read without the connector's types.
type kept struct {
	URI, CID string
	Value    map[string]any
}

func (s *site) kept(ref platform.Ref) kept {
	s.Helper()
	part := strings.Split(ref.ID, "/")
	var k kept
	s.get("com.atproto.repo.getRecord", url.Values{"repo": {part[2]}, "collection": {part[3]}, "rkey": {part[4]}}, &k)
	if k.URI != ref.ID || k.CID != ref.Rev {
		s.Errorf("the server has %s at %s, the reference says %s at %s", k.URI, k.CID, ref.ID, ref.Rev)
	}
	return k
}

// list is everything the account ever posted.
func (s *site) list(did string) (all []kept) {
	s.Helper()
	for cursor := ""; ; {
		var page struct {
			Records []kept
			Cursor  string
		}
		s.get("com.atproto.repo.listRecords", url.Values{"repo": {did}, "collection": {collection}, "limit": {"100"}, "cursor": {cursor}}, &page)
		all = append(all, page.Records...)
		if cursor = page.Cursor; cursor == "" || len(page.Records) == 0 {
			return all
		}
	}
}

// want compares two values as JSON.
func (s *site) want(what string, got, want any) {
	s.Helper()
	var g, w any
	for v, to := range map[any]*any{&got: &g, &want: &w} {
		raw, err := json.Marshal(v)
		if err != nil {
			s.Fatal(err)
		}
		if err := json.Unmarshal(raw, to); err != nil {
			s.Fatal(err)
		}
	}
	if !reflect.DeepEqual(g, w) {
		s.Errorf("%s: the server has %#v, want %#v", what, g, w)
	}
}

func written(markdown string) platform.Part {
	doc, _ := text.NewParser().Parse([]byte(markdown))
	w := text.Rich{}.Write(doc.Parts[0], text.Names{Person: func(name string) text.Handle { return text.Handle{Name: name, Handle: name} }})
	return platform.Part{Text: w.String, Facets: w.Facets}
}

func drawn(t *testing.T, seed, w, h int, alt string) platform.Media {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	rnd := rand.New(rand.NewPCG(uint64(seed), 0))
	for i := range img.Pix {
		img.Pix[i] = byte(rnd.Uint32())
	}
	img.Set(0, 0, color.Black)
	var buf bytes.Buffer
	kind, err := "image/png", error(nil)
	if seed%2 == 0 {
		err = png.Encode(&buf, img)
	} else {
		kind, err = "image/jpeg", jpeg.Encode(&buf, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := platform.Picture{Data: buf.Bytes(), Type: kind, Width: w, Height: h}
	return platform.Media{File: fmt.Sprintf("media/%d", seed), Alt: alt, Open: func() (platform.Picture, error) { return p, nil }}
}

// TestServers does the same on the stand-in and on a real server, where there
// is one, so that the one cannot drift from the other.
func TestLive(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *site{"stand-in": newSite, "real": realSite} {
		t.Run(name, func(t *testing.T) {
			for what, f := range map[string]func(*site){
				"Words": words, "Pictures": pictures, "Thread": thread, "Card": card, "Mentions": mentions,
				"Repeats": repeats, "Limits": limits, "Changed": changed, "Taken": occupied, "Sessions": sessions, "Look": looked,
			} {
				t.Run(what, func(t *testing.T) { f(open(t)) })
			}
		})
	}
}

var nasty = []string{
	"plain", "two  \nlines\n\ntwo paragraphs", `"quotes" 'and' \\ <tags> & &amp; {braces} %s $(x)`,
	"👩‍👩‍👧‍👦 👨🏽‍🚒 🏴‍☠️ 🇫🇷🇲🇺 #️⃣ 𝔘𝔫𝔦 𠮷野家", "مرحبا — שלום עולם \u200f\u202e\u2067", "e\u0301 é Z\u0351\u036b\u0343 \u00a0\u202f\u200b\ufeff\u2028\u2029\u0085",
	"क्षत्रिय স্বাস্থ্য க்ஷ ไทยกำลัง 新しい 갓", "# \\#no #tag #été2027 #日本 #ไทย a#b #123 <https://example.org/_a_/[b]>",
	"é https://en.wikipedia.org/wiki/Go_(game) and [words 👩‍👩‍👧 here](https://example.org/é?x=1&y=2#z), *done*", "\ufffd \\u0000 ␀ \U0010ffff",
}

func words(s *site) {
	c := s.open()
	for _, markdown := range nasty {
		p := written(markdown)
		p.Lang = "fr-MU"
		a := s.attempt(p)
		got := s.kept(s.publish(c, a)).Value
		s.want("text", got["text"], p.Text)
		s.want("langs", got["langs"], []string{"fr-MU"})
		s.want("createdAt", got["createdAt"], a.At.Format("2006-01-02T15:04:05.000Z"))
		var facets []any
		for _, f := range p.Facets {
			feature := map[string]any{"$type": "app.bsky.richtext.facet#link", "uri": f.Value}
			if f.Kind == text.FacetTag {
				feature = map[string]any{"$type": "app.bsky.richtext.facet#tag", "tag": f.Value}
				s.want("tag", "#"+f.Value, p.Text[f.Start:f.End])
			}
			facets = append(facets, map[string]any{"index": map[string]any{"byteStart": f.Start, "byteEnd": f.End}, "features": []any{feature}})
		}
		s.want("facets", got["facets"], facets)
		if ref, err := c.Find(s.Context(), a, nil); err != nil || ref.Rev == "" {
			s.Errorf("Find = %v, %v", ref, err)
		}
	}
}

func pictures(s *site) {
	c := s.open()
	p := written("Look.")
	alts := []string{"« L’été » 👩‍👩‍👧\n\"<b>&\"", "", strings.Repeat("long ", 1000), "日本語"}
	for i, alt := range alts {
		p.Media = append(p.Media, drawn(s.T, i, 30+i, 20, alt))
	}
	ref := s.publish(c, s.attempt(p))
	embed := s.kept(ref).Value["embed"].(map[string]any)
	s.want("$type", embed["$type"], "app.bsky.embed.images")
	images := embed["images"].([]any)
	s.want("images", len(images), len(alts))
	for i, v := range images {
		got := v.(map[string]any)
		pic, _ := p.Media[i].Open()
		s.want("alt", got["alt"], alts[i])
		s.want("aspectRatio", got["aspectRatio"], map[string]int{"width": 30 + i, "height": 20})
		blob := got["image"].(map[string]any)
		s.want("size", blob["size"], len(pic.Data))
		s.want("mimeType", blob["mimeType"], pic.Type)
		if s.standin == nil {
			var data []byte
			s.get("com.atproto.sync.getBlob", url.Values{"did": {strings.Split(ref.ID, "/")[2]}, "cid": {blob["ref"].(map[string]any)["$link"].(string)}}, &data)
			if !bytes.Equal(data, pic.Data) {
				s.Errorf("picture %d comes back as %d other bytes", i, len(data))
			}
		}
	}
}

func thread(s *site) {
	c := s.open()
	var refs []platform.Ref
	for i := range 4 {
		refs = append(refs, s.publish(c, s.attempt(written(fmt.Sprintf("part %d", i)), slices.Clone(refs)...)))
	}
	strong := func(r platform.Ref) map[string]any { return map[string]any{"uri": r.ID, "cid": r.Rev} }
	for i, r := range refs {
		if got := s.kept(r).Value["reply"]; i == 0 {
			s.want("reply of the first", got, nil)
		} else {
			s.want("reply", got, map[string]any{"root": strong(refs[0]), "parent": strong(refs[i-1])})
		}
	}
}

func card(s *site) {
	c := s.open()
	p := written("Read.")
	p.Link, p.Title, p.Summary = "https://example.org/a_(b)?c=d&e=é", "« Titre » & \"<b>\"", "two\nlines 👩‍👩‍👧"
	s.want("embed", s.kept(s.publish(c, s.attempt(p))).Value["embed"], map[string]any{"$type": "app.bsky.embed.external",
		"external": map[string]any{"uri": p.Link, "title": p.Title, "description": p.Summary}})
	p.Title, p.Summary = "", ""
	s.want("embed", s.kept(s.publish(c, s.attempt(p))).Value["embed"], map[string]any{"$type": "app.bsky.embed.external",
		"external": map[string]any{"uri": p.Link, "title": "example.org", "description": ""}})
	p.Media = []platform.Media{drawn(s.T, 1, 4, 4, "")}
	s.want("embed with a picture", s.kept(s.publish(c, s.attempt(p))).Value["embed"].(map[string]any)["$type"], "app.bsky.embed.images")
}

func mentions(s *site) {
	c := s.open()
	p := written("é @{nobody.invalid}, @{" + s.settings["handle"] + "} and #tag")
	ref := s.publish(c, s.attempt(p))
	got := s.kept(ref).Value
	s.want("text", got["text"], p.Text)
	at := strings.Index(p.Text, "@"+s.settings["handle"])
	s.want("facets", got["facets"].([]any)[0], map[string]any{"index": map[string]int{"byteStart": at, "byteEnd": at + 1 + len(s.settings["handle"])},
		"features": []any{map[string]string{"$type": "app.bsky.richtext.facet#mention", "did": strings.Split(ref.ID, "/")[2]}}})
	s.want("facets", len(got["facets"].([]any)), 2)
}

// repeats: one record, whoever tries and however often.
func repeats(s *site) {
	c := s.open()
	p := written("again é https://example.org @{" + s.settings["handle"] + "}")
	p.Media = []platform.Media{drawn(s.T, 1, 9, 8, "a"), drawn(s.T, 2, 9, 8, "b")}
	p.Lang = "en"
	a := s.attempt(p)
	first := s.publish(c, a)
	did := strings.Split(first.ID, "/")[2]
	before := len(s.list(did))
	var wg sync.WaitGroup
	for _, c := range []*conn{c, c, s.open(), s.open()} {
		wg.Go(func() {
			if ref, err := c.Publish(s.Context(), a); err != nil || ref != first {
				s.Errorf("again: %v, %v, want %v", ref, err, first)
			}
		})
	}
	wg.Wait()
	for _, put := range s.puts[1:] {
		if !bytes.Equal(put, s.puts[0]) {
			s.Errorf("a repeated try sends other bytes:\n%s\n%s", s.puts[0], put)
		}
	}
	if !bytes.Contains(s.puts[0], []byte(`"swapRecord":null`)) {
		s.Error("swapRecord is not null")
	}
	if after := s.list(did); len(after) != before {
		s.Errorf("%d records before, %d after", before, len(after))
	}

	// many tries at once, none before them
	b := s.attempt(written("all at once"))
	refs := make([]platform.Ref, 6)
	for i := range refs {
		wg.Go(func() { refs[i] = s.publish(c, b) })
	}
	wg.Wait()
	if len(slices.Compact(refs)) != 1 || len(s.list(did)) != before+1 {
		s.Errorf("tries at once gave %v", refs)
	}

	if ref, err := c.Find(s.Context(), a, []string{refs[0].ID}); err != nil || ref != first {
		s.Errorf("Find = %v, %v, want %v", ref, err, first)
	}
	if err := c.Remove(s.Context(), first); err != nil {
		s.Fatalf("Remove: %v", err)
	}
	if err := c.Remove(s.Context(), first); !errors.Is(err, platform.ErrNotFound) {
		s.Errorf("second Remove: %v", err)
	}
	if _, err := c.Find(s.Context(), a, nil); !errors.Is(err, platform.ErrNotFound) {
		s.Errorf("Find after Remove: %v", err)
	}
	if len(s.list(did)) != before {
		s.Error("Remove took something else")
	}
	for _, id := range []string{"at://did:plc:other/" + collection + "/3jzfcijpj2z2a", "at://" + did + "/app.bsky.feed.like/3jzfcijpj2z2a", "", "x"} {
		if err := c.Remove(s.Context(), platform.Ref{ID: id}); !errors.Is(err, platform.ErrRejected) {
			s.Errorf("Remove(%q): %v, want ErrRejected", id, err)
		}
	}
}

// limits: what our counters say fits is what the server takes.
func limits(s *site) {
	c := s.open()
	atoms := []string{"a", "é", "e\u0301", "日", "😀", "👩‍👩‍👧", "🇫🇷", "क्षि", "가", "ก็", "\u2028"}
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 12 {
		var b strings.Builder
		for text.Count(b.String(), text.Graphemes, 0) < 300 {
			b.WriteString(atoms[rnd.IntN(len(atoms))])
		}
		if fits := b.Len() <= 3000; fits {
			s.publish(c, s.attempt(platform.Part{Text: b.String()}))
		} else if _, err := c.Publish(s.Context(), s.attempt(platform.Part{Text: b.String()})); !errors.Is(err, platform.ErrRejected) {
			s.Errorf("%d bytes: %v, want ErrRejected", b.Len(), err)
		}
		b.WriteString("a")
		if _, err := c.Publish(s.Context(), s.attempt(platform.Part{Text: b.String()})); !errors.Is(err, platform.ErrRejected) {
			s.Errorf("301 graphemes of %q…: %v, want ErrRejected", b.String()[:40], err)
		}
	}
	family := strings.Repeat("👩‍👩‍👧‍👦", 120)
	s.publish(c, s.attempt(platform.Part{Text: family}))
	if len(family) != 3000 {
		s.Fatal(len(family))
	}
	if _, err := c.Publish(s.Context(), s.attempt(platform.Part{Text: family + "a"})); !errors.Is(err, platform.ErrRejected) {
		s.Errorf("3001 bytes: %v, want ErrRejected", err)
	}
	tag := strings.Repeat("é", 65)
	got := s.kept(s.publish(c, s.attempt(written("#"+tag+" #short")))).Value
	s.want("facets", len(got["facets"].([]any)), 1)

	for size, want := range map[int]error{2_000_000: nil, 2_000_001: platform.ErrRejected} {
		m := drawn(s.T, 1, 8, 8, "")
		pic, _ := m.Open()
		pic.Data = append(pic.Data, make([]byte, size-len(pic.Data))...)
		m.Open = func() (platform.Picture, error) { return pic, nil }
		if _, err := c.Publish(s.Context(), s.attempt(platform.Part{Text: "big", Media: []platform.Media{m}})); !errors.Is(err, want) {
			s.Errorf("a picture of %d bytes: %v, want %v", size, err, want)
		}
	}
}

// put writes any record over the one of an attempt, as another program would.
func (s *site) put(c *conn, a platform.Attempt, change func(*record)) {
	s.Helper()
	r := draft(a)
	change(r)
	in := map[string]any{"repo": c.session.did, "collection": collection, "rkey": tid(a), "record": r}
	if err := c.call(s.Context(), platform.Sort, procedure("com.atproto.repo.putRecord", in), nil); err != nil {
		s.Fatal(err)
	}
}

// changed: what is ours and different since is never overwritten, and taken
// for ours only where a reader sees the same.
func changed(s *site) {
	c := s.open()
	p := written("é @{" + s.settings["handle"] + "}")
	p.Link = "https://example.org/"
	for name, tt := range map[string]struct {
		change func(*record)
		want   error
	}{
		"the mention": {func(r *record) { r.Facets = nil }, nil},
		"the text":    {func(r *record) { r.Text = "somebody else's words" }, platform.ErrUnknown},
		"the card":    {func(r *record) { r.Embed.External.URI = "https://example.com/" }, platform.ErrUnknown},
		"the time":    {func(r *record) { r.CreatedAt = "2020-01-01T00:00:00.000Z" }, platform.ErrRejected},
	} {
		a := s.attempt(p)
		s.publish(c, a)
		s.put(c, a, tt.change)
		ref, err := c.Publish(s.Context(), a)
		if !errors.Is(err, tt.want) {
			s.Errorf("%s has changed: Publish = %v, want %v", name, err, tt.want)
		}
		if tt.want == nil && s.kept(ref).Value["facets"] != nil {
			s.Errorf("%s has changed: Publish has changed it back", name)
		}
		found := tt.want
		if found == platform.ErrRejected {
			found = platform.ErrNotFound // the place is another's, so ours is not there
		}
		if _, err := c.Find(s.Context(), a, nil); !errors.Is(err, found) {
			s.Errorf("%s has changed: Find = %v, want %v", name, err, found)
		}
	}
}

// occupied: a place that a post of ours has already is not this attempt's.
func occupied(s *site) {
	c := s.open()
	a := s.attempt(written("mine"))
	ref := s.publish(c, a)
	if _, err := c.Find(s.Context(), a, []string{ref.ID}); !errors.Is(err, platform.ErrNotFound) {
		s.Errorf("Find of a known post: %v", err)
	}
}

// sessions: a token the server no longer takes is renewed, and only then.
func sessions(s *site) {
	c := s.open()
	s.publish(c, s.attempt(written("one")))
	s.publish(c, s.attempt(written("two")))
	if n := s.count("createSession"); n != 1 || s.count("refreshSession") != 0 {
		s.Errorf("%d logins for two posts", n)
	}
	spoil := func(refresh bool) {
		old := *c.session
		old.client.Header = http.Header{"Authorization": {"Bearer eyJhbGciOiJIUzI1NiJ9.e30.c3BvaWxlZA"}}
		if refresh {
			old.refresh = "eyJhbGciOiJIUzI1NiJ9.e30.c3BvaWxlZA"
		}
		c.session = &old
	}
	spoil(false)
	s.publish(c, s.attempt(written("three")))
	if n := s.count("refreshSession"); n != 1 || s.count("createSession") != 1 {
		s.Errorf("%d renewals after the token was refused", n)
	}
	spoil(true)
	s.publish(c, s.attempt(written("four")))
	if n := s.count("createSession"); n != 2 {
		s.Errorf("%d logins after the renewal was refused, want 2", n)
	}
	wrong := s.open(func(m map[string]string) { m["app_password"] = "wrong-" + platform.Marker })
	if _, err := wrong.Publish(s.Context(), s.attempt(written("five"))); !errors.Is(err, platform.ErrAuth) || strings.Contains(err.Error(), platform.Marker) {
		s.Errorf("a wrong password: %v, want ErrAuth", err)
	}
	at := s.open(func(m map[string]string) { m["handle"] = " @" + m["handle"] })
	s.publish(at, s.attempt(written("six")))
}

// Many calls at once make one session, and renew it once.
func TestConcurrentCalls(t *testing.T) {
	s := newSite(t)
	c := s.open()
	for round := range 3 {
		var wg sync.WaitGroup
		for i := range 8 {
			a := s.attempt(written(fmt.Sprintf("post %d of round %d", i, round)))
			wg.Go(func() { s.publish(c, a) })
		}
		wg.Wait()
		s.standin.mu.Lock()
		for token := range s.standin.access {
			s.standin.access[token] = false // expired
		}
		s.standin.mu.Unlock()
	}
	if n := s.count("createSession"); n != 1 {
		t.Errorf("%d logins", n)
	}
	if n := s.count("refreshSession"); n != 2 {
		t.Errorf("%d renewals, want 2", n)
	}
	if n := len(s.standin.Timeline()); n != 24 {
		t.Errorf("%d posts, want 24", n)
	}
}

// A server that cannot renew now is asked again later, with the same token,
// which no error shows.
func TestRenewalFails(t *testing.T) {
	s := newSite(t)
	c := s.open()
	s.publish(c, s.attempt(written("one")))
	for token := range s.standin.access {
		s.standin.access[token] = false
	}
	up := c.client.HTTP
	c.client.HTTP = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return answer(500, `{"error":"InternalServerError","message":"`+r.Header.Get("Authorization")+`"}`), nil
	})}
	_, err := c.Publish(t.Context(), s.attempt(written("two")))
	if b := (*platform.BusyError)(nil); !errors.As(err, &b) || strings.Contains(err.Error(), platform.Marker) {
		t.Errorf("%v, want a BusyError", err)
	}
	c.client.HTTP = up
	s.publish(c, s.attempt(written("two")))
	if n := s.count("createSession"); n != 1 {
		t.Errorf("%d logins, want 1", n)
	}
}

// An answer without what it should hold is no answer.
func TestEmptyAnswers(t *testing.T) {
	for method, want := range map[string]func(error) bool{
		"putRecord":     func(err error) bool { return errors.Is(err, platform.ErrUnknown) },
		"uploadBlob":    busy,
		"createSession": busy,
		"getRecord":     busy,
		"deleteRecord":  func(err error) bool { return err == nil }, // it has nothing to say
	} {
		s := newSite(t)
		s.http = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "."+method) {
				return answer(200, "{}"), nil
			}
			return s.RoundTrip(r)
		})}
		c := s.open()
		p := written("x")
		p.Media = []platform.Media{drawn(t, 1, 4, 4, "")}
		a := s.attempt(p)
		ref, err := c.Publish(t.Context(), a)
		if err == nil {
			err = c.Remove(t.Context(), ref)
		}
		if !want(err) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func busy(err error) bool { return errors.As(err, new(*platform.BusyError)) }

func answer(status int, body string) *http.Response {
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	w.WriteString(body)
	return w.Result()
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestInactiveAccount(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"accessJwt":"a","refreshJwt":"r","did":"did:plc:x","handle":"x.test","active":false,"status":"deactivated"}`)
	}))
	defer server.Close()
	s := &site{T: t, settings: map[string]string{"server": server.URL, "handle": "x.test", "app_password": "p"}, http: server.Client()}
	_, err := s.open().Find(t.Context(), s.attempt(written("x")), nil)
	if !errors.Is(err, platform.ErrAuth) || !strings.Contains(err.Error(), "deactivated") {
		t.Errorf("%v, want ErrAuth", err)
	}
}

// An absence is believed only in the server's own words.
func TestFindDoubts(t *testing.T) {
	for said, want := range map[string]error{
		`400 {"error":"RecordNotFound","message":"x"}`: platform.ErrNotFound,
		`404 {"error":"NotFound"}`:                     platform.ErrAddress,
		`404 <html>`:                                   platform.ErrAddress,
		`410 gone`:                                     platform.ErrAddress,
		`400 {"error":"InvalidRequest"}`:               platform.ErrRejected,
		`400 {"error":"RepoNotFound"}`:                 platform.ErrRejected,
	} {
		s := newSite(t)
		c := s.open()
		a := s.attempt(written("x"))
		s.publish(c, a)
		status, body, _ := strings.Cut(said, " ")
		code, _ := strconv.Atoi(status)
		c.session.client.HTTP = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return answer(code, body), nil
		})}
		if _, err := c.Find(t.Context(), a, nil); !errors.Is(err, want) || want != platform.ErrNotFound && errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: %v, want %v", said, err, want)
		}
	}
}

func TestHome(t *testing.T) {
	const did = "did:plc:abc"
	doc := func(id, service, kind, endpoint string) string {
		return fmt.Sprintf(`{"id":%q,"service":[{"id":"#other","type":"X","serviceEndpoint":{"a":1}},{"id":%q,"type":%q,"serviceEndpoint":%q}]}`, id, service, kind, endpoint)
	}
	const kind = "AtprotoPersonalDataServer"
	for _, tt := range []struct{ server, doc, want string }{
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "https://morel.example.net"), "https://morel.example.net"},
		{"https://bsky.social", doc(did, did+"#atproto_pds", kind, "https://morel.example.net/"), "https://morel.example.net"},
		{"https://bsky.social", doc("did:plc:other", "#atproto_pds", kind, "https://morel.example.net"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#pds", kind, "https://morel.example.net"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", "Other", "https://morel.example.net"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "http://morel.example.net"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "http://127.0.0.1:2583"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "https://user:word@morel.example.net"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "https://morel.example.net/path?x"), "https://bsky.social"},
		{"https://bsky.social", doc(did, "#atproto_pds", kind, "file:///etc/passwd"), "https://bsky.social"},
		{"http://127.0.0.1:1", doc(did, "#atproto_pds", kind, "http://localhost:2583"), "http://localhost:2583"},
		{"http://[::1]:1", doc(did, "#atproto_pds", kind, "http://10.0.0.1"), "http://[::1]:1"},
		{"https://pds.example", ``, "https://pds.example"},
		{"https://pds.example", `null`, "https://pds.example"},
		{"https://pds.example", `{"id":"did:plc:abc","service":{}}`, "https://pds.example"},
	} {
		if got := home(tt.server, did, json.RawMessage(tt.doc)); got != tt.want {
			t.Errorf("home(%s, %s) = %s, want %s", tt.server, tt.doc, got, tt.want)
		}
	}
}

func TestPage(t *testing.T) {
	for _, tt := range [][2]string{
		{"dupain.example", "https://bsky.app/profile/dupain.example/post/3k"},
		{"handle.invalid", "https://bsky.app/profile/did:plc:abc/post/3k"},
		{"", "https://bsky.app/profile/did:plc:abc/post/3k"},
		{"../a?b#c", "https://bsky.app/profile/..%2Fa%3Fb%23c/post/3k"},
	} {
		if got := page(tt[0], "did:plc:abc", "3k"); got != tt[1] {
			t.Errorf("page(%q) = %s, want %s", tt[0], got, tt[1])
		}
	}
}

// Keys are the same on every try, and otherwise never; they sort by time.
func TestTID(t *testing.T) {
	seen := map[string]bool{}
	at := time.Date(2026, 11, 22, 9, 30, 0, 123e6, time.UTC)
	for i := range 2000 {
		a := platform.Attempt{Key: fmt.Sprint("key", i), At: at}
		id := tid(a)
		if !isTID(id) {
			t.Fatalf("tid = %q", id)
		}
		a.Part.Text, a.At = "other", a.At.In(time.FixedZone("x", 3600))
		if tid(a) != id {
			t.Error("the key depends on more than the moment and the key")
		}
		a.At = at.Add(time.Duration(i+1) * time.Millisecond)
		if tid(a) <= id {
			t.Errorf("%d ms later, %s comes before %s", i+1, tid(a), id)
		}
		seen[id] = true
	}
	// 2,000 keys in one millisecond, 1,024,000 places: about 2 meet
	if len(seen) < 1980 {
		t.Errorf("%d keys for 2000 attempts", len(seen))
	}
	zero := platform.Attempt{At: time.Unix(0, 0)}
	if got := tid(zero); !strings.HasPrefix(got, "22222222") {
		t.Errorf("the beginning of time is %s", got)
	}
}

// The protocol's own lists of what is a name and what is not.
func TestInterop(t *testing.T) {
	dir := os.Getenv("IMPRIMATUR_TESTDATA")
	if dir == "" {
		t.Skip("IMPRIMATUR_TESTDATA is not set")
	}
	for name, is := range map[string]func(string) bool{
		"atidentifier": isAccount, "datetime": isDatetime, "did": isDID, "handle": isHandle, "language": isLanguage, "recordkey": isKey, "tid": isTID,
	} {
		for _, kind := range []string{"syntax_valid", "syntax_invalid", "parse_invalid"} {
			list, err := os.ReadFile(filepath.Join(dir, "atproto-interop", "syntax", name+"_"+kind+".txt"))
			if errors.Is(err, os.ErrNotExist) && kind == "parse_invalid" {
				continue // only some have one
			} else if err != nil {
				t.Fatal(err)
			}
			n := 0
			for line := range strings.Lines(string(list)) {
				if line = strings.TrimSuffix(line, "\n"); line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				if n++; is(line) != (kind == "syntax_valid") {
					t.Errorf("%s %q is of %s", name, line, kind)
				}
			}
			if n < 3 {
				t.Errorf("%s_%s.txt has %d lines", name, kind, n)
			}
		}
	}
}

// What people write for a language reaches the server in a form it takes, or
// not at all.
func TestLangs(t *testing.T) {
	for tag, want := range map[string]string{"": "", "fr": "fr", "FR": "fr", "en_GB": "en-GB", "EN-gb": "en-gb", "zh-Hant": "zh-Hant", "i-klingon": "i-klingon", "und": "und", "fr-": "", "français": "", "de-1901-1901": ""} {
		if got := strings.Join(langs(tag), " "); got != want {
			t.Errorf("%q is %q, want %q", tag, got, want)
		}
	}
}

func TestCancelledLogin(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.open().Publish(ctx, s.attempt(written("x"))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestOpen(t *testing.T) {
	for server, want := range map[string]string{
		"https://pds.example": "https://pds.example", "https://pds.example/": "https://pds.example", "http://127.0.0.1:1/x": "http://127.0.0.1:1",
		"pds.example": "", "ftp://pds.example": "", "https://": "", "": "", "://": "",
	} {
		c, err := open(platform.Account{Settings: map[string]string{"server": server, "handle": "x.test", "app_password": "p"}})
		if (err == nil) != (want != "") || err == nil && c.(*conn).client.Base != want {
			t.Errorf("open(%q) = %v, %v, want %q", server, c, err, want)
		}
	}
}
