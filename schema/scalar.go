package schema

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Time is a moment as the author wrote it. A local time has no zone of its
// own: Wall holds its clock reading, and package calendar finds the moment.
type Time struct {
	Wall  time.Time
	Zoned bool
}

// IsZero reports whether nothing was written.
func (t Time) IsZero() bool { return t.Wall.IsZero() }

const (
	timeWant    = "one like 2027-01-04 08:30 or 2027-01-04T08:30:00+01:00"
	timePattern = `^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$`

	durationWant    = "one like 90m, 2h or 1d 12h"
	durationPattern = `^([0-9]{1,4}d( ?[0-9]{1,5}h)?( ?[0-9]{1,6}m)?( ?[0-9]{1,6}s)?|[0-9]{1,5}h( ?[0-9]{1,6}m)?( ?[0-9]{1,6}s)?|[0-9]{1,6}m( ?[0-9]{1,6}s)?|[0-9]{1,6}s)$`
)

// The patterns stand in the JSON Schemas as they are.
var (
	timeForm     = regexp.MustCompile(timePattern)
	durationForm = regexp.MustCompile(durationPattern)
	dayForm      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// ParseTime reads a time as it may stand in a file.
func ParseTime(s string) (Time, error) {
	m := timeForm.FindStringSubmatch(s)
	if m == nil {
		if dayForm.MatchString(s) {
			return Time{}, errors.New("a day without a time; write both, as in " + s + " 08:30")
		}
		return Time{}, errors.New("not a time; write " + timeWant)
	}
	clock, zone := s[len("2006-01-02 "):len(s)-len(m[6])], m[6]
	if m[4] == "" {
		clock += ":00"
	}
	wall, err := time.Parse("2006-01-02 15:04:05", s[:len("2006-01-02")]+" "+clock)
	if err != nil {
		return Time{}, errors.New("on a day that no calendar has; correct it")
	}
	if zone == "" {
		return Time{Wall: wall}, nil
	}
	offset := 0
	if zone != "Z" {
		hours, _ := strconv.Atoi(zone[1:3])
		minutes, _ := strconv.Atoi(zone[4:])
		if offset = hours*3600 + minutes*60; zone[0] == '-' {
			offset = -offset
		}
	}
	// not what time.Parse gives: that looks at the zone of this machine
	in := time.UTC
	if offset != 0 {
		in = time.FixedZone("", offset)
	}
	return Time{Wall: wall.Add(-time.Duration(offset) * time.Second).In(in), Zoned: true}, nil
}

// Duration is a length of time as the author wrote it: 90m, 2h, 3d, 1d 12h.
// A day is 24 hours.
type Duration time.Duration

func parseDuration(s string) (Duration, error) {
	if !durationForm.MatchString(s) {
		return 0, errors.New("not a length of time; write " + durationWant)
	}
	var sum time.Duration
	n := 0
	for _, r := range s {
		switch r {
		case 'd':
			sum += time.Duration(n) * 24 * time.Hour
		case 'h':
			sum += time.Duration(n) * time.Hour
		case 'm':
			sum += time.Duration(n) * time.Minute
		case 's':
			sum += time.Duration(n) * time.Second
		case ' ':
		default:
			n = 10*n + int(r-'0')
			continue
		}
		n = 0
	}
	return Duration(sum), nil
}

func (d Duration) String() string {
	t := time.Duration(d)
	days := t / (24 * time.Hour)
	var b strings.Builder
	for _, u := range []struct {
		n    time.Duration
		unit string
	}{{days, "d"}, {t / time.Hour % 24, "h"}, {t / time.Minute % 60, "m"}, {t / time.Second % 60, "s"}} {
		if u.n > 0 {
			b.WriteString(strconv.Itoa(int(u.n)) + u.unit)
		}
	}
	if b.Len() == 0 {
		return "0m"
	}
	return b.String()
}

// scalar decodes a single value.
func (d *decoder) scalar(n *yaml.Node, s *shape, v reflect.Value, at spot, emptyOK bool) {
	refuse := func(check, text string) { d.refuse(at, d.pos(n), check, "%s", text) }
	if n.Kind != yaml.ScalarNode {
		refuse("yaml/type", at.name+" wants "+wants(s)+", not "+kindName(n)+"; write a single value")
		return
	}
	if f, ok := forms[s.typ]; ok {
		t, err := f.parse(n.Value)
		if err != nil {
			refuse(f.check, at.name+" is "+err.Error())
			return
		}
		v.Set(reflect.ValueOf(t))
		return
	}
	switch tag := n.ShortTag(); {
	case s.kind == reflect.Bool:
		if tag != "!!bool" {
			refuse("yaml/type", at.name+" wants true or false; write one of them, without quotes")
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case s.kind == reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if tag != "!!int" || err != nil || !plainInt(n.Value) {
			refuse("yaml/type", at.name+" wants "+wants(s)+"; write it with digits only")
			return
		}
		v.SetInt(int64(i))
	case s.kind == reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if tag != "!!float" && (tag != "!!int" || !plainInt(n.Value)) || err != nil {
			refuse("yaml/type", at.name+" wants "+wants(s)+"; write one like 0.5")
			return
		}
		v.SetFloat(f)
	case tag == "!!int", tag == "!!float":
		refuse("yaml/type", at.name+" wants text, and "+oneLine(n)+" without quotes is a number; put it in quotes")
	case tag == "!!bool":
		refuse("yaml/type", at.name+" wants text, and "+oneLine(n)+" without quotes is a yes or no; put it in quotes")
	case tag == "!!merge":
		refuse("yaml/type", at.name+" wants text; put << in quotes")
	case strings.TrimSpace(n.Value) == "" && !emptyOK:
		refuse("yaml/empty", at.name+" is empty; write something or remove it")
	default:
		v.SetString(n.Value)
	}
}

// plainInt reports whether everyone reads the same whole number.
func plainInt(s string) bool {
	i, err := strconv.Atoi(s)
	return err == nil && strconv.Itoa(i) == s
}

func wants(s *shape) string {
	if f, ok := forms[s.typ]; ok {
		return f.kind
	}
	switch {
	case s.kind == reflect.Bool:
		return "true or false"
	case s.kind == reflect.Int:
		return "a whole number"
	case s.kind == reflect.Float64:
		return "a number"
	default:
		return "text"
	}
}
