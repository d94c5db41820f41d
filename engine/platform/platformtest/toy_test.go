package platformtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// toy is a platform that has everything the suite looks at. Wrong names the
// one promise that its connector breaks, or the one its stand-in does.
func toy(wrong string) *platform.Platform {
	at := func(max int, unit text.Unit) platform.Limit {
		return platform.Limit{Max: max, Unit: unit, Source: "https://toy.example/docs", Checked: "2026-08-01"}
	}
	p := &platform.Platform{
		Name: "toy", Title: "Toy", Docs: "https://toy.example/docs",
		Profile: platform.Profile{
			Markup: text.Rich{}, Text: []platform.Limit{at(300, text.Graphemes), at(3000, text.Bytes)},
			Warning: platform.Counted, Thread: at(25, ""), Title: platform.TitleProfile{Place: platform.InField}, Tags: platform.TagProfile{Place: platform.InField},
			Link: platform.Card, Langs: true, Visible: []string{"unlisted", "private"},
			Media: platform.MediaProfile{
				Max: at(4, ""), Types: []string{"image/jpeg", "image/png"}, Bytes: at(100_000, ""),
				Pixels: at(1_000_000, ""), Alt: at(200, text.CodePoints),
			},
			Poll: platform.PollProfile{
				Options: platform.Limit{Max: 4}, Option: platform.Limit{Max: 25, Unit: text.UTF16}, Min: 5 * time.Minute,
				Max: 7 * 24 * time.Hour, Source: "https://toy.example/docs", Checked: "2026-08-01",
			},
		},
		Ops: []platform.Op{platform.Find, platform.Edit, platform.Remove, platform.Read, platform.Moderate, platform.Limits, platform.Look},
		Fields: []platform.Field{
			{Name: "server", Help: "Where it is.", Example: "https://toy.example", Required: true, URL: true},
			{Name: "password", Help: "The password.", Example: "${TOY_PASSWORD}", Required: true, Secret: true},
		},
		Repeat: platform.Forever,
	}
	p.Open = func(a platform.Account) (platform.Conn, error) { return &toyConn{a: a, wrong: wrong}, nil }
	p.Standin = func(*os.Root) platform.Standin { return newToyServer(&p.Profile, wrong) }
	p.Locate = func(settings map[string]string, address string) (platform.Ref, error) {
		page, ok := strings.CutPrefix(strings.TrimSpace(address), settings["server"]+"/page/")
		if wrong == "locate anything" {
			_, page, ok = strings.Cut(address, "/page/")
		}
		id, _, _ := strings.Cut(strings.TrimSpace(page), "#")
		if n, err := strconv.Atoi(id); !ok || (err != nil || strconv.Itoa(n) != id) && wrong != "locate below" {
			if wrong == "locate loudly" {
				return platform.Ref{}, errors.New("no post: " + address)
			}
			return platform.Ref{}, errors.New("that is no post of the channel's server")
		}
		if wrong == "locate address" {
			id = strings.TrimSpace(address)
		}
		return platform.Ref{ID: id, URL: settings["server"] + "/page/" + id}, nil
	}
	switch wrong {
	case "ops":
		p.Ops = append(p.Ops, platform.Measure)
	case "source":
		p.Profile.Media.Alt.Source = ""
	case "unit":
		p.Profile.Text[0].Unit = text.CodePoints
	case "help":
		p.Fields[0].Help = ""
	case "marker":
		p.Fields[0].Secret = true
	}
	return p
}

type toyConn struct {
	a     platform.Account
	wrong string
}

type toyPost struct {
	platform.Shown
	Key     string
	Files   []string
	Changes int // since it was published
}

// ref is where a post is.
func (c *toyConn) ref(p toyPost) platform.Ref {
	r := platform.Ref{ID: p.ID, URL: c.a.Settings["server"] + "/page/" + p.ID, Rev: fmt.Sprint("rev ", p.Changes)}
	if c.wrong == "rev of nothing" {
		r.Rev = ""
	}
	return r
}

// client logs in: the toy's sessions last for one call.
func (c *toyConn) client(ctx context.Context) (*wire.Client, error) {
	w := &wire.Client{HTTP: c.a.HTTP, Base: c.a.Settings["server"], Secrets: slices.Clone(c.a.Secrets)}
	if c.wrong == "leak" {
		w.Secrets = nil
	}
	var session struct{ Token string }
	_, err := w.Do(ctx, wire.Request{Method: "POST", Path: "/login", JSON: c.a.Settings["password"]}, &session)
	if err == nil && session.Token == "" {
		err = &wire.LostError{Err: errors.New("no session")}
	}
	w.Header = http.Header{"Authorization": {"Bearer " + session.Token}}
	if c.wrong == "unknown early" {
		return w, platform.Sort(err)
	}
	return w, platform.SortRead(err)
}

