package site

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// calendarFiles is the folder of the team's calendar. No page names it.
const calendarFiles = "calendar"

var calendarName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.ics$`)

// isCalendar reports whether a calendar can be called so: what no server and no
// system takes for something else.
func isCalendar(name string) bool { return calendarName.MatchString(name) }

// Keep writes the team's calendar, and takes away one that has another name:
// nobody who knew that reads on.
func (c *conn) Keep(ctx context.Context, name string, data []byte) error {
	if name != c.calendar || !isCalendar(name) {
		return fmt.Errorf("%q is not the calendar of %s", name, c.channel)
	}
	if c.branch == nil {
		if err := c.root.MkdirAll(c.dir, 0o755); err != nil {
			return fmt.Errorf("%s: %w", c.where(), plain(err))
		}
	}
	_, err := c.change(ctx, func(w *work) (platform.Ref, error) {
		err := w.write(path.Join(calendarFiles, name), data)
		if err == nil {
			err = w.forget()
		}
		w.sync()
		return platform.Ref{}, err
	})
	return err
}

// forget takes calendars away that the channel does not name, or not any more.
func (w *work) forget() error {
	names, err := w.names(calendarFiles)
	for _, name := range names {
		if err == nil && name != w.calendar && strings.HasSuffix(name, ".ics") {
			err = w.remove(path.Join(calendarFiles, name))
		}
	}
	return err
}
