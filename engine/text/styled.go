package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// styled writes styles as marks around words. A mark only counts where words
// and blanks stand right around it, so blanks are moved out of it, and where
// that is not enough a seam is put beside it that no reader sees.
type styled struct {
	sheet
	marks  *[3][2]string // what opens and closes Strong, Em and Strike; "" where they are lost
	seam   string
	joints joints
	on     [3]int // the styles in force, by index in marks, outermost first
	depth  int
	blank  string // not written yet
	line   int    // where the line's words begin
	closed int    // where the last closing mark ends
	before rune   // what stands before the closing marks
}

// joints says where a mark counts.
type joints uint8

const (
	flanking joints = iota // CommonMark's rule: not between a letter and punctuation
	apart                  // not beside a letter
	always                 // it is a tag
)

// blanks are what ends of lines lose; other spaces were meant.
const blanks = " \t\r\n\v\f"

// fresh begins a line of words at the end of what is written.
func (w *styled) fresh() {
	w.line, w.closed, w.blank = len(w.out), -1, ""
}

// stop ends the styles in force and writes the blanks that wait.
func (w *styled) stop() {
	w.close(0)
	if w.blank != "" {
		w.blanks(w.blank)
	}
}

// end ends a line.
func (w *styled) end() {
	w.blank = strings.TrimRight(w.blank, blanks)
	w.stop()
}

func (w *styled) blanks(s string) {
	if len(w.out) == w.line {
		s = strings.TrimLeft(s, blanks)
	}
	w.write(s)
	w.blank = ""
}

// close ends the styles in force but for the first n.
func (w *styled) close(n int) {
	for w.depth > n {
		w.depth--
		mark := w.marks[w.on[w.depth]][1]
		if last, _ := utf8.DecodeLastRune(w.out); w.closed != len(w.out) || last != rune(mark[0]) {
			w.before = last
		}
		w.write(mark)
		w.closed = len(w.out)
	}
}

// start sets the styles in force, and returns where what comes next stands
// with its marks and without.
func (w *styled) start(style Style, lead string) (outer, inner int) {
	keep := 0
	for keep < w.depth && style>>w.on[keep]&1 != 0 {
		style &^= 1 << w.on[keep]
		keep++
	}
	w.close(keep)
	if w.blank != "" {
		w.blanks(w.blank + lead)
	} else if lead != "" {
		w.blanks(lead)
	}
	outer = len(w.out)
	for i := range w.marks {
		if style>>i&1 != 0 && w.marks[i][0] != "" {
			w.write(w.marks[i][0])
			w.on[w.depth] = i
			w.depth++
		}
	}
	return outer, len(w.out)
}

// cut parts the blanks at both ends from what stands between them.
func cut(s string) (lead, core, trail string) {
	core = strings.TrimLeftFunc(s, unicode.IsSpace)
	lead = s[:len(s)-len(core)]
	s = core
	core = strings.TrimRightFunc(s, unicode.IsSpace)
	return lead, core, s[len(core):]
}

// join puts a seam where a mark beside outer would not count. What was
// written since then ends at the end of the sheet.
func (w *styled) join(outer, inner int) {
	if w.joints == always || outer == len(w.out) {
		return
	}
	a, _ := utf8.DecodeLastRune(w.out[w.line:outer])
	b, _ := utf8.DecodeRune(w.out[outer:])
	switch {
	case outer == w.closed:
		if !isMark(b) && (aside(b) || w.joints == flanking && letter(w.before)) {
			return
		}
	case inner > outer:
		run := outer // of marks that are one in the eyes of CommonMark
		for run < len(w.out) && w.out[run] == w.out[outer] {
			run++
		}
		c, _ := utf8.DecodeRune(w.out[run:])
		if outer == w.line || !isMark(a) && (aside(a) || w.joints == flanking && letter(c)) {
			return
		}
	default:
		return
	}
	w.out = slices.Insert(w.out, outer, []byte(w.seam)...)
	w.closed = -1
}

func isMark(r rune) bool { return r == '*' || r == '_' || r == '~' }

// letter reports whether no edition of CommonMark takes r for punctuation.
func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// aside reports whether every edition of CommonMark takes r for punctuation
// or a blank.
func aside(r rune) bool {
	if r < utf8.RuneSelf {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r >= ' '
	}
	return unicode.IsSpace(r) || unicode.IsPunct(r)
}

// emoji is the length of the :name: that s begins with, or 0. Hours and
// minutes are none.
func emoji(s string) int {
	name, figures := false, 0
	for i := 1; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ':' && (name || figures > 2):
			return i + 1
		case digit(c):
			figures++
		case c == '_':
		case c == '+' || c == '-' || alnum(c):
			name = true
		default:
			return 0
		}
	}
	if name || figures > 2 { // the words that follow may end it
		return len(s)
	}
	return 0
}

// encode percent-encodes the bytes of an address that are in set, and control
// characters.
func encode(address, set string) string {
	odd := func(c byte) bool { return c < ' ' || strings.IndexByte(set, c) >= 0 }
	from := 0
	for from < len(address) && !odd(address[from]) {
		from++
	}
	if from == len(address) {
		return address
	}
	const hex = "0123456789ABCDEF"
	b := append(make([]byte, 0, len(address)+8), address[:from]...)
	for _, c := range []byte(address[from:]) {
		if odd(c) {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
