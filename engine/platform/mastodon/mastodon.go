package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

type conn struct {
	wire wire.Client

	mu sync.Mutex
	me string // the account's id; "" before the server was asked
}

func open(a platform.Account) (platform.Conn, error) {
	token := strings.TrimSpace(a.Settings["token"]) // pasted with its line's end
	return &conn{wire: wire.Client{
		HTTP:    a.HTTP,
		Base:    strings.TrimRight(a.Settings["server"], "/"),
		Header:  http.Header{"Authorization": {"Bearer " + token}},
		Secrets: append(slices.Clone(a.Secrets), token),
	}}, nil
}

// draft is a status on its way to the server. What is left out would fall
// back to the account's preferences, so that nothing is.
type draft struct {
	Status     string   `json:"status"`
	MediaIDs   []string `json:"media_ids"` // an edit without them would drop the pictures
	Spoiler    string   `json:"spoiler_text"`
	Sensitive  bool     `json:"sensitive"`
	Language   string   `json:"language,omitempty"`
	Poll       *poll    `json:"poll,omitempty"`
	Visibility string   `json:"visibility,omitempty"`
	InReplyTo  string   `json:"in_reply_to_id,omitempty"`
}

type poll struct {
	Options   []string `json:"options"`
	ExpiresIn int      `json:"expires_in"` // seconds
	Multiple  bool     `json:"multiple"`
}

// status is a post as the server has it.
type status struct {
	ID        string          `json:"id"`
	URL       string          `json:"url"`
	CreatedAt time.Time       `json:"created_at"`
	InReplyTo string          `json:"in_reply_to_id"`
	Visible   string          `json:"visibility"`
	Spoiler   string          `json:"spoiler_text"`
	Content   string          `json:"content"` // HTML
	Reblog    json.RawMessage `json:"reblog"`
	EditedAt  json.RawMessage `json:"edited_at"` // null where it never was; nothing where the server does not tell
	Media     []struct {
		ID          string `json:"id"`
		Description string `json:"description"`
	} `json:"media_attachments"`
	Poll *struct {
		Options []struct {
			Title string `json:"title"`
		} `json:"options"`
	} `json:"poll"`
	Account struct {
		ID   string `json:"id"`
		Acct string `json:"acct"`
	} `json:"account"`
}

// compose is what an attempt looks like, new or as an edit.
func (c *conn) compose(ctx context.Context, p platform.Part) (draft, error) {
	ids, err := c.upload(ctx, p.Media)
	if err != nil {
		return draft{}, err
	}
	d := draft{Status: p.Text, MediaIDs: ids, Spoiler: p.Warning, Sensitive: p.Warning != ""}
	// The server knows languages, and hardly any of their regions.
	if d.Language, _, _ = strings.Cut(p.Lang, "-"); d.Language == "und" {
		d.Language = ""
	}
	if p.Poll != nil {
		d.Poll = &poll{p.Poll.Options, int(p.Poll.Open.Seconds()), p.Poll.Multiple}
	}
	return d, nil
}

func (c *conn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	d, err := c.compose(ctx, a.Part)
	if err != nil {
		return platform.Ref{}, err
	}
	d.InReplyTo, d.Visibility = parent(a), visibility(a)
	var out status
	err = c.do(ctx, wire.Request{
		Method: http.MethodPost, Path: "/api/v1/statuses", JSON: d, Header: http.Header{"Idempotency-Key": {a.Key}},
	}, &out)
	if err == nil && !valid(out.ID) {
		err = &wire.LostError{Err: errNoID}
	}
	if err != nil {
		// 404: what it replies to is gone, or the key's first status is
		return platform.Ref{}, lacks(err, platform.ErrRejected, platform.Sort)
	}
	if err := c.check(ctx, out.ID); err != nil {
		return platform.Ref{}, err
	}
	return out.ref(), nil
}

