package bluesky

import (
	"errors"
	"strings"
	"testing"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

func TestLocate(t *testing.T) {
	const rkey, did = "3l6oveex3ii2l", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
	for _, c := range []struct{ handle, address, id string }{
		{"dupain.example", "https://bsky.app/profile/dupain.example/post/" + rkey, "at://dupain.example/app.bsky.feed.post/" + rkey},
		{"@Dupain.example", " https://bsky.app/profile/DUPAIN.example/post/" + rkey + "?ref=x#y\n", "at://DUPAIN.example/app.bsky.feed.post/" + rkey},
		{"dupain.example", "https://bsky.app/profile/" + did + "/post/" + rkey, "at://" + did + "/app.bsky.feed.post/" + rkey},
		{did, "https://bsky.app/profile/dupain.example/post/" + rkey, "at://dupain.example/app.bsky.feed.post/" + rkey},
		{"ana@dupain.example", "https://bsky.app/profile/dupain.example/post/" + rkey, "at://dupain.example/app.bsky.feed.post/" + rkey},
		{"dupain.example", "at://" + did + "/app.bsky.feed.post/" + rkey, "at://" + did + "/app.bsky.feed.post/" + rkey},
		{"dupain.example", "at://dupain.example/app.bsky.feed.post/" + rkey, "at://dupain.example/app.bsky.feed.post/" + rkey},
		{"dupain.example", "https://bsky.app/profile/other.example/post/" + rkey, ""},
		{did, "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/" + rkey, ""},
		{"dupain.example", "https://bsky.app/profile/dupain.example", ""},
		{"dupain.example", "https://bsky.app/profile/dupain.example/post/short", ""},
		{"dupain.example", "https://bsky.app/profile/dupain.example/post/" + rkey + "/liked-by", ""},
		{"dupain.example", "https://bsky.app/profile/dupain.example/lists/" + rkey, ""},
		{"dupain.example", "at://dupain.example/app.bsky.feed.like/" + rkey, ""},
		{"dupain.example", "https://bsky.app.evil.example/profile/dupain.example/post/" + rkey, ""},
		{"dupain.example", "https://bsky.app@evil.example/profile/dupain.example/post/" + rkey, ""},
	} {
		r, err := locate(map[string]string{"handle": c.handle}, c.address)
		if r.ID != c.id || (err == nil) != (c.id != "") {
			t.Errorf("%s on the channel of %s is %+v, %v, want %q", c.address, c.handle, r, err, c.id)
		}
		if err != nil && !strings.Contains(err.Error(), "give the address of the post's page, as in https://bsky.app/profile/") {
			t.Errorf("%s: the error does not say what to give: %v", c.address, err)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"https://bsky.app/profile/dupain.example/post/3l6oveex3ii2l", "at://dupain.example/app.bsky.feed.post/3l6oveex3ii2l", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		r, err := locate(map[string]string{"handle": "dupain.example"}, address)
		if err == nil && (!uriOfPost.MatchString(r.ID) || !strings.HasPrefix(r.URL, "https://bsky.app/profile/")) {
			t.Errorf("%q is %+v", address, r)
		}
	})
}

// looked: a post looks as it did, under every name of it, until some other
// program changes it or takes it down. A reply does with what a person said of
// where the thread is.
func looked(s *site) {
	c := s.open()
	p := written("See https://dupain.example/ and #galette.")
	p.Media = append(p.Media, drawn(s.T, 1, 30, 20, "A galette"))
	r := s.publish(c, s.attempt(p))
	me, err := c.login(s.Context(), nil)
	if err != nil {
		s.Fatal(err)
	}
	rkey := r.ID[strings.LastIndexByte(r.ID, '/')+1:]
	named := platform.Ref{ID: "at://" + me.handle + "/" + collection + "/" + rkey}
	for _, from := range []platform.Ref{r, {ID: r.ID}, named, {ID: strings.ToUpper(named.ID[:6]) + named.ID[6:]}} {
		got, err := c.Look(s.Context(), from)
		if strings.HasPrefix(from.ID, "AT") {
			if !errors.Is(err, platform.ErrRejected) {
				s.Errorf("Look at %s: %v", from.ID, err)
			}
		} else if err != nil || got != r {
			s.Errorf("Look at %s = %+v, %v, want %+v", from.ID, got, err, r)
		}
	}
	for _, id := range []string{"", r.ID + "/x", r.ID + "?x=1", "at://other.example/" + collection + "/" + rkey, "at://" + me.did + "/app.bsky.feed.like/" + rkey} {
		if _, err := c.Look(s.Context(), platform.Ref{ID: id}); !errors.Is(err, platform.ErrRejected) {
			s.Errorf("Look at %q: %v, want ErrRejected", id, err)
		}
	}

	reply := s.attempt(written("And more."), named)
	second := s.publish(c, reply)
	strong := map[string]any{"uri": r.ID, "cid": r.Rev}
	s.want("reply", s.kept(second).Value["reply"], map[string]any{"root": strong, "parent": strong})
	if found, err := c.Find(s.Context(), reply, nil); err != nil || found != second {
		s.Errorf("Find = %+v, %v, want %+v", found, err, second)
	}

	value := s.kept(r).Value
	value["text"] = "By hand."
	delete(value, "facets")
	in := map[string]any{"repo": me.did, "collection": collection, "rkey": rkey, "record": value}
	if err := c.call(s.Context(), platform.Sort, procedure("com.atproto.repo.putRecord", in), &struct{}{}); err != nil {
		s.Fatal(err)
	}
	now, err := c.Look(s.Context(), r)
	if err != nil || now.ID != r.ID || now.Rev == r.Rev {
		s.Errorf("changed by another program: %+v, %v, want another Rev than %s", now, err, r.Rev)
	}
	s.kept(now)
	in = map[string]any{"repo": me.did, "collection": collection, "rkey": rkey}
	if err := c.call(s.Context(), platform.Sort, procedure("com.atproto.repo.deleteRecord", in), &struct{}{}); err != nil {
		s.Fatal(err)
	}
	if _, err := c.Look(s.Context(), now); !errors.Is(err, platform.ErrNotFound) {
		s.Errorf("deleted by another program: %v, want ErrNotFound", err)
	}
	if _, err := c.Publish(s.Context(), s.attempt(written("To nobody."), named)); !errors.Is(err, platform.ErrRejected) {
		s.Errorf("a reply to what is gone: %v, want ErrRejected", err)
	}
	if err := c.Remove(s.Context(), platform.Ref{ID: "at://" + me.handle + strings.TrimPrefix(second.ID, "at://"+me.did)}); err != nil {
		s.Errorf("Remove by handle: %v", err)
	}
}
