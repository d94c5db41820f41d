package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
	"github.com/imprimatur-ci/imprimatur/engine/ledger"
	"github.com/imprimatur-ci/imprimatur/engine/moderate"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/tend"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
)

// Tending says how to moderate.
type Tending struct {
	Clock func() time.Time
	Run   string        // names the run in the memory; made up when empty
	Lease time.Duration // 0: tend.DefaultLease
	Most  int           // 0: tend.DefaultMost
	Act   bool          // or only look
	// Items are recorded ones to look at in the place of what is new; nil:
	// what is new.
	Items []moderate.Item
	// Thrown says that this machine is thrown away after the run, and with it
	// what is not kept elsewhere.
	Thrown bool
}

// Moderated is what a look at the channels found, and what was done.
type Moderated struct {
	Run      string          `json:"run"`
	Acted    bool            `json:"acted"` // or only looked
	Channels []*tend.Channel `json:"channels"`
	Cases    []*tend.Case    `json:"cases"`
	Loud     []string        `json:"loud"`  // what people must know
	Alone    []string        `json:"alone"` // channels that lack credentials
}

// OK reports whether nothing failed and nothing was left alone that a run was
// to do.
func (m *Moderated) OK() bool {
	return !slices.ContainsFunc(m.Channels, func(c *tend.Channel) bool { return c.Trouble != "" }) &&
		(!m.Acted || !slices.ContainsFunc(m.Cases, func(c *tend.Case) bool { return !c.Settled() }))
}

var (
	usualMemory = path.Join(workspace.StateDir, "moderation")
	memoryKey   = path.Join(usualMemory, "key")
)

var errFleeting = errors.New("this machine is thrown away after the run, and with it the memory of what was done: everybody would be answered again; write `ledger: git` in imprimatur.yaml")

// Moderate reads the channels and has the rules decide; with Tending.Act it
// does what they want.
func (s *Space) Moderate(ctx context.Context, o Tending) (Moderated, error) {
	out := Moderated{Run: cmp.Or(o.Run, strings.ToLower(rand.Text()[:10])), Acted: o.Act, Alone: []string{}}
	if o.Act && o.Thrown {
		switch fleeting, err := s.Fleeting(ctx); {
		case err != nil:
			return out, err
		case fleeting:
			return out, errFleeting
		}
	}
	r, alone, err := s.tender(ctx, o)
	if err != nil {
		return out, err
	}
	r.ID = out.Run
	out.Alone = append(out.Alone, alone...)
	for start, try := o.Clock(), 1; ; try++ {
		scene, err := r.Look(ctx)
		if err != nil {
			return out, err
		}
		if o.Act {
			err = r.Do(ctx, scene)
		}
		out.Channels, out.Cases, out.Loud = append([]*tend.Channel{}, scene.Channels...), append([]*tend.Case{}, scene.Cases...), append([]string{}, scene.Loud...)
		if !errors.Is(err, ledger.ErrConflict) || o.Clock().Sub(start) > race {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, context.Cause(ctx)
		case <-time.After(time.Duration(mathrand.IntN(100*min(try, 20))) * time.Millisecond):
		}
	}
}

// Undo takes back what moderation did, and has no rule do it again. Without
// act it only says what that is.
func (s *Space) Undo(ctx context.Context, o Tending, w tend.Which, by string) (Moderated, error) {
	out := Moderated{Run: cmp.Or(o.Run, strings.ToLower(rand.Text()[:10])), Acted: o.Act, Alone: []string{}, Channels: []*tend.Channel{}, Loud: []string{}}
	r, alone, err := s.tender(ctx, o)
	if err != nil {
		return out, err
	}
	r.ID, out.Alone = out.Run, append(out.Alone, alone...)
	scene, err := r.Undoable(ctx, w)
	if err == nil && o.Act {
		err = r.Undo(ctx, scene, by)
	}
	if scene != nil {
		out.Cases = append([]*tend.Case{}, scene.Cases...)
	}
	return out, err
}

