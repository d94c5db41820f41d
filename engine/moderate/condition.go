package moderate

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// A verdict is what a condition says of an item. Unknown is between the two:
// neither a condition nor its opposite holds of what nobody knows.
type verdict int8

const (
	no verdict = iota - 1
	unknown
	yes
)

func holds(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// A condition is one node of a rule's match.
type condition interface {
	test(l *look) verdict
}

type (
	all   []condition
	anyOf []condition
	not   struct{ condition }
)

// test goes through every condition, so that what was found does not depend
// on their order.
func (c all) test(l *look) verdict {
	v, mark := yes, len(l.spans)
	for _, part := range c {
		v = min(v, part.test(l))
	}
	return l.keep(v, mark)
}

func (c anyOf) test(l *look) verdict {
	v, mark := no, len(l.spans)
	for _, part := range c {
		v = max(v, part.test(l))
	}
	return l.keep(v, mark)
}

func (c not) test(l *look) verdict {
	mark := len(l.spans)
	v := -c.condition.test(l)
	l.spans = l.spans[:mark] // what is not there is no evidence
	return v
}

// bounds is a number's limits.
type bounds struct{ over, under int }

func boundsOf(c *schema.Count) bounds {
	b := bounds{-1, math.MaxInt}
	if c.Over != nil {
		b.over = *c.Over
	}
	if c.Under != nil {
		b.under = *c.Under
	}
	return b
}

func (b bounds) test(n int) verdict { return holds(n > b.over && n < b.under) }

// count is a condition on a number that is counted in the text.
type count struct {
	bounds
	of func(*look) int
}

func (c count) test(l *look) verdict { return c.bounds.test(c.of(l)) }

// found is a condition on what the finder finds: words of some groups, or
// regular expressions.
type found struct {
	groups []int
	langs  [][]string // of each group; nil: any
}

func (c found) test(l *look) verdict {
	mark := len(l.spans)
	for i, g := range c.groups {
		if c.langs[i] != nil && l.lang != Und && !speaks(c.langs[i], l.lang) {
			continue
		}
		l.evidence(g)
	}
	return holds(len(l.spans) > mark)
}

// links is a condition on the links of a text.
type links struct {
	bounds
	domains, except []string
}

func (c links) test(l *look) verdict {
	mark, n := len(l.spans), 0
	for _, at := range l.links() {
		if len(c.domains) > 0 && !under(at.host, c.domains) || under(at.host, c.except) {
			continue
		}
		n++
		l.spans = append(l.spans, l.span(at.start, at.end, "link", ""))
	}
	return l.keep(c.bounds.test(n), mark)
}

// under reports whether host is one of domains, or below one.
func under(host string, domains []string) bool {
	return slices.ContainsFunc(domains, func(d string) bool {
		return host == d || strings.HasSuffix(host, "."+d)
	})
}

// The conditions on who wrote it.
type (
	age       struct{ over, under time.Duration }
	followers struct{ bounds }
	trusted   bool
	before    bool
)

func (c age) test(l *look) verdict {
	old, known := l.item.age()
	if !known {
		return l.lacks("author.age")
	}
	return holds(old > c.over && (c.under == 0 || old < c.under))
}

func (c followers) test(l *look) verdict {
	n := l.item.Author.Followers
	if n == nil {
		return l.lacks("author.followers")
	}
	return c.bounds.test(*n)
}

func (c trusted) test(l *look) verdict {
	return holds(l.item.Trusted == bool(c))
}

func (c before) test(l *look) verdict {
	if l.item.SeenBefore == nil {
		return l.lacks("author.seen_before")
	}
	return holds(*l.item.SeenBefore == bool(c))
}

// age is how old the author's account was when it wrote.
func (i *Item) age() (old time.Duration, known bool) {
	if i.Author.Since == nil || i.At.IsZero() {
		return 0, false
	}
	return max(0, i.At.Sub(*i.Author.Since)), true
}

// where is the items that a rule is for.
type where struct{ platform, channel, surface, lang []string }

func (w *where) test(l *look) verdict {
	v := yes
	if len(w.lang) > 0 && !speaks(w.lang, l.lang) {
		return no
	}
	if len(w.platform)+len(w.channel)+len(w.surface) == 0 {
		return v
	}
	for _, c := range []struct {
		among []string
		is    string
		field string
	}{{w.platform, l.item.Platform, "platform"}, {w.channel, l.item.Channel, "channel"}, {w.surface, l.item.Surface, "surface"}} {
		switch {
		case len(c.among) == 0 || slices.Contains(c.among, c.is):
		case c.is == "":
			v = min(v, l.lacks(c.field))
		default:
			v = no
		}
	}
	return v
}

// speaks reports whether lang is among some languages: fr is every French.
func speaks(langs []string, lang string) bool {
	return slices.ContainsFunc(langs, func(want string) bool {
		return len(lang) >= len(want) && strings.EqualFold(lang[:len(want)], want) && (len(lang) == len(want) || lang[len(want)] == '-')
	})
}
