package bluesky

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// crowd is what of the stand-in is about other people. Of a real server, all
// but the gates is Bluesky's, behind it.
type crowd struct {
	said  []*said           // oldest first
	gates map[string]gateOf // by the key of the thread's first post
	done  []platform.Done   // but for what the gates hide
}

type gateOf struct {
	cid string
	raw json.RawMessage
}

// said is a post of somebody else's.
type said struct {
	did, handle string
	rkey, cid   string
	at          time.Time
	record      record
}

func (p *said) uri() string { return "at://" + p.did + "/" + collection + "/" + p.rkey }

func (p *said) seal() {
	raw, _ := json.Marshal(&p.record) // a record of ours
	p.cid = cid(0x71, raw)
}

func (s *standin) Say(handle, text, on string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle += ".example"
	sum := sha256.Sum256([]byte(handle))
	p := &said{did: "did:plc:" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:24], handle: handle}
	p.at = time.UnixMilli(1_800_000_000_000 + int64(len(s.said))).UTC()
	p.rkey = tid(platform.Attempt{Key: fmt.Sprint(len(s.said)), At: p.at})
	p.record = record{Type: collection, Text: text, CreatedAt: p.at.Format(moment), Langs: []string{"en"}}
	if at := slices.IndexFunc(s.posts, func(o *shown) bool { return o.uri() == on }); at >= 0 {
		to := strongRef{on, s.posts[at].cid}
		p.record.Reply = &reply{to, to}
	}
	for _, o := range s.said {
		if o.uri() == on {
			p.record.Reply = &reply{strongRef{on, o.cid}, strongRef{on, o.cid}}
			if o.record.Reply != nil {
				p.record.Reply.Root = o.record.Reply.Root
			}
		}
	}
	p.seal()
	s.said = append(s.said, p)
	return p.uri()
}

func (s *standin) Reword(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.said {
		if p.uri() == id {
			p.record.Text = text
			p.seal()
		}
	}
}

func (s *standin) Done() []platform.Done {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.done)
	for _, p := range s.said {
		if s.hidden(p) {
			all = append(all, platform.Done{Act: platform.ActHide, To: p.uri()})
		}
	}
	return all
}

// hidden reports whether the account hides a reply in its own thread.
func (s *standin) hidden(p *said) bool {
	if p.record.Reply == nil {
		return false
	}
	root, ours := strings.CutPrefix(p.record.Reply.Root.URI, "at://"+standinDID+"/"+collection+"/")
	var g struct{ HiddenReplies []string }
	return ours && json.Unmarshal(s.gates[root].raw, &g) == nil && slices.Contains(g.HiddenReplies, p.uri())
}

// listNotifications gives the newest first, and nothing of the muted and the
// hidden.
func (s *standin) listNotifications(r *http.Request, _ []byte) (any, error) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit < 1 || limit > 100 {
		return nil, invalid("limit must be 1 to 100")
	}
	list, last := []any{}, ""
	for _, p := range slices.Backward(s.said) {
		at := p.at.Format(moment)
		if before := r.FormValue("cursor"); before != "" && at >= before {
			continue
		}
		if len(list) == limit {
			return map[string]any{"notifications": list, "cursor": last, "priority": false}, nil
		}
		if s.hidden(p) || slices.Contains(s.done, platform.Done{Act: platform.ActMute, To: p.did}) {
			continue
		}
		n := map[string]any{
			"uri": p.uri(), "cid": p.cid, "reason": "mention", "record": p.record, "isRead": false, "indexedAt": at,
			"author": map[string]any{"did": p.did, "handle": p.handle, "createdAt": "2024-02-03T00:00:00.000Z"},
		}
		if p.record.Reply != nil {
			n["reason"], n["reasonSubject"] = "reply", p.record.Reply.Parent.URI
		}
		list, last = append(list, n), at
	}
	return map[string]any{"notifications": list, "priority": false}, nil
}

func (s *standin) getProfiles(r *http.Request, _ []byte) (any, error) {
	actors := r.URL.Query()["actors"]
	if len(actors) == 0 || len(actors) > profiles {
		return nil, invalid("actors must have 1 to %d elements", profiles)
	}
	list := []any{}
	for _, did := range actors {
		list = append(list, map[string]any{"did": did, "handle": "x.example", "followersCount": 12})
	}
	return map[string]any{"profiles": list}, nil
}

func (s *standin) mute(r *http.Request, body []byte) (any, error) {
	var in struct{ Actor string }
	if json.Unmarshal(body, &in) != nil || !isDID(in.Actor) {
		return nil, invalid("Actor not found")
	}
	done := platform.Done{Act: platform.ActMute, To: in.Actor}
	s.done = slices.DeleteFunc(s.done, func(d platform.Done) bool { return d == done })
	if strings.HasSuffix(r.URL.Path, ".muteActor") {
		s.done = append(s.done, done)
	}
	return struct{}{}, nil
}

func (s *standin) report(_ *http.Request, body []byte) (any, error) {
	var in struct {
		ReasonType, Reason string
		Subject            strongRef
	}
	at := -1
	if json.Unmarshal(body, &in) == nil {
		at = slices.IndexFunc(s.said, func(p *said) bool { return p.uri() == in.Subject.URI && p.cid == in.Subject.CID })
	}
	if at < 0 || !strings.HasPrefix(in.ReasonType, "com.atproto.moderation.defs#reason") || !fits(in.Reason, 20_000, 2000) {
		return nil, invalid("Invalid subject, reasonType or reason")
	}
	s.done = append(s.done, platform.Done{Act: platform.ActReport, To: in.Subject.URI})
	return map[string]any{"id": len(s.done), "reasonType": in.ReasonType, "reportedBy": standinDID}, nil
}

func (s *standin) putGate(rkey string, raw, swap json.RawMessage) (any, error) {
	var g struct {
		Type          string   `json:"$type"`
		Post          string   `json:"post"`
		CreatedAt     string   `json:"createdAt"`
		HiddenReplies []string `json:"hiddenReplies"`
	}
	if json.Unmarshal(raw, &g) != nil || g.Type != gates || g.Post != "at://"+standinDID+"/"+collection+"/"+rkey || !isDatetime(g.CreatedAt) || len(g.HiddenReplies) > mostHidden {
		return nil, invalid("Invalid %s record", gates)
	}
	if err := s.swaps(rkey, swap); err != nil {
		return nil, err
	}
	next := gateOf{cid(0x71, order(raw)), raw}
	s.gates[rkey] = next
	return map[string]any{"uri": "at://" + standinDID + "/" + gates + "/" + rkey, "cid": next.cid, "validationStatus": "valid"}, nil
}

func (s *standin) deleteGate(rkey string, swap json.RawMessage) (any, error) {
	if _, ok := s.gates[rkey]; !ok {
		return struct{}{}, nil
	}
	if err := s.swaps(rkey, swap); err != nil {
		return nil, err
	}
	delete(s.gates, rkey)
	return struct{}{}, nil
}

// swaps checks that the gate is the one that is to be replaced.
func (s *standin) swaps(rkey string, swap json.RawMessage) error {
	was := "null"
	if g, ok := s.gates[rkey]; ok {
		was = g.cid
	}
	if want := strings.Trim(string(swap), `"`); want != "" && want != was {
		return fault{http.StatusBadRequest, "InvalidSwap", "Record was at " + was}
	}
	return nil
}
