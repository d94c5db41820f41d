package text

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// signal holds the bytes that some dialect may take for more than themselves.
var signal = bytesIn("\\`*_~[]<>&|^$#-:@w/{\n\r")

func bytesIn(s string) (set [256]bool) {
	for i := range len(s) {
		set[s[i]] = true
	}
	return set
}

// words writes text so that it stays what it is.
func (w *markdown) words(s string) {
	i := 0
	if w.title {
		w.tail = len(strings.TrimRight(s, "# "))
	}
	if n := len(w.out); n == w.line {
		i = w.opening(s)
	} else if s != "" && s[0] != ' ' && n > 0 {
		switch before := w.out[w.line:]; {
		case strings.IndexByte("@#:{&", w.out[n-1]) >= 0, s[0] == '.' && bytes.HasSuffix(before, []byte("www")):
			w.write(w.part) // what was two pieces stays two
		case (s[0] == '.' || s[0] == ')') && digits(before):
			w.write(`\`)
		}
	}
	from := i
	for ; i < len(s); i++ {
		if !signal[s[i]] {
			continue
		}
		put, n := w.sign(s, i)
		if n == 0 {
			continue
		}
		w.write(s[from:i])
		w.write(put)
		i += n - 1
		from = i + 1
	}
	w.write(s[from:])
}

// opening writes what would begin a block at the beginning of a line, and
// returns how much of s that was.
func (w *markdown) opening(s string) int {
	if s == "" {
		return 0
	}
	ends := func(i int) bool { return i >= len(s) || strings.IndexByte(blanks, s[i]) >= 0 }
	switch c := s[0]; {
	case c == '#' && (!w.tight || !tagged(s)):
		w.write(`\#`)
	case c == '>':
		w.write(`\>`)
	case c == '|':
		w.write(`\|`)
	case c == '+' && ends(1), c == '-' && (ends(1) || s[1] == '-' || s[1] == '#' || s[1] == '|' || s[1] == ':'):
		w.write(`\`)
		w.write(s[:1])
	case c == '=' && strings.Trim(s, "= ") == "" && w.entities:
		w.write("&#61;")
	case c == ':' && len(s) > 1 && s[1] == '-':
		w.write(`:\-`)
		return 2
	case c >= '0' && c <= '9':
		n := 1
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == len(s) || s[n] != '.' && s[n] != ')' || !ends(n+1) {
			return 0
		}
		w.write(s[:n])
		w.write(`\`)
		w.write(s[n : n+1])
		return n + 1
	default:
		return 0
	}
	return 1
}

// tagged reports whether s begins with a hashtag.
func tagged(s string) bool {
	r, n := utf8.DecodeRuneInString(s[1:])
	return n > 0 && TagRune(r)
}

// sign is what the bytes at s[i:] are written as, and how many of them; 0
// means that they mean nothing here.
func (w *markdown) sign(s string, i int) (put string, n int) {
	next := byte(' ')
	if i+1 < len(s) {
		next = s[i+1]
	}
	last := byte(' ')
	if i > 0 {
		last = s[i-1]
	} else if len(w.out) > w.line {
		last = w.out[len(w.out)-1]
	}
	switch c := s[i]; c {
	case '*':
		if w.depth > 0 && w.entities { // some look for the end of a style without minding backslashes
			return "&#42;", 1
		}
		return `\*`, 1
	case '_':
		return `\_`, 1
	case '~':
		if w.depth > 0 && w.entities {
			return "&#126;", 1
		}
		return `\~`, 1
	case '[':
		return `\[`, 1
	case '\n', '\r':
		return " ", 1
	case ']':
		return `\]`, one(w.label)
	case '|':
		return `\|`, one(w.cell || w.signs == "|")
	case '^':
		return `\^`, one(w.signs == "^")
	case '\\':
		if w.kind == Mattermost { // where one before a letter is one, and so are two
			return "&#92;", one(!alnum(next))
		}
		return `\\`, 1
	case '`':
		if w.tick != "" {
			return w.tick, 1
		}
		return "\\`", 1
	case '<':
		switch {
		case w.less != "":
			return w.less, one(alnum(next) || strings.IndexByte("/!?@", next) >= 0)
		case w.kind == Discord && next == '@': // its server does not know backslashes
			return `\<\@`, 2
		}
		return `\<`, 1
	case '>':
		return `\>`, one(w.kind == Reddit && next == '!')
	case '&':
		if w.and != "" {
			return w.and, one(reference(s[i:]) > 0)
		}
		return `\&`, one(w.entities && reference(s[i:]) > 0)
	case '$':
		return w.dollar, one(w.dollar != "" && strings.IndexByte(s, '$') != strings.LastIndexByte(s, '$'))
	case '#':
		if w.title && i >= w.tail {
			return `\#`, 1
		}
		return "#" + w.part, one(w.kind == GitHub && digit(next))
	case '-':
		return w.part + "-", one(w.kind == GitHub && digit(next) && issue(s[:i]))
	case ':':
		switch {
		case emoji(s[i:]) == 0 && !(strings.HasPrefix(s[i+1:], "//") && w.scheme(s[:i])):
			return "", 0
		case w.kind == Discord:
			return `\:`, 1
		}
		return ":" + w.part, 1
	case '@':
		switch w.kind {
		case Discord:
			return "@" + w.part, one(called(s[i:]) == 1)
		case Reddit:
			return "&#64;", one(alnum(next))
		}
		return "@" + w.part, one(alnum(next) || next == '_' || next == '{' || next >= utf8.RuneSelf)
	case 'w':
		return "www" + w.part + ".", 4 * one(w.kind != Discord && !alnum(last) && strings.HasPrefix(s[i:], "www."))
	case '/':
		return `\/`, one(w.kind == Reddit && (last|0x20 == 'r' || last|0x20 == 'u') && (i < 2 || !alnum(s[i-2])))
	case '{':
		if next == '%' {
			return "{% raw %}{%{% endraw %}", 2 * one(w.kind == DevTo)
		}
		return "{% raw %}{{{% endraw %}", 2 * one(w.kind == DevTo && next == '{')
	}
	return "", 0
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// issue reports whether s ends with the GH of GH-123.
func issue(s string) bool {
	n := len(s)
	return n >= 2 && s[n-2]|0x20 == 'g' && s[n-1]|0x20 == 'h' && (n == 2 || !alnum(s[n-3]))
}

// scheme reports whether that of an address stands at the end of s, or of the
// sheet where s is empty.
func (w *markdown) scheme(s string) bool {
	if s == "" {
		s = string(w.out[max(w.line, len(w.out)-5):])
	}
	s = s[max(0, len(s)-5):]
	for _, name := range [...]string{"http", "https", "ftp"} {
		if n := len(s) - len(name); n >= 0 && strings.EqualFold(s[n:], name) {
			return true
		}
	}
	return false
}
