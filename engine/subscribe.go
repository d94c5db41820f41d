package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/almanac"
	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// often is how soon those who subscribed to the calendar are to look again.
const often = 6 * time.Hour

// keepCalendars brings the calendar to the channels that keep one for the team.
// It is made anew from what is so after a run, so that it is the same file as
// long as nothing changes. What leaves this machine does so only if it may.
func (s *Space) keepCalendars(ctx context.Context, now time.Time, may bool, open func(*platform.Channel) (platform.Conn, error)) error {
	var file []byte
	for _, c := range s.Channels {
		name := c.Calendar()
		if name == "" || s.Unbound || !may && !c.Local() || len(s.engine.missing(c)) > 0 {
			continue
		}
		if file == nil {
			a, err := s.Almanac(ctx, now, time.Time{}, time.Time{})
			if err == nil {
				file, err = a.ICS(almanac.Subscription{Refresh: often})
			}
			if err != nil {
				return fmt.Errorf("the calendar for the team: %w", err)
			}
		}
		conn, err := open(c)
		if err == nil {
			err = conn.(platform.Keeper).Keep(ctx, name, file)
		}
		if err != nil {
			return fmt.Errorf("the calendar for the team could not be brought to %s: %w", c.Name, err)
		}
	}
	return nil
}
