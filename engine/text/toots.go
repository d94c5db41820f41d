package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tootRules are how Mastodon has changed X's rules for addresses; see
// https://github.com/mastodon/mastodon/blob/3208bd8/config/initializers/twitter_regex.rb
// (checked 2026-11-22).
var tootRules = linkRules{
	schemes: []string{"https://", "http://", "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://"},
	path:    func(r rune) bool { return !unicode.IsSpace(r) && !strings.ContainsRune("<>()?", r) },
	pathEnd: func(r rune) bool {
		return !unicode.IsSpace(r) && !strings.ContainsRune("()?!*\"'「」<>;:=,.$%[]~&|@", r)
	},
	query:    func(r rune) bool { return queryRune(r) || r == '^' || iriRune(r) },
	queryEnd: func(r rune) bool { return queryEndRune(r) || iriRune(r) },
}

// iriRune reports whether r may stand in an address though it is not ASCII;
// see RFC 3987, ucschar and iprivate.
func iriRune(r rune) bool {
	return r >= 0xa0 && r&0xfffe != 0xfffe && (r < 0xfdd0 || r > 0xfdef) && (r < 0xfff0 || r > 0xffff) && r>>12 != 0xe0
}

// toots counts a text as Mastodon rewrites it: with one placeholder for every
// address, and mentions without their hosts.
func toots(s string, reserve int) int {
	n, from, plain := 0, 0, ascii(s)
	var rewritten strings.Builder // where characters may join over the seams
	take := func(words string) {
		if plain {
			n += clusters(words)
		} else {
			rewritten.WriteString(words)
		}
	}
	x := xlinks{s: s, rules: &tootRules}
	var link xlink
	links := strings.Contains(s, "://")
	at, end, user := nextMention(s, 0)
	for {
		for links && (link.bare || link.end == 0 || link.start < from) {
			link, links = x.next()
		}
		if end > 0 && at < from {
			at, end, user = nextMention(s, from)
		}
		switch {
		case links && (end == 0 || link.start <= at):
			take(s[from:link.start])
			if from = link.end; reserve > 0 {
				take("x")
				n += reserve - 1
			}
		case end > 0:
			take(s[from:user])
			from = end
		case from == 0:
			return clusters(s)
		default:
			take(s[from:])
			return n + clusters(rewritten.String())
		}
	}
}

// nextMention is where the next @user@host is in s from i on, and where its
// user ends. Its end is 0 where there is none. See
// https://github.com/mastodon/mastodon/blob/main/app/models/account.rb and
// .../app/lib/extractor.rb (checked 2026-11-22).
func nextMention(s string, i int) (at, end, user int) {
	for {
		next := strings.IndexByte(s[i:], '@')
		if next < 0 {
			return 0, 0, 0
		}
		at = i + next
		i = at + 1
		if before, n := utf8.DecodeLastRuneInString(s[:at]); n > 0 && (before == '=' || before == '/' || wordRune(before)) {
			continue
		}
		user = i + dotted(s[i:], func(r rune) bool { return r == '_' || alnum(r) })
		if user == i || !strings.HasPrefix(s[user:], "@") {
			continue // who is of the same server counts as it is
		}
		host := dotted(s[user+1:], wordRune)
		if host == 0 {
			continue
		}
		end = user + 1 + host
		if after, _ := utf8.DecodeRuneInString(s[end:]); after != '@' && after != '＠' && !latin(after) && !strings.HasPrefix(s[end:], "://") {
			return at, end, user
		}
		i = end
	}
}

// dotted is the length of the words that s begins with, with full stops and
// hyphens between them.
func dotted(s string, word func(rune) bool) int {
	n := 0
	for {
		joint := 0
		if n > 0 {
			joint = span(s[n:], func(r rune) bool { return r == '.' || r == '-' })
		}
		more := span(s[n+joint:], word)
		if more == 0 || n > 0 && joint == 0 {
			return n
		}
		n += joint + more
	}
}

// wordRune is [[:word:]] in Ruby.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Pc, r)
}
