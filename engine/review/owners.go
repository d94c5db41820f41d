package review

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// OwnersFiles are the places of CODEOWNERS in a repository, in GitHub's order:
// the first that is there counts.
var OwnersFiles = [...]string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// maxOwners is the size from which on GitHub takes no CODEOWNERS, in bytes.
const maxOwners = 3 << 20

// Owners is a CODEOWNERS file.
// Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
type Owners struct {
	File  string
	Bad   string // its first fault, or "": half of it is as good as none
	lines []ownersLine
}

type ownersLine struct {
	pattern string
	owners  []string
}

// owner is a person or a team; GitHub also takes addresses, which tell nobody
// who they belong to.
var (
	owner   = regexp.MustCompile(`^@[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]{1,20}|/[A-Za-z0-9_][A-Za-z0-9._-]{0,99})?$`)
	address = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
)

// ParseOwners reads a CODEOWNERS file.
func ParseOwners(file string, src []byte) *Owners {
	o := &Owners{File: file}
	fault := func(line int, format string, args ...any) {
		if o.Bad == "" {
			o.Bad = fmt.Sprintf("%s:%d: ", file, line) + fmt.Sprintf(format, args...)
		}
	}
	if len(src) >= maxOwners || !utf8.Valid(src) {
		fault(1, "it is too large, or no text in UTF-8")
		return o
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(src), "\ufeff")) {
		n++
		words := fields(line)
		if len(words) == 0 {
			continue
		}
		l := ownersLine{pattern: words[0]}
		switch {
		case strings.HasPrefix(l.pattern, "!"):
			fault(n, "a pattern cannot begin with !; write a line without owners instead")
		case strings.HasPrefix(l.pattern, `\#`):
			fault(n, "a pattern cannot begin with #; rename the file")
		case strings.ContainsAny(l.pattern, "[]"):
			fault(n, "a pattern cannot have [ ]; write a line for each")
		case strings.Trim(l.pattern, "/") == "":
			fault(n, "%s means no file; write * for all", l.pattern)
		}
		for _, w := range words[1:] {
			switch {
			case owner.MatchString(w):
				l.owners = append(l.owners, w)
			case address.MatchString(w):
				fault(n, "nobody can tell whose address %s is; write their login, as in @ana", w)
			default:
				fault(n, "%s is no owner; write @login or @org/team", w)
			}
		}
		o.lines = append(o.lines, l)
	}
	return o
}

// fields are the words of a line before a comment. A backslash keeps a blank
// in a word.
func fields(line string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			word.WriteRune(r)
			escaped = true
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			end()
		case r == '#' && word.Len() == 0:
			return words
		default:
			word.WriteRune(r)
		}
	}
	end()
	return words
}

// Of returns the owners of a file of the repository: those of the last line
// that means it.
func (o *Owners) Of(path string) []string {
	for i := len(o.lines) - 1; i >= 0; i-- {
		if below(o.lines[i].pattern, path) {
			return o.lines[i].owners
		}
	}
	return nil
}