func (c *toyConn) post(ctx context.Context, w *wire.Client, a platform.Attempt) (toyPost, error) {
	p := a.Part
	out := toyPost{Key: a.Key, Shown: platform.Shown{
		Text: p.Text, Facets: p.Facets, Title: p.Title, Lang: p.Lang, Tags: p.Tags, Poll: p.Poll,
		Warning: p.Warning, Visibility: p.Visibility, Link: p.Link,
	}}
	switch c.wrong {
	case "trims":
		out.Text = strings.Join(strings.Fields(p.Text), " ")
	case "escapes":
		out.Text = strings.ReplaceAll(p.Text, "&", "&amp;")
	case "facets":
		out.Facets = nil
	case "lang":
		out.Lang = "en"
	case "visibility":
		out.Visibility = ""
	case "poll":
		out.Poll = nil
	case "cut":
		if r := []rune(p.Text); len(r) > 290 {
			out.Text = string(r[:290])
		}
	}
	if n := len(a.After); n > 0 {
		out.ReplyTo = a.After[n-1].ID
		if c.wrong == "after" {
			out.ReplyTo = ""
		} else if c.wrong == "root" {
			out.ReplyTo = a.After[0].ID
		} else if c.wrong == "answer astray" && n == 1 && a.Part.Text != "two" {
			out.ReplyTo = "1"
		}
	}
	for _, m := range p.Media {
		pic, err := m.Open()
		if err != nil {
			return out, err
		}
		alt := m.Alt
		if c.wrong == "alt" {
			alt = ""
		}
		var up struct{ ID string }
		_, err = w.Do(ctx, wire.Request{
			Method: "POST", Path: "/media", Body: pic.Data, Type: pic.Type, Query: url.Values{"alt": {alt}},
		}, &up)
		if err == nil && up.ID == "" {
			err = &wire.LostError{Err: errors.New("no id")}
		}
		if err != nil {
			return out, platform.SortRead(err)
		}
		out.Files = append(out.Files, up.ID)
	}
	if c.wrong == "order" {
		slices.Reverse(out.Files)
	}
	return out, nil
}

func (c *toyConn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	if c.wrong == "cancel" {
		ctx = context.WithoutCancel(ctx)
	}
	w, err := c.client(ctx)
	if err != nil {
		return platform.Ref{}, err
	}
	post, err := c.post(ctx, w, a)
	if err != nil {
		return platform.Ref{}, err
	}
	if c.wrong == "key" {
		post.Key = fmt.Sprint(time.Now().UnixNano())
	}
	var out toyPost
	send := func() error {
		_, err := w.Do(ctx, wire.Request{Method: "POST", Path: "/posts", JSON: post}, &out)
		if err == nil && out.ID == "" {
			err = &wire.LostError{Err: errors.New("no id")}
		}
		if c.wrong == "leak session" && err != nil {
			err = fmt.Errorf("as %s: %w", w.Header.Get("Authorization"), err)
		}
		return err
	}
	err = send()
	switch {
	case c.wrong == "retries" && err != nil:
		post.Key = "again"
		err = send()
	case c.wrong == "swallows" && errors.As(err, new(*wire.LostError)):
		return platform.Ref{ID: a.Key}, nil
	case c.wrong == "busy" && err != nil:
		return platform.Ref{}, &platform.BusyError{Err: err}
	case c.wrong == "unsorted":
		return c.ref(out), err
	}
	return c.ref(out), platform.Sort(c.says(w, err))
}

// says puts the server's own words into an error.
func (c *toyConn) says(w *wire.Client, err error) error {
	var body struct{ Error string }
	status := (*wire.StatusError)(nil)
	if !errors.As(err, &status) || json.Unmarshal(status.Body, &body) != nil {
		return err
	}
	if c.wrong != "leak words" {
		body.Error = w.Redact(body.Error)
	}
	return fmt.Errorf("%s: %w", wire.Brief(body.Error), err)
}

func (c *toyConn) list(ctx context.Context) ([]toyPost, error) {
	w, err := c.client(ctx)
	if err != nil {
		return nil, err
	}
	var all []toyPost
	_, err = w.Do(ctx, wire.Request{Method: "GET", Path: "/posts"}, &all)
	return all, platform.SortRead(err)
}

