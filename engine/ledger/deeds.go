package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// DeedsUnpushed is the file in which deeds wait until they are pushed.
const DeedsUnpushed = "moderation-" + Unpushed

// A form is the kind of lines that a home keeps. Of what is no receipt, the
// home knows the moment alone.
type form struct {
	scan    func(file string, src []byte, each func(text []byte, r *schema.Receipt)) error
	line    func(text []byte, r *schema.Receipt) error
	message func(prefix string, ls []line, moved *string) string
}

var (
	receipts = form{scan, slow, message}
	deeds    = form{scanDeeds, deedAt, deedMessage}
)

// Deeds keep what moderation remembers, as a Home keeps receipts: with the
// same two kinds of home, and the same compare-and-swap.
type Deeds struct {
	home interface {
		each(ctx context.Context, add func(text []byte)) (tip string, err error)
		intend(ctx context.Context, tip string, ls []line) error
		record(ctx context.Context, ls []line) error
		Flush(ctx context.Context) error
		String() string
	}
}

// deedsFolder is where deeds are on the branch, below the folder of their
// workspace. No workspace is called so.
const deedsFolder = ".moderation"

// NewFolderDeeds keeps deeds in a folder below root, which need not be there
// yet.
func NewFolderDeeds(root *os.Root, dir string) *Deeds {
	return &Deeds{folderDeeds{&Folder{root, dir, deeds}}}
}

// NewGitDeeds keeps deeds on the branch, beside the receipts of the workspace
// that repo was opened at. Outcomes wait in the folder state below root.
func NewGitDeeds(repo *git.Repo, root *os.Root, state string) *Deeds {
	return &Deeds{gitDeeds{newGit(repo, path.Join(repo.Prefix, deedsFolder), deeds, root, path.Join(state, DeedsUnpushed))}}
}

func (d *Deeds) String() string { return d.home.String() }

// Read calls f with every deed, oldest first, and returns the tip.
func (d *Deeds) Read(ctx context.Context, f func(*schema.Deed)) (tip string, err error) {
	return d.home.each(ctx, func(text []byte) {
		var one schema.Deed
		if parse(text, &one, "deed") == nil { // it was when the line was scanned
			f(&one)
		}
	})
}

// Intend makes deeds known to every other run if the home still says what tip
// says; else it writes nothing and returns ErrConflict.
func (d *Deeds) Intend(ctx context.Context, tip string, ds []schema.Deed) error {
	ls, err := encodeDeeds(ds)
	if err != nil {
		return err
	}
	return d.home.intend(ctx, tip, ls)
}

// Record keeps deeds where they survive the end of this process.
func (d *Deeds) Record(ctx context.Context, ds []schema.Deed) error {
	ls, err := encodeDeeds(ds)
	if err != nil {
		return err
	}
	return d.home.record(ctx, ls)
}

// Flush makes all that was recorded known to every other run.
func (d *Deeds) Flush(ctx context.Context) error { return d.home.Flush(ctx) }

type folderDeeds struct{ *Folder }

func (f folderDeeds) each(ctx context.Context, add func(text []byte)) (string, error) {
	return f.Folder.each(ctx, func(text []byte, _ *schema.Receipt) { add(text) })
}

type gitDeeds struct{ *Git }

func (g gitDeeds) each(ctx context.Context, add func(text []byte)) (string, error) {
	v, _, err := g.Git.each(ctx, func(text []byte, _ *schema.Receipt) { add(text) })
	if err != nil {
		return "", err
	}
	return v.tip, nil
}

func encodeDeeds(ds []schema.Deed) ([]line, error) {
	ls := make([]line, len(ds))
	for i := range ds {
		d := ds[i]
		for _, t := range []*time.Time{&d.At, &d.Lease, &d.First} {
			if !t.IsZero() {
				*t = t.UTC().Truncate(time.Millisecond)
			}
		}
		if err := soundDeed(&d); err != nil {
			return nil, fmt.Errorf("a deed is not sound: %w", err)
		}
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(&d); err != nil {
			return nil, err
		}
		ls[i] = line{string(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), schema.Receipt{At: d.At, Run: d.Run, Channel: d.Channel}}
	}
	return ls, nil
}

func scanDeeds(file string, src []byte, each func(text []byte, r *schema.Receipt)) error {
	return split(file, src, func(text []byte) error {
		var r schema.Receipt
		if err := deedAt(text, &r); err != nil {
			return err
		}
		each(text, &r)
		return nil
	})
}

func deedAt(text []byte, r *schema.Receipt) error {
	var d schema.Deed
	if err := parse(text, &d, "deed"); err != nil {
		return err
	}
	r.At, r.Run, r.Channel = d.At, d.Run, d.Channel
	return soundDeed(&d)
}

// soundDeed says what is wrong with a deed, or nothing.
func soundDeed(d *schema.Deed) error {
	switch {
	case d.At.IsZero() || d.Run == "" || d.Channel == "":
		return errors.New("it names no moment, run or channel")
	case d.Op == schema.OpRead:
		return nil
	case d.Item == "":
		return errors.New("it names no item")
	case !slices.Contains(schema.DeedOps, d.Op):
		return fmt.Errorf("the op %q is not known", d.Op)
	case !slices.Contains(schema.DeedStates, d.State):
		return fmt.Errorf("the state %q is not known", d.State)
	}
	return nil
}

// deedMessage is the commit's.
func deedMessage(prefix string, ls []line, _ *string) string {
	channels, runs := map[string]bool{}, map[string]bool{}
	for i := range ls {
		channels[ls[i].receipt.Channel], runs[ls[i].receipt.Run] = true, true
	}
	return tidied(prefix + ": moderation of " + few(channels) + " (run " + few(runs) + ")")
}
