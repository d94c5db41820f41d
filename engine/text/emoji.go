package text

import (
	"sort"
	"strings"
	"unicode/utf8"
)

const (
	joiner = '\u200d'
	styler = '\ufe0f' // asks for an emoji
	keycap = '\u20e3'
)

// emojiSequence is the length in bytes of the emoji of several characters that
// s begins with, or 0. It knows those that Unicode recommends, whole: what
// platforms have a picture of. All else is shown, and counted, as several.
func emojiSequence(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	next, size := utf8.DecodeRuneInString(s[n:])
	switch {
	case r < utf8.RuneSelf:
		if r != '#' && r != '*' && (r < '0' || r > '9') {
			return 0
		}
		if next == styler {
			n += size
			next, size = utf8.DecodeRuneInString(s[n:])
		}
		if next == keycap {
			return n + size
		}
		return 0
	case regional(r):
		if regional(next) && isFlag(r, next) {
			return n + size
		}
		return 0
	case r == '🏴' && next >= 0xe0000 && next <= 0xe007f:
		return subflag(s)
	case next != joiner && next != styler && !tone(next):
		return 0
	}
	if joined := joinedEmoji(s); joined > 0 {
		return joined
	}
	if tone(next) && strings.ContainsRune(emojiBases, r) || next == styler && (strings.ContainsRune(emojiTextual, r) || strings.ContainsRune(emojiEither, r)) {
		return n + size
	}
	return 0
}

func regional(r rune) bool { return r >= '🇦' && r <= '🇿' }

func tone(r rune) bool { return r >= '🏻' && r <= '🏿' }

func isFlag(a, b rune) bool {
	x, y := byte(a-'🇦'+'A'), byte(b-'🇦'+'A')
	for i := 0; i < len(emojiFlags); i += 2 {
		if emojiFlags[i] == x && emojiFlags[i+1] == y {
			return true
		}
	}
	return false
}

// subflag is the length of the flag of a part of a country, or 0.
func subflag(s string) int {
	var name [8]byte
	b := append(name[:0], ' ')
	for i, r := range s[len("🏴"):] {
		switch {
		case r == 0xe007f:
			if strings.Contains(emojiTags, string(append(b, ' '))) {
				return len("🏴") + i + utf8.RuneLen(r)
			}
			return 0
		case r < 0xe0000 || r > 0xe007f || len(b)+1 >= len(name):
			return 0
		}
		b = append(b, byte(r-0xe0000))
	}
	return 0
}

// joinedEmoji is the length of the longest joined emoji that s begins with, or
// 0.
func joinedEmoji(s string) int {
	var room [24]byte
	key := append(room[:0], ' ')
	longest, people, tones := 0, 0, 0
	first, mixed := rune(0), false
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 0 || len(key)+utf8.UTFMax >= len(room) {
			return longest
		}
		i += n
		key = utf8.AppendRune(key, r)
		next, size := utf8.DecodeRuneInString(s[i:])
		base, textual := r != '🤝' && strings.ContainsRune(emojiBases, r), strings.ContainsRune(emojiTextual, r)
		if base {
			people++
		}
		switch {
		case next == styler && textual:
			i += size
			next, size = utf8.DecodeRuneInString(s[i:])
			base = false // it has either of the two
		case textual && !(base && tone(next)):
			return longest // not whole
		}
		whole := string(append(key, ' '))
		if tones == 0 && (strings.Contains(joinedPlain, whole) || strings.Contains(joinedToned, whole)) {
			longest = i
		}
		if base && tone(next) {
			if tones++; tones == 1 {
				first = next
			}
			mixed = mixed || next != first
			i += size
			next, size = utf8.DecodeRuneInString(s[i:])
		}
		if tones > 0 && tones == people && (strings.Contains(joinedToned, whole) || mixed && strings.Contains(joinedMixed, whole)) {
			longest = i
		}
		if next != joiner {
			return longest
		}
		i += size
	}
}

// emojiRune reports whether r, beyond ASCII, can be an emoji.
func emojiRune(r rune) bool {
	i := sort.Search(len(emojiRanges), func(i int) bool { return emojiRanges[i][1] >= r })
	return i < len(emojiRanges) && emojiRanges[i][0] <= r
}

// emojiPart reports whether r, behind an emoji, is part of it.
func emojiPart(r rune) bool {
	return r == joiner || r == styler || r == keycap || tone(r) || r >= 0xe0020 && r <= 0xe007f
}
