package moderate

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// A Finding is a problem that a rule has with a post.
type Finding struct {
	schema.Problem
	Channels []string // on which the post says it; nil where it goes nowhere yet
}

// Post reads a post as it is on each of channels, and says what rules find in
// it: a rule that is an error is editorial/rule, another editorial/advice.
func (e *Editor) Post(p *workspace.Post, parser *text.Parser, channels []*platform.Channel) []Finding {
	if len(e.rules) == 0 {
		return nil
	}
	var all []Finding
	for _, m := range e.manuscripts(p, parser, channels) {
		reading := &reading{manuscript: m, look: e.look(m)}
		for _, r := range e.rules {
			on, is := r.concerns(p, m)
			if !is {
				continue
			}
			reading.in = r.in
			marks := r.kind.marks(reading)
			for _, mark := range marks[:min(len(marks), maxMarks)] {
				f := Finding{Channels: on, Problem: schema.Problem{Check: "editorial/advice", Severity: schema.Warning, Text: r.says(mark)}}
				if r.Severity == string(schema.Error) {
					f.Check, f.Severity = "editorial/rule", schema.Error
				}
				f.Pos, f.Fix = place(p, m, mark)
				all = append(all, f)
			}
		}
		e.free(reading.look)
	}
	return all
}

// concerns reports whether a rule is for a post as it is in a manuscript, and on
// which of its channels.
func (r *ownRule) concerns(p *workspace.Post, m *manuscript) (on []string, is bool) {
	if r.everywhere {
		return m.names, true
	}
	w := &r.Where
	lang := m.lang
	if lang == "" {
		lang = Und
	}
	among := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	if len(w.Lang) > 0 && !speaks(w.Lang, lang) || !among(w.Pillar, p.Front.Pillar) || !among(w.Campaign, p.Front.Campaign) ||
		len(w.Path) > 0 && !slices.ContainsFunc(w.Path, func(pattern string) bool { return below(pattern, p.File) }) {
		return nil, false
	}
	for _, c := range m.channels {
		if among(w.Channel, c.Name) && among(w.Platform, c.Platform.Name) {
			on = append(on, c.Name)
		}
	}
	return on, on != nil || len(m.channels)+len(w.Channel)+len(w.Platform) == 0
}

// below reports whether a pattern means a file, or a folder above it.
func below(pattern, file string) bool {
	pattern = strings.TrimSuffix(pattern, "/")
	for ; file != "."; file = path.Dir(file) {
		if is, err := path.Match(pattern, file); is && err == nil {
			return true
		}
	}
	return false
}

// place is where a mark is in the post's file, and what mends it.
func place(p *workspace.Post, m *manuscript, at mark) (schema.Pos, schema.Fix) {
	n := slices.IndexFunc(m.pieces, func(piece piece) bool { return piece.start <= at.start && at.end <= piece.end })
	if n < 0 {
		return p.Start(), nil
	}
	piece := &m.pieces[n]
	start, end := at.start-piece.start, at.end-piece.start
	fit := at.instead != "" && harmless(at.instead) && harmless(m.text[at.start:at.end])
	if piece.block != nil {
		var sure bool
		start, end, sure = text.Locate(piece.block, piece.markdown, start, end)
		if piece.key == "" {
			if !sure || !fit {
				return p.Pos(start), nil
			}
			return p.Pos(start), schema.Fix{p.Edit(start, end, at.instead)}
		}
		fit = fit && sure
	}
	start, end = max(0, start-piece.skip), max(0, end-piece.skip)
	t, here := p.Source.Written().Text(piece.key)
	switch {
	case !here: // a default of the workspace
		return p.Source.At(piece.key), nil
	case !fit || !t.Sure():
		return t.PosAt(start), nil
	}
	return t.PosAt(start), schema.Fix{p.EditFront(t.At(start), t.At(end), at.instead)}
}

// harmless reports whether words mean nothing but themselves in Markdown and in
// YAML, whatever they stand in.
func harmless(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return (unicode.IsLetter(first) || unicode.IsDigit(first)) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ’-\u00a0\u202f", r)
	})
}
