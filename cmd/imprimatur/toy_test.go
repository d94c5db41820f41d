package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/wire"
)

// toys are platforms of every kind of memory: what they can tell of an attempt
// whose outcome was lost.
func toys() platform.Set {
	toy := func(name string, repeat time.Duration, ops ...platform.Op) *platform.Platform {
		p := &platform.Platform{Name: name, Title: "The toy " + name, Docs: "https://toy.example", Repeat: repeat, Ops: append(ops, platform.Read, platform.Moderate),
			Profile: platform.Profile{Markup: text.Plain{}, Thread: platform.Limit{Max: platform.NoLimit}},
			Fields: []platform.Field{
				{Name: "server", Help: "where it is", Example: "https://toy.example", Required: true, URL: true},
				{Name: "token", Help: "a token", Example: "${TOY_TOKEN}", Required: true, Secret: true},
			},
		}
		p.Locate = func(settings map[string]string, address string) (platform.Ref, error) {
			id, ok := strings.CutPrefix(address, settings["server"]+"/posts/")
			if !ok {
				return platform.Ref{}, errors.New("that is no post of " + settings["server"])
			}
			return platform.Ref{ID: id, URL: address}, nil
		}
		p.Open = func(a platform.Account) (platform.Conn, error) {
			c := &toyConn{wire.Client{HTTP: a.HTTP, Base: a.Settings["server"], Secrets: a.Secrets,
				Header: http.Header{"Authorization": {"Bearer " + a.Settings["token"]}}}}
			switch {
			case p.Can(platform.Find) && p.Can(platform.Edit):
				return struct {
					*toyConn
					toyFinder
					toyEditor
					toyRemover
				}{c, toyFinder{c}, toyEditor{c}, toyRemover{c}}, nil
			case p.Can(platform.Find):
				return struct {
					*toyConn
					toyFinder
					toyRemover
				}{c, toyFinder{c}, toyRemover{c}}, nil
			case p.Can(platform.Remove):
				return struct {
					*toyConn
					toyRemover
				}{c, toyRemover{c}}, nil
			}
			return c, nil
		}
		return p
	}
	return platform.Set{
		toy("forgets", 0),
		toy("finds", 0, platform.Find, platform.Remove),
		toy("hour", time.Hour, platform.Remove),
		toy("both", time.Hour, platform.Find, platform.Edit, platform.Remove),
		toy("forever", platform.Forever, platform.Find, platform.Edit, platform.Remove),
	}
}

type toyPost struct {
	ID    string `json:"id"`
	Key   string `json:"key"`
	Text  string `json:"text"`
	After string `json:"after"`
}

type toyConn struct{ wire.Client }

// toyBack is how many words are looked at again, for edits.
const toyBack = 1

func (c *toyConn) Read(ctx context.Context, cursor string) ([]platform.Item, string, error) {
	m := platform.Mark{At: "000"}
	if cursor != "" {
		var err error
		if m, err = platform.ParseMark(cursor); err != nil {
			return nil, cursor, err
		}
	}
	var list []toyWord
	if err := c.send(ctx, http.MethodGet, "/words/"+m.At, nil, &list); err != nil {
		return nil, cursor, platform.SortRead(err)
	}
	var entries []platform.Entry
	for _, w := range list {
		at := time.Unix(1_800_000_000, 0).UTC()
		entries = append(entries, platform.Entry{At: w.ID, Item: &platform.Item{ID: w.ID, Rev: w.Text, URL: c.Base + "/@" + w.Handle + "/" + w.ID,
			Surface: platform.SurfaceMention, At: at, Text: w.Text, Author: platform.Author{ID: "of-" + w.Handle, Handle: w.Handle, Since: &at}}})
	}
	items, next := m.Next(entries, toyBack)
	return items, next.String(), nil
}

func (c *toyConn) Acts() []platform.Act { return []platform.Act{platform.ActMute, platform.ActHide} }

func (c *toyConn) Moderate(ctx context.Context, item platform.Item, act platform.Act, _ platform.Reason) (string, error) {
	to := item.ID
	switch act {
	case platform.ActMute:
		to = item.Author.ID
	case platform.ActHide:
	default:
		return "", platform.ErrUnsupported
	}
	d := platform.Done{Act: act, To: to}
	return string(act) + " " + to, platform.Sort(c.send(ctx, http.MethodPut, "/acts", d, &struct{}{}))
}

func (c *toyConn) Undo(ctx context.Context, undo string) error {
	act, to, _ := strings.Cut(undo, " ")
	return platform.Sort(c.send(ctx, http.MethodDelete, "/acts", platform.Done{Act: platform.Act(act), To: to}, &struct{}{}))
}

// toyWord is something that somebody else wrote.
type toyWord struct{ ID, Text, Handle string }

func (c *toyConn) send(ctx context.Context, method, path string, in, out any) error {
	_, err := c.Do(ctx, wire.Request{Method: method, Path: path, JSON: in}, out)
	return err
}

func (c *toyConn) Publish(ctx context.Context, a platform.Attempt) (platform.Ref, error) {
	p := toyPost{Key: a.Key, Text: a.Part.Text}
	if n := len(a.After); n > 0 {
		p.After = a.After[n-1].ID
	}
	var out toyPost
	if err := c.send(ctx, http.MethodPost, "/posts", p, &out); err != nil {
		return platform.Ref{}, platform.Sort(err)
	}
	return c.ref(out), nil
}

func (c *toyConn) ref(p toyPost) platform.Ref {
	return platform.Ref{ID: p.ID, URL: c.Base + "/posts/" + p.ID}
}

