package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A start is a place where a regex may match.
type start struct {
	regex int32
	at    int32 // in the raw text
}

// expressions runs the regexes whose literal was seen, and those without.
func (f *finder) expressions() {
	if len(f.wanted) == 0 && len(f.slow) == 0 && len(f.starts) == 0 {
		return
	}
	slices.SortFunc(f.starts, func(a, b start) int {
		return cmp.Or(cmp.Compare(a.regex, b.regex), cmp.Compare(a.at, b.at))
	})
	text := f.scanner.text
	f.run(text, nil, Plain)
	if len(f.spots) == 0 {
		return
	}
	if !norm.NFC.IsNormalString(text) {
		f.compose(text)
		f.run(string(f.view), f.drift, Folded)
	}
	f.unmarked()
	if string(f.view) != text {
		f.run(string(f.view), f.drift, Folded)
	}
}

// run runs them over a view.
func (f *finder) run(seen string, drift spots, view View) {
	text := f.scanner.text
	add := func(c *compiled, start, end int) {
		if drift != nil {
			start, end = drift.start(start), drift.end(end, text)
		}
		if start < end {
			f.hits = append(f.hits, Hit{c.index, true, start, end, view})
		}
	}
	for _, i := range f.wanted {
		f.regexes[i].each(seen, add)
	}
	for _, i := range f.slow {
		f.regexes[i].each(seen, add)
	}
	last, behind := int32(-1), 0
	for _, s := range f.starts {
		at := drift.seen(int(s.at))
		if s.regex != last {
			last, behind = s.regex, 0
		}
		if at < behind {
			continue
		}
		c := &f.regexes[s.regex]
		if where := c.FindStringSubmatchIndex(seen[at:]); where != nil {
			if c.right {
				where = where[2:]
			}
			behind = at + where[1]
			add(c, at, behind)
		}
	}
}

// compose makes the view whose letters have their accents in one character.
func (f *finder) compose(text string) {
	f.view, f.drift = f.view[:0], f.drift[:0]
	for i := 0; i < len(text); {
		n := norm.NFC.NextBoundaryInString(text[i:], true)
		at := len(f.view)
		f.view = norm.NFC.AppendString(f.view, text[i:i+n])
		if string(f.view[at:]) != text[i:i+n] {
			f.drift = append(f.drift, spot{int32(i), int32(i + n), int32(at), int32(len(f.view))})
		}
		i += n
	}
}

// unmarked makes the folded view, its case kept.
func (f *finder) unmarked() {
	f.view, f.drift = f.view[:0], f.drift[:0]
	for i, r := range f.scanner.text {
		at := len(f.view)
		if f.view, _ = fold(f.view, r, true); r >= utf8.RuneSelf {
			n := max(1, utf8.RuneLen(r))
			if r == utf8.RuneError && !strings.HasPrefix(f.scanner.text[i:], "\ufffd") {
				n = 1
			}
			f.drift = append(f.drift, spot{int32(i), int32(i + n), int32(at), int32(len(f.view))})
		}
	}
}

// each tells of every place where c matches in text, one after the other.
func (c *compiled) each(text string, found func(c *compiled, start, end int)) {
	if !c.left && !c.right {
		for _, at := range c.FindAllStringIndex(text, -1) {
			if at[0] < at[1] {
				found(c, at[0], at[1])
			}
		}
		return
	}
	for from := 0; from < len(text); {
		at := c.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return
		}
		if c.right {
			at = at[2:]
		}
		start, end := from+at[0], from+at[1]
		_, n := utf8.DecodeRuneInString(text[start:])
		if before, _ := utf8.DecodeLastRuneInString(text[:start]); c.left && start > 0 && isWord(before) {
			from = start + n
		} else {
			found(c, start, end)
			from = max(end, start+n)
		}
		if c.once {
			return
		}
	}
}
