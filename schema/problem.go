// Package schema owns every file the engine reads from or writes to a
// workspace: what it may say, how it decodes, and where in it a mistake is.
package schema

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a file. Line and Col count from 1; Col counts characters.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Severity says whether a problem stops a post.
type Severity string

// The severities. An Error keeps a post from being published.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Off     Severity = "off" // what a workspace says of advice it wants none of; no problem has it
)

// Problem is something the author can fix by editing the workspace. A Go
// error, by contrast, is something they cannot.
type Problem struct {
	Pos
	Check    string   `json:"check"` // "area/what-is-wrong"
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`              // what is wrong, then what to do
	Fix      Fix      `json:"fixable,omitempty"` // what mends it, where a program can
}

func (p Problem) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", p.Pos, p.Severity, p.Text, p.Check)
}

// Sort orders problems by place, then check, then text, and drops repeats, so
// that output never depends on the order of work.
func Sort(ps []Problem) []Problem {
	slices.SortFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Check, b.Check), cmp.Compare(a.Text, b.Text))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool {
		return a.Pos == b.Pos && a.Check == b.Check && a.Severity == b.Severity && a.Text == b.Text
	})
}

// Errors reports whether any of ps is an error.
func Errors(ps []Problem) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == Error })
}
