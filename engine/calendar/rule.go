package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/teambition/rrule-go"
)

// A rule is the days on which something comes back. Days are midnights in UTC:
// what zone they are in is for who adds a time of day.
type rule struct {
	option rrule.ROption
	counts bool // from the first day on, so that there must be one
}

// weekdays are the words for days of the week, English and French.
var weekdays = map[string]rrule.Weekday{
	"monday": rrule.MO, "tuesday": rrule.TU, "wednesday": rrule.WE, "thursday": rrule.TH, "friday": rrule.FR, "saturday": rrule.SA, "sunday": rrule.SU,
	"mon": rrule.MO, "tue": rrule.TU, "wed": rrule.WE, "thu": rrule.TH, "fri": rrule.FR, "sat": rrule.SA, "sun": rrule.SU,
	"lundi": rrule.MO, "mardi": rrule.TU, "mercredi": rrule.WE, "jeudi": rrule.TH, "vendredi": rrule.FR, "samedi": rrule.SA, "dimanche": rrule.SU,
}

const ruleWant = "write weekdays, as in tuesday and thursday, or day, weekday or weekend, or an iCalendar rule such as RRULE:FREQ=MONTHLY;BYDAY=1MO"

// parseRule reads what stands under every.
func parseRule(every string) (rule, error) {
	if text := strings.ToUpper(strings.TrimSpace(every)); strings.HasPrefix(text, "RRULE:") || strings.HasPrefix(text, "FREQ=") {
		return parseRRule(strings.TrimPrefix(text, "RRULE:"))
	}
	r := rule{option: rrule.ROption{Freq: rrule.WEEKLY}}
	days := func(all ...rrule.Weekday) {
		for _, d := range all {
			if !slices.Contains(r.option.Byweekday, d) {
				r.option.Byweekday = append(r.option.Byweekday, d)
			}
		}
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(every), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if day, ok := weekdays[word]; ok {
			days(day)
			continue
		}
		if day, ok := weekdays[strings.TrimSuffix(word, "s")]; ok {
			days(day)
			continue
		}
		switch word {
		case "and", "et":
		case "day", "days", "jour", "jours":
			days(rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
		case "weekday", "weekdays":
			days(rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR)
		case "weekend", "weekends":
			days(rrule.SA, rrule.SU)
		default:
			return rule{}, fmt.Errorf("%q is no day of the week; %s", word, ruleWant)
		}
	}
	if len(r.option.Byweekday) == 0 {
		return rule{}, errors.New("there is no day in it; " + ruleWant)
	}
	return r, nil
}

// Bounds of a rule: nobody plans further.
const (
	maxInterval = 1000
	maxCount    = 10_000
)

// parseRRule reads an iCalendar rule. What a calendar of days has no use for,
// and what RFC 5545 leaves open, it refuses.
func parseRRule(text string) (rule, error) {
	parts := map[string]string{}
	for _, part := range strings.Split(strings.TrimSuffix(text, ";"), ";") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case !ok || value == "":
			return rule{}, fmt.Errorf("%q is no part of an iCalendar rule; write parts as in BYDAY=TU", part)
		case parts[key] != "":
			return rule{}, fmt.Errorf("%s is there twice; keep one", key)
		}
		parts[key] = value
		switch key {
		case "FREQ", "INTERVAL", "COUNT", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS":
		case "UNTIL":
			return rule{}, errors.New("UNTIL is not read here; write the last day under the key to")
		case "BYHOUR", "BYMINUTE", "BYSECOND":
			return rule{}, fmt.Errorf("%s is not read here; write the time of day under the key at, and another slot for another time", key)
		default:
			return rule{}, fmt.Errorf("%s is no part of an iCalendar rule that is read here; leave it out", key)
		}
	}
	option, err := rrule.StrToROption(text)
	if err == nil {
		_, err = rrule.NewRRule(*option)
	}
	if err != nil {
		return rule{}, fmt.Errorf("it is no iCalendar rule (%w); correct it", err)
	}
	if err := limits(parts, option); err != nil {
		return rule{}, err
	}
	return rule{*option, counts(parts, option)}, nil
}

