package report

import "github.com/imprimatur-ci/imprimatur/engine/check"

// Checks lists the checks that give advice.
func (t *Text) Checks(all []check.Advice) {
	rows := make([][]cell, len(all))
	for i, a := range all {
		rows[i] = []cell{{a.ID, bold}, {string(a.Severity), faint}, {a.About, ""}}
	}
	t.table(rows)
}
