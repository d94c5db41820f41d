package match

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func letters(s string) uint32 {
	var set uint32
	for i := range len(s) {
		set |= 1 << (s[i] - 'a')
	}
	return set
}

// leet is the letters that a digit or sign is written for. Those of one sign
// are alike (see like).
func leet(r rune) uint32 {
	switch r {
	case '0', '°':
		return letters("o")
	case '1', '!', '|', '¡':
		return letters("il")
	case '2':
		return letters("z")
	case '3', '€':
		return letters("e")
	case '4', '@', '^':
		return letters("a")
	case '5', '$', '§':
		return letters("s")
	case '6':
		return letters("gb")
	case '7', '+':
		return letters("t")
	case '8':
		return letters("b")
	case '9':
		return letters("gq")
	case '(', '¢', '<', '©':
		return letters("c")
	case '£':
		return letters("l")
	case '¥':
		return letters("y")
	case '®':
		return letters("r")
	case '#':
		return letters("h")
	}
	return 0
}

// masks reports whether people put r in place of a letter they hide.
func masks(r rune) bool { return strings.ContainsRune("*#@•█■", r) }

// small are the small capitals, from a on.
const small = "ᴀʙᴄᴅᴇғɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡхʏᴢ"

// looksLike is the ASCII letters that a letter of another alphabet is taken
// for, or "".
func looksLike(r rune) string {
	if i := strings.IndexRune(small, r); i >= 0 {
		i = utf8.RuneCountInString(small[:i])
		return "abcdefghijklmnopqrstuvwxyz"[i : i+1]
	}
	i, ok := slices.BinarySearchFunc(confusables[:], r, func(c struct {
		from rune
		to   string
	}, r rune) int {
		return int(c.from) - int(r)
	})
	if ok {
		return confusables[i].to
	}
	switch r { // not for Unicode, but for those who disguise
	case 'к', 'К', 'κ':
		return "k"
	case 'т', 'Т', 'τ':
		return "t"
	case 'м':
		return "m"
	case 'в':
		return "b"
	case 'н':
		return "h"
	case 'ꜰ':
		return "f"
	case 'ε', 'є', 'э':
		return "e"
	case 'и':
		return "u"
	case 'я':
		return "r"
	case 'ω':
		return "w"
	}
	return ""
}
