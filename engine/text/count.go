package text

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Unit is what a platform counts.
type Unit string

// The units.
const (
	Graphemes  Unit = "graphemes"    // what a reader takes for one character (UAX #29)
	CodePoints Unit = "code points"  // Unicode scalar values
	UTF16      Unit = "UTF-16 units" // what JavaScript's length counts
	Bytes      Unit = "bytes"        // of UTF-8
	// Toots are graphemes, an address counting as the server's reserve and
	// @user@host as @user; see
	// https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
	// (checked 2026-07-02).
	Toots Unit = "characters"
)

// Count measures s. Reserve is what each address counts in Toots.
func Count(s string, u Unit, reserve int) int {
	if u != UTF16 && u != Toots && ascii(s) {
		return len(s) - crlf(s, u)
	}
	switch u {
	case Bytes:
		return len(s)
	case CodePoints:
		return utf8.RuneCountInString(s)
	case UTF16:
		n := 0
		for _, r := range s {
			n += utf16.RuneLen(r)
		}
		return n
	case Toots:
		return toots(s, reserve)
	default:
		return clusters(s)
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// crlf is how much less than its bytes an ASCII text counts: \r\n is one
// grapheme.
func crlf(s string, u Unit) int {
	if u != Graphemes || strings.IndexByte(s, '\r') < 0 {
		return 0
	}
	return strings.Count(s, "\r\n")
}

func clusters(s string) int {
	if ascii(s) {
		return len(s) - crlf(s, Graphemes)
	}
	n := 0
	for it := graphemes.FromString(s); it.Next(); n++ {
	}
	return n
}

// toots counts the stretches between addresses and mentions, and those by
// their own rule.
func toots(s string, reserve int) int {
	n, from := 0, 0
	for i := 0; i < len(s); {
		next := strings.IndexAny(s[i:], "h@")
		if next < 0 {
			break
		}
		i += next
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		skip, counts := 0, 0
		switch {
		case i > 0 && (!boundary(before) || before == '/' && s[i] == '@'):
		case s[i] == 'h':
			skip, counts = Address(s[i:]), reserve
		default:
			skip, counts = mention(s[i:])
		}
		if skip == 0 {
			i++
			continue
		}
		n += clusters(s[from:i]) + counts
		i += skip
		from = i
	}
	return n + clusters(s[from:])
}

// mention is the length in bytes of the @user@host that s begins with, and
// what it counts. It is 0 for a mention without a host, which counts as it is.
func mention(s string) (length, counts int) {
	word := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	user := span(s[1:], func(r rune) bool {
		return r == '.' || r == '-' || r == '_' || r < utf8.RuneSelf && word(r)
	})
	for user > 0 && (s[user] == '.' || s[user] == '-') {
		user--
	}
	if user == 0 || user+1 >= len(s) || s[user+1] != '@' {
		return 0, 0
	}
	host := span(s[user+2:], func(r rune) bool { return r == '.' || r == '-' || word(r) })
	end := user + 2 + host
	for end > user+2 && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	if end == user+2 {
		return 0, 0
	}
	return end, 1 + user
}

func span(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}
