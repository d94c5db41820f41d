package text

import (
	"sort"
	"strings"
)

// rank is how good a place to cut is.
type rank uint8

// The ranks, worst first. Where there is no cut there is no rank.
const (
	label    rank = iota // between the words of a link
	tight                // between what reads as one: M. Martin, 8 h, a heading and its text
	word                 // between words
	clause               // after a comma
	sentence             // between sentences
	item                 // between list items, or paragraphs of a quote
	block                // between paragraphs
)

// cuts are all the places where a part can be cut, by number: at[0] is its
// begin, the last one its end.
type cuts struct {
	nodes []node
	all   []unit
	at    []int  // the unit after each cut
	ranks []rank // of each cut
	total []int  // words before each cut
}

// A unit is what is never cut in two, but for what is stuck to it.
type unit struct {
	start, end spot // in its block's spans
	rank       rank // of the cut before it
	stuck      bool // there is no cut before it
	hidden     bool // nothing can be seen of it, as of a picture
	words      int
}

// A spot is a byte of a span's text.
type spot struct{ span, at int }

// A node is a block and the units it holds.
type node struct {
	*Block
	from, to int
	inner    []node
}

func find(p Part) cuts {
	var f finder
	c := cuts{nodes: f.blocks(p.Blocks, block)}
	words := 0
	for i, u := range f.units {
		if i == 0 || !u.stuck {
			c.at, c.ranks, c.total = append(c.at, i), append(c.ranks, u.rank), append(c.total, words)
		}
		words += u.words
	}
	c.all = f.units
	c.at, c.ranks, c.total = append(c.at, len(f.units)), append(c.ranks, block), append(c.total, words)
	return c
}

// words are how many stand between two cuts.
func (c *cuts) words(from, to int) int { return c.total[to] - c.total[from] }

// around are where the list items and blocks of code begin that a unit is
// inside of, outer before inner.
func (c *cuts) around(u int) []int {
	var found []int
	for nodes := c.nodes; ; {
		i := sort.Search(len(nodes), func(i int) bool { return nodes[i].to > u })
		if i == len(nodes) || nodes[i].from >= u {
			return found
		}
		if n := nodes[i]; (n.Kind == Item || n.Kind == Code) && (len(found) == 0 || found[len(found)-1] != n.from) {
			found = append(found, n.from)
		}
		nodes = nodes[i].inner
	}
}

// A finder finds the units of a part.
type finder struct {
	units []unit
	next  rank // of the cut before the next unit
	shown bool // something that can be seen came before
}

// blocks finds the units of blocks that can be parted at rank between.
func (f *finder) blocks(bs []Block, between rank) []node {
	nodes := make([]node, len(bs))
	for i := range bs {
		b := &bs[i]
		if i > 0 {
			f.next = between
			switch before := &bs[i-1]; {
			case before.Kind == Heading:
				f.next = tight
			case before.Kind == Paragraph && leads(before):
				f.next = min(between, word)
			}
		}
		n, before := node{Block: b, from: len(f.units)}, f.next
		switch b.Kind {
		case Quote:
			n.inner = f.blocks(b.Blocks, item)
		case Bullets, Numbers:
			n.inner = f.blocks(b.Blocks, item)
		case Item:
			n.inner = f.blocks(b.Blocks, sentence)
		case Code:
			f.code(b)
		case Table:
			f.table(b)
		default:
			f.spans(b)
		}
		if len(f.units) == n.from {
			f.hidden(unit{})
		}
		if n.to = len(f.units); b.Kind != Paragraph {
			f.lead(n, before)
		}
		nodes[i] = n
	}
	return nodes
}

// lead moves the cut before the first words of a block to where the block
// begins: its picture, or empty line, does not stay behind alone.
func (f *finder) lead(n node, r rank) {
	for i := n.from; i < n.to; i++ {
		if u := &f.units[i]; !u.hidden {
			if i > n.from && !u.stuck {
				u.stuck, f.units[n.from].stuck, f.units[n.from].rank = true, false, r
			}
			return
		}
	}
}

// leads reports whether a paragraph leads in what follows it.
func leads(b *Block) bool {
	if len(b.Spans) == 0 {
		return false
	}
	return strings.HasSuffix(strings.TrimSpace(b.Spans[len(b.Spans)-1].Text), ":")
}

// add appends a unit that something can be seen of.
func (f *finder) add(u unit) {
	u.rank, u.stuck = f.next, !f.shown
	f.units, f.shown = append(f.units, u), true
}

// hidden appends a unit that nothing can be seen of. It stays with what came
// before it.
func (f *finder) hidden(u unit) {
	u.stuck, u.hidden = true, true
	f.units = append(f.units, u)
}

// code makes a unit of each line; empty ones stay with the line before.
func (f *finder) code(b *Block) {
	shown := false
	for i, s := range b.Spans {
		u := unit{start: spot{i, 0}, end: spot{i, len(s.Text)}, words: countWords(s.Text)}
		if strings.TrimSpace(s.Text) == "" {
			f.hidden(u)
			if shown {
				f.next = sentence
			}
			continue
		}
		f.add(u)
		shown = true
		f.next = word
	}
}

// table makes one unit of a table.
func (f *finder) table(b *Block) {
	words, shown := 0, false
	walk(b.Blocks, func(c Block) {
		c.Kind = Paragraph // a cell is empty as a paragraph is
		shown = shown || !wordless(&c)
		for _, s := range c.Spans {
			words += countWords(s.Text)
		}
	})
	if !shown {
		f.hidden(unit{})
		return
	}
	f.add(unit{words: words})
}
