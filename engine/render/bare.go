package render

import (
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// bare warns of names that the platform makes links of: README.md is a host in
// Moldova, and counts, and on some is paid for, as a link.
func (j *job) bare(doc text.Doc, parts []platform.Part) {
	if !j.profile.BareLinks {
		return
	}
	for i := range parts {
		for _, r := range text.BareLinks(parts[i].Text) {
			name := parts[i].Text[r.Start:r.End]
			j.warn(j.nameAt(doc, i, name), "link/bare-name", j.c.Platform.Title+" makes a link of "+name+", and counts it as one; write https:// before it if you mean the page, else say it another way")
		}
	}
}

// nameAt is where the text says a name, or where the part begins.
func (j *job) nameAt(doc text.Doc, i int, name string) schema.Pos {
	at, found := j.partAt(doc, i), false
	for _, p := range doc.Parts {
		p.Spans(func(s text.Span) {
			if in := strings.Index(s.Text, name); in >= 0 && !found && s.Role == text.Words {
				at, found = j.textAt(s.At+in), true
			}
		})
	}
	return at
}
