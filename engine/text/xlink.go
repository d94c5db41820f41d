package text

import (
	"strings"
	"unicode/utf8"
)

// An xlink is an address that X makes a link of.
type xlink struct {
	start, end int
	bare       bool // it has no scheme
}

// xlinks finds the addresses in a text as X does, with a scheme or without,
// from the first to the last; see
// https://github.com/twitter/twitter-text/blob/30e2430/js/src/extractUrlsWithIndices.js
// (checked 2026-11-22). It reads each character a bounded number of times.
type xlinks struct {
	s     string
	rules *linkRules
	from  int // what comes before was read

	// Names without a scheme that stand in one run, as in "a.com中b.com".
	at, domain int // what is left of the run
	end        int // of the path behind it, or 0

	barren int // a name that begins before it and goes on holds no address
}

// The longest address that X makes a link of, in UTF-16 units, with its scheme
// counted twice, and the longest path of its own short links.
const (
	maxLink = 4096
	maxSlug = 40
)

func (x *xlinks) next() (xlink, bool) {
	for {
		if l, ok := x.bare(); ok {
			return l, true
		}
		dot := strings.IndexByte(x.s[x.from:], '.')
		if dot < 0 {
			return xlink{}, false
		}
		for dot += x.from; ; {
			if l, found := x.around(dot); found {
				if l.end > 0 {
					return l, true
				}
				break // go on behind it
			}
			next := strings.IndexByte(x.s[dot+1:], '.')
			if next < 0 {
				x.from = len(x.s)
				return xlink{}, false
			}
			dot += 1 + next
		}
	}
}

