package mastodon

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// crowd is what of the stand-in is about other people.
type crowd struct {
	told []told // what the account is notified of, oldest first
	done []platform.Done
}

type told struct {
	id   string
	post *post
}

// person is the id of an account.
func person(handle string) string {
	sum := sha256.Sum256([]byte(handle))
	return strconv.FormatUint(binary.BigEndian.Uint64(sum[:])>>4, 10)
}

func (s *standin) Say(handle, text, on string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &post{id: s.id(), by: handle, at: s.now(), text: text, to: on, see: "public", lang: "en"}
	s.posts = append(s.posts, p)
	if !slices.Contains(s.done, platform.Done{Act: platform.ActMute, To: person(handle)}) {
		s.told = append(s.told, told{strconv.Itoa(34_975_000 + len(s.posts)), p})
	}
	return p.id
}

func (s *standin) Reword(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, err := s.named(id); err == nil {
		p.text, p.edited = text, s.now()
	}
}

func (s *standin) Done() []platform.Done {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

// renderOther makes out, which is a status, somebody else's.
func (s *standin) renderOther(p *post, out map[string]any) {
	out["account"] = map[string]any{
		"id": person(p.by), "acct": p.by, "created_at": "2024-02-03T00:00:00.000Z", "followers_count": 12,
	}
	out["mentions"], out["tags"] = []any{}, []any{}
	if to, err := s.own(p.to); err == nil && to.by == "" {
		out["in_reply_to_account_id"] = standinAccount
	}
}

// notifications gives the newest first, and with min_id those right after it.
func (s *standin) notifications(r *http.Request) (int, any, error) {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		limit = 40
	}
	limit = min(limit, 80)
	after, err := strconv.Atoi(r.FormValue("min_id"))
	list := slices.Clone(s.told)
	if err == nil {
		list = slices.DeleteFunc(list, func(n told) bool { id, _ := strconv.Atoi(n.id); return id <= after })
		list = list[:min(limit, len(list))]
	}
	list = list[max(0, len(list)-limit):]
	out := []any{}
	for _, n := range slices.Backward(list) {
		out = append(out, map[string]any{"id": n.id, "type": "mention", "created_at": n.post.at, "status": s.render(n.post)})
	}
	return http.StatusOK, out, nil
}

func (s *standin) mute(r *http.Request) (int, any, error) {
	id := r.PathValue("id")
	if !slices.ContainsFunc(s.posts, func(p *post) bool { return p.by != "" && person(p.by) == id }) {
		return 0, nil, missing
	}
	done := platform.Done{Act: platform.ActMute, To: id}
	s.done = slices.DeleteFunc(s.done, func(d platform.Done) bool { return d == done })
	muting := strings.HasSuffix(r.URL.Path, "/mute")
	if muting {
		s.done = append(s.done, done)
	}
	return http.StatusOK, map[string]any{"id": id, "muting": muting, "muting_notifications": muting}, nil
}

func (s *standin) report(r *http.Request) (int, any, error) {
	var in struct {
		Account  string   `json:"account_id"`
		Statuses []string `json:"status_ids"`
		Comment  string   `json:"comment"`
		Category string   `json:"category"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || len([]rune(in.Comment)) > mostWords || !slices.Contains([]string{"spam", "legal", "other"}, in.Category) {
		return 0, nil, invalid("Validation failed")
	}
	for _, id := range in.Statuses {
		if p, err := s.named(id); err != nil || p.by == "" || person(p.by) != in.Account {
			return 0, nil, missing
		}
		s.done = append(s.done, platform.Done{Act: platform.ActReport, To: id})
	}
	return http.StatusOK, map[string]any{"id": s.id(), "category": in.Category, "comment": in.Comment, "status_ids": in.Statuses}, nil
}
