package moderate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/imprimatur-ci/imprimatur/engine/match"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// A look is one item while it is judged: what was found in it, and what was
// counted once somebody asked.
type look struct {
	item   *Item
	lang   string
	finder *finder
	hits   []match.Hit
	groups [][]int32 // hits of each group of the finder
	full   []int     // groups that have some

	spans   []Span // evidence of the rule that is looked at
	missing string // the first field that it needed and nobody knows
	allowed []Span

	addresses []address
	looked    bool // for addresses
	counts    map[string]int
}

// keep drops what was found since mark unless a condition holds.
func (l *look) keep(v verdict, mark int) verdict {
	if v != yes {
		l.spans = l.spans[:mark]
	}
	return v
}

// lacks notes a field that is needed and not known.
func (l *look) lacks(field string) verdict {
	if l.missing == "" || field < l.missing {
		l.missing = field
	}
	return unknown
}

// evidence adds what was found of a group, but for what its list allows.
func (l *look) evidence(g int) {
	group := &l.finder.groups[g]
	for _, h := range l.groups[g] {
		hit := &l.hits[h]
		span := l.span(hit.Start, hit.End, group.what, hit.View.String())
		if l.spared(group, hit) {
			l.allowed = append(l.allowed, span)
		} else {
			l.spans = append(l.spans, span)
		}
	}
}

// spared reports whether what a group's list allows covers a hit.
func (l *look) spared(group *group, hit *match.Hit) bool {
	return slices.ContainsFunc(group.allow, func(a int) bool {
		return slices.ContainsFunc(l.groups[a], func(h int32) bool { return l.hits[h].Start <= hit.Start && hit.End <= l.hits[h].End })
	})
}

func (l *look) span(start, end int, what, view string) Span {
	return Span{start, end, Mask(l.item.Text[start:end]), what, view}
}

// Mask shows of some words no more than the first and the last letter.
func Mask(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	first, _ := utf8.DecodeRuneInString(s)
	last, size := utf8.DecodeLastRuneInString(s)
	switch {
	case s == "":
		return "…"
	case len(s) <= size+utf8.RuneLen(first):
		return string(first) + "…"
	}
	return string(first) + "…" + string(last)
}

// tidy puts spans in order and drops those that say the same.
func tidy(spans []Span) []Span {
	if len(spans) == 0 {
		return []Span{}
	}
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.What, b.What), cmp.Compare(a.View, b.View))
	})
	return slices.CompactFunc(spans, func(a, b Span) bool { return a.Start == b.Start && a.End == b.End && a.What == b.What })
}

// An address is a link in a text.
type address struct {
	start, end int
	host       string
}

// links are the web addresses in the text, with a scheme or without.
func (l *look) links() []address {
	if !l.looked {
		l.looked, l.addresses = true, addresses(l.item.Text)
	}
	return l.addresses
}

func addresses(s string) []address {
	var all []address
	for from := 0; ; {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			break
		}
		at := from + i
		from = at + len("://")
		scheme := strings.ToLower(s[max(0, at-len("https")):at])
		switch {
		case strings.HasSuffix(scheme, "https"):
			at -= len("https")
		case strings.HasSuffix(scheme, "http"):
			at -= len("http")
		default:
			continue
		}
		end := len(s)
		if n := strings.IndexFunc(s[from:], unicode.IsSpace); n >= 0 {
			end = from + n
		}
		host := s[from:end]
		if n := strings.IndexAny(host, `/?#\`); n >= 0 {
			host = host[:n]
		}
		if n := strings.LastIndexByte(host, '@'); n >= 0 {
			host = host[n+1:]
		}
		host, _, _ = strings.Cut(host, ":")
		if host = strings.Trim(strings.ToLower(host), ".,;!)]}\"'»"); host != "" {
			all = append(all, address{at, end, host})
		}
		from = end
	}
	if strings.IndexByte(s, '.') < 0 {
		return all
	}
	for _, bare := range text.BareLinks(s) {
		if slices.ContainsFunc(all, func(a address) bool { return a.start <= bare.Start && bare.Start < a.end }) {
			continue
		}
		host := strings.ToLower(bare.Value)
		if n := strings.IndexAny(host, "/?#"); n >= 0 {
			host = host[:n]
		}
		all = append(all, address{bare.Start, bare.End, host})
	}
	slices.SortFunc(all, func(a, b address) int { return a.start - b.start })
	return all
}

// The numbers that are counted in a text, by the names that rules give them.
var counters = map[string]func(*look) int{
	"links":    func(l *look) int { return len(l.links()) },
	"mentions": func(l *look) int { return mentions(l.item.Text) },
	"capitals": func(l *look) int { return capitals(l.item.Text) },
	"emoji":    func(l *look) int { return emoji(l.item.Text) },
	"length":   func(l *look) int { return text.Count(l.item.Text, text.Graphemes, 0) },
	"repeats":  func(l *look) int { return repeats(l.item.Text) },
}

// number is a counter's number, counted once.
func (l *look) number(name string) int {
	n, known := l.counts[name]
	if !known {
		n = counters[name](l)
		if l.counts == nil {
			l.counts = map[string]int{}
		}
		l.counts[name] = n
	}
	return n
}

func numberOf(name string) func(*look) int { return func(l *look) int { return l.number(name) } }

// mentions is how many names with an @ a text has; that of an e-mail address
// is none.
func mentions(s string) int { return len(mentioned(s)) }

// mentioned is where the names with an @ begin.
func mentioned(s string) []int {
	var all []int
	last := ' '
	for i, r := range s {
		if r == '@' && !word(last) && last != '@' {
			if next, _ := utf8.DecodeRuneInString(s[i+1:]); word(next) {
				all = append(all, i)
			}
		}
		last = r
	}
	return all
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// capitals is how many of a hundred letters are capitals, of those that can
// be.
func capitals(s string) int {
	upper, lower := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	if upper == 0 {
		return 0
	}
	return 100 * upper / (upper + lower)
}

// repeats is the longest row of one character that is no blank.
func repeats(s string) int {
	longest, n, last := 0, 0, rune(-1)
	for _, r := range s {
		if r != last {
			n = 0
		}
		if n, last = n+1, r; !unicode.IsSpace(r) {
			longest = max(longest, n)
		}
	}
	return longest
}

// emoji is how many pictures a text has.
func emoji(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		if pictured(g.Value()) {
			n++
		}
	}
	return n
}

// pictured reports whether a character is an emoji.
func pictured(grapheme string) bool {
	first, _ := utf8.DecodeRuneInString(grapheme)
	return first >= 0x1f000 && first <= 0x1faff || first >= 0x2600 && first <= 0x27bf || strings.ContainsAny(grapheme, "\ufe0f\u20e3")
}
