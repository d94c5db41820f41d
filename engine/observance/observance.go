// Package observance owns the days that matter to those who write: public
// holidays and what else a country or the world keeps, by year.
//
// The lists are those of the folder lists, whose files say where they have it
// from. Days that are announced from one year to the next, such as those that
// follow a moon, stand there as announced, or else as they were reckoned and
// marked as an estimate.
package observance

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// The years that the lists are good for: their tables of moons go as far, and
// so does what they are tested against.
const (
	First = 1990
	Last  = 2050
)

// A Day is one that matters.
type Day struct {
	Date     time.Time // midnight UTC
	ID       string    // the same each year, and for the same day in several lists: easter-monday
	Names    Names
	Off      bool // a public holiday
	Estimate bool // it may come to be another day: announced later, or moved
}

// Names are what a day is called, by language: en, fr.
type Names map[string]string

// In is the name in a language such as fr or fr-CA; English, where there is
// none in it.
func (n Names) In(lang string) string {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if name, ok := n[base]; ok {
		return name
	}
	return n["en"]
}

// Lists are the names of the lists there are, in order.
func Lists() []string {
	files, err := fs.Glob(lists, "lists/*.txt")
	if err != nil {
		return nil // the pattern is a good one
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(path.Base(file), ".txt")
	}
	slices.Sort(files) // fr before fr-alsace-moselle
	return files
}

// ErrYear says that the lists are not good for a year.
var ErrYear = fmt.Errorf("the lists of observances are known from %d to %d", First, Last)

// ErrList says that there is no such list.
var ErrList = errors.New("there is no such list of observances")

// Year are the days of a list in a year, in order. The error is ErrList or
// ErrYear.
func Year(list string, year int) ([]Day, error) {
	if !slices.Contains(Lists(), list) {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrList, list, strings.Join(Lists(), ", "))
	}
	if year < First || year > Last {
		return nil, fmt.Errorf("%w, not for %d", ErrYear, year)
	}
	entries, err := read(lists, list)
	if err != nil {
		return nil, err
	}
	var days []Day
	for _, e := range entries {
		for _, d := range e.rule.In(year) {
			days = append(days, Day{Date: d, ID: e.id, Names: e.names, Off: e.off, Estimate: e.rule.Estimate()})
		}
	}
	slices.SortStableFunc(days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return days, nil
}

//go:embed lists/*.txt
var lists embed.FS
