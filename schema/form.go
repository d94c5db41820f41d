package schema

import "reflect"

// A form is a scalar with a parser of its own.
type form struct {
	pattern string // it is accepted by, in the JSON Schemas as they are
	check   string // that a text of another form fails
	kind    string // what it is, for people
	parse   func(string) (any, error)
	tidy    func(value, raw string) string // as fmt writes it
}

// formOf adapts a parser.
func formOf[T any](pattern, check, kind string, parse func(string) (T, error), tidy func(value, raw string) string) (reflect.Type, form) {
	return reflect.TypeFor[T](), form{pattern, check, kind, func(s string) (any, error) { return parse(s) }, tidy}
}

// forms are never written after start.
var forms = func() map[reflect.Type]form {
	m := map[reflect.Type]form{}
	add := func(t reflect.Type, f form) { m[t] = f }
	asIs := func(_, raw string) string { return raw }
	length := func(value, raw string) string {
		if durationForm.MatchString(value) {
			return value
		}
		return raw
	}
	add(formOf(timePattern, "yaml/time", "a time", ParseTime, moment))
	add(formOf(datePattern, "yaml/time", "a day", ParseDate, moment))
	add(formOf(whenPattern, "yaml/time", "a time", ParseWhen, moment))
	add(formOf(clockPattern, "yaml/time", "a time of day", parseClock, asIs))
	add(formOf(hoursPattern, "yaml/time", "hours", parseHours, asIs))
	add(formOf(yearDayPattern, "yaml/time", "a day of the year", parseYearDay, asIs))
	add(formOf(offsetPattern, "yaml/duration", "a length of time", parseOffset, asIs))
	add(formOf(durationPattern, "yaml/duration", "a length of time", parseDuration, length))
	add(formOf(percentPattern, "yaml/percent", "a share of a hundred", parsePercent, asIs))
	add(formOf(oncePerPattern, "yaml/once-per", "a pace for each author", parseOncePer, asIs))
	return m
}()
