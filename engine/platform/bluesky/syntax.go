package bluesky

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// What the protocol takes for a name, a key, a time and a language; see
// https://atproto.com/specs/handle, /did, /tid, /record-key and /lexicon, and
// https://github.com/bluesky-social/atproto-interop-tests for each at its
// edges (checked 2026-11-22).

var (
	handleForm   = regexp.MustCompile(`^` + handlePattern + `$`)
	didForm      = regexp.MustCompile(`^did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]$`)
	tidForm      = regexp.MustCompile(`^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$`)
	keyForm      = regexp.MustCompile(`^[a-zA-Z0-9._:~-]{1,512}$`)
	datetimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)$`)
)

func isHandle(s string) bool { return len(s) <= 253 && handleForm.MatchString(s) }

func isDID(s string) bool { return len(s) <= 2048 && didForm.MatchString(s) }

// isAccount reports whether s can say who logs in.
func isAccount(s string) bool { return isHandle(s) || isDID(s) }

func isTID(s string) bool { return tidForm.MatchString(s) }

func isKey(s string) bool { return keyForm.MatchString(s) && s != "." && s != ".." }

func isDatetime(s string) bool {
	if !datetimeForm.MatchString(s) || strings.HasSuffix(s, "-00:00") {
		return false
	}
	t, err := time.Parse(time.RFC3339, s)
	return err == nil && t.UTC().Year() >= 0
}

// langs are a post's languages as the protocol writes them. A server refuses
// the whole post over one it cannot read.
func langs(tag string) []string {
	tag = strings.ReplaceAll(tag, "_", "-")
	if first, _, _ := strings.Cut(tag, "-"); !isLanguage(tag) {
		tag = strings.ToLower(first) + tag[len(first):]
	}
	if !isLanguage(tag) {
		return nil
	}
	return []string{tag}
}

// grandfathered are the tags that RFC 5646, section 2.2.8, keeps though its
// grammar has no room for them.
var grandfathered = strings.Fields(`en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao
	i-tay i-tsu sgn-BE-FR sgn-BE-NL sgn-CH-DE art-lojban cel-gaulish no-bok no-nyn zh-guoyu zh-hakka zh-min zh-min-nan zh-xiang`)

// isLanguage reports whether s is a tag of BCP 47 that says nothing twice. The
// language comes first, in two or three small letters.
func isLanguage(s string) bool {
	if slices.Contains(grandfathered, s) {
		return true
	}
	parts := strings.Split(s, "-")
	if slices.ContainsFunc(parts, func(p string) bool { return len(p) < 1 || len(p) > 8 || !every(p, alphanumeric) }) {
		return false
	}
	next := func(least, most int, of func(byte) bool) bool {
		if len(parts) == 0 || len(parts[0]) < least || len(parts[0]) > most || !every(parts[0], of) {
			return false
		}
		parts = parts[1:]
		return true
	}
	private := func() bool { return len(parts) > 1 && strings.EqualFold(parts[0], "x") }
	if private() {
		return true
	}
	if !next(2, 3, func(c byte) bool { return c >= 'a' && c <= 'z' }) {
		return false
	}
	for range 3 { // more of the language
		next(3, 3, letter)
	}
	next(4, 4, letter)                          // the script
	_ = next(2, 2, letter) || next(3, 3, digit) // the region
	var said []string
	once := func(p string) bool {
		p = strings.ToLower(p)
		seen := slices.Contains(said, p)
		said = append(said, p)
		return !seen
	}
	for len(parts) > 0 {
		variant := parts[0]
		if !next(5, 8, alphanumeric) && !(digit(variant[0]) && next(4, 4, alphanumeric)) {
			break
		}
		if !once(variant) {
			return false
		}
	}
	for len(parts) > 0 && len(parts[0]) == 1 && !strings.EqualFold(parts[0], "x") {
		if !once(parts[0]) {
			return false
		}
		if parts = parts[1:]; !next(2, 8, alphanumeric) {
			return false
		}
		for next(2, 8, alphanumeric) {
		}
	}
	return len(parts) == 0 || private()
}

func every(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func letter(c byte) bool       { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func digit(c byte) bool        { return c >= '0' && c <= '9' }
func alphanumeric(c byte) bool { return letter(c) || digit(c) }
