package observance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	longest = 4000 // bytes of a rule
	deepest = 4    // weekdays beside weekdays
	widest  = 400  // days of an offset
)

// Parse reads when a day comes, in English words, upper or lower case:
//
//	12-25                                      every year
//	2027-03-01, 2028-02-18                     on these dates alone
//	easter, easter-2, orthodox easter+1        Easter Sunday and days from it
//	4th thursday of november, last monday of may
//	monday after 06-01                         and before, on or after, on or before
//	4th thursday of november +1                days from any of these
//	tuesday after 1st monday of november       and one beside another
//
// Behind it may stand where it turns to, which for a weekday is the nearest:
//
//	07-04 if saturday then friday, if sunday then monday
//	last sunday of may if easter+49 then 1st sunday of june
//	substitute for 12-26 if saturday or sunday then monday    only when it turns
//
// and the years in which it holds:
//
//	06-19 since 2021, 05-08 until 1959, 1st monday of may except 1995, 2020
//	08-15 in even years, 01-20 every 4 years from 1937
//
// "about" before it marks a day that is yet to be announced. An error says what
// to write instead.
func Parse(s string) (*Rule, error) {
	if len(s) > longest {
		return nil, fmt.Errorf("this is too long for a day: write at most %d characters", longest)
	}
	p := parser{words: token.FindAllString(strings.ToLower(s), -1)}
	if foreign.MatchString(s) {
		return nil, fmt.Errorf("%q does not say which day: %w", brief(s), errExample)
	}
	r, err := p.rule()
	if err != nil {
		return nil, fmt.Errorf("%q does not say which day: %w", brief(s), err)
	}
	return r, nil
}

func brief(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:59]) + "…"
	}
	return s
}

