package calendar

import (
	"slices"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// refer reports campaigns and events that posts name and no calendar has.
func (f *finder) refer() {
	var campaigns, events []string
	for _, x := range f.c.Campaigns {
		campaigns = append(campaigns, x.ID)
	}
	for _, x := range f.c.Events {
		events = append(events, x.ID)
	}
	for i := range f.in.Posts {
		p := &f.in.Posts[i]
		if id := p.Front.Event; id != "" && !slices.Contains(events, id) {
			f.add(p.Source.At("event"), "calendar/unknown-event", "", "%s", schema.NotKnown("event", id, events))
		}
		if id := p.Front.Campaign; id != "" && len(campaigns) > 0 && !slices.Contains(campaigns, id) {
			f.add(p.Source.At("campaign"), "calendar/unknown-campaign", "", "%s", schema.NotKnown("campaign", id, campaigns))
		}
	}
}
