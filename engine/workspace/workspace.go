// Package workspace loads a workspace from its folder: the files that people
// write, with the references between them resolved. Nothing outside the folder
// is ever read.
package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// The files of a workspace.
const (
	ConfigFile = "imprimatur.yaml"
	OutboxDir  = "outbox" // unless imprimatur.yaml names another
	PeopleFile = "people.yaml"
	FreezeFile = "freeze.yaml"
	PostsDir   = "posts"
	// CalendarsDir holds the calendars.
	CalendarsDir = "calendars"
	StateDir     = ".imprimatur"
)

// A Workspace is everything that was read from one folder.
type Workspace struct {
	Root     *os.Root
	Config   schema.Config
	Source   schema.Source // of imprimatur.yaml
	Zone     *time.Location
	People   map[string]schema.Person
	PeopleAt schema.Source
	Freeze   *schema.Freeze
	Posts    []*Post // in order of their files
	Problems []schema.Problem
	// Calendars are the files of calendars/, in order of their names.
	Calendars []Calendar

	Moderation *Moderation // nil where there are no rules

	media pictures
	zones zones
}

// A Post is one file below posts/.
type Post struct {
	File     string
	Front    schema.Post // with the workspace's defaults filled in
	Source   schema.Source
	Digest   [32]byte         // of the file
	Problems []schema.Problem // of its own decoding
	Round    int              // of a post that comes back: 2 for the first time; else 0

	src   []byte
	raw   schema.Raw // of the file that src was cleaned from
	body  int
	lines []int // where they begin in src; made when a place is asked for
	mu    sync.Mutex
	docs  map[string]parsed // by their Markdown; "" is the body
}

type parsed struct {
	doc text.Doc
	bad []text.Trouble
}

// Readable reports whether the file is text with front matter, whatever that
// says.
func (p *Post) Readable() bool { return p.body > 0 }

// Body is the post's Markdown.
func (p *Post) Body() []byte { return p.src[p.body:] }

// Doc is the post's text, parsed once.
func (p *Post) Doc(parser *text.Parser) (text.Doc, []text.Trouble) { return p.parse(parser, "") }

// Text is Markdown of the front matter, parsed once like the body.
func (p *Post) Text(parser *text.Parser, markdown string) (text.Doc, []text.Trouble) {
	return p.parse(parser, markdown)
}

func (p *Post) parse(parser *text.Parser, markdown string) (text.Doc, []text.Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.docs[markdown]
	if !ok {
		src := p.Body()
		if markdown != "" {
			src = []byte(markdown)
		}
		d.doc, d.bad = parser.Parse(src)
		if p.docs == nil {
			p.docs = map[string]parsed{}
		}
		p.docs[markdown] = d
	}
	return d.doc, d.bad
}

// Release forgets the parsed text; the next Doc parses it again.
func (p *Post) Release() {
	p.mu.Lock()
	p.docs = nil
	p.mu.Unlock()
}

// Pos is the place of a byte of the body.
func (p *Post) Pos(at int) schema.Pos {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lines == nil {
		p.lines = []int{0}
		for i, c := range p.src {
			if c == '\n' {
				p.lines = append(p.lines, i+1)
			}
		}
	}
	at = min(p.body+at, len(p.src))
	line, begins := slices.BinarySearch(p.lines, at)
	if !begins {
		line--
	}
	start := p.lines[line]
	return schema.PosAt(p.File, p.src[start:], at-start, line)
}

// Edit is an edit of the body as one of the file.
func (p *Post) Edit(start, end int, text string) schema.Edit {
	return schema.Edit{Start: p.raw.At(p.body + start), End: p.raw.At(p.body + end), Text: text}
}

// EditFront is an edit of the front matter's YAML as one of the file.
func (p *Post) EditFront(start, end int, text string) schema.Edit {
	front := bytes.IndexByte(p.src, '\n') + 1 // below the first ---
	return schema.Edit{Start: p.raw.At(front + start), End: p.raw.At(front + end), Text: text}
}

// Start is the place where the body begins.
func (p *Post) Start() schema.Pos {
	at := p.body
	for at < len(p.src) && (p.src[at] == '\n' || p.src[at] == ' ') {
		at++
	}
	return schema.PosAt(p.File, p.src, at, 0)
}

// ID is the post's name in the ledger. Each round of a post that comes back
// has one of its own.
func (p *Post) ID() string {
	if p.Round > 1 {
		return RoundID(p.BaseID(), p.Round)
	}
	return p.BaseID()
}

