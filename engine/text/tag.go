package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxTag is the longest tag in bytes; see
// https://github.com/bluesky-social/atproto/blob/d6296a1/lexicons/app/bsky/richtext/facet.json
// (checked 2026-08-20).
const maxTag = 640

// appendTags appends a facet for every #tag in s from byte start on. A tag
// begins after a blank or an opening bracket and holds a letter.
func appendTags(to []Facet, s string, start int) []Facet {
	for i := start; ; {
		at, size := nextSign(s, i, '#', "＃")
		if size == 0 {
			return to
		}
		i = at + size
		if before, _ := utf8.DecodeLastRuneInString(s[:at]); at > 0 && !opensTag(before) {
			continue
		}
		if strings.HasPrefix(s[i:], "\ufe0f") || strings.HasPrefix(s[i:], "\u20e3") {
			continue // an emoji
		}
		end := i
		letter := false
		for end < len(s) {
			r, n := utf8.DecodeRuneInString(s[end:])
			if !TagRune(r) {
				break
			}
			letter = letter || unicode.IsLetter(r)
			end += n
		}
		if tag := s[i:end]; letter && len(tag) <= maxTag {
			to = append(to, Facet{at, end, FacetTag, tag})
			i = end
		}
	}
}

// opensTag reports whether a tag may begin right after r.
func opensTag(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([{«“\"'", r) }

// TagRune reports whether r may stand in a tag.
func TagRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u200c' || r == '\u200d'
}

// Tags are the tags that s says.
func Tags(s string) []Facet {
	return appendTags(nil, s, 0)
}

// SameTag reports whether platforms take two tags for the same: in any case,
// however their accents are written.
func SameTag(a, b string) bool {
	return strings.EqualFold(a, b) || strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}
