package ledger

import (
	"errors"
	"fmt"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// Parse reads lines of receipts, as a home keeps them. An error names the
// source and the line.
func Parse(name string, src []byte) ([]schema.Receipt, error) {
	var rs []schema.Receipt
	err := scan(name, src, func(_ []byte, r *schema.Receipt) { rs = append(rs, *r) })
	if bad := (*Damage)(nil); errors.As(err, &bad) {
		return nil, fmt.Errorf("%s:%d: %s", name, bad.Line, bad.Why)
	}
	return rs, err
}

// Missing are those of rs that the ledger has not seen: of each part, what is
// not the same as its newest receipt or older.
func (l *Ledger) Missing(rs []schema.Receipt) []schema.Receipt {
	var missing []schema.Receipt
	for _, r := range rs {
		if e := l.Of(r.Post, r.Channel); e != nil && r.Part >= 1 && r.Part <= len(e.Parts) {
			if last := e.Parts[r.Part-1].Last; last != nil && !r.At.After(last.At) && !(r.At.Equal(last.At) && r.State != last.State) {
				continue
			}
		}
		missing = append(missing, r)
	}
	return missing
}