// limits are those of RFC 5545, section 3.3.10, and of what is bearable.
func limits(parts map[string]string, o *rrule.ROption) error {
	number := func(key string, most int) error {
		n, err := strconv.Atoi(parts[key])
		if parts[key] != "" && (err != nil || n < 1 || n > most) {
			return fmt.Errorf("%s must be from 1 to %d", key, most)
		}
		return nil
	}
	if err := cmp.Or(number("INTERVAL", maxInterval), number("COUNT", maxCount)); err != nil {
		return err
	}
	nth := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	zeroth := strings.Contains(","+strings.NewReplacer("+", "", "-", "").Replace(parts["BYDAY"]), ",0")
	switch {
	case o.Freq > rrule.DAILY:
		return fmt.Errorf("FREQ=%s is too often for a calendar; write DAILY, WEEKLY, MONTHLY or YEARLY", parts["FREQ"])
	case zeroth:
		return errors.New("BYDAY counts from 1, or from the end with -1")
	case nth && (o.Freq == rrule.DAILY || o.Freq == rrule.WEEKLY):
		return errors.New("BYDAY takes a number, as in 1MO, only in a rule that is MONTHLY or YEARLY")
	case (o.Freq == rrule.MONTHLY || len(o.Bymonth) > 0) && slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() > 5 || d.N() < -5 }):
		return errors.New("BYDAY counts to 5 in a month, and to -5 from its end")
	case nth && len(o.Byweekno) > 0:
		return errors.New("BYDAY takes no number beside BYWEEKNO")
	case len(o.Byweekno) > 0 && (o.Freq != rrule.YEARLY || len(o.Byweekday) == 0):
		return errors.New("BYWEEKNO stands only in a rule that is YEARLY and has BYDAY")
	case len(o.Byyearday) > 0 && o.Freq != rrule.YEARLY:
		return errors.New("BYYEARDAY stands only in a rule that is YEARLY")
	case len(o.Bymonthday) > 0 && o.Freq == rrule.WEEKLY:
		return errors.New("BYMONTHDAY does not stand in a rule that is WEEKLY")
	case len(o.Bysetpos) > 0 && len(o.Byweekday)+len(o.Bymonthday)+len(o.Byyearday) == 0:
		return errors.New("BYSETPOS picks among days; say which with BYDAY or BYMONTHDAY")
	}
	return nil
}

// counts reports whether a rule says less than which days: every second week,
// ten times, once a month.
func counts(parts map[string]string, o *rrule.ROption) bool {
	if o.Interval > 1 || o.Count > 0 {
		return true
	}
	days := len(o.Byweekday) + len(o.Bymonthday) + len(o.Byyearday)
	return o.Freq != rrule.DAILY && days == 0
}

// days lists the days of a rule from one to another, both included. First is
// the day it counts from, if it does.
func (r *rule) days(first, from, to time.Time) []time.Time {
	o := r.option
	o.Dtstart = from
	if first.After(from) || r.counts {
		o.Dtstart = first
	}
	if first.After(from) {
		from = first
	}
	if o.Freq == rrule.WEEKLY && o.Count == 0 && len(o.Byweekday) > 0 { // BYSETPOS picks among the days of a whole week
		o.Dtstart = o.Dtstart.AddDate(0, 0, -(int(o.Dtstart.Weekday())+6-o.Wkst.Day())%7)
	}
	it, err := rrule.NewRRule(o)
	if err != nil {
		return nil // parseRule has seen it
	}
	var all []time.Time
	for next := it.Iterator(); ; {
		day, ok := next()
		if !ok || day.After(to) {
			return all
		}
		if !day.Before(from) {
			all = append(all, day)
		}
	}
}

// comes reports whether there is any day at all.
func (r *rule) comes(first time.Time) bool {
	o := r.option
	o.Dtstart = first
	it, err := rrule.NewRRule(o)
	if err != nil {
		return false
	}
	_, ok := it.Iterator()()
	return ok
}
