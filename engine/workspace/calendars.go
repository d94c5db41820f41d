package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// maxCalendars is the most files that are read: more is no calendar.
const maxCalendars = 50

// A Calendar is one file of calendars/.
type Calendar struct {
	schema.Calendar
	Source schema.Source
}

// readCalendars reads calendars/*.yaml, in order of their names.
func (w *Workspace) readCalendars(fsys fs.FS) error {
	entries, err := fs.ReadDir(fsys, CalendarsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return plain(err)
	}
	problem := func(file, check, what string) {
		w.Problems = append(w.Problems, schema.Problem{Pos: schema.Pos{File: file, Line: 1, Col: 1}, Check: check, Severity: schema.Error, Text: what})
	}
	for _, e := range entries {
		file := path.Join(CalendarsDir, e.Name())
		if ext := path.Ext(file); ext != ".yaml" && ext != ".yml" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if info, err := fs.Stat(fsys, file); err != nil || !info.Mode().IsRegular() {
			problem(file, "workspace/escape", "this leads out of the workspace, or is not a plain file; put the file itself here")
			continue
		}
		if len(w.Calendars) == maxCalendars {
			problem(file, "calendar/too-many", fmt.Sprintf("this is more than %d calendars; put several into one file", maxCalendars))
			break
		}
		src, err := Read(w.Root, file, schema.MaxFile+1)
		if err != nil {
			return plain(err)
		}
		var c Calendar
		c.Calendar, c.Source = decode[schema.Calendar](w, file, src)
		w.Calendars = append(w.Calendars, c)
	}
	return nil
}

// campaign returns the campaign with an id and the file that it stands in, or
// nil.
func (w *Workspace) campaign(id string) (*schema.Campaign, string) {
	for i := range w.Calendars {
		for n := range w.Calendars[i].Campaigns {
			if c := &w.Calendars[i].Campaigns[n]; c.ID == id {
				return c, w.Calendars[i].Source.File
			}
		}
	}
	return nil, ""
}

// CampaignOf is the campaign of a post that was decoded, and the file that it
// stands in, or nil.
func (w *Workspace) CampaignOf(p *Post) (*schema.Campaign, string) {
	if p.Front.Campaign == "" {
		return nil, ""
	}
	return w.campaign(p.Front.Campaign)
}

// join gives a post to the campaign that it names, or else that one of its
// tags belongs to, and to the post what that campaign has for it.
func (w *Workspace) join(f *schema.Post) {
	if f.Campaign == "" {
		f.Campaign = w.tagged(f.Tags)
	}
	c, _ := w.campaign(f.Campaign)
	if f.Campaign == "" || c == nil || len(c.Hashtags) == 0 {
		return
	}
	if f.Tags == nil || len(f.Tags) > 0 { // [] says none
		f.Tags = with(f.Tags, c.Hashtags)
	}
	for name, v := range f.Variants {
		if len(v.Tags) > 0 {
			v.Tags = with(v.Tags, c.Hashtags)
			f.Variants[name] = v
		}
	}
}

// tagged is the first campaign that has one of some tags, or "".
func (w *Workspace) tagged(tags []string) string {
	for i := range w.Calendars {
		for _, c := range w.Calendars[i].Campaigns {
			if slices.ContainsFunc(c.Tags, func(t string) bool { return has(tags, t) }) {
				return c.ID
			}
		}
	}
	return ""
}

func with(tags, more []string) []string {
	all := slices.Clone(tags)
	for _, t := range more {
		if !has(all, t) {
			all = append(all, t)
		}
	}
	return all
}

func has(tags []string, tag string) bool {
	return slices.ContainsFunc(tags, func(t string) bool { return text.SameTag(t, tag) })
}

// zones are the time zones that were asked for, by name.
type zones struct {
	mu sync.Mutex
	m  map[string]*time.Location
}

// zone is the zone called name, or else another.
func (w *Workspace) zone(name string, other *time.Location) *time.Location {
	if name == "" {
		return other
	}
	w.zones.mu.Lock()
	defer w.zones.mu.Unlock()
	z, known := w.zones.m[name]
	if !known {
		z, _ = time.LoadLocation(name) // the decoder reports what is none
		if w.zones.m == nil {
			w.zones.m = map[string]*time.Location{}
		}
		w.zones.m[name] = z
	}
	if z == nil {
		return other
	}
	return z
}

// ChannelZone is the zone of a channel's local times.
func (w *Workspace) ChannelZone(channel string) *time.Location {
	return w.zone(w.Config.Channels[channel].Timezone, w.Zone)
}

// SlotZone is the zone of a slot's time on a channel.
func (w *Workspace) SlotZone(s *schema.Slot, channel string) *time.Location {
	return w.zone(s.Timezone, w.ChannelZone(channel))
}

// ZoneOf is the zone of the local times of a post on a channel; own is the
// post's.
func (w *Workspace) ZoneOf(own, channel string) *time.Location {
	return w.zone(own, w.ChannelZone(channel))
}
