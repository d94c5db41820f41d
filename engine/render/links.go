package render

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
	"github.com/imprimatur-ci/imprimatur/engine/text"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// links adds a variant's parameters to the addresses in it.
type links struct {
	params  string   // "utm_source=mastodon&utm_medium=social"; "" adds nothing
	except  []string // hosts whose links stay as they are, in their ASCII form
	anchors bool     // a link may stand behind the address as it was written
}

// newLinks fills the workspace's templates in for a post on a channel. A site
// of our own adds nothing: its links mostly lead to its own pages, and there
// a parameter would hide where the visitor really came from.
func newLinks(w *workspace.Workspace, post *workspace.Post, ch *platform.Channel) links {
	c := &w.Config
	l := links{anchors: ch.Markup().Carries(text.Anchors)}
	if ch.Platform.Local {
		return l
	}
	utm := c.Links.UTM
	if campaign, _ := w.CampaignOf(post); campaign != nil {
		utm = campaign.UTM.Over(utm)
	}
	for _, p := range utm.Params() {
		v := p.Value.Fill(func(name string) string {
			switch name {
			case "platform":
				return slug(ch.Platform.Name)
			case "channel":
				return slug(ch.Name)
			case "campaign":
				return slug(post.Front.Campaign)
			case "post":
				return slug(post.BaseID())
			case "brand":
				return slug(c.Brand)
			default: // the checks report it
				return ""
			}
		})
		if v != "" {
			l.params += "&utm_" + p.Key + "=" + escape(v)
		}
	}
	l.params = strings.TrimPrefix(l.params, "&")
	for _, host := range c.Links.Except {
		l.except = append(l.except, asciiHost(host))
	}
	return l
}

// NamesChannel reports whether a post's links tell two channels of a platform
// apart.
func (r *Renderer) NamesChannel() bool {
	names := func(u schema.UTM) bool {
		return slices.ContainsFunc(u.Params(), func(p schema.Param) bool {
			names, _ := p.Value.Names()
			return slices.Contains(names, "channel")
		})
	}
	return names(r.Workspace.Config.Links.UTM) || slices.ContainsFunc(r.Workspace.Calendars, func(c workspace.Calendar) bool {
		return slices.ContainsFunc(c.Campaigns, func(c schema.Campaign) bool { return names(c.UTM) })
	})
}

// slug is what a value is called in reports: they tell Épiphanie from
// épiphanie, and people do not. What the author writes in the template itself
// stays as it is.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFC.String(s) {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r) {
			gap = true
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Trim(b.String(), "-_.")
}

// escape writes a value so that platforms find the end of the address it ends:
// only letters, digits, - _ and . as they are, the last two not at the end.
func escape(v string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-',
			(c == '_' || c == '.') && i < len(v)-1:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// add is an address with the parameters, or as it is where they have no place:
// it is not of the web, or of this machine, or of a host that is excepted; it
// has parameters of this kind, or is signed. Not a byte that was there changes.
func (l *links) add(address string) string {
	if l.params == "" {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || l.leaves(u.Hostname()) || keeps(u.RawQuery, u.EscapedFragment()) {
		return address
	}
	page, fragment, anchored := strings.Cut(address, "#")
	switch {
	case !strings.Contains(page, "?"):
		page += "?"
	case !strings.HasSuffix(page, "?") && !strings.HasSuffix(page, "&"):
		page += "&"
	}
	if page += l.params; anchored {
		page += "#" + fragment
	}
	return page
}

// leaves reports whether the links to a host stay as they are.
func (l *links) leaves(host string) bool {
	host = asciiHost(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip = ip.Unmap(); ip.IsLoopback() || ip.IsUnspecified() {
			return true
		}
	}
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	return slices.ContainsFunc(l.except, func(e string) bool { return e != "" && (host == e || strings.HasSuffix(host, "."+e)) })
}

// keeps reports whether a query must stay as it is.
func keeps(query, fragment string) bool {
	for part := range strings.FieldsFuncSeq(fragment, func(r rune) bool { return strings.ContainsRune("&;?!/", r) }) {
		if strings.HasPrefix(strings.ToLower(part), "utm_") { // read from there too, by some
			return true
		}
	}
	for part := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if name = strings.ToLower(name); strings.HasPrefix(name, "utm_") || signs(name, value) {
			return true
		}
	}
	return false
}

// doc is a text with the parameters at all its links.
func (l *links) doc(d text.Doc) text.Doc {
	if l.params == "" {
		return d
	}
	out := text.Doc{Parts: make([]text.Part, len(d.Parts))}
	for i, p := range d.Parts {
		out.Parts[i].Blocks = l.blocks(p.Blocks)
	}
	return out
}

func (l *links) blocks(bs []text.Block) []text.Block {
	bs = slices.Clone(bs)
	for i := range bs {
		b := &bs[i]
		b.Spans, b.Blocks = slices.Clone(b.Spans), l.blocks(b.Blocks)
		for n := range b.Spans {
			b.Spans[n] = l.span(b.Spans[n])
		}
	}
	return bs
}

// span is a span with the parameters at its link. Where that cannot stand
// behind other words, a bare address is written with them.
func (l *links) span(s text.Span) text.Span {
	if s.Link == "" || s.Role == text.Image {
		return s
	}
	to := l.add(s.Link)
	if s.Text == s.Link && !l.anchors {
		s.Text = to
	}
	s.Link = to
	return s
}