func (c *toyConn) Find(ctx context.Context, a platform.Attempt, known []string) (platform.Ref, error) {
	all, err := c.list(ctx)
	if err != nil && c.wrong != "find blind" {
		return platform.Ref{}, err
	}
	for _, p := range all {
		switch {
		case c.wrong == "find any", c.wrong == "find known" && p.Text == a.Part.Text, p.Key == a.Key:
			if c.wrong == "find without rev" {
				return platform.Ref{ID: p.ID}, nil
			}
			return c.ref(p), nil
		}
	}
	return platform.Ref{}, platform.ErrNotFound
}

func (c *toyConn) Look(ctx context.Context, r platform.Ref) (platform.Ref, error) {
	if c.wrong == "look late" {
		ctx = context.WithoutCancel(ctx)
	}
	w, err := c.client(ctx)
	if err != nil && c.wrong != "look blind" {
		return r, err
	}
	var out toyPost
	_, err = w.Do(ctx, wire.Request{Method: "GET", Path: "/posts/" + r.ID}, &out)
	switch {
	case c.wrong == "look away":
		return r, nil
	case c.wrong == "look blind" && err != nil:
		return r, platform.ErrNotFound
	case c.wrong == "look unsorted":
		return c.ref(out), err
	case err == nil && out.ID != r.ID:
		err = &wire.LostError{Err: errors.New("another id")}
	}
	if c.wrong == "look at the clock" {
		out.Changes += time.Now().Nanosecond()
	}
	return c.ref(out), platform.SortRead(err)
}

func (c *toyConn) Edit(ctx context.Context, r platform.Ref, a platform.Attempt) (platform.Ref, error) {
	w, err := c.client(ctx)
	if err != nil {
		return r, err
	}
	post, err := c.post(ctx, w, a)
	if err != nil {
		return r, err
	}
	if c.wrong == "edit drops media" {
		post.Files = nil
	}
	var out toyPost
	_, err = w.Do(ctx, wire.Request{Method: "PUT", Path: "/posts/" + r.ID, JSON: post}, &out)
	if err == nil && out.ID != r.ID {
		err = &wire.LostError{Err: errors.New("another id")}
	}
	switch {
	case c.wrong == "edit swallows":
		return r, nil
	case c.wrong == "edit without rev":
		return r, platform.Sort(err)
	}
	return c.ref(out), platform.Sort(err)
}

func (c *toyConn) Remove(ctx context.Context, r platform.Ref) error {
	w, err := c.client(ctx)
	if err != nil {
		return err
	}
	var out struct{ ID string }
	_, err = w.Do(ctx, wire.Request{Method: "DELETE", Path: "/posts/" + r.ID}, &out)
	if err == nil && out.ID != r.ID {
		err = &wire.LostError{Err: errors.New("another id")}
	}
	if sorted := platform.Sort(err); c.wrong == "remove twice" && errors.Is(sorted, platform.ErrNotFound) {
		return nil
	}
	return platform.Sort(err)
}

func (c *toyConn) Limits(ctx context.Context) (platform.ServerLimits, error) {
	w, err := c.client(ctx)
	if err != nil {
		return nil, err
	}
	l := platform.ServerLimits{}
	_, err = w.Do(ctx, wire.Request{Method: "GET", Path: "/about"}, &l)
	return l, platform.SortRead(err)
}

type toyServer struct {
	*http.ServeMux
	profile *platform.Profile
	wrong   string
	mu      sync.Mutex
	posts   []toyPost
	media   map[string]platform.ShownMedia
	ids     int
	toyCrowd
}

const toyPassword = platform.Marker + "-password"

