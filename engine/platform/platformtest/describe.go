package platformtest

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

var name = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func address(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// describes: the Platform value says everything, and says it right.
func (s suite) describes(t *testing.T) {
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
	if p.Profile.Markup == nil || p.Open == nil || p.Standin == nil {
		t.Fatal("Profile.Markup, Open and Standin are needed")
	}
	if p.Profile.Thread.Max < 1 {
		t.Error("Profile.Thread.Max is missing: 1 where there are no threads")
	}
	s.fields(t)
	sourced(t, reflect.ValueOf(p.Profile), "Profile", "", "")

	b := s.open(t)
	if b.line.calls > 0 {
		t.Errorf("Open made %d requests; it must reach for no network", b.line.calls)
	}
	for _, op := range platform.AllOps {
		if says, has := p.Can(op), implements(b.conn, op); says != has {
			t.Errorf("Ops says %s is %v, the connection says %v", op, says, has)
		}
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

func (s suite) fields(t *testing.T) {
	settings := s.open(t).standin.Settings("http://stand.in.example")
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
	}
	return ok
}