// around looks for an address of which the first dot is at dot. What is found
// is read even when it is no link: then the link's end is 0, unless it is for
// x.bare to say.
func (x *xlinks) around(dot int) (l xlink, found bool) {
	s := x.s
	first, underscore := dot, -1
	for first > x.from {
		r, n := utf8.DecodeLastRuneInString(s[x.from:first])
		if !labelRune(r) {
			break
		}
		if first -= n; r == '_' && underscore < 0 {
			underscore = first
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(s[first:dot]); first == dot || !domainRune(last) {
		return l, false
	}
	end, further := x.name(dot)
	if end == 0 {
		return l, false
	}
	if further {
		underscore = -1 // no matter in a subdomain
	}
	start, domain := x.begin(first, dot, underscore)
	if start < 0 {
		return l, false
	}
	path, whole := x.rules.tail(s, end)
	l = xlink{start, whole, start == domain}
	x.from = whole
	switch {
	case !valid(s, l, domain, end):
		return xlink{}, true
	case !l.bare:
		l.end = x.rules.short(s[:l.end], l.start)
		return l, true
	}
	if before, n := utf8.DecodeLastRuneInString(s[:start]); n > 0 && strings.ContainsRune("-_./", before) {
		return xlink{}, true
	}
	x.at, x.domain, x.end = start, end, 0
	if path {
		x.end = whole
	}
	l, _ = x.bare()
	return l, true
}

// name is where the name ends that goes on behind the dot, or 0. It reaches as
// far as it can; further says that there are labels between.
func (x *xlinks) name(dot int) (end int, further bool) {
	s := x.s
	if n := topLevel(s[dot+1:]); n > 0 {
		end = dot + 1 + n
	}
	if dot < x.barren {
		return end, false
	}
	for {
		label, n, underscore := dot+1, 0, false
		var first, last rune
		for i := label; i < len(s); i += n {
			var r rune
			if r, n = utf8.DecodeRuneInString(s[i:]); !labelRune(r) {
				break
			}
			if dot, last, underscore = i+n, r, underscore || r == '_'; i == label {
				first = r
			}
		}
		if dot < label || dot >= len(s) || s[dot] != '.' || !domainRune(first) || !domainRune(last) {
			break
		}
		if n := topLevel(s[dot+1:]); n > 0 && !underscore {
			end, further = dot+1+n, true
		}
	}
	if !further {
		x.barren = dot
	}
	return end, further
}

// begin is where the address begins whose first label lies between first and
// dot, and where its name does, or -1. A name with a top-level domain right
// behind the dot begins after any underscore.
func (x *xlinks) begin(first, dot, underscore int) (start, domain int) {
	s := x.s
	fits := func(i int) bool {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return i < dot && i > underscore && domainRune(r)
	}
	if fits(first) {
		if scheme := x.scheme(first); scheme >= 0 {
			return scheme, first
		}
	}
	if first == 0 { // a first character is rather taken for what stands before
		if r, n := utf8.DecodeRuneInString(s); beforeAddress(r) && fits(n) {
			return n, n
		} else if fits(0) {
			return 0, 0
		}
	}
	before, n := utf8.DecodeLastRuneInString(s[x.from:first])
	for i := first; i < dot; i += n {
		ok := n > 0 && beforeAddress(before)
		if ok && fits(i) {
			return i, i
		}
		before, n = utf8.DecodeRuneInString(s[i:])
	}
	return -1, -1
}

// scheme is where the scheme begins that ends at i, or -1.
func (x *xlinks) scheme(i int) int {
	for _, scheme := range x.rules.schemes {
		at := i - len(scheme)
		if at < x.from || !strings.EqualFold(x.s[at:i], scheme) {
			continue
		}
		before, n := utf8.DecodeLastRuneInString(x.s[x.from:at])
		if at == 0 || n > 0 && beforeAddress(before) {
			return at
		}
	}
	return -1
}

// linkRules are what an address is made of besides a name.
type linkRules struct {
	schemes                        []string
	path, pathEnd, query, queryEnd func(rune) bool
}

var xRules = linkRules{[]string{"https://", "http://"}, pathRune, pathEndRune, queryRune, queryEndRune}

// tail is where the address ends whose name ends at i: after a port, a path
// and a query.
func (l *linkRules) tail(s string, i int) (hasPath bool, end int) {
	if strings.HasPrefix(s[i:], ":") {
		if n := span(s[i+1:], func(r rune) bool { return r >= '0' && r <= '9' }); n > 0 {
			i += 1 + n
		}
	}
	if hasPath = strings.HasPrefix(s[i:], "/"); hasPath {
		i = l.pathFrom(s, i+1)
	}
	return hasPath, l.queryFrom(s, i)
}

// pathFrom is where the path ends that goes on at i. Brackets are part of it
// when they close, one pair inside another at most; it ends with them only
// where it could have ended before them.
func (l *linkRules) pathFrom(s string, i int) int {
	end := i
	for i < len(s) {
		if s[i] == '(' {
			n := l.brackets(s[i:])
			if n == 0 {
				break
			}
			if i += n; end == i-n {
				end = i
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !l.path(r) {
			break
		}
		if i += n; l.pathEnd(r) {
			end = i
		}
	}
	return end
}

// brackets is the length of the pair of brackets that s begins with, or 0.
func (l *linkRules) brackets(s string) int {
	before := span(s[1:], l.path)
	i := 1 + before
	switch {
	case strings.HasPrefix(s[i:], ")") && before > 0:
		return i + 1
	case !strings.HasPrefix(s[i:], "("):
		return 0
	}
	inside := span(s[i+1:], l.path)
	if i += 1 + inside; inside == 0 || !strings.HasPrefix(s[i:], ")") {
		return 0
	}
	if i += 1 + span(s[i+1:], l.path); !strings.HasPrefix(s[i:], ")") {
		return 0
	}
	return i + 1
}

// queryFrom is where the query ends that begins at i, or i.
func (l *linkRules) queryFrom(s string, i int) int {
	end := i
	if !strings.HasPrefix(s[i:], "?") {
		return end
	}
	for i++; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !l.query(r) {
			break
		}
		if i += n; l.queryEnd(r) {
			end = i
		}
	}
	return end
}

// valid reports whether the name between domain and end can be one, and the
// address is not too long.
func valid(s string, l xlink, domain, end int) bool {
	name := s[domain:end]
	if strings.HasPrefix(name, "xn--") && !hasASCIIName(name) {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if n := encodedLen(label); n < 1 || n > 63 {
			return false
		}
	}
	scheme := len("https://")
	if !l.bare {
		scheme = domain - l.start
	}
	return l.end-l.start+scheme <= maxLink || scheme+utf16Len(s[l.start:l.end]) <= maxLink
}

func hasASCIIName(name string) bool {
	_, end := latinName(name, 0)
	return end > 0
}

// short is the end of the address that begins at start: where it is one of X's
// own short ones, it holds nothing but its path and a query. 0: it is too long
// to be one.
func (l *linkRules) short(s string, start int) int {
	rest := s[start:]
	i := strings.Index(rest, "://") + len("://")
	const own = "t.co/"
	if len(rest) < i+len(own) || !strings.EqualFold(rest[i:i+len(own)], own) {
		return len(s)
	}
	i += len(own)
	switch slug := span(rest[i:], alnum); {
	case slug == 0:
		return len(s)
	case slug > maxSlug:
		return 0
	default:
		return start + l.queryFrom(rest, i+slug)
	}
}

// bare is the next address without a scheme in the run of names that was
// found. Only Latin letters are part of one; the last has the run's path.
func (x *xlinks) bare() (xlink, bool) {
	run := x.s[:x.domain]
	start, end := latinName(run, x.at)
	if x.at = end; end == 0 {
		x.at = x.domain
		return xlink{}, false
	}
	if x.end > 0 {
		if _, more := latinName(run, end); more == 0 {
			x.at, end = x.domain, x.end
		}
	}
	return xlink{start, end, true}, true
}

// latinName finds the first name of Latin letters in s from i on. Its end is 0
// where there is none.
func latinName(s string, i int) (start, end int) {
	for i < len(s) {
		dot := strings.IndexByte(s[i:], '.')
		if dot < 0 {
			break
		}
		dot += i
		for start = dot; start > i; {
			r, n := utf8.DecodeLastRuneInString(s[i:start])
			if !asciiDomainRune(r) {
				break
			}
			start -= n
		}
		last := dot
		for start < dot {
			if n := topLevel(s[last+1:]); n > 0 {
				end = last + 1 + n
			}
			n := span(s[last+1:], asciiDomainRune)
			if n == 0 || last+1+n >= len(s) || s[last+1+n] != '.' {
				break
			}
			last += 1 + n
		}
		if end > 0 {
			return start, end
		}
		i = last + 1
	}
	return 0, 0
}
