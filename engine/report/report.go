// Package report tells people and programs what was found, planned and done.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// JSON writes v as indented JSON. A runner that shows it takes "##[" for a
// command anywhere in a line: a string has it spelt otherwise.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("##["), []byte(`#\u0023[`)))
	return err
}

// Text writes reports for people. Color is for terminals only.
type Text struct {
	W     io.Writer
	Color bool
	err   error
}

// Err is the first error of writing.
func (t *Text) Err() error { return t.err }

func (t *Text) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(t.W, format, args...); err != nil && t.err == nil {
		t.err = err
	}
}

// The colours of words.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

// paint colours a word on a terminal.
func (t *Text) paint(color, s string) string {
	if !t.Color || color == "" || s == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

// Clean takes out what a terminal would act on: what files and servers say is
// not to be trusted with it.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}

// A cell is one entry of a table.
type cell struct{ text, color string }

// table writes rows with their columns aligned. The last column is not padded.
func (t *Text) table(rows [][]cell) {
	var width []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			if i < len(row)-1 {
				width[i] = max(width[i], wide(c.text))
			}
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, c := range row {
			b.WriteString(t.paint(c.color, c.text))
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", width[i]-wide(c.text)+2))
			}
		}
		t.printf("%s\n", strings.TrimRight(b.String(), " "))
	}
}

func wide(s string) int { return text.Count(s, text.Graphemes, 0) }

// A Finding is a problem as it was found, and maybe mended.
type Finding struct {
	schema.Problem
	Mended bool `json:"mended,omitempty"`
}

// Problems lists problems by place, then says how many there are.
func (t *Text) Problems(ps []schema.Problem) {
	errors, warnings, fixable := 0, 0, 0
	for _, p := range ps {
		color := red
		if p.Severity == schema.Warning {
			color, warnings = yellow, warnings+1
		} else {
			errors++
		}
		if len(p.Fix) > 0 {
			fixable++
		}
		t.problem(p, color, string(p.Severity))
	}
	if errors+warnings == 0 {
		t.printf("%s\n", t.paint(green, "No problems."))
		return
	}
	t.printf("\n%s, %s.\n", Many(errors, "error"), Many(warnings, "warning"))
	if fixable > 0 {
		t.printf("%d of these can be mended with `imprimatur check --fix`.\n", fixable)
	}
}

// Mended lists problems that are gone.
func (t *Text) Mended(ps []schema.Problem) {
	for _, p := range ps {
		t.problem(p, green, "mended")
	}
	if len(ps) > 0 {
		t.printf("\n%s mended.\n\n", Many(len(ps), "problem"))
	}
}

// List lists problems, and no more.
func (t *Text) List(ps []schema.Problem) {
	for _, p := range ps {
		t.problem(p, red, string(p.Severity))
	}
}

func (t *Text) problem(p schema.Problem, color, word string) {
	t.printf("%s: %s: %s %s\n", t.paint(bold, Clean(p.Pos.String())), t.paint(color, word), Clean(p.Text), t.paint(faint, "["+p.Check+"]"))
}

// Many is a number with its noun.
func Many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
