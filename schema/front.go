package schema

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// SetFront returns a post in whose front matter a top-level key has a value of
// one line, and other keys are gone. Nothing else is changed: no comment, no
// blank, not how lines end. The error is ErrLayout where that cannot be done.
func SetFront(file string, src []byte, key, value string, without ...string) ([]byte, error) {
	clean, ps := Clean(file, src)
	if len(ps) > 0 {
		return nil, fmt.Errorf("%s: %s", ps[0].Pos, ps[0].Text)
	}
	front, _, ps := FrontMatter(file, clean)
	if len(ps) > 0 {
		return nil, fmt.Errorf("%s: %s", ps[0].Pos, ps[0].Text)
	}
	start := bytes.IndexByte(clean, '\n') + 1
	end := start + len(front.YAML)
	raw := Before(src)
	line := "\n"
	if i := bytes.IndexAny(src, "\r\n"); i >= 0 && src[i] == '\r' {
		line = "\r"
		if bytes.HasPrefix(src[i:], []byte("\r\n")) {
			line = "\r\n"
		}
	}
	var edits []Edit
	at, err := valueOf(front.YAML, key)
	switch {
	case err != nil:
		return nil, err
	case at != nil:
		edits = append(edits, Edit{raw.At(start + at[0]), raw.At(start + at[1]), value})
	default:
		edits = append(edits, Edit{raw.At(end), raw.At(end), key + ": " + value + line})
	}
	for _, other := range without {
		from, to, err := lineOf(front.YAML, other)
		if err != nil {
			return nil, err
		}
		if from < to {
			edits = append(edits, Edit{raw.At(start + from), raw.At(start + to), ""})
		}
	}
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	var out []byte
	from := 0
	for _, e := range edits {
		out = append(append(out, src[from:e.Start]...), e.Text...)
		from = e.End
	}
	out = append(out, src[from:]...)
	if !onlyDiffers(file, front.YAML, out, key, value, without) {
		return nil, ErrLayout
	}
	return out, nil
}

// valueOf is where the value of a top-level key stands; nil where there is no
// such key.
func valueOf(src []byte, key string) ([]int, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err == nil && len(doc.Content) == 0 {
		return nil, nil // comments at most
	}
	_, at, err := top(src, key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLayout, err)
	}
	return at, nil
}

// lineOf is where the line of a top-level key of one line begins and ends. A
// comment behind its value stays: only what stands before it is meant. Both
// are 0 where there is no such key.
func lineOf(src []byte, key string) (from, to int, err error) {
	at, err := valueOf(src, key)
	if err != nil || at == nil {
		return 0, 0, err
	}
	from = bytes.LastIndexByte(src[:at[0]], '\n') + 1
	rest, _, _ := bytes.Cut(src[at[1]:], []byte("\n"))
	to = min(at[1]+len(rest)+1, len(src))
	if blank := len(rest) - len(bytes.TrimLeft(rest, " \t")); blank < len(rest) {
		if rest[blank] != '#' {
			return 0, 0, ErrLayout
		}
		to = at[1] + blank
	}
	if !bytes.HasPrefix(src[from:], []byte(key)) {
		return 0, 0, ErrLayout // it is among others, in {}
	}
	return from, to, nil
}

// onlyDiffers reports whether a post says the same as before but for a key that
// has a value now, and keys that are gone.
func onlyDiffers(file string, was, now []byte, key, value string, without []string) bool {
	clean, ps := Clean(file, now)
	front, _, more := FrontMatter(file, clean)
	if len(ps)+len(more) > 0 {
		return false
	}
	said := func(src []byte) (map[string]string, bool) {
		var doc yaml.Node
		if yaml.Unmarshal(src, &doc) != nil {
			return nil, false
		}
		all := map[string]string{}
		if len(doc.Content) == 0 {
			return all, true
		}
		if doc.Content[0].Kind != yaml.MappingNode {
			return nil, false
		}
		pairs := doc.Content[0].Content
		for i := 0; i+1 < len(pairs); i += 2 {
			var b strings.Builder
			spelled(&b, pairs[i+1])
			all[pairs[i].Value] = b.String()
		}
		return all, len(all) == len(pairs)/2
	}
	before, ok := said(was)
	after, fine := said(front.YAML)
	if !ok || !fine {
		return false
	}
	read, at, err := top(front.YAML, key)
	if err != nil || at == nil || read != value {
		return false
	}
	delete(before, key)
	delete(after, key)
	for _, other := range without {
		delete(before, other)
	}
	if len(before) != len(after) {
		return false
	}
	for k, v := range before {
		if got, is := after[k]; !is || got != v {
			return false
		}
	}
	return true
}

// spelled writes what a node says, without where it stands.
func spelled(b *strings.Builder, n *yaml.Node) {
	fmt.Fprintf(b, "(%d %s %q %q", n.Kind, n.ShortTag(), n.Value, n.Anchor)
	for _, c := range n.Content {
		spelled(b, c)
	}
	b.WriteByte(')')
}
