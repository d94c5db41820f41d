package workspace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/image"
)

// maxPicture is the largest picture that is read, in bytes.
const maxPicture = 64 << 20

// A Picture is one media file. Problem says why it cannot be used, or is
// empty.
type Picture struct {
	File string // in the workspace
	image.Info
	Digest  string
	Problem string
}

// Looked is what a post's picture was found to be.
type Looked struct {
	Name         string // as the post says it
	File, Digest string
	Problem      string
}

// Seen is a picture as it was when it was last read.
type Seen struct {
	Picture
	Size     int64
	Modified time.Time
}

type pictures struct {
	mu   sync.Mutex
	m    map[string]*look
	seen map[string]Seen
}

// look is one file, looked at once by whoever comes first.
type look struct {
	once sync.Once
	pic  *Picture // nil where there is no such file
}

// Remember takes what Seen said earlier: a file with the same size and time
// is not read again to plan. What is sent is always read, and compared.
func (w *Workspace) Remember(seen map[string]Seen) {
	w.media.mu.Lock()
	w.media.seen = seen
	w.media.mu.Unlock()
}

// Seen lists every picture that can be used.
func (w *Workspace) Seen() map[string]Seen {
	w.media.mu.Lock()
	defer w.media.mu.Unlock()
	seen := map[string]Seen{}
	for name, l := range w.media.m {
		pic := l.pic
		if pic == nil || pic.Problem != "" {
			continue
		}
		if info, err := w.Root.Stat(name); err == nil {
			seen[name] = Seen{*pic, info.Size(), info.ModTime()}
		}
	}
	return seen
}

// Picture looks at the media file that a post names, once a file. The path is
// from the workspace's folder or from the post's own.
func (w *Workspace) Picture(p *Post, file string) *Picture {
	name := path.Clean(file)
	if pic := w.look(name); pic != nil {
		return pic
	}
	beside := path.Join(path.Dir(p.File), file)
	if pic := w.look(beside); pic != nil {
		return pic
	}
	if !fs.ValidPath(name) && !fs.ValidPath(beside) {
		return &Picture{File: file, Problem: "it leads out of the workspace; put the file itself into media/"}
	}
	return &Picture{File: file, Problem: "there is no such file; check its name, or add it in media/ or beside the post"}
}

func (w *Workspace) look(name string) *Picture {
	if !fs.ValidPath(name) {
		return nil
	}
	w.media.mu.Lock()
	if w.media.m == nil {
		w.media.m = map[string]*look{}
	}
	l := w.media.m[name]
	if l == nil {
		l = new(look)
		w.media.m[name] = l
	}
	was, known := w.media.seen[name]
	w.media.mu.Unlock()
	l.once.Do(func() {
		if known {
			if info, err := w.Root.Stat(name); err == nil && info.Size() == was.Size && info.ModTime().Equal(was.Modified) {
				l.pic = &was.Picture
				return
			}
		}
		l.pic = w.examine(name)
	})
	return l.pic
}

// examine reads a media file; nil where there is none.
func (w *Workspace) examine(name string) *Picture {
	pic := &Picture{File: name}
	data, err := w.ReadPicture(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		pic.Problem = err.Error()
	default:
		pic.Digest = Sum(data)
		if pic.Info, err = image.Probe(bytes.NewReader(data)); err != nil {
			pic.Problem = err.Error() + "; save it as one"
		}
	}
	return pic
}

// ReadPicture reads a media file of the workspace.
func (w *Workspace) ReadPicture(name string) ([]byte, error) {
	data, err := Read(w.Root, name, maxPicture+1)
	switch {
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return nil, errors.New("it leads out of the workspace; put the file itself into media/")
	case err != nil:
		return nil, plain(err)
	case len(data) > maxPicture:
		return nil, fmt.Errorf("it is larger than %d MB; make it smaller", maxPicture>>20)
	}
	return data, nil
}

// Sum is the digest of a file's bytes.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