// token is a date, a number with a sign, a word, or a sign that has no place
// in a rule.
var token = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}\b|[+-] ?[0-9]+|[0-9]*[a-z]+|[0-9]+|[^ \t]`)

// foreign is a date as others write it, which would read as an offset.
var foreign = regexp.MustCompile(`\b[0-9]{1,2}-[0-9]{1,2}-[0-9]`)

type parser struct {
	words []string
	at    int
}

var errExample = errors.New("write a day as 12-25, 2027-03-01, easter+1, 4th thursday of november, last monday of may or monday after 06-01")

func (p *parser) rule() (*Rule, error) {
	r := &Rule{about: p.take("about")}
	var err error
	switch _, isDate := dated(p.word()); {
	case isDate:
		err = p.list(r)
	default:
		if r.substitute = p.take("substitute"); r.substitute {
			err = p.must("for")
		}
		if err == nil {
			r.when, err = p.when(0)
		}
	}
	for err == nil && p.word() != "" {
		err = p.behind(r)
	}
	if err == nil && r.substitute && len(r.turns) == 0 {
		err = errors.New("a substitute needs where it turns to, as in substitute for 12-26 if sunday then monday")
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// list reads dates; behind the last there may be what else a rule has.
func (p *parser) list(r *Rule) error {
	for {
		d, ok := dated(p.word())
		if !ok {
			return fmt.Errorf("%q is no date: write it as 2027-03-01", p.word())
		}
		r.dates = append(r.dates, d)
		p.at++
		if !p.take(",") {
			break
		}
	}
	slices.SortFunc(r.dates, time.Time.Compare)
	r.dates = slices.CompactFunc(r.dates, time.Time.Equal)
	return nil
}

func dated(word string) (time.Time, bool) {
	d, err := time.Parse(time.DateOnly, word)
	return d, err == nil && d.Year() > 0
}

// behind reads one thing that may stand behind a day.
func (p *parser) behind(r *Rule) error {
	switch y := &r.years; {
	case p.take(","):
		if p.word() == "" || p.word() == "," {
			return errExample
		}
		return nil
	case p.take("if"):
		if r.when == nil {
			return errors.New("dates do not turn to others: write those that you mean")
		}
		t, err := p.turn()
		r.turns = append(r.turns, t)
		return err
	case p.take("since"):
		return p.year(&y.since)
	case p.take("until"):
		return p.year(&y.until)
	case p.take("in"):
		switch y.every = 2; {
		case p.take("even"):
			y.from = 2
		case p.take("odd"):
			y.from = 1
		default:
			return errors.New("behind in stands even years or odd years")
		}
		return p.must("years")
	case p.take("every"):
		n, err := strconv.Atoi(p.word())
		if err != nil || n < 1 || n > 100 {
			return errors.New("behind every stands how many years, as in every 4 years from 2024")
		}
		p.at++
		y.every = n
		if err := p.must("years"); err != nil {
			return err
		}
		if err := p.must("from"); err != nil {
			return err
		}
		return p.year(&y.from)
	case p.take("except"):
		for {
			var year int
			if err := p.year(&year); err != nil {
				return err
			}
			y.except = append(y.except, year)
			if _, err := strconv.Atoi(p.next()); p.word() != "," || err != nil {
				return nil
			}
			p.at++
		}
	}
	return fmt.Errorf("%q has no meaning there; %w", p.word(), errExample)
}

func (p *parser) turn() (turn, error) {
	var t turn
	for {
		w, ok := weekdays[p.word()]
		if !ok || slices.Contains(along, p.next()) {
			break
		}
		t.weekdays = append(t.weekdays, w)
		p.at++
		if !p.take("or") {
			break
		}
	}
	var err error
	if len(t.weekdays) == 0 {
		if t.when, err = p.when(0); err != nil {
			return t, err
		}
	}
	if err := p.must("then"); err != nil {
		return t, err
	}
	if w, ok := weekdays[p.word()]; ok && !slices.Contains(along, p.next()) {
		p.at++
		t.to.weekday = w
		return t, nil
	}
	t.to.when, err = p.when(0)
	return t, err
}

// along are the words that make of a weekday one beside another day.
var along = []string{"after", "before", "on"}

func (p *parser) when(depth int) (*when, error) {
	w := &when{}
	word := p.word()
	weekday, isWeekday := weekdays[word]
	n, isNth := order[word]
	switch {
	case depth > deepest:
		return nil, errors.New("one day beside another and another is too much; name one that is nearer")
	case p.take("easter"):
		w.kind = western
	case p.take("orthodox"):
		if err := p.must("easter"); err != nil {
			return nil, err
		}
		w.kind = eastern
	case isNth:
		p.at++
		var ok bool
		w.kind, w.number = nth, n
		if w.weekday, ok = weekdays[p.word()]; !ok {
			return nil, fmt.Errorf("%q is no day of the week, as in 4th thursday of november", p.word())
		}
		p.at++
		if err := p.must("of"); err != nil {
			return nil, err
		}
		if w.month = time.Month(slices.Index(months, p.word()) + 1); w.month == 0 {
			return nil, fmt.Errorf("%q is no month, as in 4th thursday of november", p.word())
		}
		p.at++
	case isWeekday:
		p.at++
		var err error
		w.kind, w.weekday = beside, weekday
		if w.on = p.take("on"); w.on {
			if err := p.must("or"); err != nil {
				return nil, err
			}
		}
		if w.before = p.take("before"); !w.before && !p.take("after") {
			return nil, errors.New("behind a day of the week stands after or before which day, as in monday after 06-01")
		}
		w.other, err = p.when(depth + 1)
		return w, err // what follows was the other's
	default:
		d, err := time.Parse("2006-01-02", "2000-"+word) // a leap year
		if err != nil {
			return nil, errExample
		}
		p.at++
		w.kind, w.month, w.day = fixed, d.Month(), d.Day()
	}
	for strings.ContainsAny(p.word(), "+-") {
		n, err := strconv.Atoi(strings.ReplaceAll(p.word(), " ", ""))
		if w.offset += n; err != nil || w.offset > widest || w.offset < -widest {
			return nil, fmt.Errorf("%q is no number of days up to %d", p.word(), widest)
		}
		p.at++
	}
	return w, nil
}

func (p *parser) word() string {
	if p.at < len(p.words) {
		return p.words[p.at]
	}
	return ""
}

func (p *parser) next() string {
	if p.at+1 < len(p.words) {
		return p.words[p.at+1]
	}
	return ""
}

func (p *parser) take(word string) bool {
	if p.word() != word {
		return false
	}
	p.at++
	return true
}

func (p *parser) must(word string) error {
	if !p.take(word) {
		return fmt.Errorf("there is no %q after %q", word, strings.Join(p.words[:p.at], " "))
	}
	return nil
}

func (p *parser) year(into *int) error {
	n, err := strconv.Atoi(p.word())
	if err != nil || n < 1 || n > 9999 {
		return fmt.Errorf("%q is no year, as in since 2021", p.word())
	}
	p.at++
	*into = n
	return nil
}

var (
	weekdays = map[string]time.Weekday{"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}
	months   = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	order    = map[string]int{"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "5th": 5, "fifth": 5, "last": 0}
)
