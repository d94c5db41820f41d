package text

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// answer is what the reference implementations say of one text: see
// .ci/differential/reference.mjs.
type answer struct {
	Weighted  int     // twitter-text's parseTweet, as it is
	Valid     bool    // the same
	Placed    int     // with every link as long as the place it says it has
	Today     int     // and with all emoji that Unicode recommends
	Unknown   string  // letters, marks and digits that twitter-text does not know
	Folded    string  // letters that it takes for others
	Entities  []Facet // in UTF-16 units
	Graphemes int     // Intl.Segmenter
	Rich      int     // RichText.graphemeLength
	Facets    []Facet // RichText.detectFacets, in bytes
}

// differential skips where Node and the reference implementations are not
// there.
func differential(t *testing.T) (folder string) {
	t.Helper()
	if folder = os.Getenv("IMPRIMATUR_NODE"); folder == "" {
		t.Skip("IMPRIMATUR_NODE names no folder with Node and the reference implementations; .ci/differential/install makes one")
	}
	return folder
}

// nodeScript is a script of .ci/differential, to be run.
func nodeScript(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	folder := differential(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "node"), filepath.Join(folder, script))
	cmd.Stderr = os.Stderr
	return cmd
}

// ask gives every text to the reference implementations.
func ask(t *testing.T, texts []string, each func(i int, a *answer)) {
	t.Helper()
	cmd := nodeScript(t, "reference.mjs")
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, s := range texts {
		if err := enc.Encode(s); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Stdin = &in
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bufio.NewReader(out))
	for i, s := range texts {
		var a answer
		if err := dec.Decode(&a); err != nil {
			t.Fatalf("of %q: %v", s, err)
		}
		each(i, &a)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		t.Error("there are more answers than texts")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// A class is a difference that is known, and why ours is right.
type class[T any] struct {
	name, why string
	is        func(T) bool
}

// known sorts differences. One that is of no class fails.
type known[T any] struct {
	*testing.T
	classes []class[T]
	seen    map[string]int
	lost    int
}

func (k *known[T]) differ(d T, format string, args ...any) {
	for _, c := range k.classes {
		if c.is(d) {
			k.seen[c.name]++
			return
		}
	}
	if k.lost++; k.lost <= 10 {
		k.Errorf(format, args...)
	}
}

func (k *known[T]) report(what string, texts int) {
	k.Logf("%s: %d texts", what, texts)
	for _, c := range k.classes {
		k.Logf("%6d: %s: %s", k.seen[c.name], c.name, c.why)
		if k.seen[c.name] == 0 {
			k.Errorf("nothing differs by %q any more; take it out of the table", c.name)
		}
	}
	if k.lost > 0 {
		k.Errorf("%s: %d differences that have no name", what, k.lost)
	}
}

const generated = 60_000

func generatedTexts() []string {
	w := newWriter(1)
	list := make([]string, generated)
	for i := range list {
		list[i] = w.text()
	}
	return list
}

// counted is a text that differs in what X makes of it.
type counted struct {
	text   string
	theirs *answer
}

// written are facets with their places in UTF-16 units.
func written(facets []Facet) string {
	var b strings.Builder
	for _, f := range facets {
		fmt.Fprintln(&b, f.Kind, f.Start, f.End)
	}
	return b.String()
}

// indices are the entities of s, in UTF-16 units.
func indices(s string) []Facet {
	found := Entities(s)
	for i, f := range found {
		found[i].Start, found[i].End = utf16Len(s[:f.Start]), utf16Len(s[:f.End])
	}
	return found
}

func links(found []Facet) (links, others []Facet) {
	for _, f := range found {
		if f.Kind == FacetLink {
			links = append(links, f)
		} else {
			others = append(others, f)
		}
	}
	return links, others
}

// halved is s as JavaScript reads it: a character beyond the BMP is two.
func halved(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 0xffff {
			b.WriteString("\ue000\ue000")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// byHalves are the entities of s as a library finds them that reads it so.
func byHalves(s string) []Facet {
	urls, _ := links(indices(halved(s)))
	_, others := links(indices(s))
	return inOrder(append(urls, others...))
}

// forgotten is s without the letters that X's library does not know.
func (c counted) forgotten(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !strings.ContainsRune(c.theirs.Unknown, r):
			return r
		case r > 0xffff:
			return '🂡'
		default:
			return '★'
		}
	}, s)
}

// folded is s with the letters that X's library takes for its own.
func (c counted) folded(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(c.theirs.Folded, r) {
			return 'é'
		}
		return r
	}, s)
}

