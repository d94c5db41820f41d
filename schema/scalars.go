package schema

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// scalar is a single value as it is best written, inside [] and {} or not.
// Quotes that are there to tell text from a number stay.
func (p *layouter) scalar(n *yaml.Node, s *shape, inFlow bool) string {
	read := p.spell(n)
	if n.Kind != yaml.ScalarNode || !read.sure(n) {
		p.lost = true
		return ""
	}
	raw := string(p.src[read.start:read.end])
	if s == nil {
		return raw
	}
	if f, ok := forms[s.typ]; ok {
		return f.tidy(n.Value, raw)
	}
	switch {
	case s.kind != reflect.String && s.kind != reflect.Struct || n.ShortTag() != "!!str": // of a mapping: a word in its place
		return raw
	case n.Style == 0 && (!inFlow || !strings.ContainsAny(raw, ",[]{}")):
		return raw
	case n.Style&yaml.DoubleQuotedStyle != 0 && !simple.MatchString(raw), strings.ContainsAny(n.Value, "\t\n"):
		return raw // somebody wants to see what is there
	case inFlow && !bare(n.Value, true), strings.Contains(n.Value, " "):
		return inQuotes(n.Value) // words get a colon or a # one day: their quotes stay
	}
	return Quote(n.Value)
}

// Quote is text as a YAML value of a line of its own, in quotes where it needs
// them, or will when somebody goes on writing: when it is more than a word.
// What YAML cannot hold on one line is left out.
func Quote(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if strange([]byte(string(r))) >= 0 {
			return -1
		}
		return r
	}, s)
	if bare(s, false) && !strings.Contains(s, " ") {
		return s
	}
	return inQuotes(s)
}

func inQuotes(s string) string {
	if strings.ContainsAny(s, `"\`) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return `"` + s + `"`
}

// simple is a text in double quotes without escapes but those that it needs.
var simple = regexp.MustCompile(`^"([^\\]|\\["\\])*"$`)

// moment is a time in the usual form, or else raw. A zone stays as it is.
func moment(value, raw string) string {
	m := timeForm.FindStringSubmatch(value)
	if m == nil {
		return raw
	}
	hour, seconds, zone := m[3], m[4], m[6]
	minutes := value[len("2006-01-02 ")+len(hour):][:len(":04")]
	if len(hour) == 1 {
		hour = "0" + hour
	}
	between := " "
	if zone != "" {
		between = "T"
	}
	switch {
	case zone != "" && seconds == "":
		seconds = ":00"
	case zone == "" && seconds == ":00":
		seconds = ""
	}
	return value[:len("2006-01-02")] + between + hour + minutes + seconds + zone
}

// Words that some program or other reads as something else than text.
var words = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nil", "nan", "inf"}

// bare reports whether text needs no quotes, whoever reads it. A doubt is no.
func bare(s string, inFlow bool) bool {
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if s == "" || unicode.IsSpace(first) || unicode.IsSpace(last) || last == ':' || strange([]byte(s)) >= 0 || strings.ContainsAny(s, "\t\n") {
		return false
	}
	if inFlow && strings.ContainsAny(s, ",[]{}:#") || strings.Contains(s, ": ") || strings.Contains(s, " #") {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(s, w) {
			return false
		}
	}
	if first < utf8.RuneSelf && !unicode.IsLetter(first) && !strings.ContainsRune("/($_", first) {
		// a number, a time, an address of some kind: only what is clearly words
		if !unicode.IsDigit(first) {
			return false
		}
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !strings.ContainsRune("abcdefABCDEFxXoOtTzZ", r) })
	}
	return true
}
