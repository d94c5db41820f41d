package platform

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// Channel is one account on one platform, as the workspace describes it. It
// names its secrets and never holds them.
type Channel struct {
	Name     string
	OnChange string // ask, repost or ignore
	OnDelete string // ask, remove or ignore
	Split    bool   // a text that is too long for one part becomes a thread
	Numbered bool   // each part of a thread says which of how many it is
	Platform *Platform
	Profile  Profile           // the platform's, with the server's own limits where they are known
	Settings map[string]string // by Field name, defaults filled in; a secret is still ${NAME}
}

// Secrets lists the environment variables the channel needs, in order.
func (c *Channel) Secrets() []string {
	var names []string
	for _, f := range c.Platform.Fields {
		if v := c.Settings[f.Name]; f.Secret && v != "" {
			names = append(names, v[2:len(v)-1])
		}
	}
	return names
}

// Calendar is the file that the workspace's calendar is kept in, or "".
func (c *Channel) Calendar() string {
	for _, f := range c.Platform.Fields {
		if f.Calendar {
			return c.Settings[f.Name]
		}
	}
	return ""
}

// Local reports whether nothing of the channel leaves this machine.
func (c *Channel) Local() bool {
	return c.Platform.Local && !slices.ContainsFunc(c.Platform.Fields, func(f Field) bool { return f.Leaves && c.Settings[f.Name] != "" })
}

// Markup is how the channel's posts are written: for its API, or for a person
// to paste.
func (c *Channel) Markup() text.Markup {
	if c.Platform.Open == nil && c.Profile.Paste != nil {
		return c.Profile.Paste
	}
	return c.Profile.Markup
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Compose is the address where a person writes a post for the channel, or ""
// where there is none.
func (c *Channel) Compose() string {
	whole := true
	address := placeholder.ReplaceAllStringFunc(c.Platform.Compose, func(name string) string {
		v := c.Settings[name[1:len(name)-1]]
		whole = whole && v != ""
		if strings.HasPrefix(c.Platform.Compose, name) { // a server of one's own
			return strings.TrimSuffix(v, "/")
		}
		parts := strings.Split(v, "/")
		for i := range parts {
			parts[i] = url.PathEscape(parts[i])
		}
		return strings.Join(parts, "/")
	})
	u, err := url.Parse(address)
	if !whole || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return address
}

// A Fault is something wrong with a channel's settings. Key names the one it
// is about, or is empty.
type Fault struct {
	Key, Check, Text string
}

var variable = regexp.MustCompile(`^\$\{[A-Z][A-Z0-9_]*\}$`)

// Bind finds a channel's platform and checks its settings against it. With a
// fault the channel is not usable.
func Bind(name string, c schema.Channel, set Set) (Channel, []Fault) {
	p := set.Named(c.Platform)
	if p == nil {
		return Channel{}, []Fault{{"platform", "channel/unknown-platform", schema.NotKnown("platform", c.Platform, set.Names())}}
	}
	out := Channel{Name: name, OnChange: cmp.Or(c.OnChange, "ask"), OnDelete: cmp.Or(c.OnDelete, "ask"), Split: c.Split, Numbered: c.Numbered,
		Platform: p, Profile: p.Profile, Settings: map[string]string{}}
	var faults []Fault
	known := []string{"platform", "on_change", "on_delete", "timezone", "split", "numbered"}
	for _, f := range p.Fields {
		known = append(known, f.Name)
		v, given := c.Settings[f.Name]
		switch {
		case !given && f.Required:
			faults = append(faults, Fault{"", "channel/missing-setting", "a " + p.Title + " channel needs " + f.Name + " (" + f.Help + "); add it, as in " + f.Name + ": " + f.Example})
		case !given && slices.ContainsFunc(p.Fields, func(o Field) bool { return o.Instead == f.Name && c.Settings[o.Name] != "" }):
		case !given:
			v = f.Default
		default:
			text := f.fault(v)
			if _, both := c.Settings[f.Instead]; both && text == "" {
				text = "a " + p.Title + " channel has either " + f.Instead + " or " + f.Name + ", and this one has both; take one away"
			}
			if text == "" && f.URL && exposed(v) && slices.ContainsFunc(p.Fields, func(f Field) bool { return f.Secret }) {
				text = f.Name + " is not encrypted, and anyone on the way could read the secret; write https://"
			}
			if text != "" {
				check := "channel/setting"
				if f.Secret {
					check = "channel/literal-secret"
				}
				faults = append(faults, Fault{f.Name, check, text})
			}
		}
		if v != "" {
			out.Settings[f.Name] = v
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		if !slices.Contains(known, key) {
			faults = append(faults, Fault{key, "channel/unknown-setting", schema.NotKnown("setting", key, known)})
		}
	}
	return out, faults
}

// exposed reports whether what is sent to an address can be read on the way.
func exposed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// fault says what is wrong with a value, or nothing.
func (f *Field) fault(v string) string {
	switch {
	case f.Secret && !variable.MatchString(v):
		return f.Name + " is a secret and must not stand in a file; write the name of an environment variable, as in " + f.Example
	case f.URL:
		u, err := url.Parse(v)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			return f.Name + " is not a web address; write it whole, as in " + f.Example
		}
	case f.Folder && (path.IsAbs(v) || path.Clean(v) != strings.TrimSuffix(v, "/") || v == "." || strings.HasPrefix(v, "..") || strings.ContainsAny(v, `\:`)):
		return f.Name + " must be a folder below the workspace, as in " + f.Default
	case len(f.Choices) > 0 && !slices.Contains(f.Choices, v):
		return schema.NotKnown(f.Name, v, f.Choices)
	case f.Fits != nil && !f.Fits(v):
		return f.Name + " cannot be " + strconv.Quote(v) + "; write " + f.Help + ", as in " + f.Example
	}
	return ""
}
