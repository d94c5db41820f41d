package moderate

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// maxLine is the longest recorded item that is read, in bytes.
const maxLine = 1 << 20

// Read reads recorded items, one line of JSON each, and gives them to f one
// by one.
func Read(from io.Reader, f func(Item) error) error {
	return eachLine(from, func(n int, line []byte) error {
		var item Item
		if err := json.Unmarshal(line, &item); err != nil {
			return fmt.Errorf("line %d is not an item as JSON: %s", n, brief(err))
		}
		if item.Decided != "" && !slices.Contains(Actions, item.Decided) {
			return fmt.Errorf("line %d: decided is none of the actions that an item can get", n)
		}
		return f(item)
	})
}

// eachLine calls f with every line that is not blank, and its number.
func eachLine(from io.Reader, f func(n int, line []byte) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if err := f(n, line); err != nil {
			return err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d KiB", n+1, maxLine>>10)
	} else if err != nil {
		return err
	}
	return nil
}

// brief says what is wrong with a line of JSON without saying what it says.
func brief(err error) string {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return "its " + typ.Field + " should be a " + typ.Type.String()
	}
	return "something is missing or misplaced in it"
}

// A Replay judges recorded items by old rules and by new ones. What it keeps
// does not grow with the number of items.
type Replay struct {
	old, new *Rules
	now      time.Time
	items    int
	decided  int
	moves    map[[2]Action]*Move
	rules    map[string]*RuleCount
	before   score
	after    score
}

// NewReplay begins a replay. Brakes play no part in it, for what came in when
// is not known, and neither does what people decided, which it compares with.
func NewReplay(before, after *Rules, now time.Time) *Replay {
	r := &Replay{old: before, new: after, now: now, moves: map[[2]Action]*Move{}, rules: map[string]*RuleCount{}}
	for _, rules := range []*Rules{before, after} {
		for _, id := range rules.IDs() {
			r.rules[id] = &RuleCount{Rule: id}
		}
	}
	return r
}

// Replayed is what came of a replay.
type Replayed struct {
	Items        int         `json:"items"`
	Decided      int         `json:"decided"` // by people
	Changed      int         `json:"changed"`
	Moves        []Move      `json:"moves"` // those that changed first, then the most
	Rules        []RuleCount `json:"rules"` // in order of id
	Before       *Score      `json:"before,omitempty"`
	After        *Score      `json:"after,omitempty"`
	Expectations []Expected  `json:"expectations"`
}

// OK reports whether every expectation was met.
func (r *Replayed) OK() bool {
	return !slices.ContainsFunc(r.Expectations, func(e Expected) bool { return !e.OK })
}

// A Move is what one action became.
type Move struct {
	From    Action   `json:"from"`
	To      Action   `json:"to"`
	Items   int      `json:"items"`
	Samples []Sample `json:"samples"` // the first few, of those that changed
}

// A Sample is an item without its words.
type Sample struct {
	ID      string   `json:"id"`
	Before  string   `json:"before,omitempty"`  // the rule whose action it was
	After   string   `json:"after,omitempty"`   // the rule whose action it is
	Shown   []string `json:"shown"`             // what matched, masked
	Decided Action   `json:"decided,omitempty"` // by a person
}

// RuleCount is how often a rule matched.
type RuleCount struct {
	Rule    string `json:"rule"`
	Before  int    `json:"before"`
	After   int    `json:"after"`
	Unknown int    `json:"unknown"` // items it cannot tell of, after
	Right   int    `json:"right"`   // items it matched, after, that a person acted on
	Wrong   int    `json:"wrong"`   // items it matched, after, that a person left alone
}

// A Score compares decisions with those of people: of items that rules acted
// on, how many people acted on too, and the other way round.
type Score struct {
	Precision *float64 `json:"precision,omitempty"` // 0 to 1
	Recall    *float64 `json:"recall,omitempty"`    // 0 to 1
}

