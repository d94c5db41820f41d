package rehearse

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A run is a stretch of a text that means one thing.
type run struct {
	Text string
	Kind string // "" for words; link, mention or tag
	Href string // of a link
}

// runs parts what a reader sees by its facets. Where the platform has none, a
// server finds them in the words.
func runs(p *platform.Shown, m text.Markup) []run {
	facets := p.Facets
	if _, plain := m.(text.Plain); plain && len(facets) == 0 {
		facets = found(p.Text)
	}
	facets = slices.SortedStableFunc(slices.Values(facets), func(a, b text.Facet) int { return cmp.Compare(a.Start, b.Start) })
	var out []run
	at := 0
	for _, f := range facets {
		if f.Start < at || f.End <= f.Start || f.End > len(p.Text) || cuts(p.Text, f.Start) || cuts(p.Text, f.End) {
			continue // a server may say anything
		}
		if f.Start > at {
			out = append(out, run{Text: p.Text[at:f.Start]})
		}
		r := run{Text: p.Text[f.Start:f.End], Kind: string(f.Kind)}
		if f.Kind == text.FacetLink && web(f.Value) {
			r.Href = f.Value
		}
		out = append(out, r)
		at = f.End
	}
	if at < len(p.Text) {
		out = append(out, run{Text: p.Text[at:]})
	}
	return out
}

// cuts reports whether byte i of s is inside a character.
func cuts(s string, i int) bool { return i < len(s) && !utf8.RuneStart(s[i]) }

// found are the addresses, people and tags that a server finds in plain words.
func found(s string) []text.Facet {
	var fs []text.Facet
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune("_/&", before)) {
			i += size
			continue
		}
		n, f := 0, text.Facet{Start: i}
		switch r {
		case 'h':
			n, f.Kind = text.Address(s[i:]), text.FacetLink
			f.Value = s[i : i+n]
		case '#':
			n, f.Kind = 1+length(s[i+1:], text.TagRune), text.FacetTag
			if strings.IndexFunc(s[i+1:i+n], func(r rune) bool { return !unicode.IsDigit(r) }) < 0 {
				n = 0
			}
		case '@':
			n, f.Kind = person(s[i:]), text.FacetMention
		}
		if n == 0 {
			i += size
			continue
		}
		if f.End = i + n; f.Kind != text.FacetLink {
			f.Value = s[i+1 : f.End]
		}
		fs = append(fs, f)
		i = f.End
	}
	return fs
}

// person is the length of the @user or @user@host that s begins with, or 0.
func person(s string) int {
	word := func(r rune) bool { return r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	user := 1 + length(s[1:], word)
	if user == 1 {
		return 0
	}
	if !strings.HasPrefix(s[user:], "@") {
		return user
	}
	host := length(s[user+1:], func(r rune) bool { return word(r) || r == '.' || r == '-' })
	host = len(strings.TrimRight(s[user+1:user+1+host], ".-"))
	if host == 0 {
		return user
	}
	return user + 1 + host
}

func length(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}
