package match

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// compiled is a regex. Where a word must end, it holds the character behind too,
// and its first group is the hit.
type compiled struct {
	*regexp.Regexp
	index       int
	left, right bool // a word begins, ends there
	tied        bool // it is tried where a literal begins only
	once        bool // it can match at the beginning only
}

// wordClass is what \w is, as the ranges of a class: gaps in which Unicode has
// nothing yet are in it, so that a regex is a third of the size.
func wordClass() string {
	var b strings.Builder
	from, last := rune(-1), rune(-1)
	flush := func() {
		if from >= 0 {
			fmt.Fprintf(&b, `\x{%x}-\x{%x}`, from, last)
		}
	}
	add := func(lo, hi rune) {
		if from < 0 || !unassigned(last+1, lo) {
			flush()
			from = lo
		}
		last = hi
	}
	in := rangetable.Merge(unicode.L, unicode.M, unicode.N)
	add('0', '9')
	add('A', 'Z')
	add('_', '_')
	for _, r := range in.R16 {
		if r.Lo <= 'Z' {
			continue // seen
		}
		for lo := rune(r.Lo); lo <= rune(r.Hi); lo += rune(r.Stride) {
			if r.Stride == 1 {
				add(lo, rune(r.Hi))
				break
			}
			add(lo, lo)
		}
	}
	for _, r := range in.R32 {
		for lo := rune(r.Lo); lo <= rune(r.Hi); lo += rune(r.Stride) {
			if r.Stride == 1 {
				add(lo, rune(r.Hi))
				break
			}
			add(lo, lo)
		}
	}
	flush()
	return b.String()
}

// unassigned reports whether no character stands between two.
func unassigned(from, to rune) bool {
	if to-from > 4096 {
		return false
	}
	for r := from; r < to; r++ {
		if unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) {
			return false
		}
	}
	return true
}

// regex adds a regex.
func (b *builder) regex(index int, r Regex) error {
	if !utf8.ValidString(r.Expr) {
		return errors.New("is not valid UTF-8")
	}
	if b.wordClass == "" {
		b.wordClass = wordClass()
		class, err := syntax.Parse("["+b.wordClass+"]", syntax.Perl)
		if err != nil {
			return err
		}
		b.wordRunes = class.Rune
	}
	c := compiled{index: index}
	expr, left, right, err := unicoded(norm.NFC.String(r.Expr), b.wordClass)
	if err != nil {
		return err
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return err
	}
	if left && !b.wordEnd(tree, false) || right && !b.wordEnd(tree, true) {
		return errors.New(`\b must stand beside a letter, a digit or \w, inside the expression`)
	}
	c.left, c.right, c.once = left, right, begins(tree)
	kind, sets := needRegex, literals(tree)
	if first := usable(leading(tree.Simplify())); left && len(first) > 0 && !r.Slow {
		kind, sets, c.tied = needStart, first, true
	}
	source := expr
	if right {
		source = "(" + expr + `)(?:\z|[^` + b.wordClass + `])`
	}
	if c.tied {
		source = `\A(?:` + source + `)`
	}
	if c.Regexp, err = regexp.Compile(source); err != nil {
		return err
	}
	if c.MatchString("") {
		return errors.New("matches the empty text, and so every text")
	}
	n := len(b.regexes)
	b.regexes = append(b.regexes, c)
	if r.Slow {
		b.slow = append(b.slow, n)
		return nil
	}
	if len(sets) == 0 {
		return errors.New("needs three letters in a row that every match has, or else slow: true, as it then runs on every text")
	}
	for _, l := range sets {
		b.pattern(l, kind, n)
	}
	return nil
}