const folding = "its classes hold the letters of Latin and Cyrillic; that a flag of JavaScript's folds the accent U+0345 into a Greek iota is no rule"

const wholeCharacter = "the same rules in the same repository for Java read whole characters (Extractor.java), "

var entityClasses = []class[counted]{
	{"half a character", wholeCharacter + "where half of one cannot stand before an address while the other half begins its name",
		func(c counted) bool { return written(byHalves(c.text)) == written(c.theirs.Entities) }},
	{"a letter since Unicode 7", "a hashtag is of letters, marks and digits (bmpLetterAndMarks.js says \\p{L}\\p{M}); the table it has of them is of 2014",
		func(c counted) bool { return written(indices(c.forgotten(c.text))) == written(c.theirs.Entities) }},
	{"a Greek letter in an address", folding,
		func(c counted) bool { return written(indices(c.folded(c.text))) == written(c.theirs.Entities) }},
}

var weightClasses = []class[counted]{
	{"emoji since 2018", "every emoji counts two, those with skin tones and joiners as well (https://docs.x.com/fundamentals/counting-characters); the parser that twitter-text 3.1.0 names is older than they are",
		func(c counted) bool {
			return c.theirs.Today != c.theirs.Placed && Count(c.text, Weighted, 23) == c.theirs.Today
		}},
	{"the rest of a link's place", wholeCharacter + "and go on behind the link's place; this goes on behind its words, of which it has lost some",
		func(c counted) bool {
			return c.theirs.Placed != c.theirs.Weighted && Count(c.text, Weighted, 23) == c.theirs.Today
		}},
	{"a Greek letter in an address", folding,
		func(c counted) bool {
			return c.theirs.Folded != "" && Count(c.folded(c.text), Weighted, 23) == c.theirs.Today
		}},
	{"half a character", "as of entities", func(c counted) bool {
		s := norm.NFC.String(c.text)
		return written(byHalves(s)) != written(indices(s))
	}},
}

// What X and Bluesky count and find, against their own libraries.
func TestDifferential(t *testing.T) {
	differential(t)
	entities := &known[counted]{t, entityClasses, map[string]int{}, 0}
	weights := &known[counted]{t, weightClasses, map[string]int{}, 0}
	texts := generatedTexts()
	ask(t, texts, func(i int, a *answer) {
		s := texts[i]
		if n := Count(s, Graphemes, 0); n != a.Graphemes || n != a.Rich {
			t.Errorf("%+q has %d graphemes; Intl.Segmenter says %d, RichText %d", s, n, a.Graphemes, a.Rich)
		}
		d := counted{s, a}
		n := Count(s, Weighted, 23)
		if n != a.Weighted {
			weights.differ(d, "%+q weighs %d; twitter-text says %d, by its places %d, with today's emoji %d", s, n, a.Weighted, a.Placed, a.Today)
		} else if valid := n > 0 && n <= 280 && !strings.ContainsFunc(s, refused); valid != a.Valid {
			t.Errorf("%+q: valid is %v, twitter-text says %v", s, valid, a.Valid)
		}
		if ours, theirs := written(indices(s)), written(a.Entities); ours != theirs {
			entities.differ(d, "of %+q\nours\n%stheirs\n%s", s, ours, theirs)
		}
	})
	weights.report("weighted length", len(texts))
	entities.report("entities", len(texts))
}