// RoundID is the id of a round of a post.
func RoundID(id string, round int) string { return id + "~" + strconv.Itoa(round) }

// BaseID is the post's name, whichever round it is in.
func (p *Post) BaseID() string {
	if p.Front.ID != "" {
		return p.Front.ID
	}
	id := strings.TrimSuffix(strings.TrimPrefix(p.File, PostsDir+"/"), ".md")
	return strings.TrimSuffix(id, "/index")
}

// InRound is the post as it comes back: with its next text, if it has more
// than one.
func (p *Post) InRound(round int) *Post {
	return &Post{File: p.File, Front: p.Front, Source: p.Source, Digest: p.Digest, Round: round, src: p.src, raw: p.raw, body: p.body}
}

// Turn is which of the texts of a post that comes back it has in its round:
// its own is 0, and then those of its evergreen.texts.
func (p *Post) Turn() int {
	if p.Round < 2 || p.Front.Evergreen == nil {
		return 0
	}
	return (p.Round - 1) % (1 + len(p.Front.Evergreen.Texts))
}

// Load reads the workspace at root. A problem is the author's to mend; an
// error means that the folder could not be read.
func Load(ctx context.Context, root *os.Root) (*Workspace, error) {
	w := &Workspace{Root: root, Zone: time.UTC}
	src, err := Read(root, ConfigFile, schema.MaxFile+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no %s; `imprimatur init` makes one", root.Name(), ConfigFile)
	}
	if err != nil {
		return nil, plain(err)
	}
	w.Config, w.Source = decode[schema.Config](w, ConfigFile, src)
	if zone, err := time.LoadLocation(w.Config.Timezone); err == nil {
		w.Zone = zone
	}
	people, at, err := optional[schema.People](w, PeopleFile)
	if err != nil {
		return nil, err
	}
	if w.PeopleAt = at; people != nil {
		w.People = people.People
	}
	if w.Freeze, _, err = optional[schema.Freeze](w, FreezeFile); err != nil {
		return nil, err
	}
	if w.Moderation, err = LoadModeration(OnDisk{root}); err != nil { // which keeps no post from going out
		w.Moderation = &Moderation{}
		w.Moderation.problem(schema.Pos{File: ModerationDir, Line: 1, Col: 1}, "moderation/file", cause(err).Error()+"; make it a folder of rules, or take it out")
	}
	if err := w.readCalendars(root.FS()); err != nil {
		return nil, err
	}
	files, err := w.postFiles(root.FS())
	if err != nil {
		return nil, err
	}
	if err := w.readPosts(ctx, files); err != nil {
		return nil, err
	}
	return w, nil
}

func decode[T any](w *Workspace, file string, src []byte) (T, schema.Source) {
	var v T
	at := schema.Source{File: file}
	src, ps := schema.Clean(file, src)
	if len(ps) == 0 {
		at.YAML = src
		v, ps = schema.Decode[T](at)
	}
	w.Problems = append(w.Problems, ps...)
	return v, at
}

// optional reads a file that need not be there.
func optional[T any](w *Workspace, file string) (*T, schema.Source, error) {
	src, err := Read(w.Root, file, schema.MaxFile+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, schema.Source{File: file}, nil
	}
	if err != nil {
		return nil, schema.Source{}, plain(err)
	}
	v, at := decode[T](w, file, src)
	return &v, at, nil
}

// plain is a file error as one line: what was done, to what, and why not.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("cannot read %s: %w", p.Path, p.Err)
	}
	return err
}

// postFiles lists the Markdown files below posts/, in order.
func (w *Workspace) postFiles(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, PostsDir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == PostsDir && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return plain(err)
		case name != PostsDir && strings.HasPrefix(path.Base(name), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			if info, err := fs.Stat(fsys, name); err != nil || !info.Mode().IsRegular() {
				w.Problems = append(w.Problems, schema.Problem{Pos: schema.Pos{File: name, Line: 1, Col: 1}, Check: "workspace/escape", Severity: schema.Error,
					Text: "this link leads out of the workspace, or not to a plain file; put the file itself here"})
				return nil
			}
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			return fmt.Errorf("%s is not a plain file", name)
		}
		if base := path.Base(name); strings.HasSuffix(base, ".md") && !strings.EqualFold(base, "README.md") {
			files = append(files, name)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}
