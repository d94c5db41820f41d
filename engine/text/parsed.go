package text

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// parsed counts the characters that Telegram shows of its HTML; see
// https://github.com/tdlib/td/blob/022d60202/td/telegram/MessageEntity.cpp
// (checked 2026-07-17). A tag that never ends is counted as it stands.
func parsed(s string) int {
	n := 0
	for {
		i := strings.IndexAny(s, "<&")
		if i < 0 {
			return n + utf8.RuneCountInString(s)
		}
		n += utf8.RuneCountInString(s[:i])
		s = s[i:]
		if s[0] == '&' {
			n++
			s = s[max(1, telegramReference(s)):]
			continue
		}
		tag := tagLen(s)
		if tag == 0 {
			return n + utf8.RuneCountInString(s)
		}
		s = s[tag:]
	}
}

// tagLen is the length of the tag that s begins with, or 0 when it never ends.
// What stands between quotation marks does not end it.
func tagLen(s string) int {
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return 0
}

// telegramReference is the length of the character reference that s begins with, or 0.
// Telegram knows four by name, and numbers; the semicolon may be missing.
func telegramReference(s string) int {
	i := 1
	if i < len(s) && s[i] == '#' {
		i = numeric(s)
	} else {
		for i < len(s) && s[i] > '9' && alnum(rune(s[i])) {
			i++
		}
		if name := s[1:i]; name != "lt" && name != "gt" && name != "amp" && name != "quot" {
			return 0
		}
	}
	if i > 0 && i < len(s) && s[i] == ';' {
		i++
	}
	return i
}

// numeric is where the digits of the numeric reference end that s begins with,
// or 0 when it is none.
func numeric(s string) int {
	const longest = 10
	i, base := len("&#"), 10
	if strings.HasPrefix(s, "&#x") {
		i, base = len("&#x"), 16
	}
	digits := span(s[i:min(len(s), longest)], func(r rune) bool {
		return r >= '0' && r <= '9' || base == 16 && r|0x20 >= 'a' && r|0x20 <= 'f'
	})
	value, err := strconv.ParseUint(s[i:i+digits], base, 32)
	if i += digits; err != nil || value == 0 || value >= utf8.MaxRune || i >= longest {
		return 0
	}
	return i
}
