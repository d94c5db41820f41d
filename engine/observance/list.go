package observance

import (
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
)

// An entry is one line of a list: a day, or some of the days that go by one
// id.
type entry struct {
	id    string
	names Names
	off   bool
	rule  *Rule
}

// read is a list and what it is built on. Its lines are
//
//	# where it is from
//	with uk                        the days of another list come first
//	without easter-monday          but for these
//	[public holidays]              what follows is off; [other days]: is not
//	id | when | English | French
//	id | when                      another line of the same id
//	   when goes on                begins with a blank
//
// with when as Parse reads it.
func read(files fs.FS, name string) ([]entry, error) {
	b, err := fs.ReadFile(files, "lists/"+name+".txt")
	if err != nil {
		return nil, err
	}
	var list []entry
	off := false
	for at, line := range lines(string(b)) {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "with":
			var other []entry
			other, err = read(files, rest)
			list = append(list, other...)
		case word == "without":
			had := len(list)
			list = slices.DeleteFunc(list, func(e entry) bool { return e.id == rest })
			if len(list) == had {
				err = fmt.Errorf("there is no %s", rest)
			}
		case line == "[public holidays]":
			off = true
		case line == "[other days]":
			off = false
		default:
			var e entry
			e, err = parse(line, list)
			e.off = off
			list = append(list, e)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.txt, line %d: %w", name, at, err)
		}
	}
	return list, nil
}

// parse is one entry; those before it name it where it does not.
func parse(line string, before []entry) (e entry, err error) {
	columns := strings.Split(line, "|")
	for i, s := range columns {
		columns[i] = strings.TrimSpace(s)
	}
	e.id = columns[0]
	switch len(columns) {
	case 4:
		e.names = Names{"en": columns[2], "fr": columns[3]}
	case 2:
		i := slices.IndexFunc(before, func(b entry) bool { return b.id == e.id })
		if i < 0 {
			return e, fmt.Errorf("%s has no name", e.id)
		}
		e.names = before[i].names
	default:
		return e, fmt.Errorf("%q has %d columns", line, len(columns))
	}
	e.rule, err = Parse(columns[1])
	return e, err
}

// lines are the lines that say something, by the number of their first, with
// those that go on in one.
func lines(s string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		at, whole := 0, ""
		n := 0
		for line := range strings.Lines(s + "\n#\n") {
			n++
			line = strings.TrimRight(line, "\r\n")
			if strings.HasPrefix(line, " ") {
				whole += line
				continue
			}
			if whole != "" && !yield(at, whole) {
				return
			}
			at, whole = n, line
			if strings.HasPrefix(line, "#") || line == "" {
				whole = ""
			}
		}
	}
}