// Expected is an expectation, and what came.
type Expected struct {
	Rule    string `json:"rule"`
	AtLeast *int   `json:"at_least,omitempty"`
	AtMost  *int   `json:"at_most,omitempty"`
	Got     int    `json:"got"`
	OK      bool   `json:"ok"`
}

type score struct{ both, rules, people int }

func (s *score) add(rules, people bool) {
	if rules && people {
		s.both++
	}
	if rules {
		s.rules++
	}
	if people {
		s.people++
	}
}

func (s *score) share() *Score {
	part := func(of int) *float64 {
		if of == 0 {
			return nil
		}
		f := float64(s.both) / float64(of)
		return &f
	}
	return &Score{part(s.rules), part(s.people)}
}

// samples is how many items of one move are shown.
const samples = 3

// Add judges one item.
func (r *Replay) Add(item Item) {
	r.items++
	decided := item.Decided
	item.Decided = ""
	item.Lang = language(&item)
	was, is := r.old.Decide(item, History{Now: r.now}), r.new.Decide(item, History{Now: r.now})
	key := [2]Action{was.Action, is.Action}
	m := r.moves[key]
	if m == nil {
		m = &Move{From: was.Action, To: is.Action, Samples: []Sample{}}
		r.moves[key] = m
	}
	m.Items++
	if was.Action != is.Action && len(m.Samples) < samples {
		m.Samples = append(m.Samples, sample(&item, &was, &is, decided))
	}
	for i := range was.Matched {
		r.rules[was.Matched[i].Rule].Before++
	}
	for i := range is.Matched {
		c := r.rules[is.Matched[i].Rule]
		c.After++
		switch {
		case decided == "":
		case decided == None:
			c.Wrong++
		default:
			c.Right++
		}
	}
	for _, u := range is.Unknown {
		r.rules[u.Rule].Unknown++
	}
	if decided != "" {
		r.before.add(was.Action != None, decided != None)
		r.after.add(is.Action != None, decided != None)
		r.decided++
	}
}

func sample(item *Item, was, is *Decision, decided Action) Sample {
	s := Sample{ID: cmp.Or(item.URL, item.ID), Before: was.Rule, After: is.Rule, Decided: decided, Shown: []string{}}
	for _, d := range []*Decision{was, is} {
		for i := range d.Matched {
			for _, span := range d.Matched[i].Spans {
				if len(s.Shown) < samples && !slices.Contains(s.Shown, span.Shown) {
					s.Shown = append(s.Shown, span.Shown)
				}
			}
		}
	}
	return s
}

// Report is what came of it so far.
func (r *Replay) Report() Replayed {
	out := Replayed{Items: r.items, Decided: r.decided, Moves: []Move{}, Rules: []RuleCount{}, Expectations: []Expected{}}
	for _, m := range r.moves {
		out.Moves = append(out.Moves, *m)
		if m.From != m.To {
			out.Changed += m.Items
		}
	}
	slices.SortFunc(out.Moves, func(a, b Move) int {
		return cmp.Or(order(a.From == a.To)-order(b.From == b.To), b.Items-a.Items, cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for _, c := range r.rules {
		out.Rules = append(out.Rules, *c)
	}
	slices.SortFunc(out.Rules, func(a, b RuleCount) int { return cmp.Compare(a.Rule, b.Rule) })
	if r.decided > 0 {
		out.Before, out.After = r.before.share(), r.after.share()
	}
	for _, e := range r.new.expectations {
		got := 0
		if c := r.rules[e.Rule]; c != nil {
			got = c.After
		}
		out.Expectations = append(out.Expectations, Expected{e.Rule, e.AtLeast, e.AtMost, got,
			(e.AtLeast == nil || got >= *e.AtLeast) && (e.AtMost == nil || got <= *e.AtMost)})
	}
	return out
}

func order(last bool) int {
	if last {
		return 1
	}
	return 0
}
