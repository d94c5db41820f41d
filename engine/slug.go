package engine

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest a slug is, in bytes.
const maxSlug = 80

// Slug is a title as a file name.
func Slug(title string) string {
	title = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss").Replace(strings.ToLower(title))
	var b strings.Builder
	for _, r := range norm.NFD.String(title) {
		if b.Len() > maxSlug-4 { // a character may take four
			break
		}
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "post"
}
