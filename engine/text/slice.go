package text

import (
	"sort"
	"strings"
)

// slice is the part between two cuts.
func (c *cuts) slice(from, to int) Part { return c.units(c.at[from], c.at[to]) }

// units is the part that units from to to make. What is left of a list item
// that was cut stands without a mark: it has been said.
func (c *cuts) units(from, to int) Part { return Part{c.some(nil, c.nodes, from, to)} }

// some appends of each block what is in units from to to.
func (c *cuts) some(bs []Block, nodes []node, from, to int) []Block {
	first := sort.Search(len(nodes), func(i int) bool { return nodes[i].to > from })
	for i := first; i < len(nodes) && nodes[i].from < to; i++ {
		n := &nodes[i]
		if n.from >= from && n.to <= to {
			bs = append(bs, *n.Block)
			continue
		}
		b := *n.Block
		switch b.Kind {
		case Quote:
			b.Blocks = c.some(nil, n.inner, from, to)
			b.At = b.Blocks[0].At
		case Item:
			b.Blocks = c.some(nil, n.inner, from, to)
		case Bullets, Numbers:
			i := sort.Search(len(n.inner), func(i int) bool { return n.inner[i].to > from })
			if n.inner[i].from < from {
				bs = c.some(bs, n.inner[i].inner, from, to)
				i++
			}
			if i == len(n.inner) || n.inner[i].from >= to {
				continue
			}
			if b.Kind == Numbers {
				b.Level += i
			}
			b.At = n.inner[i].At
			b.Blocks = c.some(nil, n.inner[i:], from, to)
		case Code:
			b.Spans = lines(b.Spans[max(from, n.from)-n.from : min(to, n.to)-n.from])
			b.At = b.Spans[0].At
		default:
			b.Spans = c.spans(b.Spans, n, from, to)
			if from > n.from {
				b.At = b.Spans[0].At
			}
		}
		bs = append(bs, b)
	}
	return bs
}

// lines are those of a block of code, without the empty ones at the cuts.
func lines(spans []Span) []Span {
	for strings.TrimSpace(spans[0].Text) == "" {
		spans = spans[1:]
	}
	for strings.TrimSpace(spans[len(spans)-1].Text) == "" {
		spans = spans[:len(spans)-1]
	}
	return spans
}

// spans are those of a paragraph that is cut before unit from, or before unit
// to, or both.
func (c *cuts) spans(spans []Span, n *node, from, to int) []Span {
	var start spot
	end := spot{span: len(spans) - 1, at: -1}
	if from > n.from {
		start = c.all[from].start
	}
	if to < n.to {
		end = c.all[to-1].end
	}
	out := append([]Span(nil), spans[start.span:end.span+1]...)
	if s := &out[len(out)-1]; s.Role == Words && end.at >= 0 {
		s.Text = s.Text[:end.at]
	}
	if s := &out[0]; s.Role == Words {
		s.Text = s.Text[start.at:]
		s.At += start.at
	}
	return out
}