// tender prepares a run, and lists the channels that lack credentials.
func (s *Space) tender(ctx context.Context, o Tending) (*tend.Run, []string, error) {
	home, err := s.engine.Memory(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	names, err := s.names()
	if err != nil {
		return nil, nil, err
	}
	r := &tend.Run{Home: home, Names: names, Rules: s.Rules, Clock: o.Clock, Lease: o.Lease, Most: o.Most, Brand: s.Config.Brand, Items: o.Items}
	if in := s.input(ledger.New(), o.Clock(), 0); in.Freeze != nil && (in.Freeze.Until.IsZero() || o.Clock().Before(in.Freeze.Until)) {
		r.Frozen = in.Freeze.Reason
	}
	if keep := time.Duration(s.Config.Moderation.Record); keep > 0 {
		r.Keep = func(items []moderate.Item) error { return s.record(items, o.Clock(), keep) }
	}
	address := ""
	if repo, err := s.repository(ctx); err == nil {
		address, _ = repo.Address(ctx)
	}
	f, err := s.engine.Forge(ctx, address)
	switch {
	case err == nil:
		r.Desk = &issues{space: s, forge: f, names: names, now: o.Clock}
	case !o.Thrown:
		r.Desk = &drawer{space: s, names: names}
	}
	var alone []string
	for _, c := range s.Channels {
		src, err := s.source(ctx, c, o.Clock)
		switch {
		case errors.Is(err, errAlone):
			alone = append(alone, c.Name)
		case err != nil:
			return nil, nil, fmt.Errorf("%s: %w", c.Name, err)
		case src != nil:
			r.Sources = append(r.Sources, src)
		}
	}
	return r, alone, nil
}

var errAlone = errors.New("it lacks credentials")

// source is a channel as moderation sees it; nil where there is nothing to be
// read and nothing to be done.
func (s *Space) source(ctx context.Context, c *platform.Channel, now func() time.Time) (*tend.Source, error) {
	src := &tend.Source{Channel: c.Name, Platform: c.Platform.Name, Repeat: c.Platform.Repeat}
	if c.Platform.Name == "github" {
		f, err := s.engine.Forge(ctx, "https://github.com/"+c.Settings["repository"])
		if errors.Is(err, forge.ErrAuth) {
			return nil, errAlone
		} else if err != nil {
			return nil, err
		}
		t := &talk{forge: f, now: now}
		src.Reader, src.Moderator = t, t
		return src, nil
	}
	if c.Platform.ByHand() || !c.Platform.Can(platform.Read) && !c.Platform.Can(platform.Moderate) {
		return nil, nil
	}
	if len(s.engine.missing(c)) > 0 {
		return nil, errAlone
	}
	conn, err := s.Connect(c)
	if err != nil {
		return nil, err
	}
	src.Conn = conn
	src.Reader, _ = conn.(platform.Reader)
	src.Moderator, _ = conn.(platform.Moderator)
	src.Write = func(words string, item *platform.Item) (platform.Part, error) { return answer(c, words, item) }
	return src, nil
}

var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]}'»]`)

// answer is the part that answers an item: plain words, with what in them is a
// link or calls the author.
func answer(c *platform.Channel, words string, item *platform.Item) (platform.Part, error) {
	handle := strings.TrimPrefix(item.Author.Handle, "@")
	if handle != "" && c.Profile.People == platform.AtHandle && !strings.Contains(words, "@"+handle) {
		words = "@" + handle + " " + words // or nobody is told
	}
	var part text.Part
	for para := range strings.SplitSeq(strings.TrimSpace(words), "\n\n") {
		b := text.Block{Kind: text.Paragraph}
		for i, line := range strings.Split(para, "\n") {
			if i > 0 {
				b.Spans = append(b.Spans, text.Span{Role: text.Break})
			}
			b.Spans = append(b.Spans, spans(line, handle)...)
		}
		part.Blocks = append(part.Blocks, b)
	}
	written := c.Profile.Markup.Write(part, text.Names{Person: func(string) text.Handle { return text.Handle{Name: handle, Handle: handle} }})
	p := platform.Part{Text: written.String, Facets: written.Facets}
	for _, l := range c.Profile.Text {
		if n := l.Count(p.Text); n > l.Max {
			return p, fmt.Errorf("it is %d long, and %s takes %d", n, c.Platform.Title, l.Max)
		}
	}
	if c.Profile.Langs {
		p.Lang = item.Lang
	}
	if item.Private {
		if !slices.Contains(c.Profile.Visible, platform.Direct) && len(c.Profile.Visible) == 0 {
			return p, fmt.Errorf("%s has no private answers", c.Platform.Title)
		}
		p.Visibility = platform.Direct
	}
	return p, nil
}

