package site

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ours are the names at the top of the folder that no page may take.
var ours = []string{"archive", "feed", "icon", "media", "posts", "sitemap", "style", "tags", "unlisted"}

// devices are names that Windows keeps for itself, whatever their ending.
var devices = []string{"con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// address is where a post's page would be, without its ending: the post's id,
// made safe for every server and file system.
func address(post, key string) string {
	var segments []string
	for s := range strings.SplitSeq(post, "/") {
		if s = segment(s); s != "" {
			segments = append(segments, s)
		}
	}
	if len(segments) == 0 {
		segments = []string{segment(key)}
	}
	if slices.Contains(ours, segments[0]) {
		segments[0] += "-page"
	}
	return strings.Join(segments, "/")
}

// longest is the length of a segment: one name of a file, with room for more.
const longest = 80

// segment is a name as it may stand in an address: a-z, 0-9 and hyphens.
// Where more than case, accents and punctuation is lost, a digest keeps two
// names apart. It is empty where there is nothing in s at all.
func segment(s string) string {
	var b strings.Builder
	gap, lost := false, false
	s = strings.ToLower(norm.NFKD.String(s))
	for _, r := range s {
		word := latin(r)
		switch {
		case word != "":
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteString(word)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before
		case unicode.IsSpace(r), unicode.IsPunct(r) && !strings.ContainsRune("#&@%*", r), unicode.IsControl(r):
			gap = true
		default:
			gap, lost = true, true
		}
	}
	name := b.String()
	if lost || len(name) > longest {
		sum := sha256.Sum256([]byte(s))
		name = strings.TrimRight(name[:min(len(name), longest-9)], "-") + "-" + hex.EncodeToString(sum[:4])
		name = strings.TrimPrefix(name, "-")
	}
	if name == "index" || slices.Contains(devices, name) {
		name += "-page"
	}
	return name
}

// latin is a letter or digit as ASCII has it, or "".
func latin(r rune) string {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return string(r)
	case r == 'ß':
		return "ss"
	case r == 'æ':
		return "ae"
	case r == 'œ':
		return "oe"
	case r == 'ø':
		return "o"
	case r == 'đ', r == 'ð':
		return "d"
	case r == 'ł':
		return "l"
	case r == 'þ':
		return "th"
	case r == 'ħ':
		return "h"
	case r == 'ı':
		return "i"
	}
	return ""
}
