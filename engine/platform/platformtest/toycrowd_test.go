package platformtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// toyWord is something that somebody else wrote to the toy's account.
type toyWord struct {
	ID, Text, Handle, On string
	Changes              int
}

type toyAct struct{ Act, To string }

type toyCrowd struct {
	words []toyWord
	acts  []platform.Done
}

const toyBack = 10

func (c *toyConn) Read(ctx context.Context, cursor string) ([]platform.Item, string, error) {
	if c.wrong == "read late" {
		ctx = context.WithoutCancel(ctx)
	}
	m := platform.Mark{At: "0"}
	if cursor != "" {
		var err error
		if m, err = platform.ParseMark(strings.TrimSuffix(cursor, "-reader1")); err != nil && c.wrong != "read any cursor" {
			return nil, cursor, err
		} else if err != nil {
			m.At = "0"
		}
	}
	w, err := c.client(ctx)
	if err != nil {
		return nil, cursor, err
	}
	var list []toyWord
	_, err = w.Do(ctx, wire.Request{Method: "GET", Path: "/words/" + m.At}, &list)
	switch {
	case c.wrong == "read blind":
	case c.wrong == "read unsorted" && err != nil:
		return nil, cursor, err
	case c.wrong == "read away" && err != nil:
		return nil, "1~1~1~", platform.SortRead(err)
	case err != nil:
		return nil, cursor, platform.SortRead(err)
	}
	var entries []platform.Entry
	for _, t := range list {
		i := &platform.Item{
			ID: t.ID, Rev: fmt.Sprint("rev ", t.Changes), URL: c.a.Settings["server"] + "/word/" + t.ID, Surface: platform.SurfaceMention, On: t.On,
			At: time.Unix(1_800_000_000, 0).UTC(), Text: t.Text, Author: platform.Author{ID: "of " + t.Handle, Handle: t.Handle},
		}
		if t.On != "" {
			i.Surface = platform.SurfaceReply
		}
		switch {
		case c.wrong == "read once":
			i.Rev = "rev"
		case c.wrong == "read glued":
			i.Text = strings.ReplaceAll(t.Text, "\n", "")
		case c.wrong == "read skips" && strings.HasSuffix(t.Text, "77"), t.Handle == "" && c.wrong != "read own":
			i = nil
		}
		entries = append(entries, platform.Entry{At: t.ID, Item: i})
	}
	items, next := m.Next(entries, toyBack)
	switch c.wrong {
	case "read again":
		next.At = m.At
		items = append(items, items[:min(1, len(items))]...)
	case "read backwards":
		slices.Reverse(items)
	case "cursor tells":
		return items, next.String() + "-reader1", nil
	}
	return items, next.String(), nil
}

func (c *toyConn) Acts() []platform.Act {
	return []platform.Act{platform.ActMute, platform.ActReport, platform.ActHide}
}

func (c *toyConn) Moderate(ctx context.Context, item platform.Item, act platform.Act, why platform.Reason) (string, error) {
	if !slices.Contains(c.Acts(), act) && c.wrong != "unasked" {
		return "", platform.ErrUnsupported
	}
	d := done(act, item)
	undo := string(d.Act) + " " + d.To
	if act == platform.ActMute {
		undo = "mute by " + item.ID
	}
	switch {
	case c.wrong == "undo tells":
		undo += " " + item.Author.Handle
	case act == platform.ActReport && c.wrong != "undo a report":
		undo = ""
	}
	if c.wrong == "harsher" && act == platform.ActMute {
		d = done(platform.ActHide, item)
	}
	return undo, c.act(ctx, "POST", d)
}

func (c *toyConn) Undo(ctx context.Context, undo string) error {
	act, to, ok := strings.Cut(undo, " ")
	if !ok {
		return platform.ErrUnsupported
	}
	return c.act(ctx, "DELETE", platform.Done{Act: platform.Act(act), To: to})
}

func (c *toyConn) act(ctx context.Context, method string, d platform.Done) error {
	w, err := c.client(ctx)
	if err != nil {
		return err
	}
	var out toyAct
	_, err = w.Do(ctx, wire.Request{Method: method, Path: "/acts", JSON: d}, &out)
	if err == nil && out.Act == "" {
		err = &wire.LostError{Err: errors.New("no act")}
	}
	switch {
	case c.wrong == "moderate swallows" && errors.As(err, new(*wire.LostError)):
		return nil
	case c.wrong == "moderate busy":
		return platform.SortRead(err)
	}
	return platform.Sort(err)
}

func (s *toyServer) crowd(handle func(string, func(*http.Request) (any, int)), refuse func(int, string) (any, int)) {
	handle("GET /words/{after}", func(r *http.Request) (any, int) {
		after, _ := strconv.Atoi(r.PathValue("after"))
		list := []toyWord{}
		for _, t := range s.words {
			if id, _ := strconv.Atoi(t.ID); id > after && len(list) < 20 {
				list = append(list, t)
			}
		}
		if own := slices.IndexFunc(s.posts, func(p toyPost) bool { id, _ := strconv.Atoi(p.ID); return id > after }); own == 0 {
			list = append(list, toyWord{ID: s.posts[0].ID, Text: "It is here."})
			slices.SortFunc(list, func(a, b toyWord) int { x, _ := strconv.Atoi(a.ID); y, _ := strconv.Atoi(b.ID); return x - y })
		}
		return list, 200
	})
	handle("POST /acts", func(r *http.Request) (any, int) {
		var d platform.Done
		if json.NewDecoder(r.Body).Decode(&d) != nil {
			return refuse(400, "no act")
		}
		if !slices.Contains(s.acts, d) || d.Act == platform.ActReport || s.wrong == "moderate twice" {
			s.acts = append(s.acts, d)
		}
		return toyAct{string(d.Act), d.To}, 200
	})
	handle("DELETE /acts", func(r *http.Request) (any, int) {
		var d platform.Done
		if json.NewDecoder(r.Body).Decode(&d) != nil {
			return refuse(400, "no act")
		}
		if id, ok := strings.CutPrefix(d.To, "by "); ok {
			for _, t := range s.words {
				if t.ID == id {
					d.To = "of " + t.Handle
				}
			}
		}
		had := len(s.acts)
		s.acts = slices.DeleteFunc(s.acts, func(o platform.Done) bool { return o == d || s.wrong == "undo all" })
		if len(s.acts) == had && s.wrong == "undo once" {
			return refuse(422, "it is not done")
		}
		return toyAct{string(d.Act), d.To}, 200
	})
}

func (s *toyServer) Say(handle, text, on string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	s.words = append(s.words, toyWord{ID: strconv.Itoa(s.ids), Text: text, Handle: handle, On: on})
	return strconv.Itoa(s.ids)
}

func (s *toyServer) Reword(id, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.words {
		if s.words[i].ID == id {
			s.words[i].Text = text
			s.words[i].Changes++
		}
	}
}

func (s *toyServer) Done() []platform.Done {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.acts)
}