// unicoded is an expression with \w and \s as Unicode has them, without the \b
// at its ends.
func unicoded(expr, wordClass string) (out string, left, right bool, err error) {
	rest := expr
	flags := ""
	if strings.HasPrefix(rest, "(?") {
		if i := strings.IndexByte(rest, ')'); i > 0 && strings.Trim(rest[2:i], "imsU") == "" {
			flags, rest = rest[:i+1], rest[i+1:]
		}
	}
	if left = strings.HasPrefix(rest, `\b`); left {
		rest = rest[2:]
	}
	if strings.HasSuffix(rest, `\b`) && backslashes(rest[:len(rest)-1])%2 == 1 {
		right, rest = true, rest[:len(rest)-2]
	}
	if (left || right) && split(rest) {
		return "", false, false, errors.New(`\b is of one side of the | only; write \b(?:…|…)\b`)
	}
	var b strings.Builder
	b.WriteString(flags)
	class := false // inside of [ ]
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c == '\\' && i+1 < len(rest):
			i++
			if rest[i] == 'Q' && !class {
				end := strings.Index(rest[i:], `\E`)
				if end < 0 {
					end = len(rest) - i
				}
				b.WriteString(`\` + rest[i:i+end])
				i += end - 1
				continue
			}
			switch to, ok := escapes(rest[i], class, wordClass); {
			case !ok:
				return "", false, false, errors.New(`\` + rest[i:i+1] + ` knows ASCII letters only and cannot stand here; \b may begin and end an expression, and [^…] says what \W does`)
			case to != "":
				b.WriteString(to)
			default:
				b.WriteString(rest[i-1 : i+1])
			}
			continue
		case c == '[' && !class:
			class = true
			b.WriteByte(c)
			if strings.HasPrefix(rest[i+1:], "^") {
				i++
				b.WriteByte('^')
			}
			if strings.HasPrefix(rest[i+1:], "]") {
				i++
				b.WriteByte(']')
			}
			continue
		case c == '[' && strings.HasPrefix(rest[i:], "[:"):
			if end := strings.Index(rest[i:], ":]"); end > 0 {
				b.WriteString(rest[i : i+end+2])
				i += end + 1
				continue
			}
		case c == ']':
			class = false
		}
		b.WriteByte(c)
	}
	return b.String(), left, right, nil
}

// escapes is what is written for \c, or "" for what it is; and whether it may
// stand there.
func escapes(c byte, class bool, wordClass string) (to string, ok bool) {
	switch {
	case c == 'b' || c == 'B' || c == 'W' && class || c == 'S' && class:
		return "", false
	case c == 'w' && class:
		return `\p{L}\p{M}\p{N}_`, true
	case c == 'w':
		return "(?-i:[" + wordClass + "])", true // which has both cases; to find that out again takes long
	case c == 'W':
		return "(?-i:[^" + wordClass + "])", true
	case c == 's' && class:
		return `\s\p{Z}`, true
	case c == 's':
		return `[\s\p{Z}]`, true
	case c == 'S':
		return `[^\s\p{Z}]`, true
	}
	return "", true
}

// backslashes is how many s ends with.
func backslashes(s string) int { return len(s) - len(strings.TrimRight(s, `\`)) }

// split reports whether an expression is an alternation outside of brackets.
func split(expr string) bool {
	deep, class := 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
			if strings.HasPrefix(expr[i+1:], "]") || strings.HasPrefix(expr[i+1:], "^]") {
				i += 2
			}
		case c == '(':
			deep++
		case c == ')':
			deep--
		case c == '|' && deep == 0:
			return true
		}
	}
	return false
}

// begins reports whether an expression has a ^.
func begins(e *syntax.Regexp) bool {
	return e.Op == syntax.OpBeginText || e.Op == syntax.OpBeginLine || slices.ContainsFunc(e.Sub, begins)
}

// wordEnd reports whether all that an expression matches begins, or ends, with a
// word character.
func (b *builder) wordEnd(e *syntax.Regexp, end bool) bool {
	switch e.Op {
	case syntax.OpLiteral:
		r := e.Rune[0]
		if end {
			r = e.Rune[len(e.Rune)-1]
		}
		return isWord(r)
	case syntax.OpCharClass:
		for i := 0; i < len(e.Rune); i += 2 {
			in := false
			for j := 0; j < len(b.wordRunes) && !in; j += 2 {
				in = b.wordRunes[j] <= e.Rune[i] && e.Rune[i+1] <= b.wordRunes[j+1]
			}
			if !in {
				return false
			}
		}
		return len(e.Rune) > 0
	case syntax.OpCapture, syntax.OpPlus:
		return b.wordEnd(e.Sub[0], end)
	case syntax.OpRepeat:
		return e.Min > 0 && b.wordEnd(e.Sub[0], end)
	case syntax.OpConcat:
		for i := range e.Sub {
			sub := e.Sub[i]
			if end {
				sub = e.Sub[len(e.Sub)-1-i]
			}
			switch sub.Op {
			case syntax.OpStar, syntax.OpQuest:
				if !b.wordEnd(sub.Sub[0], end) {
					return false
				}
			case syntax.OpRepeat:
				if !b.wordEnd(sub.Sub[0], end) {
					return false
				} else if sub.Min > 0 {
					return true
				}
			default:
				return b.wordEnd(sub, end)
			}
		}
	case syntax.OpAlternate:
		return !slices.ContainsFunc(e.Sub, func(sub *syntax.Regexp) bool { return !b.wordEnd(sub, end) })
	}
	return false
}

func isWord(r rune) bool { return r == '_' || unicode.In(r, unicode.L, unicode.M, unicode.N) }
