package text

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entities are what X makes of the words of a text by itself: links, mentions,
// tags and cashtags, in order and never overlapping. A link's value is the
// address as it stands there, with a scheme or without; a mention's may name a
// list, as in "ana/bakeries". See
// https://github.com/twitter/twitter-text/blob/30e2430/js/src/extractEntitiesWithIndices.js
// (checked 2026-11-22).
func Entities(s string) []Facet {
	var all []Facet
	if strings.IndexByte(s, '.') >= 0 {
		x := xlinks{s: s, rules: &xRules}
		for l, ok := x.next(); ok; l, ok = x.next() {
			all = append(all, Facet{l.start, l.end, FacetLink, s[l.start:l.end]})
		}
	}
	all = xMentions(all, s)
	all = xHashtags(all, s)
	return inOrder(xCashtags(all, s))
}

// inOrder sorts facets and drops those that begin inside another.
func inOrder(all []Facet) []Facet {
	slices.SortStableFunc(all, func(a, b Facet) int { return cmp.Compare(a.Start, b.Start) })
	end := 0
	return slices.DeleteFunc(all, func(f Facet) bool {
		if f.Start < end {
			return true
		}
		end = f.End
		return false
	})
}

// BareLinks are the names in a text that X makes links of though they have no
// scheme, as it does of README.md.
func BareLinks(s string) []Facet {
	return slices.DeleteFunc(Entities(s), func(f Facet) bool { return f.Kind != FacetLink || hasScheme(f.Value) })
}

func hasScheme(address string) bool {
	i := strings.Index(address, "://")
	return i >= 0 && (strings.EqualFold(address[:i], "http") || strings.EqualFold(address[:i], "https"))
}

// sign is the length of the # or the @ that s begins with, or of its wide
// form, or 0.
func sign(s string, narrow byte, wide string) int {
	switch {
	case s != "" && s[0] == narrow:
		return 1
	case strings.HasPrefix(s, wide):
		return len(wide)
	}
	return 0
}

// nextSign is where the next such sign is in s from i on, and its length.
func nextSign(s string, i int, narrow byte, wide string) (at, size int) {
	end := len(s)
	if n := strings.IndexByte(s[i:], narrow); n >= 0 {
		end, size = i+n, 1
	}
	if n := strings.Index(s[i:end], wide); n >= 0 {
		return i + n, len(wide)
	}
	return end, size
}

func xMentions(to []Facet, s string) []Facet {
	const wide = "＠"
	for from, i := 0, 0; ; {
		at, size := nextSign(s, i, '@', wide)
		if size == 0 {
			return to
		}
		i = at + size
		name := 0
		for name < 20 && i+name < len(s) && (s[i+name] == '_' || alnum(rune(s[i+name]))) {
			name++
		}
		if name == 0 || !beforeMention(s[from:at], from == 0) {
			continue
		}
		end := i + name
		end += list(s[end:])
		next, _ := utf8.DecodeRuneInString(s[end:])
		if sign(s[end:], '@', wide) == 0 && !latin(next) && !strings.HasPrefix(s[end:], "://") {
			to = append(to, Facet{at, end, FacetMention, s[i:end]})
		}
		from, i = end, end
	}
}

// beforeMention reports whether a mention may follow s. Start says that nothing
// is before s.
func beforeMention(s string, start bool) bool {
	if s == "" {
		return start
	}
	before, _ := utf8.DecodeLastRuneInString(s)
	if before >= utf8.RuneSelf && before != '＠' || before < utf8.RuneSelf && !notBeforeAt.has(before) {
		return true
	}
	t := len(s) - len("rt")
	if t < 0 || !strings.EqualFold(s[t:], "rt") {
		return false
	}
	before, n := utf8.DecodeLastRuneInString(s[:t])
	return t == 0 && start || n > 0 && (before >= utf8.RuneSelf || !notBeforeRT.has(before))
}

// list is the length of the name of a list, with its slash, that s begins
// with, or 0.
func list(s string) int {
	if len(s) < 2 || s[0] != '/' || !alnum(rune(s[1])) || s[1] <= '9' {
		return 0
	}
	n := 2
	for n < len(s) && n < 26 && (s[n] == '_' || s[n] == '-' || alnum(rune(s[n]))) {
		n++
	}
	return n
}

func xHashtags(to []Facet, s string) []Facet {
	const wide = "＃"
	for from, i := 0, 0; ; {
		at, size := nextSign(s, i, '#', wide)
		if size == 0 {
			return to
		}
		i = at + size
		before, n := utf8.DecodeLastRuneInString(s[from:at])
		if n == 0 && at > 0 || n > 0 && before != '\ufe0e' && before != '\ufe0f' && (before == '&' || hashtagRune(before)) {
			continue
		}
		if strings.HasPrefix(s[i:], "\ufe0f") || strings.HasPrefix(s[i:], "\u20e3") {
			continue // an emoji
		}
		end := i + span(s[i:], hashtagRune)
		if strings.IndexFunc(s[i:end], hashtagLetter) < 0 {
			continue
		}
		if sign(s[end:], '#', wide) == 0 && !strings.HasPrefix(s[end:], "://") {
			to = append(to, Facet{at, end, FacetTag, s[i:end]})
		}
		from, i = end, end
	}
}

func xCashtags(to []Facet, s string) []Facet {
	letter := func(i int) bool { return i < len(s) && s[i] > '9' && alnum(rune(s[i])) }
	ends := func(i int) bool {
		r, n := utf8.DecodeRuneInString(s[i:])
		return n == 0 || r < utf8.RuneSelf && punctuation.has(r) || unicode.IsSpace(r) && r != '\u0085' || r == '\ufeff'
	}
	for from, i := 0, 0; ; {
		at := strings.IndexByte(s[i:], '$')
		if at < 0 {
			return to
		}
		at += i
		i = at + 1
		if before, n := utf8.DecodeLastRuneInString(s[from:at]); n == 0 && at > 0 || n > 0 && !xSpace(before) {
			continue
		}
		name := i
		for name < i+6 && letter(name) {
			name++
		}
		end := name
		if name > i && name < len(s) && (s[name] == '.' || s[name] == '_') {
			for end < name+2 && letter(end+1) {
				end++
			}
			if end > name {
				end++
			}
		}
		if end > name && !ends(end) {
			end = name
		}
		if end > i && ends(end) {
			to = append(to, Facet{at, end, FacetCashtag, s[i:end]})
			from, i = end, end
		}
	}
}