// faceted is a facet that only one of two finds.
type faceted struct {
	markdown, text string

	ours  bool // it is ours
	f     Facet
	other []Facet // what the other finds
}

// both are our facet and theirs that begin at the same place.
func (d faceted) both() (ours, theirs Facet, ok bool) {
	i := slices.IndexFunc(d.other, func(o Facet) bool { return o.Kind == d.f.Kind && o.Start == d.f.Start })
	switch {
	case i < 0:
		return Facet{}, Facet{}, false
	case d.ours:
		return d.f, d.other[i], true
	default:
		return d.other[i], d.f, true
	}
}

func next(s string, f Facet) rune {
	r, _ := utf8.DecodeRuneInString(s[f.End:])
	return r
}

func (d faceted) before() rune {
	r, n := utf8.DecodeLastRuneInString(d.text[:d.f.Start])
	if n == 0 {
		return ' '
	}
	return r
}

func (d faceted) words() string { return d.text[d.f.Start:d.f.End] }

const joiners = "\u200c\u200d"

// Bluesky leaves it to whoever writes a post what of it is a link or a tag: see
// https://docs.bsky.app/docs/advanced-guides/post-richtext (checked 2026-11-22),
// which says so and shows one way to find them. Ours is one for all platforms.
var facetClasses = []class[faceted]{
	{"another blank", "by Unicode's White_Space U+0085 is one and U+FEFF is none; JavaScript has it the other way round",
		func(d faceted) bool { return strings.ContainsAny(string(d.before())+d.words(), "\u0085\ufeff") }},
	{"a joiner in a tag", "the scripts of India and Iran write words with U+200C and U+200D; X and Mastodon keep them in a tag",
		func(d faceted) bool {
			_, theirs, both := d.both()
			return d.f.Kind == FacetTag && (both && strings.IndexAny(strings.TrimLeft(d.text[theirs.End:], "_"), joiners) == 0 || !both && d.ours && strings.ContainsAny(d.words(), joiners))
		}},
	{"a mention", "nobody is called by what only looks like a handle: people are @{named}",
		func(d faceted) bool { return !d.ours && d.f.Kind == FacetMention }},
	{"a cashtag", "the lexicon (app.bsky.richtext.facet) knows the sign # alone",
		func(d faceted) bool { return !d.ours && d.words()[0] == '$' }},
	{"a bare name", "a link is what was written with its scheme, or as one; README.md is neither",
		func(d faceted) bool { return !d.ours && d.f.Kind == FacetLink && d.f.Value != d.words() }},
	{"a tag that ends earlier", "letters, digits and _ make a tag on every platform; what follows ends it there",
		func(d faceted) bool {
			ours, theirs, both := d.both()
			return both && d.f.Kind == FacetTag && ours.End < theirs.End && !TagRune(next(d.text, ours))
		}},
	{"a sign before an address", "an address stays a link",
		func(d faceted) bool {
			return !d.ours && d.f.Kind == FacetTag && slices.ContainsFunc(d.other, func(o Facet) bool { return o.Kind == FacetLink && o.Start > d.f.Start && o.Start < d.f.End })
		}},
	{"Markdown in an address", "the author's signs ended it there",
		func(d faceted) bool {
			ours, theirs, both := d.both()
			return both && d.f.Kind == FacetLink && ours.End < theirs.End && !strings.Contains(d.markdown, theirs.Value)
		}},
	{"a tag before an address", "the same",
		func(d faceted) bool {
			ours, theirs, both := d.both()
			return both && d.f.Kind == FacetTag && ours.End < theirs.End && Address(d.text[ours.End:]) > 0
		}},
	{"a tag that ends with _", "it is part of a tag on X and Mastodon",
		func(d faceted) bool {
			ours, theirs, both := d.both()
			return both && d.f.Kind == FacetTag && ours.End > theirs.End && strings.Trim(d.text[theirs.End:ours.End], "_") == ""
		}},
	{"a sign of an emoji", "# in a box is one",
		func(d faceted) bool { return !d.ours && strings.HasPrefix(d.f.Value, "\u20e3") }},
	{"code", "what stands between backquotes, or behind a tab, is shown as it is",
		func(d faceted) bool {
			return strings.Count(d.markdown, "`") > 1 || !d.ours && strings.HasPrefix(d.markdown, "\t")
		}},
	{"a tag that begins with a sign", "the same: there is nothing left of it",
		func(d faceted) bool {
			r, _ := utf8.DecodeRuneInString(d.f.Value)
			return !d.ours && d.f.Kind == FacetTag && !TagRune(r)
		}},
	{"a tag without a letter", "digits and _ alone make no tag on most platforms, nor do marks",
		func(d faceted) bool {
			return !d.ours && d.f.Kind == FacetTag && !strings.ContainsFunc(d.f.Value[:span(d.f.Value, TagRune)], unicode.IsLetter)
		}},
	{"a tag that is too long with what follows", "the library drops it: it would read on to the next blank",
		func(d faceted) bool {
			rest := d.text[d.f.Start:]
			return d.ours && d.f.Kind == FacetTag && Count(rest[:span(rest, func(r rune) bool { return r == '\u0085' || !unicode.IsSpace(r) })], Graphemes, 0) > 64
		}},
	{"a tag behind a bracket or a quotation mark", "the sentence's signs around a tag do not unmake it",
		func(d faceted) bool {
			return d.ours && d.f.Kind == FacetTag && strings.ContainsRune("([{«“\"'", d.before())
		}},
	{"an address behind a sign", "the sentence's signs around an address do not unmake it",
		func(d faceted) bool {
			return d.ours && d.f.Kind == FacetLink && !unicode.IsSpace(d.before()) && (boundary(d.before()) || d.before() == '_')
		}},
	{"an address that ends earlier", "the sentence's signs behind an address are not part of it, however many there are",
		func(d faceted) bool {
			ours, theirs, both := d.both()
			r := next(d.text, ours)
			return both && d.f.Kind == FacetLink && ours.End < theirs.End && (boundary(r) || r == '_')
		}},
}

