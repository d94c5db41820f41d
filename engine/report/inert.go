package report

import (
	"regexp"
	"strings"
	"unicode"
)

// Inert is text that came from a file or a server, as a piece of a line of
// GitHub's Markdown: it reads as exactly that text, with every run of white
// space as one space, and does nothing. It mentions nobody, refers to no issue
// or commit, and is no link, picture, HTML, emoji, formula or mark of a block.
// What GitHub would act on stands in a code span: there alone it does not.
func Inert(s string) string {
	words := strings.Fields(Clean(s))
	for i, w := range words {
		if !harmless(w) {
			words[i] = code(w)
		}
	}
	return strings.Join(words, " ")
}

// harmless reports whether a word may stand as it is, also where a line
// begins: letters and digits with the punctuation of plain prose.
func harmless(w string) bool {
	letters := false
	for _, r := range w {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			letters = true
		case unicode.In(r, unicode.M, unicode.So) || r == zwj: // accents, emoji
		case !strings.ContainsRune(".,;:!?'\"()/-«»“”„’‘…–—%", r):
			return false
		}
	}
	return letters && !acted.MatchString(w)
}

const zwj = '\u200d'

// acted is what GitHub makes something of without any mark: an address, a
// commit, an issue (GH-1), an emoji (:x:), a numbered list, a command for a
// bot (/x), a host.
var acted = regexp.MustCompile(`(?i)//|www\.|^[/:-]|:.*:|:[^"').,;!?»”’]|[0-9a-f]{7,}|GH-|^[(]?\d+[.)]|[a-z0-9]\.[a-z]`)

// code is a code span that reads as s, which is one line without white space
// at its ends.
func code(s string) string {
	ticks := strings.Repeat("`", longest(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " " // Markdown takes them off again
	}
	return ticks + s + ticks
}

// Fence is text of several lines that came from a file or a server, as a block
// of GitHub's Markdown: it reads as exactly that text, without what a terminal
// would act on, and does nothing.
func Fence(s string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	s = strings.TrimSuffix(strings.Join(lines, "\n"), "\n")
	ticks := strings.Repeat("`", max(3, longest(s)+1))
	return ticks + "text\n" + s + "\n" + ticks
}

// longest is the length of the longest run of backticks.
func longest(s string) int {
	most, n := 0, 0
	for _, r := range s {
		if n++; r != '`' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}
