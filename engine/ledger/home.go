package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Home keeps receipts.
type Home interface {
	// Read replays every receipt, also those that this machine holds and could
	// not yet bring home.
	Read(ctx context.Context) (*Ledger, error)
	// Intend makes intents known to every other run, and with them all that was
	// recorded, if the home still says what tip says; else it writes nothing
	// and returns ErrConflict.
	Intend(ctx context.Context, tip string, rs []schema.Receipt) error
	// Record keeps outcomes where they survive the end of this process, and a
	// power cut.
	Record(ctx context.Context, rs []schema.Receipt) error
	// Flush makes all that was recorded known to every other run. It may be
	// called again after an error, and while Record is.
	Flush(ctx context.Context) error
	// String names the home for people.
	String() string
}

// ErrConflict means that another run wrote to the ledger first.
var ErrConflict = errors.New("another run wrote to the ledger at the same time")

// A Damage is a place of a ledger that cannot be believed. Such a ledger is
// refused as a whole: stopping is better than posting twice.
type Damage struct {
	File string
	Line int // from 1; 0 is the file as a whole
	Why  string
	Mend string // what to do
}

func (d *Damage) Error() string {
	place := d.File
	if d.Line > 0 {
		place = fmt.Sprintf("%s:%d", d.File, d.Line)
	}
	return fmt.Sprintf("the ledger is damaged at %s: %s; nothing is published until %s", place, d.Why, d.Mend)
}

// A MovedError means that the receipts were moved to another home, and that
// nothing must be read or written here any more.
type MovedError struct {
	Home string // for people
	To   string // what imprimatur.yaml must say
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("the ledger was moved away from %s; write `ledger: %s` in imprimatur.yaml", e.Home, e.To)
}

// What a home holds beside its months.
const (
	movedFile = "MOVED"
	ending    = ".jsonl"
	maxFile   = 100 << 20 // bytes of one file; hosts of git take no longer ones
	maxAll    = 1 << 30   // bytes of a ledger
)

// month is the first file that a receipt of a moment may stand in. The order
// of the names is the order of the files.
func month(at time.Time) string { return at.UTC().Format("2006-01") + ending }

// isMonth reports whether a file holds receipts: 2027-01.jsonl, and when that
// is full 2027-01_002.jsonl.
func isMonth(name string) bool {
	stem, ok := strings.CutSuffix(name, ending)
	if !ok || len(stem) < 7 {
		return false
	}
	if _, err := time.Parse("2006-01", stem[:7]); err != nil {
		return false
	}
	more := stem[7:]
	return more == "" || len(more) == 4 && more[0] == '_' && digits(more[1:])
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// following is the file after one that is full. The last of a month takes
// whatever comes.
func following(name string) string {
	stem := strings.TrimSuffix(name, ending)
	n, err := strconv.Atoi(strings.TrimPrefix(stem[7:], "_"))
	if err != nil {
		n = 1
	}
	return fmt.Sprintf("%s_%03d%s", stem[:7], min(n+1, 999), ending)
}

// A chunk is what goes to the end of one file.
type chunk struct {
	file  string
	lines []byte
}

// spread says where lines go: on from the newest file, which has size bytes,
// so that they are read in the order they were written. A file of full bytes
// is followed by another.
func spread(newest string, size, full int, ls []line) []chunk {
	var cs []chunk
	for _, l := range ls {
		file := max(newest, month(l.receipt.At))
		if file == newest && size >= full {
			file = following(newest)
		}
		if file != newest {
			newest, size = file, 0
		}
		if len(cs) == 0 || cs[len(cs)-1].file != file {
			cs = append(cs, chunk{file: file})
		}
		c := &cs[len(cs)-1]
		c.lines = append(append(c.lines, l.text...), '\n')
		size += len(l.text) + 1
	}
	return cs
}

// stray reports whether a file beside the months looks like receipts that
// nobody would read: a copy, or one that was renamed.
func stray(name string) bool {
	return !isMonth(name) && !strings.HasPrefix(name, ".") &&
		(strings.Contains(name, ".json") || len(name) >= 7 && digits(name[:4]) && name[4] == '-' && digits(name[5:7]))
}

const whyStray = "it is not the name of a month, as in 2027-01.jsonl, and what it says would be forgotten"
