package text

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Unit is what a platform counts. Its text is the word for it that people
// read.
type Unit string

// The units. Each is counted in the text as it is sent, markup and all.
const (
	Graphemes  Unit = "graphemes"    // what a reader takes for one character (UAX #29)
	CodePoints Unit = "code points"  // Unicode scalar values
	UTF16      Unit = "UTF-16 units" // what JavaScript's length counts
	Bytes      Unit = "bytes"        // of UTF-8
	// Toots are graphemes, an address with a scheme counting as the server's
	// reserve and @user@host as @user; see
	// https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
	// (checked 2026-11-22).
	Toots Unit = "characters"
	// Weighted is X's count, by version 3 of its configuration: of the text in
	// NFC, an address counts as the reserve, with a scheme or without, an emoji
	// of however many characters 2, and any other character 1 or 2 by where
	// Unicode has it; see
	// https://github.com/twitter/twitter-text/blob/30e2430/config/v3.json and
	// https://docs.x.com/fundamentals/counting-characters
	// (both checked 2026-11-22).
	Weighted Unit = "weighted characters"
	// ThreadsChars are code points, but every byte of an emoji counts; see
	// https://developers.facebook.com/docs/threads/overview
	// (checked 2026-07-02). What else counts as one is not said; code points
	// are never fewer than what a reader takes for characters.
	ThreadsChars Unit = "characters, emoji by their bytes"
	// Parsed are the code points that are left of Telegram's HTML when its tags
	// are gone and its references are resolved; see
	// https://core.telegram.org/bots/api#sendmessage and, for the unit,
	// https://github.com/tdlib/td/blob/022d60202/td/telegram/MessageContent.cpp
	// (both checked 2026-07-17).
	Parsed Unit = "characters without markup"
	// QuotedTags count a video's tags on YouTube, which are joined with commas:
	// code points, the commas with them, and two quotation marks more for each
	// tag with a blank; see
	// https://developers.google.com/youtube/v3/docs/videos#snippet.tags[]
	// (checked 2026-08-20).
	QuotedTags Unit = "characters with commas and quotation marks"
	// Escaped count LinkedIn's "little text" with its backslashes. Whether they
	// count, and in which unit, is not documented: the text as it is sent, in
	// UTF-16 units, is the most it can be; see
	// https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
	// (checked 2026-08-20).
	Escaped Unit = "characters with escapes"
)

// Count measures s. Reserve is what each address counts in Toots and in
// Weighted. Nothing is allocated for ASCII.
func Count(s string, u Unit, reserve int) int {
	switch u {
	case Bytes:
		return len(s)
	case CodePoints:
		return utf8.RuneCountInString(s)
	case UTF16, Escaped:
		return utf16Len(s)
	case Toots:
		return toots(s, reserve)
	case Weighted:
		return weighted(s, reserve)
	case ThreadsChars:
		return emojiBytes(s)
	case Parsed:
		return parsed(s)
	case QuotedTags:
		return quotedTags(s)
	default:
		return clusters(s)
	}
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// emojiBytes counts the bytes of emoji, and one for each other character.
func emojiBytes(s string) int {
	n, inside := 0, false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r < utf8.RuneSelf:
			inside = i+1 < len(s) && s[i+1] >= utf8.RuneSelf && emojiSequence(s[i:]) > 0 // a digit in a box
			n++
		case emojiRune(r), inside && emojiPart(r):
			inside = true
			n += size
		default:
			inside = false
			n++
		}
		i += size
	}
	return n
}

// quotedTags counts tags that are joined with commas.
func quotedTags(s string) int {
	n := utf8.RuneCountInString(s)
	for tag := range strings.SplitSeq(s, ",") {
		if strings.IndexFunc(tag, unicode.IsSpace) >= 0 {
			n += len(`""`)
		}
	}
	return n
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func clusters(s string) int {
	if ascii(s) {
		return len(s) - strings.Count(s, "\r\n") // one grapheme
	}
	n := 0
	for it := graphemes.FromString(s); it.Next(); n++ {
	}
	return n
}

func span(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}
