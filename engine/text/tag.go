package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTag is the longest tag in bytes; see
// https://github.com/bluesky-social/atproto/blob/d6296a1/lexicons/app/bsky/richtext/facet.json
// (checked 2026-08-20).
const maxTag = 640

// appendTags appends a facet for every #tag in s from byte start on. A tag
// begins after a blank or an opening bracket and holds more than digits.
func appendTags(to []Facet, s string, start int) []Facet {
	for i := start; i < len(s); {
		at := strings.IndexByte(s[i:], '#')
		if at < 0 {
			return to
		}
		at += i
		i = at + 1
		if before, _ := utf8.DecodeLastRuneInString(s[:at]); at > 0 && !unicode.IsSpace(before) && !strings.ContainsRune("([{«“\"'", before) {
			continue
		}
		end := at + 1
		digits := true
		for end < len(s) {
			r, n := utf8.DecodeRuneInString(s[end:])
			if !TagRune(r) {
				break
			}
			digits = digits && unicode.IsDigit(r)
			end += n
		}
		if tag := s[at+1 : end]; tag != "" && !digits && len(tag) <= maxTag {
			to = append(to, Facet{at, end, FacetTag, tag})
			i = end
		}
	}
	return to
}

// TagRune reports whether r may stand in a tag.
func TagRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u200d'
}

// HasTag reports whether s already says #tag, in any case.
func HasTag(s, tag string) bool {
	if strings.IndexByte(s, '#') < 0 {
		return false
	}
	for _, f := range appendTags(nil, s, 0) {
		if strings.EqualFold(f.Value, tag) {
			return true
		}
	}
	return false
}
