package moderate

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Labelled is an item that people have judged.
type Labelled struct {
	Item
	Hit      bool   `json:"hit"`      // it should be found
	Category string `json:"category"` // what it shows, for the count
}

// ReadLabelled reads judged items and gives them to f one by one: lines of
// JSON, or CSV with the columns text, hit and category, or test_case,
// label_gold and functionality as HateCheck has them
// (https://github.com/paul-rottger/hatecheck-data).
func ReadLabelled(from io.Reader, isCSV bool, f func(Labelled) error) error {
	if isCSV {
		return readTable(from, f)
	}
	return eachLine(from, func(n int, line []byte) error {
		var l struct {
			Labelled
			Hit *bool `json:"hit"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("line %d is not an item as JSON: %s", n, brief(err))
		}
		if l.Hit == nil {
			return fmt.Errorf("line %d does not say whether it should be found; write \"hit\": true or false", n)
		}
		l.Labelled.Hit = *l.Hit
		return f(l.Labelled)
	})
}

func readTable(from io.Reader, f func(Labelled) error) error {
	r := csv.NewReader(from)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("it is no table: %w", err)
	}
	column := func(names ...string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))))
		})
	}
	text, hit, category, lang := column("text", "test_case"), column("hit", "label_gold"), column("category", "functionality"), column("lang")
	if text < 0 || hit < 0 {
		return errors.New("the table has no column text, or none called hit")
	}
	get := func(row []string, i int) string {
		if i < 0 {
			return ""
		}
		return row[i]
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no table: %w", err)
		}
		l := Labelled{Category: get(row, category)}
		l.Text, l.Lang = row[text], get(row, lang)
		switch strings.ToLower(strings.TrimSpace(row[hit])) {
		case "true", "1", "yes", "hateful":
			l.Hit = true
		case "false", "0", "no", "non-hateful":
		default:
			n, _ := r.FieldPos(hit)
			return fmt.Errorf("line %d does not say whether it should be found; write true or false", n)
		}
		if err := f(l); err != nil {
			return err
		}
	}
}

// Measured is how well rules find what they should, beside the same rules
// without seeing through any disguise.
type Measured struct {
	Category
	Categories []Category `json:"categories"` // in order of their names
}

// A Category counts judged items of one kind.
type Category struct {
	Name   string `json:"name"`
	Hits   int    `json:"hits"`   // that should be found
	Found  int    `json:"found"`  // of these
	Plain  int    `json:"plain"`  // of these, by plain matching
	Benign int    `json:"benign"` // that should not be found
	Alarms int    `json:"alarms"` // of these, found all the same
	Loud   int    `json:"loud"`   // of these, found by plain matching
}

// A Measure judges items by rules in both ways.
type Measure struct {
	full, plain *Rules
	by          map[string]*Category
}

// NewMeasure begins to measure rules that were read; they must compile.
func NewMeasure(m *workspace.Moderation, s Setting) (*Measure, []schema.Problem) {
	full, ps := Compile(m, s)
	plain, _ := Compile(asWritten(m), s)
	return &Measure{full, plain, map[string]*Category{}}, ps
}

// OfList is one rule that finds the terms of a list through every disguise.
func OfList(list workspace.WordList) *workspace.Moderation {
	const name = "list"
	rule := schema.Rule{ID: name, Policy: name, Mode: "enforce", Action: string(Hold), Match: schema.Match{Words: &schema.Words{List: schema.Several{name}, Fold: "evasion"}}}
	return &workspace.Moderation{
		Files:  []workspace.RuleFile{{Moderation: schema.Moderation{Lists: map[string]schema.TermList{name: {File: name}}, Rules: []schema.Rule{rule}}}},
		Lists:  map[string]workspace.WordList{workspace.ListFile(name): list},
		Policy: map[string]string{name: name},
	}
}

// asWritten is rules whose words are found as they are written only.
func asWritten(m *workspace.Moderation) *workspace.Moderation {
	out := *m
	out.Files = slices.Clone(m.Files)
	var plain func(schema.Match) schema.Match
	each := func(ms []schema.Match) []schema.Match {
		if ms == nil {
			return nil
		}
		all := make([]schema.Match, len(ms))
		for i := range ms {
			all[i] = plain(ms[i])
		}
		return all
	}
	plain = func(m schema.Match) schema.Match {
		m.All, m.Any = each(m.All), each(m.Any)
		if m.Not != nil {
			not := plain(*m.Not)
			m.Not = &not
		}
		if m.Words != nil {
			words := *m.Words
			words.Fold = "none"
			m.Words = &words
		}
		return m
	}
	for i := range out.Files {
		f := &out.Files[i]
		f.Rules = slices.Clone(f.Rules)
		for n := range f.Rules {
			f.Rules[n].Match = plain(f.Rules[n].Match)
		}
	}
	return &out
}

// Add judges one item. It is found if any rule that is not off matches and has
// a say.
func (m *Measure) Add(l Labelled) {
	c := m.by[l.Category]
	if c == nil {
		c = &Category{Name: l.Category}
		m.by[l.Category] = c
	}
	l.Decided = ""
	found, plain := finds(m.full, l.Item), finds(m.plain, l.Item)
	if l.Hit {
		c.Hits, c.Found, c.Plain = c.Hits+1, c.Found+found, c.Plain+plain
	} else {
		c.Benign, c.Alarms, c.Loud = c.Benign+1, c.Alarms+found, c.Loud+plain
	}
}

func finds(r *Rules, i Item) int {
	for _, m := range r.Decide(i, History{}).Matched {
		if (m.State == Acts || m.State == Shadowed) && m.Action != Allow {
			return 1
		}
	}
	return 0
}

// Report is what came of all items.
func (m *Measure) Report() Measured {
	out := Measured{Categories: []Category{}}
	for _, name := range slices.Sorted(maps.Keys(m.by)) {
		c := m.by[name]
		out.Hits, out.Found, out.Plain = out.Hits+c.Hits, out.Found+c.Found, out.Plain+c.Plain
		out.Benign, out.Alarms, out.Loud = out.Benign+c.Benign, out.Alarms+c.Alarms, out.Loud+c.Loud
		out.Categories = append(out.Categories, *c)
	}
	out.Name = "all"
	return out
}
