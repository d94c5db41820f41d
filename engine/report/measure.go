package report

import (
	"fmt"

	"github.com/imprimatur-ci/imprimatur/engine/moderate"
)

// Measured tells how well rules find what they should.
func (t *Text) Measured(m moderate.Measured) {
	rows := [][]cell{{{"", ""}, {"found", faint}, {"plainly", faint}, {"false alarms", faint}, {"plainly", faint}}}
	for _, c := range append(m.Categories, m.Category) {
		name := c.Name
		if name == "" {
			name = "without a category"
		}
		rows = append(rows, []cell{{Clean(name), ""}, {of(c.Found, c.Hits), ""}, {of(c.Plain, c.Hits), faint}, {of(c.Alarms, c.Benign), ""}, {of(c.Loud, c.Benign), faint}})
	}
	t.table(rows)
}

// of is a share as a number of a number, and of a hundred.
func of(n, all int) string {
	if all == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d, %.1f %%", n, all, 100*float64(n)/float64(all))
}
