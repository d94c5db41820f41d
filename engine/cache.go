package engine

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// A cache remembers what the pure stages said of each post, by the bytes of
// everything they looked at. It is only ever a shortcut: without it, or with a
// damaged one, the stages run again.
type cache struct {
	space  *Space
	env    string // of everything but the posts and their pictures
	by     map[string]*cached
	next   []cached
	missed atomic.Bool
}

// cached is one post's entry.
type cached struct {
	File     string
	Sum      [sha256.Size]byte
	Pictures []workspace.Looked
	Result   result
}

// head stands in a cache file behind the signature and its own size; chunks of
// entries follow, so that they can be read side by side.
type head struct {
	Env      string
	Pictures map[string]workspace.Seen
	Sizes    []int // of the chunks
}

// cut parts what follows the signature into the head and the chunks.
func (h *head) cut(src []byte) (chunks [][]byte, ok bool) {
	if len(src) < 8 {
		return nil, false
	}
	n, src := binary.BigEndian.Uint64(src), src[8:]
	if n > uint64(len(src)) || gob.NewDecoder(bytes.NewReader(src[:n])).Decode(h) != nil {
		return nil, false
	}
	src = src[n:]
	for _, size := range h.Sizes {
		if size < 0 || size > len(src) {
			return nil, false
		}
		chunks, src = append(chunks, src[:size]), src[size:]
	}
	return chunks, true
}

// maxCache is the most bytes of a cache that are read; a longer one is not
// whole then, and so not believed.
const maxCache = 1 << 30

var cacheFile = path.Join(workspace.StateDir, "cache", "posts")

func (s *Space) openCache(ctx context.Context) *cache {
	c := &cache{space: s, env: s.environment(), next: make([]cached, len(s.Posts))}
	src, err := workspace.Read(s.Root, cacheFile, maxCache)
	if err != nil || len(s.engine.CacheKey) == 0 || len(src) < sha256.Size {
		return c
	}
	sum, src := src[:sha256.Size], src[sha256.Size:]
	var h head
	if !hmac.Equal(sum, s.engine.sign(src)) {
		return c
	}
	chunks, ok := h.cut(src)
	if !ok || h.Env != c.env {
		return c
	}
	lists := make([][]cached, len(chunks))
	err = workspace.Each(ctx, len(chunks), func(i int) error {
		return gob.NewDecoder(bytes.NewReader(chunks[i])).Decode(&lists[i])
	})
	if err != nil {
		return c
	}
	c.by = make(map[string]*cached, len(s.Posts))
	for _, list := range lists {
		for i := range list {
			c.by[list[i].File] = &list[i]
		}
	}
	s.Remember(h.Pictures)
	return c
}

// sign is the signature of a cache's bytes.
func (e *Engine) sign(src []byte) []byte {
	h := hmac.New(sha256.New, e.CacheKey)
	h.Write(src)
	return h.Sum(nil)
}

// environment names everything that a result depends on besides its post.
func (s *Space) environment() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %v", s.engine.Version, s.Source.YAML, s.PeopleAt.YAML, s.engine.Platforms.Names())
	for i := range s.Calendars { // a campaign gives tags and parameters to its posts
		fmt.Fprintf(h, " %q", s.Calendars[i].Source.YAML)
	}
	for _, c := range s.Channels {
		limits, _ := json.Marshal(s.serverLimits(c.Name))
		fmt.Fprintf(h, " %q %s", c.Name, limits)
	}
	if s.Moderation != nil { // what rules say of our own posts is among the problems
		fmt.Fprintf(h, " %q", s.editor().IDs())
		for i := range s.Moderation.Own {
			own := &s.Moderation.Own[i]
			fmt.Fprintf(h, " %q %q", own.Source.File, own.Source.YAML)
			for _, name := range slices.Sorted(maps.Keys(own.Lists)) {
				for _, t := range s.Moderation.Lists[workspace.ListFile(own.Lists[name].File)] {
					fmt.Fprintf(h, " %q", t.Text)
				}
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// get fills in r from the cache, if nothing it depends on has changed.
func (c *cache) get(i int, p *workspace.Post, r *result) bool {
	e := c.by[p.File]
	if !p.Readable() {
		return false
	}
	if e == nil || e.Sum != p.Digest {
		c.missed.Store(true)
		return false
	}
	for _, was := range e.Pictures {
		if now := c.space.Picture(p, was.Name); now.Digest != was.Digest || now.Problem != was.Problem || now.File != was.File {
			c.missed.Store(true)
			return false
		}
	}
	*r, c.next[i] = e.Result, *e
	return true
}

// put remembers a fresh result.
func (c *cache) put(i int, p *workspace.Post, r *result) {
	c.next[i] = cached{File: p.File, Sum: p.Digest, Pictures: c.space.looked(p), Result: *r}
}

// looked lists the pictures that a post names.
func (s *Space) looked(p *workspace.Post) []workspace.Looked {
	var ls []workspace.Looked
	add := func(name string) {
		pic := s.Picture(p, name)
		ls = append(ls, workspace.Looked{Name: name, File: pic.File, Digest: pic.Digest, Problem: pic.Problem})
	}
	inText := func(doc text.Doc) {
		for _, part := range doc.Parts {
			part.Spans(func(sp text.Span) {
				if sp.Role == text.Image {
					add(sp.Link)
				}
			})
		}
	}
	if !p.Readable() {
		return nil
	}
	for _, m := range p.Front.Media {
		add(m.File)
	}
	for _, v := range p.Front.Variants {
		for _, m := range v.Media {
			add(m.File)
		}
		if v.Text != "" {
			doc, _ := p.Text(s.engine.parser, v.Text)
			inText(doc)
		}
	}
	if e := p.Front.Evergreen; e != nil {
		for _, markdown := range e.Texts {
			doc, _ := p.Text(s.engine.parser, markdown)
			inText(doc)
		}
	}
	doc, _ := p.Doc(s.engine.parser)
	inText(doc)
	return ls
}

// save writes the cache if anything in it is new. That it cannot be written
// is nobody's problem.
func (c *cache) save(ctx context.Context) {
	if !c.missed.Load() && len(c.by) == len(c.next) || len(c.space.engine.CacheKey) == 0 {
		return
	}
	n := len(c.next)
	chunks := make([][]byte, 2*runtime.GOMAXPROCS(0))
	err := workspace.Each(ctx, len(chunks), func(i int) error {
		var buf bytes.Buffer
		err := gob.NewEncoder(&buf).Encode(c.next[i*n/len(chunks) : (i+1)*n/len(chunks)])
		chunks[i] = buf.Bytes()
		return err
	})
	h := head{Env: c.env, Pictures: c.space.Seen()}
	for _, chunk := range chunks {
		h.Sizes = append(h.Sizes, len(chunk))
	}
	var first bytes.Buffer
	if err != nil || gob.NewEncoder(&first).Encode(h) != nil {
		return
	}
	body := binary.BigEndian.AppendUint64(nil, uint64(first.Len()))
	body = slices.Concat(append([][]byte{body, first.Bytes()}, chunks...)...)
	root := c.space.Root
	if root.MkdirAll(path.Dir(cacheFile), 0o755) != nil || root.WriteFile(cacheFile+".new", append(c.space.engine.sign(body), body...), 0o644) != nil {
		return
	}
	_ = root.Rename(cacheFile+".new", cacheFile) // until then the old one stands
}
