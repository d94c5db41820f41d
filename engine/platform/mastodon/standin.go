package mastodon

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// standin answers as Mastodon's documentation and source say it does; see
// https://docs.joinmastodon.org/methods/ (checked 2026-07-02).
type standin struct {
	*http.ServeMux
	now func() time.Time

	mu    sync.Mutex
	base  string
	ids   int
	posts []*post          // oldest first
	media map[string]*file // by id
	keys  map[string]key   // by Idempotency-Key
	crowd
}

type key struct {
	id string
	at time.Time
}

type post struct {
	id            string
	by            string // the handle of somebody else, or ""
	at, edited    time.Time
	text, spoiler string
	sensitive     bool
	lang, see, to string // see is the visibility, to what it replies to
	files         []*file
	poll          *poll
	ends          time.Time // of the poll
}

// trouble is an answer that is no success.
type trouble struct {
	status int
	words  string
}

func (t *trouble) Error() string { return t.words }

func invalid(format string, args ...any) error {
	return &trouble{http.StatusUnprocessableEntity, fmt.Sprintf(format, args...)}
}

const (
	standinToken   = "token-" + platform.Marker
	standinAccount = "110224538612341312"
	keptKey        = time.Hour
)

func newStandin(now func() time.Time) *standin {
	s := &standin{ServeMux: http.NewServeMux(), now: now, media: map[string]*file{}, keys: map[string]key{}}
	for pattern, answer := range map[string]func(*http.Request) (int, any, error){
		"POST /api/v1/statuses":                   s.create,
		"GET /api/v1/statuses/{id}":               s.show,
		"GET /api/v1/statuses/{id}/source":        s.source,
		"PUT /api/v1/statuses/{id}":               s.edit,
		"DELETE /api/v1/statuses/{id}":            s.remove,
		"POST /api/v2/media":                      s.upload,
		"GET /api/v1/media/{id}":                  s.look,
		"GET /api/v1/accounts/verify_credentials": s.whoami,
		"GET /api/v1/accounts/{id}/statuses":      s.list,
		"GET /api/v1/notifications":               s.notifications,
		"POST /api/v1/accounts/{id}/mute":         s.mute,
		"POST /api/v1/accounts/{id}/unmute":       s.mute,
		"POST /api/v1/reports":                    s.report,
		"GET /api/v2/instance":                    s.instance,
		"GET /api/v1/instance":                    s.instance,
		"/":                                       s.nothing,
	} {
		s.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			code, out, err := http.StatusUnauthorized, any(nil), error(&trouble{http.StatusUnauthorized, "The access token is invalid"})
			if r.Header.Get("Authorization") == "Bearer "+standinToken || strings.HasSuffix(pattern, "/instance") {
				code, out, err = answer(r)
			}
			if t := (*trouble)(nil); errors.As(err, &t) {
				code, out = t.status, map[string]string{"error": t.words}
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(out) // a client that went away does not matter
		})
	}
	return s
}

func (s *standin) Settings(base string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
	return map[string]string{"server": base, "token": standinToken}
}

func (s *standin) Timeline() []platform.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]platform.Shown, 0, len(s.posts))
	for _, p := range s.posts {
		if p.by != "" {
			continue
		}
		shown := platform.Shown{
			ID: p.id, URL: s.url(p), Text: p.text, Lang: p.lang, Warning: p.spoiler, Visibility: p.see, ReplyTo: p.to, At: p.at,
		}
		if p.see == "public" {
			shown.Visibility = ""
		}
		if p.poll != nil {
			shown.Poll = &platform.Poll{Options: p.poll.Options, Open: p.ends.Sub(p.at).Round(time.Second), Multiple: p.poll.Multiple}
		}
		for _, f := range p.files {
			shown.Media = append(shown.Media, platform.ShownMedia{Alt: f.alt, Type: f.kind, Data: f.data})
		}
		all = append(all, shown)
	}
	return all
}

// Tamper is what the account's owner does on the server's web page.
func (s *standin) Tamper(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.own(id)
	switch {
	case err != nil:
	case text == "":
		s.posts = slices.DeleteFunc(s.posts, func(o *post) bool { return o == p })
	default:
		p.text, p.edited = text, s.now().Add(time.Second) // nobody types faster
	}
}

func (s *standin) url(p *post) string { return s.base + "/@" + cmp.Or(p.by, "standin") + "/" + p.id }

func (s *standin) id() string {
	s.ids++
	return strconv.Itoa(110_224_538_612_341_312 + s.ids)
}

