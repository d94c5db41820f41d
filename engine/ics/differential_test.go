package ics

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// answer is what ical.js reads in a file: see .ci/differential/icalendar.mjs.
type answer struct {
	Name, Description, Method string
	Refresh                   float64
	Events                    []read
}

type read struct {
	UID, Summary, Description, Location, URL, Status string
	Start, End, Stamp, Modified                      any // seconds, or a day
	Busy                                             bool
	Sequence                                         float64
	Categories                                       []string
}

// expect is what is to be read of an event.
func expect(e Event) read {
	at := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return float64(t.Unix())
	}
	r := read{
		e.UID, e.Summary, e.Description, e.Location, e.URL, string(e.Status),
		at(e.Start), at(e.End), at(e.Stamp), at(e.Modified), e.Busy, float64(e.Sequence), append([]string{}, e.Categories...),
	}
	if e.AllDay {
		r.Start, r.End = e.Start.Format(time.DateOnly), e.End.Format(time.DateOnly)
	}
	return r
}

// writer makes up texts with what is hard to write in them.
type writer struct{ *rand.Rand }

func (w writer) text() string {
	words := []string{
		"galette", "Épiphanie", "où", "l’été", "«\u00a0oui\u00a0»", "c'est", "🥐", "👩🏽‍🍳", "🇫🇷", "naïve", "日本語", "العربية", "a,b", "x;y", `c:\temp`, `\n`, `"ici"`, "https://dupain.example/a?b=c&d=e,f;g",
		"\n", "\n\n", "\t", "--", ":", "=", "BEGIN:VEVENT", "e\u0301", "\u200b", "\ufeff", "^n", "<b>", strings.Repeat("ô", 40), strings.Repeat("🥖", 30),
	}
	var b strings.Builder
	for range w.IntN(40) {
		b.WriteString(words[w.IntN(len(words))])
		if w.IntN(4) > 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (w writer) fill(e *Event) {
	e.UID += "@" + w.text()
	e.Summary, e.Description, e.Location = w.text(), w.text(), w.text()
	e.URL = []string{"", "https://dupain.example/galette?a=b;c,d#e"}[w.IntN(2)]
	e.Status = []Status{"", Tentative, Confirmed, Cancelled}[w.IntN(4)]
	e.Busy = w.IntN(2) == 0
	e.Sequence = w.IntN(3)
	for range w.IntN(3) {
		e.Categories = append(e.Categories, "c"+w.text())
	}
	if w.IntN(2) == 0 {
		e.Modified = e.Stamp.Add(-time.Hour)
	}
	if w.IntN(10) == 0 {
		e.AllDay, e.End = true, e.Start.AddDate(0, 0, 1+w.IntN(3))
	}
}

// What is written, ical.js reads, with every field as it was and every time in
// every zone.
func TestDifferential(t *testing.T) {
	folder := os.Getenv("IMPRIMATUR_NODE")
	if folder == "" {
		t.Skip("IMPRIMATUR_NODE names no folder with Node and ical.js; .ci/differential/install makes one")
	}
	w := writer{rand.New(rand.NewPCG(1, 2))}
	var in bytes.Buffer
	var calendars []*Calendar
	var zones []string
	written := json.NewEncoder(&in)
	for _, name := range zoneNames(t) {
		zone := load(t, name)
		for _, years := range [][2]int{{2027, 2027}, {2019, 2029}} {
			c := &Calendar{Name: "n" + w.text(), Description: "d" + w.text(), Refresh: 90 * time.Minute, Events: events(zone, years[0], years[1])}
			for i := range c.Events {
				w.fill(&c.Events[i])
			}
			file, err := c.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := written.Encode(string(file)); err != nil {
				t.Fatal(err)
			}
			calendars, zones = append(calendars, c), append(zones, name)
		}
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "node"), filepath.Join(folder, "icalendar.mjs"))
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bufio.NewReader(out))
	total, lost := 0, 0
	for i, c := range calendars {
		var a answer
		if err := answers.Decode(&a); err != nil {
			t.Fatalf("of %s: %v", zones[i], err)
		}
		if a.Name != c.Name || a.Description != c.Description || a.Method != "PUBLISH" || a.Refresh != 5400 || len(a.Events) != len(c.Events) {
			t.Fatalf("%s: it reads %q, %q, %s, %v, %d events", zones[i], a.Name, a.Description, a.Method, a.Refresh, len(a.Events))
		}
		for j, e := range c.Events {
			total++
			got, want := a.Events[j], expect(e)
			switch late := got.Start; {
			case reflect.DeepEqual(got, want):
				continue
			case late != want.Start || got.End != want.End:
				t.Logf("%s: %v to %v reads %v to %v", zones[i], e.Start, e.End, got.Start, got.End)
			default:
				t.Logf("%s: it reads\n%+v, want\n%+v", zones[i], got, want)
			}
			if lost++; lost > 10 {
				t.FailNow()
			}
			t.Fail()
		}
	}
	if _, err := answers.Token(); !errors.Is(err, io.EOF) {
		t.Error("there are more answers than files")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events in %d zones, %d that differ", total, len(zones)/2, lost)
}
