package workspace

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Each calls f with every index below n, side by side, until the context ends
// or a call fails; it returns the error of the lowest index.
func Each(ctx context.Context, n int, f func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	batch := max(1, min(16, n/(4*max(1, workers)))) // one at a time, the counter costs more than the work
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	at := make([]int, workers)
	var failed atomic.Bool
	for w := range workers {
		wg.Go(func() {
			for !failed.Load() {
				from := int(next.Add(int64(batch))) - batch
				if from >= n {
					return
				}
				for i := from; i < min(from+batch, n); i++ {
					err := ctx.Err()
					if err == nil {
						err = f(i)
					}
					if err != nil {
						errs[w], at[w] = err, i
						failed.Store(true)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	var first error
	low := n
	for w, err := range errs {
		if err != nil && at[w] < low {
			first, low = err, at[w]
		}
	}
	return first
}

// chunk is some files of one folder.
type chunk struct {
	dir   string
	from  int // index of the first file
	names []string
}

// chunks parts sorted files into pieces that are worth a worker's while.
func chunks(files []string) []chunk {
	const most = 64
	var cs []chunk
	for i, f := range files {
		dir, name := path.Split(f)
		if n := len(cs); n == 0 || cs[n-1].dir != dir || len(cs[n-1].names) == most {
			cs = append(cs, chunk{dir: dir, from: i})
		}
		last := &cs[len(cs)-1]
		last.names = append(last.names, name)
	}
	return cs
}

// readPosts reads the files side by side; their order is that of files. A
// folder is opened once for many files: every step of a path costs a call.
func (w *Workspace) readPosts(ctx context.Context, files []string) error {
	w.Posts = make([]*Post, len(files))
	cs := chunks(files)
	return Each(ctx, len(cs), func(i int) error {
		dir, err := w.Root.OpenRoot(strings.TrimSuffix(cs[i].dir, "/"))
		if err != nil {
			return plain(err)
		}
		defer dir.Close()
		for n, name := range cs[i].names {
			at := cs[i].from + n
			if w.Posts[at], err = readPost(w.Root, dir, files[at], name); err != nil {
				return err
			}
		}
		return nil
	})
}

func readPost(root, dir *os.Root, file, name string) (*Post, error) {
	f, err := dir.Open(name)
	if err != nil { // a link to another folder of the workspace
		if f, err = root.Open(file); err != nil {
			return nil, plain(err)
		}
	}
	defer f.Close()
	src, err := readAll(f, schema.MaxFile+1)
	if err != nil {
		return nil, plain(err)
	}
	p := &Post{File: file, Digest: sha256.Sum256(src), Source: schema.Source{File: file}, raw: schema.Before(src)}
	if p.src, p.Problems = schema.Clean(file, src); len(p.Problems) > 0 {
		return p, nil
	}
	p.Source, p.body, p.Problems = schema.FrontMatter(file, p.src)
	return p, nil
}

// Read reads at most limit bytes of a file below root. What is no plain file is
// an error: a pipe would keep us waiting for ever.
func Read(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is not a plain file")}
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

// readAll reads a file in one piece, up to a limit.
func readAll(f *os.File, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	buf := make([]byte, min(info.Size(), limit))
	n, err := io.ReadFull(f, buf)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) { // it shrank meanwhile, or is empty
		err = nil
	}
	return buf[:n], err
}

// Decode reads a post's front matter and fills in what the workspace has for
// every post.
func (w *Workspace) Decode(p *Post) {
	if !p.Readable() {
		return
	}
	p.Front, p.Problems = schema.Decode[schema.Post](p.Source)
	fill(&p.Front.Defaults, &w.Config.Defaults)
	p.Front.Lang = cmp.Or(p.Front.Lang, w.Config.Language)
	w.join(&p.Front)
}

// fill gives to every field that was not written its default.
func fill(to, from *schema.Defaults) {
	t, f := reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem()
	for i := range t.NumField() {
		if t.Field(i).IsZero() {
			t.Field(i).Set(f.Field(i))
		}
	}
}
