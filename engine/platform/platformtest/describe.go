package platformtest

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
)

var name = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func address(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// says: the Platform value says everything, and says it right.
func (s suite) says(t *testing.T) {
	p := s.p
	if !name.MatchString(p.Name) {
		t.Errorf("Name is %q, want one word of a-z", p.Name)
	}
	if p.Title == "" {
		t.Error("Title is missing")
	}
	if !address(p.Docs) {
		t.Errorf("Docs is %q, want an address", p.Docs)
	}
	if p.Profile.Markup == nil {
		t.Fatal("Profile.Markup is needed")
	}
	if p.Profile.Thread.Max < 1 {
		t.Error("Profile.Thread.Max is missing: 1 where there are no threads")
	}
	if title := p.Profile.Title; title.Place == platform.Nowhere && (title.Needed || title.Max.Max > 0) {
		t.Error("Profile.Title has limits, and no Place")
	}
	if tags := p.Profile.Tags; tags.Place == platform.Nowhere && tags != (platform.TagProfile{}) {
		t.Error("Profile.Tags has limits, and no Place")
	}
	if media := p.Profile.Media; media.Max.Max > 0 && len(media.Types) == 0 || media.Max.Max == 0 && (media.Needed || len(media.Types) > 0) {
		t.Error("Profile.Media says in Max that there are pictures, and in Types or Needed that there are not, or the other way round")
	}
	s.fields(t)
	s.handles(t)
	s.composes(t)
	sourced(t, reflect.ValueOf(p.Profile), "Profile", "", "")
}

var setting = regexp.MustCompile(`\{([a-z_]*)\}`)

// composes: the address where a person writes a post is one, with whatever
// settings a channel has.
func (s suite) composes(t *testing.T) {
	c := platform.Channel{Platform: s.p, Profile: s.p.Profile, Settings: map[string]string{}}
	for _, m := range setting.FindAllStringSubmatch(s.p.Compose, -1) {
		i := slices.IndexFunc(s.p.Fields, func(f platform.Field) bool { return f.Name == m[1] })
		if i < 0 || !s.p.Fields[i].Required || s.p.Fields[i].Secret {
			t.Errorf("Compose has {%s}, which is not a field that every channel has", m[1])
			return
		}
		c.Settings[m[1]] = "a b/../?#"
		if s.p.Fields[i].URL {
			c.Settings[m[1]] = "https://one.example/"
		}
	}
	if got := c.Compose(); s.p.Compose != "" && (!address(got) || strings.ContainsAny(got, " ?{}") && got != s.p.Compose) {
		t.Errorf("Compose is %q, and makes %q: want an address, and settings that stay what they are in it", s.p.Compose, got)
	}
}

// describes: besides, what a connector offers is what it has.
func (s suite) describes(t *testing.T) {
	p := s.p
	if p.Open == nil || p.Standin == nil {
		t.Fatal("Open and Standin are needed")
	}
	s.says(t)
	if t.Failed() {
		return
	}
	s.settings(t)
	b := s.open(t)
	if b.line.calls > 0 {
		t.Errorf("Open made %d requests; it must reach for no network", b.line.calls)
	}
	for _, op := range platform.AllOps {
		if says, has := p.Can(op), implements(b.conn, op); says != has {
			t.Errorf("Ops says %s is %v, the connection says %v", op, says, has)
		}
	}
	if _, keeps := b.conn.(platform.Keeper); keeps != slices.ContainsFunc(p.Fields, func(f platform.Field) bool { return f.Calendar }) {
		t.Error("a connection that keeps a calendar needs a field that names it, and the other way round")
	}
	for i, op := range p.Ops {
		if !slices.Contains(platform.AllOps, op) || slices.Contains(p.Ops[:i], op) {
			t.Errorf("Ops: %q is unknown or twice there", op)
		}
	}
	if seen := b.standin.Timeline(); len(seen) > 0 {
		t.Errorf("a fresh stand-in shows %d posts", len(seen))
	}
}

// handles: a platform that knows its handles says how it does.
func (s suite) handles(t *testing.T) {
	h := s.p.Profile.Handle
	if h == (platform.HandleProfile{}) {
		return
	}
	if !h.Regexp().MatchString(h.Example) || h.Regexp().MatchString("a b") || strings.HasPrefix(h.Example, "@") {
		t.Errorf("Profile.Handle: the Example %q is no handle without @, or two words are one", h.Example)
	}
	if _, err := time.Parse(time.DateOnly, h.Checked); h.Form == "" || !s.p.Local && (err != nil || !address(h.Source)) {
		t.Errorf("Profile.Handle does not say its Form, or where it is from: %+v", h)
	}
}

// handed: a platform without a connector offers nothing but to be written to
// by hand.
func (s suite) handed(t *testing.T) {
	p := s.p
	if p.Open != nil || p.Standin != nil || len(p.Ops) > 0 || p.Repeat != 0 || p.Local {
		t.Fatal("without a connector there is no Open, no Standin, no Ops, no Repeat and nothing Local")
	}
	s.says(t)
	for _, f := range p.Fields {
		if f.Secret || f.Folder {
			t.Errorf("field %s: a person needs no secret and no folder", f.Name)
		}
	}
	for _, m := range []text.Markup{p.Profile.Markup, p.Profile.Paste} {
		if m == nil {
			continue
		}
		w := write(m, "Un *mot*, [un lien](https://a.example/b) & <3.\n\n- un\n- deux")
		for i, l := range p.Profile.Text {
			if n := l.Count(w.String); n <= 0 || n > l.Max {
				t.Errorf("Text[%d] counts %d %s in a text of a line", i, n, l.Unit)
			}
		}
	}
}

func (s suite) fields(t *testing.T) {
	for i, f := range s.p.Fields {
		if !name.MatchString(f.Name) || slices.ContainsFunc(s.p.Fields[:i], func(o platform.Field) bool { return o.Name == f.Name }) {
			t.Errorf("field %q: the name must be one word, and once there", f.Name)
		}
		if f.Help == "" {
			t.Errorf("field %s has no Help", f.Name)
		}
		if f.Example == "" && f.Default == "" && len(f.Choices) == 0 {
			t.Errorf("field %s has neither Example nor Default nor Choices", f.Name)
		}
		if len(f.Choices) > 0 && f.Default != "" && !slices.Contains(f.Choices, f.Default) {
			t.Errorf("field %s: the Default is none of the Choices", f.Name)
		}
		if f.Fits != nil && !f.Fits(f.Example) {
			t.Errorf("field %s: the Example does not fit", f.Name)
		}
	}
}

// settings: the stand-in's are those of a channel.
func (s suite) settings(t *testing.T) {
	settings := s.open(t).standin.Settings("http://stand.in.example")
	for _, f := range s.p.Fields {
		v, given := settings[f.Name]
		if f.Required && v == "" {
			t.Errorf("field %s is required, and the stand-in's settings lack it", f.Name)
		}
		if f.Secret && given && !strings.Contains(v, platform.Marker) {
			t.Errorf("the stand-in's %s must contain %q, or a leak of it cannot be seen", f.Name, platform.Marker)
		}
	}
	for k := range settings {
		if !slices.ContainsFunc(s.p.Fields, func(f platform.Field) bool { return f.Name == k }) {
			t.Errorf("the stand-in's settings have %q, which is no field", k)
		}
	}
}

var (
	limitType = reflect.TypeFor[platform.Limit]()
	pollType  = reflect.TypeFor[platform.PollProfile]()
)

// sourced demands that every limit says where it is from. Those of a poll may
// share one source.
func sourced(t *testing.T, v reflect.Value, path, source, checked string) {
	switch {
	case v.Type() == limitType:
		l := v.Interface().(platform.Limit)
		if l.Max == 0 || l.Max == platform.NoLimit || path == "Profile.Thread" && l.Max == 1 {
			return
		}
		if l.Max < 0 {
			t.Errorf("%s is %d", path, l.Max)
		}
		if l.Source != "" {
			source = l.Source
		}
		if l.Checked != "" {
			checked = l.Checked
		}
		if !address(source) {
			t.Errorf("%s: Source is %q, want the address of the platform's word for it", path, source)
		}
		if _, err := time.Parse(time.DateOnly, checked); err != nil {
			t.Errorf("%s: Checked is %q, want the day it was read, as in 2006-01-02", path, checked)
		}
	case v.Kind() == reflect.Struct:
		if v.Type() == pollType {
			p := v.Interface().(platform.PollProfile)
			source, checked = p.Source, p.Checked
		}
		if price, is := v.Interface().(platform.Price); is && price != (platform.Price{}) {
			if _, err := time.Parse(time.DateOnly, price.Checked); err != nil || !address(price.Source) || price.Post < 0 || price.Linked < 0 || price.Alt < 0 {
				t.Errorf("%s is %+v, want amounts, where the platform says so and the day it was read", path, price)
			}
		}
		for i := range v.NumField() {
			sourced(t, v.Field(i), path+"."+v.Type().Field(i).Name, source, checked)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			sourced(t, v.Index(i), path, source, checked)
		}
	}
}

func implements(c platform.Conn, op platform.Op) bool {
	var ok bool
	switch op {
	case platform.Find:
		_, ok = c.(platform.Finder)
	case platform.Edit:
		_, ok = c.(platform.Editor)
	case platform.Remove:
		_, ok = c.(platform.Remover)
	case platform.Read:
		_, ok = c.(platform.Reader)
	case platform.Moderate:
		_, ok = c.(platform.Moderator)
	case platform.Measure:
		_, ok = c.(platform.Meter)
	case platform.Schedule:
		_, ok = c.(platform.Scheduler)
	case platform.Limits:
		_, ok = c.(platform.Limiter)
	case platform.Look:
		_, ok = c.(platform.Looker)
	}
	return ok
}