var missing = &trouble{http.StatusNotFound, "Record not found"}

func (s *standin) nothing(*http.Request) (int, any, error) { return 0, nil, missing }

// named is the status that a request is about.
func (s *standin) named(id string) (*post, error) {
	if i := slices.IndexFunc(s.posts, func(p *post) bool { return p.id == id }); i >= 0 {
		return s.posts[i], nil
	}
	return nil, missing
}

// own is one of the account's own statuses.
func (s *standin) own(id string) (*post, error) {
	p, err := s.named(id)
	if err == nil && p.by != "" {
		return nil, missing
	}
	return p, err
}

func (s *standin) create(r *http.Request) (int, any, error) {
	k := r.Header.Get("Idempotency-Key")
	if first, ok := s.keys[k]; ok && s.now().Sub(first.at) < keptKey {
		p, err := s.named(first.id)
		if err != nil {
			return 0, nil, err
		}
		return http.StatusOK, s.render(p), nil
	}
	d, err := readDraft(r)
	if err != nil {
		return 0, nil, err
	}
	if _, err := s.named(d.InReplyTo); err != nil && d.InReplyTo != "" {
		return 0, nil, &trouble{http.StatusNotFound, "The post you are trying to reply to does not appear to exist."}
	}
	p := &post{id: s.id(), at: s.now(), to: d.InReplyTo, see: d.Visibility}
	if !slices.Contains([]string{"public", "unlisted", "private", "direct"}, p.see) {
		return 0, nil, invalid("Validation failed: Visibility is not included in the list")
	}
	if err := s.fill(p, d); err != nil {
		return 0, nil, err
	}
	s.posts = append(s.posts, p)
	if k != "" {
		s.keys[k] = key{p.id, p.at}
	}
	return http.StatusOK, s.render(p), nil
}

func (s *standin) edit(r *http.Request) (int, any, error) {
	p, err := s.own(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	d, err := readDraft(r)
	if err != nil {
		return 0, nil, err
	}
	changed := *p
	if err := s.fill(&changed, d); err != nil {
		return 0, nil, err
	}
	changed.edited = s.now()
	*p = changed
	return http.StatusOK, s.render(p), nil
}

func readDraft(r *http.Request) (draft, error) {
	var d draft
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&d); err != nil {
		return d, &trouble{http.StatusBadRequest, "There was a problem parsing the JSON"}
	}
	const blank = " \t\n\v\f\r\x00"
	d.Status, d.Spoiler = strings.Trim(d.Status, blank), strings.Trim(d.Spoiler, blank)
	if d.Status == "" { // a warning of nothing becomes the text
		d.Status, d.Spoiler = d.Spoiler, ""
	}
	return d, nil
}

// fill makes p what a draft says, or says why it cannot be.
func (s *standin) fill(p *post, d draft) error {
	pr := profile
	files, err := s.attach(p.id, d)
	switch limit := pr.Text[0]; {
	case err != nil:
		return err
	case limit.Count(d.Spoiler+d.Status) > limit.Max:
		return invalid("Validation failed: Text character limit of %d exceeded", limit.Max)
	case d.Status == "" && len(files) == 0:
		return invalid("Validation failed: Text can't be blank")
	}
	if d.Poll != nil {
		if err := d.Poll.check(pr.Poll); err != nil {
			return err
		}
		p.ends = s.now().Add(time.Duration(d.Poll.ExpiresIn) * time.Second)
	}
	for _, f := range p.files {
		f.post = ""
	}
	for _, f := range files {
		f.post = p.id
	}
	if d.Language == "" && p.lang == "" {
		d.Language = "en" // the account's
	}
	p.text, p.spoiler, p.sensitive = d.Status, d.Spoiler, d.Sensitive || d.Spoiler != ""
	p.files, p.poll = files, d.Poll
	if d.Language != "" {
		p.lang = d.Language
	}
	return nil
}

func (p *poll) check(limits platform.PollProfile) error {
	open := time.Duration(p.ExpiresIn) * time.Second
	switch {
	case len(p.Options) < 2:
		return invalid("Validation failed: Poll options must have more than one item")
	case len(p.Options) > limits.Options.Max:
		return invalid("Validation failed: Poll options can't contain more than %d items", limits.Options.Max)
	case open > limits.Max:
		return invalid("Validation failed: Poll expires at is too far into the future")
	case open < limits.Min:
		return invalid("Validation failed: Poll expires at is too soon")
	}
	for i, o := range p.Options {
		if limits.Option.Count(o) > limits.Option.Max {
			return invalid("Validation failed: Poll options can't be longer than %d characters each", limits.Option.Max)
		}
		if slices.Contains(p.Options[:i], o) {
			return invalid("Validation failed: Poll options contain duplicate items")
		}
	}
	return nil
}

