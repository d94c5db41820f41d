package render

import (
	"fmt"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

// split makes a thread of a text that is too long for one part. The parts that
// the author began with --- stay parts, and each may become several. Head is
// what the first part has besides its text.
func (j *job) split(doc text.Doc, head platform.Part) text.Doc {
	if !j.c.Split || j.profile.Thread.Max < 2 || len(doc.Parts) == 0 {
		return doc
	}
	fits := func(p text.Part, first bool, number string) bool {
		part := platform.Part{Warning: head.Warning}
		if first {
			part = head
		}
		if pictured(p) || first && len(j.say.Media) > 0 {
			part.Media = make([]platform.Media, 1)
		}
		if first {
			p.Blocks = j.frame(p.Blocks, &part, doc)
		}
		p.Blocks = numbered(p.Blocks, number)
		part.Text = j.c.Markup().Write(p, text.Names{Person: j.handle}).String
		for _, size := range Measure(&part, j.profile) {
			if !size.Fits {
				return false
			}
		}
		return true
	}
	if len(doc.Parts) == 1 && fits(doc.Parts[0], true, "") {
		return doc
	}
	// Room is kept for the widest number, so that a thread that grows is cut
	// where it was.
	for most := 99; ; most = most*10 + 9 {
		number := ""
		if j.c.Numbered {
			number = fmt.Sprintf("%d/%d", most, most)
		}
		var parts []text.Part
		for i, p := range doc.Parts {
			parts = append(parts, text.Split(p, func(n int, p text.Part) bool { return fits(p, i+n == 0, number) })...)
		}
		if len(parts) <= most || number == "" {
			return text.Doc{Parts: parts}
		}
	}
}

func pictured(p text.Part) bool {
	found := false
	p.Spans(func(s text.Span) { found = found || s.Role == text.Image })
	return found
}

// numbered ends a part with its number, on a line of its own: after a list or
// a block of code there is no other place for it.
func numbered(blocks []text.Block, number string) []text.Block {
	if number == "" {
		return blocks
	}
	return append(blocks[:len(blocks):len(blocks)], text.Block{Kind: text.Paragraph, Spans: []text.Span{{Text: number}}})
}

// number is that of a part of a thread, where the channel shows it.
func (j *job) number(i, of int) string {
	if !j.c.Numbered || of < 2 {
		return ""
	}
	return fmt.Sprintf("%d/%d", i+1, of)
}

// shorter says how a part that is too long can be made to fit.
func (j *job) shorter() string {
	own := "write variants." + j.c.Name + ".text"
	switch {
	case j.profile.Thread.Max < 2:
		return "shorten it, or " + own
	case j.c.Split:
		return "it cannot be cut any further: shorten it, or " + own
	}
	return "shorten it, begin a new part with a line ---, set split: true for " + j.c.Name + ", or " + own
}