// check looks whether a new status is there: a server that takes a post for
// spam may answer as if it were up and keep nothing, and a ledger must not
// call that live. Only that it is surely not there matters now.
func (c *conn) check(ctx context.Context, id string) error {
	err := platform.SortRead(c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/statuses/" + id}, nil))
	if errors.Is(err, platform.ErrNotFound) {
		return fmt.Errorf("%w: the server took it and does not show it; it may take it for spam", platform.ErrUnknown)
	}
	return nil
}

// Edit changes all but who sees it and what it replies to. The pictures are
// sent anew, for their texts or focus may have changed.
func (c *conn) Edit(ctx context.Context, r platform.Ref, a platform.Attempt) (platform.Ref, error) {
	path := "/api/v1/statuses/" + url.PathEscape(r.ID)
	var was, out status
	answer, err := c.answer(ctx, wire.Request{Method: http.MethodGet, Path: path}, &was)
	if err == nil && was.ID != r.ID {
		err = &wire.LostError{Err: errAnother}
	}
	if err != nil {
		return r, platform.SortRead(err)
	}
	if want := visibility(a); was.Visible != want {
		return r, fmt.Errorf("%w: it is not %s, and an edit cannot make it so; take it down and publish it anew", platform.ErrUnsupported, want)
	}
	d, err := c.compose(ctx, a.Part)
	if err != nil {
		return r, err
	}
	if d.Poll != nil {
		if d.Poll.ExpiresIn = left(was.CreatedAt.Add(a.Part.Poll.Open), answer); d.Poll.ExpiresIn < int(profile.Poll.Min.Seconds()) {
			return r, fmt.Errorf("%w: its poll is over, or about to be, and an edit would open it again", platform.ErrUnsupported)
		}
	}
	err = c.do(ctx, wire.Request{Method: http.MethodPut, Path: path, JSON: d}, &out)
	if err == nil && out.ID != r.ID {
		err = &wire.LostError{Err: errAnother}
	}
	if err != nil {
		return r, platform.Sort(err)
	}
	return out.ref(), nil
}

var (
	errNoID    = errors.New("the answer has no id we can use")
	errAnother = errors.New("the answer is about another status")
)

// left is how many seconds there are to a moment, by the server's own clock:
// an edit counts a poll's time from itself.
func left(end time.Time, a wire.Answer) int {
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return int(end.Sub(now).Seconds())
}

// visibility is who sees an attempt. A public thread is listed once: the rest
// of it would flood the timelines of people who do not follow the account.
func visibility(a platform.Attempt) string {
	switch {
	case a.Part.Visibility != "":
		return a.Part.Visibility
	case parent(a) != "":
		return "unlisted"
	default:
		return "public"
	}
}

// Remove takes the pictures down as well: without delete_media the server
// keeps them a day, for the author to write anew.
func (c *conn) Remove(ctx context.Context, r platform.Ref) error {
	var out status
	err := c.do(ctx, wire.Request{
		Method: http.MethodDelete, Path: "/api/v1/statuses/" + url.PathEscape(r.ID), Query: url.Values{"delete_media": {"true"}},
	}, &out)
	if err == nil && out.ID != r.ID {
		err = &wire.LostError{Err: errAnother}
	}
	return platform.Sort(err)
}

const (
	skew  = 5 * time.Minute // between our clock and a server's
	pages = 5               // of the account's statuses, 40 each
)

// Find reads back through the account's own statuses, to before the first try.
func (c *conn) Find(ctx context.Context, a platform.Attempt, known []string) (platform.Ref, error) {
	me, err := c.account(ctx)
	if err != nil {
		return platform.Ref{}, err
	}
	query := url.Values{"limit": {"40"}, "exclude_reblogs": {"true"}}
	for range pages {
		var list []status
		if err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/accounts/" + me + "/statuses", Query: query}, &list); err != nil {
			return platform.Ref{}, lacks(err, platform.ErrUnsupported, platform.SortRead)
		}
		for _, s := range list {
			if s.CreatedAt.Before(a.At.Add(-skew)) {
				return platform.Ref{}, platform.ErrNotFound
			}
			if string(s.Reblog) != "null" && len(s.Reblog) > 0 || s.InReplyTo != parent(a) || !valid(s.ID) || slices.Contains(known, s.ID) {
				continue
			}
			if same, err := c.says(ctx, s, a.Part); err != nil {
				return platform.Ref{}, err
			} else if same {
				return s.ref(), nil
			}
		}
		if len(list) == 0 { // a short page may only mean that some were left out
			return platform.Ref{}, platform.ErrNotFound
		}
		query.Set("max_id", list[len(list)-1].ID)
	}
	return platform.Ref{}, fmt.Errorf("%w: too much was posted since to look through", platform.ErrUnknown)
}