// spans are the pieces of a line of words.
func spans(line, handle string) []text.Span {
	var all []text.Span
	add := func(s string) {
		for handle != "" && s != "" {
			before, after, found := strings.Cut(s, "@"+handle)
			if !found {
				break
			}
			if before != "" {
				all = append(all, text.Span{Text: before})
			}
			all = append(all, text.Span{Text: handle, Role: text.Person})
			s = after
		}
		if s != "" {
			all = append(all, text.Span{Text: s})
		}
	}
	last := 0
	for _, at := range address.FindAllStringIndex(line, -1) {
		add(line[last:at[0]])
		all = append(all, text.Span{Text: line[at[0]:at[1]], Link: line[at[0]:at[1]], Role: text.URL})
		last = at[1]
	}
	add(line[last:])
	return all
}

// remembered is where what moderation did is kept: beside the ledger.
func remembered(ctx context.Context, s *Space) (tend.Home, error) {
	switch at := cmp.Or(s.Config.Ledger, usualFolder); at {
	case inGit:
		repo, err := s.repository(ctx)
		if err != nil {
			return nil, fmt.Errorf("what moderation did cannot be remembered in git here: %w", err)
		}
		if err := ours(ctx, repo, ledger.DeedsUnpushed); err != nil {
			return nil, err
		}
		return ledger.NewGitDeeds(repo, s.Root, workspace.StateDir), nil
	case usualFolder:
		if err := s.private(usualMemory); err != nil {
			return nil, err
		}
		return ledger.NewFolderDeeds(s.Root, usualMemory), nil
	default:
		return ledger.NewFolderDeeds(s.Root, path.Join(at, ".moderation")), nil
	}
}

// names are the keyed names of items. What can come into git needs a key that
// never does; what stays on this machine gets one of its own.
func (s *Space) names() (*tend.Names, error) {
	setting := s.Config.Moderation.Key
	if setting != "" {
		name := s.ModerationKey()
		key := s.engine.Getenv(name)
		if key == "" {
			return nil, fmt.Errorf("%s is not set: it is the key under which moderation remembers people without naming them", name)
		}
		names, err := tend.NewNames(key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return names, nil
	}
	if cmp.Or(s.Config.Ledger, usualFolder) != usualFolder {
		return nil, errors.New("what moderation remembers is to be in git, which forgets nothing, so people must not be named there: write `moderation: {key: \"${MODERATION_KEY}\"}` in imprimatur.yaml, and set that secret, as `openssl rand -hex 32` makes it")
	}
	key, err := workspace.Read(s.Root, memoryKey, 1000)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.private(usualMemory); err != nil {
			return nil, err
		}
		key = []byte(rand.Text() + rand.Text())
		if err := s.Root.WriteFile(memoryKey, key, 0o600); err != nil {
			return nil, fmt.Errorf("cannot keep the key of moderation: %w", err)
		}
	} else if err != nil {
		return nil, err
	}
	return tend.NewNames(string(key))
}

// ModerationKey is the environment variable with the key of moderation, or "".
func (s *Space) ModerationKey() string {
	return strings.TrimSuffix(strings.TrimPrefix(s.Config.Moderation.Key, "${"), "}")
}

// private makes a folder that git does not see.
func (s *Space) private(dir string) error {
	if err := s.Root.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", dir, err)
	}
	ignore := path.Join(dir, ".gitignore")
	if _, err := s.Root.Stat(ignore); err == nil {
		return nil
	}
	return s.Root.WriteFile(ignore, []byte("*\n"), 0o644)
}