// Where both make a facet, they make the same; none of ours cuts a character.
func TestDifferentialFacets(t *testing.T) {
	differential(t)
	facets := &known[faceted]{t, facetClasses, map[string]int{}, 0}
	var sources, list []string
	var ours [][]Facet
	p := NewParser()
	for _, s := range generatedTexts() {
		doc, _ := p.Parse([]byte(s))
		for _, part := range doc.Parts {
			out := Rich{}.Write(part, Names{})
			sources, list, ours = append(sources, s), append(list, out.String), append(ours, out.Facets)
		}
	}
	ask(t, list, func(i int, a *answer) {
		s := list[i]
		for _, f := range ours[i] {
			if !utf8.ValidString(s[f.Start:f.End]) {
				t.Errorf("%v cuts a character of %+q", f, s)
			}
			if !slices.Contains(a.Facets, f) {
				facets.differ(faceted{sources[i], s, true, f, a.Facets}, "ours only, of %+q\n%+q %v\n%v", sources[i], s[f.Start:f.End], f, a.Facets)
			}
		}
		for _, f := range a.Facets {
			if !slices.Contains(ours[i], f) {
				facets.differ(faceted{sources[i], s, false, f, ours[i]}, "theirs only, of %+q\n%+q %v\n%v", sources[i], s[f.Start:f.End], f, ours[i])
			}
		}
	})
	facets.report("facets", len(list))
}

// The tables are what the scripts make of Unicode's data and X's library.
func TestDifferentialTables(t *testing.T) {
	made, err := nodeScript(t, "tables.mjs").Output()
	if err != nil {
		t.Fatal(err)
	}
	if made, err = format.Source(made); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(made, was) {
		return
	}
	if !*update {
		t.Fatal("tables.go is not what .ci/differential/tables.mjs makes; run this test with -update")
	}
	if err := os.WriteFile("tables.go", made, 0o644); err != nil {
		t.Fatal(err)
	}
}