type toyFinder struct{ c *toyConn }

func (f toyFinder) Find(ctx context.Context, a platform.Attempt, _ []string) (platform.Ref, error) {
	var out toyPost
	if err := f.c.send(ctx, http.MethodGet, "/find/"+a.Key, nil, &out); err != nil {
		return platform.Ref{}, platform.SortRead(err)
	}
	return f.c.ref(out), nil
}

type toyEditor struct{ c *toyConn }

func (e toyEditor) Edit(ctx context.Context, r platform.Ref, a platform.Attempt) (platform.Ref, error) {
	var out toyPost
	if err := e.c.send(ctx, http.MethodPut, "/posts/"+r.ID, toyPost{Text: a.Part.Text}, &out); err != nil {
		return platform.Ref{}, platform.Sort(err)
	}
	return e.c.ref(out), nil
}

type toyRemover struct{ c *toyConn }

func (r toyRemover) Remove(ctx context.Context, ref platform.Ref) error {
	return platform.Sort(r.c.send(ctx, http.MethodDelete, "/posts/"+ref.ID, nil, &struct{}{}))
}

// toyServer is the server of a toy: it counts what it took.
type toyServer struct {
	repeats bool // the same key makes no second post
	mu      sync.Mutex
	last    int
	up      []toyPost
	made    []string // texts, once for every post that was ever made
	words   []toyWord
	acts    []platform.Done // in force
}

func (s *toyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	gone := map[string]string{"error": "there is no such post"}
	by := func(same func(toyPost) bool) int {
		for i, p := range s.up {
			if same(p) {
				return i
			}
		}
		return -1
	}
	id := strings.TrimPrefix(r.URL.Path, "/posts/")
	at := by(func(p toyPost) bool { return p.ID == id })
	switch {
	case r.Header.Get("Authorization") != "Bearer s3cret":
		answer(http.StatusUnauthorized, map[string]string{"error": "who are you?"})
	case r.URL.Path == "/acts":
		var d platform.Done
		if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
			answer(http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		s.acts = slices.DeleteFunc(s.acts, func(o platform.Done) bool { return o == d })
		if r.Method == http.MethodPut {
			s.acts = append(s.acts, d)
		}
		answer(http.StatusOK, struct{}{})
	case strings.HasPrefix(r.URL.Path, "/words/"):
		list := []toyWord{}
		for _, w := range s.words { // what is hidden, and whoever is muted, is told of no more
			if w.ID > strings.TrimPrefix(r.URL.Path, "/words/") && !slices.Contains(s.acts, platform.Done{Act: platform.ActHide, To: w.ID}) &&
				!slices.Contains(s.acts, platform.Done{Act: platform.ActMute, To: "of-" + w.Handle}) && len(list) < 2 {
				list = append(list, w)
			}
		}
		answer(http.StatusOK, list)
	case r.Method == http.MethodPost:
		var p toyPost
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			answer(http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		if same := by(func(o toyPost) bool { return o.Key == p.Key }); s.repeats && same >= 0 {
			answer(http.StatusOK, s.up[same])
			return
		}
		s.last++
		p.ID = fmt.Sprint(s.last)
		s.up, s.made = append(s.up, p), append(s.made, p.Text)
		answer(http.StatusOK, p)
	case strings.HasPrefix(r.URL.Path, "/find/"):
		key := strings.TrimPrefix(r.URL.Path, "/find/")
		if i := by(func(p toyPost) bool { return p.Key == key }); i >= 0 {
			answer(http.StatusOK, s.up[i])
			return
		}
		answer(http.StatusNotFound, gone)
	case at < 0:
		answer(http.StatusNotFound, gone)
	case r.Method == http.MethodPut:
		var p toyPost
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
			answer(http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		s.up[at].Text = p.Text
		answer(http.StatusOK, s.up[at])
	case r.Method == http.MethodDelete:
		s.up = append(s.up[:at:at], s.up[at+1:]...)
		answer(http.StatusOK, struct{}{})
	default:
		answer(http.StatusOK, s.up[at])
	}
}

// say is somebody who writes to the account.
func (s *toyServer) say(handle, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words = append(s.words, toyWord{fmt.Sprintf("%03d", len(s.words)+1), text, handle})
}

// texts is what a reader sees, in the order of the thread.
func (s *toyServer) texts() ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	after := ""
	for range s.up {
		n := 0
		for _, p := range s.up {
			if p.After == after {
				n++
			}
		}
		if n > 1 {
			return nil, errors.New("two parts answer the same one")
		}
		for _, p := range s.up {
			if p.After == after {
				texts, after = append(texts, p.Text), p.ID
				break
			}
		}
	}
	if len(texts) != len(s.up) {
		return texts, fmt.Errorf("%d parts are up and %d are in the thread", len(s.up), len(texts))
	}
	return texts, nil
}

// ids are those of the parts that are up, as far as they are what is wished.
func (s *toyServer) ids(want []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, text := range want {
		for _, p := range s.up {
			if p.Text == text {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids
}

// drop is someone who deletes a part by hand; 0: all of them.
func (s *toyServer) drop(part int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if part == 0 {
		s.up = nil
	} else if part <= len(s.up) {
		s.up = append(s.up[:part-1:part-1], s.up[part:]...)
	}
}

// mend is someone who changes parts by hand. It returns the ids of those.
func (s *toyServer) mend(want []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for i, text := range want {
		if i < len(s.up) && s.up[i].Text != text {
			s.up[i].Text = text
			ids = append(ids, s.up[i].ID)
		}
	}
	return ids
}
