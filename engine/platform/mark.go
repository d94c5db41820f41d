package platform

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Mark is how far a Reader has come; its String is the cursor. A platform's
// list changes behind the last thing read: late ones come in, and old ones are
// edited. So a mark stands some way back, and knows what was read since.
type Mark struct {
	At   string   // a place in the platform's list: what stands there or before is done with
	Last string   // the last place read
	seen []string // versions of what was read after At, or shortly before, eight letters each
}

// An Entry is one line of a platform's list.
type Entry struct {
	At   string // its place: letters, digits and what stands in times
	Item *Item  // nil: nothing to be read
}

var errCursor = errors.New("this is no cursor of ours, or of another version; begin without one")

// ParseMark reads a cursor.
func ParseMark(cursor string) (Mark, error) {
	parts := strings.Split(cursor, "~")
	if len(parts) != 4 || parts[0] != "1" || parts[1] == "" || len(cursor) > 1<<16 || len(parts[3])%8 != 0 || strings.ContainsAny(cursor, " \n") {
		return Mark{}, errCursor
	}
	m := Mark{At: parts[1], Last: parts[2]}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(parts[3]); err != nil {
		return Mark{}, errCursor
	}
	for all := parts[3]; all != ""; all = all[8:] {
		m.seen = append(m.seen, all[:8])
	}
	return m, nil
}

// String is the mark as a cursor.
func (m Mark) String() string {
	return strings.Join([]string{"1", m.At, m.Last, strings.Join(m.seen, "")}, "~")
}

// version names an item as it is now.
func version(i *Item) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", i.ID, i.Rev))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// Next returns what was not read yet of the entries after m.At, which are in
// order and begin right there, and the mark behind them. The last so many
// entries stay after the new mark's place, to be looked at again.
func (m Mark) Next(entries []Entry, back int) ([]Item, Mark) {
	next := Mark{At: m.At, Last: m.Last}
	n := len(entries)
	if n > 0 {
		next.Last = entries[n-1].At
	}
	if n > back {
		next.At = entries[n-1-back].At
	}
	var fresh []Item
	var kept, here []string
	for i, e := range entries {
		if e.Item == nil {
			continue
		}
		v := version(e.Item)
		if !slices.Contains(m.seen, v) && !slices.Contains(here, v) {
			fresh = append(fresh, *e.Item)
		}
		here = append(here, v)
		if i >= n-back && !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	// what is not there now, being hidden for a while, is not new when it comes back
	gone := slices.DeleteFunc(slices.Clone(m.seen), func(v string) bool { return slices.Contains(kept, v) })
	next.seen = slices.Concat(gone[max(0, len(gone)-back):], kept)
	return fresh, next
}