// account is the account's own id. The server is asked once.
func (c *conn) account(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.me != "" {
		return c.me, nil
	}
	var me struct{ ID string }
	err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/accounts/verify_credentials"}, &me)
	if err == nil && !valid(me.ID) {
		err = &wire.LostError{Err: errNoID}
	}
	if err != nil {
		return "", lacks(err, platform.ErrUnsupported, platform.SortRead)
	}
	c.me = me.ID
	return me.ID, nil
}

// noSource is how servers say that they tell no source, to anyone or to us.
var noSource = []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity}

// says reports whether a status is a part as the server would show it. Of a
// warning it asks only that there is one, for some servers take markup out.
func (c *conn) says(ctx context.Context, s status, p platform.Part) (bool, error) {
	var source struct {
		Text    string `json:"text"`
		Spoiler string `json:"spoiler_text"`
	}
	err := c.do(ctx, wire.Request{Method: http.MethodGet, Path: "/api/v1/statuses/" + s.ID + "/source"}, &source)
	switch refused := (*wire.StatusError)(nil); {
	case errors.As(err, &refused) && slices.Contains(noSource, refused.Status):
		source.Text, source.Spoiler = plain(s.Content), s.Spoiler
	case err != nil:
		return false, platform.SortRead(err)
	}
	want, warning := fold(p.Text), fold(p.Warning)
	if want == "" {
		want, warning = warning, "" // as the server does with a warning of nothing
	}
	if fold(source.Text) != want || (fold(source.Spoiler) == "") != (warning == "") {
		return false, nil
	}
	if want != "" {
		return true, nil
	}
	same := len(s.Media) == len(p.Media) // only pictures: their texts tell them apart
	for i := 0; same && i < len(s.Media); i++ {
		same = fold(plain(s.Media[i].Description)) == fold(plain(p.Media[i].Alt)) // markup may be gone from it
	}
	return same, nil
}

// parent is the id of the status that a part replies to, or "".
func parent(a platform.Attempt) string {
	if len(a.After) == 0 {
		return ""
	}
	return a.After[len(a.After)-1].ID
}

// ref trusts no address that is not one of the web.
func (s status) ref() platform.Ref {
	r := platform.Ref{ID: s.ID, Rev: s.rev()}
	if u, err := url.Parse(s.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		r.URL = u.String()
	}
	return r
}

// valid reports whether a server's id is fit to stand in a path and a ledger.
func valid(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	})
}

// lacks sorts an error about something else than the status that was asked
// for: that it is not found says as much as kind, never that the post is gone.
func lacks(err error, kind error, sort func(error) error) error {
	if refused := (*wire.StatusError)(nil); errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusGone) {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return sort(err)
}

// do calls the server and puts its own words into a refusal.
func (c *conn) do(ctx context.Context, r wire.Request, out any) error {
	_, err := c.answer(ctx, r, out)
	return err
}

func (c *conn) answer(ctx context.Context, r wire.Request, out any) (wire.Answer, error) {
	answer, err := c.wire.Do(ctx, r, out)
	if refused := (*wire.StatusError)(nil); errors.As(err, &refused) {
		var body struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(refused.Body, &body) == nil && body.Error != "" {
			// the body is without secrets, but not what its escapes hid
			err = &refusal{wire.Brief(c.wire.Redact(body.Error)), refused}
		}
	}
	return answer, err
}

// refusal is what a server says when it does not do as it is told.
type refusal struct {
	words string
	*wire.StatusError
}

func (r *refusal) Error() string {
	return "the server says " + strconv.Quote(r.words) + " (status " + strconv.Itoa(r.Status) + ")"
}
func (r *refusal) Unwrap() error { return r.StatusError }

var remote = regexp.MustCompile(`@([\pL\pN_.-]+)(?:@[\pL\pN.-]+)+`)

// plain is the words of a status's HTML.
func plain(content string) string { return text.FromHTML(content).String }

// fold leaves out what servers change: blanks, and where a person is at home.
func fold(s string) string {
	for {
		home := remote.ReplaceAllString(s, "@$1")
		if home == s {
			return strings.Join(strings.Fields(s), "")
		}
		s = home // what is left may look like another
	}
}