func newToyServer(p *platform.Profile, wrong string) *toyServer {
	s := &toyServer{ServeMux: http.NewServeMux(), profile: p, wrong: wrong, media: map[string]platform.ShownMedia{}}
	handle := func(pattern string, do func(r *http.Request) (any, int)) {
		s.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			var out any = map[string]string{"error": "who are you?"}
			code := 401
			if r.URL.Path == "/login" || strings.HasPrefix(r.Header.Get("Authorization"), "Bearer session-") {
				out, code = do(r)
			}
			w.WriteHeader(code)
			json.NewEncoder(w).Encode(out)
		})
	}
	refuse := func(code int, why string) (any, int) { return map[string]string{"error": why}, code }
	handle("POST /login", func(r *http.Request) (any, int) {
		var password string
		if json.NewDecoder(r.Body).Decode(&password); password != toyPassword {
			return refuse(401, "wrong password")
		}
		s.ids++
		return map[string]string{"token": fmt.Sprint("session-", s.ids)}, 200
	})
	handle("POST /media", func(r *http.Request) (any, int) {
		m, why := s.picture(r, wrong)
		if why != "" {
			return refuse(422, why)
		}
		s.ids++
		id := strconv.Itoa(s.ids)
		s.media[id] = m
		return map[string]string{"id": id}, 200
	})
	handle("POST /posts", func(r *http.Request) (any, int) {
		var p toyPost
		json.NewDecoder(r.Body).Decode(&p)
		if i := slices.IndexFunc(s.posts, func(o toyPost) bool { return o.Key == p.Key }); i >= 0 {
			return s.posts[i], 200
		}
		if why := s.tooMuch(p, wrong); why != "" {
			return refuse(422, why)
		}
		s.ids++
		p.ID, p.At = strconv.Itoa(s.ids), time.Now()
		s.posts = append(s.posts, p)
		return p, 200
	})
	handle("GET /posts", func(*http.Request) (any, int) { return s.posts, 200 })
	handle("GET /posts/{id}", func(r *http.Request) (any, int) {
		if i := s.index(r); i >= 0 {
			return s.posts[i], 200
		}
		return refuse(404, "no such post")
	})
	handle("PUT /posts/{id}", func(r *http.Request) (any, int) {
		i := s.index(r)
		if i < 0 {
			return refuse(404, "no such post")
		}
		p := toyPost{}
		json.NewDecoder(r.Body).Decode(&p)
		if why := s.tooMuch(p, wrong); why != "" {
			return refuse(422, why)
		}
		p.ID, p.At, p.Key, p.Changes = s.posts[i].ID, s.posts[i].At, s.posts[i].Key, s.posts[i].Changes+1
		s.posts[i] = p
		return p, 200
	})
	handle("DELETE /posts/{id}", func(r *http.Request) (any, int) {
		i := s.index(r)
		if i < 0 {
			return refuse(404, "no such post")
		}
		p := s.posts[i]
		s.posts = slices.Delete(s.posts, i, i+1)
		return p, 200
	})
	s.crowd(handle, refuse)
	handle("GET /about", func(*http.Request) (any, int) {
		if wrong == "limit names" {
			return map[string]int{"txet": 300}, 200
		}
		return map[string]int{platform.LimitText: 300}, 200
	})
	return s
}

// Tamper is what a person does in the toy's own app.
func (s *toyServer) Tamper(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.posts, func(p toyPost) bool { return p.ID == id })
	switch {
	case i < 0:
	case text == "":
		s.posts = slices.Delete(s.posts, i, i+1)
	default:
		s.posts[i].Text, s.posts[i].Facets = text, nil
		s.posts[i].Changes++
	}
}

func (s *toyServer) index(r *http.Request) int {
	return slices.IndexFunc(s.posts, func(p toyPost) bool { return p.ID == r.PathValue("id") })
}

func (s *toyServer) picture(r *http.Request, wrong string) (m platform.ShownMedia, why string) {
	m = platform.ShownMedia{Alt: r.URL.Query().Get("alt"), Type: r.Header.Get("Content-Type")}
	var err error
	if m.Data, err = readAll(r); err != nil {
		return m, err.Error()
	}
	pic, err := decode(m.Data)
	switch pr := s.profile.Media; {
	case err != nil:
		return m, err.Error()
	case len(m.Data) > pr.Bytes.Max && wrong != "bytes over", pic.Width*pic.Height > pr.Pixels.Max && wrong != "pixels over":
		return m, "the picture is too large"
	case pr.Alt.Count(m.Alt) > pr.Alt.Max && wrong != "alt over":
		return m, "the alternative text is too long"
	}
	return m, ""
}

func (s *toyServer) tooMuch(p toyPost, wrong string) string {
	pr := s.profile
	if n := text.Count(p.Text+p.Warning, text.Graphemes, 0); n > 300 && wrong != "text over" {
		if wrong != "warning over" || text.Count(p.Text, text.Graphemes, 0) > 300 {
			return "the text is too long"
		}
	}
	if len(p.Text) > pr.Text[1].Max && wrong != "bytes of text over" {
		return "the text is too long"
	}
	if len(p.Files) > pr.Media.Max.Max && wrong != "media over" {
		return "too many pictures"
	}
	if p.Poll == nil {
		return ""
	}
	if len(p.Poll.Options) > 4 && wrong != "options over" || (p.Poll.Open > pr.Poll.Max || p.Poll.Open < pr.Poll.Min) && wrong != "poll open" {
		return "no such poll"
	}
	for _, o := range p.Poll.Options {
		if pr.Poll.Option.Count(o) > 25 && wrong != "option over" {
			return "the option is too long"
		}
	}
	return ""
}

func (s *toyServer) Settings(base string) map[string]string {
	return map[string]string{"server": base, "password": toyPassword}
}

func (s *toyServer) Timeline() []platform.Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []platform.Shown
	for _, p := range s.posts {
		for _, id := range p.Files {
			p.Media = append(p.Media, s.media[id])
		}
		all = append(all, p.Shown)
	}
	return all
}
