package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTerm is the most characters of a term of a word list.
const MaxTerm = 200

// A Term is one line of a word list.
type Term struct {
	Pos
	Text string
}

// Terms reads a cleaned word list: one term a line, a # at the start of a line
// or behind a blank begins a comment. A term in double quotes may begin with a
// #.
func Terms(file string, src []byte) ([]Term, []Problem) {
	var terms []Term
	var ps []Problem
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			continue
		}
		if i := strings.Index(text, " #"); i > 0 {
			text = strings.TrimSpace(text[:i])
		}
		if i := strings.Index(text, "\t#"); i > 0 {
			text = strings.TrimSpace(text[:i])
		}
		if len(text) > 2 && text[0] == '"' && text[len(text)-1] == '"' {
			text = text[1 : len(text)-1]
		}
		col := 1 + utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeftFunc(line, unicode.IsSpace))
		at := Pos{file, n, col}
		if says := NoTerm(text); says != "" {
			ps = append(ps, Problem{Pos: at, Check: "moderation/term", Severity: Error, Text: says})
			continue
		}
		terms = append(terms, Term{at, text})
	}
	return terms, ps
}

// NoTerm says why text cannot be looked for, or is empty.
func NoTerm(text string) string {
	switch {
	case strings.Trim(text, "* \t") == "":
		return "a term of nothing but * or blanks is in every text; write the letters that it has"
	case utf8.RuneCountInString(text) > MaxTerm:
		return fmt.Sprintf("the term has more than %d characters; a list has one term a line", MaxTerm)
	}
	return ""
}