func (s *standin) show(r *http.Request) (int, any, error) {
	p, err := s.named(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.render(p), nil
}

func (s *standin) source(r *http.Request) (int, any, error) {
	p, err := s.own(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]string{"id": p.id, "text": p.text, "spoiler_text": p.spoiler}, nil
}

func (s *standin) remove(r *http.Request) (int, any, error) {
	p, err := s.own(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	s.posts = slices.DeleteFunc(s.posts, func(o *post) bool { return o == p })
	for _, f := range p.files {
		f.post = ""
		if r.FormValue("delete_media") == "true" {
			delete(s.media, f.id)
		}
	}
	out := s.render(p)
	out["text"] = p.text
	return http.StatusOK, out, nil
}

func (s *standin) whoami(*http.Request) (int, any, error) {
	return http.StatusOK, map[string]string{"id": standinAccount, "username": "standin", "acct": "standin"}, nil
}

// list gives the newest first.
func (s *standin) list(r *http.Request) (int, any, error) {
	if r.PathValue("id") != standinAccount {
		return 0, nil, missing
	}
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		limit = 20
	}
	before := r.FormValue("max_id")
	out := []map[string]any{}
	for _, p := range slices.Backward(s.posts) {
		if p.by == "" && (before == "" || p.id < before) && len(out) < min(limit, 40) {
			out = append(out, s.render(p))
		}
	}
	return http.StatusOK, out, nil
}

// render is a status as the API gives it.
func (s *standin) render(p *post) map[string]any {
	optional := func(v string) any {
		if v == "" {
			return nil
		}
		return v
	}
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	files := []any{}
	for _, f := range p.files {
		files = append(files, s.renderFile(f))
	}
	out := map[string]any{
		"id": p.id, "uri": s.url(p), "url": s.url(p), "created_at": stamp(p.at), "edited_at": nil, "in_reply_to_id": optional(p.to),
		"sensitive": p.sensitive, "spoiler_text": p.spoiler, "visibility": p.see, "language": p.lang, "content": hypertext(p.text),
		"reblog": nil, "media_attachments": files, "poll": nil, "account": map[string]string{"id": standinAccount, "acct": "standin"},
	}
	if p.by != "" {
		s.renderOther(p, out)
	}
	if !p.edited.IsZero() {
		out["edited_at"] = stamp(p.edited)
	}
	if p.poll != nil {
		options := []any{}
		for _, o := range p.poll.Options {
			options = append(options, map[string]any{"title": o, "votes_count": 0})
		}
		out["poll"] = map[string]any{
			"id": p.id, "options": options, "multiple": p.poll.Multiple, "votes_count": 0,
			"expires_at": stamp(p.ends),
		}
	}
	return out
}

// hypertext is the HTML a server makes of a text: addresses lose what readers
// need not see, and people the place they are at.
func hypertext(s string) string {
	var b strings.Builder
	b.WriteString("<p>")
	for i := 0; i < len(s); {
		n := text.Address(s[i:])
		var person []int
		if s[i] == '@' {
			person = remote.FindStringSubmatchIndex(s[i:])
		}
		switch {
		case n > 0:
			scheme, rest, _ := strings.Cut(s[i:i+n], "://")
			fmt.Fprintf(&b, `<a href="%s" target="_blank" rel="nofollow noopener"><span class="invisible">%s://</span><span class="">%s</span></a>`,
				html.EscapeString(s[i:i+n]), scheme, html.EscapeString(rest))
		case person != nil && person[0] == 0:
			n = person[1]
			fmt.Fprintf(&b, `<span class="h-card"><a href="https://x.example" class="u-url mention">@<span>%s</span></a></span>`, html.EscapeString(s[i+person[2]:i+person[3]]))
		case strings.HasPrefix(s[i:], "\n\n"):
			n = len(s[i:]) - len(strings.TrimLeft(s[i:], "\n"))
			b.WriteString("</p><p>")
		case s[i] == '\n':
			n = 1
			b.WriteString("<br />")
		default:
			_, n = utf8.DecodeRuneInString(s[i:])
			b.WriteString(html.EscapeString(s[i : i+n]))
		}
		i += n
	}
	b.WriteString("</p>")
	return b.String()
}
